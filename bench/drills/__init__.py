"""Drills: long searches for trouble, run by hand; each module is one, with arguments of its own."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def names() -> list[str]:
    """Give the names of all drills."""
    return sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))


def run(name: str, arguments: Sequence[str] = ()) -> int:
    """Run a drill in a process of its own; gives 0 fine, 1 findings, 2 wrong use."""
    if name not in names():
        raise ValueError(f"Expected one of {', '.join(names())}, but got {name!r}.")
    command = [sys.executable, "-m", f"bench.drills.{name}", *arguments]
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    return status if status in (0, 2) else 1
