"""What every drill ends with: a table for people, a JSON line for scripts, and an exit status."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.rig.oracle import Verdict


def parser(name: str, doc: str) -> argparse.ArgumentParser:
    """Give the options that most drills have; told to end, a drill takes its site down first."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    made = argparse.ArgumentParser(prog=f"alur drill {name}", description=doc.splitlines()[0])
    made.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    made.add_argument("--json", action="store_true", help="write one JSON object and nothing else")
    return made


@contextmanager
def database(kind: str, folder: Path) -> Iterator[Any]:
    """Give the URL of a database of a drill's own, and its server, or None for an SQLite file."""
    from bench.rig.cluster import cluster

    if kind == "sqlite":
        yield f"sqlite:///{folder / 'alur.db'}", None
        return
    with cluster(folder / "postgresql") as server:
        yield server.url, server


@contextmanager
def place() -> Iterator[Path]:
    """Give a folder that every process may read, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="alur-drill-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def finish(name: str, options: argparse.Namespace, verdict: Verdict) -> None:
    """Tell what came out, and end with status 1 where something was wrong."""
    said = {
        "drill": name,
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        **{key: value for key, value in vars(options).items() if key != "json"},
        **verdict.figures,
        "faults": verdict.faults,
    }
    if not options.json:
        table = Table("what", "figure")
        for key, value in said.items():
            table.add_row(key, "; ".join(value) or "none" if key == "faults" else str(value))
        Console().print(table)
    print(json.dumps(said))
    sys.exit(1 if verdict.faults else 0)
