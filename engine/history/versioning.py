"""What happens to versions after they were published, on the stream of their process's key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.history.events import Event


@dataclass(frozen=True, kw_only=True)
class VersionProposed(Event):
    """Somebody wants a version retired (what: RETIRE) or its cases on another one (MIGRATE).

    cases -- how many are named; 0: every open case of the version
    """

    kind = "VERSION_PROPOSED"
    proposal_id: int
    what: str
    version: int
    to_version: int = 0
    rename: Mapping[str, str] = field(default_factory=dict)
    cases: int = 0


@dataclass(frozen=True, kw_only=True)
class VersionDecided(Event):
    """A proposal was APPROVED or REFUSED by another person, or WITHDRAWN by its own."""

    kind = "VERSION_DECIDED"
    proposal_id: int
    what: str
    state: str
    version: int
    proposed_by: int | None = None


@dataclass(frozen=True, kw_only=True)
class DefinitionRetired(Event):
    """A process starts nothing new from here on; what runs goes on."""

    kind = "DEFINITION_RETIRED"
    proposal_id: int
    version: int
    proposed_by: int | None = None
