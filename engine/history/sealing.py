"""How a sealed value rests: its exact text, or that text compressed where this is shorter."""

from __future__ import annotations

import zlib

# A text is JSON and begins with a brace, a quote or such; never with this byte.
_PACKED = b"\x01"
_WORTHWHILE = 80


def pack(text: str) -> bytes:
    """Give the bytes to store for a text: as it is, or `\\x01` and a raw deflate stream."""
    plain = text.encode()
    if len(plain) <= _WORTHWHILE:
        return plain
    press = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = _PACKED + press.compress(plain) + press.flush()
    return packed if len(packed) < len(plain) else plain


def unpack(stored: bytes) -> str:
    """Give the text again; raise ValueError where the bytes are not what `pack` made."""
    if stored[:1] != _PACKED:
        return stored.decode()
    try:
        return zlib.decompress(stored[1:], -15).decode()
    except zlib.error as error:
        raise ValueError("Expected a sealed value, but it cannot be read.") from error
