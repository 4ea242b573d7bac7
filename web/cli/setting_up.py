"""Commands that set Alur up: settings, keys, tokens, who lost his one-time code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web import settings
from web.cli.shell import err, main, out, plainly

if TYPE_CHECKING:
    from web.bootstrap import Platform


@main.command("settings")
@click.option("--json", "as_json", is_flag=True, help="Write the table as JSON.")
@plainly
def show_settings(as_json: bool) -> None:
    """List every setting with its value, its default and its meaning."""
    rows = settings.table(settings.read())
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        default = "" if row["value"] == row["default"] else f"   (default: {row['default']})"
        out.print(f"{row['name']}={row['value']}{default}", markup=False)
        out.print(f"    {row['meaning']}", markup=False)


@main.command("keys")
@click.option(
    "--unmask-private-key",
    "private",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Where to write the key that can tell who wrote an anonymous answer.",
)
@plainly
def make_keys(private: Path) -> None:
    """Make the server's key and the unmask key pair, once."""
    from web import keys

    used = settings.read()
    keys.create(used.keys_dir, private)
    keys.create_signing_key(used.signing_key_file)
    err.print(f"Made the server's key and the unmask public key in {used.keys_dir}.")
    err.print(f"Take {private} away from this machine: two people should keep it together.")


@main.group("token")
def token() -> None:
    """Keys for programs that act as a person."""


@token.command("create")
@click.argument("nip")
@click.option("--name", required=True, help="What it is for.")
@click.option("--scope", "scopes", multiple=True, required=True, help="What it may do; repeat it.")
@click.option("--days", type=click.IntRange(1, 366), default=90, show_default=True)
@plainly
def create_token(nip: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Make an API token for somebody, and write it to the output, this once."""
    from hr.accounts.commands import MakeToken
    from hr.accounts.rules import SCOPES

    wrong = sorted(set(scopes) - set(SCOPES))
    if wrong:
        err.print(f"Expected scopes out of {', '.join(SCOPES)}, but found {', '.join(wrong)}.")
        raise SystemExit(2)
    with _person(nip) as (platform, person_id):
        expires_at = platform.clock() + timedelta(days=days)
        command = MakeToken(name=name, scopes=scopes, expires_at=expires_at, person_id=person_id)
        click.echo(platform.engine.execute(command))


@main.command("reset-code")
@click.argument("nip")
@click.option("--reason", required=True, help="Why, for the history.")
@plainly
def reset_code(nip: str, reason: str) -> None:
    """Forget the one-time code of somebody who lost phone and recovery codes."""
    from hr.accounts.commands import ResetSecondFactor

    with _person(nip) as (platform, person_id):
        platform.engine.execute(ResetSecondFactor(person_id=person_id, reason=reason))
    err.print("The next login needs the password alone, and all sessions are ended.")


@contextmanager
def _person(nip: str) -> Iterator[tuple[Platform, int]]:
    """Open the platform and find somebody by his number."""
    from hr.directory.queries import person_of_nip
    from web import bootstrap

    platform = bootstrap.build(settings.read())
    try:
        person_id = platform.engine.ask(person_of_nip, nip)
        if person_id is None:
            err.print(f"Expected the NIP of somebody in the directory, but {nip} is none.")
            raise SystemExit(1)
        yield platform, person_id
    finally:
        platform.database.dispose()
