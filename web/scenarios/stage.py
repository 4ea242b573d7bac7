"""The stage of one playing: a clock, a worker, the cast, and what each verb of a story does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from math import ceil
from time import monotonic
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine as Database

from engine import (
    Actor,
    AssignTask,
    BeginDraft,
    CancelInstance,
    Channel,
    ClaimTask,
    Command,
    CompleteTask,
    Deploy,
    Engine,
    NewCase,
    NoteStories,
    PublishMessage,
    RetryIncident,
    SaveDraft,
    StartInstance,
    SubmitDraft,
    UnclaimTask,
)
from engine.contents import deployed
from engine.errors import EngineError, InvalidForm, NotAllowed, ServiceTaskFailed
from engine.feel import evaluate
from engine.folder import read_files
from engine.ports import Call, Ports, ServiceTask
from engine.queries import cases, models, process_drafts, standing
from engine.queries.due import next_moment
from engine.worker import Worker
from hr.demo.cast import CAST
from web.scenarios.expecting import Found, differences, look
from web.scenarios.faults import BadStory, Fault
from web.scenarios.story import Step, Story

_WORKING_DAYS = re.compile(r"(\d+) hari kerja")
# Time moves in hops, so that what falls due on the way happens near its time.
_HOP = timedelta(hours=6)
_MANY = 4 * 366 * 3


class Clock:
    """The time of a story."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Give the story's now."""
        return self.now


class OutOfTime(Exception):
    """Expected a story to end in its time, but it has not."""


