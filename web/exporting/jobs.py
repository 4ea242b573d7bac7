"""Exports that an auditor asked for, written by a job: a file in a folder, progress, a digest."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import file_digest, sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Engine as Database

from engine import Context, Engine
from engine.ports import JobKind, Ports
from engine.queries.event_log import LogFilter, count_cases, event_log
from hr.audit import queries as audits
from hr.audit.commands import EXPORT_JOB, FinishExport, ProgressExport
from hr.audit.queries import ExportRow
from hr.directory import queries as directory
from web import exporting
from web.exporting.pseudonyms import pseudonymised

KEPT = timedelta(days=7)
"""How long a file can be fetched."""
_TELL_AFTER = 2.0  # seconds between two words about the progress
_PURPOSE = b"alur pseudonyms 1"


@dataclass(frozen=True)
class Order:
    """An export to write, and the engine's parts to write it with, between transactions."""

    export: ExportRow
    database: Database
    ports: Ports
    now: datetime


def kind(folder: Path, server_key: Callable[[], bytes]) -> JobKind:
    """Give the kind of job; files go into `folder`, each under its number and digest.

    server_key -- of which the pseudonyms' key is made
    """

    def prepare(ctx: Context, payload: Mapping[str, Any]) -> Order | None:
        export = audits.export(ctx.connection, int(payload["export_id"]))
        if export.state == "DONE":
            return None
        return Order(export, ctx.connection.engine, ctx.ports, ctx.now)

    def write(order: Order, _key: str) -> None:
        _write(order, folder, server_key)

    return JobKind(EXPORT_JOB, prepare, write)


def place(folder: Path, export: ExportRow) -> Path:
    """Say where the file of a finished export is."""
    return folder / f"{export.id}-{export.sha256}"


def pseudonym_key(server_key: bytes) -> bytes:
    """Give the key that makes pseudonyms: the same in every export of an installation."""
    return sha256(_PURPOSE + server_key).digest()


def log_filter(words: str) -> LogFilter:
    """Read what an export was asked for."""
    said: dict[str, Any] = json.loads(words or "{}")
    for name in ("since", "until"):
        if name in said:
            said[name] = datetime.fromisoformat(said[name])
    return LogFilter(**said)


def _write(order: Order, folder: Path, server_key: Callable[[], bytes]) -> None:
    export, offset = order.export, order.now - datetime.now(UTC)
    engine = Engine(order.database, order.ports, lambda: datetime.now(UTC) + offset)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".new-") as waiting:
        file = Path(waiting) / "export"

        def write(connection: Connection) -> int:
            wanted = log_filter(export.filter)
            total = count_cases(connection, wanted)
            log: exporting.Log = event_log(connection, wanted)
            if export.anonymous:
                log = pseudonymised(
                    log,
                    pseudonym_key(server_key()),
                    lambda path: len(directory.members(connection, path, order.now)),
                )
            return exporting.WRITERS[export.form](_told(engine, export, log, total), file)

        rows = engine.ask(write)
        with file.open("rb") as written:
            digest = file_digest(written, "sha256").hexdigest()
            os.fsync(written.fileno())
        os.replace(file, folder / f"{export.id}-{digest}")
    _sweep(folder)
    engine.execute(FinishExport(export_id=export.id, rows=rows, sha256=digest))


def _sweep(folder: Path) -> None:
    """Delete what nobody can fetch any more, by the clock of the disk."""
    for old in folder.glob("*-*"):
        if time.time() - old.stat().st_mtime > KEPT.total_seconds():
            old.unlink(missing_ok=True)


def _told(engine: Engine, export: ExportRow, log: exporting.Log, total: int) -> Iterator[Any]:
    """Give the cases one by one, and say now and then how many are written."""
    said = time.monotonic()
    engine.execute(ProgressExport(export_id=export.id, done=0, total=total))
    for done, entry in enumerate(log, start=1):
        yield entry
        if time.monotonic() - said > _TELL_AFTER:
            said = time.monotonic()
            engine.execute(ProgressExport(export_id=export.id, done=done, total=total))
