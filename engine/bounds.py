"""How much one step, and one case, may take; beyond a bound the step is parked with an incident."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from engine.errors import LimitExceeded


def _bound(default: Any, words: str, meaning: str) -> Any:
    return field(default=default, metadata={"words": words, "meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What models may take, whoever drew them.  Each is far above what a sound process needs."""

    steps: int = _bound(
        2_000, "automatic steps in a row", "Automatic elements that run in one step of a case."
    )
    seconds: float = _bound(
        10.0, "seconds for one step", "Wall time of one step, looked at between two elements."
    )
    feel_steps: int = _bound(
        100_000, "steps of an expression", "Work of one expression or decision, in its own steps."
    )
    feel_seconds: float = _bound(
        2.0, "seconds for an expression", "Wall time of one expression or decision."
    )
    tasks: int = _bound(1_000, "new tasks in one step", "User tasks that one step may open.")
    items: int = _bound(500, "items", "Items of one multi-instance activity.")
    depth: int = _bound(
        24, "scopes inside each other", "Sub-processes and called processes inside each other."
    )
    calls: int = _bound(
        12, "cases that call each other", "Cases started by each other as called processes."
    )
    tokens: int = _bound(2_000, "live tokens", "Places at which one case stands at the same time.")
    data_bytes: int = _bound(
        4_000_000, "bytes of variables", "JSON text of all variables that one place sees."
    )
    state_bytes: int = _bound(
        16_000_000, "bytes of state", "JSON text of all different values that one case keeps."
    )
    rounds: int = _bound(
        1_000, "rounds of one task", "How often one user task may begin anew in one case."
    )
    moves: int = _bound(
        240, "moves in an hour without a person", "Timers and messages that one case takes an hour."
    )

    def exceeded(self, name: str, found: object) -> BoundExceeded:
        """Give the error for a bound that was exceeded, to be raised or to be told."""
        words = next(f.metadata["words"] for f in fields(self) if f.name == name)
        return BoundExceeded(name, words, getattr(self, name), found)


class BoundExceeded(LimitExceeded):
    """Expected a step within its bounds, but it went beyond one.

    bound -- the field of `Bounds`; limit, found -- what was allowed, and what there was
    """

    def __init__(self, bound: str, words: str, limit: float, found: object) -> None:
        amount = f"{limit:g}" if isinstance(limit, float) else str(limit)
        super().__init__(
            f"Expected at most {amount} {words}, but there are {found} (bound {bound})."
        )
        self.bound = bound
        self.limit = limit
        self.found = found
