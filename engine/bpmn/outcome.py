"""What a run did, as frozen values: what opened or closed, what happened, what failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.feel.values import Kept


@dataclass(frozen=True, kw_only=True)
class WaitingTask:
    """A user task that now waits for a person.

    assignee -- the value of the element's expression, or the real item of an anonymous group: it is
    told here once and stands nowhere in the state; candidate_group, title -- texts
    """

    token: int
    element_id: str
    item_index: int | None = None
    assignee: Any = None
    candidate_group: str | None = None
    due_at: datetime | None = None
    title: str = ""
    lane: str = ""
    pseudonym: str | None = None


@dataclass(frozen=True)
class WaitingTimer:
    """A timer that is now set; `cycle` says that another follows."""

    token: int
    element_id: str
    due_at: datetime
    cycle: bool = False


@dataclass(frozen=True)
class Moved:
    """A timer, or the due date of a task, that is at another moment than `before`."""

    token: int
    element_id: str
    due_at: datetime
    before: datetime


@dataclass(frozen=True)
class WaitingMessage:
    """A catch that is now open; `kind` is message or signal."""

    token: int
    element_id: str
    name: str
    correlation: str
    kind: str = "message"


@dataclass(frozen=True)
class WaitingCall:
    """A call that now waits for a case of another definition.

    key, binding -- which: `latest`, `deployment` or a version's number; inherits -- its lanes go to
    the people of this case; payload -- its variables
    """

    token: int
    element_id: str
    key: str
    binding: str
    inherits: bool
    payload: Kept


@dataclass(frozen=True)
class ThrownMessage:
    """A message for whoever waits for it; `expires_at` is None where the model does not say."""

    element_id: str
    name: str
    correlation: str
    payload: Kept
    expires_at: datetime | None = None


@dataclass(frozen=True)
class ThrownSignal:
    """A signal for other instances; catches of the own instance have had it already."""

    element_id: str
    name: str
    payload: Kept


@dataclass(frozen=True)
class ElementCompleted:
    element_id: str
    token: int


@dataclass(frozen=True)
class FlowTaken:
    flow_id: str


@dataclass(frozen=True)
class DecisionMade:
    """A decision was asked; given -- what it read from outside that the last step does not show."""

    element_id: str
    decision_id: str
    trace: Any
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class VariableChanged:
    """An element gave a variable another value; `old` is None where there was none, or null."""

    element_id: str
    name: str
    old: Kept | None
    new: Kept


@dataclass(frozen=True)
class ServiceCalled:
    element_id: str
    name: str


Fact = ElementCompleted | FlowTaken | DecisionMade | VariableChanged | ServiceCalled


@dataclass(frozen=True)
class Parked:
    """A token that failed and waits to be retried.

    kind -- EXPRESSION, SERVICE, DECISION, CONFLICT, NO_FLOW, LIMIT, CRASHED, UNCAUGHT, CALLED
      or FAILED
    """

    token: int
    element_id: str
    kind: str
    message: str


@dataclass(frozen=True)
class ClosedGroup:
    """An anonymous group that ended: (pseudonym, answers), shuffled and numbered anew."""

    element_id: str
    answers: tuple[tuple[str, Kept], ...]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The difference a run made since `start` or `load`."""

    opened: tuple[WaitingTask, ...] = ()
    closed: tuple[int, ...] = ()
    timers_opened: tuple[WaitingTimer, ...] = ()
    timers_closed: tuple[int, ...] = ()
    timers_moved: tuple[Moved, ...] = ()
    dues_moved: tuple[Moved, ...] = ()
    catches_opened: tuple[WaitingMessage, ...] = ()
    catches_closed: tuple[int, ...] = ()
    calls_opened: tuple[WaitingCall, ...] = ()
    calls_closed: tuple[int, ...] = ()
    thrown: tuple[ThrownMessage, ...] = ()
    signals: tuple[ThrownSignal, ...] = ()
    facts: tuple[Fact, ...] = ()
    incidents: tuple[Parked, ...] = ()
    resumed: tuple[int, ...] = ()
    groups_closed: tuple[ClosedGroup, ...] = ()
    notes: tuple[str, ...] = ()
    completed: bool = False


@dataclass(frozen=True)
class SavedState:
    """What must be stored: a header, and the big values that were not known before, by hash.

    alone -- the header holds everything, so that no value of the instance is needed any more
    """

    header: bytes
    values: Mapping[str, bytes]
    alone: bool = False
