"""A real mail server in the drill's own process: it remembers what it took, and may hang."""

from __future__ import annotations

import asyncio
import email
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.rig.cluster import free_port

_TASK = re.compile(rb"/tasks/(\d+)")


@dataclass
class Letters:
    """Message-IDs and tasks of what arrived; while `hangs`, a letter is not answered."""

    url: str = ""
    hangs: bool = False
    ids: Counter[str] = field(default_factory=Counter)
    tasks: Counter[int] = field(default_factory=Counter)
    hung: int = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Take a letter."""
        if self.hangs:
            self.hung += 1
            while self.hangs:
                await asyncio.sleep(0.1)
            return "451 try again later"
        parsed = email.message_from_bytes(envelope.content)
        self.ids[str(parsed["Message-ID"])] += 1
        body = b"".join(
            bytes(part.get_payload(decode=True) or b"")
            for part in parsed.walk()
            if part.get_content_type() == "text/plain"
        )
        if found := _TASK.search(body):
            self.tasks[int(found[1])] += 1
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[Letters]:
    """Run a mail server until the block ends."""
    from aiosmtpd.controller import Controller

    taken = Letters()
    port = free_port()
    server = Controller(taken, hostname="127.0.0.1", port=port)
    server.start()
    taken.url = f"smtp://127.0.0.1:{port}"
    try:
        yield taken
    finally:
        taken.hangs = False
        server.stop()
