"""What one evaluation carries through the closures: values, functions, budget, clock, notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from engine.feel.budget import Budget
from engine.feel.errors import Note, place

_MAX_NOTES = 100


class Run:
    """One evaluation; a function value keeps the run that it was made in for its variables."""

    __slots__ = ("budget", "context", "functions", "input", "notes", "now", "text")

    def __init__(
        self,
        text: str,
        context: Mapping[str, Any],
        functions: Mapping[str, Callable[..., Any]],
        budget: Budget,
        now: dt.datetime | None,
        notes: list[Note] | None,
        input_: Any,
    ) -> None:
        self.text = text
        self.context = context
        self.functions = functions
        self.budget = budget
        self.now = now
        self.notes = notes
        self.input = input_

    def note(self, at: int, code: str, message: str) -> None:
        """Say why a value is null, if anybody wants to know."""
        notes = self.notes
        if notes is not None and len(notes) < _MAX_NOTES:
            line, column = place(self.text, at)
            notes.append(Note(code, message, line, column))

    def on_behalf_of(self, caller: Run) -> Run:
        """Give this run's variables with the caller's budget, clock and notes."""
        return Run(
            self.text,
            self.context,
            self.functions,
            caller.budget,
            caller.now,
            caller.notes,
            self.input,
        )

    def moment(self) -> dt.datetime:
        """Give the injected time; only where the caller injected none, the machine's, in UTC."""
        return self.now if self.now is not None else dt.datetime.now(dt.UTC)


class Env:
    """One level of names: the run, this level's names, the level outside (None at the top)."""

    __slots__ = ("outer", "run", "vars")

    def __init__(self, run: Run, variables: Mapping[str, Any], outer: Env | None) -> None:
        self.run = run
        self.vars = variables
        self.outer = outer


Code = Callable[[Env], Any]
