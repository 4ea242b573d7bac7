"""Commands that bring in what other systems know: import."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from web import settings
from web.cli.shell import err, main, out, plainly


@main.group("import")
def import_() -> None:
    """Bring in what other systems know."""


@import_.command("records")
@click.argument("kind")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@plainly
def import_records(kind: str, file: Path) -> None:
    """Take in a CSV file of career records by NIP, all of it or, with any fault, none.

    KIND: annual_predicate, education, qualification, functional_credit, career_break or sanction.
    """
    from engine.errors import InvalidForm
    from hr.records.commands import ImportRecords
    from hr.records.rules import COLUMNS
    from web import bootstrap

    if kind not in COLUMNS:
        raise click.BadParameter(f"Expected one of {', '.join(COLUMNS)}.", param_hint="KIND")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"Expected UTF-8, but {error}", param_hint="FILE") from error
    platform = bootstrap.build(settings.read())
    try:
        done = platform.engine.execute(ImportRecords(kind=kind, text=text, source=file.name))
    except InvalidForm as refused:
        for problem in refused.problems:
            out.print(f"{file.name}:{problem.path}: {problem.message}", markup=False)
        sys.exit(1)
    finally:
        platform.database.dispose()
    err.print(f"{done.added} new, {done.changed} replaced, {done.known} known already.")
