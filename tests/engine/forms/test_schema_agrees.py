"""The published JSON Schema and the check that decides say the same, whatever is answered."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from engine.errors import InvalidForm
from engine.forms import check_answers

from .drawn import NOW, choice, compiled, number, rating, rows, textfield

FORM = compiled(
    textfield("wajib", validate={"required": True, "minLength": 2, "maxLength": 8}),
    textfield("bebas", validate={"pattern": "^[a-c]*$"}),
    number("nilai", validate={"min": 0, "max": 10}),
    number("utuh", decimalDigits=0, validate={"required": True}),
    choice("select", "tempat", "kantor", "lapangan"),
    choice("checklist", "hari", "senin", "selasa", "rabu", properties={"alur:max_rows": 2}),
    rating(validate={"required": True}),
    {"type": "checkbox", "key": "setuju", "label": "Setuju"},
    rows(textfield("b", validate={"required": True}), properties={"alur:max_rows": 2}),
)
SCHEMA = Draft202012Validator(dict(FORM.schema))

words = st.text("abcx y", max_size=10)
anything = st.one_of(
    st.none(),
    st.booleans(),
    words,
    st.sampled_from(["kantor", "senin", "3", "11", "2,5", "setuju"]),
    st.integers(-2, 12),
    st.decimals(-2, 12, places=2),
    st.lists(st.sampled_from(["senin", "selasa", "rabu", "x"]), max_size=4),
    st.lists(st.fixed_dictionaries({}, optional={"b": words, "lain": words}), max_size=3),
)
fitting = st.fixed_dictionaries(
    {
        "wajib": st.text("abc", min_size=2, max_size=8),
        "bebas": st.none() | st.text("abc", min_size=1, max_size=9),
        "nilai": st.none() | st.integers(0, 10) | st.decimals(0, 10, places=3),
        "utuh": st.integers(-9, 9),
        "tempat": st.sampled_from([None, "kantor", "lapangan"]),
        "hari": st.lists(st.sampled_from(["senin", "selasa", "rabu"]), unique=True, max_size=2),
        "akuntabel": st.integers(1, 5),
        "setuju": st.booleans(),
        "results": st.lists(
            st.fixed_dictionaries({"b": st.text("abc", min_size=1, max_size=9)}), max_size=2
        ),
    }
)


def as_json(value: Any) -> Any:
    """Read the answers as somebody would who gets them over the network."""
    return json.loads(json.dumps(value, default=lambda number: float(Decimal(number))))


@settings(max_examples=50)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(FORM.keys, anything)))
def test_what_the_check_accepts_fits_the_schema(answers: dict[str, Any]) -> None:
    try:
        typed = check_answers(FORM, answers, context={}, now=NOW)
    except InvalidForm:
        return
    assert list(SCHEMA.iter_errors(as_json(typed))) == []


@settings(max_examples=50)
@given(fitting)
def test_what_fits_the_schema_is_accepted_and_means_the_same(answers: dict[str, Any]) -> None:
    assert list(SCHEMA.iter_errors(as_json(answers))) == []
    typed = check_answers(FORM, answers, context={}, now=NOW)
    assert {**typed, "hari": sorted(typed["hari"])} == {
        **answers,
        "hari": sorted(answers["hari"]),
    }


@settings(max_examples=50)
@given(fitting, st.sampled_from(FORM.keys), anything)
def test_both_refuse_the_same_change_of_a_fitting_answer(
    answers: dict[str, Any], key: str, value: Any
) -> None:
    """Only where the change has the right JSON type: the check also reads texts as numbers."""
    kinds = {"wajib": str, "bebas": str, "nilai": Decimal, "tempat": str, "hari": list}
    if key not in kinds or not isinstance(value, kinds[key]):
        return
    if isinstance(value, str) and (value != value.strip() or not value):
        return
    changed = {**answers, key: value}
    fits = not list(SCHEMA.iter_errors(as_json(changed)))
    try:
        check_answers(FORM, changed, context={}, now=NOW)
        accepted = True
    except InvalidForm:
        accepted = False
    assert accepted == fits or (key == "hari" and len(set(map(str, value))) != len(value))
