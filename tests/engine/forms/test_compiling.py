"""What a drawn form may say, and how it is refused otherwise."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from engine.errors import InvalidProcess
from engine.forms import FieldKind, compile_form

from .drawn import choice, compiled, drawn, number, rating, rows, textfield


def refused(*components: dict[str, Any], **root: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidProcess) as caught:
        compile_form(drawn(*components, **root))
    return [(finding.rule, finding.element_id) for finding in caught.value.findings]


def test_a_form_keeps_the_order_and_words_of_its_drawing() -> None:
    form = compiled(
        textfield(description="Sesuai KTP", validate={"required": True, "maxLength": 40}),
        number(validate={"min": 0.1, "max": 100}, decimalDigits=2),
    )
    name, value = form.fields
    assert form.keys == ("nama", "nilai")
    assert (name.label, name.help, name.required, name.max_length) == (
        "Nama",
        "Sesuai KTP",
        True,
        40,
    )
    assert (value.minimum, value.maximum, value.decimals) == (Decimal("0.1"), Decimal(100), 2)


def test_limits_of_numbers_are_read_exactly() -> None:
    form = compile_form(
        b'{"components":[{"type":"number","key":"n","label":"N","validate":{"min":0.1}}]}'
    )
    assert form.fields[0].minimum == Decimal("0.1")


@pytest.mark.parametrize(
    ("subtype", "kind"),
    [("date", FieldKind.DATE), ("time", FieldKind.TIME), ("datetime", FieldKind.DATETIME)],
)
def test_datetime_has_three_kinds(subtype: str, kind: FieldKind) -> None:
    field = {
        "type": "datetime",
        "key": "saat",
        "subtype": subtype,
        "dateLabel": "Hari",
        "timeLabel": "Jam",
    }
    item = compiled(field).fields[0]
    assert item.kind is kind
    assert item.label == ("Jam" if subtype == "time" else "Hari")


@pytest.mark.parametrize(
    "kind",
    [
        "iframe",
        "html",
        "expression",
        "documentPreview",
        "image",
        "table",
        "button",
        "x",
    ],
)
def test_other_kinds_are_refused_by_name(kind: str) -> None:
    with pytest.raises(InvalidProcess) as caught:
        compile_form(drawn(textfield(), {"type": kind, "key": "lain", "label": "Lain"}))
    (finding,) = caught.value.findings
    assert (finding.rule, finding.element_id) == ("form-type", "lain")
    assert kind in finding.message
    assert finding.hint


@pytest.mark.parametrize("key", ["Nama", "nama lengkap", "1nama", "__class__", "a.b", "a-b", ""])
def test_keys_are_small_letters(key: str) -> None:
    assert ("form-key", key or "f1") in refused(textfield(key, id="f1"))


def test_the_same_key_twice_is_refused_even_across_groups() -> None:
    group = {"type": "group", "label": "G", "components": [textfield()]}
    assert refused(textfield(), group) == [("form-key-twice", "nama")]


def test_a_group_with_a_path_has_keys_of_its_own() -> None:
    group = {"type": "group", "label": "G", "path": "atasan", "components": [textfield()]}
    assert compiled(textfield(), group).keys == ("nama", "atasan")


def test_broken_feel_names_the_field() -> None:
    assert refused(textfield(conditional={"hide": "=nilai >"})) == [("form-expression", "nama")]


def test_broken_feel_inside_a_text_is_found() -> None:
    assert refused({"type": "text", "id": "t1", "text": "Nilai {{1 +}}"}) == [
        ("form-expression", "t1")
    ]


def test_a_function_of_the_host_is_refused_where_it_would_stay_empty() -> None:
    text = {"type": "text", "id": "t1", "text": "Sudah {{ totals().days }} hari, {{ count([1]) }}"}
    with pytest.raises(InvalidProcess) as refusal:
        compile_form(drawn(text), new=True)
    (found,) = refusal.value.findings
    assert (found.rule, found.element_id) == ("form-function", "t1")
    assert "totals" in found.message
    compile_form(drawn(text))  # a version that was deployed before goes on


def test_a_broken_pattern_names_the_field() -> None:
    assert refused(textfield(validate={"pattern": "("})) == [("form-pattern", "nama")]


def test_unknown_properties_of_ours_are_refused_because_they_are_typing_errors() -> None:
    assert refused(rating(properties={"alur:scale": "1-5", "alur:ancors": "[]"})) == [
        ("form-property", "akuntabel")
    ]


def test_everything_wrong_is_said_at_once() -> None:
    found = refused(textfield("Nama"), textfield("b", label=""), {"type": "image", "id": "i"})
    assert [rule for rule, _ in found] == ["form-key", "form-label", "form-type"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b'{"components": {}}',
        b"\xff\xfe",
        b"[" * 100_000,
        json.dumps({"components": ["x"]}).encode(),
        json.dumps({"components": [{"type": ["x"]}]}).encode(),
        json.dumps({"components": [textfield(validate=[1])]}).encode(),
        json.dumps({"components": [textfield(validate={"maxLength": "NaN"})]}).encode(),
        json.dumps({"components": [textfield(properties={"alur:from": 3})]}).encode(),
        json.dumps({"components": [choice("radio", "a")]}).encode(),
        json.dumps({"components": [choice("radio", "a", "x", "x")]}).encode(),
        b'{"components":[]' + b" " * 300_000 + b"}",
    ],
)
def test_hostile_bytes_are_refused_with_findings(data: bytes) -> None:
    with pytest.raises(InvalidProcess) as caught:
        compile_form(data)
    assert caught.value.findings


def test_deep_nesting_is_refused() -> None:
    field = textfield()
    for level in range(8):
        field = {"type": "group", "path": f"g{level}", "label": "G", "components": [field]}
    assert refused(field)[0][0] == "form-depth"


def test_a_rating_scale_is_numbers_with_anchors() -> None:
    anchors = json.dumps([f"jangkar {n}" for n in range(1, 6)])
    form = compiled(rating(properties={"alur:scale": "1-5", "alur:anchors": anchors}))
    options = form.fields[0].options
    assert [option.value for option in options] == [Decimal(n) for n in range(1, 6)]
    assert options[4].anchor == "jangkar 5"


def test_a_named_scale_is_written_once_for_the_form() -> None:
    steps = [{"value": 1, "label": "Reaktif"}, {"value": 2, "label": "Teladan"}]
    form = compiled(
        rating("akuntabel", properties={"alur:scale": "bars"}),
        rating("loyal", properties={"alur:scale": "bars", "alur:anchors": ["a", "b"]}),
        properties={"alur:scales": {"bars": steps}},
    )
    assert [[option.label for option in item.options] for item in form.fields] == [
        ["Reaktif", "Teladan"],
        ["Reaktif", "Teladan"],
    ]
    assert form.fields[1].options[1].anchor == "b"


@pytest.mark.parametrize("scale", ["bars", "5-1", "x"])
def test_a_scale_without_steps_is_refused(scale: str) -> None:
    assert refused(rating(properties={"alur:scale": scale})) == [("form-scale", "akuntabel")]


def test_anchors_must_be_as_many_as_steps() -> None:
    assert refused(rating(properties={"alur:scale": "1-5", "alur:anchors": ["satu"]})) == [
        ("form-scale", "akuntabel")
    ]


def test_rules_must_point_at_a_field() -> None:
    rule = {"when": "=nilai > 5", "message": "Terlalu besar", "field": "nilay"}
    assert refused(number(), properties={"alur:rules": [rule]}) == [("form-rule", "coba")]


def test_fixed_rows_need_somewhere_to_come_from() -> None:
    assert refused(rows(textfield(), allowAddRemove=False)) == [("form-rows", "results")]


def test_a_read_only_field_needs_somewhere_to_come_from() -> None:
    assert refused(textfield(readonly=True)) == [("form-read-only", "nama")]


def test_the_schema_describes_the_answers_and_nothing_beside() -> None:
    form = compiled(
        textfield(validate={"required": True}),
        number(validate={"min": 1}, conditional={"hide": '=nama = "x"'}),
        choice("select", "tempat", "kantor", "lapangan", validate={"required": True}),
        rows(rating(validate={"required": True})),
    )
    Draft202012Validator.check_schema(dict(form.schema))
    check = Draft202012Validator(dict(form.schema))
    good = {"nama": "Sri", "nilai": None, "tempat": "kantor", "results": [{"akuntabel": 3}]}
    assert list(check.iter_errors(good)) == []
    for wrong in (
        {**good, "lain": 1},
        {**good, "nama": None},
        {**good, "nama": ""},
        {**good, "nilai": 0},
        {**good, "tempat": "rumah"},
        {**good, "results": [{"akuntabel": 6}]},
        {**good, "results": [{}]},
    ):
        assert list(check.iter_errors(wrong)), wrong
    assert form.schema["required"] == ["nama", "tempat"]
