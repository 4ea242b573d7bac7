"""A checkpoint of the tree as signed text, and the leaf of a batch of events.  Pure: no keys here.

The text form is C2SP's tlog-checkpoint inside a signed note: origin, size and root, a line each; an
empty line; then a line for each signature.  Any tool that reads such logs can check it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from engine.history.merkle import leaf_hash

_ED25519 = b"\x01"  # the algorithm's number in signed notes
_MARK = "— "


class NotACheckpoint(ValueError):
    """Expected the text of a signed checkpoint, but it is not one."""


@dataclass(frozen=True)
class Checkpoint:
    """How large a log's tree was, and its root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Give what is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def batch_leaf(stream_id: int, first: int, last: int, root: bytes) -> bytes:
    """Give the leaf hash of events `first` to `last` of a stream; `root` is that of their hashes.

    A stream's events enter the tree in batches, so that the tree grows with what people do and not
    with every element that a case runs through; one event is proved by two short proofs.
    """
    return leaf_hash(f"alur batch 1|{stream_id}|{first}|{last}|{root.hex()}".encode())


def key_hash(name: str, public_key: bytes) -> bytes:
    """Give the four bytes by which a signature names its key (Ed25519's 32 bytes)."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def signed(checkpoint: Checkpoint, public_key: bytes, sign: Callable[[bytes], bytes]) -> str:
    """Give the note: the checkpoint and its signature under the origin's name."""
    text, name = checkpoint.text(), checkpoint.origin
    signature = key_hash(name, public_key) + sign(text.encode())
    return f"{text}\n{_MARK}{name} {base64.b64encode(signature).decode()}\n"


def opened(note: str, public_key: bytes, verify: Callable[[bytes, bytes], None]) -> Checkpoint:
    """Read a note and check its signature; raise NotACheckpoint where one of them does not hold.

    verify -- called with signature and text; raises where the signature is not the key's
    """
    text, _, below = note.partition("\n\n")
    text += "\n"
    checkpoint = _read(text)
    wanted = key_hash(checkpoint.origin, public_key)
    for line in below.splitlines():
        name, _, encoded = line.removeprefix(_MARK).rpartition(" ")
        raw = _decoded(encoded)
        if line.startswith(_MARK) and name == checkpoint.origin and raw[:4] == wanted:
            try:
                verify(raw[4:], text.encode())
            except Exception as error:
                raise NotACheckpoint("Expected the log's signature, but it is forged.") from error
            return checkpoint
    raise NotACheckpoint("Expected a signature by the log's key, but there is none.")


def _read(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0] or not lines[1].isdecimal():
        raise NotACheckpoint
    root = _decoded(lines[2])
    if len(root) != 32 or str(int(lines[1])) != lines[1]:
        raise NotACheckpoint
    return Checkpoint(lines[0], int(lines[1]), root)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
