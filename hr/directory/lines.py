"""Reporting lines of one day, pure: who is whose superior.

The rule (design.md §3): the holder of the rater post, else its acting official; the next post up
when that post is vacant or the person found is the person asked about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Lines:
    """The part of the structure that a question needs.

    main_posts -- the post each person holds; raters -- the rater post of each post;
    holders and acting -- who is in a post, the one to be asked first first
    """

    main_posts: Mapping[int, int] = field(default_factory=dict)
    raters: Mapping[int, int | None] = field(default_factory=dict)
    holders: Mapping[int, Sequence[int]] = field(default_factory=dict)
    acting: Mapping[int, Sequence[int]] = field(default_factory=dict)

    def occupants(self, post_id: int) -> Sequence[int]:
        """Give who answers for a post: its holders, else its acting officials."""
        return self.holders.get(post_id) or self.acting.get(post_id) or ()

    def superior(self, person_id: int) -> int | None:
        """Give the rater of a person, or None at the top of the structure and without a post."""
        post = self.main_posts.get(person_id)
        return None if post is None else self._first_above(post, person_id)

    def _first_above(self, post: int, person_id: int) -> int | None:
        seen = {post}
        above = self.raters.get(post)
        while above is not None and above not in seen:
            seen.add(above)
            for occupant in self.occupants(above):
                if occupant != person_id:
                    return occupant
            above = self.raters.get(above)
        return None
