"""Plays months of the performance year for some offices: campaigns, entries, reports, objections.

Everybody acts through commands, as he would at his desk; nobody is asked to do what he may not.
The same database plays out the same way.  A part of the acts may be done elsewhere (`act`), over
HTTP by a test.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, insert, select

from engine import Actor, Channel, ClaimTask, CompleteTask, Engine, Scope
from engine.queries import campaigns as engine_views
from engine.queries import inbox, tasks, waiting
from engine.queries.inbox import TaskRow
from hr.activity import queries as activity
from hr.activity import rules as activity_rules
from hr.activity.commands import ReviewActivities
from hr.activity.tables import ActivityEntry, ActivityMonth
from hr.calendar import queries as calendar
from hr.calendar.rules import ZONE, is_working_day, local_day, quarter_days
from hr.campaigns import queries as campaigns
from hr.campaigns.commands import LaunchCampaign
from hr.campaigns.rules import Reach
from hr.demo.answers import Case, answer
from hr.directory import queries as directory
from hr.permissions import queries as permissions
from hr.planning.tables import PerformancePlan, PlanResult, PlanRow
from hr.records.tables import AttendanceMonth
from hr.service.tables import ServiceArea, UnitFacts
from hr.statements import add, rows

OFFICERS = ("hrc", "hrc2")
EVALUATION, ACTIVITY = "quarterly_evaluation", "daily_activity"
# Standing tasks: what is written and reviewed stands on a page, and the month closes by itself.
_STANDING = frozenset({"log_activities", "review_entries"})
_NEEDS_VARIABLES = frozenset(
    {"propose_raters", "final_rating", "acknowledge_result", "decide_objection", "rate_again"}
)
_LEVELS = ((2, 10), (3, 40), (4, 40), (5, 10))
_MORNING = time(8, 30)
_TEXTS = (
    "Melayani permohonan di loket dan memeriksa kelengkapannya.",
    "Menyusun dan merapikan berkas yang masuk minggu ini.",
    "Menindaklanjuti aduan warga sampai selesai.",
    "Rapat pembagian tugas dan penyelesaian surat keluar.",
)
_NOTE = "Angka cocok dengan catatan loket dan buku agenda."

Act = Callable[[int, TaskRow, Mapping[str, Any]], bool]


@dataclass
class Year:
    """Some offices' months.

    officers -- the agency's, at least two: nobody decides on an objection of his own; the first
                launches
    act -- does a task elsewhere and says so; what it leaves is done by command
    """

    engine: Engine
    set_clock: Callable[[datetime], None]
    run_due: Callable[[], int]
    officers: Sequence[int]
    offices: tuple[str, ...]
    act: Act | None = None
    done: Counter[str] = field(default_factory=Counter)
    campaigns: list[str] = field(default_factory=list)

    def launch(self, key: str, period: str) -> int:
        """Launch a process for the offices; give how many people that reaches."""
        reach = Reach(offices=self.offices, least_days=1)
        by = Actor(person_id=self.officers[0], channel=Channel.WEB)
        command = LaunchCampaign(key=key, period=period, reach=reach)
        number = self.engine.execute(command, by=by)
        self._work()
        seen = self.engine.ask(campaigns.campaign, number)
        assert seen is not None
        self.campaigns.append(seen.key)
        return seen.persons

    def play(self, until: datetime, *, every: timedelta = timedelta(days=1)) -> None:
        """Let everybody act once per step, until a moment."""
        at = self.engine.clock()
        while at < until:
            at = min(at + every, until)
            self.set_clock(at)
            self._work()
            if self._is_working(at):
                self._everybody(at)

    def write_days(self, month: date, people: Sequence[int]) -> int:
        """Write a month's entries of all these people down in one batch, as if day by day."""
        new = [row for person in people for row in self._entries(person, month)]
        with self.engine.database.begin() as connection:
            for start in range(0, len(new), 1000):
                connection.execute(insert(ActivityEntry), new[start : start + 1000])
        return len(new)

    def review_days(self, people: Sequence[int]) -> None:
        """Have superiors approve what waits, many at once; one in twenty is left for the close."""
        above = self.engine.ask(directory.superiors, people, self.engine.clock())
        teams: dict[int, list[int]] = {}
        for person, rater in above.items():
            teams.setdefault(rater, []).append(person)
        for rater, team in sorted(teams.items()):
            while found := self.engine.ask(activity.waiting, team):
                chosen = [one.id for one in found if one.id % 20]
                if chosen:
                    command = ReviewActivities(entry_ids=chosen, decision="APPROVE")
                    self.engine.execute(command, by=Actor(person_id=rater, channel=Channel.WEB))
                    self.done["review"] += len(chosen)
                if len(found) < activity.MOST_WAITING or not chosen:
                    break

    def _entries(self, person: int, month: date) -> Iterator[dict[str, Any]]:
        random = Random(f"entries {person} {month}")
        with self.engine.database.connect() as connection:
            closed = calendar.closed_days(connection, month, month + timedelta(days=31))
        day = month
        while day.month == month.month:
            if is_working_day(day, closed) and random.random() < 0.95:
                text = random.choice(_TEXTS)
                at = datetime.combine(day, time(15, 30), ZONE).astimezone(UTC)
                yield {
                    "person_id": person,
                    "day": day,
                    "starts": 480,
                    "ends": 480 + random.choice((180, 240, 420)),
                    "row_id": None,
                    "text": text,
                    "digest": activity_rules.digest(text),
                    "quantity": None,
                    "measure": "",
                    "place": "OFFICE",
                    "late_reason": "",
                    "overtime_order": "",
                    "state": activity_rules.FILED,
                    "note": "",
                    "filed_at": at,
                    "changed_at": at,
                    "reviewed_at": None,
                    "reviewed_by": None,
                    "request_key": f"year {day}",
                }
            day += timedelta(days=1)

    def _work(self) -> None:
        while self.run_due():
            pass

    def _is_working(self, at: datetime) -> bool:
        day = local_day(at)
        return is_working_day(day, self.engine.ask(calendar.closed_days, day, day))

    def _everybody(self, at: datetime) -> None:
        everybody = [row["id"] for row in self.engine.ask(directory.members, "", at)]
        busy = set(self.engine.ask(waiting.of_people, everybody, at))
        for key in self.campaigns:  # of anonymous tasks the counts above know nothing
            busy |= set(self.engine.ask(engine_views.holders, key, at))
        for person in sorted(busy):
            self._one(person, Scope(person_id=person), "mine", at)
        for officer in self.officers:
            self._one(officer, self.engine.ask(permissions.scope_of, officer, at), "groups", at)

    def _one(self, person: int, scope: Scope, tab: str, at: datetime) -> None:
        for task in self.engine.ask(inbox.open_tasks, scope, now=at, tab=tab, limit=100).rows:
            if task.element_id not in _STANDING:
                self._do(person, task, at)

    def _do(self, person: int, task: TaskRow, at: datetime) -> None:
        answers = self._answers(person, task, at)
        if answers is None:
            return
        if self.act is None or not self.act(person, task, answers):
            by = Actor(person_id=person, channel=Channel.WEB)
            if task.assignee_id is None:
                self.engine.execute(ClaimTask(task_id=task.id), by=by)
            command = CompleteTask(task_id=task.id, answers=answers, request_key=f"year {task.id}")
            self.engine.execute(command, by=by)
        self.done[task.element_id] += 1

    def _answers(self, person: int, task: TaskRow, at: datetime) -> Mapping[str, Any] | None:
        variables: Mapping[str, Any] = {}
        if task.element_id in _NEEDS_VARIABLES:
            variables = self.engine.ask(tasks.task, task.id, person_id=person).variables
        subject = task.subject_id or 0
        weights = [share for _, share in _LEVELS]
        level = Random(f"level {subject}").choices([each for each, _ in _LEVELS], weights)[0]
        random = Random(f"year {task.id} {person}")
        case = Case(variables, local_day(at), random, level)
        return answer(task.element_id, case) or _later(task.element_id, case)


