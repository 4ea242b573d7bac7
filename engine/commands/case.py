"""A locked case while a command moves it: load, let it run, write down where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.bpmn import Environment, Run, load
from engine.commands import environment, settling
from engine.commands.context import Context
from engine.errors import CaseSuspended, InvalidState, NotFound
from engine.history import Event
from engine.history.events import (
    IncidentOpened,
    IncidentResolved,
)
from engine.library import Readied
from engine.model import CaseFacts, InstanceState
from engine.store.history import Head


@dataclass
class Case:
    """An instance whose row and stream this transaction holds.

    tasks -- every task of the case by id, locked; columns -- what else to write into its row;
    events -- what to write at the end of its stream; finished_task -- the one a person just did;
    because -- by token, why its timer is moved by hand; written -- the header that its row has
    already
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
    because: dict[int, str] = field(default_factory=dict)
    written: bytes | None = None

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
    def seize(cls, ctx: Context, instance_id: int) -> Case | None:
        """Lock a case and its tasks at once; None where somebody is at it."""
        row = ctx.store.instances.lock(instance_id, wait=False)
        return None if row is None else cls._locked(ctx, row)

    @classmethod
    def _locked(cls, ctx: Context, row: Any) -> Case:
        definition = ctx.library.get(ctx.store, row.definition_id)
        head = Head(row.stream_id, row.head_seq, row.head_hash)
        tasks = ctx.store.tasks.lock_all(row.id)
        return cls(ctx, row.id, row, definition, head, tasks)

    def require_active(self) -> None:
        """Raise InvalidState where the case has ended, or is suspended."""
        self.require_open()
        if self.is_suspended:
            raise CaseSuspended(
                f"Expected a case that goes on, but {self.row.case_no} is suspended."
            )

    @property
    def is_suspended(self) -> bool:
        """Tell whether nothing in the case may become due."""
        return bool(self.row.state == InstanceState.SUSPENDED)

    def require_open(self) -> None:
        """Raise InvalidState where the case has ended."""
        if self.row.state not in (InstanceState.ACTIVE, InstanceState.SUSPENDED):
            raise InvalidState(
                f"Expected an open case, but {self.row.case_no} is {self.row.state}."
            )

    @property
    def facts(self) -> CaseFacts:
        """Give what a host is told about this case."""
        row = self.row
        return CaseFacts(self.id, row.process_key, row.subject_id, row.scope_path)

    @property
    def env(self) -> Environment:
        """Give what the interpreter needs to run this case."""
        return environment.of(self.ctx, self.row, self.definition, self.tasks.values())

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
        return settling.settle(self.ctx, [(self, run)])[0]

    def write_events(self) -> None:
        """Append what happened to the case's stream."""
        settling.write_events(self.ctx, [self])

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
        """Close an incident of this case, and with it what was proposed about it."""
        self.ctx.store.resolutions.void(incident.id, self.ctx.now)
        self.ctx.store.jobs.resolve_incident(incident.id, self.ctx.now, self.ctx.actor.person_id)
        self.events.append(
            IncidentResolved(element_id=incident.element_id, incident_id=incident.id)
        )
