"""Commands that measure and search, in the source tree only: bench, drill."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.table import Table

from web.cli.shell import main, out, plainly


@main.command()
@click.argument("name", default="")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object per figure.")
@plainly
def bench(name: str, as_json: bool) -> None:
    """Measure how fast the engine is, against fixed baselines: all figures, or those of NAME."""
    with _source_tree():
        from bench.__main__ import figures
    table: Table | None = None
    columns: list[str] = []
    try:
        for row in figures(name):
            if as_json:
                click.echo(json.dumps(row))
                continue
            if list(row) != columns:
                _show(table)
                columns = list(row)
                table = Table(*(column.replace("_", " ") for column in columns))
            if table is not None:
                table.add_row(*(_cell(value) for value in row.values()))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="NAME") from error
    _show(table)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
@plainly
def drill(name: str, options: tuple[str, ...]) -> None:
    """Search long for trouble that tests are too short for; OPTIONS are the drill's own."""
    with _source_tree():
        from bench import drills
    try:
        sys.exit(drills.run(name, options))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="NAME") from error


def _cell(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def _show(table: Table | None) -> None:
    if table is not None:
        out.print(table)


@contextmanager
def _source_tree() -> Iterator[None]:
    from engine.errors import EngineError

    try:
        yield
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("bench"):
            raise
        raise EngineError(
            "Expected Alur's source tree, but this is an installed copy: its bench and drills are"
            " not in it."
        ) from error
