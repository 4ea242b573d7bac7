"""Pure rules of a calibration: who may sit in it, when it can decide, what a vote carries (P07)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from hr.appraisal.rules import PREDICATES

QUORUM = 3
MOST_VOTERS = 7
# What a session can really talk about, and what its chair can look through: an office of thousands
# has a thousand flags.  `set_agenda` says the first of the two, too.
MOST_ON_AGENDA, MOST_OFFERED = 50, 200
AGREE, DISAGREE, ABSTAIN = "AGREE", "DISAGREE", "ABSTAIN"


@dataclass(frozen=True)
class Count:
    """The votes on one line: carried with a quorum and more for it than against it."""

    votes_for: int
    votes_against: int
    voters: int

    @property
    def carried(self) -> bool:
        """Tell whether the motion is carried; a tie leaves things as they are."""
        return self.voters >= QUORUM and self.votes_for > self.votes_against


class Flagged(Protocol):
    """Something that may bear flags."""

    @property
    def id(self) -> int: ...
    @property
    def flags(self) -> Sequence[str]: ...


Proposal = TypeVar("Proposal", bound=Flagged)


def heaviest_first(proposals: Iterable[Proposal]) -> list[Proposal]:
    """Order by the number of flags, the most first; those alike stay by number."""
    return sorted(proposals, key=lambda one: (-len(one.flags), one.id))


def voters(chair: int, team: Iterable[int], barred: Collection[int]) -> tuple[int, ...]:
    """Name who votes: the chair and the team, but nobody with a case or a rating on the agenda."""
    able = [one for one in dict.fromkeys((chair, *sorted(team))) if one not in barred]
    return tuple(able[:MOST_VOTERS])


def officers(able: Iterable[int], barred: Collection[int], lot: str) -> tuple[int, ...]:
    """Order the agency's officers by lot, without those who are appraised in this calibration."""

    def drawn(person: int) -> str:
        return hashlib.sha256(f"{lot}:{person}".encode()).hexdigest()

    return tuple(sorted(sorted(set(able) - set(barred)), key=drawn))


def count(votes: Sequence[str]) -> Count:
    """Count the votes on one line; whoever abstains is there, and whoever is silent is not."""
    given = Counter(vote for vote in votes if vote in (AGREE, DISAGREE, ABSTAIN))
    return Count(given[AGREE], given[DISAGREE], sum(given.values()))


def tally(predicates: Iterable[str]) -> dict[str, int]:
    """Count predicates, with those nobody has."""
    found = Counter(predicates)
    return {code: found[code] for code in reversed(PREDICATES)}


def moved(lines: Iterable[Mapping[str, str]]) -> dict[str, int]:
    """Count how many lines went up, down, or stayed, by `before` and `after`."""
    steps = [PREDICATES.index(one["after"]) - PREDICATES.index(one["before"]) for one in lines]
    return {
        "raised": sum(step > 0 for step in steps),
        "lowered": sum(step < 0 for step in steps),
        "kept": sum(step == 0 for step in steps),
    }


def published(
    people: int, looked_at: int, changed: int, fewest: int
) -> tuple[int | None, int | None]:
    """Give how many were looked at and how many changed, None where it tells of too few.

    What a number leaves is told by it, too: of all people, and of those looked at.
    """
    told = [_told(number, people, fewest) for number in (looked_at, changed)]
    if 0 < looked_at - changed < fewest:
        told[1] = None
    return told[0], told[1]


def _told(number: int, people: int, fewest: int) -> int | None:
    small = 0 < number < fewest or 0 < people - number < fewest
    return None if small else number
