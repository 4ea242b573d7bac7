"""Commands about people's own data: what is kept, given, held and erased; what is wrong with it."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from web import settings
from web.cli.shell import err, main, out, plainly

if TYPE_CHECKING:
    from web.bootstrap import Platform


@main.group()
def person() -> None:
    """Give, correct, hold and erase what is kept about one person (UU 27/2022)."""


@person.command("export")
@click.argument("nip")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write; without it, to standard output.",
)
@plainly
def export_person(nip: str, output: Path | None) -> None:
    """Write all that is kept about the person with this NIP, as JSON; that it left is noted."""
    from engine import Actor, Channel, NoteExport
    from hr.privacy import queries

    platform = _platform()
    number = _person_of(platform, nip)
    found = platform.engine.ask(queries.given, number)
    text = json.dumps(found, ensure_ascii=False, indent=2, default=str) + "\n"
    rows = sum(len(rows) for tables in found["records"].values() for rows in tables.values())
    digest = sha256(text.encode()).hexdigest()
    if output is None:
        click.echo(text, nl=False)
    else:
        # Nobody else on this machine may read it.
        handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    note = NoteExport(what="person", filter=f"person {number}", rows=rows, sha256=digest)
    platform.engine.execute(note, by=Actor(channel=Channel.CLI))
    err.print(f"{rows} rows and {len(found['cases'])} cases (SHA-256 {digest}).")


@person.command("erase")
@click.argument("nip")
@click.option("--reason", required=True, help="Why; it stands in the history.")
@click.option("--early", is_flag=True, help="Before the time of the records has passed.")
@plainly
def erase_person(nip: str, reason: str, early: bool) -> None:
    """Take away what is personal about somebody who has left; the history's chain still holds."""
    from hr.privacy.commands import ErasePerson

    platform = _platform()
    number = _person_of(platform, nip)
    done = platform.engine.execute(ErasePerson(person_id=number, reason=reason, early=early))
    for name, rows in done.items():
        if rows:
            out.print(f"{rows} {name}", markup=False)


@person.command("hold")
@click.argument("series")
@click.option("--nip", default="", help="Of one person; without it, of everybody.")
@click.option("--reason", required=True, help="Why, such as a case before a court.")
@plainly
def hold(series: str, nip: str, reason: str) -> None:
    """Keep a SERIES of records whatever its time (`*`: all; see `alur person retention`)."""
    from hr.privacy.commands import SetHold

    platform = _platform()
    number = _person_of(platform, nip) if nip else None
    done = platform.engine.execute(SetHold(series=series, person_id=number, reason=reason))
    err.print(f"Hold {done} is set.")


@person.command("release")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why the records need not be kept any longer.")
@plainly
def release(number: int, reason: str) -> None:
    """Let hold NUMBER end."""
    from hr.privacy.commands import LiftHold

    _platform().engine.execute(LiftHold(hold_id=number, reason=reason))


@person.command("retention")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object per series.")
@plainly
def retention(as_json: bool) -> None:
    """Say how long each series is kept, what is older than that, and what a hold keeps."""
    from hr.calendar.rules import local_day
    from hr.privacy import queries

    platform = _platform()
    day = local_day(platform.clock())
    table = Table("series", "years", "before", "rows due", "on hold", "basis")
    for due in platform.engine.ask(queries.due, day):
        row = (due.series.name, due.series.years, due.before, due.rows, due.held, due.series.basis)
        if as_json:
            names = ("series", "years", "before", "due", "held", "basis")
            click.echo(json.dumps(dict(zip(names, row, strict=True)), default=date.isoformat))
        else:
            table.add_row(*map(str, row))
    if not as_json:
        out.print(table)
    for one in platform.engine.ask(queries.holds):
        whose = f"person {one.person_id}" if one.person_id else "everybody"
        err.print(f"Hold {one.id}: {one.series} of {whose}: {one.reason}", markup=False)


@main.command("unmask")
@click.argument("request", type=int)
@click.argument("key", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@plainly
def unmask_answer(request: int, key: Path) -> None:
    """Say who wrote the anonymous answer of REQUEST, to which two auditors agreed.

    KEY is the unmask private key that was carried away when `alur keys` made it.  That the answer
    is opened is noted before it is read; each request opens it once.
    """
    from engine.feel.values import from_json
    from hr.directory.queries import names
    from hr.privacy.commands import NoteUnmasked
    from web import keys
    from web.vault import unmask

    private = keys.unmask_private_key(key)
    platform = _platform()
    answer = platform.engine.execute(NoteUnmasked(request_id=request))
    found = from_json(unmask(answer.masked, private))
    if found["task"] != answer.task_id:
        err.print("Expected the writer of this answer, but the text was moved from another.")
        sys.exit(1)
    number = int(found["person"])
    name = platform.engine.ask(names, [number]).get(number, "")
    out.print(f"{answer.case_no} {answer.pseudonym}: {name} ({number})", markup=False)


def check_people(*, as_json: bool) -> int:
    """Print what is wrong with the whole directory; 1 where anything is, 0 where nothing is."""
    from hr.structure import queries

    platform = _platform()
    found = platform.engine.ask(queries.findings, platform.clock())
    told = platform.engine.ask(queries.told, found)
    for row in told:
        if as_json:
            rest = {"person": row.person, "post": row.post, "unit": row.unit}
            click.echo(json.dumps({**asdict(row.finding), **rest}, ensure_ascii=False))
        else:
            about = " · ".join(part for part in (row.person, row.post, row.unit) if part)
            out.print(f"{row.finding.code}: {about}", markup=False)
    err.print(f"{len(told)} findings.")
    return int(bool(told))


def _platform() -> Platform:
    from web import bootstrap

    return bootstrap.build(settings.read())


def _person_of(platform: Platform, nip: str) -> int:
    from hr.directory.queries import person_of_nip

    number = platform.engine.ask(person_of_nip, nip)
    if number is None:
        err.print(f"Expected the NIP of a person, but nobody has {nip!r}.", markup=False)
        sys.exit(2)
    return number
