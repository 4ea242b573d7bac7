"""Commands that hand data out, each noted in the history: event logs, the whole history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web import settings
from web.cli.shell import err, main, plainly, progress

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.queries.event_log import LogFilter
    from web.bootstrap import Platform
    from web.exporting import Log


@main.group()
def export() -> None:
    """Hand data out, and write down that it left the house."""


@export.command("history")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--values", is_flag=True, help="With answers and values before and after.")
@plainly
def export_history(file: Path, values: bool) -> None:
    """Write the whole history to FILE, for the stand-alone script that verifies it."""
    from web import bootstrap

    platform = bootstrap.build(settings.read())
    notary = bootstrap.notary_of(settings.read())
    if notary is None:
        raise click.UsageError(
            "Expected the key that signs checkpoints, but there is none; `alur keys` makes it."
        )
    digest, rows = sha256(), 0
    with progress() as shown, file.open("x", encoding="utf-8") as target:
        task = shown.add_task("Events", total=None)

        def lines(connection: Connection) -> Iterator[str]:
            from engine.queries.handing_out import history_lines

            origin, key = notary.origin, notary.public_key
            return history_lines(connection, origin, key, values=values)

        def write(connection: Connection) -> int:
            count = 0
            for count, line in enumerate(lines(connection), start=1):
                target.write(line)
                digest.update(line.encode())
                if count % 1000 == 0:
                    shown.update(task, completed=count)
            return count

        rows = platform.engine.ask(write)
    _note(platform, "history", "values" if values else "", rows, digest.hexdigest())
    err.print(f"Wrote {rows} lines to {file} (SHA-256 {digest.hexdigest()}).")


def _filtered(command: Callable[..., None]) -> Callable[..., None]:
    day = click.DateTime(["%Y-%m-%d"])
    for option in (
        click.option("--anonymous", is_flag=True, help="Pseudonyms, no small units, no reasons."),
        click.option("--until", type=day, help="Only cases begun before this day."),
        click.option("--from", "since", type=day, help="Only cases begun on this day or later."),
        click.option("--unit", default="", help="Only cases under this path, such as /01/."),
        click.option("--period", default="", help="Only cases of this period, such as 2026Q2."),
        click.option("--process", default="", help="Only cases of this process, by its key."),
        click.argument("file", type=click.Path(dir_okay=False, path_type=Path)),
    ):
        command = option(command)
    return command


def _of_form(form: str, doc: str) -> None:
    @plainly
    def command(
        file: Path,
        process: str,
        period: str,
        unit: str,
        since: datetime | None,
        until: datetime | None,
        anonymous: bool,
    ) -> None:
        from engine.queries.event_log import LogFilter

        zone = settings.read().time_zone
        wanted = LogFilter(
            process_key=process,
            period=period,
            path_prefix=unit,
            since=since.replace(tzinfo=zone) if since else None,
            until=until.replace(tzinfo=zone) if until else None,
        )
        _export_log(form, file, wanted, anonymous=anonymous)

    export.command(form, help=doc)(_filtered(command))


for _form, _doc in (
    ("csv", "Write the events of cases to FILE, a row each, for a spreadsheet."),
    ("xlsx", "Write the events of cases to FILE, a workbook."),
    ("jsonl", "Write the events of cases to FILE, a JSON object in each line."),
    ("xes", "Write cases and events to FILE as XES (IEEE 1849), for process mining."),
    ("ocel", "Write events and their objects to FILE as OCEL 2.0: JSON, or SQLite by its suffix."),
):
    _of_form(_form, _doc)


def _export_log(form: str, file: Path, wanted: LogFilter, *, anonymous: bool) -> None:
    from web import bootstrap, exporting

    platform = bootstrap.build(settings.read())
    writer = exporting.WRITERS[_writer_of(form, file)]

    def write(connection: Connection) -> int:
        from engine.queries.event_log import event_log

        log: Log = event_log(connection, wanted)
        if anonymous:
            log = _nameless(platform, connection, log)
        return writer(_shown(log, file.name), file)

    rows = platform.engine.ask(write)
    with file.open("rb") as written:
        digest = file_digest(written, "sha256").hexdigest()
    _note(platform, form, wanted.words() + " anonymous" * anonymous, rows, digest)
    err.print(f"Wrote {rows} events to {file} (SHA-256 {digest}).")


def _writer_of(form: str, file: Path) -> str:
    if form != "ocel":
        return form
    return "ocel.sqlite" if file.suffix in {".sqlite", ".db"} else "ocel.json"


def _shown(log: Log, name: str) -> Log:
    with progress() as shown:
        task = shown.add_task(name, total=None)
        for entry in log:
            yield entry
            shown.advance(task)


def _nameless(platform: Platform, connection: Connection, log: Log) -> Log:
    from hr.directory import queries as directory
    from web import keys
    from web.exporting.jobs import pseudonym_key
    from web.exporting.pseudonyms import pseudonymised

    key = pseudonym_key(keys.server_key(platform.settings.keys_dir))
    at = platform.clock()
    return pseudonymised(log, key, lambda path: len(directory.members(connection, path, at)))


@export.command("siasn")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--year", type=click.IntRange(2000, 9999), required=True, help="Of the results.")
@click.option("--again", type=int, help="The number of a file that was made before.")
@plainly
def export_siasn(file: Path, year: int, again: int | None) -> None:
    """Write a year's final results that are in no file yet to FILE: CSV, or JSON by its suffix."""
    from hr.siasn import queries
    from hr.siasn.commands import MakeSiasnFile
    from web import bootstrap

    if file.exists():  # before anything is put into a file that nobody would get
        raise click.UsageError(f"Expected a new file, but {file} is there.")
    platform = bootstrap.build(settings.read())
    form = "json" if file.suffix == ".json" else "csv"
    number = again or platform.engine.execute(MakeSiasnFile(year=year))
    made = platform.engine.ask(queries.file, number)
    if made.year != year:
        raise click.UsageError(f"Expected a file of {year}, but file {number} is of {made.year}.")
    content = platform.engine.ask(queries.content, number, form)
    with file.open("xb") as target:
        target.write(content)
    digest = sha256(content).hexdigest()
    _note(platform, "siasn", f"year={year} file={number} form={form}", made.lines, digest)
    err.print(f"Wrote {made.lines} results to {file}: file {number} (SHA-256 {digest}).")


def _note(platform: Platform, what: str, words: str, rows: int, digest: str) -> None:
    from engine import Actor, Channel, NoteExport

    note = NoteExport(what=what, filter=words.strip(), rows=rows, sha256=digest)
    platform.engine.execute(note, by=Actor(channel=Channel.CLI))
