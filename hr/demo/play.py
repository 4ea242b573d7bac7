"""Plays the first days of a launched evaluation: people act as people do, through commands.

Some cases around the demo's logins follow a script, so that every role finds work; all others go
by how quick each person is.  The same database plays out the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from engine import Actor, Channel, CompleteTask, Engine, SaveDraft, Scope
from engine.queries import inbox, tasks
from engine.queries.inbox import TaskRow
from hr.accounts.queries import demo_logins
from hr.calendar.rules import is_working_day, local_day
from hr.campaigns.commands import LaunchCampaign
from hr.demo.answers import Case, answer
from hr.demo.script import Script, of_logins
from hr.directory import queries as directory

PROCESS = "quarterly_evaluation"
MOST_PEOPLE = 240
MOST_STEPS = 1_200
_QUICK = 0.97
_QUICKNESS = ((_QUICK, 14), (0.30, 51), (0.06, 35))  # chance per half day, share of units
_LEVELS = ((2, 6), (3, 40), (4, 44), (5, 10))  # of behaviour, share of people
_BIASES = ((-1, 10), (0, 75), (1, 15))  # strict and lenient raters
_HALF_DAYS = (timedelta(hours=1), timedelta(hours=6))
_NEEDS_VARIABLES = frozenset({"propose_raters", "final_rating"})

Step = Callable[[int, int], None]


def launch(engine: Engine, period: str) -> int:
    """Launch the quarterly evaluation for everybody, as the agency officer; give the campaign."""
    officer = logins(engine)["hrc"]
    command = LaunchCampaign(key=PROCESS, period=period)
    return engine.execute(command, by=Actor(person_id=officer, channel=Channel.WEB))


def logins(engine: Engine) -> Mapping[str, int]:
    """Give the persons behind the short user names."""
    return {login.short_name: login.person_id for login in engine.ask(demo_logins)}


def play_forward(
    engine: Engine,
    set_clock: Callable[[datetime], None],
    run_due: Callable[[], int],
    *,
    until: datetime,
    step: Step | None = None,
) -> int:
    """Play half days until a moment; give how many tasks were completed.

    At most 240 people act and 1,200 tasks are completed, whatever the size of the city.
    """
    script = of_logins(logins(engine))
    begin = engine.clock()
    moments = list(_half_days(begin, until))
    people = _people(engine, script, begin)
    story = _Story(engine, script, people)
    total = len(moments) * len(people)
    for place, moment in enumerate(moments):
        set_clock(moment)
        while run_due():
            pass
        for number, person in enumerate(people):
            story.act(person, place, moment)
            if step is not None:
                step(place * len(people) + number + 1, total)
    set_clock(until)
    while run_due():
        pass
    return story.done


@dataclass
class _Story:
    """What has been played, and the script of those around the logins."""

    engine: Engine
    script: Script
    units: Mapping[int, str]  # of everybody who acts
    done: int = 0

    def act(self, person: int, place: int, moment: datetime) -> None:
        """Let a person do what he does in a half day; most look in once a day."""
        if not self._looks_in(person, place):
            return
        mine = Scope(person_id=person)
        page = self.engine.ask(inbox.open_tasks, mine, now=moment, limit=100)
        for task in page.rows:
            if self.done < MOST_STEPS and self._takes(person, task, place):
                self._complete(person, task, moment)
        for task in page.rows:
            if self.script.drafts(person, task.element_id, place):
                self._draft(person, task)

    def _looks_in(self, person: int, place: int) -> bool:
        often = person in self.script.people or self._quickness(person) == _QUICK
        return often or (person + place) % 2 == 0

    def _quickness(self, person: int) -> float:
        # Whole units are quick or slow, so that some of their cases come to an end.
        return _pick(f"quickness {self.units[person]}", _QUICKNESS)

    def _takes(self, person: int, task: TaskRow, place: int) -> bool:
        scripted = self.script.decides(person, task.subject_id, task.element_id, place)
        if scripted is not None:
            return scripted
        return Random(f"{person} {task.id} {place}").random() < self._quickness(person)

    def _complete(self, person: int, task: TaskRow, moment: datetime) -> None:
        answers = answer(task.element_id, self._case(person, task, moment))
        if answers is None:
            return
        command = CompleteTask(task_id=task.id, answers=answers, request_key=f"demo {task.id}")
        self.engine.execute(command, by=Actor(person_id=person, channel=Channel.WEB))
        self.done += 1
        if task.element_id == "draft_rating":
            self._go_on(person, task, moment)

    def _go_on(self, person: int, done: TaskRow, moment: datetime) -> None:
        """Settle a rating right after its draft, as most raters do."""
        if not self.script.settles(done.subject_id):
            return
        page = self.engine.ask(inbox.open_tasks, Scope(person_id=person), now=moment, limit=100)
        for task in page.rows:
            if task.instance_id == done.instance_id and task.element_id == "final_rating":
                self._complete(person, task, moment)

    def _draft(self, person: int, task: TaskRow) -> None:
        case = Case({}, task.created_at.date(), Random(f"draft {task.id}"), 4)
        typed = dict(list((answer(task.element_id, case) or {}).items())[:3])
        command = SaveDraft(task_id=task.id, answers=typed)
        self.engine.execute(command, by=Actor(person_id=person, channel=Channel.WEB))

    def _case(self, person: int, task: TaskRow, moment: datetime) -> Case:
        variables: Mapping[str, object] = {}
        if task.element_id in _NEEDS_VARIABLES:
            variables = self.engine.ask(tasks.task, task.id, person_id=person).variables
        subject = task.subject_id or 0
        scripted = self.script.level(subject, task.element_id)
        return Case(
            variables=variables,
            day=local_day(moment),
            random=Random(f"answers {task.id} {person}"),
            level=scripted or int(_pick(f"level {subject}", _LEVELS)),
            bias=0 if scripted else int(_pick(f"bias {person}", _BIASES)),
            result=self.script.result(subject),
            peers=self.script.peers(subject),
        )


def _people(engine: Engine, script: Script, at: datetime) -> dict[int, str]:
    """Choose who acts, with their units: those of the script first, then others up to the bound."""
    units = {row["id"]: row["unit_path"] for row in engine.ask(directory.members, "", at)}
    first = [person for person in sorted(script.people) if person in units]
    others = [person for person in units if person not in script.people]
    chosen = sorted([*first, *others][:MOST_PEOPLE])
    return {person: units[person] for person in chosen}


def _half_days(begin: datetime, until: datetime) -> Iterator[datetime]:
    day = begin
    while day < until:
        if is_working_day(local_day(day), ()):
            yield from (day + later for later in _HALF_DAYS if day + later < until)
        day += timedelta(days=1)


def _pick(seed: str, shares: tuple[tuple[float, int], ...]) -> float:
    values = [value for value, _ in shares]
    return Random(seed).choices(values, [share for _, share in shares])[0]
