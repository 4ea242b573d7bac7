"""`for`, `some` and `every`: iterating lists and ranges, several at once, at a price per pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Any

from engine.feel import nodes as n
from engine.feel.builtins import BUILTINS
from engine.feel.compare import less
from engine.feel.compiler.names import Frame
from engine.feel.numbers import NUMBERS, ONE
from engine.feel.ranges import Range
from engine.feel.run import Code, Env, Run
from engine.feel.temporal import Date
from engine.feel.types import type_of

if TYPE_CHECKING:
    from engine.feel.compiler.core import Compiler


_COUNTABLE = 33  # digits, below which whole numbers are counted as such
_DAY_STEPS = 8  # what making a date costs beside a pass


@dataclass(frozen=True, slots=True)
class _Source:
    """One iterator: its variable, its list or range, its price per pass."""

    name: str
    at: int
    source: Code
    end: Code | None
    weight: int


class _NoDomain(Exception):
    """What should be iterated can't be; a note says why."""


def for_(c: Compiler, node: n.For) -> Code:
    frame = Frame()
    c.names.enter(frame)
    sources = _sources(c, frame, node.iterations)
    frame.names.add("partial")
    body, weight = c.weighed(node.body)
    c.names.leave()
    partial = _mentions(node.body, "partial")
    copies = partial and _escapes(node.body, "partial")

    def loop(env: Env) -> Any:
        run = env.run
        budget = run.budget
        results: list[Any] = []
        try:
            for variables in _passes(sources, 0, {}, env):
                budget.spend(weight)
                if partial:
                    if copies:
                        budget.grown(len(results))
                    variables["partial"] = results.copy() if copies else results
                results.append(body(Env(run, variables, env)))
        except _NoDomain:
            return None
        budget.grown(len(results))
        return results

    return loop


def quantified(c: Compiler, node: n.Quantified) -> Code:
    frame = Frame()
    c.names.enter(frame)
    sources = _sources(c, frame, node.iterations)
    condition, weight = c.weighed(node.condition)
    c.names.leave()
    decisive = node.kind == "some"

    def decide(env: Env) -> bool | None:
        run = env.run
        verdict: bool | None = not decisive
        try:
            for variables in _passes(sources, 0, {}, env):
                run.budget.spend(weight)
                found = condition(Env(run, variables, env))
                if found is decisive:
                    return decisive is True
                if type(found) is not bool:
                    verdict = None
        except _NoDomain:
            return None
        return verdict

    return decide


def _sources(c: Compiler, frame: Frame, iterations: tuple[n.Iteration, ...]) -> list[_Source]:
    found: list[_Source] = []
    for iteration in iterations:
        source, weight = c.weighed(iteration.source)
        end = c.code(iteration.end) if iteration.end is not None else None
        found.append(_Source(iteration.name, iteration.at, source, end, weight))
        frame.names.add(iteration.name)
    return found


def _passes(
    sources: list[_Source], index: int, variables: dict[str, Any], env: Env
) -> Iterator[dict[str, Any]]:
    """Give the variables of each pass; later iterators see the earlier ones."""
    source = sources[index]
    inner = Env(env.run, variables, env)
    name = source.name
    values = _domain(source, inner)
    if index == len(sources) - 1:
        for value in values:
            yield {**variables, name: value}
    else:
        for value in values:
            env.run.budget.spend(source.weight)
            yield from _passes(sources, index + 1, {**variables, name: value}, env)


def _domain(source: _Source, env: Env) -> Iterable[Any]:
    value = source.source(env)
    if source.end is not None:
        return _steps(value, source.end(env), env.run, source.at)
    if type(value) is list:
        return value
    if type(value) is Range:
        return range_values(value, env.run, source.at)
    if value is None:
        env.run.note(source.at, "null", f"Expected a list for `{source.name}`, but there is null.")
        raise _NoDomain
    return [value]


def _steps(start: Any, end: Any, run: Run, at: int) -> Iterator[Any]:
    """Count from one bound to the other, up or down, both included."""
    if type(start) is Decimal and type(end) is Decimal:
        return _numbers(start, end)
    if type(start) is Date and type(end) is Date:
        return _days(start.number, end.number, run)
    run.note(
        at,
        "range",
        f"Expected numbers or dates to count, but got {type_of(start)}..{type_of(end)}.",
    )
    raise _NoDomain


def _days(first: int, last: int, run: Run) -> Iterator[Date]:
    step = 1 if first <= last else -1
    for number in range(first, last + step, step):
        run.budget.spend(_DAY_STEPS)
        yield Date.from_number(number)


def _numbers(start: Decimal, end: Decimal) -> Iterator[Decimal]:
    up = start <= end
    if start.as_tuple().exponent == 0 and end.adjusted() < _COUNTABLE:
        last = int(end.to_integral_value(ROUND_FLOOR if up else ROUND_CEILING))
        counted = range(int(start), last + 1) if up else range(int(start), last - 1, -1)
        return map(Decimal, counted)
    return _added(start, end, ONE if up else -ONE)


def _added(start: Decimal, end: Decimal, step: Decimal) -> Iterator[Decimal]:
    number = start
    while number <= end if step > 0 else number >= end:
        yield number
        following = NUMBERS.add(number, step)
        if following == number:  # beyond 34 digits counting stands still
            return
        number = following


def range_values(range_: Range, run: Run, at: int) -> Iterator[Any]:
    """Give the numbers or days in a range, from its start; raises where none can be counted."""
    start, end = range_.start, range_.end
    if less(end, start) is not False:
        run.note(at, "range", "Expected a range that ends after its start, but it does not.")
        raise _NoDomain
    values = _steps(start, end, run, at)
    if range_.start_included and range_.end_included:
        return values
    return (
        v
        for v in values
        if (range_.start_included or v != start) and (range_.end_included or v != end)
    )


def _mentions(node: Any, name: str) -> bool:
    return _search(node, lambda found: isinstance(found, n.Name) and found.name == name)


def _escapes(node: Any, name: str) -> bool:
    """Tell whether a list could be kept by the value that uses it, so that it needs a copy."""
    if isinstance(node, n.Name):
        return node.name == name
    if isinstance(node, n.FunctionLiteral):
        return _mentions(node, name)
    if isinstance(node, n.Filter) and isinstance(node.base, n.Name):
        return _escapes(node.condition, name)
    if (
        isinstance(node, n.Call)
        and isinstance(node.function, n.Name)
        and node.function.name in BUILTINS
    ):
        return any(_escapes(a, name) for a in node.arguments if not isinstance(a, n.Name))
    if isinstance(node, tuple):
        return any(_escapes(part, name) for part in node)
    if isinstance(node, n.Node):
        return any(_escapes(getattr(node, f.name), name) for f in fields(node))
    return False


def _search(node: Any, wanted: Callable[[Any], bool]) -> bool:
    if wanted(node):
        return True
    if isinstance(node, tuple):
        return any(_search(part, wanted) for part in node)
    if isinstance(node, n.Node):
        return any(_search(getattr(node, f.name), wanted) for f in fields(node))
    return False


BUILDERS = {n.For: for_, n.Quantified: quantified}
