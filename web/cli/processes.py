"""Commands about processes and decisions: check, layout, deploy, test, dmn."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web import settings
from web.cli.personal import check_people
from web.cli.shell import err, main, out, plainly, progress

if TYPE_CHECKING:
    from engine.errors import Finding


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Write the findings as JSON.")
@plainly
def check(paths: tuple[Path, ...], as_json: bool) -> None:
    """Say what is wrong with process folders, before anybody runs them.

    `alur check people` says what is wrong with the directory of this site instead.
    """
    if paths == (Path("people"),) and not paths[0].exists():
        sys.exit(check_people(as_json=as_json))
    for path in paths:
        if not path.exists():
            raise click.BadParameter(f"Path '{path}' does not exist.", param_hint="PATHS")
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
            out.print(_line(folder, finding), markup=False)
        if not findings:
            err.print("Nothing to find fault with.")
    sys.exit(any(finding.severity == "error" for _, finding in findings))


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the result; without it, FILE itself is changed.",
)
@plainly
def layout(file: Path, output: Path | None) -> None:
    """Draw the diagram of a BPMN file anew; ids, pools, lanes and flows stay as they are."""
    from engine.queries import models

    drawn = models.layout(file.read_bytes())
    (output or file).write_bytes(drawn)
    err.print(f"Drew {output or file}.", markup=False)


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--break-glass", metavar="REASON", help="Deploy beside what is there, and say why.")
@plainly
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
        out.print(f"{done.key}  {said}  {done.sha256[:12]}", markup=False)


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--coverage", is_flag=True, help="Say what the scenarios leave untried, too.")
@click.option("--json", "as_json", is_flag=True, help="Write the results as JSON.")
@plainly
def test(paths: tuple[Path, ...], coverage: bool, as_json: bool) -> None:
    """Play the scenarios of processes from the start, on a throw-away database.

    With --coverage: which steps, flows and decision rules none of them passes; the exit status
    does not depend on it.
    """
    from engine.errors import EngineError
    from web import bootstrap, scenarios
    from web.cli.covering import covered, lines

    files = _scenario_files(paths or (bootstrap.workflows_root(),))
    if not files:
        raise EngineError("Expected scenarios/*.toml in the given folders, but there are none.")
    results = []
    with progress() as shown:
        for file in shown.track(files, description="Scenarios"):
            results.append((file, scenarios.outcome_of(file, file.read_bytes())))
    found = covered(results) if coverage else ()
    if as_json:
        rows = [{"scenario": str(file), "faults": told.sentences} for file, told in results]
        said = {"scenarios": rows, "coverage": [asdict(one) for one in found]} if coverage else rows
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        for file, told in results:
            out.print(f"{'FAILED' if told.faults else 'ok':6} {file}", markup=False)
            for fault in told.sentences:
                out.print(f"       {fault}", markup=False)
        for line in lines(found):
            out.print(line, markup=False)
    sys.exit(any(told.faults for _, told in results))


@main.group()
def dmn() -> None:
    """Look after decision tables."""


@dmn.command("evaluate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("decision")
@click.option("--input", "given", metavar="JSON", required=True, help="The inputs, as an object.")
@click.option("--explain", is_flag=True, help="Write value and trace as one JSON object.")
@plainly
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
        err.print(line, markup=False)
    click.echo(tried.value())


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
