"""Where files are kept if not in a folder: anything fsspec has a name for, such as S3."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from web.filing import checked

_UNSENT = "unsent"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class FileBucket:
    """Keeps files under an address such as `s3://bucket/alur`: `ab/cdef...`, as FileFolder does.

    Login and address of an S3-compatible server come from where its library looks for them:
    AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL.
    """

    url: str
    _opened: dict[int, tuple[Any, str]] = field(default_factory=dict, repr=False, compare=False)

    def put(self, data: bytes, *, unsent: bool = False) -> str:
        """Keep some bytes and give their SHA-256; the store has them when this returns."""
        system, _ = self._system()
        sha256 = hashlib.sha256(data).hexdigest()
        place = self._place(sha256)
        if system.exists(place):
            return sha256
        # Sent once more, it waits from now on: the store notes when it was written last.
        system.pipe_file(self._waiting(sha256) if unsent else place, data)
        return sha256

    def keep(self, sha256: str) -> None:
        """Move what waited to where it stays."""
        system, _ = self._system()
        waiting, place = self._waiting(sha256), self._place(sha256)
        if system.exists(waiting) and not system.exists(place):
            system.mv(waiting, place)

    def sweep(self, before: datetime, but: Collection[str]) -> int:
        """Delete what has waited longer, by the clock of the store."""
        system, root = self._system()
        swept = 0
        for path in system.glob(f"{root}/{_UNSENT}/??/*"):
            name = "".join(path.rsplit("/", 2)[-2:])
            if name not in but and _utc(system.modified(path)) < before:
                system.rm_file(path)
                swept += 1
        return swept

    def get(self, sha256: str) -> bytes:
        """Give what was kept; a file that was altered is as good as lost."""
        data = b""
        if _SHA256.fullmatch(sha256):
            data = self._read(self._waiting(sha256)) or self._read(self._place(sha256))
        return checked(sha256, data)

    def _read(self, path: str) -> bytes:
        # Kept, swept or moved meanwhile: whoever reads looks in both places.
        try:
            return bytes(self._system()[0].cat_file(path))
        except FileNotFoundError:
            return b""

    def _waiting(self, sha256: str) -> str:
        return f"{self._system()[1]}/{_UNSENT}/{sha256[:2]}/{sha256[2:]}"

    def _place(self, sha256: str) -> str:
        return f"{self._system()[1]}/{sha256[:2]}/{sha256[2:]}"

    def _system(self) -> tuple[Any, str]:
        """Open the store once per process: its connections do not survive a fork."""
        known = self._opened.get(os.getpid())
        if known is None:
            from fsspec.core import url_to_fs

            system, root = url_to_fs(self.url, use_listings_cache=False, skip_instance_cache=True)
            known = self._opened[os.getpid()] = (system, root.rstrip("/"))
        return known


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
