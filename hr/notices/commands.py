"""Telling, reading a notice, choosing how one wants mail."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine import Command, Context, Noted
from engine.errors import InvalidForm, NotAllowed, Problem
from engine.model import StreamKind
from hr.notices import store
from hr.notices.queries import CHOICES


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
        store.add_notices(
            ctx.connection,
            (
                {
                    "person_id": person,
                    "notice": notice,
                    "process_key": self.process_key,
                    "instance_id": 0,
                    "case_no": "",
                    "values": json.dumps(dict(values), default=str, ensure_ascii=False),
                    "at": ctx.now,
                }
                for person, notice, values in self.told
            ),
        )
        return len(self.told)


@dataclass(frozen=True, kw_only=True)
class MarkRead(Command[None]):
    """Note that the actor has read a notice of his; anybody else's stays as it is."""

    notice_id: int

    def execute(self, ctx: Context) -> None:
        if ctx.actor.person_id is None:
            raise NotAllowed("Expected somebody logged in, but nobody is.")
        store.mark_read(ctx.connection, self.notice_id, ctx.actor.person_id, ctx.now)


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
