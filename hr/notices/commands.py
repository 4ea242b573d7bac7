"""Telling, reading a notice, choosing how one wants mail."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine import Command, Context, Noted, ProposeMigration, ProposeRetirement
from engine.errors import InvalidForm, NotAllowed, Problem
from engine.model import StreamKind
from engine.queries import proposals
from engine.queries.publications import PROCESS_CHANGE
from hr.directory import queries as directory
from hr.notices import store
from hr.notices.queries import CHOICES
from hr.permissions import matrix


@dataclass(frozen=True, kw_only=True)
class Tell(Command[int]):
    """Tell many persons something that comes from no case; only the platform does so.

    told -- person, notice (a key of the process's messages.toml) and its values
    """

    process_key: str
    told: Sequence[tuple[int, str, Mapping[str, Any]]]

    def execute(self, ctx: Context) -> int:
        if not ctx.actor.is_platform:
            raise NotAllowed("Expected the platform itself, but a person asked.")
        _tell(ctx, self.process_key, self.told)
        return len(self.told)


@dataclass(frozen=True, kw_only=True)
class ProposeAloud(Command[int]):
    """Propose something about a version, and tell those who may decide about it; give its id."""

    asked: ProposeMigration | ProposeRetirement

    def execute(self, ctx: Context) -> int:
        proposal_id = ctx.run(self.asked)
        found = proposals.proposal(ctx.connection, proposal_id)
        values = {"name": found.name, "version": found.version, "reason": found.reason}
        notice = f"version_{found.kind.lower()}"
        told = {
            each
            for role in sorted(matrix.roles("A", "deployment"))
            for each in directory.holders_of_role(ctx.connection, role, ctx.now)
        }
        others = sorted(told - {ctx.actor.person_id})
        _tell(ctx, PROCESS_CHANGE, [(each, notice, values) for each in others])
        return proposal_id


def _tell(
    ctx: Context, process_key: str, told: Sequence[tuple[int, str, Mapping[str, Any]]]
) -> None:
    store.add_notices(
        ctx.connection,
        (
            {
                "person_id": person,
                "notice": notice,
                "process_key": process_key,
                "instance_id": 0,
                "case_no": "",
                "values": json.dumps(dict(values), default=str, ensure_ascii=False),
                "at": ctx.now,
            }
            for person, notice, values in told
        ),
    )


@dataclass(frozen=True, kw_only=True)
class MarkRead(Command[None]):
    """Note that the actor has read a notice of his; anybody else's stays as it is."""

    notice_id: int

    def execute(self, ctx: Context) -> None:
        if ctx.actor.person_id is None:
            raise NotAllowed("Expected somebody logged in, but nobody is.")
        store.mark_read(ctx.connection, self.notice_id, ctx.actor.person_id, ctx.now)


@dataclass(frozen=True, kw_only=True)
class MarkAllRead(Command[None]):
    """Note that the actor has read all his notices up to one, the newest that he was shown."""

    newest: int

    def execute(self, ctx: Context) -> None:
        if ctx.actor.person_id is None:
            raise NotAllowed("Expected somebody logged in, but nobody is.")
        store.mark_all_read(ctx.connection, self.newest, ctx.actor.person_id, ctx.now)


@dataclass(frozen=True, kw_only=True)
class ChooseMail(Command[None]):
    """Say how one wants mail: EACH, DAILY or NONE."""

    mail: str

    def execute(self, ctx: Context) -> None:
        person = ctx.actor.person_id
        if person is None:
            raise NotAllowed("Expected somebody logged in, but nobody is.")
        if self.mail not in CHOICES:
            raise InvalidForm([Problem("mail", "option", f"Expected one of {CHOICES}.")])
        store.choose_mail(ctx.connection, person, self.mail)
        about = {"mail": self.mail}
        ctx.record(Noted(what="MAIL_CHOSEN", about=about), (StreamKind.PERSON, str(person)))
