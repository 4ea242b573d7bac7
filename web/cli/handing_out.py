"""Commands that give the directory and its records back as the files they came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from web import settings
from web.cli.exporting import export
from web.cli.shell import err, plainly

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from web.bootstrap import Platform

_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@export.command("directory")
@_FILE
@plainly
def export_directory(file: Path) -> None:
    """Write units, posts and people of today to FILE (CSV, or XLSX by its suffix)."""
    from hr.intake.columns import COLUMNS
    from hr.intake.queries import directory_rows

    platform = _platform()
    rows = lambda connection: directory_rows(connection, platform.clock())  # noqa: E731
    _write(platform, "directory", tuple(COLUMNS), rows, file)


@export.command("records")
@click.argument("kind")
@_FILE
@plainly
def export_records(kind: str, file: Path) -> None:
    """Write a KIND of records or register, such as leave or course, to FILE (CSV or XLSX)."""
    from hr.registers import files

    if kind not in files.COLUMNS:
        wanted = ", ".join(files.COLUMNS)
        raise click.BadParameter(f"Expected one of {wanted}.", param_hint="KIND")
    platform = _platform()
    rows = lambda connection: files.rows(connection, kind, platform.clock())  # noqa: E731
    _write(platform, kind, files.COLUMNS[kind], rows, file)


def _platform() -> Platform:
    from web import bootstrap

    return bootstrap.build(settings.read())


def _write(
    platform: Platform,
    what: str,
    columns: Sequence[str],
    rows: Callable[[Connection], Iterator[Mapping[str, Any]]],
    file: Path,
) -> None:
    from engine import Actor, Channel, NoteExport
    from web.exporting.tables import write_rows

    count = platform.engine.ask(lambda connection: write_rows(columns, rows(connection), file))
    with file.open("rb") as written:
        digest = file_digest(written, "sha256").hexdigest()
    note = NoteExport(what=what, filter="", rows=count, sha256=digest)
    platform.engine.execute(note, by=Actor(channel=Channel.CLI))
    err.print(f"Wrote {count} rows to {file} (SHA-256 {digest}).")
