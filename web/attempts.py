"""A journal of running work as locked files: a killed process leaves its file behind, unlocked."""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from threading import get_ident


class AttemptFiles:
    """The engine's `Attempts` port: one small file per key, held by flock while the work runs.

    The file holds one byte per begin.  The kernel releases `flock` when a process dies, so an
    unlocked file means a dead one; a locked file means that another process is still at it,
    and counts as no crash.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[tuple[str, int], int] = {}  # by key and thread: two clicks share a key
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def begin(self, key: str) -> int:
        """Note that work on this key begins, and say how often it began before and never ended."""
        descriptor = self._lock(self._path(key))
        if descriptor is None:
            return 0
        crashes = len(os.read(descriptor, 1000))
        # One byte per begin: written before the work, so that the next one sees it.  What a process
        # wrote outlives it; only a machine that dies could lose it, and that was no one's form.
        os.write(descriptor, b"x")
        self._held[key, get_ident()] = descriptor
        return crashes

    def finish(self, key: str) -> None:
        """Note that work on this key ended, well or with an error."""
        descriptor = self._held.pop((key, get_ident()), None)
        if descriptor is None:
            return
        with suppress(FileNotFoundError):
            self._path(key).unlink()
        os.close(descriptor)

    def _lock(self, path: Path) -> int | None:
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return None
            if os.fstat(descriptor).st_nlink:
                return descriptor
            # Its holder finished and removed it between our open and our lock.
            os.close(descriptor)

    def _path(self, key: str) -> Path:
        return self._folder / hashlib.sha256(key.encode()).hexdigest()


class NoAttempts:
    """An `Attempts` port for databases in memory, which do not outlive their process either."""

    def begin(self, key: str) -> int:
        """Nothing began before: a crash would have taken the database with it."""
        return 0

    def finish(self, key: str) -> None:
        """Nothing to note."""
