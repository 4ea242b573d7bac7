"""Where files are kept: a folder beside the database, each under the SHA-256 of its content."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import NotFound

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class FileFolder:
    """Keeps files in a folder: `ab/cdef...`; a file that is there is never written again."""

    root: Path

    def put(self, data: bytes) -> str:
        """Keep some bytes and give their SHA-256; they are on the disk when this returns."""
        sha256 = hashlib.sha256(data).hexdigest()
        place = self._place(sha256)
        if place.exists():
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

    def get(self, sha256: str) -> bytes:
        """Give what was kept; a file that was altered is as good as lost."""
        data = b""
        if _SHA256.fullmatch(sha256):
            place = self._place(sha256)
            data = place.read_bytes() if place.is_file() else b""
        return _checked(sha256, data)

    def _place(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256[2:]


@dataclass(frozen=True)
class FilesInMemory:
    """Keeps files as long as the process lives, for scenarios and tests."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def put(self, data: bytes) -> str:
        """Keep some bytes and give their SHA-256."""
        sha256 = hashlib.sha256(data).hexdigest()
        self.kept[sha256] = data
        return sha256

    def get(self, sha256: str) -> bytes:
        """Give what was kept."""
        return _checked(sha256, self.kept.get(sha256, b""))


def _checked(sha256: str, data: bytes) -> bytes:
    if not data or hashlib.sha256(data).hexdigest() != sha256:
        raise NotFound(f"Expected a file {sha256[:12]}, but it is gone or was altered.")
    return data
