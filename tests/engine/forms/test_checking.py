"""Answers in, typed answers or problems out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine.errors import InvalidForm
from engine.feel.temporal import Date, DateTime, Time
from engine.forms import Form, answers_at_start, check_answers, check_draft

from .drawn import NOW, choice, compiled, number, rating, rows, textfield


def check(form: Form, answers: dict[str, Any], **context: Any) -> dict[str, Any]:
    return check_answers(form, answers, context=context, now=NOW)


def problems(form: Form, answers: dict[str, Any], **context: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidForm) as caught:
        check(form, answers, **context)
    return [(problem.path, problem.code) for problem in caught.value.problems]


def moment(subtype: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "datetime",
        "subtype": subtype,
        "key": "saat",
        "dateLabel": "Saat",
        "timeLabel": "Saat",
        **more,
    }


def test_numbers_become_exact_decimals() -> None:
    form = compiled(number())
    assert check(form, {"nilai": "3,5"}) == {"nilai": Decimal("3.5")}
    assert check(form, {"nilai": 3.1}) == {"nilai": Decimal("3.1")}
    assert check(form, {"nilai": Decimal("0.10")}) == {"nilai": Decimal("0.10")}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1234.5", "1234.5"),
        ("1.500.000", "1500000"),
        ("-7", "-7"),
        (" 12 ", "12"),
        ("1 500", "1500"),
    ],
)
def test_numbers_are_read_as_indonesians_and_machines_write_them(typed: str, meant: str) -> None:
    assert check(compiled(number()), {"nilai": typed}) == {"nilai": Decimal(meant)}


def test_a_number_that_could_mean_two_things_is_asked_again() -> None:
    assert problems(compiled(number()), {"nilai": "1.234"}) == [("nilai", "unclear_number")]
    assert check(compiled(number(decimalDigits=0)), {"nilai": "1.234"}) == {"nilai": Decimal(1234)}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("tiga", "not_number"),
        ("1e9", "not_number"),
        ("NaN", "not_number"),
        (float("inf"), "not_number"),
        (True, "not_number"),
        (["1"], "not_number"),
        ("0.5", "too_small"),
        ("101", "too_large"),
        ("1,125", "too_many_decimals"),
        ("", "required"),
        (None, "required"),
    ],
)
def test_numbers_that_do_not_fit_have_a_code(answer: object, code: str) -> None:
    form = compiled(number(decimalDigits=2, validate={"required": True, "min": 1, "max": 100}))
    assert problems(form, {"nilai": answer}) == [("nilai", code)]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("abcdef", "too_long"),
        ("a", "too_short"),
        ("ab1", "pattern"),
        (5, "not_text"),
        ({"a": 1}, "not_text"),
    ],
)
def test_texts_that_do_not_fit_have_a_code(answer: object, code: str) -> None:
    form = compiled(
        textfield(validate={"minLength": 2, "maxLength": 5, "pattern": "^[a-z]+$"}),
    )
    assert problems(form, {"nama": answer}) == [("nama", code)]


def test_texts_are_tidied_before_they_are_measured() -> None:
    form = compiled(textfield(validate={"maxLength": 5}))
    assert check(form, {"nama": "  a\x00b\r\nc  "}) == {"nama": "ab\nc"}
    assert check(form, {"nama": "   "}) == {"nama": None}


def test_a_pattern_that_runs_away_does_not_hang_the_server() -> None:
    form = compiled(textfield(validate={"pattern": "^(a|a?)+$"}))
    assert problems(form, {"nama": "a" * 200 + "!"}) == [("nama", "pattern")]


def test_dates_and_times_become_feel_values() -> None:
    assert check(compiled(moment("date")), {"saat": "2026-07-06"})["saat"] == Date(2026, 7, 6)
    assert check(compiled(moment("date")), {"saat": "6/7/2026"})["saat"] == Date(2026, 7, 6)
    assert isinstance(check(compiled(moment("time")), {"saat": "09.30"})["saat"], Time)
    when = check(compiled(moment("datetime")), {"saat": "2026-07-06T09:30"})["saat"]
    assert isinstance(when, DateTime)
    assert "+07:00" in str(when)


@pytest.mark.parametrize(
    ("subtype", "typed"), [("date", "31/02/2026"), ("time", "25.00"), ("datetime", "besok")]
)
def test_dates_that_do_not_exist_are_problems(subtype: str, typed: str) -> None:
    assert problems(compiled(moment(subtype)), {"saat": typed}) == [("saat", f"not_{subtype}")]


def test_a_date_may_have_to_lie_ahead() -> None:
    form = compiled(moment("date", disallowPassedDates=True))
    assert problems(form, {"saat": "2026-07-05"}) == [("saat", "past")]
    assert check(form, {"saat": "2026-07-06"})


def test_choices_must_be_among_the_options() -> None:
    form = compiled(
        choice("radio", "tempat", "kantor", "lapangan"),
        choice("checklist", "hari", "senin", "selasa", properties={"alur:max_rows": "1"}),
    )
    assert check(form, {"tempat": "kantor", "hari": ["senin"]}) == {
        "tempat": "kantor",
        "hari": ["senin"],
    }
    assert problems(form, {"tempat": "rumah", "hari": ["rabu"]}) == [
        ("tempat", "not_an_option"),
        ("hari", "not_an_option"),
    ]
    assert problems(form, {"hari": ["senin", "selasa"]}) == [("hari", "too_many_choices")]


def test_options_may_come_from_the_case() -> None:
    form = compiled(
        {"type": "select", "key": "rekan", "label": "Rekan", "valuesExpression": "=calon"}
    )
    calon = [{"value": "17", "label": "Budi"}, {"value": "18", "label": "Sri"}]
    assert check(form, {"rekan": "18"}, calon=calon) == {"rekan": "18"}
    assert problems(form, {"rekan": "19"}, calon=calon) == [("rekan", "not_an_option")]
    assert problems(form, {"rekan": "18"}) == [("rekan", "not_an_option")]


def test_a_rating_gives_a_number() -> None:
    assert check(compiled(rating()), {"akuntabel": "4"}) == {"akuntabel": Decimal(4)}
    assert check(compiled(rating()), {"akuntabel": 4}) == {"akuntabel": Decimal(4)}
    assert problems(compiled(rating()), {"akuntabel": "6"}) == [("akuntabel", "not_an_option")]


def test_a_box_that_must_be_ticked() -> None:
    box = {"type": "checkbox", "key": "setuju", "label": "Setuju", "validate": {"required": True}}
    assert check(compiled(box), {"setuju": "on"}) == {"setuju": True}
    assert problems(compiled(box), {}) == [("setuju", "must_tick")]


def test_unknown_keys_are_dropped_and_blanks_are_null() -> None:
    form = compiled(textfield(), number())
    assert check(form, {"nama": "", "__class__": "x", "gaji": 5}) == {"nama": None, "nilai": None}


def test_hidden_fields_are_neither_asked_nor_kept() -> None:
    form = compiled(
        choice("radio", "hadir", "ya", "tidak"),
        textfield(
            "alasan",
            validate={"required": True},
            conditional={"hide": '=hadir != "tidak"'},
        ),
    )
    assert check(form, {"hadir": "ya", "alasan": "sisa"}) == {"hadir": "ya"}
    assert problems(form, {"hadir": "tidak"}) == [("alasan", "required")]


def test_hiding_a_field_hides_what_depends_on_it() -> None:
    form = compiled(
        textfield("a"),
        textfield("b", conditional={"hide": '=a != "x"'}),
        textfield("c", conditional={"hide": '=b != "x"'}),
    )
    assert check(form, {"a": "", "b": "x", "c": "isi"}) == {"a": None}
    assert check(form, {"a": "x", "b": "x", "c": "isi"}) == {"a": "x", "b": "x", "c": "isi"}


def test_a_hidden_group_hides_what_it_holds() -> None:
    group = {
        "type": "group",
        "label": "G",
        "conditional": {"hide": "=true"},
        "components": [textfield(validate={"required": True})],
    }
    assert check(compiled(group), {"nama": "x"}) == {}


def test_problems_come_in_the_order_of_the_form() -> None:
    form = compiled(
        textfield("z", validate={"required": True}),
        rows(textfield("b", validate={"required": True}), number("a")),
        number("d"),
        textfield("c", validate={"required": True}),
        properties={"alur:rules": [{"when": "=d = 1", "message": "Bukan satu", "field": "d"}]},
    )
    assert [
        path for path, _ in problems(form, {"results": [{}, {"b": "x", "a": "y"}, {}], "d": 1})
    ] == ["z", "results.0.b", "results.1.a", "results.2.b", "d", "c"]


def test_a_rule_across_fields_stands_at_its_field() -> None:
    rule = {
        "id": "komentar",
        "when": "=akuntabel in (1, 2, 5) and komentar = null",
        "message": "Jelaskan nilai 1, 2, atau 5.",
        "field": "komentar",
    }
    form = compiled(
        rating(validate={"required": True}),
        {"type": "textarea", "key": "komentar", "label": "Komentar"},
        properties={"alur:rules": [rule]},
    )
    with pytest.raises(InvalidForm) as caught:
        check(form, {"akuntabel": "5"})
    (problem,) = caught.value.problems
    assert (problem.path, problem.code, problem.limit) == ("komentar", "rule", "komentar")
    assert problem.message == "Jelaskan nilai 1, 2, atau 5."
    assert check(form, {"akuntabel": "5", "komentar": "Teladan"})
    assert check(form, {"akuntabel": "3"})["komentar"] is None


def test_rules_of_rows_see_their_row() -> None:
    rule = {"when": "=nilai > batas and nama = null", "message": "Jelaskan.", "field": "nama"}
    form = compiled(number("batas"), rows(number(), textfield(), properties={"alur:rules": [rule]}))
    answers = {"batas": "5", "results": [{"nilai": "4"}, {"nilai": "6"}]}
    assert problems(form, answers) == [("results.1.nama", "rule")]


def test_rows_are_counted() -> None:
    form = compiled(rows(textfield(), properties={"alur:min_rows": 1, "alur:max_rows": 2}))
    assert problems(form, {"results": []}) == [("results", "too_few_rows")]
    assert problems(form, {"results": [{}] * 3}) == [("results", "too_many_rows")]
    assert problems(form, {"results": "x"}) == [("results", "too_few_rows")]


PLAN = [{"code": "A", "plan": "Peta"}, {"code": "B", "plan": "Jalan"}]


def planned() -> Form:
    return compiled(
        rows(
            textfield("code", readonly=True),
            textfield("plan", readonly=True),
            number("real", validate={"required": True}),
            allowAddRemove=False,
            properties={"alur:from": "=plan_rows"},
        )
    )


def test_fixed_rows_begin_with_what_the_case_says() -> None:
    begun = answers_at_start(planned(), context={"plan_rows": PLAN}, now=NOW)
    assert [row["plan"] for row in begun["results"]] == ["Peta", "Jalan"]
    assert [row["real"] for row in begun["results"]] == [None, None]


def test_nobody_can_send_another_value_for_a_read_only_field_or_another_row() -> None:
    sent = [
        {"code": "Z", "plan": "Palsu", "real": "1"},
        {"real": "2"},
        {"code": "C", "real": "3"},
    ]
    assert check(planned(), {"results": sent}, plan_rows=PLAN)["results"] == [
        {"code": "A", "plan": "Peta", "real": Decimal(1)},
        {"code": "B", "plan": "Jalan", "real": Decimal(2)},
    ]
    assert problems(planned(), {}, plan_rows=PLAN) == [
        ("results.0.real", "required"),
        ("results.1.real", "required"),
    ]


def test_a_read_only_field_may_be_computed_from_the_answers() -> None:
    form = compiled(
        number("a"),
        number("jumlah", readonly=True, properties={"alur:from": "=a + tambahan"}),
    )
    assert check(form, {"a": "2", "jumlah": "99"}, tambahan=5) == {
        "a": Decimal(2),
        "jumlah": Decimal(7),
    }


def test_a_form_begins_with_defaults_and_empty_rows() -> None:
    form = compiled(
        textfield(defaultValue="Sri"),
        number(properties={"alur:from": "=usul"}),
        rows(textfield("b"), defaultRepetitions=2),
    )
    assert answers_at_start(form, context={"usul": 4}, now=NOW) == {
        "nama": "Sri",
        "nilai": Decimal(4),
        "results": [{"b": None}, {"b": None}],
    }


def test_a_draft_keeps_what_was_typed_even_if_it_does_not_fit_yet() -> None:
    form = compiled(textfield(validate={"minLength": 20}), number(), rows(textfield("b")), rating())
    draft = check_draft(
        form,
        {
            "nama": "pendek",
            "nilai": "3,",
            "results": [{"b": "x", "evil": 1}, "y"],
            "akuntabel": Decimal(4),
            "lain": "buang",
            "__proto__": {},
        },
    )
    assert draft == {
        "nama": "pendek",
        "nilai": "3,",
        "results": [{"b": "x"}, {}],
        "akuntabel": "4",
    }


def test_a_draft_drops_what_has_another_shape() -> None:
    form = compiled(textfield(), rows(textfield("b"), properties={"alur:max_rows": 2}))
    assert check_draft(form, {"nama": {"a": 1}, "results": [{}] * 9}) == {"results": [{}, {}]}
