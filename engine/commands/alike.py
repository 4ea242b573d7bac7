"""Cases of a chunk that begin alike: one is run, the others stand where it stands.

A case that reads nothing of its own before it waits comes to the same as the one before it.  Here
is how that is known, never who gets its tasks or what its history says: that is told of each case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.bpmn import Environment, Outcome, Run, SavedState
from engine.feel.values import Kept


class Watch:
    """What a run asked of its host: what only its own case can have, or the end of working days."""

    def __init__(self, env: Environment) -> None:
        self.is_own = False
        self.days: dict[tuple[datetime, int], datetime] = {}
        self._working_days = env.working_days
        self.env = replace(
            env,
            service=self._own(env.service),
            functions={name: self._own(run) for name, run in env.functions.items()},
            seal=self._own(env.seal),
            unseal=self._own(env.unseal),
            shuffle=self._own(env.shuffle),
            working_days=self._end,
        )

    def _own(self, run: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*arguments: Any, **named: Any) -> Any:
            self.is_own = True
            return run(*arguments, **named)

        return noted

    def _end(self, start: datetime, days: int) -> datetime:
        end = self.days[start, days] = self._working_days(start, days)
        return end


@dataclass(frozen=True)
class Template:
    """Where a case came to a stand that asked for nothing of its own; it is settled like a run."""

    variables: Mapping[str, bytes]
    days: Mapping[tuple[datetime, int], datetime]
    found: Outcome
    saved: SavedState
    known = frozenset[str]()

    def outcome(self) -> Outcome:
        """Give what the first of them did."""
        return self.found

    def save(self) -> SavedState:
        """Give the state of the first of them."""
        return self.saved

    def fits(
        self, variables: Mapping[str, bytes], working_days: Callable[[datetime, int], datetime]
    ) -> bool:
        """Tell whether a case with these variables, in this calendar, comes to the same."""
        return self.variables == variables and all(
            working_days(*asked) == end for asked, end in self.days.items()
        )


def template_of(run: Run, watch: Watch, variables: Mapping[str, Kept]) -> Template | None:
    """Keep where a run came to a stand; None where another case might not come to the same.

    What failed is left out too: it may have taken too long, which says nothing of others.
    """
    if watch.is_own:
        return None
    found = run.outcome()
    if found.incidents:
        return None
    return Template(texts(variables), dict(watch.days), found, run.save())


def texts(variables: Mapping[str, Kept]) -> dict[str, bytes]:
    """Give variables by what they are stored as: equal numbers may be written differently."""
    return {name: kept.text for name, kept in variables.items()}