def _later(element_id: str, case: Case) -> Mapping[str, Any] | None:
    """Answer what follows an evaluation: reports, and the end of an objection."""
    served = case.random.randint(20, 400)
    told: dict[str, dict[str, Any]] = {
        "complete_report": {
            "services_given": served,
            "beneficiaries": served,
            "impact": "Warga tidak perlu kembali dua kali; antrean paling lama lima belas menit.",
        },
        "rate_report": {"conformity": "CONFORMS", "feedback": _NOTE},
        "acknowledge": {"comment": "Terima kasih."},
        "check_lateness": {"decision": "ACCEPT", "reason": _NOTE},
        "decide_objection": {
            "decision": "UPHOLD",
            "reason": "Angka yang disebut sudah termasuk dalam capaian yang dinilai; hasil tetap.",
        },
    }
    return told.get(element_id)


def go_on(connection: Connection, people: Sequence[int], period: str, before: str) -> None:
    """Write what a further quarter rests on, as the one before it had it: results, attendance."""
    plans = select(PlanRow.id).join(PerformancePlan, PerformancePlan.id == PlanRow.plan_id)
    mine = plans.where(PerformancePlan.person_id.in_(people))
    known = select(*PlanResult.__table__.c).where(
        PlanResult.row_id.in_(mine), PlanResult.period == before
    )
    add(connection, PlanResult, ({**row, "period": period} for row in rows(connection, known)))
    for table in (UnitFacts, ServiceArea):
        found = select(*table.__table__.c).where(table.__table__.c.period == before)
        add(connection, table, ({**row, "period": period} for row in rows(connection, found)))
    months = dict(zip(_months(before), _months(period), strict=True))
    present = select(*AttendanceMonth.__table__.c).where(
        AttendanceMonth.person_id.in_(people), AttendanceMonth.month.in_(months)
    )
    copied = [{**row, "month": months[row["month"]]} for row in rows(connection, present)]
    add(connection, AttendanceMonth, copied)


def open_months(connection: Connection) -> int:
    """Count the activity months that nobody has closed."""
    found = select(ActivityMonth.person_id).where(ActivityMonth.closed_at.is_(None))
    return len(connection.execute(found).all())


def _months(period: str) -> list[date]:
    first, _ = quarter_days(period)
    return [date(first.year, first.month + number, 1) for number in range(3)]
