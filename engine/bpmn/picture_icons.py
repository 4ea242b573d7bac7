"""The little signs inside tasks, events and gateways, as SVG path data around a centre."""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.diagram import Node


@dataclass(frozen=True)
class Icon:
    """Path data; `solid` says that it is filled rather than outlined, `lines` are white on it."""

    path: str
    solid: bool = False
    lines: str = ""


def _circle(radius: float, x: float = 0, y: float = 0) -> str:
    return (
        f"M{x - radius:g},{y:g}a{radius:g},{radius:g} 0 1,0 {2 * radius:g},0"
        f"a{radius:g},{radius:g} 0 1,0 {-2 * radius:g},0z"
    )


_ENVELOPE = "M-7,-5h14v10h-14zM-7,-5l7,5.5l7,-5.5"
_SEALED = ("M-7.5,-5.5h15v11h-15z", "M-7,-4.5l7,5.5l7,-5.5")

TASKS = {
    "userTask": Icon(
        "M-7,8v-2.5a5.5,5.5 0 0 1 5.5,-5.5h3a5.5,5.5 0 0 1 5.5,5.5v2.5z" + _circle(3.6, 0, -4)
    ),
    "manualTask": Icon(
        "M-8,-1l4.5,-5q1,-1 2,0.2l-1.5,2.8h9.5a1.4,1.4 0 0 1 0,2.8h-3.5h4.5"
        "a1.4,1.4 0 0 1 0,2.8h-4.5h3.5"
        "a1.4,1.4 0 0 1 0,2.8h-10.5q-2.5,0 -4,-2z"
    ),
    "scriptTask": Icon("M-4,-8h10q-4,4 0,8t0,8h-10q4,-4 0,-8t0,-8zM-2,-4h5M0,0h5M2,4h5"),
    "serviceTask": Icon(
        _circle(2.6) + _circle(5.4) + "M0,-5.4v-2.4M0,5.4v2.4M-5.4,0h-2.4M5.4,0h2.4"
        "M-3.8,-3.8l-1.7,-1.7M3.8,3.8l1.7,1.7M-3.8,3.8l-1.7,1.7M3.8,-3.8l1.7,-1.7"
    ),
    "businessRuleTask": Icon("M-8,-6h16v12h-16zM-8,-2h16M-8,2h16M-3,-2v8"),
    "sendTask": Icon(_SEALED[0], solid=True, lines=_SEALED[1]),
    "receiveTask": Icon(_ENVELOPE),
}

EVENTS = {
    "timer": Icon(_circle(8) + "M0,-5v5l3.4,2.2M0,-8v1.6M0,8v-1.6M-8,0h1.6M8,0h-1.6"),
    "message": Icon(_ENVELOPE),
    "signal": Icon("M0,-7.5l7.5,12.5h-15z"),
    "error": Icon("M-7,6l4.5,-11.5l4.5,6.5l5,-8l-4,12.5l-5,-6.5z"),
    "escalation": Icon("M0,-8l5.5,14.5l-5.5,-5.5l-5.5,5.5z"),
    "terminate": Icon(_circle(8.5), solid=True),
    "cancel": Icon("M-6,-6l12,12M6,-6l-12,12"),
    "link": Icon("M-8,-2.8h8v-3.7l8,6.5l-8,6.5v-3.7h-8z"),
    "conditional": Icon("M-6,-7.5h12v15h-12zM-3.5,-4h7M-3.5,0h7M-3.5,4h7"),
    "compensate": Icon("M0,-5.5v11l-7,-5.5zM7.5,-5.5v11l-7,-5.5z"),
}

GATEWAYS = {
    "exclusiveGateway": Icon("M-6.5,-6.5l13,13M6.5,-6.5l-13,13"),
    "parallelGateway": Icon("M0,-9.5v19M-9.5,0h19"),
    "inclusiveGateway": Icon(_circle(9)),
    "eventBasedGateway": Icon(_circle(11.5) + "M0,-6.5l6.2,4.6l-2.4,7.2h-7.6l-2.4,-7.2z"),
    "complexGateway": Icon("M0,-9.5v19M-9.5,0h19M-6.5,-6.5l13,13M6.5,-6.5l-13,13"),
}

MARKERS = {
    "parallel": Icon("M-4,-5v10M0,-5v10M4,-5v10"),
    "sequential": Icon("M-5,-4h10M-5,0h10M-5,4h10"),
    "standard": Icon("M2.2,4.6a5,5 0 1 0 -5.2,-0.6M-5.6,4.6h3.2v-3.2"),
    "compensation": Icon("M0,-4.5v9l-6,-4.5zM6.5,-4.5v9l-6,-4.5z"),
    "adHoc": Icon("M-7,2q3.5,-6 7,-1.5t7,-1.5"),
    "collapsed": Icon("M-6,-6h12v12h-12zM0,-3.5v7M-3.5,0h7"),
}

_SCOPES = ("subProcess", "transaction", "adHocSubProcess", "callActivity")
THROWING = frozenset({"endEvent", "intermediateThrowEvent"})


def event_icon(node: Node) -> Icon | None:
    """Choose the sign of an event: filled where it throws."""
    icon = EVENTS.get(node.event_kind)
    if icon is None:
        return None
    if node.kind not in THROWING or node.event_kind == "cancel":
        return icon
    if node.event_kind == "message":
        return Icon(_SEALED[0], solid=True, lines=_SEALED[1])
    return Icon(icon.path, solid=True)


def markers(node: Node, expanded: bool) -> list[Icon]:
    """List the signs at the foot of an activity."""
    found = [MARKERS[node.loop.kind]] if node.loop is not None else []
    if node.for_compensation:
        found.append(MARKERS["compensation"])
    if node.kind in _SCOPES and not expanded:
        found.append(MARKERS["collapsed"])
    if node.kind == "adHocSubProcess":
        found.append(MARKERS["adHoc"])
    return found
