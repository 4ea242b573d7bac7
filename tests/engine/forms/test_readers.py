"""Who may read an answer later: `alur:visible_to` of fields, groups and lists."""

from __future__ import annotations

import pytest

from engine.errors import InvalidProcess
from engine.forms import localise, readable, readable_answers

from .drawn import compiled, number, rows, textfield

ONLY_RTR = {"properties": {"alur:visible_to": "RTR"}}
FORM = compiled(
    textfield("nama"),
    textfield("catatan", properties={"alur:visible_to": "RTR, SU2"}),
    {"type": "group", "id": "g", "components": [textfield("rahasia")], **ONLY_RTR},
    {
        "type": "group",
        "path": "pribadi",
        "components": [number("gaji", **ONLY_RTR), number("anak")],
    },
    rows(textfield("judul"), number("nilai", **ONLY_RTR)),
)
ANSWERS = {
    "nama": "Sari",
    "catatan": "sakit",
    "rahasia": "ya",
    "pribadi": {"gaji": 5, "anak": 2},
    "results": [{"judul": "a", "nilai": 1}, {"judul": "b", "nilai": 2}],
    "later": "of another version",
}


def test_what_a_reader_may_not_see_is_out_at_every_depth():
    assert readable_answers(FORM, ANSWERS, {"RTR"}) == ANSWERS
    assert readable_answers(FORM, ANSWERS, {"SU2"}) == {
        "nama": "Sari",
        "catatan": "sakit",
        "pribadi": {"anak": 2},
        "results": [{"judul": "a"}, {"judul": "b"}],
        "later": "of another version",
    }
    assert "catatan" not in readable_answers(FORM, ANSWERS, ())
    assert readable_answers(FORM, [ANSWERS, None], ()) == [
        readable_answers(FORM, ANSWERS, ()),
        None,
    ]


def test_the_form_loses_the_same_fields_in_every_language():
    for form in (FORM, localise(FORM, {"catatan": {"label": "Note"}})):
        names = [item.name for item in readable(form, {"SU2"}).texts if item.has_answer]
        assert names == ["nama", "catatan", "pribadi", "pribadi.anak", "results", "results.judul"]
        assert readable(form, {"RTR"}).fields == form.fields


def test_a_form_that_withholds_nothing_is_left_as_it_is():
    form = compiled(textfield())
    assert readable(form, ()) is form
    assert readable_answers(form, ANSWERS, ()) is ANSWERS


@pytest.mark.parametrize("said", ["", " , ", "RTR; SU2", ["RTR"], True, None])
def test_what_names_nobody_refuses_the_form_instead_of_opening_it(said):
    with pytest.raises(InvalidProcess) as caught:
        compiled(textfield(properties={"alur:visible_to": said}))
    assert [finding.rule for finding in caught.value.findings] == ["form-visible"]


def test_texts_have_no_readers():
    with pytest.raises(InvalidProcess) as caught:
        compiled({"type": "text", "id": "t", "text": "x", **ONLY_RTR})
    assert [finding.rule for finding in caught.value.findings] == ["form-property"]
