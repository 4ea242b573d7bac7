"""Who works on which job, how many per minute, and what is left when one keeps failing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from time import sleep
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from engine import (
    CancelJob,
    ChangeSchedule,
    Command,
    Context,
    Engine,
    InstallSchedules,
    RetryIncident,
    RetryIncidents,
    SetJobLimit,
)
from engine.commands import ClaimJobs
from engine.commands.leasing import Claim
from engine.errors import InvalidForm, InvalidState, NotAllowed, ServiceTaskFailed, TooNew
from engine.ports import Again, JobKind, Recurring
from engine.queries.history import check_chains
from engine.store.base import table_of
from engine.store.tables import Job, Timer
from engine.worker import Worker, serve_all
from tests.conftest import MovableClock
from tests.engine.host import Host
from tests.engine.stories import begin, complete, deploy, open_task, person, rows
from tests.engine.test_racing import at_once
from web.filing import FilesInMemory

MINUTES = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Enqueue(Command[tuple[int | None, ...]]):
    """Write some jobs, as a host's command does."""

    count: int = 1
    kind: str = "note"
    options: Any = None

    def execute(self, ctx: Context) -> tuple[int | None, ...]:
        options = self.options or {}
        return tuple(ctx.enqueue(self.kind, {"n": n}, **options) for n in range(self.count))


def with_kinds(engine: Engine, *kinds: JobKind, **ports: Any) -> Engine:
    """Give the same engine with more kinds of jobs."""
    known = {**engine.ports.job_kinds, **{kind.name: kind for kind in kinds}}
    return Engine(engine.database, replace(engine.ports, job_kinds=known, **ports), engine.clock)


def job(engine: Engine, job_id: int | None) -> Any:
    (row,) = rows(engine, "SELECT * FROM job WHERE id = :i", i=job_id)
    return row


def claim(worker: Worker, **options: Any) -> list[int]:
    """Take jobs without doing them, as a worker that is killed then does."""
    command = ClaimJobs(worker=worker.name, skills=worker.skills, **options)
    return [claimed.id for claimed in worker.engine.execute(command)]


def test_a_dead_workers_job_is_taken_over_when_its_lease_ends(
    host_engine: Engine, host: Host, clock: MovableClock
) -> None:
    (job_id,) = host_engine.execute(Enqueue())
    dead, alive = Worker(host_engine), Worker(host_engine)
    assert claim(dead) == [job_id]
    assert alive.run_due() == 0
    clock.move(2 * MINUTES)
    assert alive.run_due() == 1
    assert (job(host_engine, job_id).state, job(host_engine, job_id).attempts) == ("DONE", 2)
    # Whoever was only slow finds it gone, and does nothing twice.
    assert dead.run_job(job_id or 0) == 0
    assert host.sent == [{"n": 0}]


