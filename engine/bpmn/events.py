"""Events: what waits for a time, a message or a signal, what throws, what is interrupted."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.nodes import Element, Spec, end_scope, step_of, withdraw
from engine.bpmn.outcome import ThrownMessage, ThrownSignal
from engine.bpmn.repeating import MultiInstance
from engine.bpmn.step import ElementFailed
from engine.bpmn.undoing import undo
from engine.errors import BusinessError
from engine.feel.values import Kept

OPEN = TaskState.WAITING | TaskState.READY

_LONGEST_CORRELATION = 200


class Catch(Element):
    """Waits until the run fires it; then its payload is written under `result`."""

    def _update_hook(self, task: Any) -> bool:
        super()._update_hook(task)
        task._set_state(TaskState.WAITING)
        return False

    def _run_hook(self, task: Any) -> bool:
        if self.node.result and "payload" in task.given:
            step_of(task).write(task, self.bpmn_id, self.node.result, task.given["payload"])
        return True


class Boundary(Catch):
    """A catch on an activity; an interrupting one ends the activity and what else waits there."""

    @property
    def beside(self) -> bool:  # type: ignore[override]
        return not self.node.interrupting

    def _run_hook(self, task: Any) -> bool:
        if self.node.interrupting and not task.internal_data.get("interrupted"):
            interrupt(task)
        if task.caught:
            task.data = {**task.data, **task.caught}
        return super()._run_hook(task)

    def take_in(self, boundary: Any, thrower: Any, told: Kept) -> None:
        """Catch what a token further inside throws, with its variables."""
        again(boundary)
        boundary.caught = thrower.data
        boundary.given = {"payload": told}
        if self.node.interrupting:
            interrupt(boundary)
        boundary._ready()


class CalledCase(Catch):
    """Waits for a case of another process definition; its variables come back under `result`."""


class Attachment(Spec):
    """Put before an activity with boundary events: starts it and them together."""


class EventGateway(Element):
    """Opens several catches, of which the first to fire takes the others away."""


class Throw(Element):
    """Throws a message, signal, error or escalation, or ends its scope; then goes on."""

    def _run_hook(self, task: Any) -> bool | None:
        event = self.node.event
        kind = event.kind if event else ""
        if kind == "message":
            self._message(task)
        elif kind == "signal":
            self._signal(task)
        elif kind == "compensate":
            assert event is not None
            return undo(task, event.activity) or None
        elif kind in ("error", "escalation"):
            self._raise(task, kind)
        elif kind == "cancel":
            end_scope(task.workflow, keep=task)
            if not undo(task, ""):
                return None
            self._raise(task, kind)
        elif kind == "terminate":
            end_scope(task.workflow, keep=task)
        return True

    def _message(self, task: Any) -> None:
        step = step_of(task)
        correlation = ""
        if self.code.correlation is not None:
            correlation = correlation_text(
                step.evaluate(self.code.correlation, task.data), self.bpmn_id
            )
        assert self.node.event is not None
        step.thrown.append(
            ThrownMessage(
                self.bpmn_id,
                self.node.event.name,
                correlation,
                self._payload(task),
                None if self.code.ttl is None else step.moment(self.code.ttl, task.data).at,
            )
        )

    def _signal(self, task: Any) -> None:
        step = step_of(task)
        assert self.node.event is not None
        name = self.node.event.name
        payload = self._payload(task)
        for token in list(all_tokens(task.workflow.top_workflow)):
            spec = token.task_spec
            if (
                isinstance(spec, Catch)
                and token.has_state(TaskState.WAITING)
                and spec.node.event_kind == "signal"
                and spec.node.event is not None
                and spec.node.event.name == name
            ):
                trigger(token, payload)
        step.signals.append(ThrownSignal(self.bpmn_id, name, payload))

    def _payload(self, task: Any) -> Kept:
        if self.code.payload is None:
            return Kept.of({})
        step = step_of(task)
        return step.keep(step.evaluate(self.code.payload, task.data), "payload")

    def _raise(self, task: Any, kind: str) -> None:
        assert self.node.event is not None
        code = self.node.event.code
        catching = catcher(task, kind, code)
        if catching is None:
            if kind == "escalation":
                step_of(task).notes.append(f"{self.bpmn_id}: nobody catches the escalation {code}.")
                return
            raise ElementFailed(
                "UNCAUGHT", f"Expected an event that catches {kind} {code}, but there is none."
            )
        catching.task_spec.take_in(catching, task, _told(code))


_NOTHING = Kept.of(None)


def trigger(token: Any, payload: Kept = _NOTHING) -> None:
    """Let a waiting catch go on, and take away what waited beside it at an event gateway."""
    again(token)
    token.given = {"payload": payload}
    parent = token.parent
    if parent is not None and isinstance(parent.task_spec, EventGateway):
        for sibling in list(parent.children):
            if sibling is not token and sibling.has_state(OPEN):
                withdraw(sibling)
    token._ready()


_AGAIN = frozenset({"message", "signal", "escalation", "conditional"})


def again(token: Any) -> None:
    """Let what does not interrupt wait for the next one too, beside the catch that goes on."""
    spec = token.task_spec
    beside = spec.guards or isinstance(spec, Boundary)
    if not beside or spec.node.interrupting or spec.node.event_kind not in _AGAIN:
        return
    twin = token.parent._add_child(spec, TaskState.FUTURE)
    twin.triggered = True
    spec._update(twin)
    twin.internal_data |= {
        name: token.internal_data[name]
        for name in ("armed", "correlation", "held")
        if name in token.internal_data
    }


def interrupt(boundary: Any) -> None:
    """End the activity of a boundary event; what a multi-instance has got so far is kept."""
    for sibling in list(boundary.parent.children):
        if sibling is boundary or (
            sibling.triggered and not isinstance(sibling.task_spec, Boundary)
        ):
            continue
        spec = sibling.task_spec
        if isinstance(spec, Boundary):
            if sibling.has_state(OPEN):
                withdraw(sibling)
        elif sibling.has_state(TaskState.NOT_FINISHED_MASK):
            if isinstance(spec, MultiInstance) and spec.output:
                keep_answers(boundary, sibling, spec)
            withdraw(sibling)
    boundary.internal_data["interrupted"] = True


def keep_answers(boundary: Any, outer: Any, spec: MultiInstance) -> None:
    """Publish what the items of an interrupted multi-instance gave, as its output."""
    output = spec.collect(outer)
    # Nothing may stay that tells, sealed or not, which item gave which answer.
    spec.clear(outer)
    spec.publish(outer, output)
    boundary.own = {**boundary.own, spec.output: outer.data[spec.output]}
    boundary.data = {**boundary.data, **boundary.own}


def release(workflow: Any, activity: Any) -> None:
    """Take away the boundary events of a finished activity; an interrupting one is too late."""
    for sibling in list(activity.parent.children):
        spec = sibling.task_spec
        if isinstance(spec, Boundary) and (
            sibling.has_state(TaskState.WAITING)
            or (spec.node.interrupting and sibling.has_state(TaskState.READY))
        ):
            withdraw(sibling)


def refuse(task: Any, problem: BusinessError) -> bool:
    """Let what a service task may not do go its drawn way; tell whether there is one."""
    activity = task.parent if "index" in task.internal_data else task
    catching = _fitting(boundaries_of(activity), "error", problem.code)
    catching = catching or catcher(task, "error", problem.code)
    if catching is None:
        return False
    catching.task_spec.take_in(catching, task, _told(problem.code, problem.message))
    return True


def _told(code: str, message: str | None = None) -> Kept:
    return Kept.of({"code": code or None, "message": message})


def catcher(task: Any, kind: str, code: str) -> Any:
    """Find what catches an error, escalation or cancel: innermost first, then exact codes.

    In each scope its event sub-processes are asked, except the one that throws, and then the
    boundary events of the activity that the scope runs in.
    """
    top = task.workflow.top_workflow
    workflow = task.workflow
    came_from = None
    while True:
        guards = [
            token
            for token in workflow.tasks.values()
            if token.task_spec.guards and came_from not in token.task_spec.outputs
        ]
        if found := _fitting(guards, kind, code):
            return found
        if workflow is top:
            return None
        outer = top.get_task_from_id(workflow.parent_task_id)
        # An item of a multi-instance stands below the token that the boundary events belong to.
        main = outer.parent if "index" in outer.internal_data else outer
        if found := _fitting(boundaries_of(main), kind, code):
            return found
        workflow, came_from = outer.workflow, main.task_spec


def boundaries_of(activity: Any) -> list[Any]:
    """List the tokens of the boundary events of an activity."""
    if not isinstance(activity.parent.task_spec, Attachment):
        return []
    return [s for s in activity.parent.children if isinstance(s.task_spec, Boundary)]


def _fitting(tokens: list[Any], kind: str, code: str) -> Any:
    fitting = [
        (event.code != "", token)
        for token in tokens
        if token.has_state(TaskState.WAITING)
        and (event := token.task_spec.node.event) is not None
        and event.kind == kind
        and event.code in ("", code)
    ]
    return max(fitting, key=lambda fit: fit[0])[1] if fitting else None


def all_tokens(top: Any) -> list[Any]:
    """List every token of an instance, in all its scopes."""
    found = list(top.tasks.values())
    for inner in top.subprocesses.values():
        found += inner.tasks.values()
    return found


def correlation_text(value: Any, element_id: str) -> str:
    """Give a correlation as text; null would match anything, so it fails."""
    if value is None or isinstance(value, dict):
        raise ElementFailed(
            "EXPRESSION", f"Expected a correlation at {element_id}, but it gave none."
        )
    # A part that has the sign between parts in it must not pass for two parts.
    text = "|".join(_part(part, element_id) for part in value) if isinstance(value, list) else None
    text = str(value) if text is None else text
    if len(text) > _LONGEST_CORRELATION or "\0" in text:
        raise ElementFailed(
            "EXPRESSION",
            f"Expected at most {_LONGEST_CORRELATION} characters as correlation at {element_id}, "
            "and no NUL, but it gave others.",
        )
    return text


def _part(value: Any, element_id: str) -> str:
    text = correlation_text(value, element_id)
    return text if isinstance(value, list) else text.replace("\\", "\\\\").replace("|", "\\|")
