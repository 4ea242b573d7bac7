"""The nine-box (DT13; PermenPANRB 3/2020): performance against potential, 0 to 100 each; pure."""

from __future__ import annotations

from decimal import Decimal

PREDICATES = ("SB", "B", "BP", "K", "SK")
SCORES = {code: Decimal(100 - 20 * place) for place, code in enumerate(PREDICATES)}
HIGH, MIDDLE = Decimal(80), Decimal(60)
# From the lowest potential to the highest, for performance below, as and above what is expected.
BOXES = ((1, 3, 6), (2, 5, 8), (4, 7, 9))


def band(score: Decimal) -> int:
    """Give 0 below 60, 1 from 60, 2 from 80."""
    return (score >= MIDDLE) + (score >= HIGH)


def box(performance: Decimal, potential: Decimal) -> int:
    """Give the box, 1 to 9."""
    return BOXES[band(performance)][band(potential)]
