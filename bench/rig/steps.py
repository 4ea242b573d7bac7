"""Steps of a drill that goes on where it was ended: its clock, what is done, slow statements."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy import event

_ASKED = re.compile(r"%\(\w+\)s(?:::[A-Z]+(?: WITH(?:OUT)? TIME ZONE)?)?")  # PostgreSQL's
_MANY = re.compile(r"\((?:\?, )+\?\)(?:, \((?:\?, )+\?\))*")
_TOLD = 5
_LEASES, _NONE = timedelta(minutes=15), timedelta(0)


class Clock:
    """The time of a drill; whoever moves it has it kept."""

    def __init__(self, begin: datetime) -> None:
        self.now = begin
        self.keep: Callable[[], None] = lambda: None

    def __call__(self) -> datetime:
        """Give it."""
        return self.now

    def set(self, now: datetime) -> None:
        """Move it."""
        self.now = now
        self.keep()


class Slowest:
    """How long statements take: `seen` holds times, milliseconds in all, and those of the slowest.

    The second of two engines in one process would measure nothing: it listens to one database.
    """

    def __init__(self, database: Database, seen: dict[str, list[float]]) -> None:
        self.seen = seen
        self._began = 0.0
        event.listen(database, "before_cursor_execute", self._begin)
        event.listen(database, "after_cursor_execute", self._end)

    def _begin(self, *_: Any) -> None:
        self._began = time.perf_counter()

    def _end(self, _connection: Any, _cursor: Any, said: str, *_: Any) -> None:
        took = 1000 * (time.perf_counter() - self._began)
        plain = _MANY.sub("(?, ...)", _ASKED.sub("?", " ".join(said.split())))
        one = self.seen.setdefault(plain, [0, 0.0, 0.0])
        one[0] += 1
        one[1] += took
        one[2] = max(one[2], took)

    def worst(self) -> list[str]:
        """Tell which took most in all, and which took longest once."""
        by_sum = sorted(self.seen.items(), key=lambda one: -one[1][1])[:_TOLD]
        by_once = sorted(self.seen.items(), key=lambda one: -one[1][2])[:_TOLD]
        return [
            f"{times:.0f} times, {total / 1000:.1f} s in all, {most:.0f} ms at most: {said[:160]}"
            for said, (times, total, most) in dict(by_sum + by_once).items()
        ]


class Steps:
    """What has been done, kept beside the database, so that a drill that was ended goes on."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self.file, self.clock = file, clock
        self.kept: dict[str, Any] = {
            "seconds": {},
            "cpu": {},
            "partly": {},
            "now": clock.now.isoformat(),
            "campaigns": [],
            "statements": {},
            "done": {},
        }
        if file.exists():
            self.kept |= json.loads(file.read_text())
        # What was ended held jobs until their leases end, by this clock.
        clock.now = datetime.fromisoformat(self.kept["now"]) + (_LEASES if file.exists() else _NONE)
        clock.keep = self.keep

    def keep(self) -> None:
        """Write down how far it is; a file half written would not be read again."""
        self.kept["now"] = self.clock.now.isoformat()
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(self.kept, indent=1))
        new.replace(self.file)

    def once(self, name: str, do: Callable[[], object], year: Any = None) -> None:
        """Do a step unless it was done before; of a year its campaigns and acts are kept."""
        if name in self.kept["seconds"]:
            return
        before = self.kept["partly"].pop(name, [0.0, 0.0])
        began, worked = time.monotonic(), time.process_time()
        done = False
        try:
            do()
            done = True
        finally:
            spent = [time.monotonic() - began, time.process_time() - worked]
            took = [round(one + other, 1) for one, other in zip(before, spent, strict=True)]
            if not done:  # told to end in the middle: what was spent counts when it goes on
                self.kept["partly"][name] = took
                self.keep()
        self.kept["seconds"][name], self.kept["cpu"][name] = took
        if year is not None:
            self.kept["campaigns"] = year.campaigns
            for element, times in year.done.items():
                self.kept["done"][element] = self.kept["done"].get(element, 0) + times
            year.done.clear()
        self.keep()
        print(f"{name}: {self.kept['seconds'][name]} s, {self.kept['cpu'][name]} CPU", flush=True)
