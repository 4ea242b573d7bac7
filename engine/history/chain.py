"""The chain of a stream: each event's hash covers its place, all it says and the hash before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import msgspec

FORMAT = 2
DIGEST = 32  # bytes of a SHA-256

# Where an event stands and what its columns say, in the order in which they are hashed.
_PLACE = (
    "stream_id",
    "seq",
    "at",
    "kind",
    "person_id",
    "on_behalf_of",
    "definition_id",
    "element_id",
    "task_id",
    "outcome",
    "envelope_seq",
)
_columns = itemgetter(*_PLACE)
_write = msgspec.json.Encoder().encode  # of numbers, texts and nothing: as `canonical` has it


def hashed_columns(event: Mapping[str, Any]) -> list[Any]:
    """Give what an event's columns say, as JSON has it, in the order in which it is hashed."""
    stream_id, seq, at, *rest = _columns(event)
    return [FORMAT, stream_id, seq, at.isoformat(), *rest]


def event_hash(previous: bytes, event: Mapping[str, Any]) -> bytes:
    """Give the SHA-256 of an event, a row of the history, after the hash of the one before it.

    Hashed are a zero byte (RFC 6962's prefix of a leaf), the hash before (none at a stream's
    begin), a canonical JSON list `[2, stream_id, ... envelope_seq, length of digests]`, the digests
    and the body as it is stored.
    """
    digests = event["digests"] or b""
    if not isinstance(digests, bytes):  # nothing of ours
        return b""
    body: str = event["body"]
    place = _write([*hashed_columns(event), len(digests)])
    leaf = (b"\x00", previous, place, digests, body.encode())
    return hashlib.sha256(b"".join(leaf)).digest()


def value_digest(salt: bytes, text: str) -> bytes:
    """Give the salted SHA-256 by which an event names a value that can be erased."""
    return hashlib.sha256(salt + text.encode()).digest()


@dataclass(frozen=True)
class Broken:
    """The first place at which a stream's chain does not hold."""

    stream_id: int
    seq: int
    reason: str


def verify(
    stream_id: int, head_seq: int, head_hash: bytes, links: Iterable[Mapping[str, Any]]
) -> Iterator[Broken]:
    """Follow a stream from its first event to its head, and name the first break, if any.

    links -- the stream's rows of the history, in order
    """
    previous, seq = b"", 0
    for link in links:
        seq += 1
        if link["seq"] != seq:
            yield Broken(stream_id, seq, f"expected event {seq}, but found {link['seq']}")
            return
        previous = event_hash(previous, link)
        if link["hash"] != previous:
            yield Broken(stream_id, seq, "the event was altered, or does not follow the one before")
            return
    if (seq, previous) != (head_seq, head_hash):
        yield Broken(
            stream_id, head_seq, f"expected the chain to end at {head_seq}, but it ends at {seq}"
        )
