"""What an evaluation leaves: the value, and per decision what went in, matched and came out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.feel import FeelError, Note
from engine.feel.budget import Budget
from engine.feel.run import Run


@dataclass(frozen=True, slots=True)
class Step:
    """One decision, service or knowledge model that was evaluated.

    kind -- decision, service or knowledge
    inputs -- the values of a table's input columns by their expression, else the required values
    matched -- the ids of the matching rules, in table order, of every table run inside
    reasons -- why the value, or a part of it, is null
    properties -- the extension properties of the element, such as `legal_basis`
    """

    id: str
    name: str
    kind: str
    inputs: Mapping[str, Any]
    matched: tuple[str, ...]
    value: Any
    reasons: tuple[str, ...]
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A value with its trace, in the order of evaluation: what was asked for stands last."""

    value: Any
    trace: tuple[Step, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Give every reason for a null, deepest first, each once."""
        return tuple(dict.fromkeys(reason for step in self.trace for reason in step.reasons))

    @property
    def complaint(self) -> str:
        """Give the first reason without the value that it quotes, for those who see no answers."""
        said, quotes, _ = self.reasons[0].partition(", but it is ") if self.reasons else ("",) * 3
        return f"{said}." if quotes else said

    @property
    def matched(self) -> tuple[str, ...]:
        """Give the ids of all rules that matched, in the order of evaluation."""
        return tuple(rule for step in self.trace for rule in step.matched)


class Session:
    """One evaluation in progress: host functions, clock, budget, and the trace so far."""

    __slots__ = ("budget", "functions", "inputs", "matched", "notes", "now", "steps")

    def __init__(
        self,
        functions: Mapping[str, Callable[..., Any]],
        now: datetime | None,
        budget: Budget | None = None,
    ) -> None:
        self.functions = functions
        self.now = now
        self.budget = budget or Budget()
        self.notes: list[Note] = []
        self.steps: list[Step] = []
        self.matched: list[str] = []
        self.inputs: dict[str, Any] = {}

    def note(self, code: str, message: str) -> None:
        """Remember a reason."""
        self.notes.append(Note(code, message))

    @property
    def run(self) -> Run:
        """Give what calling a FEEL function from outside FEEL takes."""
        return Run("", {}, self.functions, self.budget, self.now, self.notes, None)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Count one call inside another against the budget."""
        self.budget.enter()
        try:
            yield
        finally:
            self.budget.leave()

    def record(
        self,
        element: Any,
        kind: str,
        inputs: Mapping[str, Any],
        compute: Callable[[], Any],
    ) -> Any:
        """Run `compute` as one step of the trace and give its value."""
        outer = self.notes, self.matched, self.inputs
        notes, matched, columns = [], [], {}  # type: ignore[var-annotated]
        self.notes, self.matched, self.inputs = notes, matched, columns
        value = None
        try:
            value = compute()
        except FeelError as problem:
            notes.append(Note("failed", problem.message))
            raise
        finally:
            self.notes, self.matched, self.inputs = outer
            self.steps.append(
                Step(
                    element.id,
                    element.name,
                    kind,
                    columns or inputs,
                    tuple(matched),
                    value,
                    tuple(dict.fromkeys(note.message for note in notes)) if notes else (),
                    element.properties,
                )
            )
        return value