class Stage:
    """One playing of one story."""

    def __init__(
        self,
        story: Story,
        database: Database,
        ports: Ports,
        until: float | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        self.story = story
        self.until = until
        self.files = files
        self.clock = Clock(story.at)
        self.broken: set[str] = set()
        services = {n: self._breakable(s) for n, s in ports.services.items()}
        self.ports = replace(ports, services=services)
        self.engine = Engine(database, self.ports, self.clock)
        self.worker = Worker(self.engine)
        self.instance_id = 0
        self.moved = False  # whether the last step did something
        self._verbs: dict[str, Callable[[Step], None]] = {
            "complete": self._complete,
            "draft": self._draft,
            "claim": self._claim,
            "unclaim": self._unclaim,
            "assign": self._assign,
            "advance": self._advance,
            "publish": self._publish,
            "fail_service": lambda step: self.broken.add(self._service(step)),
            "heal_service": lambda step: self.broken.discard(self._service(step)),
            "retry": self._retry,
            "cancel": self._cancel,
        }

    def begin(self) -> None:
        """Deploy the process, start the case."""
        files = (
            deployed(self.files)
            if self.files is not None
            else read_files(self.story.path.parent.parent)
        )
        if any(models.is_too_large(content) for content in files.values()):
            raise BadStory("too_large")
        made = self.engine.execute(Deploy(files=files, reason="scenario"))
        start = self.story.start
        if "draft" in start:
            self._submit(files)
            return
        case = NewCase(
            subject_id=self._person(start["subject"]) if "subject" in start else None,
            scope_path=str(start.get("scope_path", "")),
            period=str(start.get("period", "")),
            variables=start.get("variables", {}),
        )
        actor = self._actor(start.get("as"))
        started = self.engine.execute(StartInstance(key=made.key, case=case), by=actor)
        self.instance_id = started.instance_id
        self._work()

    def _submit(self, files: Mapping[str, bytes]) -> None:
        """Start the case as the studio does: a draft of this very folder is sent for approval."""
        start = self.story.start
        by = self._actor(start["draft"])
        # Something has to be changed in it, and a comment changes nothing that runs.
        changed = {
            path: content + b"<!-- changed -->" if path.endswith(".bpmn") else content
            for path, content in files.items()
        }
        made = self.engine.execute(BeginDraft(name="scenario", files=changed), by=by)
        row = self.engine.ask(process_drafts.draft, made.draft_id).row
        effective = datetime.fromisoformat(start["effective"]) if "effective" in start else None
        green = NoteStories(
            draft_id=row.id, sha256=row.sha256, passed=1, failed=0, left=0, result={}
        )
        self.engine.execute(green)
        command = SubmitDraft(
            draft_id=row.id, sha256=row.sha256, reason="scenario " * 3, effective_at=effective
        )
        self.instance_id = self.engine.execute(command, by=by).instance_id
        self._work()

    def perform(self, step: Step) -> list[Fault]:
        """Do one step and say what did not come out as it says."""
        self.moved = False
        try:
            self.attempt(step)
        except EngineError as error:
            faults = _refused_otherwise(step, error)
        except BadStory as error:
            faults = [error.fault]
        else:
            self.moved = True
            wanted = step.given.get("refused")
            faults = [Fault("accepted", {"wanted": wanted})] if wanted else []
        self._work()
        expected = step.given.get("expect", {})
        return faults or (differences(expected, self.found()) if expected else [])

    def attempt(self, step: Step) -> None:
        """Do what a step says, or raise what it is refused with."""
        self._verbs[step.verb](step)

    def settle(self) -> None:
        """Let the worker do what is due after a step."""
        self._work()

    def found(self) -> Found:
        """Look at where the case stands."""
        return look(self.engine, self.instance_id)

    # ---- verbs

    def _complete(self, step: Step) -> None:
        actor = self._actor(step.given.get("as"))
        task = self._task(step)
        if task.assignee_id is None and task.candidate_group:
            self.engine.execute(ClaimTask(task_id=task.id), by=actor)
        command = CompleteTask(
            task_id=task.id, answers=_plain(step.given.get("answers", {})), request_key=uuid4().hex
        )
        self.engine.execute(command, by=actor)

    def _draft(self, step: Step) -> None:
        answers = _plain(step.given.get("answers", {}))
        self._do(step, partial(SaveDraft, answers=answers))

    def _claim(self, step: Step) -> None:
        self._do(step, ClaimTask)

    def _unclaim(self, step: Step) -> None:
        self._do(step, UnclaimTask)

    def _assign(self, step: Step) -> None:
        to = self._person(step.given.get("to", ""))
        reason = str(step.given.get("because", "scenario"))
        self._do(step, partial(AssignTask, to_person_id=to, reason=reason))

    def _do(self, step: Step, command: Callable[..., Command[Any]]) -> None:
        task = self._task(step)
        self.engine.execute(command(task_id=task.id), by=self._actor(step.given.get("as")))

    def _advance(self, step: Step) -> None:
        end = self._end_of(step.what)
        while self.clock.now < end:
            self.require_time()
            self.clock.now = min(end, self.clock.now + self._hops() * _HOP)
            self._work()

    def _hops(self) -> int:
        """Count the hops to the first at which something is due: there is no work at others."""
        due = self.engine.ask(next_moment)
        if due is None:
            return _MANY
        return max(1, ceil((due - self.clock.now) / _HOP))

    def _publish(self, step: Step) -> None:
        command = PublishMessage(
            name=step.what,
            correlation=str(step.given.get("correlation", "")),
            payload=step.given.get("payload", {}),
        )
        self.engine.execute(command, by=self._actor(step.given.get("as")))

    def _retry(self, step: Step) -> None:
        open_ones = [i for i in self._case().incidents if i.element_id == step.what]
        if not open_ones:
            raise BadStory("no_incident", element=step.what)
        command = RetryIncident(incident_id=open_ones[0].id, reason="scenario")
        self.engine.execute(command, by=self._actor(step.given.get("as", "HRC")))

    def _cancel(self, step: Step) -> None:
        command = CancelInstance(instance_id=self.instance_id, reason=step.what)
        self.engine.execute(command, by=self._actor(step.given.get("as")))

    def require_time(self) -> None:
        """Raise OutOfTime where the story has taken as long as it may."""
        if self.until is not None and monotonic() > self.until:
            raise OutOfTime

    # ---- what the verbs need

    def _work(self) -> None:
        while self.worker.run_due():
            self.require_time()

    def _case(self) -> cases.CaseView:
        return self.engine.ask(cases.case, self.instance_id)

    def _task(self, step: Step) -> standing.OpenTask:
        found = self.engine.ask(standing.open_tasks, self.instance_id)
        named = [task for task in found if task.element_id == step.what]
        whose = step.given.get("of", step.given.get("as"))
        person = self._person(whose) if whose else None
        own = [task for task in named if task.assignee_id == person]
        if not named or ("of" in step.given and not own):
            open_now = sorted({task.element_id for task in found})
            raise BadStory("no_task", element=step.what, open=open_now)
        return (own or named)[0]

    def _end_of(self, text: str) -> datetime:
        if days := _WORKING_DAYS.fullmatch(text):
            with self.engine.database.connect() as connection:
                return self.ports.calendar.add_working_days(
                    connection, self.clock.now, int(days[1]), self._case().subject_id
                )
        span = evaluate(f'duration("{text}")', {})
        moved = span.to_python() if span is not None else None
        if not isinstance(moved, timedelta) or moved <= timedelta():
            raise BadStory("no_span", name=text)
        try:
            return self.clock.now + moved
        except OverflowError:
            raise BadStory("beyond", name=text) from None

    def _service(self, step: Step) -> str:
        if step.what not in self.ports.services:
            raise BadStory("no_service", name=step.what)
        return step.what

    def _breakable(self, service: ServiceTask) -> ServiceTask:
        def run(call: Call, **arguments: Any) -> Any:
            if service.name in self.broken:
                raise ServiceTaskFailed(f"Expected {service.name} to work, but the story broke it.")
            return service.run(call, **arguments)

        return replace(service, run=run)

    def _actor(self, code: str | None) -> Actor:
        if code is None:
            return Actor()
        return Actor(person_id=self._person(code), channel=Channel.CLI, session_id="scenario")

    def _person(self, code: str) -> int:
        if code not in CAST:
            raise BadStory("no_person", known=list(CAST), name=str(code))
        return CAST[code]


def _refused_otherwise(step: Step, error: EngineError) -> list[Fault]:
    name = type(error).__name__
    wanted = step.given.get("refused")
    if wanted != name:
        said = {"error": name, "said": _sentence(error)}
        if wanted:
            return [Fault("refused_otherwise", {**said, "wanted": wanted})]
        return [Fault("refused", said)]
    faults = []
    reason = step.given.get("reason")
    if reason and isinstance(error, NotAllowed) and error.reason != reason:
        faults.append(Fault("reason", {"wanted": reason, "found": error.reason}))
    problems = step.given.get("problems")
    if problems is not None and isinstance(error, InvalidForm):
        paths = sorted({problem.path for problem in error.problems})
        if paths != sorted(problems):
            faults.append(Fault("problems", {"wanted": sorted(problems), "found": paths}))
    return faults


def _sentence(error: EngineError) -> str:
    if not isinstance(error, InvalidForm):
        return error.message
    return f"{error.message} " + "; ".join(f"{p.path}: {p.message}" for p in error.problems)


def _plain(value: Any) -> Any:
    """Turn TOML's dates and times into the text that a browser would send."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
