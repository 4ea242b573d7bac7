"""Cases that a timer starts: each timer of a process is a schedule, each of its times one case.

A new version keeps the times of a timer that says the same as before, and what an administrator
made of it; one that says something else begins anew, and one that is gone ends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from engine.bpmn.due import is_literal, resolve_text
from engine.commands.context import Command, Context
from engine.errors import Finding, InvalidProcess, NotAllowed
from engine.model import NewCase
from engine.recurrence import Over, Place, following

BEGIN_IN_TIME = "begin_by_timer"


@dataclass(frozen=True)
class _When:
    now: datetime
    zone: tzinfo
    working_days: Callable[[datetime, int], datetime]


def set_timers(
    ctx: Context, key: str, before: Mapping[str, str], timers: Mapping[str, str]
) -> None:
    """Let a process be started by these timers from now on, by element, in place of those before.

    Raises InvalidProcess for one whose last time is over.
    """
    changed = {element: text for element, text in timers.items() if before.get(element) != text}
    ctx.store.schedules.drop(
        [_name(key, element) for element in before if element in changed or element not in timers]
    )
    for element, text in changed.items():
        rule = _rule(ctx, text)
        ctx.store.schedules.add(
            name=_name(key, element),
            kind=BEGIN_IN_TIME,
            rule=rule,
            enabled=True,
            next_at=_first(ctx, element, rule),
        )


def _name(key: str, element: str) -> str:
    return f"{key}:{element}"


def _rule(ctx: Context, text: str) -> str:
    """Give a timer as a rule: what is counted from now is counted from this moment for ever."""
    if not is_literal(text):
        return text
    place = place_of(ctx)
    found = resolve_text(text, _When(ctx.now, place.zone, place.add_working_days))
    if not found.step:
        return f"R1/{found.at.isoformat()}/P1D"
    count = "" if found.left is None else found.left + 1
    return f"R{count}/{found.at.isoformat()}/{found.step}"


def _first(ctx: Context, element: str, rule: str) -> datetime:
    try:
        return following(rule, ctx.now, place_of(ctx))
    except Over as over:
        message = f"Expected a time to come at the start timer {element}, but it is over."
        finding = Finding(
            severity="error", rule="timer-in-past", message=message, element_id=element, file=""
        )
        raise InvalidProcess([finding]) from over


def place_of(ctx: Context) -> Place:
    """Give the zone and the calendar by which schedules go."""
    add = ctx.ports.calendar.add_working_days
    return Place(ctx.ports.zone, lambda start, days: add(ctx.connection, start, days, None))


@dataclass(frozen=True, kw_only=True)
class BeginByTimer(Command[bool]):
    """Start the case of one time of a start timer, once; tell whether it was started.

    schedule -- `key:element`; at -- the time as it was due, ISO 8601.  The case is about nobody.
    """

    schedule: str
    at: str

    def execute(self, ctx: Context) -> bool:
        from engine.commands.instances import Starting, start_cases

        if not ctx.actor.is_platform:
            raise NotAllowed("Expected the platform itself, but a person asked.")
        digest = hashlib.sha256(f"timer|{self.schedule}|{self.at}".encode()).hexdigest()
        if ctx.store.instances.started_by(digest) is not None:
            return False
        key, element = self.schedule.split(":", 1)
        newest = ctx.store.definitions.latest(key)
        if newest is None or newest.retired:  # since this job was written
            return False
        definition = ctx.library.get(ctx.store, newest.id)
        if element not in definition.timers:  # a newer version has it no more
            return False
        start_cases(
            ctx,
            definition,
            [NewCase(subject_id=None)],
            campaign=None,
            request_digest=digest,
            message=Starting("timer", element, None, None),
        )
        return True
