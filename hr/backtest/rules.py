"""How figures of a backtest are shown to those who may not read ratings.  Pure.

A designer knows the table he changed, so who is among "changed" may tell what somebody was rated.
Hence no figure of fewer than five: neither of a group, nor of those in it who change, nor of those
who stay where some change.  Where one group alone is hidden, the next one is, too, or the sum would
give it away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

FEWEST = 5


@dataclass(frozen=True)
class Group:
    """How many people a unit or group has, and how many of them come out otherwise.

    None: hidden, since there are too few
    """

    name: str
    people: int | None
    changed: int | None

    @property
    def is_open(self) -> bool:
        """Tell whether this may be said to whoever may not read ratings."""
        if self.people is None or self.changed is None or self.people < FEWEST:
            return False
        stay = self.people - self.changed
        return self.changed == 0 or (self.changed >= FEWEST and stay >= FEWEST)


def guarded(groups: Sequence[Group]) -> tuple[Group, ...]:
    """Hide what is too small, and one more where the sum would give it away."""
    hidden = {one.name for one in groups if not one.is_open}
    if len(hidden) == 1 and len(groups) > 1:
        rest = [one for one in groups if one.name not in hidden]
        hidden.add(min(rest, key=lambda one: (not one.changed, one.changed or 0)).name)
    return tuple(_hide(one) if one.name in hidden else one for one in groups)


def _hide(one: Group) -> Group:
    few = one.people is not None and one.people < FEWEST
    return replace(one, people=None if few else one.people, changed=None)


def guarded_moves(moves: Mapping[str, int]) -> dict[str, int]:
    """Leave out moves of fewer than five decisions, and the next where only one would be hidden."""
    hidden = {name for name, count in moves.items() if count < FEWEST}
    if len(hidden) == 1 and len(moves) > 1:
        hidden.add(min(moves.keys() - hidden, key=lambda name: (moves[name], name)))
    return {name: count for name, count in moves.items() if name not in hidden}
