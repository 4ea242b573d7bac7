"""The statistics themselves, by SciPy and statsmodels (extra `stats`): pure, and slow to import.

Severity is a mixed model over raters (random intercepts, REML); what a rater gave a person is one
observation, the mean of all single ratings, so that people who differ widen the interval.
"""

from __future__ import annotations

import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats
from statsmodels.regression.mixed_linear_model import MixedLM
from statsmodels.stats.proportion import confint_proportions_2indep

from hr.fairness import rules
from hr.fairness.rules import Finding, Member, Rated

_Z = float(stats.norm.ppf(0.5 + rules.LEVEL / 2))


@dataclass(frozen=True)
class _Rater:
    """A rater's part in the model: shrunk effect and its variance."""

    rater_id: int
    office: str
    people: int
    effect: float
    variance: float
    shrinkage: float  # 1: the mean of his own people counts alone
    scatter: float  # variance of what his shrunk effect would be, drawn anew with other people


def severities(given: Sequence[Rated]) -> tuple[Finding, ...]:
    """Estimate how much milder (positive) or stricter each rater is than his office's others.

    The variance between raters is that of all offices together; a rater of few people is drawn
    towards the mean accordingly.
    """
    if not given:
        return ()
    raters = _effects(given)
    offices = defaultdict(list)
    for one in raters:
        offices[one.office].append(one)
    return tuple(_against(one, offices[one.office]) for one in raters)


