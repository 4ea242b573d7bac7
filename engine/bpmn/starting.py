"""Makes an instance, new or from its stored state; what happens to it is in `interpreter.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.bpmn.environment import Environment
from engine.bpmn.instance import Instance
from engine.bpmn.interpreter import Run
from engine.bpmn.lint_events import timer_text
from engine.bpmn.models import CompiledDefinition
from engine.bpmn.nodes import Element
from engine.bpmn.state import restore
from engine.bpmn.step import Step
from engine.errors import InvalidState
from engine.feel.values import Kept


def start(
    compiled: CompiledDefinition,
    variables: Mapping[str, Any],
    env: Environment,
    *,
    initial: Mapping[str, Any] | None = None,
    message: str = "",
    signal: str = "",
    timer: str = "",
    payload: Any = None,
) -> Run:
    """Make a new instance, not yet advanced.

    `initial` holds what the platform gives every case and wins over `variables`; `message` or
    `signal` names what starts it, whose payload goes under the start event's `result`; `timer` is
    the id of the start event whose time has come.
    Raises InvalidState for values that cannot be kept, or where no start event fits.
    """
    try:
        given = {**variables, **(initial or {})}
        data = {name: Kept.of(value, f"/{name}") for name, value in given.items()}
        answer = Kept.of(payload)
    except ValueError as problem:
        raise InvalidState(f"Expected variables that can be kept, but {problem}") from problem
    instance = Instance(compiled.spec, compiled.sub_specs, Step(env))
    instance.step.held = sum([kept.size for kept in data.values()])
    kind = "signal" if signal else "timer" if timer else "message"
    chosen = _start_event(compiled, kind, message or signal or timer)
    if chosen.node.result and chosen.node.event is not None:
        data[chosen.node.result] = answer
    instance.begin(data).internal_data["start_at"] = chosen.name
    return Run(compiled, instance, ())


def event_starts(compiled: CompiledDefinition) -> tuple[tuple[str, str], ...]:
    """List what starts a process: (message or signal, its name)."""
    events = [spec.node.event for spec in compiled.spec.start.outputs if not spec.guards]
    return tuple(sorted({(e.kind, e.name) for e in events if e is not None and e.kind != "timer"}))


def timed_starts(compiled: CompiledDefinition) -> dict[str, str]:
    """Tell which start events start cases in time, by element, and what their timers say."""
    begins = [spec.node for spec in compiled.spec.start.outputs if not spec.guards]
    return {
        node.id: timer_text(node.event)
        for node in begins
        if node.event is not None and node.event.kind == "timer"
    }


def _start_event(compiled: CompiledDefinition, kind: str, name: str) -> Element:
    for spec in compiled.spec.start.outputs:
        if spec.guards:
            continue
        event = spec.node.event
        named = "" if event is None else spec.node.id if event.kind == "timer" else event.name
        fits = event is None if not name else event and (event.kind, named) == (kind, name)
        if fits:
            found: Element = spec
            return found
    wanted = f"on {kind} {name!r}" if name else "without a message"
    raise InvalidState(
        f"Expected a start event {wanted} in {compiled.process_id}, but there is none."
    )


def load(
    compiled: CompiledDefinition, header: bytes, get_value: Callable[[str], bytes], env: Environment
) -> Run:
    """Bring a saved instance back; raises InvalidState where the header does not fit."""
    instance, parked, known = restore(compiled, header, get_value, Step(env))
    run = Run(compiled, instance, parked)
    run.known = known
    return run
