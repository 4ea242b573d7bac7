"""A decision inside a case: its trace is history, and nothing is never taken for an answer."""

from __future__ import annotations

import pytest

from engine import Deploy, Engine
from engine.history import unpack
from tests.engine.bpmn.drawing import chain, decision, end, gateway, model, rule, start
from tests.engine.bpmn.drawing import flow as drawn
from tests.engine.stories import begin, events, rows

GRADES = ((">= 90", '"A"'), ("[50..90)", '"B"'))


def deploy_grading(engine: Engine, *rules: tuple[str, str]) -> None:
    files = model(start(), rule("rate", "grade"), end(), chain("begin", "rate", "finish"))
    files["grade.dmn"] = decision("grade", *rules, reads="points")
    engine.execute(Deploy(files=files))


def incident(engine: Engine) -> tuple[str, str, str]:
    (found,) = rows(engine, "SELECT element_id, kind, message FROM incident WHERE state = 'OPEN'")
    return found.element_id, found.kind, found.message


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"points": 20}, "Expected a rule that catches these inputs, but none does."),
        ({"points": "many"}, "Expected a rule that catches these inputs, but none does."),
        ({}, "Expected a rule that catches these inputs, but none does; points is null."),
    ],
)
def test_a_decision_that_gives_null_is_an_incident_with_its_reason(
    host_engine: Engine, variables: dict[str, object], reason: str
) -> None:
    deploy_grading(host_engine, *GRADES)
    started = begin(host_engine, "test", **variables)
    element_id, kind, message = incident(host_engine)
    assert (element_id, kind) == ("rate", "DECISION")
    assert message.startswith("Expected decision grade to give a value")
    assert reason in message
    (case,) = rows(host_engine, "SELECT state FROM instance")
    assert case.state != "COMPLETED"
    assert "INCIDENT_OPENED" in events(host_engine, started.instance_id)


def test_an_incident_quotes_no_answer(host_engine: Engine) -> None:
    files = model(start(), rule("rate", "grade"), end(), chain("begin", "rate", "finish"))
    allowed = "<inputValues><text>[50..100]</text></inputValues></input>"
    files["grade.dmn"] = decision("grade", *GRADES, reads="points").replace(
        b"</input>", allowed.encode()
    )
    host_engine.execute(Deploy(files=files))
    begin(host_engine, "test", points=4321)
    _, _, message = incident(host_engine)
    assert "Expected points to be one of [50..100]." in message
    assert "4321" not in message


def test_two_rules_that_catch_the_same_are_an_incident_that_names_them(
    host_engine: Engine,
) -> None:
    files = model(start(), rule("rate", "grade"), end(), chain("begin", "rate", "finish"))
    cells = (("points >= 90", '"A"'), ("points >= 80", '"B"'))
    files["grade.dmn"] = decision("grade", *cells, reads="points")
    host_engine.execute(Deploy(files=files))
    begin(host_engine, "test", points=95)
    _, kind, message = incident(host_engine)
    assert kind == "DECISION"
    assert "grade_1" in message
    assert "grade_2" in message


def test_a_gateway_without_a_way_is_an_incident(host_engine: Engine) -> None:
    files = model(
        start(), gateway("exclusive", "way"), end(), end("other"), drawn("begin", "way"),
        drawn("way", "finish", "points > 5"), drawn("way", "other", "points < 0"),
    )  # fmt: skip
    host_engine.execute(Deploy(files=files))
    begin(host_engine, "test", points=3)
    assert incident(host_engine)[:2] == ("way", "NO_FLOW")


def test_what_a_decision_saw_and_matched_is_history(host_engine: Engine) -> None:
    deploy_grading(host_engine, *GRADES)
    started = begin(host_engine, "test", points=95)
    assert "DECISION_MADE" in events(host_engine, started.instance_id)
    (row,) = rows(host_engine, "SELECT body FROM history WHERE kind = 'DECISION_MADE'")
    assert "grade_1" in unpack(row.body)
