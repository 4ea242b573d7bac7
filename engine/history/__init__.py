"""What can happen, as frozen events; their canonical text and chain.  Pure: no database here."""

from engine.history.canonical import canonical
from engine.history.chain import (
    DIGEST,
    Broken,
    event_hash,
    hashed_columns,
    value_digest,
    verify,
)
from engine.history.events import Event
from engine.history.said import Said, said
from engine.history.sealing import UNREADABLE, pack, pack_body, text_of, unpack

__all__ = [
    "DIGEST",
    "UNREADABLE",
    "Broken",
    "Event",
    "Said",
    "canonical",
    "event_hash",
    "hashed_columns",
    "pack",
    "pack_body",
    "said",
    "text_of",
    "unpack",
    "value_digest",
    "verify",
]
