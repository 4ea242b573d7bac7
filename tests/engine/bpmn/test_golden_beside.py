"""A state in the middle of everything that stands beside the flow loads for ever and goes on."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.bpmn import load
from engine.bpmn.state import FORMAT
from tests.engine.bpmn.drawing import (
    boundary,
    chain,
    end,
    event,
    extension,
    gateway,
    model,
    node,
    properties,
    start,
    throw,
    user,
)
from tests.engine.bpmn.stage import Case, Stage, compiled

GOLDEN = Path(__file__).parent / "golden" / "beside"


def drawn() -> dict[str, bytes]:
    """Draw a quorum that is spent, choices, a handler beside, and undoing under way."""
    enough = "<bpmn:activationCondition>items_arrived &gt;= 2</bpmn:activationCondition>"
    until = "<bpmn:completionCondition>close.done = true</bpmn:completionCondition>"
    begin = node(
        "startEvent", "notes_begin", extension(properties(correlation="1", result="news")) + event("message", "m1"), isInterrupting="false"
    )  # fmt: skip
    trip = (
        start("b2") + user("hotel") + user("flight") + end("e2") + chain("b2", "hotel", "flight", "e2")
        + boundary("hotel_undo", "hotel", event("compensate")) + node("userTask", "unhotel", extension(properties(result="unhotel")), isForCompensation="true")
        + boundary("flight_undo", "flight", event("compensate")) + node("userTask", "unflight", extension(properties(result="unflight")), isForCompensation="true")
        + node("association", "l1", sourceRef="hotel_undo", targetRef="unhotel") + node("association", "l2", sourceRef="flight_undo", targetRef="unflight")
    )  # fmt: skip
    return model(
        start(), gateway("parallel", "fork"), user("a"), user("b"), user("c"), node("complexGateway", "quorum", enough),
        node("subProcess", "trip", trip), throw("back", event("compensate")), user("after"), end(), end("chosen"),
        chain("begin", "fork"), *(chain("fork", key, "quorum") for key in "abc"), chain("quorum", "trip", "back", "after", "finish"),
        node("adHocSubProcess", "choose", user("talk") + user("visit") + user("written") + chain("visit", "written") + user("close") + until),
        chain("fork", "choose", "chosen"),
        node("subProcess", "notes", begin + user("note") + end("notes_end") + chain("notes_begin", "note", "notes_end"), triggeredByEvent="true"),
        extra='<bpmn:message id="m1" name="paid" />',
    )  # fmt: skip


def midway() -> Case:
    """Bring a case to where the golden state was taken."""
    case = Case(drawn(), {"x": 1}, mode="restored")
    case.complete("a", {"n": 1})
    case.deliver("notes_begin", "first")
    case.complete("b", {"n": 2})
    case.complete("hotel", {"room": 12})
    case.complete("talk", {"n": 3})
    case.complete("visit", {"n": 4})
    case.complete("flight", {"seat": "A"})
    case.complete("unflight", {"ok": True})
    case.deliver("notes_begin", "second")
    return case


REST = (
    ("note", {"n": 5}),
    ("unhotel", {"ok": True}),
    ("after", {}),
    ("c", {"n": 6}),
    ("note", {"n": 7}),
    ("written", {"n": 8}),
    ("close", {"done": True}),
)


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_a_state_of_every_format_loads_and_goes_on(path: Path) -> None:
    """Each file was written by the release that brought its format, and is never written anew."""
    stored = json.loads(path.read_text())
    run = load(compiled(drawn()), stored["header"].encode(), lambda _: b"", Stage().env)
    tasks = [(element, token) for token, element in stored["open"]]
    for element, answers in REST:
        token = min(t for e, t in tasks if e == element)
        tasks.remove((element, token))
        run.complete(token, answers)
        run.advance()
        tasks += [(task.element_id, task.token) for task in run.outcome().opened]
        tasks = sorted(set(tasks))
    assert run.outcome().completed
    variables = run.variables()
    assert variables["note"] == {"n": 7}
    assert (variables["talk"], variables["written"]) == ({"n": 3}, {"n": 8})
    assert (variables["unhotel"], variables["unflight"]) == ({"ok": True}, {"ok": True})
    assert (variables["news"], variables["x"]) == ("second", 1)


def test_there_is_a_state_of_the_present_format() -> None:
    assert (GOLDEN / f"format_{FORMAT}.json").exists()
    case = midway()
    assert case.waiting() == ["c", "close", "note", "note", "talk", "unhotel", "visit", "written"]
    assert len(case.header) < 2_000
