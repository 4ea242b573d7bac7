"""How far a result row was reached: pure (domain.md DT02)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CAP = Decimal("1.20")
LOWER = "LOWER"
_FOUR_PLACES = Decimal("0.0001")


def ratio(direction: str, target: Decimal, actual: Decimal) -> Decimal:
    """Give actual over target, or target over actual where lower is better; never above 1.20.

    Nothing left of what should be low counts as 1.20.  A target must be above zero.
    """
    if target <= 0:
        raise ValueError(f"Expected a target above zero, but it is {target}.")
    above, below = (target, actual) if direction == LOWER else (actual, target)
    reached = above / below if below > 0 else CAP
    return min(reached, CAP).quantize(_FOUR_PLACES, ROUND_HALF_UP)
