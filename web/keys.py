"""The key files that stand outside the database: made, read, checked; vault.py uses them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

SERVER_KEY = "server.key"
UNMASK_PUBLIC_KEY = "unmask.pub"
SIGNING_PUBLIC_KEY = "signing.pub"


class KeyProblem(Exception):
    """Expected the key files to be in place, but they are not."""


def create(folder: Path, unmask_private_key: Path) -> None:
    """Make a new server key and a new unmask key pair; never overwrite one.

    The unmask private key is written to `unmask_private_key` alone, for somebody to carry away:
    whoever has it and the database can tell who wrote which anonymous answer.
    """
    for path in (folder / SERVER_KEY, folder / UNMASK_PUBLIC_KEY, unmask_private_key):
        if path.exists():
            raise KeyProblem(
                f"Expected to write {path} anew, but it exists; keys are never overwritten."
            )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = X25519PrivateKey.generate()
    _write_secret(folder / SERVER_KEY, Fernet.generate_key())
    _write_secret(unmask_private_key, _private_pem(private))
    (folder / UNMASK_PUBLIC_KEY).write_bytes(_public_pem(private.public_key()))


def create_without_unmasking(folder: Path) -> None:
    """Make the keys of a demo, unless there are some, and throw the unmask private key away."""
    if (folder / SERVER_KEY).exists():
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_secret(folder / SERVER_KEY, Fernet.generate_key())
    (folder / UNMASK_PUBLIC_KEY).write_bytes(_public_pem(X25519PrivateKey.generate().public_key()))


def create_signing_key(path: Path) -> None:
    """Make the key that signs checkpoints, unless it is there; its public half beside it."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = Ed25519PrivateKey.generate()
    _write_secret(path, _private_pem(key))
    path.with_name(SIGNING_PUBLIC_KEY).write_bytes(_public_pem(key.public_key()))


def signing_key(path: Path) -> Ed25519PrivateKey:
    """Read the key that signs checkpoints."""
    if not path.exists():
        raise KeyProblem(
            f"Expected the key that signs checkpoints in {path}, but there is none;"
            " `alur keys` makes it."
        )
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyProblem(f"Expected an Ed25519 private key in {path}, but it is another kind.")
    return key


def server_key(folder: Path) -> bytes:
    """Read the server's key, and refuse one that others on this machine may read."""
    path = folder / SERVER_KEY
    if not path.exists():
        raise KeyProblem(
            f"Expected the server's key in {path}, but there is none; `alur keys` makes it."
        )
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyProblem(
            f"Expected {path} to be readable by its owner alone (0600), but it is not."
        )
    return path.read_bytes()


def unmask_public_key(folder: Path) -> X25519PublicKey:
    """Read the public half of the unmask key."""
    path = folder / UNMASK_PUBLIC_KEY
    if not path.exists():
        raise KeyProblem(
            f"Expected the unmask public key in {path}, but there is none; `alur keys` makes it."
        )
    key = serialization.load_pem_public_key(path.read_bytes())
    if not isinstance(key, X25519PublicKey):
        raise KeyProblem(f"Expected an X25519 public key in {path}, but it is another kind.")
    return key


def unmask_private_key(path: Path) -> X25519PrivateKey:
    """Read the private half, on a machine that is not this server."""
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, X25519PrivateKey):
        raise KeyProblem(f"Expected an X25519 private key in {path}, but it is another kind.")
    return key


def _write_secret(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _private_pem(key: X25519PrivateKey | Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _public_pem(key: X25519PublicKey | Ed25519PublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
