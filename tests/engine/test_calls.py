"""Calls of other process definitions: cases of their own, bound to a version, that come back."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from engine import (
    AssignTask,
    CancelInstance,
    Command,
    Context,
    DecideProposal,
    Deploy,
    Engine,
    ProposeRetirement,
    RetryIncident,
)
from engine.commands.case import Case
from engine.errors import InvalidProcess
from engine.queries.history import check_chains
from engine.worker import Worker
from tests.engine.bpmn.drawing import (
    chain,
    end,
    extension,
    flow,
    gateway,
    model,
    node,
    properties,
    script,
    start,
    user,
)
from tests.engine.stories import begin, complete, events, open_task, person, rows
from tests.engine.test_racing import at_once


@dataclass(frozen=True, kw_only=True)
class Variables(Command[Mapping[str, Any]]):
    """Read the variables of a case from its stored state."""

    instance_id: int

    def execute(self, ctx: Context) -> Mapping[str, Any]:
        return Case.lock(ctx, self.instance_id).load().variables()


def lanes(name: str, *elements: str) -> str:
    held = "".join(f"<bpmn:flowNodeRef>{element}</bpmn:flowNodeRef>" for element in elements)
    return node("laneSet", f"set_{name}", node("lane", f"lane_{name}", held, name=name))


def helper(engine: Engine, version: int) -> None:
    """Deploy a process that asks the rater and tells its version."""
    files = model(
        start(), lanes("RTR", "look"), user("look"), script("tell", f"{{ version: {version}, told: unit }}"), end(),
        chain("begin", "look", "tell", "finish"), key="helper",
    )  # fmt: skip
    assert engine.execute(Deploy(files=files)).version == version


def call(key: str, calls: str = "helper", **given: str) -> str:
    return node("callActivity", key, extension(properties(**given)), calledElement=calls)


def caller(engine: Engine, *calls: str, ids: str) -> str:
    """Deploy a process whose rater does something, and that then calls others at once."""
    files = model(
        start(), lanes("RTR", "rate"), user("rate"), gateway("parallel", "fork"), *calls, gateway("parallel", "join"), end(),
        chain("begin", "rate", "fork"), *(chain("fork", key, "join") for key in ids.split()), flow("join", "finish"), key="caller",
    )  # fmt: skip
    return engine.execute(Deploy(files=files)).key


def children(engine: Engine) -> list[Any]:
    return rows(
        engine,
        "SELECT i.id, i.state, i.root_id, i.subject_id, i.case_no, d.version FROM instance i"
        " JOIN definition d ON d.id = i.definition_id WHERE d.key = 'helper' ORDER BY i.id",
    )


def called(engine: Engine) -> int:
    """Bring a case to where its calls have been started; give its id."""
    case = begin(engine, "caller", unit="A")
    complete(engine, open_task(engine, "rate").id, 2, {})
    at_once(Worker(engine).run_due, Worker(engine).run_due)
    return case.instance_id


def test_a_running_case_still_calls_a_process_that_was_retired(host_engine: Engine) -> None:
    helper(host_engine, 1)
    calls = call("newest", binding="latest"), call("first", binding="deployment")
    caller(host_engine, *calls, ids="newest first")
    case = begin(host_engine, "caller", unit="A")
    why = "Tidak dipakai lagi."
    asked = host_engine.execute(ProposeRetirement(key="helper", reason=why), by=person(7))
    host_engine.execute(DecideProposal(proposal_id=asked, approve=True), by=person(8))
    complete(host_engine, open_task(host_engine, "rate", case.instance_id).id, 2, {})
    at_once(Worker(host_engine).run_due, Worker(host_engine).run_due)
    assert [child.state for child in children(host_engine)] == ["ACTIVE", "ACTIVE"]


def test_a_call_is_bound_to_a_version_and_comes_back_with_variables(host_engine: Engine) -> None:
    helper(host_engine, 1)
    given = {"payload": "{ unit: unit }"}
    key = caller(
        host_engine,
        call("newest", binding="latest", result="one", **given),
        call("then", binding="deployment", result="two", **given),
        call("first", binding="1"),
        ids="newest then first",
    )
    helper(host_engine, 2)
    case = called(host_engine)
    started = children(host_engine)
    assert sorted(child.version for child in started) == [1, 1, 2]
    assert {(child.root_id, child.subject_id) for child in started} == {(case, 1)}
    for child in started:
        assert child.case_no.startswith("HELPER-2026Q2-")
        complete(host_engine, open_task(host_engine, "look", child.id).id, 2, {})
    at_once(Worker(host_engine).run_due, Worker(host_engine).run_due)
    (parent,) = rows(host_engine, f"SELECT * FROM instance WHERE process_key = '{key}'")
    assert parent.state == "COMPLETED"
    told = events(host_engine, case)
    assert (told.count("CALL_STARTED"), told.count("CALL_RETURNED")) == (3, 3)
    # Nothing comes back without a result, and what comes back is everything.
    back = {"look": {}, "told": "A", "unit": "A"}
    assert host_engine.execute(Variables(instance_id=case)) == {
        "unit": "A",
        "rate": {},
        "one": {**back, "version": 2},
        "two": {**back, "version": 1},
    }
    assert rows(host_engine, "SELECT * FROM call") == []
    assert host_engine.ask(check_chains) == ()


@pytest.mark.parametrize(("given", "who"), [({"people": "inherit"}, 3), ({}, 2)])
def test_the_lanes_of_a_called_case_take_over_people_where_the_call_says_so(
    host_engine: Engine, given: dict[str, str], who: int
) -> None:
    helper(host_engine, 1)
    caller(host_engine, call("only", binding="latest", **given), ids="only")
    begin(host_engine, "caller", unit="A")
    task = open_task(host_engine, "rate")
    assign = AssignTask(task_id=task.id, to_person_id=3, reason="Cuti")
    host_engine.execute(assign, by=person(7))
    complete(host_engine, task.id, 3, {})
    Worker(host_engine).run_due()
    assert open_task(host_engine, "look").assignee_id == who


def test_what_is_not_there_is_refused_at_deploy(host_engine: Engine) -> None:
    for wrong in ({"calls": "helper"}, {"calls": "caller"}):
        with pytest.raises(InvalidProcess) as refused:
            caller(host_engine, call("only", binding="latest", **wrong), ids="only")
        assert [f.rule for f in refused.value.findings] == ["call-not-deployed"]
    helper(host_engine, 1)
    with pytest.raises(InvalidProcess, match="helper \\(2\\)"):
        caller(host_engine, call("only", binding="2"), ids="only")
    with pytest.raises(InvalidProcess, match="found newest"):
        caller(host_engine, call("only", binding="newest"), ids="only")


def test_a_called_case_that_is_cancelled_parks_its_call_and_a_cancelled_caller_ends_it(
    host_engine: Engine,
) -> None:
    helper(host_engine, 1)
    caller(host_engine, call("only", binding="latest"), ids="only")
    case = called(host_engine)
    (child,) = children(host_engine)
    host_engine.execute(CancelInstance(instance_id=child.id, reason="Keliru"), by=person(7))
    Worker(host_engine).run_due()
    (incident,) = rows(host_engine, "SELECT * FROM incident WHERE state = 'OPEN'")
    assert (incident.instance_id, incident.kind) == (case, "CALLED")
    host_engine.execute(RetryIncident(incident_id=incident.id), by=person(7))
    Worker(host_engine).run_due()
    assert [c.state for c in children(host_engine)] == ["CANCELLED", "ACTIVE"]
    host_engine.execute(CancelInstance(instance_id=case, reason="Selesai"), by=person(7))
    Worker(host_engine).run_due()
    assert [c.state for c in children(host_engine)] == ["CANCELLED", "CANCELLED"]
    assert rows(host_engine, "SELECT * FROM task WHERE state = 'CREATED'") == []
