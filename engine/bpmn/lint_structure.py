"""Lint of how things are connected: starts, ends, flows, gateways, scopes and calls."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.diagram import GATEWAYS, SCOPES, Diagram, Flow, Node, Scope
from engine.bpmn.findings import error, warning
from engine.bpmn.lint_ad_hoc import lint_ad_hoc
from engine.bpmn.lint_event_scopes import lint_event_scopes
from engine.errors import Finding

MAX_NODES = 2_000
MAX_GATEWAYS = 300


def lint_structure(diagram: Diagram) -> Iterator[Finding]:
    """Give the findings about the structure of every scope a case can enter."""
    used = diagram.used()
    yield from _calls(diagram, used)
    for scope in used:
        yield from _scope(scope, scope.id == diagram.main)
        yield from lint_event_scopes(scope)
    reached = {scope.id for scope in used}
    for scope in diagram.scopes.values():
        if scope.kind == "process" and scope.id not in reached and scope.nodes:
            yield warning(
                "not-run", scope, f"Expected every process to be run, but nothing runs {scope.id}."
            )


def _scope(scope: Scope, is_main: bool) -> Iterator[Finding]:
    if len(scope.nodes) > MAX_NODES:
        yield error(
            "too-many-nodes",
            scope,
            f"Expected at most {MAX_NODES} elements in a process, but found {len(scope.nodes)}.",
            "Move a part into a called process.",
        )
    gateways = sum(node.kind in GATEWAYS for node in scope.nodes.values())
    if gateways > MAX_GATEWAYS:
        yield error(
            "too-many-nodes",
            scope,
            f"Expected at most {MAX_GATEWAYS} gateways in a process, but found {gateways}.",
            "Move a part into a called process.",
        )
    if scope.kind != "adHocSubProcess":
        yield from _starts(scope, is_main)
    for flow in scope.flows.values():
        yield from _flow(scope, flow)
    for node in scope.nodes.values():
        yield from _default(scope, node)
        if node.kind.endswith("Gateway"):
            yield from _gateway(scope, node)
        if node.kind == "boundaryEvent" and node.attached_to not in scope.nodes:
            yield error(
                "boundary-dangling", node, f"Expected {node.id} on an activity, but there is none."
            )
    yield from _links(scope)
    yield from _unreachable(scope)


def _starts(scope: Scope, is_main: bool) -> Iterator[Finding]:
    starts = scope.starts
    plain = [node for node in starts if not node.events]
    if not starts:
        yield error("no-start", scope, f"Expected a start event in {scope.id}, but there is none.")
    elif len(plain) > 1:
        yield error(
            "several-starts", plain[1], "Expected one plain start event, but there are more."
        )
    elif scope.by_event and len(starts) > 1:
        yield error("inner-start", starts[1], f"Expected exactly one start event in {scope.id}.")
    elif not is_main and not scope.by_event and (not plain or len(starts) > 1):
        yield error(
            "inner-start", starts[0], f"Expected exactly one plain start event in {scope.id}."
        )
    named = [(node.event.kind, node.event.name) for node in starts if node.event]
    for kind, name in sorted({event for event in named if event[1] and named.count(event) > 1}):
        yield error(
            "start-twice", scope, f"Expected one start event for {kind} {name}, but there are more."
        )
    for node in starts:
        if not scope.outgoing(node.id):
            yield error("start-leads-nowhere", node, f"Expected a flow out of {node.id}.")


def _flow(scope: Scope, flow: Flow) -> Iterator[Finding]:
    source, target = scope.nodes.get(flow.source), scope.nodes.get(flow.target)
    if source is None or target is None:
        missing = flow.source if source is None else flow.target
        yield error(
            "flow-dangling",
            flow,
            f"Expected {flow.id} to connect two elements, but {missing or 'one end'} is none here.",
        )
        return
    if target.kind in ("startEvent", "boundaryEvent"):
        yield error(
            "flow-into-start",
            flow,
            f"Expected no flow into {target.id}, but {flow.id} leads there.",
        )
    if source.kind == "endEvent":
        yield error(
            "flow-out-of-end", flow, f"Expected nothing after {source.id}, but {flow.id} leaves it."
        )
    if flow.condition is None:
        return
    if "feel" not in (flow.language or "feel").lower():
        yield error(
            "expression-language",
            flow,
            f"Expected FEEL on {flow.id}, but it says {flow.language}.",
        )
    if not flow.condition.strip():
        yield error("condition-empty", flow, f"Expected a condition on {flow.id}, but it is empty.")
    if source.kind in ("parallelGateway", "eventBasedGateway"):
        yield error(
            "condition-without-effect",
            flow,
            f"Expected no condition after {source.id}, since every flow out of it is taken.",
        )
    if source.event_kind == "link" or source.default == flow.id:
        yield error(
            "condition-without-effect",
            flow,
            f"Expected no condition on {flow.id}, since it is the default.",
        )


def _default(scope: Scope, node: Node) -> Iterator[Finding]:
    if node.default and node.default not in {flow.id for flow in scope.outgoing(node.id)}:
        yield error(
            "default-dangling",
            node,
            f"Expected {node.default} to leave {node.id}, but it does not.",
        )


def _gateway(scope: Scope, node: Node) -> Iterator[Finding]:
    outgoing = scope.outgoing(node.id)
    if node.kind in ("exclusiveGateway", "inclusiveGateway") and len(outgoing) > 1:
        for flow in outgoing:
            if flow.condition is None and flow.id != node.default:
                yield error(
                    "flow-without-condition",
                    flow,
                    f"Expected a condition on {flow.id}, or that it is the default of {node.id}.",
                )
        always = any((flow.condition or "").lstrip("= ").strip() == "true" for flow in outgoing)
        if not node.default and not always:
            yield warning(
                "gateway-without-default",
                node,
                f"Expected a default flow out of {node.id}: without one, the case may stop there.",
            )
    elif node.kind == "complexGateway":
        yield from _complex_gateway(scope, node)
    elif node.kind == "eventBasedGateway":
        yield from _event_gateway(scope, node, outgoing)


def _complex_gateway(scope: Scope, node: Node) -> Iterator[Finding]:
    joins = len(scope.incoming(node.id)) > 1
    if joins and not node.until:
        yield error(
            "complex-gateway",
            node,
            f"Expected a condition on {node.id} such as items_arrived >= 2, but there is none.",
        )
    elif node.until and not joins:
        yield error(
            "condition-without-effect",
            node,
            f"Expected several flows into {node.id}, since it has a condition on what arrives.",
        )


def _event_gateway(scope: Scope, node: Node, outgoing: list[Flow]) -> Iterator[Finding]:
    if len(outgoing) < 2:
        yield error("event-gateway", node, f"Expected at least two events after {node.id}.")
    for flow in outgoing:
        target = scope.nodes.get(flow.target)
        if target is None:
            continue
        waits = target.kind == "receiveTask" or (
            target.kind == "intermediateCatchEvent"
            and target.event_kind in ("timer", "message", "signal", "conditional")
        )
        if not waits or target.loop is not None or scope.attached(target.id):
            yield error("event-gateway", target, f"Expected an event that waits after {node.id}.")
        elif len(scope.incoming(target.id)) > 1:
            yield error(
                "event-gateway",
                target,
                f"Expected only {node.id} to lead to {target.id}, but more does.",
            )


def _links(scope: Scope) -> Iterator[Finding]:
    links = [node for node in scope.nodes.values() if node.event_kind == "link"]
    catches = [node for node in links if node.kind == "intermediateCatchEvent"]
    named = [node.event.name for node in catches if node.event]
    for node in links:
        name = node.event.name if node.event else ""
        if not name:
            yield error("link", node, f"Expected a name on the link {node.id}.")
        elif node.kind == "intermediateThrowEvent":
            if name not in named:
                yield error(
                    "link", node, f"Expected a link event that catches {name}, but there is none."
                )
            if scope.outgoing(node.id):
                yield error("link", node, f"Expected no flow out of the link {node.id}.")
        elif scope.incoming(node.id):
            yield error("link", node, f"Expected no flow into the link {node.id}.")
        elif named.count(name) > 1:
            yield error(
                "link", node, f"Expected one link event that catches {name}, but there are more."
            )


def _unreachable(scope: Scope) -> Iterator[Finding]:
    ad_hoc = scope.kind == "adHocSubProcess"
    todo = [node.id for node in (scope.offers if ad_hoc else scope.starts)]
    seen: set[str] = set()
    while todo:
        key = todo.pop()
        if key in seen or key not in scope.nodes:
            continue
        seen.add(key)
        todo += [flow.target for flow in scope.outgoing(key)]
        todo += [node.id for node in scope.attached(key)]
        for event in scope.undone_at(key):
            todo += [event.id, *(node.id for node in scope.undone_by(event))]
        jump = scope.nodes[key].event
        if jump is not None and jump.kind == "link":
            todo += [
                node.id
                for node in scope.nodes.values()
                if node.event_kind == "link" and node.event and node.event.name == jump.name
            ]
    for node in scope.nodes.values():
        if node.id not in seen and not node.by_event:
            yield error(
                "unreachable",
                node,
                f"Expected a way from the start to {node.id}, but there is none.",
            )


def _calls(diagram: Diagram, used: list[Scope]) -> Iterator[Finding]:
    inner: dict[str, list[tuple[Node, str]]] = {scope.id: [] for scope in used}
    for scope in used:
        for node in scope.nodes.values():
            if node.kind == "adHocSubProcess" and node.id in diagram.scopes:
                yield from lint_ad_hoc(node, diagram.scopes[node.id])
            if node.kind in SCOPES:
                inner[scope.id].append((node, node.id))
            elif node.kind == "callActivity":
                called = diagram.scopes.get(node.called)
                if called is None or called.kind != "process":
                    yield error(
                        "call-dangling",
                        node,
                        f"Expected a process of this folder, but {node.called or 'it'} is none.",
                    )
                else:
                    inner[scope.id].append((node, called.id))
    for scope in used:
        for node, key in inner[scope.id]:
            if _comes_back(inner, key, scope.id):
                yield error(
                    "endless-call",
                    node,
                    f"Expected no process inside itself, but {key} leads to {scope.id}.",
                )


def _comes_back(inner: dict[str, list[tuple[Node, str]]], start: str, wanted: str) -> bool:
    todo, seen = [start], set()
    while todo:
        key = todo.pop()
        if key == wanted:
            return True
        if key not in seen:
            seen.add(key)
            todo += [next_key for _, next_key in inner.get(key, [])]
    return False
