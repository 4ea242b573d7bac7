"""A form that a broken tool or a hostile hand wrote is refused, or works: nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InvalidForm, InvalidProcess
from engine.forms import answers_at_start, check_answers, check_draft, compile_form, shown_fields

from .drawn import NOW, choice, drawn, number, rating, rows, textfield

WHOLE = drawn(
    textfield(conditional={"hide": "=nilai > 3"}, validate={"pattern": "^a", "maxLength": 9}),
    number(decimalDigits=1, validate={"min": 0}, properties={"alur:from": "=1 + 1"}),
    rating(),
    choice("taglist", "hari", "senin", "selasa", properties={"alur:min_rows": 1}),
    rows(textfield("b"), number("c"), properties={"alur:max_rows": 3}),
    {"type": "group", "path": "atasan", "label": "Atasan", "components": [textfield("d")]},
    {"type": "text", "id": "t", "text": "Nilai {{nilai}}"},
    properties={"alur:rules": [{"when": "=nilai = 1", "message": "Bukan satu", "field": "nilai"}]},
)

junk: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, 1.5, 10**30, "", "x", "=1 +", "NaN", "1e999", "\ud800", [], {}, [None], ["a"]]
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Give every spot of a document: what holds it, and its key or index."""
    keys: Any = value if isinstance(value, dict) else range(len(value))
    for key in list(keys):
        yield value, key
        if isinstance(value[key], (dict, list)):
            yield from places(value[key])


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_mangled_form_is_refused_or_works(data: st.DataObject) -> None:
    form_json = json.loads(WHOLE)
    for _ in range(data.draw(st.integers(1, 2))):
        holder, key = data.draw(st.sampled_from(list(places(form_json))))
        holder[key] = data.draw(junk)
    try:
        form = compile_form(form_json)
    except InvalidProcess:
        return
    answers = {key: data.draw(junk) for key in form.keys}
    for given_answers in (answers, answers_at_start(form, context={}, now=NOW)):
        json.dumps(check_draft(form, given_answers))
        shown_fields(form, given_answers, context={}, now=NOW)
        with suppress(InvalidForm):
            check_answers(form, given_answers, context={}, now=NOW)
