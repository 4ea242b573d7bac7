"""Says what keeps a case from going to another version of its definition; going is elsewhere.

A token may go where its element is there still, in the same scope, of the same kind, and where
nothing that it meets on its way would happen twice or never.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.diagram import Node
from engine.bpmn.events import Attachment, Boundary, Catch, EventGateway, Throw, all_tokens
from engine.bpmn.interpreter import Run
from engine.bpmn.mapping import VersionMap, nodes_of
from engine.bpmn.migration_flow import Place, inputs_ahead, is_gateway_join, traps
from engine.bpmn.migration_shapes import facts_fit, same_scope_kind, undone_too_late
from engine.bpmn.nodes import (
    LIVE,
    BusinessRule,
    Element,
    Exclusive,
    Script,
    Service,
    SubProcess,
    UserTask,
)
from engine.bpmn.repeating import AnonymousGroup, MultiInstance, Repeat

_MOVING = LIVE | TaskState.FUTURE
# A token stands before these; they keep nothing in it, so one may take the place of the other.
_STATELESS = (Script, Service, BusinessRule, Exclusive, Throw)


@dataclass(frozen=True)
class Obstacle:
    """Why a case can't go to the other version as it stands.

    code -- REMOVED, MOVED, KIND, LOOP, ANONYMOUS, ITEM, SCOPE, JOIN, AGAIN, NEVER, RESULT or UNDO;
    of a whole case STATE (it can't be read), ENDED or VERSION (it runs on another one)
    element_id -- in the old version, empty for a whole case
    """

    code: str
    element_id: str
    message: str


@dataclass(frozen=True)
class Lost:
    """What of a draft the new version's form has no field for; element_id in the old version."""

    element_id: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """What stands in a case's way, and what is lost with it."""

    obstacles: tuple[Obstacle, ...] = ()
    lost: tuple[Lost, ...] = ()

    @classmethod
    def of(cls, code: str, message: str) -> Said:
        """Give one obstacle that no element is to blame for."""
        return cls((Obstacle(code, "", message),))

    @property
    def text(self) -> str:
        """Write it down as JSON."""
        rows = {
            "obstacles": [[o.code, o.element_id, o.message] for o in self.obstacles],
            "lost": [[lost.element_id, list(lost.fields)] for lost in self.lost],
        }
        return json.dumps({name: row for name, row in rows.items() if row})

    @classmethod
    def read(cls, text: str) -> Said:
        """Read what `text` gave."""
        rows = json.loads(text)
        return cls(
            tuple(Obstacle(*row) for row in rows.get("obstacles", ())),
            tuple(Lost(element, tuple(fields)) for element, fields in rows.get("lost", ())),
        )


def obstacles(run: Run, mapping: VersionMap) -> tuple[Obstacle, ...]:
    """Say everything that keeps a case, loaded on the old version, from going to the new one."""
    found = [found for token in _live(run) for found in _of_token(token, mapping)]
    if not found:
        for workflow in (run.instance, *run.instance.subprocesses.values()):
            found += _of_scope(workflow, mapping)
    found += _of_results(run, mapping)
    return tuple({(each.code, each.element_id): each for each in reversed(found)}.values())[::-1]


def _live(run: Run) -> list[Any]:
    return [token for token in all_tokens(run.instance) if token._state & _MOVING]


def element_of(token: Any) -> str:
    """Give the drawn element that a token stands on; empty for the ends of a scope."""
    spec = token.task_spec
    node: Node | None = getattr(getattr(spec, "gateway", spec), "node", None)
    return "" if node is None else node.id


# ----- one token


def _of_token(token: Any, mapping: VersionMap) -> Iterator[Obstacle]:
    scope = token.workflow.spec.name
    old, new = token.task_spec, mapping.spec(token.task_spec, scope)
    id_ = element_of(token) or scope
    if new is None:
        if not leaves_quietly(token, mapping):
            yield _gone(id_, mapping)
        return
    if moves_on_quietly(token, new, mapping):
        return
    yield from _of_kind(token, old, new, id_, mapping)
    if isinstance(old, SubProcess) and isinstance(new, SubProcess):
        inner = token.workflow.top_workflow.subprocesses.get(token.id)
        if inner is not None and mapping.scopes.get(old.scope) != new.scope:
            said = f"Expected {id_} to run {old.scope} still, but it runs {new.scope} now."
            yield Obstacle("SCOPE", id_, said)
    if waits_to_meet(token) and not way_in(token, mapping):
        said = f"Expected the ways that meet at {id_} as they were, but they are others now."
        yield Obstacle("JOIN", id_, said)
    if not facts_fit(token, new, mapping):
        said = f"Expected the ways into and out of {id_} as they were, but they are others now."
        yield Obstacle("JOIN", id_, said)


def _gone(id_: str, mapping: VersionMap) -> Obstacle:
    becomes = mapping.elements.get(id_)
    if becomes is None:
        return Obstacle("REMOVED", id_, f"Expected {id_} to be there still, but it is not.")
    said = f"Expected {becomes} where it was, but it is in another sub-process now."
    return Obstacle("MOVED", id_, said)


def _of_kind(token: Any, old: Any, new: Any, id_: str, mapping: VersionMap) -> Iterator[Obstacle]:
    if isinstance(old, Repeat) or isinstance(new, Repeat):
        yield from _of_loop(token, old, new, id_)
        return
    if type(old) is not type(new):
        if not (isinstance(old, _STATELESS) and isinstance(new, _STATELESS)):
            said = f"Expected {id_} to be what it was, but it is another kind of element now."
            yield Obstacle("KIND", id_, said)
        return
    if isinstance(old, Catch) and not same_event(old, new):
        said = f"Expected {id_} to wait for what it did, but it waits for something else."
        yield Obstacle("KIND", id_, said)
    elif isinstance(old, Catch) and old.node.called != new.node.called:
        said = f"Expected {id_} to call {old.node.called} still, but it calls {new.node.called}."
        yield Obstacle("SCOPE", id_, said)
    elif isinstance(old, Catch) and not isinstance(old, Boundary) and _parted(token, new, mapping):
        said = f"Expected {id_} beside the events that it waits with, but it is not."
        yield Obstacle("KIND", id_, said)
    if not same_scope_kind(old, new):
        said = f"Expected what is inside {id_} to run as it did, but it runs in another way."
        yield Obstacle("KIND", id_, said)
    if isinstance(old, UserTask) and _anonymous(old) != _anonymous(new):
        said = (
            f"Expected {id_} to stay {'' if _anonymous(old) else 'not '}anonymous, but it does not."
        )
        yield Obstacle("ANONYMOUS", id_, said)


def _of_loop(token: Any, old: Any, new: Any, id_: str) -> Iterator[Obstacle]:
    if not (isinstance(old, Repeat) and isinstance(new, Repeat)):
        said = "once" if isinstance(new, Repeat) else "several times"
        yield Obstacle("LOOP", id_, f"Expected {id_} to run {said} as it did, but it does not.")
        return
    if isinstance(old, AnonymousGroup) != isinstance(new, AnonymousGroup):
        said = f"Expected {id_} to be as anonymous as it was, but it is not."
        yield Obstacle("ANONYMOUS", id_, said)
        return
    if type(old) is not type(new) or old.loop.kind != new.loop.kind:
        said = f"Expected {id_} to repeat as it did, but it repeats in another way."
        yield Obstacle("LOOP", id_, said)
        return
    items = old.items(token)
    if items and old.loop.item != new.loop.item:
        said = f"Expected the items of {id_} to be called {old.loop.item}, but they are not."
        yield Obstacle("ITEM", id_, said)
    answered = isinstance(old, MultiInstance) and any("done" in i.internal_data for i in items)
    if answered and (old.answer_name, old.output) != (new.answer_name, new.output):
        said = f"Expected the answers of {id_} under the same name, but it is another now."
        yield Obstacle("RESULT", id_, said)


def same_event(old: Any, new: Any) -> bool:
    """Tell whether an event still waits for the same kind of thing."""
    if type(old) is not type(new):
        return False
    return not isinstance(old, Catch) or old.node.event_kind == new.node.event_kind


def _parted(token: Any, new: Any, mapping: VersionMap) -> bool:
    """Tell whether an event gateway that a catch waits behind, with others, is another now."""
    parent = token.parent
    if parent is None or not isinstance(parent.task_spec, EventGateway):
        return False
    alone = not any(s is not token and s._state == TaskState.WAITING for s in parent.children)
    return not alone and mapping.name(parent.task_spec.name) not in new._inputs


def _anonymous(spec: Any) -> bool:
    return str(spec.node.properties.get("anonymous", "")).lower() == "true"


def leaves_quietly(token: Any, mapping: VersionMap) -> bool:
    """Tell whether a waiting event may be taken away, since something else goes on in its place.

    One beside an activity or scope leaves it; one of several catches leaves its event gateway.
    """
    if waits_beside(token):
        return True
    parent = token.parent
    if token._state != TaskState.WAITING or not isinstance(token.task_spec, Catch):
        return False
    scope = token.workflow.spec.name
    return isinstance(parent.task_spec, EventGateway) and any(
        sibling is not token
        and sibling._state == TaskState.WAITING
        and mapping.spec(sibling.task_spec, scope) is not None
        for sibling in parent.children
    )


def waits_beside(token: Any) -> bool:
    """Tell whether an event waits with an activity, or with a whole scope."""
    spec = token.task_spec
    beside = isinstance(spec, Boundary) or spec.guards
    return bool(token._state == TaskState.WAITING and beside)


def moves_on_quietly(token: Any, new: Any, mapping: VersionMap) -> bool:
    """Tell whether such an event waits elsewhere now, or for something else: it is set anew."""
    if not waits_beside(token):
        return False
    frame = mapping.name(token.parent.task_spec.name)
    return not same_event(token.task_spec, new) or frame not in new._inputs


# ----- joins


def waits_to_meet(token: Any) -> bool:
    """Tell whether a token waits at a gateway for others, each of which comes another way."""
    facts = token.internal_data
    waits = token._state == TaskState.WAITING and "arrived" in facts and "taken_by" not in facts
    return waits and is_gateway_join(token.task_spec)


def way_in(token: Any, mapping: VersionMap) -> str:
    """Name the way into a join that a token took, in the new version; empty where none fits."""
    scope, parent = token.workflow.spec.name, token.parent
    join = mapping.spec(token.task_spec, scope)
    before = mapping.spec(parent.task_spec, scope)
    if before is None:
        return ""
    if before.name in join._inputs:
        return str(before.name)
    ways = inputs_ahead(join._wf_spec, before.name, join)
    if len(ways) != 1:
        return ""
    others = {p.name for p in token.task_spec.inputs if p.name != parent.task_spec.name}
    kept = {mapping.name(name) for name in others}
    return "" if ways[0] in kept else ways[0]


# ----- a whole scope


def _of_scope(workflow: Any, mapping: VersionMap) -> Iterator[Obstacle]:
    scope = workflow.spec.name
    new = mapping.scope(scope)
    if new is None:
        return
    places: list[Place] = []
    taken: dict[tuple[str, str], str] = {}
    for token in workflow.tasks.values():
        spec = mapping.spec(token.task_spec, scope) if token._state & _MOVING else None
        is_item = token.triggered and not isinstance(token.task_spec, Catch)
        # Where a branch has ended, any other may end too.
        if spec is None or is_item or token.task_spec.guards or not isinstance(spec, Element):
            continue
        came = ("", "")
        if waits_to_meet(token):
            came = (token.parent.task_spec.name, way_in(token, mapping))
            if taken.setdefault((spec.name, came[1]), came[0]) != came[0]:
                id_ = element_of(token)
                said = f"Expected the ways that meet at {id_} as they were, but two are one now."
                yield Obstacle("JOIN", id_, said)
        places.append(Place(token.task_spec.name, spec.name, _group(token), came))
    for id_ in undone_too_late(workflow, mapping):
        said = f"Expected to know whether {id_} was done, but only the new version keeps that."
        yield Obstacle("UNDO", id_, said)
    for trap in traps(workflow.spec, new, places, mapping.name):
        id_ = trap.place.old.partition(".")[2]
        at = trap.at.partition(".")[2]
        if trap.code == "AGAIN":
            said = f"Expected {at} to be done once, but {id_} now comes before it."
        else:
            said = f"Expected {at} to get all that it waits for, but a branch would not come."
        yield Obstacle(trap.code, id_, said)


def _group(token: Any) -> int:
    """Name what only one token of goes on: an activity with its events, an event gateway."""
    parent = token.parent
    if parent is not None and isinstance(parent.task_spec, Attachment | EventGateway):
        return int(parent.id)
    return int(token.id)


# ----- what was answered before


def _of_results(run: Run, mapping: VersionMap) -> Iterator[Obstacle]:
    known = {name for token in _live(run) for name in token.data}
    before, after = nodes_of(mapping.old), nodes_of(mapping.new)
    for old_id, new_id in mapping.elements.items():
        old, new = before[old_id].result, after[new_id].result
        if old and new and old != new and old in known and new not in known:
            said = f"Expected the answers of {old_id} as {new}, but this case has them as {old}."
            yield Obstacle("RESULT", old_id, said)
