"""Commands that serve Alur and look after its database: demo, serve, worker, db."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from web import settings
from web.cli.shell import err, main, plainly, progress
from web.settings import Settings

if TYPE_CHECKING:
    from web.bootstrap import Platform


@main.command()
@click.option("--size", type=click.Choice(["small", "city"]), default="small", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--no-serve", is_flag=True, help="Only make the demo database.")
@plainly
def demo(size: str, port: int | None, no_serve: bool) -> None:
    """Make a synthetic city under var/ the first time, then serve it."""
    from web import demo as making
    from web.serving import run_pair

    used = making.settings_of(size, settings.read())
    if port:
        used = used.but(port=port)
    if not making.is_made(used):
        with progress() as shown:
            making.make(used, size, shown)
    if not no_serve:
        sys.exit(run_pair(used, lambda: _say_demo(used, making.logins())))


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@plainly
def serve(port: int | None) -> None:
    """Serve the pages, with one worker beside them; ends cleanly on SIGTERM or Ctrl-C."""
    from web import bootstrap
    from web.serving import run_pair

    used = settings.read()
    if port:
        used = used.but(port=port)
    platform = bootstrap.build(used)  # says what is missing before anything is started
    code = _first_run(platform)
    platform.database.dispose()
    sys.exit(run_pair(used, lambda: _say_address(used, code)))


@main.command()
@plainly
def worker() -> None:
    """Work off due timers and jobs, until SIGTERM or Ctrl-C."""
    from web.serving import run_worker

    sys.exit(run_worker(settings.read()))


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
@plainly
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
    err.print(f"The database is at revision {done.revision}.")
    if done.holidays:
        err.print(f"{done.holidays} national holidays were written into its calendar.")
    if done.rehomed:
        err.print(f"{done.rehomed} stray events were given a month of their own.")


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


def _first_run(platform: Platform) -> str:
    """Make the code for the first administrator, where nobody has an account yet."""
    from hr.accounts.commands import OfferFirstRun
    from hr.accounts.queries import has_accounts

    if platform.engine.ask(has_accounts):
        return ""
    return platform.engine.execute(OfferFirstRun())


def _say_address(used: Settings, code: str) -> None:
    err.print(f"Alur is at {_address(used)}")
    if code:
        page = f"{_address(used).rstrip('/')}/first-run"
        err.print(
            f"Nobody has an account yet.  The first administrator opens {page}"
            f" and gives this code, once, within 24 hours: [bold]{code}[/bold]"
        )


def _say_demo(used: Settings, logins: list[tuple[str, str, str]]) -> None:
    table = Table("Log in as", "Password", "Who that is")
    for login, password, who in logins:
        table.add_row(login, password, who)
    err.print(table, markup=False)
    err.print(f"Alur's demo is at [bold]{_address(used)}[/bold]  (end it with Ctrl-C)")
