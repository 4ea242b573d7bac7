"""What an administrator sees: how late things are, what failed where; and whom never."""

from __future__ import annotations

from datetime import timedelta

from engine import (
    Deploy,
    Engine,
    ProposeResolution,
    Resolve,
    SuspendInstance,
)
from engine.queries import incidents, operations
from tests.conftest import MovableClock
from tests.engine.host import Host
from tests.engine.stories import begin, counted, person, rows
from tests.engine.test_failure_boundary import failing_case
from tests.engine.test_suspending import ALL_KINDS


def test_the_overview_counts_what_is_late_in_one_statement(
    host_engine: Engine, host: Host, clock: MovableClock
) -> None:
    failing_case(host_engine, host)
    host_engine.execute(Deploy(files=ALL_KINDS, reason="uji"))
    begin(host_engine, "test")
    stopped = begin(host_engine, "test").instance_id
    host_engine.execute(SuspendInstance(instance_id=stopped, reason="x"), by=person(7))
    with host_engine.database.begin() as connection:
        ctx = host_engine._context(connection, "test", person(7), 0)
        ctx.enqueue("note", {"n": 1})
    clock.move(timedelta(days=1, hours=1))
    with counted(host_engine.database) as said:
        seen = host_engine.ask(operations.overview, now=clock())
    assert len([one for one in said if one.startswith("SELECT")]) == 1
    assert (seen.jobs_due, seen.jobs_late) == (1, timedelta(days=1, hours=1))
    assert (seen.timers_due, seen.timers_late, seen.timers_held) == (1, timedelta(hours=1), 1)
    assert (seen.incidents, seen.suspended, seen.workers, seen.checkpoint) == (1, 1, 0, None)
    stored = host_engine.ask(operations.storage)
    assert stored.bytes > 10_000
    assert (stored.months > 0, stored.strays) == (stored.kind == "PostgreSQL", 0)


def test_cases_and_incidents_are_shown_without_titles_and_never_ones_own(
    host_engine: Engine, host: Host
) -> None:
    case = failing_case(host_engine, host)
    (row,) = rows(host_engine, "SELECT case_no, title FROM instance")
    found = host_engine.ask(operations.cases, text_=row.case_no[:-2].lower())
    assert [one.id for one in found] == [case]
    assert (found[0].incidents, found[0].open_tasks) == (1, 0)
    assert host_engine.ask(operations.cases, text_="%") == ()
    assert host_engine.ask(operations.cases, text_=row.case_no, besides=1) == ()
    (group,) = host_engine.ask(incidents.grouped)
    assert (group.element_id, group.kind, group.count) == ("look_up", "SERVICE", 1)
    assert host_engine.ask(incidents.grouped, besides=1) == ()
    (incident,) = host_engine.ask(incidents.technical, kind="SERVICE").rows
    host_engine.execute(
        ProposeResolution(
            incident_id=incident.id, action=Resolve.SKIP, values={"found": 1}, reason="arsip"
        ),
        by=person(7),
    )
    (incident,) = host_engine.ask(incidents.technical, proposed=True).rows
    assert incident.proposal is not None
    assert incident.proposal.given == {"found": 1}
    assert row.title not in repr(incident) + repr(found)
    assert host_engine.ask(incidents.technical, besides=1).rows == ()
