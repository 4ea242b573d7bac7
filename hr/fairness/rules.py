"""What the statistics are given and what they say, and when there are too few to say anything.

Pure.  The bounds are those of DT20 (domain.md §2.5); `statistics` computes, the extra `stats`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

# What a finding says of its bound: the whole interval lies beyond it, within it, or on both sides.
FLAGGED, CLEAR, OPEN, TOO_FEW = "FLAGGED", "CLEAR", "OPEN", "TOO_FEW"
SEVERITY, SPREAD, GROUP, AGREEMENT = "SEVERITY", "SPREAD", "GROUP", "AGREEMENT"

LEVEL = 0.95  # of every interval
MOST_SEVERE = 0.75  # FX1 and FX12, on the scale of 1 to 5
LEAST_SPREAD = 0.20  # FX2
LEAST_RATIO = 0.80  # FX7
# What has to be noticed: where it would be missed more often than this, the page says "too few".
WORTH_NOTICING, RATIO_WORTH_NOTICING, NOTICED = 0.9, 0.6, 0.95
MOST_AT_ONCE = 15  # forms within ten minutes, FX11
FEWEST_PEOPLE = 15  # a rater's, for FX1, FX2 and FX12
FEWEST_OTHERS = 4  # raters of the same office to compare with
FEWEST_OF_GROUP = 300  # for FX7
FEWEST_PAIRS = 15  # people rated twice, for the agreement


@dataclass(frozen=True)
class Rated:
    """What one rater gave one person in a period: a rating for each question, from 1 to 5."""

    person_id: int
    rater_id: int
    office: str
    values: tuple[int, ...]
    period: str = ""


@dataclass(frozen=True)
class Member:
    """A person with a predicate, and the groups he belongs to: `{"sex": "F", "age": "30-39"}`."""

    person_id: int
    excellent: bool  # Sangat Baik
    groups: Mapping[str, str]


@dataclass(frozen=True)
class Finding:
    """An estimate with its interval; where there are too few, all three are None.

    kind -- SEVERITY: a rater's mean less that of the office's other raters, shrunk;
        SPREAD: the standard deviation of a rater's ratings between people;
        GROUP: a group's share of Sangat Baik, as a part of the best group's;
        AGREEMENT: the intraclass correlation of two raters of the same people, -1 to 1
    who -- of a rater: his number; of a group: its name
    people -- how many people it rests on; of a group: the smaller of the two
    power -- how likely a severity of 0.9, or a ratio of 0.6, would have been flagged here
    """

    kind: str
    who: int | str
    of: str  # the office's path, or the kind of group
    people: int
    state: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    power: float | None = None

    @property
    def cautious(self) -> float:
        """Give the end of the interval that is nearest to "nothing unusual", for DT20.

        Of a rater's severity zero where the interval holds zero; of a spread or a ratio the upper
        end; where there are too few, what DT20 never flags.
        """
        if self.low is None or self.high is None:
            return 0.0 if self.kind == SEVERITY else 1.0
        if self.kind != SEVERITY:
            return self.high
        return self.low if self.low > 0 else min(self.high, 0.0)


def severity_state(low: float, high: float) -> str:
    """Tell whether a severity's interval lies beyond the bound on either side (FX1, FX12)."""
    if low > MOST_SEVERE or high < -MOST_SEVERE:
        return FLAGGED
    return CLEAR if low >= -MOST_SEVERE and high <= MOST_SEVERE else OPEN


def below_state(low: float, high: float, bound: float) -> str:
    """Tell whether an interval lies below a bound (FX2, FX7)."""
    if high < bound:
        return FLAGGED
    return CLEAR if low >= bound else OPEN


def told(finding: Finding) -> Finding:
    """Say "too few" of what is undecided where even a gross difference would often be undecided.

    An interval that lies beyond its bound, or within it, tells whatever the power was.
    """
    if finding.state != OPEN or finding.power is None or finding.power >= NOTICED:
        return finding
    return replace(finding, state=TOO_FEW, estimate=None, low=None, high=None)


def flag_of(finding: Finding) -> str:
    """Give the code of DT20 for a flagged finding, or an empty text."""
    if finding.state != FLAGGED or finding.estimate is None:
        return ""
    if finding.kind == SEVERITY:
        return "FX1" if finding.estimate > 0 else "FX12"
    return {SPREAD: "FX2", GROUP: "FX7"}.get(finding.kind, "")


def age_band(born_on: date, day: date) -> str:
    """Give the band of ten years in which somebody's age lies on a day; the ends are wider."""
    age = day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
    if age < 30:
        return "<30"
    return ">=50" if age >= 50 else f"{age // 10 * 10}-{age // 10 * 10 + 9}"
