"""What the engine encrypts: `seal` what this server must read again, `mask` what it must not."""

from __future__ import annotations

from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from web import keys

# The purpose is bound to the ciphertext, so that it cannot be passed off as something else.
_PURPOSE = b"alur unmask 1"


class KeyVault:
    """The engine's `Vault` port over the key files."""

    def __init__(self, server_key: bytes, unmask_key: X25519PublicKey) -> None:
        self._fernet = Fernet(server_key)
        self._unmask_key = unmask_key

    @classmethod
    def in_memory(cls) -> KeyVault:
        """Give a vault whose keys die with it; for scenarios and tests."""
        return cls(Fernet.generate_key(), X25519PrivateKey.generate().public_key())

    @classmethod
    def open(cls, folder: Path) -> KeyVault:
        """Read the key files of a folder, or say which one is missing."""
        return cls(keys.server_key(folder), keys.unmask_public_key(folder))

    def seal(self, text: str) -> str:
        """Encrypt under the server's key."""
        return self._fernet.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """Decrypt what `seal` gave."""
        return self._fernet.decrypt(sealed.encode()).decode()

    def mask(self, text: str) -> bytes:
        """Encrypt to the unmask public key; equal texts give unequal results of equal length."""
        padded = text.encode().ljust(32, b" ")
        return _suite().encrypt(padded, self._unmask_key, info=_PURPOSE)


def unmask(masked: bytes, key: X25519PrivateKey) -> str:
    """Decrypt what `mask` gave; only where the private key is."""
    return _suite().decrypt(masked, key, info=_PURPOSE).decode().rstrip(" ")


def _suite() -> Suite:
    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
