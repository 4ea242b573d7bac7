"""What an element may use while it runs, and where it reports: one object per step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.bounds import BoundExceeded
from engine.bpmn.due import Due, Moment, resolve
from engine.bpmn.environment import Environment, ServiceRequest
from engine.bpmn.merge import same
from engine.bpmn.outcome import (
    ClosedGroup,
    DecisionMade,
    Fact,
    ServiceCalled,
    ThrownMessage,
    ThrownSignal,
    VariableChanged,
)
from engine.bpmn.reading import in_part
from engine.errors import BusinessError, EngineError
from engine.feel import Expression, FeelError, FeelLimitExceeded
from engine.feel.budget import budget_of
from engine.feel.values import Kept


class ElementFailed(Exception):
    """Expected an automatic element to run, but it could not; `kind` as in `Parked`."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Step:
    """One step of one instance: what its elements share."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.facts: list[Fact] = []
        self.thrown: list[ThrownMessage] = []
        self.signals: list[ThrownSignal] = []
        self.groups_closed: list[ClosedGroup] = []
        self.notes: list[str] = []
        self.budget = budget_of(env.bounds.feel_steps, env.bounds.feel_seconds)
        """makes the budget of one evaluation"""
        self.held = 0
        """bytes of the values that the case keeps; `written` since, counted twice where replaced"""
        self.written = 0
        self.real_items: dict[int, dict[str, Any]] = {}
        """token -> the variables with the real item of an anonymous group, in memory only"""

    def evaluate(
        self, expression: Expression, data: Mapping[str, Any], now: datetime | None = None
    ) -> Any:
        """Give the value of an expression over a token's data; only what it names is read."""
        try:
            return expression.evaluate(
                in_part(expression, data),
                self.env.functions,
                now=now or self.env.now,
                budget=self.budget(),
            )
        except FeelLimitExceeded as problem:
            said = self.beyond_budget(problem.limit) or problem
            raise ElementFailed("LIMIT", f"{said.message} In: {expression.text}") from problem
        except FeelError as problem:
            raise ElementFailed(
                "EXPRESSION", f"{problem.message} In: {expression.text}"
            ) from problem

    def beyond_budget(self, limit: str) -> BoundExceeded | None:
        """Say which bound an expression's budget stands for; None where it is FEEL's own."""
        bounds = {"steps": "feel_steps", "time": "feel_seconds"}
        return self.env.bounds.exceeded(bounds[limit], "more") if limit in bounds else None

    def moment(self, due: Due, data: Mapping[str, Any]) -> Moment:
        """Resolve a moment over a token's data."""
        try:
            return resolve(due, data, self.env, self.evaluate)
        except ValueError as problem:
            # What was computed may be what somebody answered, and incidents quote none.
            said = problem if due.expression is None else "Expected a moment, but it gave none."
            raise ElementFailed("EXPRESSION", f"{said} In: {due.text}") from problem

    def holds(self, expression: Expression, data: Mapping[str, Any], element_id: str) -> bool:
        """Tell whether a condition is true; what is no boolean counts as false, with a note."""
        value = self.evaluate(expression, data)
        if not isinstance(value, bool):
            said = "null" if value is None else type(value).__name__
            self.notes.append(f"{element_id}: the condition {expression.text} gave {said}.")
        return value is True

    def write(
        self, task: Any, element_id: str, name: str, value: Any, *, accepted: bool = False
    ) -> None:
        """Set one variable of a token, within the bounds, and report the change.

        accepted -- a person's answer, for which there is room however much the case holds
        """
        new, old = self.keep(value, name), task.data.get(name)
        data = {**task.data, name: new}
        self.weigh(data)
        if not accepted:
            self.grow(task, new.size)
        task.data = data
        if old is None or not same(old, new):
            told = None if old is None or old.is_null else old
            self.facts.append(VariableChanged(element_id, name, told, new))

    def keep(self, value: Any, name: str) -> Kept:
        """Take a value in; what cannot be stored fails."""
        try:
            return Kept.of(value)
        except ValueError as problem:
            raise ElementFailed(
                "EXPRESSION", f"Expected a value that can be kept as {name}, but {problem}"
            ) from problem

    def weigh(self, data: Mapping[str, Kept]) -> None:
        """Raise BoundExceeded when a token's data are larger than allowed."""
        total = sum([value.size for value in data.values()])
        if total > self.env.bounds.data_bytes:
            raise self.env.bounds.exceeded("data_bytes", total)

    def grow(self, task: Any, size: int) -> None:
        """Raise BoundExceeded where the case would keep more than allowed with these bytes."""
        allowed = self.env.bounds.state_bytes
        self.written += size
        if self.held + self.written > allowed:
            self.held, self.written = _weight(task.workflow.top_workflow), 0
            if self.held + size > allowed:
                raise self.env.bounds.exceeded("state_bytes", self.held + size)
            self.written = size

    def call_service(
        self, task: Any, element_id: str, name: str, arguments: Mapping[str, Any]
    ) -> Any:
        """Let the host do what a service task asks; whatever it raises parks the token."""
        self.facts.append(ServiceCalled(element_id, name))
        try:
            return self.env.service(ServiceRequest(element_id, name, arguments, task.id))
        except BusinessError:
            raise
        except EngineError as problem:
            raise ElementFailed("SERVICE", problem.message) from problem
        except Exception as problem:
            # Whatever a host raises, the case goes on without it.  Its text may quote data of
            # the case, so only its class is told.
            raise ElementFailed(
                "SERVICE",
                f"Expected {name} to succeed, but it failed ({type(problem).__name__}).",
            ) from problem

    def decided(
        self, element_id: str, decision_id: str, trace: Any, given: Mapping[str, Any]
    ) -> None:
        """Report a decision with its trace, and with what else it read."""
        self.facts.append(DecisionMade(element_id, decision_id, trace, given))


def _weight(instance: Any) -> int:
    """Weigh the different values that an instance keeps."""
    seen: dict[int, int] = {}
    for workflow in (instance, *instance.subprocesses.values()):
        for token in workflow.tasks.values():
            for data in (token.data, token.own, token.given, token.caught):
                seen.update((id(kept), kept.size) for kept in data.values())
    return sum(seen.values())
