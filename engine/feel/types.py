"""FEEL's types: the type of a value, conformance of a value to a type, coercion to one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.feel.budget import Budget
from engine.feel.functions import Function
from engine.feel.nodes import TypeName
from engine.feel.ranges import Range
from engine.feel.scope import Scope
from engine.feel.temporal import Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration

_CLASSES: dict[str, type | tuple[type, ...]] = {
    "number": Decimal,
    "string": str,
    "boolean": bool,
    "date": Date,
    "time": Time,
    "date and time": DateTime,
    "dateTime": DateTime,
    "days and time duration": DaysTimeDuration,
    "day time duration": DaysTimeDuration,
    "dayTimeDuration": DaysTimeDuration,
    "years and months duration": YearsMonthsDuration,
    "year month duration": YearsMonthsDuration,
    "yearMonthDuration": YearsMonthsDuration,
    "list": list,
    "context": dict,
    "range": Range,
    "function": Function,
}
NAMED_TYPES = Scope([*_CLASSES, "Any", "Null"])
_NAMES: dict[type, str] = {
    type(None): "null",
    Decimal: "number",
    str: "string",
    bool: "boolean",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    DaysTimeDuration: "days and time duration",
    YearsMonthsDuration: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
}
MISFIT = object()  # what `coerce` gives for a value that can't be of the type


def type_of(value: Any) -> str:
    """Give the FEEL name of a value's type."""
    return _NAMES.get(type(value), "function")


def is_known(type_: TypeName) -> bool:
    """Tell whether a type and all types in it are FEEL's own."""
    inner = [part for _, part in type_.parts] + ([type_.result] if type_.result else [])
    return (type_.name in _CLASSES or type_.name in ("Any", "Null")) and all(map(is_known, inner))


def conforms(value: Any, type_: TypeName, budget: Budget) -> bool:
    """Tell whether a value is an instance of a type; null is one of Null only."""
    name = type_.name
    if name == "Null":
        return value is None
    if value is None:
        return False
    if name == "Any":
        return True
    if not _is_a(value, name):
        return False
    if not type_.parts and type_.result is None:
        return True
    if name == "list":
        budget.spend(len(value))
        return all(_conforms_or_null(item, type_.parts[0][1], budget) for item in value)
    if name == "range":
        return all(
            _conforms_or_null(bound, type_.parts[0][1], budget)
            for bound in (value.start, value.end)
        )
    if name == "context":
        return all(
            key in value and _conforms_or_null(value[key], part, budget)
            for key, part in type_.parts
        )
    return _function_conforms(value, type_)


def _is_a(value: Any, name: str) -> bool:
    class_ = _CLASSES.get(name)
    return class_ is not None and isinstance(value, class_)


def _conforms_or_null(value: Any, type_: TypeName, budget: Budget) -> bool:
    return value is None or conforms(value, type_, budget)


def _function_conforms(function: Function, type_: TypeName) -> bool:
    """Tell whether one of a function's signatures accepts what the type asks of it.

    A result of unknown type is taken to fit, one of a known other type is not.
    """
    result = function.result_type()
    if type_.result and result and not subtype(result, TypeName(0, type_.result.name)):
        return False
    wanted = [part for _, part in type_.parts]
    return any(
        len(have) == len(wanted)
        and all(h is None or subtype(w, h) for w, h in zip(wanted, have, strict=True))
        for have in function.signature_types()
    )


def subtype(type_: TypeName, wider: TypeName) -> bool:
    """Tell whether every value of a type is of the wider type too."""
    if wider.name == "Any" or type_.name == "Null":
        return True
    if _CLASSES.get(type_.name, type_.name) != _CLASSES.get(wider.name, wider.name):
        return False
    if not wider.parts:
        return True
    if wider.name == "context":
        have = dict(type_.parts)
        return all(key in have and subtype(have[key], part) for key, part in wider.parts)
    return len(type_.parts) == len(wider.parts) and all(
        subtype(a, b) for (_, a), (_, b) in zip(type_.parts, wider.parts, strict=True)
    )


def coerce(value: Any, type_: TypeName, budget: Budget) -> Any:
    """Give the value as the type wants it (DMN 1.5 10.3.2.9.4), or MISFIT."""
    if value is None or not is_known(type_) or conforms(value, type_, budget):
        return value
    if type_.name == "list":
        single = [value]
        return single if type(value) is not list and conforms(single, type_, budget) else MISFIT
    if type(value) is list and len(value) == 1:
        return coerce(value[0], type_, budget)
    if type_.name in ("date and time", "dateTime") and type(value) is Date:
        return DateTime(value, Time(0, 0, 0, 0, 0))
    return MISFIT
