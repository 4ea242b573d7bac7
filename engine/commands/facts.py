"""From what the interpreter did to what the history says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.bpmn import DecisionMade as Decided
from engine.bpmn import ElementCompleted, FlowTaken, Outcome
from engine.bpmn import ServiceCalled as Served
from engine.bpmn import VariableChanged as Changed
from engine.history import Event
from engine.history.events import DecisionMade, ServiceCalled, TokensMoved, VariableChanged
from engine.library import Readied


def of(outcome: Outcome, definition: Readied) -> Iterator[Event]:
    """Give the events of an advance: where tokens went, what was decided, called, changed."""
    # That one of an anonymous group has answered, and when, is nobody's business until all have.
    hidden = definition.anonymous_elements - {group.element_id for group in outcome.groups_closed}
    done = (f.element_id for f in outcome.facts if isinstance(f, ElementCompleted))
    elements = [element_id for element_id in done if element_id not in hidden]
    flows = [f.flow_id for f in outcome.facts if isinstance(f, FlowTaken)]
    if elements or flows:
        yield TokensMoved(elements=tuple(elements), flows=tuple(flows))
    for fact in outcome.facts:
        yield from _one(fact, definition)


def _one(fact: Any, definition: Readied) -> Iterator[Event]:
    match fact:
        case Decided(element_id=element, decision_id=decision, trace=trace, given=given):
            yield DecisionMade(
                element_id=element,
                decision_id=decision,
                rules=tuple(rule for step in trace for rule in step.matched),
                sealed={"inputs": dict(trace[-1].inputs), "value": trace[-1].value}
                | ({"given": dict(given)} if given else {}),
            )
        case Served(element_id=element, name=name):
            yield ServiceCalled(element_id=element, name=name)
        case Changed(element_id=element, name=name, old=old, new=new):
            if element not in definition.compiled.user_tasks:  # TaskCompleted has a task's answers
                sealed = {"new": new} if old is None else {"old": old, "new": new}
                yield VariableChanged(element_id=element, name=name, sealed=sealed)
