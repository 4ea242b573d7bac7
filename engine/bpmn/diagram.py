"""What a BPMN file draws, as frozen dataclasses; reading and rewriting it are elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

TASKS = frozenset(
    {
        "userTask",
        "manualTask",
        "scriptTask",
        "serviceTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "calledCase",  # a call activity that says which other process definition it starts
    }
)
SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | SCOPES | {"callActivity", "task"}
GATEWAYS = frozenset(
    {
        "exclusiveGateway",
        "inclusiveGateway",
        "parallelGateway",
        "eventBasedGateway",
        "complexGateway",
    }
)
EVENTS = frozenset(
    {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
)
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS


@dataclass(frozen=True, kw_only=True)
class EventDefinition:
    """What an event waits for or throws.

    kind -- timer, message, signal, error, escalation, terminate, cancel, link, compensate, ...
    name -- the message's, signal's or link's name; code -- of an error or escalation
    timer -- date, duration or cycle, with its `text`; dangling -- a reference that leads nowhere
    activity -- the one to undo, empty for all; waits -- until that is done
    """

    kind: str
    name: str = ""
    code: str = ""
    timer: str = ""
    text: str = ""
    dangling: str = ""
    activity: str = ""
    waits: bool = True


@dataclass(frozen=True, kw_only=True)
class Loop:
    """How an activity repeats.  `kind` is parallel, sequential or standard; texts are FEEL."""

    kind: str
    collection: str = ""
    cardinality: str = ""
    item: str = ""
    output: str = ""
    output_item: str = ""
    condition: str = ""
    test_before: bool = False
    maximum: str = ""


@dataclass(frozen=True, kw_only=True)
class Operator:
    """The host's verb that a service task calls."""

    name: str
    result: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Node:
    """A flow node.

    extras -- what is drawn in it that cannot run, as tag names; associated -- ids it points at
    until -- the condition of a complex gateway, or the one that ends an ad-hoc sub-process;
    sequential, cancels_rest -- how that one runs and ends
    """

    id: str
    kind: str
    scope: str
    name: str = ""
    lane: str = ""
    line: int = 0
    file: str = ""
    documentation: str = ""
    events: tuple[EventDefinition, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    attached_to: str = ""
    interrupting: bool = True
    default: str = ""
    script: str = ""
    language: str = ""
    loop: Loop | None = None
    called: str = ""
    decision: str = ""
    operator: Operator | None = None
    by_event: bool = False
    for_compensation: bool = False
    associated: tuple[str, ...] = ()
    until: str = ""
    sequential: bool = False
    cancels_rest: bool = True
    extras: tuple[str, ...] = ()
    drawn: bool = True

    @property
    def event(self) -> EventDefinition | None:
        """Give the one event definition, or None for a plain event."""
        return self.events[0] if self.events else None

    @cached_property
    def event_kind(self) -> str:
        """Give what the event is about; empty for a plain one."""
        return self.events[0].kind if self.events else ""

    @cached_property
    def result(self) -> str:
        """Name the variable this element writes; empty if it writes none of its own."""
        given = self.properties.get("result", "").strip()
        if self.kind in ("userTask", "manualTask"):
            return given or self.properties.get("form", "").strip()
        if self.kind == "businessRuleTask":
            return given or self.decision
        if self.kind == "serviceTask":
            return self.operator.result if self.operator else ""
        return given


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A sequence flow; `condition` is None where none is drawn."""

    id: str
    source: str
    target: str
    scope: str
    condition: str | None = None
    language: str = ""
    line: int = 0
    file: str = ""
    drawn: bool = True


@dataclass(frozen=True, kw_only=True)
class Scope:
    """A process or sub-process: what starts, runs and ends together."""

    id: str
    kind: str
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    parent: str = ""
    name: str = ""
    file: str = ""
    line: int = 0
    executable: bool = True
    by_event: bool = False
    documentation: str = ""

    @property
    def starts(self) -> list[Node]:
        """List the start events."""
        return [node for node in self.nodes.values() if node.kind == "startEvent"]

    @property
    def offers(self) -> list[Node]:
        """List what people may choose in an ad-hoc sub-process: what no flow leads to."""
        led_to = {flow.target for flow in self.flows.values()}
        return [
            node
            for node in self.nodes.values()
            if node.id not in led_to
            and not (node.attached_to or node.by_event or node.for_compensation)
            and not (node.kind in EVENTS and node.event_kind == "link")
        ]

    def outgoing(self, node_id: str) -> list[Flow]:
        """List the flows that leave a node, in the order of the file."""
        return list(self._ends[0].get(node_id, ()))

    def incoming(self, node_id: str) -> list[Flow]:
        """List the flows that lead to a node."""
        return list(self._ends[1].get(node_id, ()))

    @cached_property
    def _ends(self) -> tuple[dict[str, list[Flow]], dict[str, list[Flow]]]:
        leave: dict[str, list[Flow]] = {}
        arrive: dict[str, list[Flow]] = {}
        for flow in self.flows.values():
            leave.setdefault(flow.source, []).append(flow)
            arrive.setdefault(flow.target, []).append(flow)
        return leave, arrive

    @cached_property
    def _attached(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            if node.attached_to:
                found.setdefault(node.attached_to, []).append(node)
        return found

    def attached(self, node_id: str) -> list[Node]:
        """List the boundary events that wait while an activity runs."""
        return [n for n in self._attached.get(node_id, ()) if n.event_kind != "compensate"]

    def undone_at(self, node_id: str) -> list[Node]:
        """List the compensation boundary events of an activity."""
        return [n for n in self._attached.get(node_id, ()) if n.event_kind == "compensate"]

    def undone_by(self, event: Node) -> list[Node]:
        """List the activities that a compensation boundary event points at."""
        found = [self.nodes[key] for key in event.associated if key in self.nodes]
        return [node for node in found if node.for_compensation]


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """Everything drawn in the BPMN files of a folder; `main` is the process that a case runs."""

    main: str
    scopes: Mapping[str, Scope]

    @property
    def process(self) -> Scope:
        """Give the process that a case runs."""
        return self.scopes[self.main]

    def used(self) -> list[Scope]:
        """List the scopes a case can enter: the main process, what it contains and calls."""
        seen: dict[str, Scope] = {}
        todo = [self.main]
        while todo:
            key = todo.pop(0)
            scope = self.scopes.get(key)
            if scope is None or key in seen:
                continue
            seen[key] = scope
            for node in scope.nodes.values():
                if node.kind in SCOPES:
                    todo.append(node.id)
                elif node.kind == "callActivity":
                    todo.append(node.called)
        return list(seen.values())

    def inner(self, node: Node) -> Scope | None:
        """Give the scope that an activity runs, if any."""
        key = node.called if node.kind == "callActivity" else node.id
        return self.scopes.get(key) if key != node.scope else None

    @property
    def undoes(self) -> bool:
        """Tell whether anything in it can ask for compensation."""
        return any(
            node.kind in ("endEvent", "intermediateThrowEvent")
            and node.event_kind in ("compensate", "cancel")
            for _, node in self.nodes()
        )

    def is_undoer(self, node: Node) -> bool:
        """Tell whether an element is the event sub-process that undoes its scope."""
        inner = self.inner(node) if node.by_event else None
        return inner is not None and any(n.event_kind == "compensate" for n in inner.starts)

    def is_kept(self, node: Node, seen: frozenset[str] = frozenset()) -> bool:
        """Tell whether what an activity runs is kept when it has ended, to be undone."""
        inner = self.inner(node)
        if inner is None or inner.id in seen or node.by_event or node.for_compensation:
            return False
        if self.scopes[node.scope].undone_at(node.id):
            return False
        seen |= {inner.id}
        return any(
            bool(inner.undone_at(part.id)) or self.is_undoer(part) or self.is_kept(part, seen)
            for part in inner.nodes.values()
        )

    def can_be_undone(self, node: Node) -> bool:
        """Tell whether undoing an activity does anything that is drawn."""
        return bool(self.scopes[node.scope].undone_at(node.id)) or self.is_kept(node)

    def nodes(self) -> Iterator[tuple[Scope, Node]]:
        """Give every node that a case can reach, with its scope."""
        for scope in self.used():
            for node in scope.nodes.values():
                yield scope, node
