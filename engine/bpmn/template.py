"""Plain text with FEEL in braces, such as `Nilai {subject.name}`: titles of tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.feel import Expression


@dataclass(frozen=True)
class Template:
    """Texts and expressions in turn."""

    text: str
    parts: tuple[str | Expression, ...]

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Give the expressions in the holes."""
        return tuple(part for part in self.parts if isinstance(part, Expression))

    def fill(
        self, evaluate: Callable[[Expression, Mapping[str, Any]], Any], data: Mapping[str, Any]
    ) -> str:
        """Give the text with every hole filled; null fills nothing."""
        filled = []
        for part in self.parts:
            if isinstance(part, Expression):
                value = evaluate(part, data)
                filled.append("" if value is None else str(value))
            else:
                filled.append(part)
        return "".join(filled)


def split(text: str) -> list[tuple[bool, str]]:
    """Give the pieces of a template as (is it a hole, its text); braces nest, as in FEEL contexts.

    Raises ValueError on a brace that is never closed.
    """
    pieces: list[tuple[bool, str]] = []
    start = depth = 0
    for at, letter in enumerate(text):
        if letter == "{":
            if depth == 0:
                pieces.append((False, text[start:at]))
                start = at + 1
            depth += 1
        elif letter == "}" and depth:
            depth -= 1
            if depth == 0:
                pieces.append((True, text[start:at].strip()))
                start = at + 1
    if depth:
        raise ValueError("Expected every opening brace to be closed, but one is not.")
    pieces.append((False, text[start:]))
    return [piece for piece in pieces if piece[1]]
