"""What begins by itself: a row says which process, how often, from which day and for whom."""

from __future__ import annotations

from dataclasses import dataclass

from engine import Command, Context, RowChanged
from engine.errors import Conflict, InvalidForm, NotAllowed, NotFound, Problem
from engine.model import StreamKind
from engine.ports import Recurring
from engine.queries import definitions
from hr.calendar.rules import local_day
from hr.campaigns import rules, store
from hr.campaigns.commands.launching import LaunchCampaign, authorize
from hr.campaigns.rules import WHOLE_CITY, Reach, reach_of

OPEN_PERIODS = "open_periods"
OPEN = Recurring("open_periods", OPEN_PERIODS, "daily 05:30")
_SHORTEST_REASON = 10


@dataclass(frozen=True, kw_only=True)
class SetCadence(Command[int]):
    """Say how often a process begins by itself, or change that; give the cadence's number.

    It begins with the next period: those that should have begun before stay as they are.

    days_after -- from the period's last day; negative: before it ends
    """

    key: str
    every: str
    days_after: int
    reach: Reach = WHOLE_CITY
    active: bool = True
    reason: str
    cadence_id: int | None = None

    def execute(self, ctx: Context) -> int:
        authorize(ctx, self.key)
        self._check(ctx)
        row = {
            "process_key": self.key,
            "every": self.every,
            "days_after": self.days_after,
            "reach": self.reach.text(),
            "active": self.active,
            "reason": self.reason.strip(),
            "changed_at": ctx.now,
            "changed_by": ctx.actor.person_id,
        }
        number = self.cadence_id
        if number is None:
            number = store.add_cadence(ctx.connection, row)
        elif not store.set_cadence(ctx.connection, number, row):
            raise NotFound(f"Expected a cadence {number}, but there is none.")
        told = {name: row[name] for name in ("every", "days_after", "reach", "active")}
        event = RowChanged(
            noun="campaign_cadence", key=str(number), new=told, reason=self.reason.strip()
        )
        ctx.record(event, (StreamKind.CAMPAIGN, f"cadence/{number}"))
        return number

    def _check(self, ctx: Context) -> None:
        known = {row.key for row in definitions.latest(ctx.connection) if not row.retired}
        wanted = rules.rhythm_of(self.key)
        most = rules.MOST_DAYS_AFTER
        checks = (
            (self.key not in known, "process", "unknown"),
            (self.every not in rules.EVERY, "every", "unknown"),
            (bool(wanted) and self.every != wanted, "every", "kind"),
            (not -most <= self.days_after <= most, "days_after", "range"),
            (not 1 <= self.reach.least_days <= most, "least_days", "range"),
            (len(self.reason.strip()) < _SHORTEST_REASON, "reason", "too_short"),
        )
        problems = [
            Problem(path, code, f"Expected a cadence that can be kept, but {path} cannot: {code}.")
            for wrong, path, code in checks
            if wrong
        ]
        if problems:
            raise InvalidForm(problems)


@dataclass(frozen=True, kw_only=True)
class OpenPeriods(Command[int]):
    """Launch what should have begun by today and has not; give how many campaigns that were.

    What was due before its cadence was last changed is left alone.
    """

    def execute(self, ctx: Context) -> int:
        if not ctx.actor.is_platform:
            raise NotAllowed("Expected the platform itself, but a person asked.")
        today = local_day(ctx.now)
        launched = 0
        for row in store.cadences(ctx.connection):
            if not row["active"]:
                continue
            period, begins = rules.due_period(row["every"], row["days_after"], today)
            new = begins >= local_day(row["changed_at"])
            if new and not store.began(ctx.connection, row["id"], period):
                launched += self._launch(ctx, row["id"], row["process_key"], period, row["reach"])
        return launched

    def _launch(self, ctx: Context, cadence_id: int, key: str, period: str, reach: str) -> bool:
        command = LaunchCampaign(
            key=key, period=period, reach=reach_of(reach), cadence_id=cadence_id
        )
        try:
            ctx.run(command)
        except Conflict:  # somebody launched it by hand, and everybody has a case
            return False
        return True
