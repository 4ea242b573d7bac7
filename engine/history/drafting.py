"""What happens to drafts of process folders, on the stream of their process's key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.history.events import Event


@dataclass(frozen=True, kw_only=True)
class DraftCreated(Event):
    """Somebody began a draft; `definition_id` is the version it was made from, if any."""

    kind = "DRAFT_CREATED"
    draft_id: int
    name: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class DraftChanged(Event):
    """Files of a draft changed: path -> hash, empty where it was removed.

    Saves of one person in a row are told once, with what the first of them did.
    """

    kind = "DRAFT_CHANGED"
    draft_id: int
    revision: int
    what: str
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class DraftClosed(Event):
    """A draft was put aside; nothing of it is lost."""

    kind = "DRAFT_CLOSED"
    draft_id: int
    state: str


@dataclass(frozen=True, kw_only=True)
class DraftSubmitted(Event):
    """A draft was sent for approval; `reason` says why, `stories` how many scenarios it passed."""

    kind = "DRAFT_SUBMITTED"
    draft_id: int
    revision: int
    sha256: str
    authors: tuple[int, ...]
    stories: int
    effective_at: str


@dataclass(frozen=True, kw_only=True)
class DraftReturned(Event):
    """A draft came back without being published; `reason` says why."""

    kind = "DRAFT_RETURNED"
    draft_id: int


@dataclass(frozen=True, kw_only=True)
class DraftPublished(Event):
    """A draft became a version of its process, after two persons approved it."""

    kind = "DRAFT_PUBLISHED"
    draft_id: int
    version: int
    sha256: str
    authors: tuple[int, ...]
    approvers: tuple[int, ...]
