"""Plays the performance year for some offices: plans, entries, reports, evaluations, calibrations.

Everybody acts through commands, as he would at his desk; nobody is asked to do what he may not.
Raters and reporters act by their hidden traits.  The same database plays out the same way.  A part
of the acts may be done elsewhere (`act`), over HTTP by a test.
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
from engine.errors import NotAllowed
from engine.queries import campaigns as engine_views
from engine.queries import inbox, tasks, waiting
from engine.queries.inbox import TaskRow
from hr.activity import queries as activity
from hr.activity import rules as activity_rules
from hr.activity.commands import ReviewActivities
from hr.activity.tables import ActivityEntry, ActivityMonth
from hr.calendar import queries as calendar
from hr.calendar.rules import ZONE, is_working_day, local_day
from hr.calibration import queries as calibrations
from hr.calibration.commands import StartCalibration
from hr.campaigns import queries as campaigns
from hr.campaigns.commands import CloseCampaign, LaunchCampaign
from hr.campaigns.rules import Reach
from hr.demo import answers as evaluated
from hr.demo import year_answers
from hr.demo.answers import Case
from hr.demo.structure import Structure
from hr.demo.traits import BIASED, FAVOUR, SHIFT, UNIFORM, Traits, traits
from hr.directory import queries as directory
from hr.directory.tables import Person
from hr.fairness.commands import AskFairness
from hr.permissions import queries as permissions

OFFICERS = ("hrc", "hrc2")
# Standing tasks: what is written and reviewed stands on a page, and the month closes by itself.
_STANDING = frozenset({"log_activities", "review_entries"})
_NEEDS_VARIABLES = year_answers.NEEDS_VARIABLES | {"propose_raters", "final_rating"}
_RATED = frozenset({"segment_rating", "draft_rating", "final_rating", "evaluate"})
# Who works for others: the appraisal team, and the offices' personnel officers.
_TEAMS = ("TIM", "HRO")
_PAGE = 100
_DEPARTING, _HONEST_DEPARTING = 0.5, 0.06  # from what is recommended: by trait, and without one
_PLAIN = 0.15  # of an honest reporter's entries
_LEVELS = ((2, 10), (3, 40), (4, 40), (5, 10))
_TEXTS = (
    "Melayani permohonan di loket dan memeriksa kelengkapannya.",
    "Menyusun dan merapikan berkas yang masuk minggu ini.",
    "Menindaklanjuti aduan warga sampai selesai.",
    "Rapat pembagian tugas dan penyelesaian surat keluar.",
)

Act = Callable[[int, TaskRow, Mapping[str, Any]], bool]


@dataclass
class Year:
    """Some offices' months.

    officers -- the agency's, at least two: nobody decides on an objection of his own; the first
                launches
    act -- does a task elsewhere and says so; what it leaves is done by command
    processes -- what people work at; none: at everything
    """

    engine: Engine
    set_clock: Callable[[datetime], None]
    run_due: Callable[[], int]
    officers: Sequence[int]
    offices: tuple[str, ...]
    structure: Structure
    act: Act | None = None
    processes: tuple[str, ...] = ()
    done: Counter[str] = field(default_factory=Counter)
    campaigns: list[str] = field(default_factory=list)
    hidden: Traits = field(init=False)
    men: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.hidden = traits(self.structure)
        with self.engine.database.connect() as connection:
            found = select(Person.id).where(Person.sex == "M")
            self.men = frozenset(connection.execute(found).scalars())

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

    def close(self, number: int, reason: str) -> None:
        """Close a campaign; what is open of it is cancelled."""
        by = Actor(person_id=self.officers[0], channel=Channel.WEB)
        command = CloseCampaign(campaign_id=number, reason=reason, end_cases=True)
        self.engine.execute(command, by=by)
        self._work()

    def ask_fairness(self, year: str) -> None:
        """Have the statistics of a year computed."""
        by = Actor(person_id=self.officers[0], channel=Channel.WEB)
        self.engine.execute(AskFairness(period=year), by=by)
        self._work()

    def calibrate(self, year: str) -> list[str]:
        """Begin the calibrations of all offices that have proposals and none yet; give them."""
        by = Actor(person_id=self.officers[0], channel=Channel.WEB)
        found = self.engine.ask(calibrations.offices, year)
        begun = [one.path for one in found if one.proposed and one.calibration is None]
        for path in begun:
            self.engine.execute(StartCalibration(office_path=path, period=year), by=by)
        self._work()
        return begun

    def play(self, until: datetime, *, every: timedelta = timedelta(days=1)) -> None:
        """Let everybody act once per step, until a moment."""
        at = self.engine.clock()
        teams = self._teams(at)
        while at < until:
            at = min(at + every, until)
            self.set_clock(at)
            self._work()
            if self._is_working(at):
                self._everybody(at, teams)
        self._work()

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
                text = self._told(person, random)
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

    def _told(self, person: int, random: Random) -> str:
        """Tell of a day: in other words each day, or for some always in the same."""
        if person in self.hidden.copying:
            return _TEXTS[person % len(_TEXTS)]
        text = random.choice(_TEXTS)
        if random.random() < _PLAIN:
            return text
        return f"{text} Selesai {random.randint(5, 60)} dari {random.randint(60, 90)}."

    def _work(self) -> None:
        while self.run_due():
            pass

    def _is_working(self, at: datetime) -> bool:
        day = local_day(at)
        return is_working_day(day, self.engine.ask(calendar.closed_days, day, day))

    def _everybody(self, at: datetime, teams: Mapping[int, Scope]) -> None:
        everybody = [row["id"] for row in self.engine.ask(directory.members, "", at)]
        busy = set(self.engine.ask(waiting.of_people, everybody, at))
        for key in self.campaigns:  # of anonymous tasks the counts above know nothing
            busy |= set(self.engine.ask(engine_views.holders, key, at))
        for person in sorted(busy):
            self._one(person, Scope(person_id=person), "mine", at)
        # One look for all of them first: most days nothing lies with any group.
        all_groups = Scope(groups=frozenset().union(*(one.groups for one in teams.values())))
        look = self.engine.ask(inbox.open_tasks, all_groups, now=at, tab="groups", limit=1)
        for person, scope in teams.items() if look.rows else ():
            self._one(person, scope, "groups", at)

    def _teams(self, at: datetime) -> dict[int, Scope]:
        """Give who works for others, and at what: the agency, the team, the offices' officers."""
        found = [
            one for role in _TEAMS for one in self.engine.ask(directory.holders_of_role, role, at)
        ]
        return {
            one: self.engine.ask(permissions.scope_of, one, at)
            for one in dict.fromkeys([*self.officers, *found])
        }

    def _one(self, person: int, scope: Scope, tab: str, at: datetime) -> None:
        after = None
        while True:
            page = self.engine.ask(
                inbox.open_tasks, scope, now=at, tab=tab, limit=_PAGE, after=after
            )
            for task in page.rows:
                if self._works_at(task):
                    self._do(person, task, at)
            after = page.next
            if after is None:
                return

    def _works_at(self, task: TaskRow) -> bool:
        wanted = not self.processes or task.process_key in self.processes
        return wanted and task.element_id not in _STANDING

    def _do(self, person: int, task: TaskRow, at: datetime) -> None:
        answers = self._answers(person, task, at)
        if answers is None:
            return
        if self.act is None or not self.act(person, task, answers):
            if task.assignee_id is None and not self._claims(person, task):
                return
            command = CompleteTask(task_id=task.id, answers=answers, request_key=f"year {task.id}")
            self.engine.execute(command, by=Actor(person_id=person, channel=Channel.WEB))
        self.done[task.element_id] += 1

    def _claims(self, person: int, task: TaskRow) -> bool:
        """Take a task that is offered to a group, unless somebody else has to (`notSameAs`)."""
        try:
            by = Actor(person_id=person, channel=Channel.WEB)
            self.engine.execute(ClaimTask(task_id=task.id), by=by)
        except NotAllowed:
            self.done["left to somebody else"] += 1
            return False
        return True

    def _answers(self, person: int, task: TaskRow, at: datetime) -> Mapping[str, Any] | None:
        variables: Mapping[str, Any] = {}
        if task.element_id in _NEEDS_VARIABLES:
            variables = self.engine.ask(tasks.task, task.id, person_id=person).variables
        subject = task.subject_id or 0
        weights = [share for _, share in _LEVELS]
        level = Random(f"level {subject}").choices([each for each, _ in _LEVELS], weights)[0]
        random = Random(f"year {task.id} {person}")
        bias, lean = self._leaning(person, subject, task)
        alike = self.hidden.raters.get(person) == UNIFORM
        case = Case(variables, local_day(at), random, level, bias, alike, lean)
        return evaluated.answer(task.element_id, case) or year_answers.answer(task.element_id, case)

    def _leaning(self, person: int, subject: int, task: TaskRow) -> tuple[float, int]:
        """Give by how much a rater rates too well, and how far he departs from what is advised."""
        if task.element_id not in _RATED:
            return 0, 0
        trait = self.hidden.raters.get(person, "")
        bias = SHIFT.get(trait, 0.0)
        if trait == BIASED and subject in self.men:
            bias = FAVOUR
        random = Random(f"leaning {task.instance_id}")
        if not bias:
            departs = random.random() < _HONEST_DEPARTING and trait != UNIFORM
            return 0, random.choice((-1, 1)) if departs else 0
        departs = random.random() < _DEPARTING
        return bias, (1 if bias > 0 else -1) if departs else 0


def open_months(connection: Connection) -> int:
    """Count the activity months that nobody has closed."""
    found = select(ActivityMonth.person_id).where(ActivityMonth.closed_at.is_(None))
    return len(connection.execute(found).all())
