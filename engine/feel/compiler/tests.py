"""Unary tests: the cells of decision tables, and the right side of `in`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.feel import nodes as n
from engine.feel.compare import passes
from engine.feel.compiler.operators import compare
from engine.feel.compiler.shortcuts import ORDERS
from engine.feel.run import Code, Env

if TYPE_CHECKING:
    from engine.feel.compiler.core import Compiler

_Test = Callable[[Any, Env], bool | None]
_TRUTHS = (n.Compare, n.Between, n.In, n.Logic, n.InstanceOf, n.Quantified)


def in_(c: Compiler, node: n.In) -> Code:
    value = c.code(node.value)
    test = _any_of([_test(c, t, cell=False) for t in node.tests])
    return lambda env: test(value(env), env)


def unary_tests(c: Compiler, node: n.UnaryTests) -> Code:
    if not node.tests:
        return lambda env: True
    test = _any_of([_test(c, t, cell=True) for t in node.tests])
    if not node.negated:
        return lambda env: test(env.run.input, env)

    def none_of(env: Env) -> bool | None:
        found = test(env.run.input, env)
        return None if found is None else not found

    return none_of


def _any_of(tests: list[_Test]) -> _Test:
    if len(tests) == 1:
        return tests[0]

    def any_of(value: Any, env: Env) -> bool | None:
        verdict: bool | None = False
        for test in tests:
            found = test(value, env)
            if found is True:
                return True
            if found is None:
                verdict = None
        return verdict

    return any_of


def _test(c: Compiler, test: n.Test, *, cell: bool) -> _Test:
    operand = c.code(test.operand)
    if test.operator:
        return _comparing(test.operator, operand, test.at)
    if cell and (isinstance(test.operand, _TRUTHS) or _mentions_input(test.operand)):
        return _truth(operand)
    if isinstance(test.operand, n.Literal) and type(test.operand.value) in (str, Decimal):
        constant, kind = test.operand.value, type(test.operand.value)
        return lambda value, env: (
            value == constant if type(value) is kind else passes(value, constant, env.run.budget)
        )

    def by_value(value: Any, env: Env) -> bool | None:
        wanted = operand(env)
        if cell and type(wanted) is bool and type(value) is not bool and value is not None:
            return wanted
        return passes(value, wanted, env.run.budget)

    return by_value


def _comparing(operator: str, operand: Code, at: int) -> _Test:
    quick = ORDERS[operator]

    def test(value: Any, env: Env) -> bool | None:
        bound = operand(env)
        if type(value) is Decimal and type(bound) is Decimal:
            return quick(value, bound)
        return compare(operator, value, bound, env.run, at)

    return test


def _truth(operand: Code) -> _Test:
    """Take the expression's own verdict; anything but a truth value is compared with the input."""

    def test(value: Any, env: Env) -> bool | None:
        found = operand(env)
        if found is None or type(found) is bool:
            return found
        return passes(value, found, env.run.budget)

    return test


def _mentions_input(node: Any) -> bool:
    if isinstance(node, n.Input):
        return True
    if isinstance(node, tuple):
        return any(_mentions_input(part) for part in node)
    if isinstance(node, n.Node):
        return any(_mentions_input(getattr(node, field.name)) for field in fields(node))
    return False


BUILDERS = {n.In: in_, n.UnaryTests: unary_tests}
