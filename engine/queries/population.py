"""Whether all cases of a process and period are there: numbers given out against cases kept."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from engine.store.base import table_of
from engine.store.tables import Counter, Definition, Instance

_counter = table_of(Counter)
_definition = table_of(Definition)
_instance = table_of(Instance)
_ROWS_AT_ONCE = 2000
MOST_NAMED = 50
"""How many missing numbers are named."""


@dataclass(frozen=True)
class Population:
    """The cases of a process in a period.

    given -- numbers that its counter has given out; kept -- cases with a number; states -- of those
    Numbers are taken when a start is sure (docs/decisions/case-numbers.md): none is ever void.
    """

    process_key: str
    period: str
    code: str
    given: int
    kept: int
    states: dict[str, int]

    @property
    def whole(self) -> bool:
        """Tell whether as many cases are kept as numbers were given out."""
        return self.given == self.kept


@dataclass(frozen=True)
class Gap:
    """A number without a case (MISSING), or a case whose number was never given out (EXTRA)."""

    case_no: str
    kind: str


def populations(connection: Connection) -> tuple[Population, ...]:
    """Give every process and period that has cases or numbers, newest period first."""
    counted = connection.execute(
        select(
            _definition.c.code,
            _instance.c.process_key,
            _instance.c.period,
            _instance.c.state,
            func.count(),
        )
        .join(_definition, _definition.c.id == _instance.c.definition_id)
        .where(_instance.c.case_no.is_not(None))
        .group_by(
            _definition.c.code, _instance.c.process_key, _instance.c.period, _instance.c.state
        )
    )
    given = {row.name: row.next_value - 1 for row in connection.execute(select(_counter))}
    codes = {row.code: row.key for row in connection.execute(select(_definition))}
    states: dict[tuple[str, str, str], Tally[str]] = {}
    for code, key, period, state, number in counted:
        states.setdefault((code, key, period), Tally())[state] += number
    for name in given:  # a counter without any case says that all of them are gone
        code, _, period = name.partition("-")
        if code in codes:
            states.setdefault((code, codes[code], period), Tally())
    found = (
        Population(key, period, code, given.get(_name(code, period), 0), tally.total(), dict(tally))
        for (code, key, period), tally in states.items()
    )
    return tuple(sorted(found, key=lambda one: (one.period, one.process_key), reverse=True))


def gaps(connection: Connection, code: str, period: str) -> tuple[Gap, ...]:
    """Name numbers that have no case, and cases beyond the numbers; at most MOST_NAMED."""
    name = _name(code, period)
    next_value = connection.scalar(select(_counter.c.next_value).where(_counter.c.name == name))
    numbers = {
        case_no.rpartition("-")[2]: case_no
        for case_no in connection.scalars(
            select(_instance.c.case_no).where(
                _instance.c.case_no.startswith(f"{name}-", autoescape=True),
                _instance.c.period == period,
            )
        )
    }
    return tuple(_gaps(name, next_value or 1, numbers))[:MOST_NAMED]


def _gaps(name: str, next_value: int, numbers: dict[str, str]) -> Iterator[Gap]:
    for number in range(1, next_value):
        if numbers.pop(f"{number:06d}", None) is None:
            yield Gap(f"{name}-{number:06d}", "MISSING")
    yield from (Gap(case_no, "EXTRA") for case_no in sorted(numbers.values()))


def cases_of(
    connection: Connection, process_key: str, period: str, until: int | None = None
) -> Iterator[tuple[int, str]]:
    """Give id and number of all cases of a process and period, as they began; `until`: an id."""
    wanted = select(_instance.c.id, _instance.c.case_no).where(
        _instance.c.process_key == process_key,
        _instance.c.period == period,
        _instance.c.case_no.is_not(None),
    )
    if until is not None:
        wanted = wanted.where(_instance.c.id <= until)
    rows = connection.execute(
        wanted.order_by(_instance.c.id), execution_options={"yield_per": _ROWS_AT_ONCE}
    )
    yield from ((row.id, row.case_no) for row in rows)


def _name(code: str, period: str) -> str:
    return f"{code}-{period}" if period else code
