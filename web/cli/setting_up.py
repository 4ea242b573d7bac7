"""Commands that set Alur up: settings, keys."""

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
