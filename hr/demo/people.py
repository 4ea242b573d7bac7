"""Invents persons, plans and records of the synthetic city; the same seed gives the same people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from hr.demo.names import invent
from hr.demo.offices import PlanKind
from hr.directory import nip

PERIOD = "2026Q2"
MONTHS = ((date(2026, 4, 1), 21), (date(2026, 5, 1), 17), (date(2026, 6, 1), 20))
# domain.md §6: shares of ranks among PNS below the leading posts, in thousandths.
_RANKS = (
    ("II/c", 60),
    ("II/d", 80),
    ("III/a", 200),
    ("III/b", 230),
    ("III/c", 220),
    ("III/d", 210),
)
_CONTRACT_RANKS = (("IX", 68), ("VII", 12), ("V", 15), ("X", 5))
_LEADING_RANKS = {"JPT": "IV/c", "ADMINISTRATOR": "IV/a", "PENGAWAS": "III/d"}
_EDUCATION = (("SLTA", 15), ("D3", 12), ("S1", 62), ("S2", 11))


@dataclass(frozen=True)
class Someone:
    """An invented person; `talent` scales what he reaches, 1 being what was planned."""

    row: dict[str, Any]
    rank: str
    talent: float


class Inventor:
    """Draws people one after the other and never gives a NIP twice."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)
        self._given: set[str] = set()

    def person(self, number: int, post_kind: str) -> Someone:
        """Invent a person who holds a post of a kind."""
        random = self.random
        sex = "F" if random.random() < 0.56 else "M"
        leads = post_kind in _LEADING_RANKS
        kind = "PNS" if leads or random.random() < 0.62 else "PPPK"
        born_on = date(1968, 1, 1) + timedelta(days=random.randrange(9500 if leads else 12000))
        joined_on = self._joined(born_on, kind)
        number_text = self._nip(born_on, joined_on, sex, kind)
        rank = _LEADING_RANKS.get(post_kind) or _pick(
            random, _RANKS if kind == "PNS" else _CONTRACT_RANKS
        )
        row = {
            "id": number,
            "nip": number_text,
            "name": invent(random, sex),
            "sex": sex,
            "born_on": born_on,
            "kind": kind,
            "education": "S2" if leads else _pick(random, _EDUCATION),
            "email": f"asn{number}@example.test",
            "synthetic": True,
            "joined_on": joined_on,
        }
        return Someone(row, rank, random.gauss(1.05, 0.08))

    def _joined(self, born_on: date, kind: str) -> date:
        age = self.random.randint(22, 30)
        earliest = date(2022, 3, 1) if kind == "PPPK" else date(born_on.year + age, 3, 1)
        return min(earliest, date(2025, 3, 1))

    def _nip(self, born_on: date, joined_on: date, sex: str, kind: str) -> str:
        for sequence in range(nip.SYNTHETIC_FROM, 1000):
            made = nip.synthetic(born_on, joined_on, sex, sequence, kind=kind)
            if made not in self._given:
                self._given.add(made)
                return made
        raise ValueError(
            "Expected a free synthetic sequence, but a hundred people share a birthday."
        )

    def plan(
        self, plan_id: int, talent: float, kinds: Sequence[PlanKind]
    ) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Give the rows of a plan, each with target and realisation of the quarter."""
        for number, (plan, indicator, measure, dimension, direction, weight, target) in enumerate(
            kinds, start=1
        ):
            key = plan_id * 10 + number
            row = {
                "id": key,
                "plan_id": plan_id,
                "number": number,
                "kind": "UTAMA" if weight >= 15 else "TAMBAHAN",
                "plan": plan,
                "indicator": indicator,
                "measure": measure,
                "dimension": dimension,
                "direction": direction,
                "weight": Decimal(weight),
                "project": False,
                "target_min": Decimal(target),
            }
            yield row, self._result(key, talent, measure, direction, target)

    def _result(
        self, key: int, talent: float, measure: str, direction: str, target: int
    ) -> dict[str, Any]:
        if measure == "%":  # leaves room above the target, or nobody could exceed it
            target = min(target, 88)
        factor = max(0.3, talent + self.random.gauss(0, 0.05))
        reached = Decimal(target / factor if direction == "LOWER" else target * factor)
        actual = reached.quantize(Decimal(1), ROUND_HALF_UP)
        return {
            "row_id": key,
            "period": PERIOD,
            "target": Decimal(target),
            "actual": min(actual, Decimal(100)) if measure == "%" else actual,
            "on_time": None,
        }

    def attendance(self, person_id: int) -> Iterator[dict[str, Any]]:
        """Give the months of the quarter: 6 % of days late, 0.4 % absent, now and then leave."""
        for month, days in MONTHS:
            leave = self.random.choice((0, 0, 0, 0, 1, 2))
            absent = sum(self.random.random() < 0.004 for _ in range(days - leave))
            present = days - leave - absent
            yield {
                "person_id": person_id,
                "month": month,
                "working_days": days,
                "present_days": present,
                "late_days": sum(self.random.random() < 0.06 for _ in range(present)),
                "early_days": 0,
                "absent_days": absent,
                "leave_days": leave,
            }


def _pick(random: Random, shares: Sequence[tuple[str, int]]) -> str:
    return random.choices([name for name, _ in shares], [share for _, share in shares])[0]
