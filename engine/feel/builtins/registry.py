"""How a built-in function says its signatures, and how a call finds the one that fits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.feel.functions import Function
from engine.feel.nodes import TypeName
from engine.feel.ranges import Range
from engine.feel.run import Run
from engine.feel.temporal import Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration
from engine.feel.types import NAMED_TYPES, type_of

_CLASSES: dict[str, tuple[type, ...]] = {
    "number": (Decimal,),
    "string": (str,),
    "boolean": (bool,),
    "list": (list,),
    "context": (dict,),
    "range": (Range,),
    "function": (Function,),
    "date": (Date,),
    "time": (Time,),
    "date and time": (DateTime,),
    "day": (Date, DateTime),
    "duration": (DaysTimeDuration, YearsMonthsDuration),
    "offset": (DaysTimeDuration,),
    "point": (Decimal, str, Date, Time, DateTime, DaysTimeDuration, YearsMonthsDuration),
}
_MISFIT = object()
_CALL_STEPS = 4  # what finding a signature and calling costs, whatever the function does


class NoResult(Exception):
    """Raised by a built-in function to give null, with the reason as a note."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `classes` empty means anything, null too."""

    name: str
    kind: str
    classes: tuple[type, ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function; `variadic` takes a list or its elements as arguments."""

    parameters: tuple[Parameter, ...]
    variadic: bool
    least: int
    steps: int
    function: Callable[..., Any]

    def bind(self, arguments: Sequence[Any]) -> list[Any] | None:
        """Give the arguments as the function wants them, None where they do not fit."""
        if self.variadic:
            return self._bind_many(arguments)
        count = len(arguments)
        if count > len(self.parameters) or count < self.least:
            return None
        bound: list[Any] = []
        for parameter, value in zip(self.parameters, arguments, strict=False):
            classes = parameter.classes
            if classes and type(value) not in classes and not isinstance(value, classes):
                value = _coerced(value, classes)
                if value is _MISFIT:
                    return None
            bound.append(value)
        return bound

    def _bind_many(self, arguments: Sequence[Any]) -> list[Any] | None:
        fixed = len(self.parameters) - 1
        if len(arguments) <= fixed:
            return None
        if fixed:
            return [*arguments[:fixed], list(arguments[fixed:])]
        if len(arguments) > 1:
            return [list(arguments)]
        only = arguments[0]
        if only is None:
            return None
        return [only if type(only) is list else [only]]

    def bind_named(self, arguments: Mapping[str, Any]) -> list[Any] | None:
        """Give named arguments in order, None where the names do not fit."""
        ordered: list[Any] = []
        for parameter in self.parameters:
            if parameter.name in arguments:
                if len(ordered) < self.parameters.index(parameter):
                    return None  # an optional one before it was left out
                ordered.append(arguments[parameter.name])
            elif not parameter.optional:
                return None
        if len(ordered) != len(arguments):
            return None
        return self.bind(ordered)


def _coerced(value: Any, classes: tuple[type, ...]) -> Any:
    """Make a list of a single value, or take the only element of a list (DMN 1.5 10.3.2.9.4)."""
    if classes == (list,):
        return _MISFIT if value is None else [value]
    if type(value) is list and len(value) == 1 and isinstance(value[0], classes):
        return value[0]
    return _MISFIT


class Builtin(Function):
    """A built-in function with all its signatures."""

    __slots__ = ("signatures",)

    def __init__(self, name: str) -> None:
        super().__init__(name, (), _unused)
        self.signatures: list[Signature] = []

    def invoke(self, run: Run, arguments: Sequence[Any], at: int) -> Any:
        """Call by position."""
        for signature in self.signatures:
            bound = signature.bind(arguments)
            if bound is not None:
                return self._answer(run, signature, bound, at)
        return self._misfit(run, ", ".join(type_of(a) for a in arguments), at)

    def invoke_named(self, run: Run, arguments: Mapping[str, Any], at: int) -> Any:
        """Call by name."""
        for signature in self.signatures:
            bound = signature.bind_named(arguments)
            if bound is not None:
                return self._answer(run, signature, bound, at)
        given = ", ".join(f"{name}: {type_of(value)}" for name, value in arguments.items())
        return self._misfit(run, given, at)

    def _answer(self, run: Run, signature: Signature, bound: list[Any], at: int) -> Any:
        run.budget.spend(signature.steps)
        try:
            result = signature.function(run, *bound)
        except (NoResult, ValueError) as reason:  # ValueError: a date beyond the calendar
            run.note(at, "no-result", f"{reason}")
            return None
        if result is None and run.notes is not None:
            run.note(at, "no-result", f"{self.name}(...) has no result for these values.")
        return result

    def _misfit(self, run: Run, given: str, at: int) -> None:
        if run.notes is not None:
            wanted = " or ".join(self.described())
            run.note(at, "arguments", f"Expected {wanted}, but got {self.name}({given}).")

    def signature_types(self) -> list[list[TypeName | None]]:
        """Give the types of the parameters of each signature."""
        return [
            [TypeName(0, p.kind) if p.kind in NAMED_TYPES.names else None for p in s.parameters]
            for s in self.signatures
        ]

    def described(self) -> list[str]:
        """Give the signatures as a person writes them."""
        return [f"{self.name}({_described(s)})" for s in self.signatures]


def _described(signature: Signature) -> str:
    text = ", ".join(f"{p.name}{'?' if p.optional else ''}: {p.kind}" for p in signature.parameters)
    return text + (", ..." if signature.variadic else "")


def _unused(*_: Any) -> Any:
    raise AssertionError("a built-in function is called through its signatures")


BUILTINS: dict[str, Builtin] = {}


def builtin(
    declaration: str, *, steps: int = 0
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function under a declaration such as `substring(string: string, length: number?)`.

    A type with `?` may be left out, one with `*` (the last) takes a list or its elements.
    The function gets the run, then the values; it gives null, or raises NoResult with the reason.
    steps -- what it costs beyond a call, where it spends nothing itself: 1 is about 0.3 us
    """
    name, _, rest = declaration.partition("(")
    parts = [part.partition(":") for part in rest.rstrip(")").split(", ") if part]
    parameters: list[Parameter] = []
    variadic = False
    for parameter, _, type_ in parts:
        type_ = type_.strip()
        optional = type_.endswith("?")
        variadic = type_.endswith("*")
        type_ = type_.rstrip("?*")
        parameters.append(Parameter(parameter, type_, _CLASSES.get(type_, ()), optional))
    least = sum(not p.optional for p in parameters)

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        BUILTINS.setdefault(name, Builtin(name)).signatures.append(
            Signature(tuple(parameters), variadic, least, _CALL_STEPS + steps, function)
        )
        return function

    return register
