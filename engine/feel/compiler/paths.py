"""Paths (`a.b`), properties of dates, durations and ranges, and filters (`list[ ... ]`)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.feel import nodes as n
from engine.feel.calendar import DAY, NANO
from engine.feel.compiler.names import Frame, ItemEnv
from engine.feel.numbers import NUMBERS
from engine.feel.ranges import Range
from engine.feel.run import Code, Env, Run
from engine.feel.temporal import Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration
from engine.feel.types import type_of

if TYPE_CHECKING:
    from engine.feel.compiler.core import Compiler

_READ_STEPS = 8  # what calculating a property costs
_Property = Callable[[Any], Any]


def _offset(value: Time | DateTime) -> DaysTimeDuration | None:
    return None if value.offset is None else DaysTimeDuration(value.offset * NANO)


_CLOCK: dict[str, _Property] = {
    "hour": lambda t: Decimal(t.hour),
    "minute": lambda t: Decimal(t.minute),
    "second": lambda t: Decimal(t.second),
}
_VALUE = "value"  # a number that orders values of one type (DMN 1.5 10.3.2.3)
_DAY: dict[str, _Property] = {
    "year": lambda d: Decimal(d.year),
    "month": lambda d: Decimal(d.month),
    "day": lambda d: Decimal(d.day),
    "weekday": lambda d: Decimal(d.weekday),
}
_ZONE: dict[str, _Property] = {
    "time offset": _offset,
    "timezone": lambda t: t.zone if isinstance(t.zone, str) else None,
}


def _seconds(nanos: int) -> Decimal:
    return NUMBERS.divide(Decimal(nanos), Decimal(NANO))


def _signed(part: int, value: int) -> Decimal:
    return Decimal(-part if value < 0 else part)


def _months_part(index: int) -> _Property:
    return lambda d: _signed(divmod(abs(d.months), 12)[index], d.months)


def _days_part(index: int) -> _Property:
    return lambda d: _signed(d.parts[index], d.nanos)


def _of(part: str, reader: _Property) -> _Property:
    return lambda moment: reader(getattr(moment, part))


PROPERTIES: dict[type, dict[str, _Property]] = {
    Date: {**_DAY, _VALUE: lambda d: Decimal(d.number * DAY)},
    Time: {**_CLOCK, **_ZONE, _VALUE: lambda t: _seconds(t.instant)},
    DateTime: {
        **{k: _of("date", f) for k, f in _DAY.items()},
        **{k: _of("time", f) for k, f in _CLOCK.items()},
        **_ZONE,
        _VALUE: lambda d: _seconds(d.instant),
    },
    YearsMonthsDuration: {
        "years": _months_part(0),
        "months": _months_part(1),
        _VALUE: lambda d: Decimal(d.months),
    },
    DaysTimeDuration: {
        "days": _days_part(0),
        "hours": _days_part(1),
        "minutes": _days_part(2),
        "seconds": _days_part(3),
        _VALUE: lambda d: _seconds(d.nanos),
    },
    Range: {
        "start": lambda r: r.start,
        "end": lambda r: r.end,
        "start included": lambda r: r.start_included,
        "end included": lambda r: r.end_included,
    },
}


def path(c: Compiler, node: n.Path) -> Code:
    base, name, at = c.code(node.base), node.name, node.at

    def get(env: Env) -> Any:
        value = base(env)
        if type(value) is dict and name in value:
            return value[name]
        return member(value, name, env.run, at)

    return get


def member(value: Any, name: str, run: Run, at: int) -> Any:
    """Give an entry or property; of a list, that of each element."""
    if type(value) is dict:
        if name in value:
            return value[name]
        run.note(at, "unknown-entry", f"Expected an entry `{name}`, but the context has none.")
        return None
    if type(value) is list:
        run.budget.grown(len(value))
        return [member(item, name, run, at) for item in value]
    reader = PROPERTIES.get(type(value), {}).get(name)
    if reader is not None:
        run.budget.spend(_READ_STEPS)
        return reader(value)
    if value is None:
        run.note(at, "null", f"Expected something that has `{name}`, but there is null.")
    else:
        run.note(
            at, "type", f"Expected something that has `{name}`, but a {type_of(value)} has not."
        )
    return None


def filter_(c: Compiler, node: n.Filter) -> Code:
    base = c.code(node.base)
    if isinstance(node.condition, n.Literal) and type(node.condition.value) is Decimal:
        return _indexed(base, node.condition.value, node.at)
    c.names.enter(Frame(item=True))
    condition, weight = c.weighed(node.condition)
    c.names.leave()
    at = node.at
    may_index = not isinstance(
        node.condition, n.Compare | n.Logic | n.Between | n.In | n.InstanceOf | n.Quantified
    )

    def select(env: Env) -> Any:
        value = base(env)
        if value is None:
            env.run.note(at, "null", "Expected a list to choose from, but there is null.")
            return None
        items = value if type(value) is list else [value]
        if may_index:
            index = condition(ItemEnv(items[0] if items else None, env))
            if type(index) is Decimal:
                return element(items, index, env.run, at)
        env.run.budget.spend(weight * len(items) + 1)
        return [item for item in items if condition(ItemEnv(item, env)) is True]

    return select


def _indexed(base: Code, index: Decimal, at: int) -> Code:
    def get(env: Env) -> Any:
        value = base(env)
        if value is None:
            env.run.note(at, "null", "Expected a list to choose from, but there is null.")
            return None
        return element(value if type(value) is list else [value], index, env.run, at)

    return get


def element(items: list[Any], index: Decimal, run: Run, at: int) -> Any:
    """Give an element by its number from 1, or from -1 backwards; null where there is none."""
    number = int(index) if abs(index) <= len(items) else 0
    if 1 <= number <= len(items):
        return items[number - 1]
    if -len(items) <= number <= -1:
        return items[number]
    run.note(at, "index", f"Expected an index from 1 to {len(items)}, but got {index:f}.")
    return None


BUILDERS = {n.Path: path, n.Filter: filter_}
