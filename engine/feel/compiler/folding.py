"""Calculates once, when compiling, what is the same in every evaluation."""

from __future__ import annotations

from engine.feel import nodes as n
from engine.feel.budget import Budget
from engine.feel.errors import FeelError
from engine.feel.run import Code, Env, Run

# built-in functions that make values out of literals, as the cells of tables do
MAKERS = frozenset({"date", "time", "date and time", "duration"})


def fold(code: Code, *operands: n.Node) -> Code:
    """Give the closure of the value if all operands are literals and it is not null.

    A null stays to be calculated, since each evaluation notes its reason.
    """
    if not all(isinstance(operand, n.Literal) for operand in operands):
        return code
    try:
        value = code(Env(Run("", {}, {}, Budget(), None, None, None), {}, None))
    except FeelError:
        return code
    return code if value is None else lambda env: value
