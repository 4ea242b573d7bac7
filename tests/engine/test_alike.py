"""Cases of a chunk that are not run, since they begin alike: row by row the same as those that are.

Which cases may stand where another one stands is tried with a process that asks for what only its
own case can have, or not, as its variables say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from engine import Deploy, Engine, NewCase, StartMany
from engine.commands import instances
from engine.folder import read_files
from engine.history import unpack
from engine.queries.history import check_chains
from tests.engine.stories import MODELS, rows

PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t"
    xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core">
  <message id="m" name="news" />
  <signal id="s" name="bell" />
  <process id="launched" name="Berangkat" isExecutable="true">
    <laneSet id="lanes"><lane id="l" name="EMP"><flowNodeRef>tell</flowNodeRef></lane>
      <lane id="r" name="RTR"><flowNodeRef>judge</flowNodeRef></lane></laneSet>
    <startEvent id="start" />
    <sequenceFlow id="f1" sourceRef="start" targetRef="asks" />
    <exclusiveGateway id="asks" default="f3" />
    <sequenceFlow id="f2" sourceRef="asks" targetRef="ask">
      <conditionExpression>who = "own"</conditionExpression></sequenceFlow>
    <sequenceFlow id="f3" sourceRef="asks" targetRef="merge" />
    <serviceTask id="ask"><extensionElements>
      <spiffworkflow:serviceTaskOperator id="test_service" resultVariable="found">
        <spiffworkflow:parameters>
          <spiffworkflow:parameter id="question" type="text" value="who" />
        </spiffworkflow:parameters>
      </spiffworkflow:serviceTaskOperator></extensionElements></serviceTask>
    <sequenceFlow id="f4" sourceRef="ask" targetRef="merge" />
    <exclusiveGateway id="merge" />
    <sequenceFlow id="f15" sourceRef="merge" targetRef="fork" />
    <parallelGateway id="fork" />
    <sequenceFlow id="f5" sourceRef="fork" targetRef="count" />
    <sequenceFlow id="f6" sourceRef="fork" targetRef="judge" />
    <sequenceFlow id="f7" sourceRef="fork" targetRef="news" />
    <sequenceFlow id="f8" sourceRef="fork" targetRef="ring" />
    <scriptTask id="count"><script>{ total: amount + 1, words: [who, who] }</script></scriptTask>
    <sequenceFlow id="f9" sourceRef="count" targetRef="tell" />
    <userTask id="tell" name="Ceritakan"><extensionElements><spiffworkflow:properties>
      <spiffworkflow:property name="form" value="request" />
      <spiffworkflow:property name="due" value="5 hari kerja" />
      <spiffworkflow:property name="title" value="Ceritakan {who}" />
    </spiffworkflow:properties></extensionElements></userTask>
    <boundaryEvent id="late" attachedToRef="tell" cancelActivity="false">
      <timerEventDefinition id="t"><timeDuration>3 hari kerja</timeDuration></timerEventDefinition>
    </boundaryEvent>
    <sequenceFlow id="f10" sourceRef="late" targetRef="end" />
    <sequenceFlow id="f11" sourceRef="tell" targetRef="end" />
    <userTask id="judge" name="Nilai"><extensionElements><spiffworkflow:properties>
      <spiffworkflow:property name="form" value="review" />
    </spiffworkflow:properties></extensionElements></userTask>
    <sequenceFlow id="f12" sourceRef="judge" targetRef="end" />
    <intermediateCatchEvent id="news"><extensionElements><spiffworkflow:properties>
      <spiffworkflow:property name="correlation" value="who" />
    </spiffworkflow:properties></extensionElements>
      <messageEventDefinition id="me" messageRef="m" /></intermediateCatchEvent>
    <sequenceFlow id="f13" sourceRef="news" targetRef="end" />
    <intermediateThrowEvent id="ring">
      <signalEventDefinition id="se" signalRef="s" /></intermediateThrowEvent>
    <sequenceFlow id="f14" sourceRef="ring" targetRef="end" />
    <endEvent id="end" />
  </process>
</definitions>"""
TABLES = ("task", "timer", "subscription", "value")
# What two chunks can't have in common: numbers, keys, and what is random or hashed from them.
OWN = {"id", "instance_id", "stream_id", "case_no", "campaign", "task_id", "source_id"}
OWN |= {"hash", "digests", "salt", "request_digest"}


def deploy(engine: Engine) -> str:
    files = {**read_files(MODELS / "two_step"), "process.bpmn": PROCESS.encode()}
    del files["messages.toml"]
    return engine.execute(Deploy(files=files)).key


