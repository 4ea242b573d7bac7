"""The hit policies: from the rules that matched to the value of the table (DMN 1.5, 8.2.10)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Any

from engine.feel import Budget
from engine.feel.compare import same, sort_key
from engine.feel.numbers import NUMBERS

MULTIPLE = frozenset({"RULE ORDER", "OUTPUT ORDER", "COLLECT"})
AGGREGATORS = frozenset({"SUM", "MIN", "MAX", "COUNT"})


@dataclass(frozen=True, slots=True)
class Hits:
    """The matching rules in table order, with a way to their outputs.

    outputs -- gives the tuple of outputs of one rule
    shape -- turns such a tuple into the value of a rule: the one output, or a context
    order -- per output the allowed values from the most to the least preferred, or empty
    note -- takes (code, message)
    """

    rules: tuple[int, ...]
    names: Callable[[int], str]
    outputs: Callable[[int], tuple[Any, ...]]
    shape: Callable[[tuple[Any, ...]], Any]
    order: tuple[tuple[Any, ...], ...]
    note: Callable[[str, str], None]


def decide(policy: str, aggregation: str, hits: Hits) -> Any:
    """Give the value of a table for which at least one rule matched."""
    return _POLICIES[policy](hits, aggregation)


def _unique(hits: Hits, _: str) -> Any:
    if len(hits.rules) > 1:
        named = _named(hits)
        hits.note("unique-violated", f"Expected one matching rule (UNIQUE), but {named} match.")
        return None
    return hits.shape(hits.outputs(hits.rules[0]))


def _named(hits: Hits) -> str:
    names = [hits.names(i) for i in hits.rules[:10]]
    return ", ".join(names) + (" ..." if len(hits.rules) > 10 else "")


def _any(hits: Hits, _: str) -> Any:
    first = hits.outputs(hits.rules[0])
    for i in hits.rules[1:]:
        if not same(list(hits.outputs(i)), list(first), Budget()):
            hits.note(
                "any-violated",
                "Expected equal outputs of the matching rules (ANY), "
                f"but those of {_named(hits)} differ.",
            )
            return None
    return hits.shape(first)


def _first(hits: Hits, _: str) -> Any:
    return hits.shape(hits.outputs(hits.rules[0]))


def _ranked(hits: Hits) -> list[tuple[Any, ...]]:
    def rank(outputs: tuple[Any, ...]) -> tuple[int, ...]:
        return tuple(
            order.index(value) if value in order else len(order)
            for value, order in zip(outputs, hits.order, strict=True)
            if order
        )

    return sorted((hits.outputs(i) for i in hits.rules), key=rank)


def _priority(hits: Hits, _: str) -> Any:
    if not any(hits.order):
        hits.note("no-priorities", "Expected output values that rank the rules (PRIORITY).")
        return None
    return hits.shape(_ranked(hits)[0])


def _output_order(hits: Hits, _: str) -> Any:
    return [hits.shape(outputs) for outputs in _ranked(hits)]


def _rule_order(hits: Hits, _: str) -> Any:
    return [hits.shape(hits.outputs(i)) for i in hits.rules]


def _collect(hits: Hits, aggregation: str) -> Any:
    values = [hits.shape(hits.outputs(i)) for i in hits.rules]
    return aggregate(values, aggregation, hits.note) if aggregation else values


def aggregate(values: list[Any], aggregation: str, note: Callable[[str, str], None]) -> Any:
    """Give sum, smallest, largest or number of the collected values; of contexts, per output."""
    if aggregation == "COUNT":
        return Decimal(len(values))
    if values and all(isinstance(value, dict) for value in values):
        return {
            name: aggregate([value[name] for value in values], aggregation, note)
            for name in values[0]
        }
    if aggregation == "SUM":
        if all(isinstance(value, Decimal) for value in values):
            return reduce(NUMBERS.add, values, Decimal(0))
        note("not-a-number", "Expected numbers to add up (COLLECT +), but an output is none.")
        return None
    keys = [sort_key(value) for value in values]
    if not keys or len({key[0] if key else id(key) for key in keys}) != 1 or keys[0] is None:
        note("not-comparable", f"Expected outputs that compare ({aggregation}), but they do not.")
        return None
    best = (min if aggregation == "MIN" else max)(range(len(keys)), key=lambda i: keys[i])  # type: ignore[arg-type,return-value]
    return values[best]


_POLICIES: dict[str, Callable[[Hits, str], Any]] = {
    "UNIQUE": _unique,
    "ANY": _any,
    "FIRST": _first,
    "PRIORITY": _priority,
    "RULE ORDER": _rule_order,
    "OUTPUT ORDER": _output_order,
    "COLLECT": _collect,
}
