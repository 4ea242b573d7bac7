"""Asking for the statistics of a year, computing them as a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine import Command, Context, Noted, RowChanged
from engine.errors import InvalidForm, InvalidState, NotAllowed, NotFound, Problem
from engine.model import StreamKind
from hr.appraisal.rules import year_days
from hr.fairness import queries, rules, store
from hr.fairness.rules import Finding
from hr.permissions import matrix
from hr.permissions.queries import standing

COMPUTE = "compute_fairness"


@dataclass(frozen=True, kw_only=True)
class AskFairness(Command[int]):
    """Have the statistics of a year computed; gives the run.  One that waits is not asked twice."""

    period: str

    def execute(self, ctx: Context) -> int:
        _authorise(ctx)
        try:
            year_days(self.period)
        except ValueError as error:
            raise InvalidForm([Problem("period", "pattern", str(error))]) from error
        if store.waiting(ctx.connection, self.period):
            raise InvalidState("Expected no computation to be waiting, but there is one.")
        row = {"period": self.period, "asked_by": ctx.actor.person_id, "asked_at": ctx.now}
        run_id = store.add_run(ctx.connection, row)
        ctx.enqueue(COMPUTE, {"run_id": run_id}, dedup_key=f"{COMPUTE}/{run_id}", priority=7)
        event = RowChanged(noun="fairness_run", key=str(run_id), new={"period": self.period})
        ctx.record(event, _stream(self.period))
        return run_id


@dataclass(frozen=True, kw_only=True)
class ComputeFairness(Command[int]):
    """Compute what a run asks for, and give how many findings there are; once."""

    run_id: int

    def execute(self, ctx: Context) -> int:
        run = store.run(ctx.connection, self.run_id)
        if run is None:
            raise NotFound(f"Expected a run {self.run_id}, but there is none.")
        if run["computed_at"] is not None:
            return 0
        period = run["period"]
        given = queries.given_in(ctx.connection, period)
        members = queries.members_of(ctx.connection, period, ctx.now)
        statistics = _statistics()
        found = (
            *statistics.severities(given),
            *statistics.spreads(given),
            *statistics.group_ratios(members),
            statistics.agreement(queries.pairs_of(ctx.connection, period)),
        )
        store.add_findings(ctx.connection, [_row(self.run_id, one) for one in found])
        people = len({one.person_id for one in given})
        values = {"computed_at": ctx.now, "ratings": len(given), "people": people}
        store.finish_run(ctx.connection, self.run_id, values)
        flagged = sum(one.state == rules.FLAGGED for one in found)
        about = {"run_id": self.run_id, "findings": len(found), "flagged": flagged}
        ctx.record(Noted(what="FAIRNESS_COMPUTED", about=about), _stream(period))
        return len(found)


def _statistics() -> Any:
    try:
        from hr.fairness import statistics
    except ModuleNotFoundError as error:
        raise InvalidState(
            "Expected the extra `stats` (pip install 'alur[stats]'), but it is not installed."
        ) from error
    return statistics


def _authorise(ctx: Context) -> None:
    if ctx.actor.is_platform:
        return
    held = standing(ctx.connection, ctx.actor.person_id or 0, None, ctx.now).grants
    if not {grant.role for grant in held} & matrix.roles("C", "calibration") - {"TIM"}:
        raise NotAllowed("Expected an officer of the agency, but you are none.")


def _stream(period: str) -> tuple[StreamKind, str]:
    return StreamKind.NETWORK, f"fairness/{period}"


def _row(run_id: int, found: Finding) -> Mapping[str, Any]:
    whole = isinstance(found.who, int)
    return {
        "run_id": run_id,
        "kind": found.kind,
        "rater_id": found.who if whole else None,
        "group_name": "" if whole else found.who,
        "of": found.of,
        "people": found.people,
        "state": found.state,
        "estimate": _exact(found.estimate),
        "low": _exact(found.low),
        "high": _exact(found.high),
    }


def _exact(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(f"{number:.4f}")
