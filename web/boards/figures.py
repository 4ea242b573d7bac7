"""What a board shows, office by office; an office of fewer than five is not shown at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from engine.queries import spent, waiting
from hr.calendar.rules import quarter_days
from hr.calibration import queries as calibration
from hr.directory import queries as directory
from hr.evaluation import queries as evaluation
from hr.evaluation.talent import PREDICATES
from hr.fairness import queries as fairness
from hr.fairness.rules import flag_of
from hr.planning.queries import planned_by_path
from hr.reporting import queries as reporting
from hr.service import queries as service
from hr.service.queries import Area
from web.site import engine, now
from web.trying import asked

FEWEST = 5
_ADVISORY = 10  # DT05
_MONTH = timedelta(days=30)
_SUPPOSED = "BAIK"  # where nobody has set an organisation's predicate yet


@dataclass
class Office:
    """An office in sums; `shown` are its predicates, None where the number is withheld."""

    path: str
    name: str
    people: int = 0
    planned: int = 0
    evaluated: int = 0
    reports: int = 0
    tasks: int = 0
    late: int = 0
    forms: int = 0
    minutes: int = 0
    typed_by: int = 0
    predicates: Counter[str] = field(default_factory=Counter)
    org_predicate: str = _SUPPOSED
    breaches: tuple[str, ...] = ()
    flags: Counter[str] = field(default_factory=Counter)

    @property
    def shown(self) -> Mapping[str, int | None]:
        """Give predicates by number, with small numbers withheld so that none can be derived."""
        counts = {code: self.predicates[code] for code in PREDICATES}
        if 0 < sum(counts.values()) < FEWEST:  # where they are not would tell where they are
            return dict.fromkeys(PREDICATES)
        hidden = {code for code, number in counts.items() if 0 < number < FEWEST}
        # The sum stands beside them: one alone would be told by it, and so would two ones or what
        # together is below five.
        others = [code for code in PREDICATES if counts[code] >= FEWEST]
        if hidden and (len(hidden) == 1 or sum(counts[code] for code in hidden) < FEWEST):
            hidden |= {min(others, key=lambda code: counts[code])} if others else set()
        return {code: None if code in hidden else number for code, number in counts.items()}

    @property
    def burden(self) -> tuple[int, int, float] | None:
        """Give forms, minutes of typing and minutes per person; None: fewer than five typed."""
        if 0 < self.typed_by < FEWEST:
            return None
        return self.forms, self.minutes, round(self.minutes / self.people, 1) if self.people else 0


@dataclass(frozen=True)
class Board:
    """A board; `hidden` counts the offices that are too small to be shown."""

    period: str
    offices: tuple[Office, ...]
    hidden: int
    missed: tuple[tuple[str, str, Area], ...]
    computed_at: datetime | None

    def total(self, name: str) -> int:
        """Sum a figure up."""
        return sum(getattr(one, name) for one in self.offices)


def board(period: str, prefixes: Collection[str]) -> Board:
    """Sum a quarter up for the offices under some scope paths."""
    last = quarter_days(period)[1]
    offices = {unit.path: unit.name for unit in engine().ask(directory.offices, now())}
    lines: dict[str, Office] = {}
    for path, people in engine().ask(directory.count_by_path, prefixes, now(), last).items():
        _office(lines, offices, path).people += people
    _cover(lines, prefixes, period, last)
    _wait(lines, offices, prefixes)
    _spend(lines)
    computed_at = _judge(lines, period)
    shown = [one for one in lines.values() if one.people >= FEWEST]
    known = tuple(one for one in engine().ask(service.missed, period) if _in(one[0], prefixes))
    found = tuple(sorted(shown, key=lambda one: one.name))
    return Board(period, found, len(lines) - len(shown), known, computed_at)


def _cover(lines: dict[str, Office], prefixes: Collection[str], period: str, last: date) -> None:
    asked = prefixes, period, now(), last
    for path, people in engine().ask(planned_by_path, prefixes, now(), last).items():
        lines[_top(path)].planned += people
    for path, predicate, people in engine().ask(evaluation.predicates_by_path, *asked):
        lines[_top(path)].evaluated += people
        lines[_top(path)].predicates[predicate] += people
    reports = engine().ask(reporting.reports_by_path, last.replace(day=1))
    for path, number in reports.items():
        if path in lines:
            lines[path].reports += number


def _wait(lines: dict[str, Office], offices: Mapping[str, str], prefixes: Collection[str]) -> None:
    for path, one in engine().ask(waiting.by_path, now(), prefixes):
        if _top(path) in lines:
            line = _office(lines, offices, path)
            line.tasks += one.tasks
            line.late += one.late


def _spend(lines: dict[str, Office]) -> None:
    """Put in what forms took; what fewer than five people typed would tell of each of them."""
    at = now()
    for path, one in engine().ask(spent.burden, at - _MONTH, at, tuple(lines)).items():
        lines[path].typed_by = one.people
        lines[path].forms = one.tasks
        lines[path].minutes = round(one.seconds / 60)


def _judge(lines: dict[str, Office], period: str) -> datetime | None:
    """Put in how predicates stand to DT05, and what the statistics of the year flag."""
    year = period[:4]
    held = {one.path: one.calibration for one in engine().ask(calibration.offices, year)}
    for path, line in lines.items():
        known = held.get(path)
        line.org_predicate = (known.org_predicate if known else "") or _SUPPOSED
        if line.evaluated >= _ADVISORY:
            line.breaches = breaches(line.org_predicate, line.predicates)
    seen = engine().ask(fairness.of_year, year, flagged=True)
    for finding in seen.findings:
        flag = flag_of(finding)
        if flag and _top(finding.of) in lines:
            lines[_top(finding.of)].flags[flag] += 1
    return seen.computed_at


def breaches(org_predicate: str, counts: Mapping[str, int]) -> tuple[str, ...]:
    """Ask DT05 what is wrong with a distribution of predicates."""
    given = {code: counts.get(code, 0) for code in PREDICATES}
    asking = {"org_predicate": org_predicate, "predicate_counts": given}
    return tuple(asked("dt05_distribution", "distribution breaches", asking) or ())


def last_quarter(today: date) -> str:
    """Name the newest quarter that is over."""
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    ended = first - timedelta(days=1)
    return f"{ended.year}Q{(ended.month - 1) // 3 + 1}"


def _office(lines: dict[str, Office], offices: Mapping[str, str], path: str) -> Office:
    top = _top(path)
    return lines.setdefault(top, Office(top, offices.get(top, top)))


def _top(path: str) -> str:
    found = directory.ancestors(path)
    return found[-1] if found else ""


def _in(path: str, prefixes: Collection[str]) -> bool:
    return path.startswith(tuple(prefixes))
