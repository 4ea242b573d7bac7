"""What comes again and again: each time one job, however many workers there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.commands.context import Command, Context
from engine.commands.timed_starts import BEGIN_IN_TIME, place_of
from engine.commands.upkeep import SCHEDULES
from engine.errors import InvalidForm, NotAllowed, NotFound, Problem
from engine.history.events import Noted
from engine.model import Act, CaseFacts, StreamKind
from engine.ports import Recurring
from engine.recurrence import Over, before, following, is_rule, latest


@dataclass(frozen=True, kw_only=True)
class InstallSchedules(Command[int]):
    """Write down schedules and limits that are new; those known keep what somebody made of them."""

    def execute(self, ctx: Context) -> int:
        if not ctx.actor.is_platform:
            raise NotAllowed("Expected the platform itself, but a person asked.")
        limited = {limit.kind for limit in ctx.store.leases.limits()}
        for kind in ctx.ports.job_kinds.values():
            if kind.per_minute is not None and kind.name not in limited:
                ctx.store.leases.set_limit(kind.name, kind.per_minute, ctx.now)
        known = ctx.store.schedules.names()
        wanted = [s for s in (*SCHEDULES, *ctx.ports.schedules) if s.name not in known]
        return sum(self._add(ctx, one) for one in wanted)

    def _add(self, ctx: Context, one: Recurring) -> bool:
        first = before if one.makes_up else following
        return ctx.store.schedules.add(
            name=one.name,
            kind=one.kind,
            rule=one.rule,
            enabled=True,
            next_at=first(one.rule, ctx.now, place_of(ctx)),
        )


@dataclass(frozen=True, kw_only=True)
class RunSchedule(Command[int | None]):
    """Write the job of a schedule whose time has come, and when it comes next; give the job.

    After a standstill it is written once, for the last of the times that were missed; where each
    time starts a case, once for each of them.
    """

    name: str

    def execute(self, ctx: Context) -> int | None:
        row = ctx.store.schedules.lock(self.name)
        if row is None or not row.enabled or row.next_at > ctx.now:
            return None
        at, payload = row.next_at, {}
        if row.kind == BEGIN_IN_TIME:
            payload["schedule"] = row.name
        else:
            at = latest(row.rule, at, ctx.now, place_of(ctx))
        job_id = ctx.enqueue(
            row.kind,
            {"at": at.isoformat(), **payload},
            dedup_key=f"schedule/{row.name}/{at.isoformat()}",
        )
        columns = {"last_run": ctx.now, "last_job_id": job_id}
        try:
            columns["next_at"] = following(row.rule, at, place_of(ctx))
        except Over:
            columns["enabled"] = False
        ctx.store.schedules.change(row.name, **columns)
        return job_id


@dataclass(frozen=True, kw_only=True)
class ChangeSchedule(Command[datetime]):
    """Switch a schedule on or off, or give it another rule; give the time it comes next.

    What was missed while it was off is not made up for.
    """

    name: str
    enabled: bool
    rule: str = ""
    reason: str

    def execute(self, ctx: Context) -> datetime:
        ctx.authorize(Act.RETRY, CaseFacts(None, "", None, ""))
        row = ctx.store.schedules.lock(self.name)
        if row is None:
            raise NotFound(f"Expected a schedule {self.name!r}, but there is none.")
        rule = self.rule or row.rule
        self._check(rule)
        next_at: datetime = row.next_at
        if rule != row.rule or (self.enabled and not row.enabled):
            next_at = self._next(ctx, rule)
        ctx.store.schedules.change(self.name, enabled=self.enabled, rule=rule, next_at=next_at)
        about = {"name": self.name, "enabled": self.enabled, "rule": rule, "reason": self.reason}
        stream = (StreamKind.NETWORK, f"jobs/{ctx.now.date().isoformat()}")
        ctx.record(Noted(what="SCHEDULE_CHANGED", about=about), stream)
        return next_at

    def _next(self, ctx: Context, rule: str) -> datetime:
        try:
            return following(rule, ctx.now, place_of(ctx))
        except Over as over:
            raise InvalidForm([Problem("rule", "invalid", str(over))]) from over

    def _check(self, rule: str) -> None:
        if not is_rule(rule):
            message = f"Expected a rule such as `daily 06:00`, but found {rule!r}."
            raise InvalidForm([Problem("rule", "pattern", message)])
        if not self.reason.strip():
            raise InvalidForm([Problem("reason", "required", "Expected a reason, but got none.")])
