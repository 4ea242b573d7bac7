"""How bodies and sealed values rest: as they are, or packed where that is shorter."""

from __future__ import annotations

import zlib
from functools import lru_cache

# A text is JSON, which never begins with this byte.
_PACKED = b"\x01"
_WORTHWHILE = 60  # bytes of a value, which is like no other
_ALIKE = 20  # bytes of a body: mostly words that all have in common, and a name
# What the texts of events have in common; part of the format, so it never changes: another
# dictionary would be another first byte.
_COMMON = (
    b'{"t":{"/":"date"},"v":[{"label":"","value":"","name":"true,false,null,"unit":"target":'
    b'"actual":"code":"text":"note":"items":[{"{"detail":{"reason":"","assignee_id":"'
    b'candidate_group":"G","due_at":"2026-T09:00:00+00:00"},"detail":{"decision_id":"","rules":["'
    b'{"by":{"address":"127.0.0.1","channel":"WORKER"},"command":"{"by":{"channel":"WEB","name":"",'
    b'"post":"Kepala Bidang Seksi Badan Dinas ","session":"","unit":"Seksi "},"command":"","detail"'
    b':{"form_key":"","form_sha256":"","result":""},"sealed":["answers"]}{"detail":{"elements":["",'
    b'"flows":["_to_","sealed":["inputs","value"]}{"detail":{"name":""},"sealed":["new"]}'
)


def pack(text: str, over: int = _WORTHWHILE) -> bytes:
    """Give the bytes to store for a text: as it is, or `\\x01` and a raw deflate stream.

    over -- up to so many bytes it is not tried
    """
    plain = text.encode()
    if len(plain) <= over:
        return plain
    press = zlib.compressobj(6, zlib.DEFLATED, -12, 5, zlib.Z_DEFAULT_STRATEGY, _COMMON)
    packed = _PACKED + press.compress(plain) + press.flush()
    return packed if len(packed) < len(plain) else plain


def pack_body(text: str) -> bytes:
    """Give the same for an event's body; those of most events are short, and come again and again.

    Two thirds of the events say that a variable changed, and of these a body holds the name alone.
    """
    return pack(text, _ALIKE) if len(text) > _WORTHWHILE else _pack_short(text)


@lru_cache(maxsize=2048)
def _pack_short(text: str) -> bytes:
    return pack(text, _ALIKE)


UNREADABLE = "\x00"  # no text of ours: whatever it stands for was altered


def text_of(stored: object) -> str:
    """Give the text of what stands in a table, or UNREADABLE; who verifies must not stumble."""
    if not isinstance(stored, bytes):
        return UNREADABLE
    try:
        return unpack(stored)
    except ValueError:
        return UNREADABLE


def unpack(stored: bytes) -> str:
    """Give the text again; raise ValueError where the bytes are not what `pack` made."""
    if stored[:1] != _PACKED:
        return stored.decode()
    try:
        opened = zlib.decompressobj(-12, zdict=_COMMON)
        return (opened.decompress(stored[1:]) + opened.flush()).decode()
    except zlib.error as error:
        raise ValueError("Expected a packed text, but it cannot be read.") from error
