"""What an audit leaves behind: that the history was verified, that data left the house."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.context import Command, Context
from engine.history.events import Exported, HistoryVerified
from engine.model import StreamKind


@dataclass(frozen=True, kw_only=True)
class NoteVerification(Command[None]):
    """Write down that somebody verified the history, and what came of it."""

    streams: int
    broken: int

    def execute(self, ctx: Context) -> None:
        ctx.record(HistoryVerified(streams=self.streams, broken=self.broken), _stream(ctx))


@dataclass(frozen=True, kw_only=True)
class NoteExport(Command[None]):
    """Write down that data left the house: what, under which filter, how many rows, which hash."""

    what: str
    filter: str = ""
    rows: int = 0
    sha256: str = ""

    def execute(self, ctx: Context) -> None:
        event = Exported(what=self.what, filter=self.filter, rows=self.rows, sha256=self.sha256)
        ctx.record(event, _stream(ctx))


def _stream(ctx: Context) -> tuple[StreamKind, str]:
    if ctx.actor.person_id is None:
        return (StreamKind.NETWORK, f"audit/{ctx.now.date().isoformat()}")
    return (StreamKind.PERSON, str(ctx.actor.person_id))
