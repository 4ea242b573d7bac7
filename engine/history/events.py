"""What can happen, as frozen events, named in the past tense; `sealed` values can be erased.

The envelope (who, when, post and unit at the time, channel, session) is added when an event is
recorded; here stands only what is particular.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

_COMMON = {
    "element_id",
    "task_id",
    "definition_id",
    "on_behalf_of",
    "outcome",
    "sealed",
    "pseudonym",
    "day",
}


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened.

    sealed -- personal values by name, in an erasable side table; the event holds salted digests
    reason -- why, in the words of whoever departed from a rule or repaired something
    pseudonym -- stands for the actor of an anonymous task; `day` then replaces the moment
    """

    kind: ClassVar[str] = "NOTED"
    element_id: str | None = None
    task_id: int | None = None
    definition_id: int | None = None
    on_behalf_of: int | None = None
    outcome: str = "OK"
    reason: str = ""
    pseudonym: str | None = None
    day: datetime | None = None
    sealed: Mapping[str, Any] = field(default_factory=dict)

    def detail(self) -> dict[str, Any]:
        """Give what is particular to this event, without what is empty."""
        pairs = [(name, getattr(self, name)) for name in self.particular()]
        return {name: value for name, value in pairs if value not in (None, "", (), {})}

    @classmethod
    @cache
    def particular(cls) -> tuple[str, ...]:
        """Name the fields that are not common to all events."""
        return tuple(f.name for f in fields(cls) if f.name not in _COMMON)


@dataclass(frozen=True, kw_only=True)
class DefinitionDeployed(Event):
    kind = "DEFINITION_DEPLOYED"
    version: int
    sha256: str
    files: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class InstanceStarted(Event):
    """A case began; `sealed` has the variables it was given, if any."""

    kind = "INSTANCE_STARTED"
    case_no: str
    process_key: str
    definition_sha256: str
    subject_id: int | None = None
    campaign: str | None = None
    called_by: int | None = None


@dataclass(frozen=True, kw_only=True)
class InstanceCompleted(Event):
    kind = "INSTANCE_COMPLETED"


@dataclass(frozen=True, kw_only=True)
class InstanceCancelled(Event):
    kind = "INSTANCE_CANCELLED"


@dataclass(frozen=True, kw_only=True)
class InstanceSuspended(Event):
    kind = "INSTANCE_SUSPENDED"


@dataclass(frozen=True, kw_only=True)
class InstanceResumed(Event):
    kind = "INSTANCE_RESUMED"


@dataclass(frozen=True, kw_only=True)
class InstanceMigrated(Event):
    """A case went to another version of its definition (`definition_id`), with all it had."""

    kind = "INSTANCE_MIGRATED"
    old_version: int
    new_version: int
    old_sha256: str
    new_sha256: str
    rename: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MigrationUndone(Event):
    """A case that had not moved since went back to the version it came from."""

    kind = "MIGRATION_UNDONE"
    old_version: int
    new_version: int
    new_sha256: str


@dataclass(frozen=True, kw_only=True)
class MigrationAsked(Event):
    """All these cases of a version are to go to another one, or are tried out."""

    kind = "MIGRATION_ASKED"
    batch_id: int
    old_version: int
    new_version: int
    cases: int
    rename: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False


@dataclass(frozen=True, kw_only=True)
class TokensMoved(Event):
    """Which automatic elements ran, and which flows were taken, in order."""

    kind = "TOKENS_MOVED"
    elements: Sequence[str] = ()
    flows: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class VariableChanged(Event):
    """An element other than a user task gave a variable another value; `sealed` has old and new."""

    kind = "VARIABLE_CHANGED"
    name: str


@dataclass(frozen=True, kw_only=True)
class DecisionMade(Event):
    """A decision table was asked; `sealed` has inputs and outputs.

    given -- beside them in `sealed`: what tables behind the last one read, where there are any
    """

    kind = "DECISION_MADE"
    decision_id: str
    rules: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class ServiceCalled(Event):
    kind = "SERVICE_CALLED"
    name: str


@dataclass(frozen=True, kw_only=True)
class TaskCreated(Event):
    kind = "TASK_CREATED"
    assignee_id: int | None = None
    candidate_group: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AnonymousTasksCreated(Event):
    """So many people were asked; who they are stands nowhere in the history."""

    kind = "ANONYMOUS_TASKS_CREATED"
    count: int
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class TaskClaimed(Event):
    kind = "TASK_CLAIMED"


@dataclass(frozen=True, kw_only=True)
class TaskUnclaimed(Event):
    kind = "TASK_UNCLAIMED"


@dataclass(frozen=True, kw_only=True)
class TaskAssigned(Event):
    kind = "TASK_ASSIGNED"
    old: int | None = None
    new: int | None = None


@dataclass(frozen=True, kw_only=True)
class TaskReminded(Event):
    kind = "TASK_REMINDED"
    step: int
    assignee_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class TaskEscalated(Event):
    kind = "TASK_ESCALATED"
    step: int
    old: int | None = None
    new: int | None = None
    group: str | None = None


