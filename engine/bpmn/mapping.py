"""What becomes of each element between two versions of a definition: no case, no database here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine.bpmn.diagram import Node
from engine.bpmn.models import CompiledDefinition
from engine.errors import InvalidForm, Problem

SAME, RENAMED, MOVED, REMOVED, ADDED = "SAME", "RENAMED", "MOVED", "REMOVED", "ADDED"

# What normalising puts in is called after the drawn element it belongs to.
_PUT_IN = ("_split_", "_end_", "_link_")


@dataclass(frozen=True, kw_only=True)
class ElementChange:
    """What becomes of one element.

    element_id -- in the old version, or in the new one where it is ADDED; becomes -- its id in the
    new version, empty where it is REMOVED; change -- SAME, RENAMED, MOVED (into another scope),
    REMOVED or ADDED; differs -- what of it is said differently: kind, event, loop, name, lane, or
    the name of a property
    """

    element_id: str
    becomes: str
    change: str
    name: str
    differs: tuple[str, ...] = ()


@dataclass(frozen=True)
class VersionMap:
    """The way from one version to another.

    elements -- old id -> new id, of what is in both; scopes -- the same for the process, inner
    and called scopes; rename -- what was given by hand
    """

    old: CompiledDefinition
    new: CompiledDefinition
    rename: Mapping[str, str]
    elements: Mapping[str, str] = field(repr=False)
    scopes: Mapping[str, str] = field(repr=False)

    def scope(self, old_scope: str) -> Any:
        """Give the new spec of a scope; None where it is gone."""
        return scopes_of(self.new).get(self.scopes.get(old_scope, ""))

    def name(self, old_name: str) -> str:
        """Give the name that an old spec would have: `e.ask` -> `e.asked`."""
        prefix, dot, id_ = old_name.partition(".")
        return f"{prefix}.{self._id(id_)}" if dot else old_name

    def spec(self, old_spec: Any, old_scope: str) -> Any:
        """Give the new spec of an old one, in the scope that its own became; None where gone."""
        scope = self.scope(old_scope)
        return None if scope is None else scope.task_specs.get(self.name(old_spec.name))

    def _id(self, old_id: str) -> str:
        if old_id in self.elements:
            return self.elements[old_id]
        for prefix in _PUT_IN:
            if old_id.startswith(prefix):
                return prefix + self._id(old_id.removeprefix(prefix))
        return old_id

    @cached_property
    def changes(self) -> tuple[ElementChange, ...]:
        """List what becomes of every drawn element, old ones first, in the order of the files."""
        return tuple(self._changes())

    def _changes(self) -> Iterator[ElementChange]:
        before, after = nodes_of(self.old), nodes_of(self.new)
        for id_, node in before.items():
            becomes = self.elements.get(id_, "")
            if not becomes:
                yield ElementChange(element_id=id_, becomes="", change=REMOVED, name=node.name)
                continue
            now = after[becomes]
            moved = self.scopes.get(node.scope) != now.scope
            change = MOVED if moved else SAME if becomes == id_ else RENAMED
            yield ElementChange(
                element_id=id_,
                becomes=becomes,
                change=change,
                name=now.name,
                differs=tuple(_differs(node, now, self)),
            )
        known = set(self.elements.values())
        for id_, node in after.items():
            if id_ not in known:
                yield ElementChange(element_id=id_, becomes=id_, change=ADDED, name=node.name)


def compare(
    old: CompiledDefinition, new: CompiledDefinition, rename: Mapping[str, str] | None = None
) -> VersionMap:
    """Match two versions by element id, and by the names given for what is called otherwise now.

    rename -- old id -> new id, of elements, or of processes that are called.  Raises InvalidForm
    where one of its ids is not there, or two become one.
    """
    given = dict(rename or {})
    before, after = nodes_of(old), nodes_of(new)
    _check(given, {*before, *scopes_of(old)}, {*after, *scopes_of(new)})
    taken = set(given.values())
    elements = {
        id_: becomes
        for id_ in before
        if (becomes := given.get(id_, id_)) in after and (id_ in given or id_ not in taken)
    }
    scopes = {old.process_id: new.process_id}
    there = scopes_of(new)
    for id_ in old.sub_specs:
        becomes = elements.get(id_) or given.get(id_, id_)
        if becomes in there and becomes != new.process_id:
            scopes[id_] = becomes
    return VersionMap(old, new, given, elements, scopes)


def _check(rename: Mapping[str, str], before: set[str], after: set[str]) -> None:
    problems = [
        Problem(f"rename.{old}", "unknown", f"Expected {old} in the old version, but it is not.")
        for old in rename
        if old not in before
    ]
    problems += [
        Problem(f"rename.{old}", "unknown", f"Expected {new} in the new version, but it is not.")
        for old, new in rename.items()
        if new not in after
    ]
    twice = [old for old, new in rename.items() if list(rename.values()).count(new) > 1]
    problems += [
        Problem(f"rename.{old}", "duplicate", f"Expected one to become {rename[old]}, but more do.")
        for old in twice
    ]
    if problems:
        raise InvalidForm(problems)


def scopes_of(compiled: CompiledDefinition) -> dict[str, Any]:
    """Give every scope's spec by the scope's id."""
    return {compiled.process_id: compiled.spec, **compiled.sub_specs}


def nodes_of(compiled: CompiledDefinition) -> dict[str, Node]:
    """Give every drawn node that runs, by id."""
    found: dict[str, Node] = {}
    for scope in scopes_of(compiled).values():
        for spec in scope.task_specs.values():
            node: Node | None = getattr(spec, "node", None)
            if node is not None and node.id in compiled.elements:
                found[node.id] = node
    return {id_: found[id_] for id_ in compiled.elements if id_ in found}


def _differs(old: Node, new: Node, mapping: VersionMap) -> Iterator[str]:
    if old.kind != new.kind:
        yield "kind"
    if old.events != new.events:
        yield "event"
    if old.loop != new.loop:
        yield "loop"
    if old.name != new.name:
        yield "name"
    if old.lane != new.lane:
        yield "lane"
    if mapping.elements.get(old.attached_to, old.attached_to) != new.attached_to:
        yield "attached_to"
    if (old.script, old.operator, old.decision) != (new.script, new.operator, new.decision):
        yield "work"
    if old.result != new.result:
        yield "result"
    names = {*old.properties, *new.properties} - {"result"}
    yield from sorted(n for n in names if old.properties.get(n) != new.properties.get(n))
