"""The local executor: takes what is due (timers, due-date steps, jobs) and has the engine do it."""

from __future__ import annotations

import logging
from threading import Event as Signal
from typing import Any

from engine.api import Engine
from engine.commands import Command, FireTimers, PutOffJob, RunJob, ServeDueTask
from engine.errors import Busy, EngineError
from engine.queries import due

log = logging.getLogger(__name__)


class Worker:
    """Works off what is due; any number of them may run against one database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def run_due(self, limit: int = 200) -> int:
        """Do what is due now, until nothing is; give how many steps were taken."""
        done = 0
        while done < limit:
            round_ = self._round(limit - done)
            if round_ == 0:
                break
            done += round_
        return done

    def serve(self, stop: Signal, pause_seconds: float = 1.0) -> None:
        """Work until told to stop; whatever fails is noted and does not end the loop."""
        while not stop.is_set():
            try:
                busy = self.run_due()
            except Exception:
                log.exception("The worker could not look for due work.")
                busy = 0
            if not busy:
                stop.wait(pause_seconds)

    def _round(self, limit: int) -> int:
        work = self.engine.ask(due.work, now=self.engine.clock(), limit=limit)
        done = 0
        for instance_id in work.instances:
            done += self._alone(FireTimers(instance_id=instance_id))
        for task_id in work.tasks:
            done += self._alone(ServeDueTask(task_id=task_id))
        for job_id in work.jobs:
            done += self._job(job_id)
        return done

    def _alone(self, command: Command[Any]) -> int:
        # One case that cannot be moved is logged, and stops nobody else's work.
        try:
            result = self.engine.execute(command)
        except Busy:
            return 0
        except Exception:
            log.exception("Expected to do %s, but it failed.", command)
            return 0
        return int(result is None or result > 0)

    def _job(self, job_id: int) -> int:
        try:
            return int(self.engine.execute(RunJob(job_id=job_id)))
        except Busy:
            return 0
        except Exception as error:
            # What was not meant to be read may quote answers: the incident tells its kind alone.
            said = f": {error.message}" if isinstance(error, EngineError) else ""
            log.warning("Job %s failed (%s).", job_id, type(error).__name__, exc_info=error)
            self.engine.execute(PutOffJob(job_id=job_id, error=type(error).__name__ + said))
            return 1
