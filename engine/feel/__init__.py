"""The expression language of DMN 1.5, whole: parse, compile, evaluate, within a budget."""

from engine.feel.budget import Budget
from engine.feel.errors import FeelError, FeelLimitExceeded, FeelSyntaxError, Note
from engine.feel.expression import Expression, compile, evaluate, parse, parse_unary_tests

__all__ = [
    "Budget",
    "Expression",
    "FeelError",
    "FeelLimitExceeded",
    "FeelSyntaxError",
    "Note",
    "compile",
    "evaluate",
    "parse",
    "parse_unary_tests",
]