def test_a_living_worker_keeps_what_it_is_about_to_do_and_nothing_that_it_lost_sight_of(
    host_engine: Engine, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    host_engine.execute(Enqueue(count=3))
    slow = Worker(host_engine)

    def gone(*_: Any) -> int:
        raise OSError("the database is away")

    monkeypatch.setattr(slow, "_job", gone)
    with pytest.raises(OSError, match="away"):
        slow.run_due()
    clock.move(MINUTES)
    slow._beaten -= 60  # it says again that it lives
    slow.beat()
    clock.move(MINUTES)
    assert Worker(host_engine).run_due() == 3
    (late,) = host_engine.execute(Enqueue())
    claim(slow)
    slow._holds = {late or 0}
    clock.move(MINUTES)
    slow._beaten -= 60
    slow.beat()
    clock.move(1.5 * MINUTES)
    assert Worker(host_engine).run_due() == 0


def test_a_clock_that_is_put_back_keeps_no_job_for_ever(
    host_engine: Engine, clock: MovableClock
) -> None:
    clock.move(timedelta(hours=5))
    (job_id,) = host_engine.execute(Enqueue(options={"run_at": clock() - timedelta(hours=6)}))
    claim(Worker(host_engine))
    clock.move(-timedelta(hours=5))
    assert Worker(host_engine).run_due() == 1
    assert job(host_engine, job_id).state == "DONE"


def test_a_job_that_kills_its_worker_keeps_nobody_else_and_ends_as_one_incident(
    host_engine: Engine, host: Host, clock: MovableClock
) -> None:
    first, killer, last = (
        host_engine.execute(Enqueue(options={"priority": p, "max_attempts": 3}))[0]
        for p in (1, 2, 3)
    )
    assert claim(Worker(host_engine)) == [first, killer, last]
    for _ in range(4):
        clock.move(3 * MINUTES)
        worker = Worker(host_engine)
        while claimed := claim(worker):
            assert len(claimed) == 1  # whose worker died is tried alone
            if claimed != [killer]:
                worker._job(Claim(claimed[0], "note"))
    assert len(host.sent) == 2
    (incident,) = rows(host_engine, "SELECT job_id, message FROM incident WHERE state = 'OPEN'")
    assert (incident.job_id, incident.message) == (killer, "Its worker died each time.")
    assert host_engine.ask(check_chains) == ()


def test_urgent_jobs_come_first_and_two_workers_share_the_rest(
    host_engine: Engine, host: Host
) -> None:
    host_engine.execute(Enqueue(count=30))
    (urgent,) = host_engine.execute(Enqueue(options={"priority": 1}))
    one, other = Worker(host_engine), Worker(host_engine)
    mine, yours = claim(one), claim(other)
    assert mine[0] == urgent
    assert (len(mine), len(yours), set(mine) & set(yours)) == (20, 11, set())


def test_what_failed_waits_longer_each_time_and_never_all_at_once(
    host_engine: Engine, host: Host, clock: MovableClock
) -> None:
    host.failing.add("note")
    ids = host_engine.execute(Enqueue(count=5, options={"max_attempts": 30}))
    waits: list[list[float]] = []
    for _ in range(3):
        assert Worker(host_engine).run_due() == 5
        waits.append([wait(host_engine, job_id) for job_id in ids])
        clock.move(timedelta(hours=1))
    assert len({round(wait, 3) for wait in waits[0]}) == 5
    assert all(6 <= wait <= 10 for wait in waits[0])
    assert all(24 <= wait <= 40 for wait in waits[2])


def wait(engine: Engine, job_id: int | None) -> float:
    """Say how many seconds a job waits from now on."""
    with engine.database.connect() as connection:
        found = select(table_of(Job).c.run_at).where(table_of(Job).c.id == job_id)
        seconds: float = (connection.scalars(found).one() - engine.clock()).total_seconds()
        return seconds


def test_work_in_chunks_shows_how_far_it_is_and_can_be_stopped(
    host_engine: Engine, clock: MovableClock
) -> None:
    seen: list[int] = []

    def chunk(_ctx: Context, payload: Any) -> Again | None:
        seen.append(int(payload["n"]))
        return Again({"n": payload["n"] + 1}, done=10, pause=MINUTES) if len(seen) < 5 else None

    engine = with_kinds(host_engine, JobKind("chunks", chunk))
    (job_id,) = engine.execute(Enqueue(kind="chunks", options={"progress_total": 50}))
    worker = Worker(engine)
    assert worker.run_due() == 1
    clock.move(MINUTES)
    assert worker.run_due() == 1
    row = job(engine, job_id)
    assert (row.state, row.progress_done, row.progress_total, seen) == ("DUE", 20, 50, [0, 1])
    assert engine.execute(CancelJob(job_id=job_id or 0, reason="keliru"), by=person(7))
    clock.move(MINUTES)
    assert worker.run_due() == 0
    assert job(engine, job_id).state == "CANCELLED"
    with pytest.raises(InvalidState):
        engine.execute(CancelJob(job_id=job_id or 0, reason="keliru"), by=person(7))


def test_a_job_in_somebodys_hands_is_cancelled_before_it_begins(
    host_engine: Engine, host: Host
) -> None:
    (job_id,) = host_engine.execute(Enqueue())
    worker = Worker(host_engine)
    claim(worker)
    with pytest.raises(NotAllowed):
        host_engine.execute(CancelJob(job_id=job_id or 0, reason="x"), by=person(9))
    with pytest.raises(InvalidForm):
        host_engine.execute(CancelJob(job_id=job_id or 0, reason=" "), by=person(7))
    assert not host_engine.execute(CancelJob(job_id=job_id or 0, reason="x"), by=person(7))
    worker._job(Claim(job_id or 0, "note"))
    assert job(host_engine, job_id).state == "CANCELLED"
    assert host.sent == []


def test_two_workers_together_keep_to_a_limit_per_minute(
    host_engine: Engine, host: Host, clock: MovableClock
) -> None:
    host_engine.execute(SetJobLimit(kind="note", per_minute=60), by=person(7))
    host_engine.execute(Enqueue(count=200))
    workers = [Worker(host_engine), Worker(host_engine)]
    done = 0
    for _ in range(60):
        done += sum(at_once(*[worker.run_due for worker in workers]))
        clock.move(timedelta(seconds=1))
    assert 58 <= done <= 62
    assert len(host.sent) == done
    clock.move(-timedelta(days=1))  # a limit used up in the future holds nothing
    clock.move(timedelta(days=1, minutes=1))
    assert workers[0].run_due() == 2
    with pytest.raises(NotAllowed):
        host_engine.execute(SetJobLimit(kind="note", per_minute=1), by=person(9))


def test_what_leaves_the_house_goes_between_two_transactions(
    host_engine: Engine, clock: MovableClock
) -> None:
    sent: list[tuple[Any, str]] = []
    broken = [True]

    def send(what: Any, key: str) -> None:
        assert not host_engine.database.pool.checkedout()  # type: ignore[attr-defined]
        sent.append((what, key))
        if broken:
            broken.pop()
            raise ServiceTaskFailed("Expected a mail server, but it hangs.")

    kind = JobKind("mail", lambda _ctx, payload: payload["n"] or None, send)
    engine = with_kinds(host_engine, kind)
    nothing, one = engine.execute(Enqueue(count=2, kind="mail"))
    worker = Worker(engine)
    worker.run_due()
    assert (job(engine, nothing).state, job(engine, one).state) == ("DONE", "DUE")
    clock.move(MINUTES)
    assert worker.run_due() == 1
    assert job(engine, one).state == "DONE"
    assert len(sent) == 2
    assert sent[0] == sent[1]


def test_nothing_waits_for_a_letter_that_hangs(host_engine: Engine, host: Host) -> None:
    begun, answered = Event(), Event()

    def send(_what: Any, _key: str) -> None:
        begun.set()
        assert answered.wait(30)

    engine = with_kinds(host_engine, JobKind("mail", lambda _ctx, payload: payload, send))
    engine.execute(Enqueue(count=1, kind="mail"))
    engine.execute(Enqueue(count=2))
    stop = Event()
    site = Thread(target=serve_all, args=(engine, stop))
    site.start()
    try:
        assert begun.wait(30)
        host.wait_for(2)
        assert rows(engine, "SELECT id FROM job WHERE state = 'DUE' AND kind = 'mail'")
    finally:
        answered.set()
        stop.set()
        site.join(30)
    assert not rows(engine, "SELECT id FROM job WHERE state = 'DUE'")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("what", ["note", "mail"])
def test_a_worker_waits_for_whoever_only_looked_at_the_job_that_he_has(
    host_engine: Engine, host: Host, what: str
) -> None:
    """One looks for free jobs while another takes this one: he gets nothing, but locks its row."""
    sent: list[str] = []
    kind = JobKind("mail", lambda _ctx, payload: payload, lambda _what, key: sent.append(key))
    engine = with_kinds(host_engine, kind)
    (job_id,) = engine.execute(Enqueue(kind=what))
    assert job_id is not None
    has = Worker(engine)
    has.beat()  # which would wait for the row, too, but comes every ten seconds only
    with engine.database.connect() as other, ThreadPoolExecutor(1) as pool:
        looks = pool.submit(other.execute, _LOOK_SLOWLY)
        _until(lambda: looks.done() or _sleeps(engine))
        (claimed,) = claim(has)
        assert looks.result().all() == []
        works = pool.submit(has._work_off, [Claim(claimed, what)])
        _until(lambda: works.done() or _waits_for_a_lock(engine))
        other.rollback()
        assert works.result() == 1
    assert job(engine, job_id).state == "DONE"
    assert len(host.sent) + len(sent) == 1


# As workers look for free jobs, but with a while between what they see and what they lock.
_LOOK_SLOWLY = text(
    "SELECT id FROM job WHERE state = 'DUE' AND leased_until IS NULL"
    " AND pg_sleep(0.3) IS NOT NULL FOR UPDATE SKIP LOCKED"
)


def _sleeps(engine: Engine) -> bool:
    asked = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
    return bool(rows(engine, f"{asked} AND wait_event = 'PgSleep'"))


def _waits_for_a_lock(engine: Engine) -> bool:
    asked = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
    return bool(rows(engine, f"{asked} AND wait_event_type = 'Lock'"))


def _until(came: Callable[[], bool]) -> None:
    for _ in range(2_000):
        if came():
            return
        sleep(0.01)
    raise AssertionError("Expected it to come, but it did not.")


# ---- schedules


def test_a_schedule_runs_once_with_two_workers_and_once_after_a_standstill(
    host_engine: Engine, host: Host, clock: MovableClock
) -> None:
    engine = with_kinds(host_engine, schedules=(Recurring("notes", "note", "daily 06:00"),))
    assert engine.execute(InstallSchedules()) == 2  # with the engine's own clearing up
    assert engine.execute(InstallSchedules()) == 0
    workers = [Worker(engine), Worker(engine)]
    assert [worker.run_due() for worker in workers] == [0, 0]

    def work() -> None:
        at_once(*[worker.run_due for worker in workers])
        # What each left to the other while they met, the next pass does, as in `serve`.
        while any(worker.run_due() for worker in workers):
            pass

    clock.set(datetime(2026, 7, 2, 6, 0, tzinfo=UTC))
    work()
    assert host.sent == [{"at": "2026-07-02T06:00:00+00:00"}]
    clock.set(datetime(2026, 7, 9, 5, 0, tzinfo=UTC))
    work()
    assert [note["at"] for note in host.sent[1:]] == ["2026-07-08T06:00:00+00:00"]
    next_at = engine.execute(
        ChangeSchedule(name="notes", enabled=False, reason="cuti bersama"), by=person(7)
    )
    clock.set(next_at)
    workers[0].run_due()
    assert len(host.sent) == 2
    again = ChangeSchedule(name="notes", enabled=True, rule="weekly mon 07:00", reason="lagi")
    assert engine.execute(again, by=person(7)) == datetime(2026, 7, 13, 7, 0, tzinfo=UTC)
    with pytest.raises(NotAllowed):
        engine.execute(again, by=person(9))
    with pytest.raises(InvalidForm):
        engine.execute(replace(again, rule="sometimes"), by=person(7))


# ---- incidents


def test_a_case_that_cannot_be_read_is_one_incident_and_can_be_retried(
    host_engine: Engine, clock: MovableClock
) -> None:
    deploy(host_engine, "two_step")
    started = begin(host_engine, "two_step")
    case = {"i": started.instance_id}
    (kept,) = rows(host_engine, "SELECT header FROM instance WHERE id = :i", **case)
    spoil(host_engine, "UPDATE instance SET header = :h WHERE id = :i", h=b"no state", **case)
    timer = {"instance_id": started.instance_id, "token": 1, "element_id": "request"}
    with host_engine.database.begin() as connection:
        connection.execute(insert(Timer), [{**timer, "due_at": clock()}])
    worker = Worker(host_engine)
    for _ in range(12):
        worker.run_due()
        clock.move(timedelta(hours=1))
    (incident,) = rows(host_engine, "SELECT * FROM incident WHERE state = 'OPEN'")
    assert (incident.instance_id, incident.element_id) == (started.instance_id, "request")
    assert "Expected a stored instance" in incident.message
    (given_up,) = rows(host_engine, "SELECT * FROM job WHERE state = 'FAILED'")
    assert (given_up.kind, given_up.attempts) == ("fire_timers", 5)
    spoil(host_engine, "UPDATE instance SET header = :h WHERE id = :i", h=kept.header, **case)
    spoil(host_engine, "DELETE FROM timer WHERE instance_id = :i", **case)
    host_engine.execute(RetryIncident(incident_id=incident.id), by=person(7))
    assert worker.run_due() == 1
    assert rows(host_engine, "SELECT id FROM incident WHERE state = 'OPEN'") == []


def test_many_incidents_are_retried_at_once_and_those_that_fail_again_stay(
    host_engine: Engine, host: Host
) -> None:
    deploy(host_engine, "failing_service")
    host.failing.add("test_service")
    for _ in range(3):
        begin(host_engine, "failing_service")
        complete(host_engine, open_task(host_engine, "ask").id, 1, {"question": "Kapan?"})
    host.failing.clear()
    wrong = RetryIncidents(process_key="other")
    assert host_engine.execute(wrong, by=person(7)) is None
    with pytest.raises(NotAllowed):
        host_engine.execute(RetryIncidents(), by=person(9))
    job_id = host_engine.execute(RetryIncidents(process_key="failing_service"), by=person(7))
    assert job(host_engine, job_id).progress_total == 3
    assert Worker(host_engine).run_due() == 4
    assert rows(host_engine, "SELECT id FROM incident WHERE state = 'OPEN'") == []
    (told,) = rows(
        host_engine,
        "SELECT count(*) AS n FROM history WHERE kind = 'INCIDENT_RETRIED' AND person_id = 7",
    )
    assert told.n == 3


# ---- old and new


def test_an_older_worker_leaves_what_it_does_not_understand(
    host_engine: Engine, host: Host, clock: MovableClock
) -> None:
    newer = with_kinds(host_engine, JobKind("new_kind", host.note))
    (job_id,) = newer.execute(Enqueue(kind="new_kind"))
    (other,) = newer.execute(Enqueue())
    old = Worker(host_engine, format=0)
    assert old.run_due() == 0
    assert Worker(host_engine).run_due() == 1
    assert (job(newer, job_id).state, job(newer, other).state) == ("DUE", "DONE")
    assert Worker(newer).run_due() == 1


def test_a_case_of_a_newer_version_is_left_due_and_costs_no_attempt(
    host_engine: Engine, host: Host, clock: MovableClock
) -> None:
    def newer(_ctx: Context, _payload: Any) -> None:
        raise TooNew

    engine = with_kinds(host_engine, JobKind("newer", newer))
    (job_id,) = engine.execute(Enqueue(kind="newer"))
    for _ in range(20):
        Worker(engine).run_due()
        clock.move(MINUTES)
    assert (job(engine, job_id).state, job(engine, job_id).attempts) == ("DUE", 0)


# ---- clearing up


def test_what_is_done_is_forgotten_later_and_what_somebody_must_see_is_not(
    host_engine: Engine, host: Host, clock: MovableClock
) -> None:
    host_engine = with_kinds(host_engine, files=FilesInMemory())
    host_engine.execute(InstallSchedules())
    host_engine.execute(Enqueue(count=3))
    Worker(host_engine).run_due()
    host.failing.add("note")
    (failed,) = host_engine.execute(Enqueue(options={"max_attempts": 1}))
    Worker(host_engine).run_due()
    for days in (16, 100):
        clock.move(timedelta(days=days))
        Worker(host_engine).run_due()
        left = {row.id for row in rows(host_engine, "SELECT id FROM job WHERE kind = 'note'")}
        assert left == {failed}
    assert {
        row.state for row in rows(host_engine, "SELECT state FROM job WHERE kind = 'clear_up'")
    } == {"DONE"}
    (incident,) = rows(host_engine, "SELECT id FROM incident")
    spoil(host_engine, "UPDATE incident SET state = 'RESOLVED' WHERE id = :i", i=incident.id)
    clock.move(timedelta(days=1))
    Worker(host_engine).run_due()
    assert rows(host_engine, "SELECT id FROM job WHERE kind = 'note'") == []


def spoil(engine: Engine, sql: str, **parameters: Any) -> None:
    """Do to the tables what no command does."""
    with engine.database.begin() as connection:
        connection.execute(text(sql), parameters)
