"""Saving filters by name, and giving a calendar its secret address."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from engine import Command, Context, Exported, Noted
from engine.errors import InvalidForm, NotAllowed, NotFound, Problem
from engine.model import StreamKind
from hr.desk import store
from hr.desk.queries import digest
from hr.permissions import queries as permissions

_MOST_FILTERS = 50
_LONGEST_NAME, _LONGEST_QUERY = 60, 600


@dataclass(frozen=True, kw_only=True)
class SaveFilter(Command[int]):
    """Keep a filter of the inbox under a name, for oneself or for a group one is in."""

    name: str
    query: str
    group_key: str | None = None

    def execute(self, ctx: Context) -> int:
        person = _person(ctx)
        name = self.name.strip()
        if not name or len(name) > _LONGEST_NAME or len(self.query) > _LONGEST_QUERY:
            message = f"Expected a name of at most {_LONGEST_NAME} letters, but it is not."
            raise InvalidForm([Problem("name", "required" if not name else "too_long", message)])
        if self.group_key is not None:
            groups = permissions.scope_of(ctx.connection, person, ctx.now).groups
            if self.group_key not in groups:
                raise NotAllowed("Expected a group of yours, but it is none.", reason="NOT_MEMBER")
        if store.count_filters(ctx.connection, person) >= _MOST_FILTERS:
            raise InvalidForm([Problem("name", "too_many", "Expected fewer filters.")])
        return store.save_filter(ctx.connection, person, name, self.query, self.group_key)


@dataclass(frozen=True, kw_only=True)
class DropFilter(Command[None]):
    """Forget a filter of one's own."""

    filter_id: int

    def execute(self, ctx: Context) -> None:
        if not store.drop_filter(ctx.connection, self.filter_id, _person(ctx)):
            raise NotFound("Expected a filter of yours, but there is none.")


@dataclass(frozen=True, kw_only=True)
class MakeCalendar(Command[str]):
    """Give one's calendar a new secret address, and let the old one end; gives the secret once."""

    def execute(self, ctx: Context) -> str:
        person = _person(ctx)
        token = secrets.token_urlsafe(32)
        store.set_calendar(ctx.connection, person, digest(token), ctx.now)
        ctx.record(Noted(what="CALENDAR_ADDRESS_MADE"), (StreamKind.PERSON, str(person)))
        return token


@dataclass(frozen=True, kw_only=True)
class DropCalendar(Command[None]):
    """Let the secret address of one's calendar end."""

    def execute(self, ctx: Context) -> None:
        person = _person(ctx)
        store.set_calendar(ctx.connection, person, None, ctx.now)
        ctx.record(Noted(what="CALENDAR_ADDRESS_ENDED"), (StreamKind.PERSON, str(person)))


@dataclass(frozen=True, kw_only=True)
class NoteExport(Command[None]):
    """Note that somebody took a list of tasks out of the house."""

    what: str
    query: str
    rows: int

    def execute(self, ctx: Context) -> None:
        event = Exported(what=self.what, filter=self.query, rows=self.rows)
        ctx.record(event, (StreamKind.PERSON, str(_person(ctx))))


def _person(ctx: Context) -> int:
    if ctx.actor.person_id is None:
        raise NotAllowed("Expected somebody logged in, but nobody is.")
    return ctx.actor.person_id
