"""People at their browsers: each takes his tasks one by one, and sends again what got no answer."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from lxml import html

_LINK = re.compile(r'href="(/tasks/\d+)[?"]')
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_PATIENCE = 120.0


@dataclass(frozen=True)
class Told:
    """What somebody was told about a task: 303 accepted, 0 never an answer, else a refusal."""

    task_id: int
    status: int
    mark: str
    tries: int


@dataclass
class Record:
    """Everything that people were told, and how long each waited for his answer."""

    told: list[Told] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, one: Told, seconds: float) -> None:
        """Write down what one submission came to."""
        with self._lock:
            self.told.append(one)
            self.waits.append(seconds)

    def saw(self, status: int) -> None:
        """Count an answer, 0 for none."""
        with self._lock:
            self.statuses[status] = self.statuses.get(status, 0) + 1

    @property
    def accepted(self) -> dict[int, str]:
        """Give the mark of every task that was accepted."""
        return {one.task_id: one.mark for one in self.told if one.status == 303}


@dataclass
class Browser:
    """One person's browser."""

    port: int
    cookie: str
    record: Record
    stop: Event
    think: float
    reviewer: bool

    def run(self) -> None:
        """Do what waits, until told to stop."""
        seen: set[str] = set()
        while not self.stop.is_set():
            page = self._ask("GET", "/")
            waiting = [path for path in _LINK.findall(page or "") if path not in seen]
            if not waiting:
                seen.clear()
                self.stop.wait(max(self.think, 0.3))
                continue
            seen.add(waiting[0])
            self._do(waiting[0])
            self.stop.wait(self.think)

    def _do(self, path: str) -> None:
        page = self._ask("GET", path)
        form = _form(page, path) if page else None
        if form is None:
            return
        mark = uuid4().hex[:12]
        answers = (
            {"approved": "on", "note": mark} if self.reviewer else {"subject": mark, "days": "4"}
        )
        fields = urlencode({**form, **answers, "do": "complete"})
        began, tries, status = time.monotonic(), 0, 0
        # Who gets no answer, or a broken one, presses the same button again.
        while time.monotonic() - began < _PATIENCE and (status == 0 or status >= 500):
            tries += 1
            status = self._send(path, fields)
            if status == 0 or status >= 500:
                time.sleep(0.3)
        self.record.add(
            Told(int(path.rpartition("/")[2]), status, mark, tries), time.monotonic() - began
        )

    def _send(self, path: str, fields: str) -> int:
        try:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=40)
            connection.request("POST", path, fields, {**_FORM, "Cookie": self.cookie})
            answer = connection.getresponse()
            answer.read()
            connection.close()
            status = answer.status
        except (OSError, HTTPException):
            status = 0
        self.record.saw(status)
        return status

    def _ask(self, method: str, path: str) -> str | None:
        try:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=40)
            connection.request(method, path, headers={"Cookie": self.cookie})
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            connection.close()
        except (OSError, HTTPException):
            time.sleep(0.2)
            return None
        return text if answer.status == 200 else None


def _form(page: str, path: str) -> dict[str, str] | None:
    document = html.document_fromstring(page)
    for form in document.iterfind(".//form"):
        if form.get("action") == path:
            found: Any = form
            return {name: value or "" for name, value in found.form_values()}
    return None


@contextmanager
def people(
    port: int, cookies: dict[str, str], *, think: float = 0.05, reviewers: int = 2
) -> Iterator[Record]:
    """Let everybody work until the block ends; what is in the air then is waited for."""
    record, stop = Record(), Event()
    browsers = [
        Browser(port, cookie, record, stop, think, reviewer=code == "RTR")
        for code, cookie in cookies.items()
        for _ in range(reviewers if code == "RTR" else 1)
    ]
    threads = [Thread(target=browser.run, daemon=True) for browser in browsers]
    for thread in threads:
        thread.start()
    try:
        yield record
    finally:
        stop.set()
        for thread in threads:
            thread.join(_PATIENCE + 60)


def until_at_work(record: Record, more: int = 3, seconds: float = 25) -> None:
    """Wait until people hand in again: what is killed must be in the middle of something."""
    before, end = len(record.told), time.monotonic() + seconds
    while len(record.told) < before + more and time.monotonic() < end:
        time.sleep(0.05)