def launch(
    engine: Engine, key: str, campaign: str, given: Sequence[Mapping[str, Any]]
) -> list[int]:
    """Start a case for each set of variables; give their ids."""
    cases = [
        NewCase(subject_id=1 + n, scope_path="/01/", period=campaign, variables=variables)
        for n, variables in enumerate(given)
    ]
    return [
        c.instance_id for c in engine.execute(StartMany(key=key, campaign=campaign, cases=cases))
    ]


def written(engine: Engine, instance_id: int) -> dict[str, Any]:
    """Give everything that stands in the tables of a case, but for what is its own."""
    (case,) = rows(engine, "SELECT * FROM instance WHERE id = :i", i=instance_id)
    found: dict[str, Any] = {"instance": [_plain(case)]}
    for table in TABLES:
        sql = f"SELECT * FROM {table} WHERE instance_id = :i ORDER BY 1, 2"
        found[table] = [_plain(row) for row in rows(engine, sql, i=instance_id)]
    for table in ("history", "sealed_value"):
        sql = f"SELECT * FROM {table} WHERE stream_id = :s ORDER BY seq"
        found[table] = [_plain(row) for row in rows(engine, sql, s=case.stream_id)]
    found["stream"] = [
        case.head_seq
        for case in rows(engine, "SELECT head_seq FROM stream WHERE id = :s", s=case.stream_id)
    ]
    return found


def _plain(row: Any) -> dict[str, Any]:
    found = {name: value for name, value in row._mapping.items() if name not in OWN}
    found.pop("period", None)
    if "body" in found:
        body = json.loads(unpack(bytes(found["body"])))
        body.pop("command", None)
        found["body"] = {**body, "detail": _without_own(body.get("detail", {}))}
    if "value" in found:
        found["value"] = unpack(bytes(found["value"]))
    return found


def _without_own(detail: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in detail.items()
        if name not in {*OWN, "message_id", "signal_id"}
    }


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each case that is run."""
    noted: list[str] = []
    run = instances._run

    def noting(definition: Any, *rest: Any, **named: Any) -> Any:
        noted.append(definition.key)
        return run(definition, *rest, **named)

    monkeypatch.setattr(instances, "_run", noting)
    return noted


def test_a_case_that_is_not_run_is_written_as_one_that_is(
    host_engine: Engine, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = deploy(host_engine)
    given = [{"who": "w", "amount": 2, "long": "w" * 600}] * 4
    alike = launch(host_engine, key, "alike", given)
    assert len(ran) == 1
    with monkeypatch.context() as every:
        every.setattr(instances, "template_of", lambda *_: None)
        each = launch(host_engine, key, "each", given)
    assert len(ran) == 5
    for one, other in zip(alike, each, strict=True):
        first, second = written(host_engine, one), written(host_engine, other)
        assert first == second
        assert [len(first[table]) for table in ("task", "timer", "subscription", "value")] == [
            2,
            1,
            1,
            1,
        ]
    (seen,) = rows(host_engine, "SELECT count(*) AS n FROM message WHERE kind = 'signal'")
    assert seen.n == 8
    assert list(host_engine.ask(check_chains)) == []


def test_a_case_that_asks_for_what_is_its_own_is_run(host_engine: Engine, ran: list[str]) -> None:
    key = deploy(host_engine)
    own, other = {"who": "own", "amount": 1}, {"who": "them", "amount": 1}
    launch(host_engine, key, "asked", [own] * 3)
    assert len(ran) == 3
    ran.clear()
    started = launch(host_engine, key, "mixed", [other, own, other, {**other, "amount": 1.0}])
    assert len(ran) == 3  # the second; and the last, whose number is written otherwise
    titles = rows(
        host_engine,
        "SELECT title FROM task WHERE element_id = 'tell' AND period = 'mixed' ORDER BY id",
    )
    assert [re.sub("^Ceritakan ", "", row.title) for row in titles] == [
        "them",
        "own",
        "them",
        "them",
    ]
    ids = [
        row.id
        for row in rows(
            host_engine, "SELECT id FROM instance WHERE campaign = 'mixed' ORDER BY case_no"
        )
    ]
    assert ids == started


def test_a_case_in_another_calendar_is_run(
    host_engine: Engine, host: Any, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, plain = deploy(host_engine), host.add_working_days

    def slower(connection: Any, start: Any, days: int, subject_id: int | None) -> Any:
        return plain(connection, start, days * 2 if subject_id == 2 else days, subject_id)

    monkeypatch.setattr(host, "add_working_days", slower)
    launch(host_engine, key, "days", [{"who": "a", "amount": 1}] * 3)
    assert len(ran) == 2
    due = [row.due_at for row in rows(host_engine, "SELECT due_at FROM timer ORDER BY instance_id")]
    assert due[0] == due[2] < due[1]
