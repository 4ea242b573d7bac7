"""A value that does not fit: the sentence names the part that is to blame."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.dmn.files import decision, literal, model
from tests.engine.dmn.files import given as input_data

TYPES = """
<itemDefinition name="grade"><typeRef>string</typeRef>
  <allowedValues><text>"A", "B"</text></allowedValues></itemDefinition>
<itemDefinition name="score"><typeRef>number</typeRef>
  <allowedValues><text>[0..5]</text></allowedValues></itemDefinition>
<itemDefinition name="row">
  <itemComponent name="grade"><typeRef>grade</typeRef></itemComponent>
  <itemComponent name="score"><typeRef>score</typeRef></itemComponent></itemDefinition>
<itemDefinition name="rows" isCollection="true"><typeRef>row</typeRef></itemDefinition>
<itemDefinition name="grades" isCollection="true"><typeRef>string</typeRef>
  <allowedValues><text>"A", "B"</text></allowedValues></itemDefinition>
"""


@pytest.mark.parametrize(
    ("type_", "value", "sentence"),
    [
        ("grade", "C", 'Expected x to be one of "A", "B", but it is "C".'),
        ("grade", 5, "Expected x to be a string, but it is 5."),
        ("score", 7, "Expected x to be [0..5], but it is 7."),
        ("rows", [{"grade": "A"}], "Expected x[1] to have score, but it has grade."),
        ("rows", [{"grade": "A", "score": 9}], "Expected x[1].score to be [0..5], but it is 9."),
        ("rows", ["A"], 'Expected x[1] to be a row, but it is "A".'),
        ("grades", ["A", "Z"], 'Expected x[2] to be one of "A", "B", but it is "Z".'),
        ("row", {}, "Expected x to have grade, but it has nothing."),
        ("number", {"a": [True, None]}, "Expected x to be a number, but it is {a: [true, null]}."),
    ],
)
def test_a_misfit_names_its_place_and_what_is_allowed(
    type_: str, value: Any, sentence: str
) -> None:
    found = model(TYPES + input_data("x", type_) + decision("d", literal("x"), "in:x"))
    said = found.explain("d", {"x": value})
    assert said.value is None
    assert said.reasons == (sentence,)
