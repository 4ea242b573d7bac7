"""Changes of what is known about a unit's service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from engine import Command, Context, RowChanged
from engine.errors import InvalidForm, NotAllowed, NotFound, Problem
from engine.model import StreamKind
from hr.calendar.rules import quarter_days
from hr.directory.queries import units
from hr.permissions.queries import standing
from hr.permissions.rules import HRC, HRO
from hr.service import store
from hr.service.queries import Area


@dataclass(frozen=True, kw_only=True)
class RecordUnitFacts(Command[None]):
    """Write a unit's facts and service indicators of a quarter."""

    unit_path: str
    period: str
    public_facing: bool
    skm_index: Decimal | None
    skm_responses: int = 0
    complaints: int = 0
    complaints_upheld: int = 0
    areas: Sequence[Area] = ()
    reason: str = ""

    def execute(self, ctx: Context) -> None:
        quarter_days(self.period)
        unit = units(ctx.connection, [self.unit_path]).get(self.unit_path)
        if unit is None:
            raise NotFound(f"Expected a unit {self.unit_path}, but there is none.")
        self._refuse_strangers(ctx)
        self._refuse_impossible()
        values = {
            "public_facing": self.public_facing,
            "skm_index": self.skm_index,
            "skm_responses": self.skm_responses,
            "complaints": self.complaints,
            "complaints_upheld": self.complaints_upheld,
        }
        store.set_facts(ctx.connection, unit.id, self.period, values)
        areas = [asdict(area) for area in self.areas]
        store.set_areas(ctx.connection, unit.id, self.period, areas)
        key = f"{self.unit_path}{self.period}"
        event = RowChanged(noun="unit_facts", key=key, new=values, reason=self.reason)
        ctx.record(event, (StreamKind.NETWORK, f"units/{ctx.now:%Y-%m-%d}"))

    def _refuse_impossible(self) -> None:
        wrong = []
        if self.skm_index is not None and not 25 <= self.skm_index <= 100:
            wrong.append(Problem("skm_index", "range", "Expected 25 to 100.", "25-100"))
        counted = ("skm_responses", "complaints", "complaints_upheld")
        wrong += [
            Problem(name, "range", "Expected 0 or more.", "0-")
            for name in counted
            if getattr(self, name) < 0
        ]
        if self.complaints_upheld > self.complaints:
            words = "Expected no more upheld complaints than complaints."
            wrong.append(Problem("complaints_upheld", "more_than_all", words))
        if wrong:
            raise InvalidForm(wrong)

    def _refuse_strangers(self, ctx: Context) -> None:
        if ctx.actor.is_platform:
            return
        held = standing(ctx.connection, ctx.actor.person_id or 0, None, ctx.now).grants
        fits = (g for g in held if g.role in (HRC, HRO) and self.unit_path.startswith(g.unit_path))
        if next(fits, None) is None:
            raise NotAllowed("Expected the unit's officer or the agency, but you are neither.")
