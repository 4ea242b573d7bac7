"""The budget of one evaluation: steps, depth, size and time; spending it is one addition."""

from __future__ import annotations

from functools import cache
from time import thread_time

from engine.feel.errors import FeelLimitExceeded

MAX_TEXT = 40_000  # characters of an expression
MAX_TOKENS = 4_000  # words, signs, numbers and texts of an expression
MAX_NESTING = 80  # brackets, ifs, functions inside each other in a text
MAX_VALUE_DEPTH = 100  # lists and contexts inside each other in a value
_CLOCK_EVERY = 4_096  # steps between two looks at the clock


class Budget:
    """Count what one evaluation, with all that it calls, has used; not for sharing between threads.

    steps -- one per part of an expression evaluated in a loop or a function, per list element
        touched by a function, per 16 characters of text produced, more for what takes longer
    depth -- function calls inside each other
    size -- elements of one list, and elements of the whole result
    text -- characters of one string
    patterns -- seconds of processor time that all text patterns together may take
    seconds -- of processor time, looked at every few thousand steps; the steps are meant to bite
        first
    """

    # class attributes, so that a fresh budget costs next to nothing
    steps = 100_000
    depth = 64
    size = 50_000
    text = 1_000_000
    patterns = 0.03
    seconds = 2.0
    used = 0
    level = 0
    matched = 0.0  # seconds that patterns took
    _deadline = 0.0
    _mark = _CLOCK_EVERY

    def __init__(self, **limits: int | float) -> None:
        if limits:
            unknown = limits.keys() - {"steps", "depth", "size", "text", "patterns", "seconds"}
            if unknown:
                raise TypeError(f"Expected the limits of a budget, but got {sorted(unknown)}.")
            self.__dict__.update(limits)
            self._mark = min(self.steps, _CLOCK_EVERY)

    def spend(self, steps: int) -> None:
        """Use up steps; raises FeelLimitExceeded when none are left or the time is over."""
        self.used += steps
        if self.used > self._mark:
            self._checkpoint()

    def _checkpoint(self) -> None:
        if self.used > self.steps:
            raise FeelLimitExceeded(
                "steps", f"Expected at most {self.steps} steps, but the expression needs more."
            )
        now = thread_time()
        if not self._deadline:
            self._deadline = now + self.seconds
        elif now > self._deadline:
            raise FeelLimitExceeded(
                "time", f"Expected an answer within {self.seconds} s of work, but it takes longer."
            )
        self._mark = min(self.steps, self.used + _CLOCK_EVERY)

    def enter(self) -> None:
        """Go one call deeper; pair with `leave`."""
        self.level += 1
        if self.level > self.depth:
            self.level -= 1
            raise too_deep(self.depth)

    def leave(self) -> None:
        """Come back from one call."""
        self.level -= 1

    def grown(self, length: int) -> None:
        """Allow a list of this length to exist, and spend its elements as steps."""
        if length > self.size:
            raise FeelLimitExceeded(
                "size", f"Expected lists of at most {self.size} elements, but one has {length}."
            )
        self.spend(length)

    def compared(self, length: int) -> None:
        """Spend what comparing a text of this length may take."""
        self.spend(length >> 10)

    def written(self, length: int) -> None:
        """Allow a string of this length to exist, and spend its characters."""
        if length > self.text:
            raise FeelLimitExceeded(
                "size", f"Expected texts of at most {self.text} characters, but one has {length}."
            )
        self.spend(length >> 4)


@cache
def budget_of(steps: int, seconds: float) -> type[Budget]:
    """Give a kind of budget with other limits, as cheap to begin as the usual one."""
    limits = {"steps": steps, "seconds": seconds, "_mark": min(steps, _CLOCK_EVERY)}
    return type("Budget", (Budget,), limits)


def too_deep(limit: int) -> FeelLimitExceeded:
    """Say that something is nested too deeply."""
    return FeelLimitExceeded(
        "depth", f"Expected at most {limit} levels of nesting, but there are more."
    )
