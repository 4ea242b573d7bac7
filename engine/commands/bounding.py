"""Cases that move without end and without a person: counted per hour, held when it is too much."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.bounds import BoundExceeded
from engine.commands.case import Case

_WINDOW = timedelta(hours=1)


def moved_by_itself(case: Case, at: datetime) -> BoundExceeded | None:
    """Count a move that no person makes; give the bound where there were too many in an hour.

    at -- when it was due: a platform that was away for a year may catch up at once
    """
    since, moves = case.row.moves_since, case.row.moves + 1
    if since is None or at - since >= _WINDOW:
        since, moves = at, 1
    case.columns |= {"moves": moves, "moves_since": since}
    bounds = case.ctx.ports.bounds
    return bounds.exceeded("moves", moves) if moves > bounds.moves else None


def moved_by_person(case: Case) -> None:
    """Begin to count anew."""
    if case.row.moves:
        case.columns |= {"moves": 0, "moves_since": None}
