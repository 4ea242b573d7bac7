"""Rewrites standard constructs that the library would run wrong into ones that it runs right.

Ids of drawn elements stay; what is put in has an id that starts with `_` and counts as not drawn.
Link events become sequence flows, implicit splits gateways, missing ends end events, and two flows
between the same two nodes get a node between them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from engine.bpmn.diagram import ACTIVITIES, GATEWAYS, Diagram, Flow, Node, Scope

_SPLITTING = ACTIVITIES | {
    "startEvent",
    "intermediateCatchEvent",
    "intermediateThrowEvent",
    "boundaryEvent",
}


def normalize(diagram: Diagram) -> Diagram:
    """Give the same process, drawn so that it runs as meant."""
    return replace(
        diagram, scopes={key: _Rewriter(scope).rewrite() for key, scope in diagram.scopes.items()}
    )


class _Rewriter:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.nodes: dict[str, Node] = dict(scope.nodes)
        self.flows: dict[str, Flow] = {}
        self.leaving: dict[str, dict[str, None]] = {}
        for flow in scope.flows.values():
            self._put(flow)

    def rewrite(self) -> Scope:
        self._links()
        self._forks()
        for node in list(self.nodes.values()):
            if node.kind in _SPLITTING:
                self._split(node)
                self._end(node)
        self._merge()
        self._part_twins()
        return replace(self.scope, nodes=self.nodes, flows=self.flows)

    def _node(self, id_: str, kind: str, like: Node) -> None:
        self.nodes[id_] = Node(
            id=id_, kind=kind, scope=self.scope.id, lane=like.lane, file=like.file, drawn=False
        )

    def _flow(self, id_: str, source: str, target: str) -> None:
        self._put(Flow(id=id_, source=source, target=target, scope=self.scope.id, drawn=False))

    def _put(self, flow: Flow) -> None:
        before = self.flows.get(flow.id)
        if before is not None and before.source != flow.source:
            del self.leaving[before.source][flow.id]
        self.flows[flow.id] = flow
        self.leaving.setdefault(flow.source, {})[flow.id] = None

    def _links(self) -> None:
        catches = {
            node.event.name: node
            for node in self.nodes.values()
            if node.kind == "intermediateCatchEvent" and node.event and node.event.kind == "link"
        }
        for node in list(self.nodes.values()):
            if node.event_kind != "link":
                continue
            # Both ends become events that only pass the token on.
            self.nodes[node.id] = replace(node, kind="intermediateThrowEvent", events=())
            target = catches.get(node.event.name) if node.event else None
            if node.kind == "intermediateThrowEvent" and target is not None:
                self._flow(f"_link_{node.id}", node.id, target.id)

    def _forks(self) -> None:
        """A complex gateway that only one flow leads to is an inclusive one."""
        into = Counter(flow.target for flow in self.flows.values())
        for node in list(self.nodes.values()):
            if node.kind == "complexGateway" and into[node.id] < 2:
                self.nodes[node.id] = replace(node, kind="inclusiveGateway")

    def _outgoing(self, node: Node) -> list[Flow]:
        return [self.flows[key] for key in self.leaving.get(node.id, ())]

    def _split(self, node: Node) -> None:
        outgoing = self._outgoing(node)
        conditional = [flow for flow in outgoing if flow.condition is not None]
        if len(outgoing) < 2 and not conditional:
            return
        gateway = f"_split_{node.id}"
        self._node(gateway, "inclusiveGateway" if conditional else "parallelGateway", node)
        self.nodes[gateway] = replace(self.nodes[gateway], default=node.default)
        for flow in outgoing:
            # In a mixed split, a flow without condition is always taken.
            always = conditional and flow.condition is None and flow.id != node.default
            condition = "true" if always else flow.condition
            self._put(replace(flow, source=gateway, condition=condition))
        self._flow(f"_to_split_{node.id}", node.id, gateway)

    def _end(self, node: Node) -> None:
        # A link's throw has got its flow by now.
        if self._outgoing(node) or node.by_event or node.kind == "startEvent":
            return
        # What undoes an activity stands beside the flow.
        if node.for_compensation or (node.attached_to and node.event_kind == "compensate"):
            return
        self._node(f"_end_{node.id}", "endEvent", node)
        self._flow(f"_to_end_{node.id}", node.id, f"_end_{node.id}")

    def _merge(self) -> None:
        """A gateway without a way on ends its tokens too."""
        for node in list(self.nodes.values()):
            if node.kind in GATEWAYS - {"eventBasedGateway"}:
                self._end(node)

    def _part_twins(self) -> None:
        pairs = Counter((flow.source, flow.target) for flow in self.flows.values())
        for flow in list(self.flows.values()):
            if pairs[(flow.source, flow.target)] < 2:
                continue
            between = f"_via_{flow.id}"
            self._node(between, "intermediateThrowEvent", self.nodes[flow.source])
            self._flow(f"_from_{between}", between, flow.target)
            self._put(replace(flow, target=between))
