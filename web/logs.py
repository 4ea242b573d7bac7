"""What is written down while Alur runs: problems in words, or everything as lines of JSON.

No line holds an answer, a name, an address or a path with a number in it; a person is an id, and
not even that where tasks are worked on, since anonymous ones are among them.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any, TextIO

import structlog

from engine.ports import Executed

FORMATS = ("text", "json")
_log = structlog.stdlib.get_logger("alur")
_plain = logging.getLogger("alur")
_QUIET = ("alembic", "werkzeug", "gunicorn.access", "celery", "kombu", "amqp")


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
# At once, since without a word structlog prints everything: commands of the terminal are not to.
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_SHARED,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=False,
)


def set_up(form: str, stream: TextIO | None = None) -> None:
    """Have this process log: `text`, problems in words, or `json`, a line for everything."""
    ends: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if form == "json":
        ends += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        # Without the values of variables, which rich would show: they hold answers, and asking for
        # them may fail again.
        plain = structlog.dev.plain_traceback
        ends.append(structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain))
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_SHARED, processors=ends)
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("alur").setLevel(logging.INFO if form == "json" else logging.WARNING)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def watch(count: Callable[[Executed], None]) -> Callable[[Executed], None]:
    """Give what the engine tells of each command: it is logged and counted."""

    def told(done: Executed) -> None:
        count(done)
        if not _plain.isEnabledFor(logging.INFO):  # asked first, since building a line costs more
            return
        _log.info(
            "command",
            command=done.command,
            outcome=done.outcome,
            ms=round(done.seconds * 1000, 1),
            retries=done.retries,
            channel=done.channel,
            person_id=done.person_id,
        )

    return told


def request(*, method: str, route: str, status: int, seconds: float, person_id: int | None) -> None:
    """Write a line about a request that was answered."""
    if not _plain.isEnabledFor(logging.INFO):
        return
    _log.info(
        "request",
        method=method,
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
        person_id=person_id,
    )
