"""A decision model: what it offers, and the way to its values.  `load` is the door."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from engine.dmn import elements as e
from engine.dmn.functions import invoke
from engine.dmn.graph import Graph, Requirement, World, feel_value
from engine.dmn.source import read
from engine.dmn.trace import Explanation, Session
from engine.dmn.types import Types
from engine.errors import Finding, InvalidProcess, NotFound
from engine.feel import FeelError
from engine.feel.budget import Budget
from engine.feel.scope import KEYWORDS

Resolver = Callable[[str, str], bytes | None]
"""Gives the bytes of an imported model for (namespace, locationURI), or None."""

CACHED_MODELS = 256


@dataclass(frozen=True, slots=True)
class DecisionInfo:
    """A decision as the studio lists it; `kind` is table, literal, context ... or none."""

    id: str
    name: str
    label: str
    kind: str
    hit_policy: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Slot:
    """An input or output: its name, the name of its type, the FEEL text of its allowed values."""

    name: str
    label: str
    type: str
    allowed: str


class Model:
    """A loaded DMN file; immutable, safe to share between threads."""

    def __init__(
        self, definitions: e.Definitions, sha256: str, imported: Mapping[str, Model]
    ) -> None:
        self.definitions = definitions
        self.sha256 = sha256
        self.imported: dict[str, Model] = dict(imported)
        self.types: Types = Types(
            definitions.items, {name: model.types for name, model in imported.items()}
        )
        self._nodes: dict[str, e.Node] = {node.id: node for node in self._all() if node.id}
        self.declared = frozenset(
            [node.variable for node in self._all()] + [name for name in imported if name]
        )
        self.members: frozenset[str] = frozenset(_members(definitions)) | {
            name for model in imported.values() for name in model.members | model.declared
        }
        self.graph = Graph(self)
        self._reads: dict[str, tuple[str, ...]] = {}

    @property
    def decisions(self) -> tuple[DecisionInfo, ...]:
        """Give the decisions in the order of the file."""
        return tuple(_info(decision) for decision in self.definitions.decisions)

    @property
    def services(self) -> tuple[str, ...]:
        """Give the names of the decision services."""
        return tuple(service.name for service in self.definitions.services)

    @property
    def properties(self) -> Mapping[str, str]:
        """Give the extension properties of the file: `legal_basis`, `valid_from`, `valid_to` ..."""
        return self.definitions.properties

    def inputs(self, decision_name: str) -> tuple[Slot, ...]:
        """Give what a decision needs from outside, through all that it requires."""
        found: dict[str, Slot] = {}
        for node, prefix in self._needs(self._find(decision_name), set()):
            if isinstance(node, e.InputData):
                slot = self._input_slot(node)
                name = f"{prefix}.{slot.name}" if prefix else slot.name
                found.setdefault(name, Slot(name, slot.label, slot.type, slot.allowed))
            elif isinstance(node, e.Decision) and not prefix:
                reads = self.graph.compiler(node).reads | self.loose_names(node)
                for name in sorted(reads - self.declared):
                    found.setdefault(name, _clause_slot(name, node))
        return tuple(found.values())

    def reads(self, decision_name: str) -> tuple[str, ...]:
        """Name what a decision needs from outside; worked out once."""
        found = self._reads.get(decision_name)
        if found is None:
            found = tuple(slot.name for slot in self.inputs(decision_name))
            self._reads[decision_name] = found
        return found

    def outputs(self, decision_name: str) -> tuple[Slot, ...]:
        """Give what a decision yields: one slot, or one per output of a table or component."""
        node = self._find(decision_name)
        if isinstance(node, e.Decision) and isinstance(node.logic, e.Table):
            clauses = node.logic.outputs
            return tuple(
                Slot(
                    c.name if len(clauses) > 1 else node.variable,
                    c.label,
                    c.type_ref or (node.type_ref if len(clauses) == 1 else ""),
                    c.allowed or self.types.allowed(c.type_ref or node.type_ref),
                )
                for c in clauses
            )
        item = self.types.definitions.get(node.type_ref)
        if item is not None and item.components:
            return tuple(
                Slot(c.name, "", c.type_ref, c.allowed or self.types.allowed(c.type_ref))
                for c in item.components
            )
        return (Slot(node.variable, node.label, node.type_ref, self.types.allowed(node.type_ref)),)

    def evaluate(
        self,
        decision_name: str,
        inputs: Mapping[str, Any],
        *,
        functions: Mapping[str, Callable[..., Any]] | None = None,
        now: datetime | None = None,
        budget: Budget | None = None,
    ) -> Any:
        """Give the value of a decision or decision service, by name or id; None when it fails.

        Raises NotFound when the model has no such decision.
        """
        return self.explain(
            decision_name, inputs, functions=functions, now=now, budget=budget
        ).value

    def explain(
        self,
        decision_name: str,
        inputs: Mapping[str, Any],
        *,
        functions: Mapping[str, Callable[..., Any]] | None = None,
        now: datetime | None = None,
        budget: Budget | None = None,
    ) -> Explanation:
        """Give the value of a decision or decision service, and how it came about."""
        node = self._find(decision_name)
        session = Session(functions or {}, now, budget)
        try:
            value = self._value(node, inputs, session)
        except FeelError:
            value = None  # The step that failed holds the sentence.
        return Explanation(value, tuple(session.steps))

    def _value(self, node: e.Node, inputs: Mapping[str, Any], session: Session) -> Any:
        world = World(inputs)
        if isinstance(node, e.Service):
            wanted = self.required(node.input_data) + self.required(node.input_decisions)
            given = {
                r.node.variable: feel_value(
                    world.imported(r.prefix).raw(r.node.variable), r.node.variable, session
                )
                for r in wanted
            }
            return self.graph.serve(node, given, inputs, session)
        if isinstance(node, e.Knowledge):
            function = self.graph.value(node, world, session)
            given = {p: feel_value(inputs.get(p), p, session) for p in function.parameters}
            return invoke(function, given, session)
        return self.graph.value(node, world, session)

    # -- names and references --------------------------------------------------------------------

    def required(self, hrefs: tuple[str, ...]) -> list[Requirement]:
        """Follow references; one that leads nowhere is left out (the checker reports it)."""
        found = (self.follow(href) for href in hrefs)
        return [requirement for requirement in found if requirement is not None]

    def follow(self, href: str) -> Requirement | None:
        """Follow one reference, in this file or in an imported one."""
        namespace, _, id_ = href.rpartition("#")
        if namespace in ("", self.definitions.namespace) and id_ in self._nodes:
            return Requirement(self, self._nodes[id_], "")
        for prefix, model in self.imported.items():
            if namespace == model.definitions.namespace:
                inner = model.follow(f"#{id_}")
                if inner is not None:
                    return Requirement(inner.model, inner.node, prefix)
        return None

    def loose_names(self, decision: e.Decision) -> frozenset[str]:
        """Give the input expressions that are plain names, of a table drawn without input data."""
        if decision.required_inputs or not isinstance(decision.logic, e.Table):
            return frozenset()
        texts = (" ".join(clause.expression.split()) for clause in decision.logic.inputs)
        return frozenset(text for text in texts if _is_words(text)) - self.declared

    def _find(self, name: str) -> e.Node:
        wanted = " ".join(name.split())
        for nodes in (
            self.definitions.decisions,
            self.definitions.services,
            self.definitions.knowledge,
        ):
            for node in nodes:
                if node.name == wanted or node.id == name:
                    return node
        there = ", ".join(d.name for d in self.definitions.decisions) or "none"
        raise NotFound(f"Expected a decision named {name!r}, but there is: {there}.")

    def _all(self) -> Iterator[e.Node]:
        d = self.definitions
        yield from (*d.inputs, *d.decisions, *d.knowledge, *d.services)

    def _needs(
        self, node: e.Node, seen: set[int], prefix: str = ""
    ) -> Iterator[tuple[e.Node, str]]:
        if id(node) in seen:
            return
        seen.add(id(node))
        if isinstance(node, e.Decision):
            for r in self.required(node.required_inputs + node.required_decisions):
                yield from r.model._needs(r.node, seen, r.prefix or prefix)
        elif isinstance(node, e.Service):
            for r in self.required(node.input_data + node.input_decisions):
                seen.add(id(r.node))
                yield (
                    e.InputData(
                        id=r.node.id,
                        name=r.node.name,
                        variable=r.node.variable,
                        type_ref=r.node.type_ref,
                        label=r.node.label,
                    ),
                    prefix,
                )
            return
        yield node, prefix

    def _input_slot(self, node: e.InputData) -> Slot:
        types = self.types
        return Slot(node.variable, node.label, node.type_ref, types.allowed(node.type_ref))


def load(data: bytes, *, file: str = "", resolver: Resolver | None = None) -> Model:
    """Read a DMN model; raises InvalidProcess when it is none.

    resolver -- gives the bytes of imported models; what an import that is missing should give is
        null (the checker reports it).  Models without imports are cached by their SHA-256.
    """
    return _load(data, file, resolver, ())


_cache: OrderedDict[tuple[str, str], Model] = OrderedDict()
_lock = Lock()


def _load(data: bytes, file: str, resolver: Resolver | None, loading: tuple[str, ...]) -> Model:
    sha256 = hashlib.sha256(data).hexdigest()
    key = (sha256, file)
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    definitions = read(data, file)
    wanted = [x for x in definitions.imports if "DMN" in (x.kind or "DMN")]
    if not wanted:
        model = Model(definitions, sha256, {})
        with _lock:
            _cache[key] = model
            while len(_cache) > CACHED_MODELS:
                _cache.popitem(last=False)
        return model
    if sha256 in loading:
        raise _invalid(file, "import-cycle", "Expected imports without a cycle, but there is one.")
    imported: dict[str, Model] = {}
    for one in wanted:
        found = resolver(one.namespace, one.location) if resolver else None
        if found is None:
            continue
        imported[one.name] = _load(found, one.location or file, resolver, (*loading, sha256))
    return Model(definitions, sha256, imported)


def _invalid(file: str, rule: str, message: str) -> InvalidProcess:
    return InvalidProcess([Finding(severity="error", rule=rule, message=message, file=file)])


def _info(decision: e.Decision) -> DecisionInfo:
    logic = decision.logic
    return DecisionInfo(
        decision.id,
        decision.name,
        decision.label,
        "none" if logic is None else type(logic).__name__.lower(),
        logic.hit_policy if isinstance(logic, e.Table) else "",
        decision.properties,
    )


def _clause_slot(name: str, decision: e.Decision) -> Slot:
    if isinstance(decision.logic, e.Table):
        for clause in decision.logic.inputs:
            if clause.expression == name:
                return Slot(name, clause.label, clause.type_ref, clause.allowed)
    return Slot(name, "", "", "")


def _members(definitions: e.Definitions) -> Iterator[str]:
    """Give the names that paths may go through: components, outputs of tables, entries, columns."""
    parts = list(definitions.items)
    while parts:
        part = parts.pop()
        parts.extend(part.components)
        yield from (component.name for component in part.components)
    boxes = [d.logic for d in definitions.decisions] + [k.logic for k in definitions.knowledge]
    for box in boxes:
        yield from _names_in(box)
    for service in definitions.services:
        yield service.variable


def _names_in(box: e.Boxed | None) -> Iterator[str]:
    if isinstance(box, e.Table):
        yield from (output.name for output in box.outputs if output.name)
    elif isinstance(box, e.Relation):
        yield from (name for name, _ in box.columns)
    elif isinstance(box, e.Context):
        for entry in box.entries:
            if entry.name:
                yield entry.name
            yield from _names_in(entry.value)
    elif isinstance(box, e.FunctionOf):
        yield from _names_in(box.body)


def _is_words(text: str) -> bool:
    words = text.split()
    return bool(words) and all(
        word.replace("_", "a").isalnum() and not word[0].isdigit() and word not in KEYWORDS
        for word in words
    )
