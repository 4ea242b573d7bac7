"""Arithmetic, comparison and logic; the common cases first: tables are made of them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, DecimalException, Overflow
from typing import TYPE_CHECKING, Any

from engine.feel import nodes as n
from engine.feel.arithmetic import OPERATORS, negate
from engine.feel.compare import both, equal, less_or_equal, order
from engine.feel.compiler.folding import fold
from engine.feel.compiler.shortcuts import ORDERS
from engine.feel.numbers import NUMBERS, too_big
from engine.feel.run import Code, Env, Run
from engine.feel.types import conforms, is_known, type_of

if TYPE_CHECKING:
    from engine.feel.compiler.core import Compiler

_COMPARE_STEPS = 8  # what it costs where neither numbers nor short texts are compared
_SHORT = 1_000  # characters of a text that is compared for nothing
_NUMERIC: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": NUMBERS.add,
    "-": NUMBERS.subtract,
    "*": NUMBERS.multiply,
}


def chain(c: Compiler, node: n.Chain) -> Code:
    first = c.code(node.first)
    steps = [(operator, c.code(operand)) for operator, operand in node.rest]
    if len(steps) == 1:
        return fold(_binary(first, *steps[0], node.at), node.first, node.rest[0][1])
    binaries = [(_calculation(operator), operand) for operator, operand in steps]
    at = node.at

    def calculate(env: Env) -> Any:
        value = first(env)
        for step, operand in binaries:
            value = step(value, operand(env), env.run, at)
        return value

    return fold(calculate, node.first, *(operand for _, operand in node.rest))


def _binary(left: Code, operator: str, right: Code, at: int) -> Code:
    step = _calculation(operator)
    return lambda env: step(left(env), right(env), env.run, at)


def _calculation(operator: str) -> Callable[[Any, Any, Run, int], Any]:
    general = OPERATORS[operator]
    numeric = _NUMERIC.get(operator)
    if numeric is None:
        return general

    def step(left: Any, right: Any, run: Run, at: int) -> Any:
        if type(left) is Decimal and type(right) is Decimal:
            try:
                return numeric(left, right)
            except Overflow:
                raise too_big() from None
            except DecimalException:
                return None
        return general(left, right, run, at)

    return step


def negation(c: Compiler, node: n.Negate) -> Code:
    operand, at = c.code(node.operand), node.at
    return fold(lambda env: negate(operand(env), env.run, at), node.operand)


def comparison(c: Compiler, node: n.Compare) -> Code:
    left, right = c.code(node.left), c.code(node.right)
    operator, at = node.operator, node.at
    quick = ORDERS[operator]
    if isinstance(node.right, n.Literal) and type(node.right.value) in (Decimal, str):
        constant, kind = node.right.value, type(node.right.value)

        def compare_constant(env: Env) -> bool | None:
            value = left(env)
            if type(value) is kind:
                return quick(value, constant)
            return compare(operator, value, constant, env.run, at)

        return compare_constant

    def compare_values(env: Env) -> bool | None:
        value, other = left(env), right(env)
        kind = type(value)
        if kind is type(other) and (kind is Decimal or (kind is str and len(value) <= _SHORT)):
            return quick(value, other)
        return compare(operator, value, other, env.run, at)

    return compare_values


def compare(operator: str, left: Any, right: Any, run: Run, at: int) -> bool | None:
    """Compare two values of any type."""
    run.budget.spend(_COMPARE_STEPS)
    if operator in ("=", "!="):
        found = equal(left, right, run.budget)
        if found is None:
            _unlike(operator, left, right, run, at)
            return None
        return found if operator == "=" else not found
    if type(left) is str:
        run.budget.compared(len(left))
    placed = order(left, right)
    if placed is None:
        _unlike(operator, left, right, run, at)
        return None
    return ORDERS[operator](placed, 0)


def _unlike(operator: str, left: Any, right: Any, run: Run, at: int) -> None:
    if run.notes is not None:
        kinds = f"{type_of(left)} {operator} {type_of(right)}"
        run.note(at, "type", f"Expected values that can be compared, but {kinds} has no answer.")


def between(c: Compiler, node: n.Between) -> Code:
    value, low, high = c.code(node.value), c.code(node.low), c.code(node.high)
    at = node.at

    def lies_between(env: Env) -> bool | None:
        v, a, b = value(env), low(env), high(env)
        if type(v) is str:
            env.run.budget.compared(len(v))
        found = both(less_or_equal(a, v), less_or_equal(v, b))
        if found is None:
            kinds = f"{type_of(v)} between {type_of(a)} and {type_of(b)}"
            env.run.note(
                at, "type", f"Expected values that can be compared, but {kinds} has no answer."
            )
        return found

    return lies_between


def logic(c: Compiler, node: n.Logic) -> Code:
    decisive = node.operator == "or"  # the value that settles the whole
    operands = [c.code(operand) for operand in node.operands]
    at, word = node.at, node.operator
    if len(operands) == 2:
        first, second = operands

        def combine_two(env: Env) -> bool | None:
            one = first(env)
            if one is decisive:
                return decisive is True
            other = second(env)
            if other is decisive:
                return decisive is True
            if type(one) is bool and type(other) is bool:
                return not decisive
            return _no_truth(word, (one, other), env.run, at)

        return combine_two

    def combine(env: Env) -> bool | None:
        unsure: list[Any] = []
        for operand in operands:
            value = operand(env)
            if value is decisive:
                return decisive is True
            if type(value) is not bool:
                unsure.append(value)
        return _no_truth(word, unsure, env.run, at) if unsure else not decisive

    return combine


def _no_truth(word: str, values: Any, run: Run, at: int) -> bool | None:
    """Note what is no truth value beside `and` or `or`; the result is null."""
    for value in values:
        if value is not None and type(value) is not bool:
            kind = type_of(value)
            run.note(at, "type", f"Expected true or false beside `{word}`, but got a {kind}.")
    return None


def instance_of(c: Compiler, node: n.InstanceOf) -> Code:
    value, type_, at = c.code(node.value), node.type, node.at
    if not is_known(type_):

        def no_type(env: Env) -> Any:
            env.run.note(at, "type", f"Expected a type, but `{type_.name}` is none.")
            return None

        return no_type
    return lambda env: conforms(value(env), type_, env.run.budget)


BUILDERS = {
    n.Chain: chain,
    n.Negate: negation,
    n.Compare: comparison,
    n.Between: between,
    n.Logic: logic,
    n.InstanceOf: instance_of,
}
