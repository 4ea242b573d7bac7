"""What an element may use while it runs, and where it reports: one object per step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
from engine.errors import EngineError, LimitExceeded
from engine.feel import Expression, FeelError, FeelLimitExceeded
from engine.feel.values import Normalized, normalize, to_json


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
        self.real_items: dict[int, dict[str, Any]] = {}
        """token -> the variables with the real item of an anonymous group, in memory only"""
        self._texts: dict[int, tuple[Any, bytes]] = {}

    def evaluate(self, expression: Expression, data: Mapping[str, Any]) -> Any:
        """Give the value of an expression over a token's data."""
        try:
            # A token's data are FEEL values already: what comes in is made so at the door.
            return expression.evaluate(Normalized(data), self.env.functions, now=self.env.now)
        except FeelLimitExceeded as problem:
            raise ElementFailed("LIMIT", f"{problem.message} In: {expression.text}") from problem
        except FeelError as problem:
            raise ElementFailed(
                "EXPRESSION", f"{problem.message} In: {expression.text}"
            ) from problem

    def holds(self, expression: Expression, data: Mapping[str, Any], element_id: str) -> bool:
        """Tell whether a condition is true; what is no boolean counts as false, with a note."""
        value = self.evaluate(expression, data)
        if not isinstance(value, bool):
            said = "null" if value is None else type(value).__name__
            self.notes.append(f"{element_id}: the condition {expression.text} gave {said}.")
        return value is True

    def write(self, task: Any, element_id: str, name: str, value: Any) -> None:
        """Set one variable of a token, within the limits, and report the change."""
        value = self.plain(value, name)
        new, old = name not in task.data, task.data.get(name)
        data = {**task.data, name: value}
        self.weigh(data)
        task.data = data
        if new or not same(old, value):
            self.facts.append(VariableChanged(element_id, name, old, value))

    def plain(self, value: Any, name: str) -> Any:
        """Give a value as FEEL has it: numbers decimal, copied; what can't be stored fails."""
        try:
            value = normalize(value)
            self.text(value)
            return value
        except ValueError as problem:
            raise ElementFailed(
                "EXPRESSION", f"Expected a value that can be kept as {name}, but {problem}"
            ) from problem

    def weigh(self, data: Mapping[str, Any]) -> None:
        """Raise LimitExceeded when a token's data are larger than allowed."""
        total = sum(len(self.text(value)) for value in data.values())
        allowed = self.env.limits.data_bytes
        if total > allowed:
            raise LimitExceeded(
                f"Expected at most {allowed} bytes of variables, but there are {total}."
            )

    def text(self, value: Any) -> bytes:
        """Give the exact JSON of a value; made once per object, since no value changes in place."""
        known = self._texts.get(id(value))
        if known is None or known[0] is not value:
            known = (value, to_json(value).encode())
            self._texts[id(value)] = known
        return known[1]

    def remember(self, value: Any, text: bytes) -> None:
        """Note the JSON that a value was just read from."""
        self._texts[id(value)] = (value, text)

    def call_service(
        self, task: Any, element_id: str, name: str, arguments: Mapping[str, Any]
    ) -> Any:
        """Let the host do what a service task asks; whatever it raises parks the token."""
        self.facts.append(ServiceCalled(element_id, name))
        try:
            return self.env.service(ServiceRequest(element_id, name, arguments, task.id))
        except EngineError as problem:
            raise ElementFailed("SERVICE", problem.message) from problem
        except Exception as problem:
            # Whatever a host raises, the case goes on without it.  Its text may quote data of
            # the case, so only its class is told.
            raise ElementFailed(
                "SERVICE",
                f"Expected {name} to succeed, but it failed ({type(problem).__name__}).",
            ) from problem

    def decided(self, element_id: str, decision_id: str, trace: Any) -> None:
        """Report a decision with its trace."""
        self.facts.append(DecisionMade(element_id, decision_id, trace))
