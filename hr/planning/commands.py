"""Changes of plans: what a period brought for a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine import Command, Context, RowChanged
from engine.errors import InvalidForm, NotAllowed, NotFound, Problem
from engine.model import StreamKind
from hr.calendar.rules import quarter_days
from hr.directory.queries import superior
from hr.planning import store


@dataclass(frozen=True, kw_only=True)
class RecordResult(Command[None]):
    """Write target and realisation of a plan row in a quarter; the owner's rater confirms it so."""

    row_id: int
    period: str
    target: Decimal
    actual: Decimal
    reason: str = ""

    def execute(self, ctx: Context) -> None:
        quarter_days(self.period)
        owner = store.owner(ctx.connection, self.row_id)
        if owner is None:
            raise NotFound(f"Expected a plan row {self.row_id}, but there is none.")
        rater = superior(ctx.connection, owner, ctx.now)
        if not ctx.actor.is_platform and ctx.actor.person_id != rater:
            raise NotAllowed("Expected the owner's rater, but somebody else asked.")
        if self.target <= 0 or self.actual < 0:
            raise InvalidForm(
                [Problem("target", "minimum", "Expected a target above zero, but it is not.", "0")]
            )
        old = store.result(ctx.connection, self.row_id, self.period)
        store.set_result(ctx.connection, self.row_id, self.period, self.target, self.actual)
        event = RowChanged(
            noun="plan_result",
            key=f"{self.row_id}/{self.period}",
            old=None if old is None else {"target": old["target"], "actual": old["actual"]},
            new={"target": self.target, "actual": self.actual},
            reason=self.reason,
        )
        ctx.record(event, (StreamKind.PERSON, str(owner)))


@dataclass(frozen=True, kw_only=True)
class RecordResults(Command[None]):
    """Write what a quarter brought for rows of a person's plan, all or none.

    rows -- target and realisation by the number of the row
    """

    person_id: int
    period: str
    rows: Mapping[int, tuple[Decimal, Decimal]]

    def execute(self, ctx: Context) -> None:
        for row_id, (target, actual) in self.rows.items():
            if store.owner(ctx.connection, row_id) != self.person_id:
                raise NotFound(f"Expected a row {row_id} of this person's plan, but it is not.")
            known = store.result(ctx.connection, row_id, self.period)
            if known is None or (known["target"], known["actual"]) != (target, actual):
                ctx.run(
                    RecordResult(row_id=row_id, period=self.period, target=target, actual=actual)
                )
