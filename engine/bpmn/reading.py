"""What an expression reads of a big value: where it names members only, the rest stays unread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Any

from engine.feel import Expression
from engine.feel import nodes as n
from engine.feel.large import WORTH_PARTS
from engine.feel.values import Kept


def in_part(expression: Expression, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the data with big values cut down to the members that the expression names."""
    big = [
        name for name in expression.reads if type(kept := data.get(name)) is Kept and _worth(kept)
    ]
    if not big:
        return data
    wanted = members(expression)
    cut = {name: data[name].part(wanted[name]) for name in big if name in wanted}
    return {**data, **cut} if cut else data


def _worth(kept: Kept) -> bool:
    return kept.size > WORTH_PARTS and not kept.is_read


@lru_cache(maxsize=8192)
def members(expression: Expression) -> Mapping[str, frozenset[str]]:
    """Tell which members of a name are read, for the names of which nothing else is."""
    found: dict[str, set[str]] = {}
    whole: set[str] = set()
    for name, used in _uses(expression.tree):
        if used is None:
            whole.add(name)
        else:
            found.setdefault(name, set()).update(used)
    return {name: frozenset(used) for name, used in found.items() if name not in whole}


def _uses(part: Any) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    """Give each name in a tree with what is taken of it: members, or None for all."""
    match part:
        case n.Path(base=n.Name(name=name), name=member):
            yield name, (member,)
        case n.Call(function=n.Name(name="count"), arguments=(n.Name(name=name),)):
            yield name, ()
        case n.Compare(left=n.Name(name=name), right=n.Literal(value=None)):
            yield name, ()
        case n.Name(name=name):
            yield name, None
        case tuple():
            for item in part:
                yield from _uses(item)
        case n.Node():
            for field in fields(part):
                yield from _uses(getattr(part, field.name))
