"""What is hidden in some people and one unit of the synthetic city, for later screens to find.

Nothing of it is written anywhere: who plays the city acts by it, and statistics must find it again
(domain.md §6).  The same city has the same traits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from hr.demo.structure import Structure

LENIENT, STRICT, UNIFORM, BIASED = "LENIENT", "STRICT", "UNIFORM", "BIASED"
SHIFT: Mapping[str, float] = {LENIENT: 0.9, STRICT: -0.9}  # on the scale of 1 to 5
FAVOUR = 0.6  # what a biased rater gives men on top
# Of a city of 240: raters who rate too well, too hard, all alike, and one sex better.
_RATERS = ((LENIENT, 3), (STRICT, 2), (UNIFORM, 1), (BIASED, 1))
_FEW = 240
_COPYING = 0.04  # the share of people whose daily reports repeat each other
_LEAST_TEAM = 4


@dataclass(frozen=True)
class Traits:
    """Raters by trait, people whose reports are copies, and the unit that serves slowly."""

    raters: Mapping[int, str]
    copying: frozenset[int]
    slow_unit: int


def traits(structure: Structure) -> Traits:
    """Draw who has which trait."""
    random = Random(f"traits {len(structure.seats)}")
    teams: dict[int, int] = {}
    raters = {post["id"]: post["rater_post_id"] for post in structure.posts}
    heads = {seat.post_id: seat.person_id for seat in structure.seats}
    for seat in structure.seats:
        above = raters[seat.post_id]
        if above is not None:
            teams[heads[above]] = teams.get(heads[above], 0) + 1
    able = sorted(person for person, size in teams.items() if size >= _LEAST_TEAM)
    random.shuffle(able)
    times = max(1, round(len(structure.seats) / _FEW))
    drawn = [trait for trait, count in _RATERS for _ in range(count * times)]
    people = sorted(seat.person_id for seat in structure.seats)
    served = sorted({seat.office.name for seat in structure.seats if seat.office.public})
    slow = random.choice(served)
    offices = {unit["name"]: unit["id"] for unit in structure.units if unit["parent_id"] is None}
    return Traits(
        raters=dict(zip(able, drawn, strict=False)),
        copying=frozenset(random.sample(people, max(1, int(len(people) * _COPYING)))),
        slow_unit=offices[slow],
    )
