"""Literals, names, lists, contexts, ranges and the conditional."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.feel import nodes as n
from engine.feel.compare import order, sort_key
from engine.feel.compiler.folding import fold
from engine.feel.compiler.names import Frame
from engine.feel.iso import parse_temporal
from engine.feel.ranges import Range
from engine.feel.run import Code, Env, Run
from engine.feel.types import type_of

if TYPE_CHECKING:
    from engine.feel.compiler.core import Compiler


def _constant(value: Any) -> Code:
    return lambda env: value


def literal(c: Compiler, node: n.Literal) -> Code:
    return _constant(node.value)


def at_literal(c: Compiler, node: n.AtLiteral) -> Code:
    value = parse_temporal(node.text)
    if value is not None:
        return _constant(value)
    at, text = node.at, node.text

    def misfit(env: Env) -> Any:
        env.run.note(at, "at-literal", f'Expected a date, time or duration, but got @"{text}".')
        return None

    return misfit


def name(c: Compiler, node: n.Name) -> Code:
    return c.names.variable(node.name, node.at)


def input_value(c: Compiler, node: n.Input) -> Code:
    return lambda env: env.run.input


def list_literal(c: Compiler, node: n.ListLiteral) -> Code:
    items = [c.code(item) for item in node.items]
    return lambda env: [item(env) for item in items]


def context_literal(c: Compiler, node: n.ContextLiteral) -> Code:
    keys = [key for key, _ in node.entries]
    frame = Frame()
    c.names.enter(frame)
    entries: list[tuple[str, Code]] = []
    for key, value in node.entries:
        if isinstance(value, n.FunctionLiteral):
            frame.names.add(key)  # a function may call itself
        entries.append((key, c.code(value)))
        frame.names.add(key)
    c.names.leave()
    at = node.at
    if len(set(keys)) != len(keys):

        def doubled(env: Env) -> Any:
            env.run.note(
                at, "duplicate-key", "Expected every entry once, but a name is there twice."
            )
            return None

        return doubled

    def build(env: Env) -> Any:
        built: dict[str, Any] = {}
        inner = Env(env.run, built, env)
        for key, code in entries:
            built[key] = code(inner)
        return built

    return build


def conditional(c: Compiler, node: n.If) -> Code:
    condition, then, otherwise = c.code(node.condition), c.code(node.then), c.code(node.otherwise)
    return lambda env: then(env) if condition(env) is True else otherwise(env)


def range_literal(c: Compiler, node: n.RangeLiteral) -> Code:
    start, end = c.code(node.start), c.code(node.end)
    start_included, end_included, at = node.start_included, node.end_included, node.at

    def build(env: Env) -> Range | None:
        return make_range(start(env), end(env), start_included, end_included, env.run, at)

    return fold(build, node.start, node.end)


def make_range(
    start: Any, end: Any, start_included: bool, end_included: bool, run: Run, at: int
) -> Range | None:
    """Give a range, or null where its bounds are of different types or have no order."""
    for bound in (start, end):
        if bound is not None and sort_key(bound) is None:
            run.note(at, "range", f"Expected bounds with an order, but one is a {type_of(bound)}.")
            return None
    if start is not None and end is not None and order(start, end) is None:
        run.note(
            at,
            "range",
            f"Expected bounds of one type, but got {type_of(start)} and {type_of(end)}.",
        )
        return None
    return Range(start, end, start_included, end_included)


def comparison_range(c: Compiler, node: n.ComparisonRange) -> Code:
    operand, operator = c.code(node.operand), node.operator
    return lambda env: Range.comparing(operator, operand(env))


BUILDERS = {
    n.Literal: literal,
    n.AtLiteral: at_literal,
    n.Name: name,
    n.Input: input_value,
    n.ListLiteral: list_literal,
    n.ContextLiteral: context_literal,
    n.If: conditional,
    n.RangeLiteral: range_literal,
    n.ComparisonRange: comparison_range,
}
