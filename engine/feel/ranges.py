"""Ranges as values: bounds, and what they hold; comparing is compare.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Range:
    """Everything between two bounds; a bound of None is open when `form` names a comparison.

    form -- empty for `[a..b]`, else the comparison that it was written with: `(< 10)` has `<`
    """

    start: Any
    end: Any
    start_included: bool
    end_included: bool
    form: str = ""

    @classmethod
    def comparing(cls, operator: str, bound: Any) -> Range:
        """Give the range of everything that compares so with a bound."""
        if operator in ("<", "<="):
            return cls(None, bound, False, operator == "<=", operator)
        if operator in (">", ">="):
            return cls(bound, None, operator == ">=", False, operator)
        return cls(bound, bound, True, True, operator)

    def __str__(self) -> str:
        if self.form:
            return f"{self.form} {self.start if self.end is None else self.end}"
        opening, closing = "[" if self.start_included else "(", "]" if self.end_included else ")"
        return f"{opening}{self.start}..{self.end}{closing}"
