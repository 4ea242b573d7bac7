"""What FEEL says when it refuses, and the notes on why a result is null; not the checks."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import EngineError, LimitExceeded


class FeelError(EngineError):
    """Expected the expression to give a value, but it could not be evaluated."""


class FeelSyntaxError(FeelError):
    """Expected a FEEL expression, but the text is not one.

    line, column -- 1-based place of the first character that does not fit
    expected -- what would have fitted there, in words
    suggestion -- what to write instead, empty where nobody can guess
    """

    def __init__(
        self,
        message: str,
        *,
        line: int = 1,
        column: int = 1,
        expected: str = "",
        suggestion: str = "",
    ) -> None:
        super().__init__(message)
        self.line = line
        self.column = column
        self.expected = expected
        self.suggestion = suggestion


class FeelLimitExceeded(FeelError, LimitExceeded):
    """Expected the expression to stay within its budget, but it went beyond.

    limit -- which one: `steps`, `depth`, `size`, `number` or `time`
    """

    def __init__(self, limit: str, message: str | None = None) -> None:
        said = f"Expected the expression to stay within its budget, but it exceeded: {limit}."
        super().__init__(message or said)
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Note:
    """One reason why a part of the result is null; `line` and `column` are 1-based."""

    code: str
    message: str
    line: int = 1
    column: int = 1


def place(text: str, offset: int) -> tuple[int, int]:
    """Give the 1-based line and column of an offset in a text."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
