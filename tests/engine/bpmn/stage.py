"""Runs a case for tests: in memory, or restored on a rebuilt definition after each step."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.bpmn import (
    Bounds,
    CompiledDefinition,
    Environment,
    Outcome,
    Run,
    ServiceRequest,
    ServiceSignature,
    WaitingMessage,
    WaitingTask,
    WaitingTimer,
    compile_definition,
    load,
    start,
)
from engine.bpmn.compiling import compile_deployed
from engine.errors import BusinessError, ServiceTaskFailed

NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
SERVICES = {
    name: ServiceSignature(name, {}, "Any", "For tests.", ("NO_BUDGET",))
    for name in ("echo", "broken", "crash", "reserve")
}
NOTHING: dict[str, Any] = {}
FUNCTIONS = ("invited", "answer_to_all")


@dataclass
class Stage:
    """A host for one test: `calls` are what service tasks asked, `fail` lets them break."""

    calls: list[ServiceRequest] = field(default_factory=list)
    fail: bool = False
    invited: list[Any] = field(default_factory=list)
    bounds: Bounds = field(default_factory=Bounds)
    now: datetime = NOW
    seed: int = 1

    def serve(self, request: ServiceRequest) -> Any:
        self.calls.append(request)
        if request.name == "broken" and self.fail:
            raise ServiceTaskFailed("Expected the payroll to answer, but it is closed.")
        if request.name == "reserve" and self.fail:
            raise BusinessError("NO_BUDGET", "Expected money to be left, but there is none.")
        if request.name == "crash" and self.fail:
            raise ZeroDivisionError("secret details")
        return dict(request.arguments)

    @property
    def env(self) -> Environment:
        functions: Mapping[str, Callable[..., Any]] = {
            "invited": lambda: list(self.invited),
            "answer_to_all": lambda: 42,
        }
        return Environment(
            now=self.now,
            functions=functions,
            service=self.serve,
            working_days=lambda moment, days: moment + timedelta(days=days * 2),
            seal=lambda text: "sealed:" + text.encode().hex(),
            unseal=lambda text: bytes.fromhex(text.removeprefix("sealed:")).decode(),
            shuffle=random.Random(self.seed).shuffle,
            bounds=self.bounds,
        )


def compiled(files: Mapping[str, bytes]) -> CompiledDefinition:
    return compile_definition(files, services=SERVICES, functions=FUNCTIONS, groups=("HRC",))


class Case:
    """One instance under test; keeps, as the commands do, what is open."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        variables: Mapping[str, Any] | None = None,
        *,
        mode: str = "memory",
        stage: Stage | None = None,
        message: str = "",
        payload: Any = None,
    ) -> None:
        self.files = files
        self.mode = mode
        self.stage = stage or Stage()
        self.definition = compiled(files)
        self.tasks: dict[int, WaitingTask] = {}
        self.timers: dict[int, WaitingTimer] = {}
        self.catches: dict[int, WaitingMessage] = {}
        self.values: dict[str, bytes] = {}
        self.header = b""
        self.outcome = Outcome()
        self._variables: Mapping[str, Any] = {}
        self.facts: list[Any] = []
        self.run = start(
            self.definition, variables or {}, self.stage.env, message=message, payload=payload
        )
        self._step(lambda: None)

    @property
    def completed(self) -> bool:
        return self.outcome.completed

    @property
    def variables(self) -> Mapping[str, Any]:
        return self._variables

    def waiting(self) -> list[str]:
        """List the elements of the open tasks, sorted."""
        return sorted(task.element_id for task in self.tasks.values())

    def task(self, element_id: str, item: int | None = None) -> WaitingTask:
        found = [
            task
            for task in self.tasks.values()
            if task.element_id == element_id and item in (None, task.item_index)
        ]
        assert found, f"{element_id} does not wait, but {self.waiting()}"
        return found[0]

    def complete(self, element_id: str, answers: Any = NOTHING, item: int | None = None) -> Outcome:
        token = self.task(element_id, item).token
        del self.tasks[token]
        return self._step(lambda: self.run.complete(token, answers))

    def fire(self, element_id: str) -> Outcome:
        token = next(t.token for t in self.timers.values() if t.element_id == element_id)
        self.stage.now = max(self.stage.now, self.timers[token].due_at)
        return self._step(lambda: self.run.fire(token))

    def deliver(self, element_id: str, payload: Any = None) -> Outcome:
        token = next(c.token for c in self.catches.values() if c.element_id == element_id)
        return self._step(lambda: self.run.deliver(token, payload))

    def retry(self, token: int) -> Outcome:
        return self._step(lambda: self.run.retry(token))

    def cancel(self) -> Outcome:
        return self._step(lambda: self.run.cancel())

    def done(self) -> list[str]:
        """List the elements that were completed, in order."""
        return [fact.element_id for fact in self.facts if type(fact).__name__ == "ElementCompleted"]

    def flows(self) -> list[str]:
        return [fact.flow_id for fact in self.facts if type(fact).__name__ == "FlowTaken"]

    def reload(self) -> None:
        """Save, and restore on a definition that is compiled anew."""
        saved = self.run.save()
        assert not saved.values.keys() & self.values.keys(), "a known value was stored again"
        self.values.update(saved.values)
        self.header = saved.header
        self.definition = compile_deployed(self.files, FUNCTIONS)
        self.run = load(self.definition, saved.header, self.values.__getitem__, self.stage.env)
        assert self.run.save().header == saved.header, "loading and saving changed the state"

    def _step(self, act: Callable[[], None]) -> Outcome:
        if self.mode == "memory":
            # The environment of a run is fixed; in memory only the clock of the stage moves on.
            self.run.step.env = replace(self.run.step.env, now=self.stage.now)
        act()
        self.run.advance()
        outcome = self.run.outcome()
        self._variables = self.run.variables()
        self._follow(outcome)
        if self.mode == "memory":
            self.facts = list(outcome.facts)
        else:
            self.facts += outcome.facts
            self.reload()
        self.outcome = outcome
        return outcome

    def _follow(self, outcome: Outcome) -> None:
        if self.mode == "memory":
            self.tasks = {task.token: task for task in outcome.opened}
            self.timers = {timer.token: timer for timer in outcome.timers_opened}
            self.catches = {catch.token: catch for catch in outcome.catches_opened}
            return
        for token in outcome.closed:
            del self.tasks[token]
        for token in outcome.timers_closed:
            del self.timers[token]
        for token in outcome.catches_closed:
            del self.catches[token]
        self.tasks |= {task.token: task for task in outcome.opened}
        self.timers |= {timer.token: timer for timer in outcome.timers_opened}
        self.catches |= {catch.token: catch for catch in outcome.catches_opened}


__all__ = ["NOW", "Case", "Run", "Stage", "compiled"]
