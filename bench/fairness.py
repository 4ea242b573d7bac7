"""The `fairness` figure: how often planted unfairness is noticed, and honest raters are accused.

Every population is drawn from a fixed seed; bench/README.md says how.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hr.fairness import rules
from hr.fairness.rules import Finding, Member, Rated

SEEDS = 200
QUESTIONS, QUARTERS = 7, 4
RATERS = 12  # of one office: one milder, one stricter, one who gives everybody the same
SEVERE, NOISE, SAME = 0.9, 0.5, 0.1
HONEST_RATERS, LEVEL = 0.15, 3.3
MILD, STRICT, FLAT = 0, 1, 2
RATIO = 0.6


@dataclass(frozen=True)
class Figure:
    """How often it was noticed, and how often somebody without was: both as shares of all."""

    flag: str
    people: int
    people_differ: float
    share_of_best: float
    seeds: int
    recall: float
    honest_flagged: float
    too_few: float


def figures(seeds: int = SEEDS) -> Iterator[Figure]:
    """Measure what the issue names, then the curves around it."""
    for people in (15, 10, 20, 30, 60):
        yield from raters(people, 0.0, seeds)
    for differ in (0.15, 0.3, 0.5):
        for people in (15, 30, 60, 120):
            yield from raters(people, differ, seeds)
    for share in (0.7, 0.5, 0.24):
        for people in (300, 600, 1200, 2400):
            yield groups(people, share, seeds)
    yield groups(150, 0.7, seeds)


def raters(people: int, differ: float, seeds: int) -> Iterator[Figure]:
    """Plant a milder, a stricter and an indifferent rater in an office, once for each seed.

    differ -- the standard deviation between people, who are alike where it is zero
    """
    from hr.fairness import statistics

    hit: Counter[str] = Counter()
    accused: Counter[str] = Counter()
    unsaid: Counter[str] = Counter()
    for seed in range(seeds):
        given = office(people, differ, seed)
        mild = {f.who: f for f in statistics.severities(given)}
        flat = {f.who: f for f in statistics.spreads(given)}
        for flag, found, planted in (
            ("FX1", mild, MILD),
            ("FX12", mild, STRICT),
            ("FX2", flat, FLAT),
        ):
            hit[flag] += _flag(found[planted]) == flag
            unsaid[flag] += found[planted].state == rules.TOO_FEW
            accused[flag] += sum(_flag(found[who]) == flag for who in range(3, RATERS))
    for flag in ("FX1", "FX12", "FX2"):
        yield Figure(
            flag,
            people,
            differ,
            0.0,
            seeds,
            hit[flag] / seeds,
            accused[flag] / seeds / (RATERS - 3),
            unsaid[flag] / seeds,
        )


def office(people: int, differ: float, seed: int) -> list[Rated]:
    """Draw what an office's raters gave their people in a year: whole numbers from 1 to 5."""
    lots = np.random.default_rng(seed)
    given = []
    for rater in range(RATERS):
        severity = {MILD: SEVERE, STRICT: -SEVERE, FLAT: 0.0}.get(rater)
        severity = lots.normal(0, HONEST_RATERS) if severity is None else severity
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

    hit = accused = unsaid = 0
    for seed in range(seeds):
        lots = np.random.default_rng(seed)
        found = statistics.group_ratios(_two(people, share, share * RATIO, lots))[-1]
        hit += _flag(found) == "FX7"
        unsaid += found.state == rules.TOO_FEW
        found = statistics.group_ratios(_two(people, share, share, lots))[-1]
        accused += _flag(found) == "FX7"
    return Figure("FX7", people, 0.0, share, seeds, hit / seeds, accused / seeds, unsaid / seeds)


def _two(people: int, one: float, other: float, lots: np.random.Generator) -> list[Member]:
    members = []
    for name, share in (("F", one), ("M", other)):
        members += [
            Member(len(members), bool(drawn), {"sex": name})
            for drawn in lots.random(people) < share
        ]
    return members


def _flag(found: Finding) -> str:
    return rules.flag_of(found)
