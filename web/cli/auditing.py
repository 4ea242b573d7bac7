"""Commands for auditors: verify the history, here or as an export; hand it out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web import settings
from web.cli.shell import err, main, out, plainly, progress

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.history import Broken
    from web.bootstrap import Platform


@main.group()
def audit() -> None:
    """Check that nobody altered what happened."""


@audit.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--key",
    help="Public key to trust: a PEM file or 64 hex digits; default: this installation's.",
)
@click.option(
    "--checkpoints",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Checkpoints that somebody kept elsewhere; they must be roots of this history.",
)
@plainly
def verify(file: Path | None, key: str | None, checkpoints: Path | None) -> None:
    """Follow every chain, value, leaf and checkpoint, of the database or of an exported FILE."""
    from web import alur_verify

    trusted = alur_verify.load_key(key) if key else None
    kept = _kept(checkpoints)
    if file is not None:
        sys.exit(_verify_file(file, trusted or _own_key(), kept))
    from web import bootstrap

    platform = bootstrap.build(settings.read())
    public_key = trusted or _own_key()
    with progress() as shown:
        shown.add_task("History", total=None)
        streams, broken = platform.engine.ask(_check, public_key, kept)
    for one in broken:
        where = f"event {one.seq} of stream {one.stream_id}" if one.stream_id else f"size {one.seq}"
        out.print(f"{where}: {one.reason}", markup=False)
    _note_verified(platform, streams, len(broken))
    if broken:
        sys.exit(1)
    err.print(f"Everything holds: {streams} streams.")


def _check(
    connection: Connection, public_key: bytes | None, kept: dict[int, bytes]
) -> tuple[int, list[Broken]]:
    from engine.queries.history import check_chains, count_streams
    from engine.queries.tree import check_tree
    from web.notary import open_note

    found = list(check_chains(connection))
    if public_key is not None:
        trusted = public_key
        found += check_tree(connection, lambda note: open_note(note, trusted), kept)
    return count_streams(connection), found


def _verify_file(file: Path, key: bytes | None, kept: dict[int, bytes]) -> int:
    from web import alur_verify

    history = alur_verify.History(key, kept)
    count = 0
    with file.open("rb") as source:
        for where, what in history.findings(source):
            out.print(f"{where}: {what}", markup=False)
            count += 1
    if not count:
        err.print(f"Everything holds: {history.events} events, {history.streams} streams.")
    return int(count > 0)


def _kept(file: Path | None) -> dict[int, bytes]:
    if file is None:
        return {}
    from web import alur_verify

    try:
        return alur_verify.kept_roots(file.read_text(encoding="utf-8", errors="replace"))
    except ValueError as error:
        raise click.BadParameter(f"{error}", param_hint="--checkpoints") from error


def _own_key() -> bytes | None:
    from web import bootstrap

    notary = bootstrap.notary_of(settings.read())
    return None if notary is None else notary.public_key


def _note_verified(platform: Platform, streams: int, broken: int) -> None:
    from engine import Actor, Channel, NoteVerification

    note = NoteVerification(streams=streams, broken=broken)
    platform.engine.execute(note, by=Actor(channel=Channel.CLI))
