"""Commands that set Alur up: settings, keys, who lost his one-time code."""

from __future__ import annotations

import json
from pathlib import Path

import click

from web import settings
from web.cli.shell import err, main, out, plainly


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


@main.command("reset-code")
@click.argument("nip")
@click.option("--reason", required=True, help="Why, for the history.")
@plainly
def reset_code(nip: str, reason: str) -> None:
    """Forget the one-time code of somebody who lost phone and recovery codes."""
    from hr.accounts.commands import ResetSecondFactor
    from hr.directory.queries import person_of_nip
    from web import bootstrap

    platform = bootstrap.build(settings.read())
    try:
        person_id = platform.engine.ask(person_of_nip, nip)
        if person_id is None:
            err.print(f"Expected the NIP of somebody in the directory, but {nip} is none.")
            raise SystemExit(1)
        platform.engine.execute(ResetSecondFactor(person_id=person_id, reason=reason))
    finally:
        platform.database.dispose()
    err.print("The next login needs the password alone, and all sessions are ended.")
