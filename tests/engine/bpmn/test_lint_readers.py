"""What a form keeps for some lanes, and a model that hands it on."""

from __future__ import annotations

import json

import pytest

from tests.engine.bpmn.drawing import chain, end, model, script, service, start, user
from tests.engine.bpmn.test_lint import findings

FIELD = {"type": "textarea", "key": "note", "label": "Catatan"}
KEPT = {**FIELD, "properties": {"alur:visible_to": "RTR"}}
ROWS = {"type": "dynamiclist", "path": "rows", "label": "Baris", "components": [KEPT]}
GROUP = {
    "type": "group", "path": "more", "label": "Lain", "components": [FIELD],
    "properties": {"alur:visible_to": "RTR"},
}  # fmt: skip


def form(*components: dict[str, object]) -> bytes:
    return json.dumps({"type": "default", "components": list(components)}).encode()


def seen(middle: str, *fields: dict[str, object], later: bytes = b"{}") -> set[tuple[str, str]]:
    files = model(
        start(), user("u", form="ask", result="ask", assignee="1"), middle, end(),
        chain("begin", "u", "x", "finish"),
    )  # fmt: skip
    files |= {"forms/ask.json": form(*fields), "forms/later.json": later}
    return {(one.element_id, one.rule) for one in findings(files) if one.severity == "warning"}


@pytest.mark.parametrize(
    "middle",
    [
        script("x", "{ told: ask.note }"),
        script("x", '{ told: "a" + ask . note }'),
        script("x", "{ told: ask }"),
        script("x", "{ told: if ask = null then null else ask }"),
        service("x", "pay", amount="ask.note"),
        user("x", form="later", assignee="1", title="Baca {ask.note}"),
    ],
)
def test_a_model_that_hands_it_on_is_warned_of(middle: str) -> None:
    assert ("x", "field-readers") in seen(middle, KEPT)
    assert ("x", "field-readers") not in seen(middle, FIELD)


@pytest.mark.parametrize(
    "middle",
    [
        script("x", "{ told: ask.other }"),
        script("x", "{ ask_note: 1, asked: task.note }"),
        script("x", "{ told: ask != null }"),
        user("x", form="later", assignee="ask.note"),  # who works on it does not read why
    ],
)
def test_what_does_not_show_it_is_let_pass(middle: str) -> None:
    assert ("x", "field-readers") not in seen(middle, KEPT)


def test_rows_groups_and_texts_of_later_forms_are_looked_into() -> None:
    assert ("x", "field-readers") in seen(script("x", "{ told: ask.rows.note }"), ROWS)
    assert ("x", "field-readers") in seen(script("x", "{ told: ask.rows[1].note }"), ROWS)
    assert ("x", "field-readers") in seen(script("x", "{ told: ask.more.note }"), GROUP)
    shown = form({"type": "text", "text": "Catatan: {{ ask.note }}"})
    again = user("x", form="later", assignee="1")
    assert ("x", "field-readers") in seen(again, KEPT, later=shown)
    assert ("x", "field-readers") not in seen(again, KEPT, later=form(FIELD))
