"""What a compiled definition tells, and the guards around the library."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

import threading

import pytest
from SpiffWorkflow.task import Task

from engine.bpmn import patches
from engine.bpmn.lint_data import script_names
from engine.bpmn.template import split
from tests.engine.bpmn.drawing import (
    boundary,
    catch,
    chain,
    decision,
    end,
    event,
    gateway,
    model,
    node,
    rule,
    script,
    start,
    timer,
    user,
)
from tests.engine.bpmn.stage import Case, Stage, compiled

LANES = (
    '<bpmn:laneSet id="lanes"><bpmn:lane id="l1" name="EMP"><bpmn:flowNodeRef>ask</bpmn:flowNodeRef>'
    '</bpmn:lane><bpmn:lane id="l2" name="HRC"><bpmn:flowNodeRef>part</bpmn:flowNodeRef></bpmn:lane>'
    "</bpmn:laneSet>"
)


def rich() -> dict[str, bytes]:
    files = model(
        LANES,
        start(),
        user("ask", form="ask", due="5 hari kerja", notSameAs="check", visibleTo="EMP, HRC"),
        boundary("late", "ask", timer("P1D")),
        rule("rate", "grade"),
        catch("paid", event("message", "m1"), correlation="1"),
        node(
            "subProcess",
            "part",
            start("b2") + user("check") + end("e2") + chain("b2", "check", "e2"),
        ),
        end(),
        chain("begin", "ask", "rate", "paid", "part", "finish"),
        chain("late", "rate"),
        extra='<bpmn:message id="m1" name="paid" />',
    )
    return files | {
        "forms/ask.json": b"{}",
        "grade.dmn": decision("grade", (">= 1", '"A"'), reads="n"),
    }


def test_a_definition_lists_its_elements_tasks_lanes_messages_and_flows() -> None:
    definition = compiled(rich())
    assert definition.process_id == "test"
    assert definition.elements["late"].attached_to == "ask"
    assert definition.elements["ask"].kind == "userTask"
    assert set(definition.user_tasks) == {"ask", "check"}
    assert definition.lanes == ("EMP", "HRC")
    assert definition.messages == ("paid",)
    assert definition.start_messages == ()
    assert set(definition.decisions) == {"grade"}
    assert definition.flows["begin_to_ask"] == ("begin", "ask")
    assert not [key for key in definition.flows if key.startswith("_")]


def test_a_user_task_tells_its_properties_with_their_defaults() -> None:
    task = compiled(rich()).user_tasks["ask"]
    assert (task.form, task.result, task.lane, task.escalation) == ("ask", "ask", "EMP", "R")
    assert task.not_same_as == ("check",)
    assert task.visible_to == ("EMP", "HRC")
    assert task.due is not None
    assert not task.anonymous
    # What stands inside a sub-process belongs to the lane of the sub-process.
    assert compiled(rich()).user_tasks["check"].lane == "HRC"


def test_the_bytes_come_back_unchanged_and_name_the_version() -> None:
    files = rich()
    definition = compiled(files)
    assert definition.picture_source is files["process.bpmn"]
    assert definition.sha256 == compiled(dict(reversed(files.items()))).sha256
    files["forms/ask.json"] = b"{ }"
    assert compiled(files).sha256 != definition.sha256


def test_cases_on_one_definition_in_many_threads_do_not_mix() -> None:
    files = model(
        start(), gateway("parallel", "fork"), user("a"), script("s", "{ twice: n * 2 }"),
        gateway("parallel", "join"), end(), chain("begin", "fork", "a", "join", "finish"),
        chain("fork", "s", "join"),
    )  # fmt: skip
    definition = compiled(files)
    seen: dict[int, object] = {}

    def play(number: int) -> None:
        from engine.bpmn import start as begin

        run = begin(definition, {"n": number}, Stage().env)
        run.advance()
        run.complete(run.outcome().opened[0].token, {"n": number})
        run.advance()
        seen[number] = dict(run.variables())

    threads = [threading.Thread(target=play, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {n: {"n": n, "twice": n * 2, "a": {"n": n}} for n in range(8)}


def test_a_second_case_on_the_same_definition_starts_clean() -> None:
    first = Case(rich(), {"n": 1})
    first.complete("ask", {})
    second = Case(rich(), {"n": 1})
    assert second.waiting() == ["ask"]
    assert "ask" not in second.variables


def test_another_release_of_the_library_is_looked_at_before_it_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patches.check()
    monkeypatch.setattr(patches, "VERSION", "3.2.1")
    with pytest.raises(patches.LibraryChanged, match=r"3\.2\.1"):
        patches.check()
    monkeypatch.setattr(patches, "VERSION", "3.2.0")
    monkeypatch.setitem(patches.SOURCES, (Task, "_sync_children"), "0123456789abcdef")
    with pytest.raises(patches.LibraryChanged, match=r"Task\._sync_children.*source hash"):
        patches.check()


def test_a_template_has_texts_and_holes() -> None:
    assert split("Nilai {a.b} ya") == [(False, "Nilai "), (True, "a.b"), (False, " ya")]
    assert split('{ {x: 1}.x } {"{}"}') == [(True, "{x: 1}.x"), (False, " "), (True, '"{}"')]
    with pytest.raises(ValueError, match="brace"):
        split("{")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{ a: 1, b: a + 1 }", ["a", "b"]),
        ("= { a: { c: 1, d: 2 }, b: [1, 2] }", ["a", "b"]),
        ('{ a: "x, y: z", b: f(p: 1, q: 2) }', ["a", "b"]),
        ('{ "a b": 1 }', ["a b"]),
        ("{}", []),
        ("a + b", []),
    ],
)
def test_the_entries_of_a_script_are_found(text: str, names: list[str]) -> None:
    assert script_names(text) == names
