"""The script around the demo's logins: how far their cases have come, so that all find work.

emp    has begun the self-assessment (a draft waits); peer1 still owes feedback on emp
peer1  waits for rtr to draft the rating          peer2  waits for rtr to settle it
peer3  waits for su2 to review its fairness       peer4  done, with follow-ups for the agency
peer5  disclosed, waits for peer5 to answer
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_FEEDBACK = frozenset({"peer_feedback", "subordinate_feedback"})
# In which half day each element of a scripted case is done, from 0.
_PLACES: Mapping[str, int] = {
    "propose_raters": 0,
    "check_raters": 1,
    "self_assessment": 2,
    "peer_feedback": 2,
    "subordinate_feedback": 2,
    "draft_rating": 3,
    "final_rating": 3,
    "fairness_review": 4,
    "dialogue": 4,
    "acknowledge_result": 5,
}
_GATHERED = ("propose_raters", "check_raters", "self_assessment", *sorted(_FEEDBACK))
_REACHED: Mapping[str, frozenset[str]] = {
    "emp": frozenset({"propose_raters", "check_raters"}),
    "peer1": frozenset(_GATHERED),
    "peer2": frozenset({*_GATHERED, "draft_rating"}),
    "peer3": frozenset({*_GATHERED, "draft_rating", "final_rating"}),
    "peer4": frozenset(_PLACES),
    "peer5": frozenset(_PLACES) - {"acknowledge_result"},
}


@dataclass(frozen=True)
class Script:
    """Who is who among the logins, by short name."""

    logins: Mapping[str, int]

    @property
    def people(self) -> frozenset[int]:
        """Give everybody with a short name."""
        return frozenset(self.logins.values())

    def decides(self, person: int, subject: int | None, element_id: str, place: int) -> bool | None:
        """Say whether a task is done now; None where the script says nothing."""
        name = self._name(subject)
        if name is None or name not in _REACHED:
            return None
        if name == "emp" and element_id in _FEEDBACK:
            return False if self._name(person) == "peer1" else None
        return element_id in _REACHED[name] and place >= _PLACES.get(element_id, 99)

    def settles(self, subject: int | None) -> bool:
        """Tell whether a rating is settled right after its draft."""
        reached = _REACHED.get(self._name(subject) or "")
        return reached is None or "final_rating" in reached

    def drafts(self, person: int, element_id: str, place: int) -> bool:
        """Tell whether somebody leaves an unfinished form behind now."""
        return self._name(person) == "emp" and element_id == "self_assessment" and place == 4

    def level(self, subject: int, element_id: str) -> int | None:
        """Give how a scripted person is rated at an element, where it matters."""
        name = self._name(subject)
        if name == "peer3":  # the superior sees far more than the colleagues do: flag FX4
            return 3 if element_id in _FEEDBACK else 5
        return {"peer4": 3, "peer5": 4, "peer2": 4, "peer1": 4}.get(name or "")

    def result(self, subject: int) -> str | None:
        """Give what the rater says about results, against the recommendation."""
        return "BELOW" if self._name(subject) == "peer4" else None

    def peers(self, subject: int) -> Sequence[int]:
        """Give whom a scripted person proposes as raters."""
        if self._name(subject) != "emp":
            return ()
        return [self.logins[name] for name in ("peer1", "peer2", "peer3")]

    def _name(self, person: int | None) -> str | None:
        return next((name for name, number in self.logins.items() if number == person), None)


def of_logins(logins: Mapping[str, int]) -> Script:
    """Make the script for the people behind the short names."""
    return Script(dict(logins))