@dataclass(frozen=True, kw_only=True)
class TaskCompleted(Event):
    """A person submitted; `sealed` has the answers."""

    kind = "TASK_COMPLETED"
    form_key: str | None = None
    form_sha256: str | None = None
    result: str | None = None


@dataclass(frozen=True, kw_only=True)
class TaskCancelled(Event):
    kind = "TASK_CANCELLED"


@dataclass(frozen=True, kw_only=True)
class IncidentOpened(Event):
    kind = "INCIDENT_OPENED"
    outcome: str = "FAILED"
    incident_kind: str
    message: str


@dataclass(frozen=True, kw_only=True)
class IncidentRetried(Event):
    kind = "INCIDENT_RETRIED"
    incident_id: int


@dataclass(frozen=True, kw_only=True)
class IncidentResolved(Event):
    kind = "INCIDENT_RESOLVED"
    incident_id: int


@dataclass(frozen=True, kw_only=True)
class ResolutionProposed(Event):
    """Somebody wants an element skipped or variables changed; `sealed` has the new values."""

    kind = "RESOLUTION_PROPOSED"
    incident_id: int
    resolution_id: int
    action: str
    names: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class ResolutionRefused(Event):
    kind = "RESOLUTION_REFUSED"
    incident_id: int
    resolution_id: int
    action: str
    proposed_by: int | None = None


@dataclass(frozen=True, kw_only=True)
class ResolutionApproved(Event):
    """Somebody else agreed, and it was done; what changed follows as VARIABLE_CHANGED."""

    kind = "RESOLUTION_APPROVED"
    incident_id: int
    resolution_id: int
    action: str
    proposed_by: int | None = None


@dataclass(frozen=True, kw_only=True)
class TimerFired(Event):
    kind = "TIMER_FIRED"
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class TimerMoved(Event):
    """A timer goes off at another moment: its variables changed, or somebody said so, and why."""

    kind = "TIMER_MOVED"
    old: datetime
    new: datetime


@dataclass(frozen=True, kw_only=True)
class DueMoved(Event):
    """A task is due at another moment, since the variables changed that say when."""

    kind = "DUE_MOVED"
    old: datetime | None = None
    new: datetime


@dataclass(frozen=True, kw_only=True)
class CallStarted(Event):
    """A call started a case of another definition; `version` is what its binding meant then."""

    kind = "CALL_STARTED"
    instance_id: int
    case_no: str
    process_key: str
    version: int
    binding: str


@dataclass(frozen=True, kw_only=True)
class CallReturned(Event):
    """A called case came to its end, and the caller went on with its variables."""

    kind = "CALL_RETURNED"
    instance_id: int
    case_no: str


@dataclass(frozen=True, kw_only=True)
class MessagePublished(Event):
    kind = "MESSAGE_PUBLISHED"
    message_id: int
    name: str
    correlation: str


@dataclass(frozen=True, kw_only=True)
class MessageCaught(Event):
    kind = "MESSAGE_CAUGHT"
    message_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class SignalThrown(Event):
    """A signal went out, to so many cases that waited for it then."""

    kind = "SIGNAL_THROWN"
    signal_id: int
    name: str
    targets: int


@dataclass(frozen=True, kw_only=True)
class SignalCaught(Event):
    kind = "SIGNAL_CAUGHT"
    signal_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class ChunkStarted(Event):
    """A campaign started a chunk of cases."""

    kind = "CHUNK_STARTED"
    count: int
    first: str = ""
    last: str = ""


@dataclass(frozen=True, kw_only=True)
class JobFailed(Event):
    kind = "JOB_FAILED"
    outcome: str = "FAILED"
    job_id: int
    job_kind: str
    message: str
    attempts: int


@dataclass(frozen=True, kw_only=True)
class Denied(Event):
    """Somebody asked for what he may not do; nothing was changed."""

    kind = "DENIED"
    outcome: str = "DENIED"
    command: str
    code: str
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class DossierOpened(Event):
    kind = "DOSSIER_OPENED"
    instance_id: int


@dataclass(frozen=True, kw_only=True)
class Exported(Event):
    """Data left the house: which list, under which filter, how many rows."""

    kind = "EXPORTED"
    what: str
    filter: str = ""
    rows: int = 0
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class HistoryVerified(Event):
    kind = "HISTORY_VERIFIED"
    streams: int
    broken: int


@dataclass(frozen=True, kw_only=True)
class RowChanged(Event):
    """A row of the host's was added, changed or ended; `old` and `new` hold what differs."""

    kind = "ROW_CHANGED"
    noun: str
    key: str
    old: Mapping[str, Any] | None = None
    new: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class RoleChanged(Event):
    kind = "ROLE_CHANGED"
    person_id: int
    role: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True, kw_only=True)
class AccountEvent(Event):
    """A log-in, log-out, failed log-in, password change: `what` says which."""

    kind = "ACCOUNT"
    what: str
    detail_text: str = ""


@dataclass(frozen=True, kw_only=True)
class Noted(Event):
    """Anything else that a host wants to be in the history."""

    kind = "NOTED"
    what: str
    about: Mapping[str, Any] = field(default_factory=dict)
