"""Builds SpiffWorkflow's specs from a normalised diagram: one per scope, shared by instances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.specs.StartTask import StartTask
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.bpmn.ad_hoc import AdHocEnd
from engine.bpmn.diagram import Diagram, Node, Scope
from engine.bpmn.events import Attachment, Boundary, CalledCase, Catch, EventGateway, Throw, release
from engine.bpmn.joins import EndOfScope, Inclusive, Parallel
from engine.bpmn.nodes import (
    BusinessRule,
    Choosing,
    Code,
    Element,
    Exclusive,
    Script,
    Service,
    Spec,
    SubProcess,
    UserTask,
    follow,
)
from engine.bpmn.quorum import Complex, Rest
from engine.bpmn.repeating import make_repeat
from engine.bpmn.triggers import Handler, Trigger
from engine.bpmn.undoing import UNDO_ALL, Undo, UndoAll, UndoScope, handler_done
from engine.feel import Expression

_CLASSES: dict[str, type[Element]] = {
    "userTask": UserTask,
    "manualTask": UserTask,
    "scriptTask": Script,
    "serviceTask": Service,
    "businessRuleTask": BusinessRule,
    "sendTask": Throw,
    "receiveTask": Catch,
    "subProcess": SubProcess,
    "transaction": SubProcess,
    "adHocSubProcess": SubProcess,
    "callActivity": SubProcess,
    "calledCase": CalledCase,
    "exclusiveGateway": Exclusive,
    "parallelGateway": Parallel,
    "inclusiveGateway": Inclusive,
    "complexGateway": Complex,
    "eventBasedGateway": EventGateway,
    "startEvent": Element,
    "endEvent": Throw,
    "intermediateCatchEvent": Catch,
    "intermediateThrowEvent": Throw,
    "boundaryEvent": Boundary,
}


class Entry(Choosing, Spec, StartTask):  # type: ignore[misc]
    """Where a scope is entered; a message may choose a start event of its own."""

    plain = ""

    def _run_hook(self, task: Any) -> bool:
        guards = [spec.name for spec in self.outputs if spec.guards]
        chosen = task.internal_data.get("start_at") or self.plain
        follow(task, [chosen, *guards] if chosen else guards)
        return True


class ProcessSpec(BpmnProcessSpec):  # type: ignore[misc]
    """The spec of one scope, with our own entry and end."""

    def __init__(
        self, name: str, *, main: bool, by_event: bool = False, ad_hoc: bool = False
    ) -> None:
        WorkflowSpec.__init__(self, name=name)
        self.by_event = by_event
        self.undoer = ""
        """the event sub-process that undoes what this scope has done"""
        self.start = Entry(self, "Start")
        # Nothing reads the data of a finished case, so there the later change stays.
        self.end = (AdHocEnd if ad_hoc else EndOfScope)(self, "EndOfScope", last_wins=main)
        # The library takes a scope for complete when a token of this name is done.
        self.end.connect(Spec(self, "End"))
        self.svg = None
        self.io_specification = None
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.bpmn_start_events: list[Any] = []


def build(
    diagram: Diagram, codes: Mapping[str, Code], conditions: Mapping[str, Expression]
) -> tuple[ProcessSpec, dict[str, ProcessSpec], dict[tuple[str, str, str], str]]:
    """Give the main spec, those of inner and called scopes, and which drawn flow joins two specs.

    The diagram is normalised and free of faults; `conditions` are by flow id.
    """
    specs: dict[str, ProcessSpec] = {}
    flow_of: dict[tuple[str, str, str], str] = {}
    for scope in diagram.used():
        specs[scope.id] = _Builder(diagram, scope, codes, conditions, flow_of).build()
    main = specs.pop(diagram.main)
    return main, specs, flow_of


class _Builder:
    def __init__(
        self,
        diagram: Diagram,
        scope: Scope,
        codes: Mapping[str, Code],
        conditions: Mapping[str, Expression],
        flow_of: dict[tuple[str, str, str], str],
    ) -> None:
        self.diagram = diagram
        self.scope = scope
        self.codes = codes
        self.conditions = conditions
        self.flow_of = flow_of
        self.spec = ProcessSpec(
            scope.id,
            main=scope.id == diagram.main,
            by_event=scope.by_event,
            ad_hoc=scope.kind == "adHocSubProcess",
        )
        self.source: dict[str, Any] = {}
        self.target: dict[str, Any] = {}
        self.doing: dict[str, Any] = {}
        """what is done once per item, where an activity repeats"""

    def build(self) -> ProcessSpec:
        for node in self.scope.nodes.values():
            if node.by_event:
                self._guard(node)
            elif node.kind != "boundaryEvent":
                self._add(node)
        if self.scope.kind == "adHocSubProcess":
            self._offer()
        if self.diagram.undoes:
            self._remember()
        for node in self.scope.nodes.values():
            self._attach(node)
        for node in self.scope.nodes.values():
            if node.id in self.source:
                self._connect(node)
        self._reach()
        return self.spec

    def _add(self, node: Node) -> None:
        code = self.codes.get(node.id, Code())
        kind = _CLASSES[node.kind]
        name = f"e.{node.id}"
        if node.loop is not None:
            item = kind(self.spec, f"i.{node.id}", node, code)
            element: Element = make_repeat(self.spec, name, node, code, item.name)
            item._inputs = [name]
            item.completed_event.connect(element.item_done)
        else:
            item = element = kind(self.spec, name, node, code)
        self.doing[node.id] = item
        self.source[node.id] = self.target[node.id] = element
        if node.kind == "startEvent":
            self.spec.start.connect(element)
            if node.event is None or self.scope.by_event:
                self.spec.start.plain = element.name
        elif node.kind == "endEvent":
            element.connect(self.spec.end)
        elif isinstance(element, Complex):
            rest = Rest(self.spec, f"r.{node.id}")
            rest._inputs = [self.spec.start.name]
            rest.gateway, element.rest_name = element, rest.name

    def _offer(self) -> None:
        """Let an ad-hoc sub-process offer what no flow leads to."""
        node = self.diagram.scopes[self.scope.parent].nodes[self.scope.id]
        offered = [self.source[offer.id] for offer in self.scope.offers]
        for element in offered:
            self.spec.start.connect(element)
        self.spec.end.node = node
        self.spec.end.code = self.codes.get(node.id, Code())
        self.spec.end.offers = tuple(element.name for element in offered)

    def _guard(self, node: Node) -> None:
        """Let an event sub-process wait beside the scope; what starts it stands inside it."""
        inner = self.diagram.scopes[node.id]
        begin = next(found for found in inner.nodes.values() if found.kind == "startEvent")
        # Told as done by the scope inside, where it is drawn.
        waits = replace(begin, drawn=False)
        if begin.event_kind == "compensate":
            self.spec.undoer = f"e.{node.id}"
            handler = Handler(self.spec, self.spec.undoer, node)
            handler._inputs = [self.spec.start.name]
            handler.connect(self.spec.end)
            self.source[node.id] = self.target[node.id] = handler
            return
        trigger = Trigger(self.spec, f"t.{begin.id}", waits, self.codes.get(begin.id, Code()))
        handler = Handler(self.spec, f"e.{node.id}", node)
        handler.interrupting = begin.interrupting
        self.spec.start.connect(trigger)
        trigger.connect(handler)
        handler.connect(self.spec.end)
        self.source[node.id] = self.target[node.id] = handler

    def _remember(self) -> None:
        """Put beside every activity that can be undone what keeps it in mind."""
        start = self.spec.start.name
        everything = UndoAll(self.spec, UNDO_ALL)
        everything._inputs = [start]
        everything.connect(self.spec.end)
        for node in self.scope.nodes.values():
            for event in self.scope.undone_at(node.id):
                handler = self.source[self.scope.undone_by(event)[0].id]
                undo = Undo(self.spec, f"e.{event.id}", event)
                undo.activity, undo.handler = node.id, handler.name
                undo._inputs = [start]
                self.doing[node.id].completed_event.connect(undo.remember)
                handler._inputs = [undo.name]
                handler.completed_event.connect(handler_done)
                self.source[event.id] = undo
            doing = self.doing.get(node.id)
            if isinstance(doing, SubProcess) and self.diagram.is_kept(node):
                doing.memory = UndoScope(self.spec, f"u.{node.id}", replace(node, drawn=False))
                doing.memory.activity = node.id
                doing.memory._inputs = [start]

    def _attach(self, node: Node) -> None:
        events = self.scope.attached(node.id)
        if not events:
            return
        main = self.source[node.id]
        before = Attachment(self.spec, f"s.{node.id}", lane=node.lane or None)
        before.connect(main)
        main.completed_event.connect(release)
        for event in events:
            boundary = Boundary(self.spec, f"e.{event.id}", event, self.codes.get(event.id, Code()))
            before.connect(boundary)
            self.source[event.id] = boundary
        self.target[node.id] = before

    def _connect(self, node: Node) -> None:
        source = self.source[node.id]
        outgoing = self.scope.outgoing(node.id)
        for flow in outgoing:
            target = self.target[flow.target]
            if isinstance(source, Exclusive | Inclusive):
                is_default = flow.id == node.default or (
                    len(outgoing) == 1 and flow.condition is None
                )
                source.connect_if(None if is_default else self.conditions.get(flow.id), target)
                if is_default:
                    source.default_name = target.name
            else:
                source.connect(target)
            if flow.drawn:
                self.flow_of[(self.scope.id, source.name, target.name)] = flow.id

    def _reach(self) -> None:
        for element in self.spec.task_specs.values():
            if isinstance(element, Inclusive):
                element.reach = {
                    name: _upstream(self.spec, name, element.name) for name in element._inputs
                }


def _upstream(spec: ProcessSpec, name: str, without: str) -> frozenset[str]:
    """List the specs from which a token can come to `name` without passing `without`."""
    seen: set[str] = set()
    todo = [name]
    while todo:
        at = todo.pop()
        if at in seen or at == without:
            continue
        seen.add(at)
        todo.extend(spec.task_specs[at]._inputs)
    return frozenset(seen)
