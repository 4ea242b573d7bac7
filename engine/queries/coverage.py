"""Which ways and rules of a folder's process were used by what was played on a database."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from engine import bpmn, dmn
from engine.bpmn import DrawnPart
from engine.errors import EngineError
from engine.queries.trace import RuleWords, rules_of
from engine.store.base import table_of
from engine.store.tables import History

_history = table_of(History)

Counted = Mapping[str, int]
"""How often, by id."""


@dataclass(frozen=True)
class Walked:
    """How often each element was completed, each flow taken, each rule matched; by id."""

    elements: Counted = field(default_factory=dict)
    flows: Counted = field(default_factory=dict)
    rules: Counted = field(default_factory=dict)


@dataclass(frozen=True)
class Ways:
    """What there is to walk: elements, flows between them, and rules by the file of their table."""

    elements: tuple[DrawnPart, ...]
    flows: tuple[DrawnPart, ...]
    rules: Mapping[str, tuple[RuleWords, ...]]


def ways(files: Mapping[str, bytes]) -> Ways:
    """Give what can be walked in a folder; what cannot be read has nothing."""
    parts = bpmn.drawn_parts(files)
    rules: dict[str, tuple[RuleWords, ...]] = {}
    for path in sorted(path for path in files if path.endswith(".dmn")):
        try:
            model = dmn.load(files[path], file=path)
        except EngineError:
            continue
        # What a model imports is counted where it stands.
        rules[path] = tuple(rules_of(model, imported=False).values())
    return Ways(
        elements=tuple(part for part in parts if not part.target),
        flows=tuple(part for part in parts if part.target),
        rules=rules,
    )


def walked(connection: Connection) -> Walked:
    """Count what all cases of a database did: of one that holds nothing but a story."""
    elements: Counter[str] = Counter()
    flows: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    wanted = ("TOKENS_MOVED", "DECISION_MADE")
    rows = connection.execute(
        select(_history.c.kind, _history.c.body).where(_history.c.kind.in_(wanted))
    )
    for row in rows:
        detail: Mapping[str, Any] = json.loads(row.body).get("detail") or {}
        elements.update(detail.get("elements", ()))
        flows.update(detail.get("flows", ()))
        rules.update(detail.get("rules", ()))
    return Walked(dict(elements), dict(flows), dict(rules))


def together(many: Iterable[Walked]) -> Walked:
    """Add up what several stories did: in how many of them each part was used."""
    elements: Counter[str] = Counter()
    flows: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    for one in many:
        elements.update(one.elements.keys())
        flows.update(one.flows.keys())
        rules.update(one.rules.keys())
    return Walked(dict(elements), dict(flows), dict(rules))
