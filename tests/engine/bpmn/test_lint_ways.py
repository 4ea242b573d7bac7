"""Ways through a drawing: circles without an end, dead ends, reading too early, dates gone by."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.bpmn import check, mend, notes, offers, timers_in_past, variables_at
from tests.engine.bpmn.drawing import (
    chain,
    end,
    extension,
    flow,
    model,
    node,
    properties,
    script,
    start,
    user,
)

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def warned(files):
    found = check(files, services={}, functions=(), groups=("HRC",))
    return {(f.rule, f.element_id) for f in found}


def noted(files, reads=()):
    return {(f.rule, f.element_id) for f in notes(files, functions=(), reads=reads)}


def test_a_circle_that_nothing_leaves_is_told_once():
    circle = model(
        start(),
        node("exclusiveGateway", "g", default="g_to_finish"),
        user("a", candidateGroup="HRC"),
        user("b", candidateGroup="HRC"),
        end(),
        chain("begin", "g"),
        flow("g", "finish"),
        flow("g", "a", "true"),
        chain("a", "b", "a"),
    )
    assert {("no-way-out", "a")} == {one for one in warned(circle) if one[0] == "no-way-out"}


def test_a_circle_with_a_way_out_is_none():
    files = model(
        start(),
        user("a", candidateGroup="HRC"),
        node("exclusiveGateway", "g", default="g_to_finish"),
        end(),
        chain("begin", "a", "g"),
        flow("g", "finish"),
        flow("g", "a", "a.again"),
    )
    assert not [one for one in warned(files) if one[0] == "no-way-out"]


def test_a_step_that_nothing_follows_is_noted():
    files = model(start(), user("a", candidateGroup="HRC"), chain("begin", "a"))
    assert ("dead-end", "a") in noted(files)


def test_a_variable_that_is_written_only_later_is_noted_at_its_reader():
    late = model(
        start(), script("a", "{x: y + 1}"), script("b", "{y: 2, z: x}"), end(),
        chain("begin", "a", "b", "finish"),
    )  # fmt: skip
    assert noted(late) == {("read-before-written", "a")}
    in_time = model(
        start(), script("b", "{y: 2}"), script("a", "{x: y + 1}"), end(),
        chain("begin", "b", "a", "finish"),
    )  # fmt: skip
    assert noted(in_time) == set()


def test_answers_are_read_by_expressions_or_by_forms_or_by_nobody():
    files = model(
        start(), user("a"), user("b"), user("c"), script("s", "{x: a.days}"), end(),
        chain("begin", "a", "b", "c", "s", "finish"),
    )  # fmt: skip
    assert noted(files, reads=("b",)) == {("answers-unread", "c")}


@pytest.mark.parametrize(
    ("due", "past"),
    [("2026-06-30", True), ("2026-07-01", False), ("2026-06-30T10:00:00Z", True), ("P5D", False),
     ("5 hari kerja", False), ("deadline", False), ("2026-13-45", False)],
)  # fmt: skip
def test_a_date_that_is_over_is_warned_of(due, past):
    files = model(start(), user("a", due=due), end(), chain("begin", "a", "finish"))
    found = timers_in_past(files, NOW, UTC)
    assert [f.rule for f in found] == ["timer-in-past"] * past


def test_what_is_known_at_an_element_is_what_came_before_it():
    files = model(
        start(), user("a", form="ask"), script("b", "{y: 1}"), user("c"), end(),
        chain("begin", "a", "b", "c", "finish"),
    )  # fmt: skip
    known = variables_at(files, forms={"ask": ("days",)}, functions=())
    assert known["a"] == []
    assert known["b"] == ["a", "a.days"]
    assert known["c"] == ["a", "a.days", "y"]
    assert known["c_to_finish"] == ["a", "a.days", "c", "y"]
    assert variables_at({"process.bpmn": b"<"}, forms={}, functions=()) == {}


def test_implied_splits_are_drawn_with_the_gateway_that_would_run():
    files = model(
        start(), user("a"), user("b"), user("c"), end(),
        chain("begin", "a", "b", "finish"), flow("a", "c"), flow("c", "finish"),
    )  # fmt: skip
    assert offers(files["process.bpmn"]) == ("splits", "layout")
    mended = {"process.bpmn": mend(files["process.bpmn"], "splits")}
    assert b'parallelGateway id="a_split"' in mended["process.bpmn"]
    assert offers(mended["process.bpmn"]) == ()
    before = variables_at(files, forms={}, functions=())
    after = variables_at(mended, forms={}, functions=())
    assert {key: after[key] for key in before} == before


def test_an_element_of_another_tool_gives_what_it_can():
    body = extension(properties(title="T"), '<x:y xmlns:x="http://flowable.org/bpmn" a="1"/>')
    task = node("userTask", "a", body).replace(
        'id="a"', 'id="a" xmlns:f="http://flowable.org/bpmn" f:dueDate="${days + 1}" f:async="true"'
    )
    files = model(start(), task, end(), chain("begin", "a", "finish"))
    assert "foreign" in offers(files["process.bpmn"])
    mended = mend(files["process.bpmn"], "foreign").decode()
    assert 'name="title" value="T"' in mended
    assert 'name="due" value="days + 1"' in mended
    assert "f:async" not in mended
    assert "<x:y" not in mended
    assert "foreign" not in offers(mended.encode())


@pytest.mark.parametrize("content", [b"", b"<", b"\xff\xfe", b"<a/>", b"<!DOCTYPE a><a/>"])
def test_nothing_is_offered_for_what_cannot_be_read(content):
    assert set(offers(content)) <= {"layout"}
