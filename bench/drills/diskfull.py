"""The drill `diskfull`: the disk under the database fills up while people work, and is freed again.

    alur drill diskfull --database postgresql --megabytes 220

SQLite gets a file that may not grow beyond some pages; PostgreSQL a small file system in memory,
for which the drill must be run by root.
"""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bench.rig.cluster import Cluster, cluster
from bench.rig.letters import mail_server
from bench.rig.oracle import judge, settle
from bench.rig.people import Record, people, until_at_work
from bench.rig.report import finish, parser, place
from bench.rig.site import engine_of, sessions, site, start_cases

if TYPE_CHECKING:
    from engine import Engine

_FILLER = "filler"


def main() -> None:
    """Fill, let people meet it, free, and judge."""
    options = parser("diskfull", __doc__ or "")
    options.add_argument("--megabytes", type=int, default=0, help="size; 0: what the kind needs")
    options.add_argument("--seconds", type=float, default=12, help="how long it stays full")
    options.add_argument("--cases", type=int, default=60, help="cases of each of six people")
    used = options.parse_args()
    size = used.megabytes or (300 if used.database == "postgresql" else 16)
    with (
        place() as folder,
        mail_server() as letters,
        _disk(folder / "disk", size) as disk,
        _database(used.database, disk) as (url, server),
        site(folder, url, smtp_url=letters.url) as made,
    ):
        engine = engine_of(made.settings)
        start_cases(engine, used.cases)
        cookies = sessions(engine)
        made.start()
        with people(made.settings.port, cookies) as record:
            until_at_work(record)
            with _long_reader(engine):
                _fill(disk)
                end = time.monotonic() + 90
                while not _met(record) and time.monotonic() < end:
                    time.sleep(0.5)
                time.sleep(used.seconds)
            met = _met(record)
            (disk / _FILLER).unlink()
            if server is not None:
                server.revive()  # it ends itself when its log cannot be written
            until_at_work(record, more=20, seconds=40)
        settle(engine, 240)
        verdict = judge(engine, record, letters)
        verdict.figures["answers_while_full_that_failed"] = met
        engine.database.dispose()
        made.stop()
    if not met:
        verdict.faults.append("nobody met the full disk: the drill has shown nothing")
    finish("diskfull", used, verdict)


def _met(record: Record) -> int:
    return sum(count for status, count in record.statuses.items() if status >= 500)


@contextlib.contextmanager
def _long_reader(engine: Engine) -> Iterator[None]:
    """Read for as long as the disk is full, as a backup does: SQLite's log then has to grow."""
    reading = engine.database.execution_options(alur_read=True)
    with reading.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM task")
        yield


@contextlib.contextmanager
def _disk(folder: Path, megabytes: int) -> Iterator[Path]:
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        raise SystemExit("Expected to mount a small file system, but only root may.")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


@contextlib.contextmanager
def _database(kind: str, disk: Path) -> Iterator[tuple[str, Cluster | None]]:
    if kind == "sqlite":
        yield f"sqlite:///{disk / 'alur.db'}", None
        return
    with cluster(disk / "postgresql") as server:
        yield server.url, server


def _fill(disk: Path) -> None:
    """Write until nothing more fits."""
    with (disk / _FILLER).open("wb") as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 65536)
            file.flush()


if __name__ == "__main__":
    main()
