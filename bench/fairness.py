"""The `fairness` figure: how often planted unfairness is noticed, and honest raters are accused.

Every population is drawn from a fixed seed; bench/README.md says how.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from hr.fairness import rules
from hr.fairness.rules import Finding, Member, Rated

SEEDS = 200
QUESTIONS, QUARTERS = 7, 4
RATERS = 12  # of one office: one milder, one stricter, one who gives everybody the same
NOISE, SAME = 0.5, 0.1
# One milder and one stricter in an office of twelve: each differs from the others' mean by 0.9.
SEVERE = 0.9 * (RATERS - 1) / RATERS
HONEST_RATERS, LEVEL = 0.15, 3.0
MILD, STRICT, FLAT = 0, 1, 2
RATIO = 0.6


@dataclass(frozen=True)
class Figure:
    """How often it was noticed, and how often somebody without was: both as shares of all.

    able -- how often there were enough to notice it, whatever came out; recall_where_able -- how
    often it then was; cleared -- how often it was said to lie within the bound
    """

    flag: str
    people: int
    people_differ: float
    share_of_best: float
    seeds: int
    recall: float
    honest_flagged: float
    too_few: float
    able: float = 1.0
    recall_where_able: float | None = None
    cleared: float = 0.0


def figures(seeds: int = SEEDS) -> Iterator[Figure]:
    """Measure what the issue names, then the curves around it."""
    for people in (15, 10, 20, 30, 60):
        yield from raters(people, 0.0, seeds)
    for differ in (0.15, 0.3, 0.5):
        for people in (15, 30, 60, 120):
            yield from raters(people, differ, seeds)
    for share in (0.7, 0.65, 0.6, 0.5, 0.4, 0.24):
        for people in (300, 600, 1200, 2400):
            yield groups(people, share, seeds)
    yield groups(150, 0.7, seeds)


def raters(people: int, differ: float, seeds: int) -> Iterator[Figure]:
    """Plant a milder, a stricter and an indifferent rater in an office, once for each seed.

    differ -- the standard deviation between people, who are alike where it is zero
    """
    from hr.fairness import statistics

    tallies = {flag: _Tally() for flag in ("FX1", "FX12", "FX2")}
    for seed in range(seeds):
        given = office(people, differ, seed)
        mild = {f.who: f for f in statistics.severities(given)}
        flat = {f.who: f for f in statistics.spreads(given)}
        for flag, found, planted in (
            ("FX1", mild, MILD),
            ("FX12", mild, STRICT),
            ("FX2", flat, FLAT),
        ):
            honest = [found[who] for who in range(3, RATERS)]
            tallies[flag].add(flag, found[planted], honest)
    for flag, tally in tallies.items():
        yield Figure(flag, people, differ, 0.0, seeds, **tally.shares(seeds, RATERS - 3))


@dataclass
class _Tally:
    """What was said of planted unfairness and of honesty."""

    hit: int = 0
    accused: int = 0
    unsaid: int = 0
    cleared: int = 0
    able: int = 0
    hit_where_able: int = 0

    def add(self, flag: str, planted: Finding, honest: Iterable[Finding]) -> None:
        noticed = _flag(planted) == flag
        self.hit += noticed
        self.accused += sum(_flag(one) == flag for one in honest)
        self.unsaid += planted.state == rules.TOO_FEW
        self.cleared += planted.state == rules.CLEAR
        few = planted.power is None and planted.state == rules.TOO_FEW
        if not few and (planted.power is None or planted.power >= rules.NOTICED):
            self.able += 1
            self.hit_where_able += noticed

    def shares(self, seeds: int, honest: int) -> dict[str, Any]:
        return {
            "recall": self.hit / seeds,
            "honest_flagged": self.accused / seeds / honest,
            "too_few": self.unsaid / seeds,
            "able": self.able / seeds,
            "recall_where_able": self.hit_where_able / self.able if self.able else None,
            "cleared": self.cleared / seeds,
        }


def office(people: int, differ: float, seed: int) -> list[Rated]:
    """Draw what an office's raters gave their people in a year: whole numbers from 1 to 5."""
    lots = np.random.default_rng(seed)
    honest = lots.normal(0, HONEST_RATERS, RATERS - 3)
    # Their mean is zero, or what was planted would be another in every office.
    severities = (SEVERE, -SEVERE, 0.0, *(honest - honest.mean()))
    given = []
    for rater, severity in enumerate(severities):
        worth = LEVEL + severity + lots.normal(0, differ, (people, 1))
        drawn = worth + lots.normal(0, NOISE, (people, QUESTIONS * QUARTERS))
        if rater == FLAT:  # a standard deviation below 0.1: one answer in two hundred is another
            drawn = np.where(lots.random(drawn.shape) < SAME**2 / 2, 4.0, 3.0)
        answers = np.clip(np.rint(drawn), 1, 5).astype(int)
        for number, row in enumerate(answers):
            values = tuple(int(one) for one in row)
            given.append(Rated(rater * 1000 + number, rater, "/01/", values))
    return given


def groups(people: int, share: float, seeds: int) -> Figure:
    """Plant a group whose share of Sangat Baik is 0.6 of the best's; then one without, per seed."""
    from hr.fairness import statistics

    tally = _Tally()
    for seed in range(seeds):
        lots = np.random.default_rng(seed)
        planted = statistics.group_ratios(_two(people, share, share * RATIO, lots))[-1]
        equal = statistics.group_ratios(_two(people, share, share, lots))[-1]
        tally.add("FX7", planted, [equal])
    return Figure("FX7", people, 0.0, share, seeds, **tally.shares(seeds, 1))


def _two(people: int, one: float, other: float, lots: np.random.Generator) -> list[Member]:
    members: list[Member] = []
    for name, share in (("F", one), ("M", other)):
        members += [
            Member(len(members), bool(drawn), {"sex": name})
            for drawn in lots.random(people) < share
        ]
    return members


def _flag(found: Finding) -> str:
    return rules.flag_of(found)
