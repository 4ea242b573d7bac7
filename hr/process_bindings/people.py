"""People and calendar as the engine asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Transaction

from engine.model import Act, Actor, CaseFacts, TaskFacts
from engine.ports import Allowed, Card, Holder, Refused, Subject
from hr.calendar import queries as calendar
from hr.calendar.rules import city_zone
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


_Paths = WeakKeyDictionary[Transaction, "_Whereabouts"]


@dataclass
class _Whereabouts:
    """Which units have a zone of their own, and where the people asked about work."""

    zones: Mapping[str, str]
    zone_of: dict[int, ZoneInfo] = field(default_factory=dict)


class Calendar:
    """The engine's `Calendar` port: the city's calendar, in the zone of the subject's unit."""

    def __init__(self) -> None:
        self._known: _Paths = WeakKeyDictionary()

    def add_working_days(
        self, connection: Connection, start: datetime, days: int, subject_id: int | None
    ) -> datetime:
        """Give the end of the `days`-th working day after `start`, as UTC."""
        zone = city_zone() if subject_id is None else self._of(connection, subject_id, start)
        return calendar.add_working_days(connection, start, days, zone)

    def _of(self, connection: Connection, person_id: int, at: datetime) -> ZoneInfo:
        known = self._whereabouts(connection)
        if not known.zones:  # a city in one zone is not asked where anybody works
            return city_zone()
        if person_id not in known.zone_of:
            found = directory.persons(connection, [person_id], at).get(person_id)
            name = directory.zone_among(known.zones, found.unit_path) if found else None
            known.zone_of[person_id] = ZoneInfo(name) if name else city_zone()
        return known.zone_of[person_id]

    def _whereabouts(self, connection: Connection) -> _Whereabouts:
        transaction = connection.get_transaction()
        known = None if transaction is None else self._known.get(transaction)
        if known is None:
            known = _Whereabouts(directory.zones(connection))
            if transaction is not None:
                self._known[transaction] = known
        return known
