"""What a catalogue lacks: goals that nothing measures, indicators for no goal; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

DIMENSIONS = (
    "contribution", "quality", "quantity", "time", "cost", "attendance", "innovation",
    "service_speed", "satisfaction", "impact",
)  # fmt: skip
LEVELS = ("OUTPUT", "OUTCOME", "IMPACT")


@dataclass(frozen=True)
class Orphans:
    """Codes of missions and goals that nothing measures, and of indicators for no goal."""

    missions: tuple[str, ...]
    goals: tuple[str, ...]
    indicators: tuple[str, ...]


def orphans(goals: Mapping[str, str], indicators: Iterable[tuple[str, str]]) -> Orphans:
    """Find what hangs on nothing.

    goals -- code to the code of its mission, empty for a mission; indicators -- code and goal
    """
    known = list(indicators)
    measured = {goal for _, goal in known if goal in goals}
    reached = measured | {goals[goal] for goal in measured}
    return Orphans(
        missions=tuple(c for c, parent in goals.items() if not parent and c not in reached),
        goals=tuple(c for c, parent in goals.items() if parent and c not in measured),
        indicators=tuple(code for code, goal in known if goal not in goals),
    )
