"""Reading a notice."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine import Command, Context
from engine.errors import NotAllowed
from hr.notices import store


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
