"""The `import` figure: a directory file of 50,000 people into an empty directory, and again.

Each run is a process of its own, so that its peak of memory is its own: what it had before the file
is taken off.  Checks, writes and history events are all in it.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bench import databases

PEOPLE = 50_000
_COLUMNS = (
    *("nip", "nama", "golongan", "kode_unit", "nama_unit", "kode_unit_induk", "jabatan"),
    *("jenis_jabatan", "kelas", "nip_atasan", "email", "tmt_jabatan"),
)
_TEAM = 12


@dataclass(frozen=True)
class Figure:
    """Seconds and megabytes of memory of a first import, and seconds of the same file again."""

    database: str
    people: int
    seconds: float
    again_seconds: float
    memory_mb: float


def figures(people: int = PEOPLE) -> Iterator[Figure]:
    """Bring so many people in, on each kind of database."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "pegawai.csv"
        write(file, people)
        for kind in databases.kinds():
            with databases.new(kind, Path(name)) as url:
                told = _measured(url, file)
                yield Figure(kind, people, **told)


def write(file: Path, people: int) -> None:
    """Write a directory of teams of twelve, each under a leader, offices of some hundred."""
    from hr.directory import nip

    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, _COLUMNS)
        writer.writeheader()
        chief = leader = ""
        for number in range(people):
            # Synthetic sequences are a hundred a birthday and month of entry: birthdays vary.
            born = date.fromordinal(date(1970, 1, 1).toordinal() + number // 100)
            started = date(born.year + 25, 1 + born.day % 12, 1)
            own = nip.synthetic(born, started, nip.MALE, 900 + number % 100)
            unit, place = divmod(number, _TEAM)
            if number % (_TEAM * 40) == 0:
                chief = own
            if place == 0:
                leader = own
            above = chief if place == 0 else leader
            writer.writerow(
                {
                    "nip": own,
                    "nama": f"Pegawai {number}",
                    "golongan": "III/a",
                    "kode_unit": f"U{unit}",
                    "nama_unit": f"Seksi {unit}",
                    "jabatan": f"Kepala Seksi {unit}" if place == 0 else f"Staf {unit}",
                    "jenis_jabatan": "PENGAWAS" if place == 0 else "PELAKSANA",
                    "kelas": 9 if place == 0 else 6,
                    "nip_atasan": "" if above == own else above,
                    "email": f"p{number}@example.test",
                    "tmt_jabatan": "2024-01-01",
                }
            )


def _measured(url: str, file: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.bringing_in", url, str(file)],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _run(url: str, file: Path) -> dict[str, float]:
    import resource
    from datetime import UTC, datetime

    from engine import Engine, open_database
    from hr.intake.commands import ImportDirectory
    from hr.process_bindings import ports
    from hr.sheets import Sheet
    from web.attempts import NoAttempts
    from web.migrations import schema
    from web.vault import KeyVault

    database = open_database(url)
    now = datetime.now(UTC)
    schema.upgrade(database, now)
    engine = Engine(database, ports(KeyVault.in_memory(), NoAttempts()))
    command = ImportDirectory(sheet=Sheet(file.name, path=file))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    engine.execute(command)
    first = time.monotonic()
    engine.execute(command)
    again = time.monotonic()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": round(first - began, 1),
        "again_seconds": round(again - first, 1),
        "memory_mb": round((peak - before) / 1024, 1),
    }


if __name__ == "__main__":
    print(json.dumps(_run(sys.argv[1], Path(sys.argv[2]))))
