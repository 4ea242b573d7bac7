"""Commands that bring in what other systems know: import."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web import settings
from web.cli.shell import err, main, out, plainly, progress

if TYPE_CHECKING:
    from engine.errors import InvalidForm
    from hr.sheets import Fault

_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_DRY = click.option("--dry-run", is_flag=True, help="Only say what would change.")


@main.group("import")
def import_() -> None:
    """Bring in what other systems know: all of a file, or with any fault none of it."""


@import_.command("directory")
@_FILE
@_DRY
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="Since when; today.")
@click.option("--complete", is_flag=True, help="FILE has everybody: who is missing has left.")
@plainly
def import_directory(file: Path, dry_run: bool, since: datetime | None, complete: bool) -> None:
    """Take in units, posts and people from FILE (CSV or XLSX; docs/guide-agency.md).

    The same file again changes nothing, so a run that was cut off is simply run again.
    """
    from hr.calendar.rules import local_day
    from hr.intake.commands import ImportDirectory
    from hr.intake.queries import Outlook, look
    from hr.sheets import Sheet
    from web import bootstrap

    platform = bootstrap.build(settings.read())
    day = since.date() if since else local_day(platform.clock())
    sheet = Sheet(file.name, path=file)
    with _shown(file.name) as step, _refusals(file.name):
        if dry_run:
            found: Outlook = platform.engine.ask(look, sheet, day, complete=complete, step=step)
        else:
            command = ImportDirectory(sheet=sheet, day=day, complete=complete, step=step)
            found = platform.engine.execute(command)
    for change in found.shown if dry_run and found.sound else ():
        out.print(f"{change.number}: {change.how} {change.nip} {change.name}", markup=False)
    _print_faults(file.name, found.faults, found.wrong)
    err.print(
        f"{found.rows} rows: {found.added} new, {found.changed} changed, {found.ended} ended,"
        f" {found.known} as they were; {found.units} units and {found.posts} posts."
        + (" Nothing was changed: a dry run." if dry_run else "")
    )
    sys.exit(0 if found.sound else 1)


@import_.command("records")
@click.argument("kind")
@_FILE
@_DRY
@plainly
def import_records(kind: str, file: Path, dry_run: bool) -> None:
    """Take in a KIND of records or register from FILE (CSV or XLSX), such as leave or course."""
    from hr.registers import files
    from hr.sheets import Sheet
    from web import bootstrap

    if kind not in files.COLUMNS:
        wanted = ", ".join(files.COLUMNS)
        raise click.BadParameter(f"Expected one of {wanted}.", param_hint="KIND")
    platform = bootstrap.build(settings.read())
    sheet = Sheet(file.name, path=file)
    with _shown(file.name) as step, _refusals(file.name):
        if dry_run:
            found = platform.engine.ask(files.look, kind, sheet, platform.clock(), step=step)
        else:
            found = platform.engine.execute(files.taking(kind, sheet, step=step))
    _print_faults(file.name, found.faults, found.wrong)
    err.print(
        f"{found.added} new, {found.changed} replaced, {found.known} known already."
        + (" Nothing was changed: a dry run." if dry_run else "")
    )
    sys.exit(0 if found.sound else 1)


@contextmanager
def _shown(name: str) -> Iterator[Callable[[int], None]]:
    """Show how many rows were read."""
    with progress() as bar:
        task = bar.add_task(name, total=None)
        yield lambda rows: bar.update(task, completed=rows, description=f"{name}: {rows} rows")


@contextmanager
def _refusals(name: str) -> Iterator[None]:
    """Turn a refused file into one line per fault."""
    from engine.errors import InvalidForm

    try:
        yield
    except InvalidForm as refused:
        _print_problems(name, refused)
        sys.exit(1)


def _print_problems(name: str, refused: InvalidForm) -> None:
    for problem in refused.problems:
        out.print(f"{name}:{problem.path}: {problem.message}", markup=False)


def _print_faults(name: str, faults: Sequence[Fault], wrong: int) -> None:
    for fault in faults:
        out.print(f"{name}:{fault.number}.{fault.column}: {fault.message}", markup=False)
    if wrong > len(faults):
        out.print(f"... and {wrong - len(faults)} more.")
