"""Signs checkpoints with the key file; the public half is what others check with."""

from __future__ import annotations

import re
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from engine.queries.tree import Checkpoint, opened
from web import keys


class KeyNotary:
    """The engine's `Notary` port over an Ed25519 key."""

    def __init__(self, origin: str, key: Ed25519PrivateKey) -> None:
        self.origin = origin
        self.public_key = key.public_key().public_bytes_raw()
        self._key = key

    @classmethod
    def in_memory(cls, origin: str = "alur.example/history") -> KeyNotary:
        """Give a notary whose key dies with it; for scenarios and tests."""
        return cls(origin, Ed25519PrivateKey.generate())

    @classmethod
    def open(cls, path: Path, origin: str) -> KeyNotary:
        """Read the key file, or say that it is missing."""
        return cls(origin, keys.signing_key(path))

    def sign(self, text: bytes) -> bytes:
        """Give the signature, 64 bytes."""
        return self._key.sign(text)

    def open_note(self, note: str) -> Checkpoint:
        """Read a checkpoint that this notary signed; raise NotACheckpoint for any other."""
        return open_note(note, self.public_key)


def open_note(note: str, public_key: bytes) -> Checkpoint:
    """Read a checkpoint signed by a key (32 bytes); raise NotACheckpoint where it was not."""
    return opened(note, public_key, Ed25519PublicKey.from_public_bytes(public_key).verify)


def origin_of(city: str) -> str:
    """Name the log of a city, as checkpoints do: Kota Contoh's is kota-contoh/alur."""
    return re.sub(r"[^a-z0-9]+", "-", city.lower()).strip("-") + "/alur"
