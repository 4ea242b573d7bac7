"""A locked case while a command moves it: load, let it run, write down where it stands."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn import Environment, Run, load
from engine.commands import environment, facts, offering
from engine.commands.context import Context
from engine.errors import InvalidState, NotFound
from engine.history import Event
from engine.history.events import (
    AnonymousTasksCreated,
    IncidentOpened,
    IncidentResolved,
    InstanceCompleted,
    TaskCancelled,
    TaskCompleted,
    TaskCreated,
)
from engine.library import Readied
from engine.model import InstanceState
from engine.store.history import Head


@dataclass
class Case:
    """An instance whose row and stream this transaction holds.

    tasks -- every task of the case by id, locked; columns -- what else to write into its row;
    events -- what to write at the end of its stream; finished_task -- the one a person just did
    """

    ctx: Context
    id: int
    row: Any
    definition: Readied
    head: Head
    tasks: dict[int, Any] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    finished_task: int | None = None

    @classmethod
    def of_task(cls, ctx: Context, task_id: int) -> tuple[Case, Any]:
        """Lock the case of a task, then its tasks; give both."""
        row = ctx.store.instances.lock_of_task(task_id)
        if row is None:
            raise NotFound(f"Expected a task {task_id}, but there is none.")
        case = cls._locked(ctx, row)
        return case, case.tasks[task_id]

    @classmethod
    def lock(cls, ctx: Context, instance_id: int) -> Case:
        """Lock a case and its tasks."""
        row = ctx.store.instances.lock(instance_id)
        if row is None:
            raise NotFound(f"Expected a case {instance_id}, but there is none.")
        return cls._locked(ctx, row)

    @classmethod
    def _locked(cls, ctx: Context, row: Any) -> Case:
        definition = ctx.library.get(ctx.store, row.definition_id)
        head = Head(row.stream_id, row.head_seq, row.head_hash)
        tasks = ctx.store.tasks.lock_all(row.id)
        return cls(ctx, row.id, row, definition, head, tasks)

    def require_active(self) -> None:
        """Raise InvalidState where the case has ended."""
        if self.row.state != InstanceState.ACTIVE:
            raise InvalidState(
                f"Expected an open case, but {self.row.case_no} is {self.row.state}."
            )

    @property
    def env(self) -> Environment:
        """Give what the interpreter needs to run this case."""
        return environment.of(self.ctx, self.row, self.definition)

    def load(self) -> Run:
        """Bring the stored state back to life."""
        store, instance_id = self.ctx.store.instances, self.id
        return load(
            self.definition.compiled,
            self.row.header,
            lambda digest: store.value(instance_id, digest),
            self.env,
        )

    def settle(self, run: Run) -> bool:
        """Write down where a run came to a stand; tell whether a token is newly parked."""
        outcome = run.outcome()
        self._close(outcome)
        self._wait(outcome)
        parked = self._incidents(outcome)
        self.events.extend(facts.of(outcome, self.definition))
        for group in outcome.groups_closed:
            self.events.extend(answers_of_group(self, group))
        parked |= self._open_tasks(outcome)
        self._throw(outcome)
        self._save(run, outcome)
        return parked

    def write_events(self) -> None:
        """Append what happened to the case's stream."""
        self.ctx.append(self.head, self.events)
        self.events = []

    # ---- the parts of settling

    def _close(self, outcome: Any) -> None:
        gone = set(outcome.closed)
        if not gone:
            return
        closed = [t for t in self.tasks.values() if t.token in gone and t.state == "CREATED"]
        closed = [t for t in closed if t.id != self.finished_task]
        self.ctx.store.tasks.cancel(self.id, [t.token for t in closed], self.ctx.now)
        for task in closed:
            if task.anonymous:  # whoever did not answer must not be told apart from whoever did
                offering.forget_person(self.ctx, task)
            else:
                self.events.append(TaskCancelled(element_id=task.element_id, task_id=task.id))
        self.ctx.store.tasks.drop_drafts([t.id for t in closed])

    def _wait(self, outcome: Any) -> None:
        store = self.ctx.store.instances
        store.drop_timers(self.id, outcome.timers_closed)
        store.drop_subscriptions(self.id, outcome.catches_closed)
        store.add_timers(
            [
                {
                    "instance_id": self.id,
                    "token": t.token,
                    "element_id": t.element_id,
                    "due_at": t.due_at,
                }
                for t in outcome.timers_opened
            ]
        )
        store.add_subscriptions(
            [
                {
                    "instance_id": self.id,
                    "token": c.token,
                    "element_id": c.element_id,
                    "name": c.name,
                    "correlation": c.correlation,
                }
                for c in outcome.catches_opened
            ]
        )
        for catch in sorted(outcome.catches_opened, key=lambda c: (c.name, c.correlation)):
            self.ctx.store.jobs.meet(catch.name, catch.correlation)
            waiting = self.ctx.store.jobs.waiting_messages(
                catch.name, catch.correlation, self.id, self.ctx.now
            )
            for message_id in waiting[:1]:
                self.ctx.enqueue(
                    "deliver_message",
                    {"message_id": message_id, "instance_id": self.id},
                    dedup_key=f"deliver:{message_id}:{self.id}:{catch.token}",
                )

    def _incidents(self, outcome: Any) -> bool:
        for parked in outcome.incidents:
            self.open_incident(parked.token, parked.element_id, parked.kind, parked.message)
        if outcome.resumed:
            resumed = set(outcome.resumed)
            for incident in self.ctx.store.jobs.open_incidents(self.id):
                if incident.token in resumed:
                    self.resolve_incident(incident)
        return bool(outcome.incidents)

    def open_incident(self, token: int | None, element_id: str, kind: str, message: str) -> None:
        """Write down that something of this case cannot go on by itself."""
        self.ctx.store.jobs.open_incident(
            instance_id=self.id,
            token=token,
            element_id=element_id,
            kind=kind,
            message=message,
            opened_at=self.ctx.now,
        )
        self.events.append(
            IncidentOpened(element_id=element_id, incident_kind=kind, message=message)
        )

    def resolve_incident(self, incident: Any) -> None:
        """Close an incident of this case."""
        self.ctx.store.jobs.resolve_incident(incident.id, self.ctx.now, self.ctx.actor.person_id)
        self.events.append(
            IncidentResolved(element_id=incident.element_id, incident_id=incident.id)
        )

    def _open_tasks(self, outcome: Any) -> bool:
        if not outcome.opened:
            return False
        offers = [offering.offer(self, waiting) for waiting in outcome.opened]
        ids = self.ctx.store.tasks.create([offer.columns for offer in offers])
        groups: dict[str, list[offering.Offer]] = {}
        for task_id, offer in zip(ids, offers, strict=True):
            columns = offer.columns
            if columns["anonymous"]:
                groups.setdefault(columns["element_id"], []).append(offer)
                continue
            self.events.append(
                TaskCreated(
                    element_id=columns["element_id"],
                    task_id=task_id,
                    assignee_id=columns["assignee_id"],
                    candidate_group=columns["candidate_group"],
                    due_at=columns["due_at"],
                )
            )
        for element_id, members in groups.items():
            due = members[0].columns["due_at"]
            self.events.append(
                AnonymousTasksCreated(element_id=element_id, count=len(members), due_at=due)
            )
        nobody = [offer for offer in offers if offer.nobody]
        for offer in nobody:
            self.open_incident(
                offer.columns["token"], offer.columns["element_id"], "NOBODY", offer.nobody or ""
            )
        return bool(nobody)

    def _throw(self, outcome: Any) -> None:
        from engine.commands.messages import publish

        for thrown in outcome.thrown:
            publish(
                self.ctx,
                name=thrown.name,
                correlation=thrown.correlation,
                payload=thrown.payload,
                source_id=self.id,
                events=self.events,
            )

    def _save(self, run: Run, outcome: Any) -> None:
        saved = run.save()
        self.ctx.store.instances.add_values(self.id, saved.values)
        columns = {**self.columns, "header": saved.header}
        if outcome.completed:
            columns |= {"state": InstanceState.COMPLETED, "ended_at": self.ctx.now}
            self.events.append(InstanceCompleted())
        self.ctx.store.instances.save(self.id, **columns)


def answers_of_group(case: Case, group: Any) -> list[Event]:
    """Give the events of a closed anonymous group: shuffled, under pseudonyms, to the day."""
    day = case.ctx.now.replace(hour=0, minute=0, second=0, microsecond=0)
    events: list[Event] = [
        TaskCompleted(
            element_id=group.element_id, pseudonym=pseudonym, day=day, sealed={"answers": answers}
        )
        for pseudonym, answers in group.answers
    ]
    secrets.SystemRandom().shuffle(events)
    return events