def _effects(given: Sequence[Rated]) -> list[_Rater]:
    ratings: dict[tuple[str, int], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for one in given:  # a person's periods together are one observation
        ratings[(one.office, one.rater_id)][one.person_id] += one.values
    keys = sorted(ratings)
    groups = np.repeat(np.arange(len(keys)), [len(ratings[key]) for key in keys])
    means = np.array([float(np.mean(rows)) for key in keys for rows in ratings[key].values()])
    places = np.array([key[0] for key in keys])[groups]
    for office in set(places):
        means[places == office] -= means[places == office].mean()
    between, within = _components(means, groups)
    raters = []
    for number, (office, rater_id) in enumerate(keys):
        own = means[groups == number]
        spread = within + len(own) * between
        kept = len(own) * between / spread if spread else 0.0
        effect, variance = kept * float(own.mean()), kept * within / len(own)
        scatter = kept**2 * within / len(own)
        raters.append(_Rater(rater_id, office, len(own), effect, variance, kept, scatter))
    return raters


def _components(means: np.ndarray, groups: np.ndarray) -> tuple[float, float]:
    """Estimate the variances between raters and between the people of one."""
    raters = int(groups[-1]) + 1
    if raters < 2 or raters == len(means) or float(means.var()) < 1e-12:
        return 0.0, float(means.var())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a variance of zero, which is an answer
        model = MixedLM(means, np.ones((len(means), 1)), groups=groups)
        # By gradient it stops at zero where zero is not the best.
        fitted = model.fit(reml=True, method=["powell"])
    return max(float(fitted.cov_re[0, 0]), 0.0), float(fitted.scale)


def _against(one: _Rater, office: Sequence[_Rater]) -> Finding:
    others = [other for other in office if other is not one]
    about = (rules.SEVERITY, one.rater_id, one.office, one.people)
    if one.people < rules.FEWEST_PEOPLE or len(others) < rules.FEWEST_OTHERS:
        return Finding(*about, rules.TOO_FEW)
    total = sum(other.people for other in others)
    mean = sum(other.effect * other.people for other in others) / total
    noise = sum(other.variance * (other.people / total) ** 2 for other in others)
    estimate = one.effect - mean
    half = _Z * float(np.sqrt(one.variance + noise))
    low, high = estimate - half, estimate + half
    scatter = sum(other.scatter * (other.people / total) ** 2 for other in others)
    room = one.shrinkage * rules.WORTH_NOTICING - rules.MOST_SEVERE - half
    power = _chance(room, one.scatter + scatter)
    state = rules.severity_state(low, high)
    return rules.told(Finding(*about, state, estimate, low, high, power))


def _chance(room: float, variance: float) -> float:
    """Give how likely something normal of this variance stays above minus `room`."""
    return float(stats.norm.cdf(room / np.sqrt(variance))) if variance > 0 else float(room > 0)


def spreads(given: Iterable[Rated]) -> tuple[Finding, ...]:
    """Estimate how much each rater's ratings differ between people, question by question.

    The interval is that of a standard deviation (chi-squared), over all questions together.
    """
    by_rater: dict[tuple[str, int], dict[str, list[Rated]]] = defaultdict(lambda: defaultdict(list))
    for one in given:
        by_rater[(one.office, one.rater_id)][one.period].append(one)
    return tuple(_spread(*key, periods) for key, periods in sorted(by_rater.items()))


def _spread(office: str, rater_id: int, periods: dict[str, list[Rated]]) -> Finding:
    people = {one.person_id for rows in periods.values() for one in rows}
    about = (rules.SPREAD, rater_id, office, len(people))
    squares, freedom = 0.0, 0
    for rows in periods.values():
        for column in zip(*(one.values for one in rows), strict=False):
            answers = np.array(column, dtype=float)
            squares += float(((answers - answers.mean()) ** 2).sum())
            freedom += len(answers) - 1
    if len(people) < rules.FEWEST_PEOPLE or not freedom:
        return Finding(*about, rules.TOO_FEW)
    tail = (1 - rules.LEVEL) / 2
    deviation = float(np.sqrt(squares / freedom))
    low = float(np.sqrt(squares / stats.chi2.ppf(1 - tail, freedom)))
    high = float(np.sqrt(squares / stats.chi2.ppf(tail, freedom)))
    state = rules.below_state(low, high, rules.LEAST_SPREAD)
    return Finding(*about, state, deviation, low, high)


def group_ratios(members: Iterable[Member]) -> tuple[Finding, ...]:
    """Compare each group's share of Sangat Baik with the best group's of the same kind.

    The interval is the score interval of a ratio of two proportions (Koopman).  Groups that are too
    small are compared with nothing, and nothing is compared with them.
    """
    size: Counter[tuple[str, str]] = Counter()
    excellent: Counter[tuple[str, str]] = Counter()
    for one in members:
        size.update(one.groups.items())
        if one.excellent:
            excellent.update(one.groups.items())
    found: list[Finding] = []
    for kind in sorted({key[0] for key in size}):
        keys = sorted(key for key in size if key[0] == kind)
        large = [key for key in keys if size[key] >= rules.FEWEST_OF_GROUP]
        best = max(large, key=lambda key: excellent[key] / size[key], default=None)
        found += [_ratio(key, best, size, excellent) for key in keys if key != best]
    return tuple(found)


def _ratio(
    key: tuple[str, str],
    best: tuple[str, str] | None,
    size: Counter[tuple[str, str]],
    excellent: Counter[tuple[str, str]],
) -> Finding:
    smaller = min(size[key], size[best] if best else 0)
    about = (rules.GROUP, key[1], key[0], smaller)
    if best is None or smaller < rules.FEWEST_OF_GROUP or not excellent[best]:
        return Finding(*about, rules.TOO_FEW)
    estimate = (excellent[key] / size[key]) / (excellent[best] / size[best])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a share of zero
        low, high = confint_proportions_2indep(
            excellent[key],
            size[key],
            excellent[best],
            size[best],
            compare="ratio",
            method="score",
            alpha=1 - rules.LEVEL,
        )
    low, high = float(np.nan_to_num(low)), float(high)
    state = rules.below_state(low, high, rules.LEAST_RATIO)
    power = ratio_power(excellent[best] / size[best], size[best], size[key])
    return rules.told(Finding(*about, state, estimate, low, high, power))


def ratio_power(share: float, best: int, other: int) -> float:
    """Give how likely a true ratio of 0.6 is flagged (FX7), by the best's share and both sizes.

    The interval excludes 0.8 where the score test of it does; normal approximation, its variance
    under the bound at the shares that fit it best (Farrington and Manning 1990).
    """
    bound, low = rules.LEAST_RATIO, rules.RATIO_WORTH_NOTICING * share
    under = _fitting(low, share, other, best, bound)
    null = bound * under * (1 - bound * under) / other + bound**2 * under * (1 - under) / best
    true = low * (1 - low) / other + bound**2 * share * (1 - share) / best
    return _chance((bound * share - low) - _Z * float(np.sqrt(null)), true)


def _fitting(one: float, other: float, n: int, m: int, ratio: float) -> float:
    """Give the share of the other group that fits best where one's is `ratio` times it."""
    a = (n + m) * ratio
    b = -(n * ratio + n * one + m + m * other * ratio)
    c = n * one + m * other
    return float((-b - np.sqrt(b * b - 4 * a * c)) / (2 * a))


def agreement(pairs: Sequence[tuple[float, float]], office: str = "") -> Finding:
    """Estimate how far two raters of the same people agree: ICC(1), with the F interval.

    One-way random effects (Shrout and Fleiss 1979): a difference in level counts as disagreement.
    """
    about = (rules.AGREEMENT, "", office, len(pairs))
    table = np.array(pairs, dtype=float)
    if len(pairs) < rules.FEWEST_PAIRS or float(table.var()) < 1e-12:
        return Finding(*about, rules.TOO_FEW)
    n, k = table.shape
    between = k * float(table.mean(axis=1).var(ddof=1))
    within = float(table.var(axis=1, ddof=1).mean())
    if within == 0:
        return Finding(*about, rules.CLEAR, 1.0, 1.0, 1.0)
    tail, free = (1 - rules.LEVEL) / 2, (n - 1, n * (k - 1))
    ratio = between / within
    lower = ratio / float(stats.f.ppf(1 - tail, *free))
    upper = ratio * float(stats.f.ppf(1 - tail, free[1], free[0]))
    low, mid, high = ((f - 1) / (f + k - 1) for f in (lower, ratio, upper))
    return Finding(*about, rules.CLEAR, mid, low, high)
