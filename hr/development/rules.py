"""Which needs follow from the signals of DT14, and which comes first: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

OPEN, SET, REJECTED, POSTPONED = "OPEN", "SET", "REJECTED", "POSTPONED"
LOW_VALUE, SERVICE_CHANGE, FINDING = "LOW_VALUE", "SERVICE_CHANGE", "COMPETENCE_FINDING"
COMPLAINT, TALENT = "BEHAVIOUR_COMPLAINT", "TALENT_BOX"
SIGNALS = frozenset({LOW_VALUE, SERVICE_CHANGE, FINDING, COMPLAINT, TALENT})
MODALITIES = frozenset({"INTERNAL", "UNIVERSITY", "COACHING", "E_LEARNING"})
MOST_HOURS = 300  # domain.md P12: jp int 1-300
RANKS: Mapping[str, int] = {"H": 1, "M": 2, "L": 3}
_WEIGHTS: Mapping[str, int] = {"H": 3, "M": 2, "L": 1}
# What a signal without a competence of its own is about (domain.md DT14).
TOPICS: Mapping[str, str] = {
    "T1": "KINERJA",
    "T2": "KOMUNIKASI",
    "T3": "PELAYANAN",
    "T4": "STANDAR",
    "T5": "PENGEMBANGAN",
    "T6": "SISTEM",
    "T7": "KEPEMIMPINAN",
    "T8": "STANDAR",
    "T9": "KOMUNIKASI",
    "T10": "TALENTA",
    "T11": "PENGEMBANGAN",
}


@dataclass(frozen=True)
class Gap:
    """How far a person is below what the post asks for; levels 1-5."""

    person_id: int
    competence: str
    level_now: int
    level_needed: int

    @property
    def size(self) -> int:
        """Give the levels that are missing."""
        return self.level_needed - self.level_now


@dataclass(frozen=True)
class Need:
    """A competence that a person should be trained in, and every signal that says so."""

    competence: str
    sources: tuple[str, ...]
    priority: str
    mandatory: bool
    level_now: int = 1
    level_needed: int = 2

    @property
    def order(self) -> tuple[bool, int, int, str]:
        """Sort the most pressing need first."""
        gap = self.level_needed - self.level_now
        return (not self.mandatory, RANKS[self.priority], -gap, self.competence)


@dataclass(frozen=True)
class Topics:
    """What a person's signals are about: gaps, and the competence that a signal (T6) names."""

    gaps: Sequence[Gap] = ()
    named: Mapping[str, str] = field(default_factory=dict)

    def of(self, code: str) -> tuple[str, ...]:
        """Name the competences that a signal asks for."""
        by_size = sorted(self.gaps, key=lambda gap: (-gap.size, gap.competence))
        if code == "T4" and by_size:
            return tuple(gap.competence for gap in by_size)
        if code in self.named:
            return (self.named[code],)
        # A poor predicate and missing hours say that, not what: the widest gap says what.
        if code in ("T1", "T5") and by_size:
            return (by_size[0].competence,)
        return (TOPICS.get(code, TOPICS["T5"]),)


def merge(signals: Sequence[Mapping[str, Any]], topics: Topics) -> tuple[Need, ...]:
    """Merge the signals of one person per competence, the most pressing need first."""
    needs: dict[str, Need] = {}
    for signal in signals:
        code, priority = str(signal["code"]), str(signal["priority"])
        for competence in topics.of(code):
            known = needs.get(competence)
            new = Need(competence, (code,), priority, signal["refusable"] is False)
            needs[competence] = new if known is None else _both(known, new)
    levels = {gap.competence: gap for gap in topics.gaps}
    found = [_levelled(need, levels.get(need.competence)) for need in needs.values()]
    return tuple(sorted(found, key=lambda need: need.order))


def _both(known: Need, new: Need) -> Need:
    return replace(
        known,
        sources=tuple(dict.fromkeys((*known.sources, *new.sources))),
        priority=min(known.priority, new.priority, key=RANKS.__getitem__),
        mandatory=known.mandatory or new.mandatory,
    )


def _levelled(need: Need, gap: Gap | None) -> Need:
    if gap is None:
        return need
    return replace(need, level_now=gap.level_now, level_needed=gap.level_needed)


def score(priority: str, gap: int, reach: int, cost: Decimal) -> Decimal:
    """Weigh a referral (domain.md P12: priority x gap x reach / cost), cost in million rupiah."""
    millions = max(cost / 1_000_000, Decimal("0.1"))
    weighed = Decimal(_WEIGHTS[priority] * max(gap, 1) * max(reach, 1)) / millions
    return weighed.quantize(Decimal("0.01"), ROUND_HALF_UP)


def free_number(taken: Sequence[int], seats: int) -> int | None:
    """Give the lowest seat that is free, or None."""
    given = set(taken)
    return next((number for number in range(1, seats + 1) if number not in given), None)


def months_between(earlier: date, later: date) -> int:
    """Count the whole months from one day to another."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months - (later.day < earlier.day)


def two_quarters(period: str) -> tuple[str, str]:
    """Name a quarter and the one before it; of a year, which a referral may come from, its last."""
    period = period if "Q" in period else f"{period}Q4"
    year, quarter = int(period[:4]), int(period[5])
    return period, f"{year - (quarter == 1)}Q{(quarter + 2) % 4 + 1}"
