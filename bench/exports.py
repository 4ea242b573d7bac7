"""The `exports` figure: the memory that an event log of a million events takes, by form.

Each form is written in a process of its own, from a log that is made as it is read.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine.queries.event_log import LoggedCase, LoggedEvent

EVENTS = 1_000_000
_PER_CASE = 20
_PEOPLE, _UNITS = 15_000, 300
_BEGAN = datetime(2026, 1, 5, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Figure:
    """What one export took.

    start_mb -- resident in the process before it, all modules imported; grew_mb -- the most that
    was resident at any time of the export above that (the kernel's high-water mark, put back to
    what is resident before the export begins)
    """

    form: str
    anonymous: bool
    events: int
    start_mb: float
    grew_mb: float
    seconds: float
    file_mb: float


def figures(events: int = EVENTS) -> Iterator[Figure]:
    """Write every form, and XES once more without names."""
    from web.exporting import WRITERS

    for form, anonymous in [*((form, False) for form in WRITERS), ("xes", True)]:
        command = [sys.executable, "-m", "bench.exports", form, str(events), str(int(anonymous))]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        yield Figure(**json.loads(said))


def measured(form: str, events: int, anonymous: bool) -> Figure:
    """Write one form here, and see what that took."""
    from web.exporting import WRITERS
    from web.exporting.pseudonyms import pseudonymised

    log = made_log(events)
    if anonymous:
        log = pseudonymised(log, b"key", lambda path: path.count("/") * 3)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "export"
        WRITERS[form](made_log(_PER_CASE), file)  # what a first one brings along
        Path("/proc/self/clear_refs").write_text("5")
        start, began = resident("VmRSS"), time.monotonic()
        rows = WRITERS[form](log, file)
        took = time.monotonic() - began
        return Figure(
            form,
            anonymous,
            rows,
            round(start, 1),
            round(resident("VmHWM") - start, 1),
            round(took, 1),
            round(file.stat().st_size / 1e6, 1),
        )


def made_log(events: int) -> Iterator[tuple[LoggedCase, Iterator[LoggedEvent]]]:
    """Give cases of twenty events each, as the history has them; nothing of it is kept."""
    for number in range(events // _PER_CASE):
        began = _BEGAN + timedelta(minutes=number)
        unit = f"/01/{number % _UNITS:03d}/"
        case = LoggedCase(
            id=number + 1,
            case_no=f"P04/2026Q1/{number + 1:06d}",
            process_key="quarterly_evaluation",
            process_name="Evaluasi triwulan 360",
            version=1,
            definition_sha256="ab" * 32,
            subject_id=number % _PEOPLE + 1,
            unit=unit,
            period="2026Q1",
            state="COMPLETED",
            title=f"Evaluasi triwulan, pegawai {number}",
            started_at=began,
            ended_at=began + timedelta(days=9),
        )
        yield case, (_event(case, seq) for seq in range(1, _PER_CASE + 1))


def _event(case: LoggedCase, seq: int) -> LoggedEvent:
    person = (case.id * 7 + seq) % _PEOPLE + 1
    return LoggedEvent(
        seq=seq,
        at=case.started_at + timedelta(hours=seq),
        kind="TASK_COMPLETED",
        activity=f"Langkah {seq}",
        element_id=f"step_{seq}",
        transition="complete",
        person_id=person,
        person=f"Pegawai {person}",
        post=f"Analis {person % 40}",
        unit=f"Bagian {person % _UNITS}",
        on_behalf_of=None,
        lane="RTR",
        outcome="OK",
        reason="Sesuai bukti yang dilampirkan",
        task_id=case.id * 100 + seq,
        hash=f"{case.id:032x}{seq:032x}",
        detail={"form_key": "final_rating", "step": seq},
    )


def resident(name: str) -> float:
    """Give a figure of the kernel about this process, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        form, events, anonymous = sys.argv[1:]
        print(json.dumps(asdict(measured(form, int(events), anonymous == "1"))))
    else:
        for figure in figures():
            print(figure)
