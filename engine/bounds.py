"""How much one step, and one case, may take; beyond a bound the step is parked with an incident."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from time import monotonic, thread_time
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
        10.0,
        "seconds of processor time for one step",
        "Processor time of one step, looked at between two elements.",
    )
    wall_seconds: float = _bound(
        40.0,
        "seconds for one step",
        "Wall time of one step, looked at between two elements; far above the processor's, so that"
        " a busy machine holds nobody up.",
    )
    feel_steps: int = _bound(
        100_000, "steps of an expression", "Work of one expression or decision, in its own steps."
    )
    feel_seconds: float = _bound(
        2.0,
        "seconds of processor time for an expression",
        "Processor time of one expression or decision.",
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


class Stopwatch:
    """How long a thread has been at something; for that thread alone.

    A model is judged by the work that it makes.  On a machine with too much to do the clock runs
    on while a thread only waits for its turn, and that is no fault of the model.
    """

    def __init__(self) -> None:
        self._began, self._worked = monotonic(), thread_time()

    def beyond(self, bounds: Bounds, times: int = 1, what: str = "") -> BoundExceeded | None:
        """Tell which bound of time is exceeded.

        times -- how many steps' time is allowed; what -- follows the number that is told
        """
        taken = monotonic() - self._began
        # No thread works for longer than the clock runs: the dearer look is for the few.
        if taken > bounds.seconds * times:
            worked = thread_time() - self._worked
            if worked > bounds.seconds * times:
                return bounds.exceeded("seconds", f"{worked:.0f}{what}")
        if taken > bounds.wall_seconds * times:
            return bounds.exceeded("wall_seconds", f"{taken:.0f}{what}")
        return None


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
