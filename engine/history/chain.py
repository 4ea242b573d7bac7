"""The chain of a stream: each event's hash covers its place, all it says and the hash before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from json.encoder import encode_basestring as quoted
from typing import Any

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


def hashed_columns(event: Mapping[str, Any]) -> list[Any]:
    """Give what an event's columns say, as JSON has it, in the order in which it is hashed."""
    at = event["at"].isoformat()
    return [FORMAT, *[at if name == "at" else event[name] for name in _PLACE]]


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
    place = _place_of(event, len(digests))
    leaf = (b"\x00", previous, place.encode(), digests, body.encode())
    return hashlib.sha256(b"".join(leaf)).digest()


def _place_of(event: Mapping[str, Any], digests: int) -> str:
    """Write the list that is hashed: `canonical` of `hashed_columns`, in half of its time."""
    person, behalf = event["person_id"], event["on_behalf_of"]
    definition, element = event["definition_id"], event["element_id"]
    task, envelope = event["task_id"], event["envelope_seq"]
    return (
        f'[{FORMAT},{event["stream_id"]},{event["seq"]},"{event["at"].isoformat()}"'
        f",{quoted(event['kind'])}"
        f",{'null' if person is None else person},{'null' if behalf is None else behalf}"
        f",{'null' if definition is None else definition}"
        f",{'null' if element is None else quoted(element)}"
        f",{'null' if task is None else task},{quoted(event['outcome'])}"
        f",{'null' if envelope is None else envelope},{digests}]"
    )


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
