"""People and calendar as the engine asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from engine.model import Act, Actor, CaseFacts, TaskFacts
from engine.ports import Allowed, Card, Holder, Refused, Subject
from hr.calendar import queries as calendar
from hr.directory import queries as directory
from hr.permissions import queries as permissions


class People:
    """The engine's `People` port over the directory and the permission rules."""

    def holder(
        self,
        connection: Connection,
        role: str,
        subject_id: int | None,
        scope_path: str,
        at: datetime,
    ) -> Holder:
        """Resolve a lane's role for a case's subject."""
        return permissions.holder(connection, role, subject_id, scope_path, at)

    def holders(
        self,
        connection: Connection,
        role: str,
        cases: Sequence[tuple[int | None, str]],
        at: datetime,
    ) -> Sequence[Holder]:
        """Resolve a lane's role for the subjects of many cases."""
        return permissions.holders(connection, role, cases, at)

    def next_level(self, connection: Connection, task: TaskFacts, at: datetime) -> Holder | None:
        """Say who comes next when a task escalates."""
        return permissions.next_level(connection, task, at)

    def may_act(
        self,
        connection: Connection,
        actor: Actor,
        act: Act,
        on: TaskFacts | CaseFacts,
        at: datetime,
    ) -> Allowed | Refused:
        """Decide one single act."""
        return permissions.may_act(connection, actor, act, on, at)

    def may_be_offered(
        self, connection: Connection, tasks: Sequence[TaskFacts], at: datetime
    ) -> Sequence[Allowed | Refused]:
        """Decide for many tasks whether their assignees may be offered them."""
        return permissions.may_be_offered(connection, tasks, at)

    def card(self, connection: Connection, person_id: int, at: datetime) -> Card:
        """Describe a person as of a moment, for the history."""
        person = directory.person(connection, person_id, at)
        return Card(person.id, person.name, person.post, person.unit_name)

    def subject(self, connection: Connection, person_id: int, at: datetime) -> Subject:
        """Give the neutral keys of a case about this person."""
        person = directory.person(connection, person_id, at)
        return Subject(person.unit_path, person.name, directory.search_text(person))


class Calendar:
    """The engine's `Calendar` port: one calendar and zone for the whole city."""

    def add_working_days(
        self, connection: Connection, start: datetime, days: int, subject_id: int | None
    ) -> datetime:
        """Give the end of the `days`-th working day after `start`, as UTC."""
        return calendar.add_working_days(connection, start, days)
