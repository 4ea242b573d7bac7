"""The type that an expression certainly has, as far as its form shows it."""

from __future__ import annotations

from collections.abc import Mapping

from engine.feel import nodes as n
from engine.feel.iso import parse_temporal
from engine.feel.types import type_of

_TRUTHS = (n.Compare, n.Between, n.In, n.Logic, n.InstanceOf, n.Quantified)
_BY_FORM: dict[type[n.Node], str] = {
    n.ListLiteral: "list",
    n.For: "list",
    n.ContextLiteral: "context",
    n.RangeLiteral: "range",
    n.ComparisonRange: "range",
    n.FunctionLiteral: "function",
}


def result_type(node: n.Node, names: Mapping[str, n.TypeName | None]) -> n.TypeName | None:
    """Give the type of an expression's value, null aside; None where only evaluating can tell."""
    if isinstance(node, n.Literal | n.AtLiteral):
        value = node.value if isinstance(node, n.Literal) else parse_temporal(node.text)
        return None if value is None else n.TypeName(node.at, type_of(value))
    if isinstance(node, n.Name):
        return names.get(node.name)
    if isinstance(node, _TRUTHS):
        return n.TypeName(node.at, "boolean")
    if isinstance(node, n.If):
        then, otherwise = result_type(node.then, names), result_type(node.otherwise, names)
        return then if then and otherwise and then.name == otherwise.name else None
    if isinstance(node, n.Chain):
        kinds = [result_type(part, names) for part in (node.first, *(p for _, p in node.rest))]
        same = {kind.name if kind else "" for kind in kinds}
        return kinds[0] if same in ({"number"}, {"string"}) else None
    form = _BY_FORM.get(type(node))
    return n.TypeName(node.at, form) if form else None
