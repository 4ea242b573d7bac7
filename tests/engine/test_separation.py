"""Separation of duties holds on every way to a task: branches, substitutes, groups, assignments."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from engine import AssignTask, Deploy, Engine
from engine.errors import NotAllowed
from engine.model import StreamKind
from engine.queries import history
from engine.store import Store
from tests.engine.bpmn import drawing as d
from tests.engine.host import Host
from tests.engine.stories import OFFICER, begin, complete, open_task, person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def deployed(engine: Engine, files: dict[str, bytes]) -> None:
    engine.execute(Deploy(files=files, reason="uji"))


def _beside() -> dict[str, bytes]:
    """Two branches: 4 rates, 5 decides, and the same person may not do both."""
    return d.model(
        d.start(),
        d.node("parallelGateway", "fork"),
        d.user("rate", assignee="4"),
        d.user("decide", assignee="5", notSameAs="rate"),
        d.node("parallelGateway", "join"),
        d.end(),
        d.chain("begin", "fork", "rate", "join", "finish"),
        d.chain("fork", "decide", "join"),
    )


@pytest.mark.parametrize(("first", "second"), [("rate", "decide"), ("decide", "rate")])
def test_nobody_does_both_on_branches_beside_each_other(
    host_engine: Engine, host: Host, first: str, second: str
) -> None:
    deployed(host_engine, _beside())
    begin(host_engine, "test")
    host.substitutes[4] = 5  # who decides stands in for the rater
    complete(host_engine, open_task(host_engine, first).id, 5, {})
    with pytest.raises(NotAllowed) as refused:
        complete(host_engine, open_task(host_engine, second).id, 5, {})
    assert refused.value.reason == "SAME_PERSON"
    told = host_engine.ask(history.events, StreamKind.PERSON, "5")
    assert told[-1].kind == "DENIED"


def test_nobody_stands_in_on_both_sides(host_engine: Engine, host: Host) -> None:
    """One deputy of both: what he did on behalf of one counts when he acts for the other."""
    deployed(host_engine, _beside())
    begin(host_engine, "test")
    host.substitutes.update({4: 6, 5: 6})
    complete(host_engine, open_task(host_engine, "decide").id, 6, {})
    with pytest.raises(NotAllowed, match="another person"):
        complete(host_engine, open_task(host_engine, "rate").id, 6, {})
    complete(host_engine, open_task(host_engine, "rate").id, 4, {})


def test_who_did_the_one_is_not_given_the_other(host_engine: Engine) -> None:
    deployed(host_engine, _beside())
    begin(host_engine, "test")
    complete(host_engine, open_task(host_engine, "decide").id, 5, {})
    task = open_task(host_engine, "rate").id
    with pytest.raises(NotAllowed):
        host_engine.execute(
            AssignTask(task_id=task, to_person_id=5, reason="cuti"), by=person(OFFICER)
        )


def test_what_a_root_case_did_is_looked_up_and_never_searched_for_among_all_tasks(
    host_engine: Engine,
) -> None:
    """A year of a small city took a quarter of its time for reading all tasks at each step."""
    plans: list[str] = []

    def explain(_c: Any, cursor: Any, sql: str, given: Any, _x: Any, _many: bool) -> None:
        if "root_id" in sql and "EXPLAIN" not in sql:
            plans.extend(row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {sql}", given))

    with host_engine.database.connect() as connection:
        event.listen(connection, "before_cursor_execute", explain)
        assert not Store(connection).tasks.did_one_of(1, {"rate"}, {4})
    assert any("task USING INDEX ix_task_instance_id" in step for step in plans), plans
    assert any("ix_instance_root_id" in step for step in plans), plans
    assert not [step for step in plans if step.startswith(("SCAN task", "SCAN instance"))], plans
