"""Functions as values, for boxed expressions, knowledge models and services; fitting to types."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from engine.dmn.misfits import misfit
from engine.dmn.trace import Session
from engine.dmn.types import MISFIT, Type, bind, feel_type
from engine.feel.nodes import TypeName
from engine.feel.values import Function, Range


def fit(value: Any, type_: Type, what: str, session: Session) -> Any:
    """Convert a value to a type, or note why not and give null."""
    bound = bind(value, type_)
    if bound is MISFIT:
        session.note("wrong-type", misfit(value, type_, what))
        return None
    return bound


def elements_of(value: Any, session: Session) -> Iterable[Any] | None:
    """Give what a filter or iterator walks over: a list, a range of whole numbers, one value."""
    if value is None:
        session.note("not-a-list", "Expected a list, but it is null.")
        return None
    if isinstance(value, list):
        items: list[Any] = value
    elif isinstance(value, Range):
        walked = _walk(value, session)
        if walked is None:
            session.note("not-a-list", "Expected a range between whole numbers.")
            return None
        items = walked
    else:
        items = [value]
    session.budget.grown(len(items))
    return items


def _walk(range_: Range, session: Session) -> list[Any] | None:
    low, high = range_.start, range_.end
    if not (isinstance(low, Decimal) and isinstance(high, Decimal)):
        return None
    if low != low.to_integral_value() or high != high.to_integral_value():
        return None
    first = int(low) + (0 if range_.start_included else 1)
    last = int(high) - (0 if range_.end_included else 1)
    session.budget.grown(max(0, last - first + 1))
    return [Decimal(i) for i in range(first, last + 1)]


class TypedFunction(Function):
    """A function with the types of its parameters, which `instance of` looks at."""

    __slots__ = ("_types",)

    def __init__(
        self,
        name: str,
        parameters: tuple[str, ...],
        call: Callable[..., Any],
        types: tuple[Type, ...],
    ) -> None:
        super().__init__(name, parameters, call)
        self._types = [feel_type(type_) for type_ in types]

    def signature_types(self) -> list[list[TypeName | None]]:
        """Give the types of the parameters, None where any will do."""
        return [self._types]


def function_value(
    name: str,
    parameters: tuple[str, ...],
    types: tuple[Type, ...],
    call: Callable[..., Any],
    session: Session,
) -> Function:
    """Make a FEEL function; arguments that do not fit its types make the call null."""

    def checked(*arguments: Any) -> Any:
        bound = []
        for parameter, type_, value in zip(parameters, types, arguments, strict=True):
            fitted = bind(value, type_)
            if fitted is MISFIT:
                session.note("wrong-type", misfit(value, type_, f"{parameter} of {name}"))
                return None
            bound.append(fitted)
        return call(*bound)

    return TypedFunction(name, parameters, checked, types)


def invoke(function: Function, arguments: dict[str, Any], session: Session) -> Any:
    """Call a function by the names of its parameters; null when they do not match."""
    return function.invoke_named(session.run, arguments, 0)
