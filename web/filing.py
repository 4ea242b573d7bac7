"""Where files are kept: a folder beside the database, each under the SHA-256 of its content."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from engine.errors import NotFound

_UNSENT = "unsent"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class FileFolder:
    """Keeps files in a folder: `ab/cdef...`; a file that is there is never written again.

    What nobody has submitted yet waits in `unsent/ab/cdef...`.
    """

    root: Path

    def put(self, data: bytes, *, unsent: bool = False) -> str:
        """Keep some bytes and give their SHA-256; they are on the disk when this returns."""
        sha256 = hashlib.sha256(data).hexdigest()
        place = self._place(sha256)
        if place.exists():
            return sha256
        if unsent:
            place = self._waiting(sha256)
        if place.exists():
            os.utime(place)  # sent once more: it waits from now on
            return sha256
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return sha256

    def keep(self, sha256: str) -> None:
        """Move what waited to where it stays."""
        waiting, place = self._waiting(sha256), self._place(sha256)
        if waiting.exists() and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            os.replace(waiting, place)

    def sweep(self, before: datetime, but: Collection[str]) -> int:
        """Delete what has waited longer, by the clock of the disk."""
        swept = 0
        for path in (self.root / _UNSENT).glob("??/*"):
            name = path.parent.name + path.name
            if name not in but and path.stat().st_mtime < before.timestamp():
                path.unlink(missing_ok=True)
                swept += 1
        return swept

    def get(self, sha256: str) -> bytes:
        """Give what was kept; a file that was altered is as good as lost."""
        data = b""
        if _SHA256.fullmatch(sha256):
            data = _read(self._waiting(sha256)) or _read(self._place(sha256))
        return checked(sha256, data)

    def _waiting(self, sha256: str) -> Path:
        return self.root / _UNSENT / sha256[:2] / sha256[2:]

    def _place(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256[2:]


@dataclass(frozen=True)
class FilesInMemory:
    """Keeps files as long as the process lives, for scenarios and tests."""

    kept: dict[str, bytes] = field(default_factory=dict)
    waiting: dict[str, datetime] = field(default_factory=dict)  # since when, of those unsent

    def put(self, data: bytes, *, unsent: bool = False) -> str:
        """Keep some bytes and give their SHA-256."""
        sha256 = hashlib.sha256(data).hexdigest()
        if not unsent:
            self.waiting.pop(sha256, None)
        elif sha256 not in self.kept or sha256 in self.waiting:
            self.waiting[sha256] = datetime.now(UTC)
        self.kept[sha256] = data
        return sha256

    def keep(self, sha256: str) -> None:
        """Let what waited wait no more."""
        self.waiting.pop(sha256, None)

    def sweep(self, before: datetime, but: Collection[str]) -> int:
        """Forget what has waited longer."""
        found = [name for name, since in self.waiting.items() if since < before and name not in but]
        for name in found:
            del self.kept[name], self.waiting[name]
        return len(found)

    def get(self, sha256: str) -> bytes:
        """Give what was kept."""
        return checked(sha256, self.kept.get(sha256, b""))


def _read(place: Path) -> bytes:
    # Kept, swept or moved meanwhile: whoever reads looks in both places.
    try:
        return place.read_bytes()
    except FileNotFoundError:
        return b""


def checked(sha256: str, data: bytes) -> bytes:
    """Give bytes that are what their digest says; raises NotFound for any others."""
    if not data or hashlib.sha256(data).hexdigest() != sha256:
        raise NotFound(f"Expected a file {sha256[:12]}, but it is gone or was altered.")
    return data
