"""Compiled expressions: the public way to parse, compile (cached) and evaluate FEEL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, DecimalException
from functools import lru_cache
from typing import Any

from engine.feel import nodes as n
from engine.feel.budget import MAX_VALUE_DEPTH, Budget, too_deep
from engine.feel.compiler import UNSURE, Compiled, compile_tree
from engine.feel.errors import FeelError, FeelLimitExceeded, Note
from engine.feel.numbers import NUMBERS, too_big
from engine.feel.parser import parse_tests, parse_text
from engine.feel.run import Env, Run
from engine.feel.values import Normalized, normalize

_NOTHING: Mapping[str, Any] = {}
_MOST_LOOKED_AT = 500  # parts of a context, for keys that are no plain names
_BOTTOMLESS = frozenset({list, dict})
_rounded = NUMBERS.plus


class Expression:
    """A compiled expression or unary test: immutable, safe to share between threads.

    reads -- free top-level names that it reads
    calls -- host functions that it calls
    unknown -- free names that were not declared, so that reading them gives null
    """

    __slots__ = (
        "_code",
        "_shortcut",
        "_wants",
        "calls",
        "reads",
        "text",
        "tree",
        "unary",
        "unknown",
    )

    def __init__(self, text: str, tree: n.Node, compiled: Compiled, *, unary: bool) -> None:
        self.text = text
        self.tree = tree
        self.unary = unary
        self.reads = compiled.reads
        self.calls = compiled.calls
        self.unknown = compiled.unknown
        self._wants = tuple(compiled.wants)
        self._code = compiled.code
        self._shortcut = compiled.shortcut

    def evaluate(
        self,
        context: Mapping[str, Any],
        functions: Mapping[str, Callable[..., Any]] = _NOTHING,
        *,
        now: dt.datetime | None = None,
        notes: list[Note] | None = None,
        budget: Budget | None = None,
        input: Any = None,
    ) -> Any:
        """Give the value; raises FeelError, and FeelLimitExceeded when the budget is used up.

        now -- what `now()` and `today()` say, with its time zone
        notes -- gets the reasons why parts of the result are null
        budget -- shared with evaluations that this one is part of; a fresh one by default
        input -- the value of `?`
        """
        taken = context if type(context) is Normalized else self._take(context)
        if self._shortcut is not None:
            decided = self._shortcut(taken)
            if decided is not UNSURE:
                return decided
        if self.unary:
            input = _normal(input, "?")
        budget = budget or Budget()
        run = Run(self.text, taken, functions, budget, now, notes, input)
        budget.level += 1
        try:
            if budget.level > budget.depth:
                raise too_deep(budget.depth)
            value = self._code(Env(run, _NOTHING, None))
            if type(value) in _BOTTOMLESS:
                _measure(value, budget)
            return value
        except FeelError:
            raise
        except RecursionError:
            raise too_deep(budget.depth) from None
        except DecimalException:
            raise too_big() from None
        except MemoryError:
            raise FeelLimitExceeded("size") from None
        except Exception as error:
            # the promise to callers: nothing but FeelError comes out
            raise FeelError(
                f"Expected {self.text!r:.200} to give a value, but: {error!r}"
            ) from error
        finally:
            budget.level -= 1

    def _take(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """Turn what the expression may read into FEEL values."""
        taken: dict[str, Any] = {}
        for name in self._wants:
            value = context.get(name)
            if type(value) is Decimal and value.is_finite() and -34 < value.adjusted() < 34:
                taken[name] = _rounded(value)  # the usual case, without a closer look
            elif value is not None or name in context:
                taken[name] = _normal(value, name)
        return taken

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


def _normal(value: Any, name: str) -> Any:
    """Turn one value into a FEEL value; the usual ones need no closer look."""
    kind = type(value)
    if kind is str and value.isascii():
        return value
    try:
        return normalize(value, name)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise FeelError(str(error)) from error


def _measure(value: Any, budget: Budget) -> None:
    """Walk through a result, so that its receiver can: shared parts count each time they show."""
    stack: list[tuple[Any, int]] = [(value, 0)]
    elements, characters = budget.size, budget.text
    while stack:
        part, level = stack.pop()
        if level > MAX_VALUE_DEPTH:
            raise too_deep(MAX_VALUE_DEPTH)
        inner = part.values() if type(part) is dict else part
        elements -= len(inner)
        for item in inner:
            if type(item) is str:
                characters -= len(item)
            elif type(item) in _BOTTOMLESS:
                stack.append((item, level + 1))
        if elements < 0 or characters < 0:
            raise FeelLimitExceeded(
                "size",
                f"Expected a result of at most {budget.size} elements"
                f" and {budget.text} characters, but it has more.",
            )


def parse(text: str, names: Iterable[str] = (), *, functions: Iterable[str] = ()) -> n.Node:
    """Parse an expression into its tree; raises FeelSyntaxError."""
    return parse_text(text, names, functions)


def parse_unary_tests(
    text: str, names: Iterable[str] = (), *, functions: Iterable[str] = ()
) -> n.UnaryTests:
    """Parse unary tests, the input cell of a decision table; raises FeelSyntaxError."""
    return parse_tests(text, names, functions)


def compile(
    text: str,
    names: Iterable[str] = (),
    *,
    functions: Iterable[str] = (),
    unary: bool = False,
    members: Iterable[str] = (),
    types: Mapping[str, n.TypeName] = _NOTHING,
) -> Expression:
    """Compile an expression, or with `unary` the unary tests of a cell; raises FeelSyntaxError.

    names -- variables known here; names with spaces or signs must be among them to be read as one
    functions -- host functions
    members -- names of context entries that contain signs, such as `pre-tax`, wherever they occur
    types -- types that may stand after `instance of` and in functions, such as item definitions
    """
    return _compiled(
        text,
        frozenset(names),
        frozenset(functions),
        frozenset(members),
        frozenset(types.items()),
        unary,
    )


@lru_cache(maxsize=8192)
def _compiled(
    text: str,
    names: frozenset[str],
    functions: frozenset[str],
    members: frozenset[str],
    types: frozenset[tuple[str, n.TypeName]],
    unary: bool,
) -> Expression:
    tree: n.Node
    if unary:
        tree = parse_tests(text, names, functions, members, dict(types))
    else:
        tree = parse_text(text, names, functions, members, dict(types))
    try:
        compiled = compile_tree(tree, names, functions)
    except RecursionError:
        raise too_deep(MAX_VALUE_DEPTH) from None
    return Expression(text, tree, compiled, unary=unary)


def _special_keys(context: Mapping[str, Any]) -> frozenset[str]:
    """Find keys inside the values that need knowing to be read as one name, such as `pre-tax`."""
    found: set[str] = set()
    waiting: list[Any] = [v for v in context.values() if isinstance(v, dict | list)]
    for part in waiting:
        if len(waiting) > _MOST_LOOKED_AT:
            break
        inner = part.items() if isinstance(part, dict) else enumerate(part)
        for key, value in inner:
            if isinstance(key, str) and not key.isidentifier():
                found.add(key)
            if isinstance(value, dict | list):
                waiting.append(value)
    return frozenset(found)


def evaluate(
    text: str,
    context: Mapping[str, Any],
    functions: Mapping[str, Callable[..., Any]] = _NOTHING,
    *,
    now: dt.datetime | None = None,
    notes: list[Note] | None = None,
    budget: Budget | None = None,
) -> Any:
    """Compile and evaluate, the context's keys being the declared names; raises FeelError."""
    if not all(isinstance(key, str) for key in context):
        raise FeelError("Expected text as names of variables, but there is something else.")
    members = _special_keys(context)
    expression = compile(text, context, functions=functions, members=members)
    return expression.evaluate(context, functions, now=now, notes=notes, budget=budget)
