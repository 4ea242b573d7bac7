"""Events of what passes between people around a task; the others stand in `events.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.history.events import Event


@dataclass(frozen=True, kw_only=True)
class TaskTakenOver(Event):
    """Somebody of the group went on with what another had begun."""

    kind = "TASK_TAKEN_OVER"
    old: int | None = None
    new: int | None = None


@dataclass(frozen=True, kw_only=True)
class TaskLent(Event):
    """Somebody was asked to look at a task; whoever asked decides.  `sealed`: the question."""

    kind = "TASK_LENT"
    owner_id: int
    to: int


@dataclass(frozen=True, kw_only=True)
class TaskGivenBack(Event):
    """Whoever was asked to look has looked (`sealed`: what he says), or was asked no longer."""

    kind = "TASK_GIVEN_BACK"
    owner_id: int
    old: int | None = None


@dataclass(frozen=True, kw_only=True)
class TaskSentBack(Event):
    """A step is to be done again; the token stands at `to` with all that it knows."""

    kind = "TASK_SENT_BACK"
    to: str


@dataclass(frozen=True, kw_only=True)
class TaskWithdrawn(Event):
    """A person took back what he had sent; the case stands where it stood."""

    kind = "TASK_WITHDRAWN"


@dataclass(frozen=True, kw_only=True)
class ExtensionAsked(Event):
    kind = "EXTENSION_ASKED"
    wanted_at: datetime
    approver_id: int | None = None
    approver_group: str | None = None


@dataclass(frozen=True, kw_only=True)
class ExtensionDecided(Event):
    kind = "EXTENSION_DECIDED"
    granted: bool
    old: datetime | None = None
    new: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CommentAdded(Event):
    """Somebody said something about a case; `sealed` has the words."""

    kind = "COMMENT_ADDED"
    mentioned: Sequence[int] = ()


@dataclass(frozen=True, kw_only=True)
class HolderReminded(Event):
    """A person reminded whoever has a task."""

    kind = "HOLDER_REMINDED"
    assignee_id: int | None = None
