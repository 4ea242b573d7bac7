"""Jobs that make checkpoints of the history and lay them down outside the database."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine import Context, MakeCheckpoint
from engine.errors import NotFound
from engine.ports import JobKind, Recurring
from engine.queries import tree
from web.notices import letters
from web.notices.letters import Letter
from web.notices.mail import Post

MAKE = "make_checkpoint"
SWEEP = "sweep_checkpoint"
PUBLISH = "publish_checkpoint"
MAIL = "mail_checkpoint"
SCHEDULES = (
    Recurring("checkpoint", MAKE, "every 5 minutes"),
    # What a long transaction left behind the moment at which it began.
    Recurring("checkpoint_sweep", SWEEP, "daily 01:30"),
)
MAILED = Recurring("checkpoint_mail", MAIL, "daily 07:00")


def jobs(file: Path) -> tuple[JobKind, ...]:
    """Give the kinds of jobs; each checkpoint is written at the end of `file`."""

    def publish(ctx: Context, payload: Mapping[str, Any]) -> None:
        size = int(payload["size"])
        point = tree.at_size(ctx.connection, size)
        if point is None:
            raise NotFound(f"Expected a checkpoint of {size} leaves, but there is none.")
        append(file, point.note)

    return (JobKind(MAKE, _make), JobKind(SWEEP, _sweep), JobKind(PUBLISH, publish))


def mailing(post: Post, to: str, city: str) -> JobKind:
    """Give the kind of job that mails the newest checkpoint, for the Inspektorat to keep."""

    def prepare(ctx: Context, payload: Mapping[str, Any]) -> Letter | None:
        point = tree.newest(ctx.connection)
        return None if point is None else letters.checkpoint(to, point.note, point.size, city)

    return JobKind(MAIL, prepare, post.send)


def append(file: Path, note: str) -> None:
    """Write a note at the end of a file that only grows, on disk before this returns.

    A job that is run again after a crash writes its note a second time at most: whoever reads the
    file finds the same size with the same root twice, which says nothing new.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and note in _tail(file, len(note.encode())):
        return
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(descriptor, note.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _tail(file: Path, size: int) -> str:
    with file.open("rb") as source:
        source.seek(0, os.SEEK_END)
        source.seek(max(0, source.tell() - size))
        return source.read().decode(errors="replace")


def _make(ctx: Context, payload: Mapping[str, Any]) -> None:
    _take(ctx, MAKE, MakeCheckpoint())


def _sweep(ctx: Context, payload: Mapping[str, Any]) -> None:
    _take(ctx, SWEEP, MakeCheckpoint(whole=True))


def _take(ctx: Context, kind: str, command: MakeCheckpoint) -> None:
    if ctx.run(command).more:  # the rest in a transaction of its own: nobody waits long
        ctx.enqueue(kind, {})
