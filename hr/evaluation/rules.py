"""How raters are chosen and ratings summed up: pure (domain.md P04, DT04)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

MOST_PROPOSED = 3
MOST_FORMS = 8  # per rater and quarter
MOST_SUBORDINATES = 8
FEWEST_ANSWERS = 3  # of an anonymous group; fewer are not shown
OBJECTION_DAYS = 14
_TWO_PLACES = Decimal("0.01")


@dataclass(frozen=True)
class Choice:
    """Who is asked to rate, and why others are not; `pool` is what was drawn from."""

    peers: tuple[int, ...]
    subordinates: tuple[int, ...]
    pool: tuple[int, ...]
    refused: Mapping[int, str]


def draw(seed: str, pool: Collection[int], count: int) -> tuple[int, ...]:
    """Draw persons from a pool: those whose SHA-256 of `seed:number` is smallest.

    Anybody who knows seed and pool can repeat it, in any language.
    """

    def lot(person: int) -> str:
        return hashlib.sha256(f"{seed}:{person}".encode()).hexdigest()

    return tuple(sorted(sorted(pool), key=lot)[: max(count, 0)])


def choose(
    *,
    proposed: Sequence[int],
    struck: Collection[int],
    candidates: Collection[int],
    subordinates: Collection[int],
    blocked: Mapping[int, str],
    random: int,
    seed: str,
) -> Choice:
    """Choose raters: up to three proposed ones, and by draw as many as are missing to 3 + `random`.

    blocked -- who can't be asked, with the reason: ON_LEAVE, TOO_MANY_FORMS, CONFLICT
    """
    refused: dict[int, str] = {}
    accepted: list[int] = []
    for person in dict.fromkeys(proposed):
        reason = _refusal(person, struck, candidates, blocked, len(accepted))
        if reason:
            refused[person] = reason
        else:
            accepted.append(person)
    out = {*struck, *blocked, *accepted}
    pool = tuple(sorted(set(candidates) - out))
    drawn = draw(seed, pool, MOST_PROPOSED + random - len(accepted))
    below = tuple(sorted(set(subordinates) - set(struck) - set(blocked)))
    if len(below) > MOST_SUBORDINATES:
        below = tuple(sorted(draw(f"{seed}:subordinates", below, MOST_SUBORDINATES)))
    return Choice(tuple(sorted((*accepted, *drawn))), below, pool, refused)


def _refusal(
    person: int,
    struck: Collection[int],
    candidates: Collection[int],
    blocked: Mapping[int, str],
    accepted: int,
) -> str:
    if person in struck:
        return "STRUCK"
    if person in blocked:
        return blocked[person]
    if person not in candidates:
        return "NOT_A_PEER"
    return "TOO_MANY_PROPOSED" if accepted >= MOST_PROPOSED else ""


def summarise(
    answers: Sequence[Mapping[str, Any]], keys: Sequence[str], *, fewest: int = FEWEST_ANSWERS
) -> dict[str, Any]:
    """Sum up ratings of a group: mean per key, mean of those, the lowest of them.

    A group with fewer than `fewest` answers is suppressed: everything but its size is None.
    So is what fewer than `fewest` of a larger group rated.  Means have two places, halves up.
    """
    suppressed = len(answers) < fewest
    means = {key: _mean_of(answers, key, fewest) for key in keys}
    known = [mean for mean in means.values() if mean is not None]
    return {
        "count": len(answers),
        "suppressed": suppressed,
        "means": means,
        "mean": mean(known),
        "lowest": min(known, default=None),
    }


def by_days(
    parts: Sequence[tuple[Mapping[str, Any], int]], keys: Sequence[str]
) -> dict[str, Any] | None:
    """Weigh the summaries of several raters by the days that each of them was the rater.

    None without a day.  Whoever rated a value counts there with his days, and nobody else.
    """
    days = sum(days for _, days in parts)
    if not days:
        return None
    means = {
        key: weighted([(part["means"].get(key), days) for part, days in parts]) for key in keys
    }
    known = [mean for mean in means.values() if mean is not None]
    return {
        "count": len(parts),
        "suppressed": False,
        "means": means,
        "mean": mean(known),
        "lowest": min(known, default=None),
    }


def weighted(scores: Iterable[tuple[Decimal | None, int]]) -> Decimal | None:
    """Give the mean of scores weighted by days, two places, halves up; None without a day."""
    known = [(score, days) for score, days in scores if score is not None and days > 0]
    total = sum(days for _, days in known)
    if not total:
        return None
    reached = sum((score * days for score, days in known), Decimal(0)) / total
    return reached.quantize(_TWO_PLACES, ROUND_HALF_UP)


def mean(numbers: Sequence[Decimal]) -> Decimal | None:
    """Give the mean with two places, halves up; None of nothing."""
    if not numbers:
        return None
    return (sum(numbers, Decimal(0)) / len(numbers)).quantize(_TWO_PLACES, ROUND_HALF_UP)


def _mean_of(answers: Sequence[Mapping[str, Any]], key: str, fewest: int) -> Decimal | None:
    given = [number(answer.get(key)) for answer in answers]
    found = [each for each in given if each is not None]
    # Three may have answered, and but one of them this: its mean would be what he wrote.
    return mean(found) if len(found) >= fewest else None


def number(value: Any) -> Decimal | None:
    """Read a number, or None where there is none; truth values are none."""
    if isinstance(value, Decimal):
        return value
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else None


def objection_until(disclosed_on: date) -> date:
    """Give the last day on which an objection is in time (PP 30/2019; domain.md P08)."""
    return disclosed_on + timedelta(days=OBJECTION_DAYS)
