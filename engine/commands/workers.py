"""Processes that work jobs off say that they live, and what they hold they keep."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from engine.commands.context import Command, Context
from engine.commands.leasing import LEASE
from engine.model import SILENT

RELAY = "relay"


@dataclass(frozen=True, kw_only=True)
class Heartbeat(Command[None]):
    """Write that a worker lives, how much it has done, and keep its jobs for it.

    holds -- those it is really about to do: what it took and lost sight of, others may have
    """

    name: str
    executor: str
    host: str
    pid: int
    format: int
    started_at: datetime
    jobs_done: int = 0
    holds: Collection[int] = ()
    stopped: bool = False

    def execute(self, ctx: Context) -> None:
        beat = {
            "heartbeat_at": ctx.now,
            "jobs_done": self.jobs_done,
            "stopped_at": ctx.now if self.stopped else None,
        }
        if not ctx.store.schedules.beat(self.name, **beat):
            ctx.store.schedules.add_worker(
                name=self.name,
                executor=self.executor,
                host=self.host,
                pid=self.pid,
                format=self.format,
                started_at=self.started_at,
                **beat,
            )
        if not self.stopped:
            ctx.store.leases.renew(self.name, self.holds, ctx.now + LEASE)


@dataclass(frozen=True, kw_only=True)
class HoldRelay(Command[bool]):
    """Be the one process that hands job ids to the broker; False where another is and lives."""

    host: str
    pid: int

    def execute(self, ctx: Context) -> bool:
        named = {
            "my_host": self.host,
            "my_pid": self.pid,
            "now": ctx.now,
            "silent": ctx.now - SILENT,
            "never": ctx.now + SILENT,
        }
        if ctx.store.schedules.hold(RELAY, **named):
            return True
        if ctx.store.schedules.is_known(RELAY):
            return False
        ctx.store.schedules.add_worker(
            name=RELAY,
            executor=RELAY,
            host=self.host,
            pid=self.pid,
            format=1,
            started_at=ctx.now,
            heartbeat_at=ctx.now,
            jobs_done=0,
        )
        return True
