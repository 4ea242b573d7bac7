"""Whether the platform can work: its database, its schema, somebody who does what is due."""

from __future__ import annotations

import logging
from datetime import timedelta

from engine.queries import operations
from web import bootstrap
from web.bootstrap import Platform

# What is this late means that no worker runs.
_STANDSTILL = timedelta(minutes=15)
_log = logging.getLogger("alur.web")


def problem(platform: Platform) -> str:
    """Name what keeps the platform from working; empty when it can.

    unavailable -- no database; database -- revision, guards or stray events, as the log says;
    workers -- those known have fallen silent; standstill -- what is due is not done
    """
    now = platform.clock()
    try:
        problems = bootstrap.problems_of(platform.database)
        seen = platform.engine.ask(operations.overview, now=now)
        known = platform.engine.ask(operations.workers, now=now)
    except Exception:
        _log.exception("Expected the database to answer, but it did not.")
        return "unavailable"
    if problems:
        _log.error("Expected a database that is ready, but: %s", " ".join(problems))
        return "database"
    # A platform whose worker has never begun is being set up: only lateness tells.
    if known and not any(worker.alive for worker in known):
        return "workers"
    late = [span for span in (seen.jobs_late, seen.timers_late, seen.steps_late) if span]
    return "standstill" if late and max(late) > _STANDSTILL else ""
