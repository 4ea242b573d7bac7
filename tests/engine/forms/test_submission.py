"""Posted HTML fields become raw answers; rows come and go without script."""

from __future__ import annotations

from engine.forms import asks_for_rows, read_submission

from .drawn import choice, compiled, number, rows, textfield

FORM = compiled(
    textfield(),
    {"type": "checkbox", "key": "setuju", "label": "Setuju"},
    choice("checklist", "hari", "senin", "selasa"),
    rows(textfield("b"), {"type": "checkbox", "key": "ok", "label": "Ok"}),
    {"type": "group", "path": "atasan", "label": "Atasan", "components": [number()]},
)


def test_paths_become_nested_answers() -> None:
    posted = {
        "nama": ["Sri"],
        "hari": ["senin", "selasa"],
        "results.0.b": ["satu"],
        "results.0.ok": ["on"],
        "results.1._row": ["1"],
        "atasan.nilai": ["4"],
        "csrf_token": ["x"],
    }
    assert read_submission(FORM, posted) == {
        "nama": "Sri",
        "setuju": False,
        "hari": ["senin", "selasa"],
        "results": [{"b": "satu", "ok": True}, {"b": "", "ok": False}],
        "atasan": {"nilai": "4"},
    }


def test_rows_keep_their_order_when_numbers_have_gaps() -> None:
    posted = {"results.10.b": ["c"], "results.2.b": ["b"], "results.0.b": ["a"]}
    assert [row["b"] for row in read_submission(FORM, posted)["results"]] == ["a", "b", "c"]


def test_a_button_adds_a_row_and_keeps_what_was_typed() -> None:
    posted = {"results.0.b": ["a"], "_add.results": [""]}
    assert asks_for_rows(FORM, posted)
    assert [row["b"] for row in read_submission(FORM, posted)["results"]] == ["a", ""]


def test_a_button_removes_its_row() -> None:
    posted = {"results.0.b": ["a"], "results.1.b": ["b"], "_remove.results.0": [""]}
    assert asks_for_rows(FORM, posted)
    assert [row["b"] for row in read_submission(FORM, posted)["results"]] == ["b"]


def test_buttons_of_lists_that_do_not_exist_are_no_buttons() -> None:
    assert not asks_for_rows(FORM, {"_add.lain": [""], "_remove.nama.0": [""], "nama": ["x"]})


def test_rows_inside_rows_have_buttons_too() -> None:
    form = compiled(rows(rows(textfield("c"), path="inner"), path="outer"))
    posted = {"outer.1._row": ["1"], "outer.1.inner.0.c": ["x"], "_add.outer.1.inner": [""]}
    assert asks_for_rows(form, posted)
    assert read_submission(form, posted) == {"outer": [{"inner": [{"c": "x"}, {"c": ""}]}]}


def test_nobody_adds_more_rows_than_allowed() -> None:
    form = compiled(rows(textfield("b"), properties={"alur:max_rows": 2}))
    posted = {f"results.{n}.b": ["x"] for n in range(5)} | {"_add.results": [""]}
    assert len(read_submission(form, posted)["results"]) == 2


def test_odd_names_are_ignored() -> None:
    names = ["results.x.b", "results.²", "results.", "results.9999999.b", "results"]
    posted = {name: ["1"] for name in names}
    assert read_submission(FORM, posted)["results"] == []
