"""What the stored form of a running instance looks like: one JSON list, or that list compressed.

What repeats stands in a table and is named by its place.  A row is `[token, parent, spec, state,
flags, data, facts, own, given, caught]`, what is empty at its end left out.  Variables are `[name,
value, name, ...]`, and `data` holds only those that differ from what a token inherits: its
parent's and its own.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import msgspec

from engine.feel.values import Kept

FORMAT = 2
PACKED = b"z"

TRIGGERED = 1
WHOLE = 2  # the data do not build on those of the parent


class Scope(msgspec.Struct, array_like=True):
    """One scope: the token that runs it (0 for the process) and its tokens."""

    outer: int
    spec: str
    root: int
    last: int
    completed: bool
    rows: list[list[Any]]


class Header(msgspec.Struct, array_like=True):
    """An instance; `values` holds texts of small values and `[hash, size]` of big ones."""

    format: int
    last_token: int
    last_arrival: int
    parked: list[int]
    specs: list[str]
    names: list[str]
    values: list[msgspec.Raw]
    scopes: list[Scope]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a header said, so that what nobody touched goes back as it was read."""

    names: list[str]
    texts: list[msgspec.Raw]
    values: list[Kept]
    rows: list[list[Any]]


def read(header: bytes) -> Header:
    return msgspec.json.decode(_plain(header), type=Header)


def _plain(header: bytes) -> bytes:
    return zlib.decompress(header[1:]) if header[:1] == PACKED else header


def format_of(header: bytes) -> int:
    """Give the format of a header that can't be read; every format is a list that begins with it.

    0 where it is none.
    """
    try:
        found: Any = msgspec.json.decode(_plain(header))
    except (msgspec.DecodeError, zlib.error):
        return 0
    first = found[0] if isinstance(found, list) and found else 0
    return first if type(first) is int else 0


def tokens_in(header: bytes) -> list[int]:
    """List the token numbers of a stored instance."""
    state = read(header)
    return [row[0] for scope in state.scopes for row in scope.rows]


def emptied(header: bytes) -> bytes:
    """Give a stored instance whose every value is null; where it stands is as before."""
    if not header:
        return header
    state = read(header)
    state.values = [msgspec.Raw(b"null") for _ in state.values]
    plain = msgspec.json.encode(state)
    return PACKED + zlib.compress(plain, 6) if header[:1] == PACKED else plain
