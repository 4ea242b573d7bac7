"""Daily activities: what an entry must be, a simulated month for a team, its close and DT08."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine import Actor, Channel, Engine, NewCase, StartInstance
from engine.errors import InvalidForm, InvalidState, NotAllowed, NotFound
from engine.folder import read_folder
from engine.model import StreamKind
from engine.queries import cases, history, standing
from engine.worker import Worker
from hr.activity import queries, rules
from hr.activity.commands import (
    LogActivity,
    MendActivity,
    RemindSilent,
    ReviewActivities,
    TellRaters,
)
from hr.activity.rules import Draft
from hr.calendar.queries import closed_days
from hr.calendar.rules import is_working_day
from hr.demo.cast import CAST
from hr.notices.queries import unread
from hr.records.tables import Leave
from hr.statements import add
from tests.conftest import WORKFLOWS, MovableClock

DAY = date(2026, 7, 1)
DRAFT = Draft(day=DAY, starts=480, ends=600, text="Merekam KTP elektronik di loket dua.")
LONG = "Menyusun laporan lembur pelayanan."
REASON = "Sinyal di lapangan terputus dua hari."


@pytest.fixture
def others() -> list[Any]:
    return [entry(starts=600, ends=720)]


def entry(**changed: Any) -> queries.EntryView:
    known: dict[str, Any] = {
        "id": 1, "person_id": 1, "day": DAY, "starts": 480, "ends": 600, "row_id": None,
        "text": "x", "digest": "x", "quantity": None, "measure": "", "place": "OFFICE",
        "late_reason": "", "overtime_order": "", "state": "FILED", "note": "",
        "filed_at": datetime(2026, 7, 1, tzinfo=UTC), "reviewed_at": None,
    }  # fmt: skip
    return queries.EntryView(**(known | changed))


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"day": DAY + timedelta(days=3)}, ["future"]),
        ({"ends": 480}, ["reversed", "minutes"]),
        ({"ends": 484}, ["minutes"]),
        ({"ends": 485}, []),
        ({"starts": 0, "ends": 721}, ["minutes", "overlap", "overtime"]),
        ({"ends": 601}, ["overlap"]),
        ({"text": "x" * 19}, ["length"]),
        ({"text": "x" * 1001}, ["length"]),
        ({"starts": 100, "ends": 431}, ["overtime"]),
        ({"starts": 100, "ends": 430}, []),
        ({"starts": 100, "ends": 431, "overtime_order": "SPL-12/2026"}, []),
        ({"place": "HOME"}, ["unknown"]),
        ({"row_id": 5}, ["unknown"]),
        ({"row_id": 11}, []),
        ({"quantity": Decimal(-1)}, ["minimum"]),
    ],
)
def test_an_entry_says_everything_that_is_wrong_with_it(
    changed: dict[str, Any], found: list[str], others: list[Any]
) -> None:
    in_time = {"today": DAY + timedelta(days=2), "last_day_in_time": DAY + timedelta(days=2)}
    draft = replace(DRAFT, **changed)
    wrong = rules.problems(draft, others, **in_time, on_leave=False, rows={11})
    assert [each.code for each in wrong] == found


def test_a_late_entry_needs_a_reason_and_a_day_of_leave_takes_none() -> None:
    late = {"today": DAY + timedelta(days=3), "last_day_in_time": DAY + timedelta(days=2)}
    draft = replace(DRAFT, late_reason="lupa")
    wrong = rules.problems(draft, [], **late, on_leave=True, rows=())
    assert [each.code for each in wrong] == ["on_leave", "late"]
    assert not rules.problems(
        replace(DRAFT, late_reason=REASON), [], **late, on_leave=False, rows=()
    )


@pytest.mark.parametrize(
    ("state", "late", "conforms"),
    [
        ("APPROVED", "", True),
        ("APPROVED", REASON, True),
        ("AUTO", "", True),
        ("AUTO", REASON, False),
        ("RETURNED", "", False),
        ("REJECTED", "", False),
    ],
)
def test_what_nobody_reviewed_counts_for_whoever_did_the_work(
    state: str, late: str, conforms: bool
) -> None:
    found = rules.totals([entry(state=state, late_reason=late), entry(state="APPROVED")])
    assert (found.days_filed, found.days_non_conforming) == (1, 0 if conforms else 1)
    assert found.minutes == (240 if conforms else 120)


def test_the_same_text_on_five_days_is_marked_and_on_four_is_not() -> None:
    days = [("a", DAY + timedelta(days=n)) for n in range(5)]
    assert rules.copied([*days, ("b", DAY)]) == {"a"}
    assert rules.copied([*days[:4], days[0]]) == frozenset()
    assert rules.digest("Rekam  KTP\n") == rules.digest("rekam ktp")


def test_a_month_has_its_last_day() -> None:
    assert rules.month_of("2026-02") == (date(2026, 2, 1), date(2026, 2, 28))
    with pytest.raises(ValueError):
        rules.month_of("2026Q2")


def by(code: str) -> Actor:
    return Actor(person_id=CAST[code], channel=Channel.WEB)


def begin(engine: Engine, *codes: str) -> list[int]:
    engine.execute(read_folder(WORKFLOWS / "daily_activity"))
    starts = [
        StartInstance(
            key="daily_activity",
            case=NewCase(subject_id=CAST[code], period="2026-07", scope_path="/01/01/01/"),
        )
        for code in codes
    ]
    return [engine.execute(start).instance_id for start in starts]


def write(engine: Engine, code: str, **changed: Any) -> int:
    draft = replace(DRAFT, **changed)
    key = f"{draft.day}/{draft.starts}/{draft.text[:8]}"
    return engine.execute(LogActivity(draft=draft, request_key=key), by=by(code))


def test_entries_are_written_once_mended_and_reviewed_by_the_rater_alone(
    engine: Engine, clock: MovableClock
) -> None:
    begin(engine, "EMP", "PEER1")
    first = write(engine, "EMP", row_id=11)
    assert write(engine, "EMP", row_id=11) == first
    with pytest.raises(InvalidForm) as refused:
        write(engine, "EMP", starts=599, ends=700, text=LONG)
    assert [each.code for each in refused.value.problems] == ["overlap"]
    peer = write(engine, "PEER1")
    approve = ReviewActivities(entry_ids=[first, peer], decision="APPROVE")
    for code in ("EMP", "SU2", "STRANGER", "HRC"):
        with pytest.raises(NotAllowed):
            engine.execute(approve, by=by(code))
    with pytest.raises(InvalidForm):
        engine.execute(ReviewActivities(entry_ids=[first], decision="RETURN"), by=by("RTR"))
    with pytest.raises(NotFound):
        engine.execute(ReviewActivities(entry_ids=[4711], decision="APPROVE"), by=by("RTR"))
    back = ReviewActivities(entry_ids=[first], decision="RETURN", note="Berapa orang direkam?")
    assert engine.execute(back, by=by("RTR")) == {first}
    assert engine.execute(approve, by=by("RTR")) == {peer}  # the returned one is passed over
    events = engine.ask(history.events, StreamKind.PERSON, str(CAST["PEER1"]))
    told = [one.detail["about"] for one in events if one.detail.get("what") == "ACTIVITY_REVIEWED"]
    assert [(one["entry"], one["decision"]) for one in told] == [(peer, "APPROVE")]
    mend = MendActivity(entry_id=first, draft=replace(DRAFT, quantity=Decimal(31)))
    with pytest.raises(NotFound):
        engine.execute(mend, by=by("PEER1"))
    engine.execute(mend, by=by("EMP"))
    mended = engine.ask(queries.entry, first)
    assert mended is not None
    assert (mended.state, mended.quantity, mended.ends) == ("FILED", 31, 600)
    engine.execute(approve, by=by("RTR"))
    with pytest.raises(InvalidState):
        engine.execute(mend, by=by("EMP"))
    again = write(engine, "EMP", starts=600, ends=660, text=LONG)
    engine.execute(replace(back, entry_ids=[again]), by=by("RTR"))
    clock.now += timedelta(days=5)
    with pytest.raises(InvalidState):
        engine.execute(replace(mend, entry_id=again), by=by("EMP"))


def test_one_question_finds_who_filed_nothing_and_whose_review_is_late(
    engine: Engine, clock: MovableClock
) -> None:
    begin(engine, "EMP", "PEER1", "PEER2")
    write(engine, "EMP")
    away = {"person_id": CAST["PEER2"], "kind": "SICK", "valid_from": DAY, "valid_to": DAY}
    with engine.database.begin() as connection:
        add(connection, Leave, [away])
    with pytest.raises(InvalidForm):
        write(engine, "PEER2")
    assert engine.execute(RemindSilent()) == 1
    assert "nothing_filed" in {row.notice for row in engine.ask(unread, CAST["PEER1"])}
    with pytest.raises(NotAllowed):
        engine.execute(RemindSilent(), by=by("HRC"))
    clock.now += timedelta(days=6)
    engine.execute(TellRaters())
    assert {row.notice for row in engine.ask(unread, CAST["RTR"])} == {"team_filed_nothing"}
    assert {row.notice for row in engine.ask(unread, CAST["SU2"])} == {"review_is_late"}


def test_a_month_of_a_team_is_played_closed_and_rated_by_dt08(
    engine: Engine, clock: MovableClock
) -> None:
    people = ("EMP", "PEER1", "PEER2", "PEER3")
    numbers = dict(zip(people, begin(engine, *people), strict=True))
    with engine.database.connect() as connection:
        closed = closed_days(connection, DAY, DAY)
    days = [DAY + timedelta(days=n) for n in range(31)]
    days = [day for day in days if is_working_day(day, closed)]
    for place, day in enumerate(days):
        clock.now = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
        done = [write(engine, "EMP", day=day, text=f"Merekam KTP elektronik, urutan {place}.")]
        if place < 7:  # returned and never mended: seven days
            back = [write(engine, "PEER1", day=day)]
            note = "Teks ini sama dengan kemarin."
            engine.execute(
                ReviewActivities(entry_ids=back, decision="RETURN", note=note), by=by("RTR")
            )
        write(engine, "PEER2", day=day)  # nobody reviews these
        engine.execute(ReviewActivities(entry_ids=done, decision="APPROVE"), by=by("RTR"))
    marked = engine.ask(queries.waiting, [CAST["PEER2"]])
    assert len(marked) == len(days)
    assert all(each.copied for each in marked)
    clock.now = datetime(2026, 8, 6, 2, tzinfo=UTC)
    while Worker(engine).run_due():
        pass
    wanted = {"EMP": (len(days), 0, 0), "PEER1": (7, 7, 0), "PEER2": (len(days), 0, len(days))}
    factors = {"EMP": "1.00", "PEER1": "0.85", "PEER2": "1.00", "PEER3": "0.65"}
    for code, number in numbers.items():
        known = engine.ask(standing.variables, number)
        assert str(engine.ask(cases.case, number).state) == "COMPLETED"
        assert known["report_factor"] == Decimal(factors[code])
        counted = [known["totals"][k] for k in ("days_filed", "days_non_conforming", "unreviewed")]
        assert tuple(counted) == wanted.get(code, (0, 0, 0))
    with pytest.raises(InvalidState):
        write(engine, "EMP", day=days[-1], starts=700, ends=800, late_reason=REASON)


class Told(Worker):
    """Remembers of which tasks it took a step, and whose turn it was."""

    served: tuple[int, ...] = ()
    turns = ""

    def serve_task(self, task_id: int) -> int:
        self.served += (task_id,)
        return super().serve_task(task_id)

    def fire_timers(self, instance_id: int) -> int:
        self.turns += "timer "
        return super().fire_timers(instance_id)

    def _job(self, claim: Any) -> int:
        self.turns += "job "
        return super()._job(claim)


def test_nobody_is_reminded_of_what_a_timer_is_about_to_close(
    engine: Engine, clock: MovableClock
) -> None:
    numbers = begin(engine, "EMP", "PEER1")
    clock.now = datetime(2026, 9, 1, 2, tzinfo=UTC)  # the close and all reminders at once
    worker = Told(engine)
    while worker.run_due(limit=1):
        pass
    assert {str(engine.ask(cases.case, one).state) for one in numbers} == {"COMPLETED"}
    assert worker.served == ()


def test_jobs_have_their_turn_while_many_months_close(
    engine: Engine, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.worker._TURN", 2)
    engine.execute(read_folder(WORKFLOWS / "monthly_report"))
    begin(engine, "EMP", "PEER1", "PEER2", "PEER3")
    clock.now = datetime(2026, 9, 1, 2, tzinfo=UTC)
    worker = Told(engine)
    while worker.run_due():
        pass
    assert worker.turns.startswith("timer timer job job timer timer")
