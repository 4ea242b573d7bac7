"""The command `alur`.  Exit status: 0 fine, 1 findings, 2 wrong use."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from web import settings
from web.settings import InvalidSetting, Settings

if TYPE_CHECKING:
    from engine.errors import Finding

# The engine is imported by the commands that need it: `alur demo` and `--help` answer at once.

P = ParamSpec("P")
R = TypeVar("R")

# Findings and tables are the result: stdout.  Progress and explanations are not: stderr.
_out = Console(highlight=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, soft_wrap=True)


def _plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Turn what our own code refuses into one sentence and an exit status."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except InvalidSetting as error:
            _err.print(str(error), markup=False)
            sys.exit(2)
        except Exception as error:
            if not _is_ours(error):
                raise
            _err.print(str(error) or (type(error).__doc__ or "").strip(), markup=False)
            sys.exit(1)

    return run


def _is_ours(error: Exception) -> bool:
    from engine.errors import EngineError
    from web.bootstrap import NotReady
    from web.clock import NotADemo
    from web.keys import KeyProblem

    return isinstance(error, EngineError | NotReady | KeyProblem | NotADemo | OSError)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="alur")
def main() -> None:
    """Alur runs a city's civil-service performance management as BPMN processes."""


# ---- running


@main.command()
@click.option("--size", type=click.Choice(["small", "city"]), default="small", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--no-serve", is_flag=True, help="Only make the demo database.")
@_plainly
def demo(size: str, port: int | None, no_serve: bool) -> None:
    """Make a synthetic city under var/ the first time, then serve it."""
    from web import demo as making
    from web.serving import run_pair

    used = making.settings_of(size, settings.read())
    if port:
        used = used.but(port=port)
    if not making.is_made(used):
        with _progress() as progress:
            making.make(used, size, progress)
    if not no_serve:
        sys.exit(run_pair(used, lambda: _say_demo(used, making.logins())))


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@_plainly
def serve(port: int | None) -> None:
    """Serve the pages, with one worker beside them; ends cleanly on SIGTERM or Ctrl-C."""
    from web import bootstrap
    from web.serving import run_pair

    used = settings.read()
    if port:
        used = used.but(port=port)
    bootstrap.build(used).database.dispose()  # says what is missing before anything is started
    sys.exit(run_pair(used, lambda: _err.print(f"Alur is at {_address(used)}")))


@main.command()
@_plainly
def worker() -> None:
    """Work off due timers and jobs, until SIGTERM or Ctrl-C."""
    from web.serving import run_worker

    run_worker(settings.read())


@main.group()
def db() -> None:
    """Look after the database's schema."""


@db.command()
@click.option(
    "--from",
    "oldest",
    metavar="YYYY-MM",
    help="First month that imported history will have (PostgreSQL).",
)
@_plainly
def upgrade(oldest: str | None) -> None:
    """Bring the schema to the newest revision; make partitions, guards and the app's login."""
    from sqlalchemy import make_url

    from engine import open_database
    from web import upkeep

    used = settings.read()
    first = _month(oldest) if oldest else None
    _require_folder(used.migration_url)
    database = open_database(used.migration_url)
    try:
        done = upkeep.upgrade(database, app=make_url(used.database_url), oldest=first)
    finally:
        database.dispose()
    _err.print(f"The database is at revision {done.revision}.")
    if done.holidays:
        _err.print(f"{done.holidays} national holidays were written into its calendar.")
    if done.rehomed:
        _err.print(f"{done.rehomed} stray events were given a month of their own.")


# ---- processes


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Write the findings as JSON.")
@_plainly
def check(paths: tuple[Path, ...], as_json: bool) -> None:
    """Say what is wrong with process folders, before anybody runs them."""
    from engine.folder import read_files
    from engine.queries import models
    from web import bootstrap

    ports = bootstrap.throwaway_ports()
    findings = [
        (folder, finding)
        for folder in _folders(paths)
        for finding in models.check_files(read_files(folder), ports)
    ]
    if as_json:
        rows = [{"folder": str(folder), **asdict(finding)} for folder, finding in findings]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for folder, finding in findings:
            _out.print(_line(folder, finding), markup=False)
        if not findings:
            _err.print("Nothing to find fault with.")
    sys.exit(any(finding.severity == "error" for _, finding in findings))


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the result; without it, FILE itself is changed.",
)
@_plainly
def layout(file: Path, output: Path | None) -> None:
    """Draw the diagram of a BPMN file anew; ids, pools, lanes and flows stay as they are."""
    from engine.queries import models

    drawn = models.layout(file.read_bytes())
    (output or file).write_bytes(drawn)
    _err.print(f"Drew {output or file}.", markup=False)


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--break-glass", metavar="REASON", help="Deploy beside what is there, and say why.")
@_plainly
def deploy(paths: tuple[Path, ...], break_glass: str | None) -> None:
    """Make process folders startable, in a database that has none, or with --break-glass."""
    from engine import Actor, Channel
    from engine.errors import EngineError
    from engine.folder import read_folder
    from engine.queries import definitions
    from web import bootstrap

    platform = bootstrap.build(settings.read())
    if platform.engine.ask(definitions.latest) and not break_glass:
        raise EngineError(
            "Expected a database without processes, but this one has some; changing a running"
            " city's process takes --break-glass REASON, which is written into its history."
        )
    actor = Actor(channel=Channel.CLI)
    for folder in _folders(paths):
        done = platform.engine.execute(
            read_folder(folder, reason=break_glass or "first deployment"), by=actor
        )
        said = "unchanged" if done.unchanged else f"version {done.version}"
        _out.print(f"{done.key}  {said}  {done.sha256[:12]}", markup=False)


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Write the results as JSON.")
@_plainly
def test(paths: tuple[Path, ...], as_json: bool) -> None:
    """Play the scenarios of processes from the start, on a throw-away database."""
    from engine.errors import EngineError
    from web import bootstrap, scenarios

    files = _scenario_files(paths or (bootstrap.workflows_root(),))
    if not files:
        raise EngineError("Expected scenarios/*.toml in the given folders, but there are none.")
    results = []
    with _progress() as progress:
        for file in progress.track(files, description="Scenarios"):
            results.append((file, scenarios.play_file(file)))
    if as_json:
        rows = [{"scenario": str(file), "faults": faults} for file, faults in results]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for file, faults in results:
            _out.print(f"{'FAILED' if faults else 'ok':6} {file}", markup=False)
            for fault in faults:
                _out.print(f"       {fault}", markup=False)
    sys.exit(any(faults for _, faults in results))


