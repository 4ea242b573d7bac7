"""Our side of `steps`: engine.bpmn as the engine uses it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import evaluation
from engine.bpmn import Environment, compile_definition, load, start


class Ours:
    """Definition compiled once; a case is a header and its big values."""

    name = "alur"

    def __init__(self) -> None:
        files = {
            "process.bpmn": evaluation.bpmn(evaluation.FEEL),
            "predicate.dmn": evaluation.dmn(evaluation.FEEL),
            **{
                f"forms/{key}.json": b"{}"
                for key in ("own", "superior", "peer", "promote", "confirm", "train")
            },
        }
        self.definition = compile_definition(files, services={}, functions=(), groups=())
        self.values: dict[str, bytes] = {}
        self.env = Environment(
            now=datetime(2026, 7, 1, tzinfo=UTC),
            service=lambda request: None,
            working_days=lambda begin, days: begin + timedelta(days=days),
            seal=str,
            unseal=str,
            shuffle=random.shuffle,
        )
        self.new_values: tuple[bytes, ...] = ()

    def start(self, variables: dict[str, Any]) -> bytes:
        """Start a case and give its header."""
        run = start(self.definition, evaluation.exact(variables), self.env)
        run.advance()
        self._open = {task.token: task.element_id for task in run.outcome().opened}
        return self._save(run)

    def waiting(self, state: bytes) -> str | None:
        """Name the element of the next user task, None at the end."""
        return self._open[min(self._open)] if self._open else None

    def complete(self, state: bytes, answers: dict[str, Any]) -> bytes:
        """Load, complete the next user task, run on, save."""
        run = load(self.definition, state, self.values.__getitem__, self.env)
        token = min(self._open)
        run.complete(token, answers)
        run.advance()
        outcome = run.outcome()
        del self._open[token]
        self._open |= {task.token: task.element_id for task in outcome.opened}
        for gone in outcome.closed:
            self._open.pop(gone, None)
        return self._save(run)

    def _save(self, run: Any) -> bytes:
        saved = run.save()
        self.values |= saved.values
        self.new_values = tuple(saved.values.values())
        return bytes(saved.header)
