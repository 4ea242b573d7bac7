"""The local executor: takes what is due (schedules, timers, due-date steps, jobs) and does it."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import StrEnum
from threading import Event as Signal
from threading import Thread
from typing import Any

from engine.api import Engine
from engine.commands import (
    ClaimJobs,
    Command,
    FinishJob,
    FireTimers,
    Heartbeat,
    HoldBack,
    PrepareJob,
    PutOffJob,
    ReleaseJobs,
    RunJob,
    RunSchedule,
    ServeDueTask,
    Skills,
)
from engine.commands.jobs import FORMAT, kinds
from engine.commands.leasing import Claim
from engine.errors import Busy, CaseSuspended, EngineError, TooNew
from engine.queries import due

log = logging.getLogger(__name__)

_BATCH = 20
# So many timers, and so many reminders, before it is the jobs' turn: at a month's close thousands
# are due in one moment, and what people have just begun must not wait behind all of them.
_TURN = 40
_BEAT_SECONDS = 10.0
_SQLITE_PAUSE = 0.002
_LONGEST_LETTER_SECONDS = 15.0
# What only a newer worker understands is not looked at again for this long.
_ASIDE = timedelta(minutes=1)


class Lane(StrEnum):
    """Which part of the work a worker does."""

    ALL = "ALL"
    STEPS = "STEPS"
    LETTERS = "LETTERS"


class Worker:
    """Works off what is due; any number of them may run against one database.

    Whatever it is killed in is done by another: what is done in a transaction once, what leaves the
    house at least once.

    lane -- ALL; LETTERS: only what leaves the house, which may take its time; STEPS: all but that
    """

    def __init__(
        self,
        engine: Engine,
        *,
        executor: str = "local",
        format: int = FORMAT,
        lane: Lane = Lane.ALL,
    ) -> None:
        self.engine = engine
        self.lane = lane
        self.executor = executor
        self.host = socket.gethostname()[:60]
        self.name = f"{self.host}/{os.getpid()}/{secrets.token_hex(2)}"
        self.skills = Skills(_kinds_of(engine, lane), format)
        self.done = 0
        self._began = engine.clock()
        self._beaten = -_BEAT_SECONDS
        self._stop = Signal()
        self._holds: set[int] = set()
        # SQLite's writers do not queue: without a pause the web would wait for all of a campaign.
        self._pause = _SQLITE_PAUSE if engine.database.dialect.name == "sqlite" else 0.0
        self._aside: dict[tuple[str, int], Any] = {}

    def run_due(self, limit: int = 200) -> int:
        """Do what is due now, until nothing is; give how many steps were taken."""
        done = 0
        while done < limit and not self._stop.is_set():
            round_ = self._round(limit - done)
            if round_ == 0:
                break
            done += round_
        return done

    def serve(self, stop: Signal, pause_seconds: float = 1.0) -> None:
        """Work until told to stop; whatever fails is noted and does not end the loop."""
        self._stop = stop
        while not stop.is_set():
            try:
                self.beat()
                busy = self.run_due()
            except Exception:
                log.exception("The worker could not look for due work.")
                busy = 0
            if not busy:
                stop.wait(pause_seconds)
        self.beat(stopped=True)

    def beat(self, *, stopped: bool = False) -> None:
        """Say that this worker lives, if it has not just done so, and keep its jobs for it."""
        if not stopped and time.monotonic() - self._beaten < _BEAT_SECONDS:
            return
        self._beaten = time.monotonic()
        command = Heartbeat(
            name=self.name,
            executor=self.executor,
            host=self.host,
            pid=os.getpid(),
            format=self.skills.format,
            started_at=self._began,
            jobs_done=self.done,
            holds=tuple(self._holds),
            stopped=stopped,
        )
        try:
            self.engine.execute(command)
        except Busy:
            log.warning("The worker could not say that it lives; it tries again.")

    def look(self, limit: int = 200) -> due.Work:
        """Name what is due and what this worker understands."""
        return self.engine.ask(
            due.work,
            now=self.engine.clock(),
            kinds=self.skills.kinds,
            format=self.skills.format,
            limit=limit,
        )

    def _round(self, limit: int) -> int:
        work = self.look(limit)
        if self.lane is Lane.LETTERS:
            return self._jobs(min(limit, _BATCH)) if work.jobs else 0
        done = sum(self.run_schedule(name) for name in work.schedules)
        fired = self._in_turns(self.fire_timers, work.instances)
        done += fired
        if not fired:  # nobody is reminded of what a timer is about to close
            done += self._in_turns(self.serve_task, work.tasks)
        return done + (self._jobs(min(limit, _BATCH)) if work.jobs else 0)

    def _in_turns(self, act: Callable[[int], int], ids: Sequence[int]) -> int:
        done = 0
        for place, id_ in enumerate(ids):
            if place and place % _TURN == 0:
                done += self._jobs(_BATCH)
            done += self._unless_stopped(act, id_)
        return done

    def _unless_stopped(self, act: Callable[[int], int], id_: int) -> int:
        if self._stop.is_set():
            return 0
        self.beat()
        return act(id_)

    # ---- schedules, timers, steps

    def run_schedule(self, name: str) -> int:
        """Write the job of a schedule, if its time has come and nobody else did."""
        try:
            return int(self.engine.execute(RunSchedule(name=name)) is not None)
        except Busy:
            return 0
        except Exception:
            log.exception("Expected the schedule %s to be run, but it failed.", name)
            return 0

    def fire_timers(self, instance_id: int) -> int:
        """Fire the due timers of a case; what fails is left to a job of its own."""
        command = FireTimers(instance_id=instance_id)
        return self._alone(command, ("timers", instance_id), instance_id=instance_id)

    def serve_task(self, task_id: int) -> int:
        """Take the due step of a task's policy; what fails is left to a job of its own."""
        return self._alone(ServeDueTask(task_id=task_id), ("task", task_id), task_id=task_id)

    def _alone(self, command: Command[Any], key: tuple[str, int], **what: int) -> int:
        # One case that cannot be moved stops nobody else's work.
        if self._aside.get(key, self.engine.clock()) > self.engine.clock():
            return 0
        try:
            result = self.engine.execute(command)
        except Busy:
            return 0
        except TooNew:
            self._aside[key] = self.engine.clock() + _ASIDE
            return 0
        except Exception as error:
            log.warning("%s failed (%s).", command, type(error).__name__, exc_info=error)
            self.engine.execute(HoldBack(error=_told(error), **what))
            return 1
        return int(result > 0)

    # ---- jobs

    def run_job(self, job_id: int) -> int:
        """Do one certain job, if it is due and nobody has it; tell how many were done: 0 or 1."""
        skills, name = self.skills, self.name
        claimed = self.engine.execute(ClaimJobs(worker=name, skills=skills, job_id=job_id))
        return self._work_off(claimed)

    def _jobs(self, limit: int) -> int:
        try:
            command = ClaimJobs(worker=self.name, skills=self.skills, limit=limit)
            claimed = self.engine.execute(command)
        except Busy:
            return 0
        return self._work_off(claimed)

    def _work_off(self, claimed: Sequence[Claim]) -> int:
        done, self._holds = 0, {claim.id for claim in claimed}
        try:
            for claim in claimed:
                if self._stop.is_set():
                    rest = tuple(self._holds)
                    self.engine.execute(ReleaseJobs(worker=self.name, job_ids=rest))
                    break
                self.beat()
                done += self._job(claim)
                self._holds.discard(claim.id)
                time.sleep(self._pause)
        finally:
            # Where the database went away in between, leases end and others come.
            self._holds.clear()
        return done

    def _job(self, claim: Claim) -> int:
        try:
            done = self._do(claim)
        except (Busy, TooNew, CaseSuspended) as error:
            # Not the job's fault: it stays due, for a newer worker or a calmer moment.
            self._put_off(claim, error, counted=False)
            return 0
        except Exception as error:
            log.warning("Job %s failed (%s).", claim.id, type(error).__name__, exc_info=error)
            self._put_off(claim, error)
            return 1
        self.done += done
        return int(done)

    def _do(self, claim: Claim) -> bool:
        kind = self.engine.ports.job_kinds.get(claim.kind)
        if kind is None or kind.send is None:
            return self.engine.execute(RunJob(job_id=claim.id, worker=self.name))
        prepared = self.engine.execute(PrepareJob(job_id=claim.id, worker=self.name))
        if prepared is None:
            return True
        kind.send(prepared.what, prepared.key)
        return self.engine.execute(FinishJob(job_id=claim.id, worker=self.name))

    def _put_off(self, claim: Claim, error: Exception, *, counted: bool = True) -> None:
        command = PutOffJob(job_id=claim.id, error=_told(error), worker=self.name, counted=counted)
        try:
            self.engine.execute(command)
        except Busy:  # its lease ends, and it is due again
            log.warning("Job %s could not be put off.", claim.id)


def serve_all(engine: Engine, stop: Signal) -> None:
    """Work until told to stop: letters in a thread of their own, so that nothing waits for them."""
    letters = Thread(target=Worker(engine, lane=Lane.LETTERS).serve, args=(stop,), daemon=True)
    if sending(engine):
        letters.start()
    Worker(engine, lane=Lane.STEPS).serve(stop)
    if letters.ident is not None:
        letters.join(_LONGEST_LETTER_SECONDS)


def sending(engine: Engine) -> frozenset[str]:
    """Name the kinds of jobs that send something out of the house."""
    known = engine.ports.job_kinds.values()
    return frozenset(kind.name for kind in known if kind.send is not None)


def _kinds_of(engine: Engine, lane: Lane) -> frozenset[str]:
    if lane is Lane.LETTERS:
        return sending(engine)
    return kinds(engine.ports) - (sending(engine) if lane is Lane.STEPS else frozenset())


def _told(error: Exception) -> str:
    # What was not meant to be read may quote answers: the incident tells its kind alone.
    said = f": {error.message}" if isinstance(error, EngineError) else ""
    return type(error).__name__ + said