@main.group()
def dmn() -> None:
    """Look after decision tables."""


@dmn.command("evaluate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("decision")
@click.option("--input", "given", metavar="JSON", required=True, help="The inputs, as an object.")
@click.option("--explain", is_flag=True, help="Write value and trace as one JSON object.")
@_plainly
def dmn_evaluate(file: Path, decision: str, given: str, explain: bool) -> None:
    """Evaluate one decision of a DMN file: its value as JSON, and in words how it came about."""
    from web.trying import Tried

    try:
        inputs = json.loads(given, parse_float=Decimal)
    except ValueError as error:
        raise click.BadParameter(f"Expected JSON, but {error}", param_hint="--input") from error
    if not isinstance(inputs, dict):
        raise click.BadParameter("Expected a JSON object.", param_hint="--input")
    tried = Tried(file.name, file.read_bytes(), decision, inputs)
    if explain:
        click.echo(tried.trace())
        return
    for line in tried.words():
        _err.print(line, markup=False)
    click.echo(tried.value())


# ---- bringing in


@main.group("import")
def import_() -> None:
    """Bring in what other systems know."""


@import_.command("records")
@click.argument("kind")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_plainly
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
            _out.print(f"{file.name}:{problem.path}: {problem.message}", markup=False)
        sys.exit(1)
    finally:
        platform.database.dispose()
    _err.print(f"{done.added} new, {done.changed} replaced, {done.known} known already.")


# ---- measuring and searching, in the source tree only


@main.command()
@click.argument("name", default="")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object per figure.")
@_plainly
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
                table.add_row(
                    *(f"{v:,.2f}" if isinstance(v, float) else str(v) for v in row.values())
                )
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="NAME") from error
    _show(table)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
@_plainly
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
        _out.print(table)


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


# ---- setting up


@main.command("settings")
@click.option("--json", "as_json", is_flag=True, help="Write the table as JSON.")
@_plainly
def show_settings(as_json: bool) -> None:
    """List every setting with its value, its default and its meaning."""
    rows = settings.table(settings.read())
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        default = "" if row["value"] == row["default"] else f"   (default: {row['default']})"
        _out.print(f"{row['name']}={row['value']}{default}", markup=False)
        _out.print(f"    {row['meaning']}", markup=False)


@main.command("keys")
@click.option(
    "--unmask-private-key",
    "private",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Where to write the key that can tell who wrote an anonymous answer.",
)
@_plainly
def make_keys(private: Path) -> None:
    """Make the server's key and the unmask key pair, once."""
    from web import keys

    used = settings.read()
    keys.create(used.keys_dir, private)
    _err.print(f"Made the server's key and the unmask public key in {used.keys_dir}.")
    _err.print(f"Take {private} away from this machine: two people should keep it together.")


# ---- what the commands share


def _folders(paths: tuple[Path, ...]) -> list[Path]:
    from engine.errors import EngineError
    from engine.folder import process_folders

    folders = [folder for path in paths for folder in process_folders(path)]
    if not folders:
        raise EngineError("Expected a process folder (one with process.bpmn), but there is none.")
    return folders


def _scenario_files(paths: tuple[Path, ...]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if path.is_file():
            files.append(path)
        else:
            files += sorted({*path.glob("scenarios/*.toml"), *path.glob("*/scenarios/*.toml")})
    return files


def _line(folder: Path, finding: Finding) -> str:
    place = f"{folder.name}/{finding.file}" if finding.file else folder.name
    if finding.line:
        place += f":{finding.line}:{finding.column}"
    element = f" [{finding.element_id}]" if finding.element_id else ""
    hint = f"  {finding.hint}" if finding.hint else ""
    return f"{finding.severity}: {place}{element} {finding.message} ({finding.rule}){hint}"


def _month(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise click.BadParameter(
            "Expected a month such as 2024-01.", param_hint="--from"
        ) from error


def _require_folder(url: str) -> None:
    from sqlalchemy import make_url

    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)


def _address(used: Settings) -> str:
    return used.public_url or f"http://{used.host}:{used.port}/"


def _say_demo(used: Settings, logins: list[tuple[str, str, str]]) -> None:
    table = Table("Log in as", "Password", "Who that is")
    for login, password, who in logins:
        table.add_row(login, password, who)
    _err.print(table, markup=False)
    _err.print(f"Alur's demo is at [bold]{_address(used)}[/bold]  (end it with Ctrl-C)")


@contextmanager
def _progress() -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_err) as progress:
        yield progress
