"""The chain of a stream: each event's hash covers its place, its body and the hash before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any


def event_hash(previous: str, stream_id: int, seq: int, body: str) -> str:
    """Give the SHA-256 (hex) of an event; the leading zero byte is RFC 6962's leaf prefix."""
    text = f"{previous}|{stream_id}|{seq}|{body}"
    return hashlib.sha256(b"\x00" + text.encode()).hexdigest()


def value_digest(salt: str, value: str) -> str:
    """Give the salted SHA-256 (hex) by which an event names a value that can be erased."""
    return hashlib.sha256(f"{salt}|{value}".encode()).hexdigest()


@dataclass(frozen=True)
class Link:
    """An event as the chain sees it."""

    stream_id: int
    seq: int
    body: str
    previous: str
    hash: str


@dataclass(frozen=True)
class Broken:
    """The first place at which a stream's chain does not hold."""

    stream_id: int
    seq: int
    reason: str


def verify(stream_id: int, head_seq: int, head_hash: str, links: Iterable[Any]) -> Iterator[Broken]:
    """Follow a stream from its first event to its head, and name the first break, if any."""
    previous, seq = "", 0
    for link in links:
        seq += 1
        if link.seq != seq:
            yield Broken(stream_id, seq, f"expected event {seq}, but found {link.seq}")
            return
        if link.previous != previous:
            yield Broken(stream_id, seq, "the event does not follow the one before it")
            return
        previous = event_hash(previous, stream_id, seq, link.body)
        if link.hash != previous:
            yield Broken(stream_id, seq, "the event was altered")
            return
    if (seq, previous) != (head_seq, head_hash):
        yield Broken(
            stream_id, head_seq, f"expected the chain to end at {head_seq}, but it ends at {seq}"
        )
