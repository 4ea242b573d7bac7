"""The drill `soak`: twice the city's peak for a long time; memory and file handles stay flat.

    alur drill soak --minutes 30

The peak: 15,000 employees hand in on one working day of eight hours, each with two submissions; in
its busiest hour a fifth of them.  That is 1.7 submissions a second, and here 3.4.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from statistics import median
from threading import Event, Thread

from bench.rig.letters import mail_server
from bench.rig.oracle import Verdict, judge, settle
from bench.rig.people import people
from bench.rig.report import database, finish, parser, place
from bench.rig.site import PEOPLE, Site, engine_of, sessions, site, start_cases

PER_SECOND = 2 * 15_000 * 2 / 5 / 3600
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    """Keep the pace, look at the processes every few seconds, compare the ends of the run."""
    options = parser("soak", __doc__ or "")
    options.add_argument("--minutes", type=float, default=30)
    used = options.parse_args()
    seen: list[tuple[float, int]] = []
    stop = Event()
    submissions = PER_SECOND * used.minutes * 60
    with (
        place() as folder,
        mail_server() as letters,
        database(used.database, folder) as (url, _),
        site(folder, url, smtp_url=letters.url) as made,
    ):
        engine = engine_of(made.settings)
        start_cases(engine, int(submissions / 2 / len(PEOPLE) * 1.3) + 2)
        cookies = sessions(engine)
        made.start()
        # Each of eight browsers: a list, a page, a submission, and a pause; together they are a
        # little faster than the pace, since each also waits for its pages.
        watch = Thread(target=_watch, args=(made, seen, stop), daemon=True)
        watch.start()
        began = time.monotonic()
        with people(made.settings.port, cookies, think=5.5 / PER_SECOND) as record:
            time.sleep(used.minutes * 60)
        took = time.monotonic() - began
        stop.set()
        watch.join()
        settle(engine, 300)
        verdict = judge(engine, record, letters)
        verdict.figures["per_second"] = round(len(record.told) / took, 2)
        verdict.figures["processes_lost"] = made.lost
        engine.database.dispose()
    _flat(verdict, seen)
    finish("soak", used, verdict)


def _watch(made: Site, seen: list[tuple[float, int]], stop: Event) -> None:
    while not stop.wait(5):
        memory, handles = 0.0, 0
        for pid in made.pids():
            with suppress(OSError):
                memory += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_MB
                handles += len(os.listdir(f"/proc/{pid}/fd"))
        seen.append((memory, handles))


def _flat(verdict: Verdict, seen: list[tuple[float, int]]) -> None:
    """Compare the second fifth of the run, after everything has warmed up, with the last."""
    fifth = max(1, len(seen) // 5)
    early, late = seen[fifth : 2 * fifth], seen[-fifth:]
    if not early or not late:
        verdict.faults.append("too short to say anything about memory")
        return
    memory = median(m for m, _ in early), median(m for m, _ in late)
    handles = median(h for _, h in early), median(h for _, h in late)
    verdict.figures |= {
        "memory_mb": f"{memory[0]:.0f} to {memory[1]:.0f}",
        "file_handles": f"{handles[0]:.0f} to {handles[1]:.0f}",
    }
    if memory[1] > memory[0] * 1.15 + 10:
        verdict.faults.append(f"memory grew from {memory[0]:.0f} to {memory[1]:.0f} MB")
    if handles[1] > handles[0] * 1.2 + 10:
        verdict.faults.append(f"file handles grew from {handles[0]:.0f} to {handles[1]:.0f}")


if __name__ == "__main__":
    main()
