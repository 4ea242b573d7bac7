"""Commands that measure and search, in the source tree only: bench, drill."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import click
from rich.measure import Measurement
from rich.table import Table

from web.cli.shell import main, out, plainly

UNBOUND = 10_000  # characters: as wide as a table would like to be


@main.command()
@click.argument("name", default="")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object per figure.")
@plainly
def bench(name: str, as_json: bool) -> None:
    """Measure how fast the engine is, against fixed baselines: all figures, or those of NAME."""
    with _source_tree():
        from bench.__main__ import figures
    try:
        if as_json:
            for row in figures(name):
                click.echo(json.dumps(row))
            return
        for _, alike in groupby(figures(name), key=tuple):
            _show(list(alike))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="NAME") from error


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


def _show(rows: list[dict[str, Any]]) -> None:
    """Print a line per row, or a column per row where the lines would be cut."""
    lines = [[name.replace("_", " ") for name in rows[0]]]
    lines += [[_cell(value) for value in row.values()] for row in rows]
    table = _table(lines)
    if Measurement.get(out, out.options.update(max_width=UNBOUND), table).maximum > out.width:
        table = _table([list(line) for line in zip(*lines, strict=True)])
    out.print(table)


def _table(lines: list[list[str]]) -> Table:
    table = Table(*lines[0])
    for line in lines[1:]:
        table.add_row(*line)
    return table


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
