"""States, keys and frozen views that commands and queries share.  Nothing here reads or writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

# Sorts tasks without a due date behind all others.
END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
SILENT = timedelta(seconds=45)
"""A worker not heard of for this long is taken for dead."""


class InstanceState(StrEnum):
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


class TaskState(StrEnum):
    CREATED = "CREATED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


class JobState(StrEnum):
    """Of a job: WAITING until its case is resumed."""

    DUE = "DUE"
    WAITING = "WAITING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class IncidentState(StrEnum):
    OPEN = "OPEN"
    RESOLVED = "RESOLVED"


class Resolve(StrEnum):
    """What may be proposed about an incident: past the element, or again with other variables."""

    SKIP = "SKIP"
    CHANGE = "CHANGE"


class MigrationState(StrEnum):
    """Of a case that is to go to another version; FEASIBLE is what a dry run found."""

    WAITING = "WAITING"
    HANDED_OUT = "HANDED_OUT"
    MIGRATED = "MIGRATED"
    FEASIBLE = "FEASIBLE"
    BLOCKED = "BLOCKED"
    UNDONE = "UNDONE"


class Channel(StrEnum):
    """Through which door a command came in."""

    WEB = "WEB"
    API = "API"
    CLI = "CLI"
    WORKER = "WORKER"


class Act(StrEnum):
    """What a person may be allowed to do with a task or a case."""

    START = "START"
    OFFER = "OFFER"
    CLAIM = "CLAIM"
    UNCLAIM = "UNCLAIM"
    ASSIGN = "ASSIGN"
    SAVE_DRAFT = "SAVE_DRAFT"
    COMPLETE = "COMPLETE"
    CANCEL = "CANCEL"
    SUSPEND = "SUSPEND"
    RESUME = "RESUME"
    RETRY = "RETRY"
    PROPOSE = "PROPOSE"
    RESOLVE = "RESOLVE"
    DEPLOY = "DEPLOY"
    PUBLISH = "PUBLISH"
    DRAFT = "DRAFT"
    READ_DRAFT = "READ_DRAFT"
    PROPOSE_VERSION = "PROPOSE_VERSION"
    DECIDE_VERSION = "DECIDE_VERSION"
    READ = "READ"
    REMIND = "REMIND"
    TAKE_OVER = "TAKE_OVER"
    SEND_BACK = "SEND_BACK"
    WITHDRAW = "WITHDRAW"
    DELEGATE = "DELEGATE"
    COMMENT = "COMMENT"
    ASK_EXTENSION = "ASK_EXTENSION"
    EXTEND = "EXTEND"


class StreamKind(StrEnum):
    """Whose history a stream is; `NETWORK` streams collect a day of strangers."""

    INSTANCE = "instance"
    PERSON = "person"
    ACCOUNT = "account"
    DEFINITION = "definition"
    CAMPAIGN = "campaign"
    NETWORK = "network"


@dataclass(frozen=True)
class Actor:
    """Who gives a command.  Without a `person_id`: the platform, or a stranger at a public page."""

    person_id: int | None = None
    channel: Channel = Channel.WORKER
    session_id: str = ""
    address: str = ""

    @property
    def is_platform(self) -> bool:
        """Tell whether the platform itself asks: nobody in person, and nobody at a page either."""
        return self.person_id is None and self.channel in (Channel.CLI, Channel.WORKER)


PLATFORM = Actor()


@dataclass(frozen=True)
class StandIn:
    """Which tasks of somebody who is away are meant; what is empty bounds nothing."""

    processes: frozenset[str] = frozenset()
    lanes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Scope:
    """What a person may see, as lists that a query can use.

    subjects -- persons whose cases are visible; path_prefixes -- units whose cases are;
    groups -- candidate groups whose offered tasks are; exclude_subjects -- never, whatever else;
    stands_in -- who is away, and which of his tasks are this person's meanwhile
    """

    person_id: int | None = None
    subjects: frozenset[int] = frozenset()
    path_prefixes: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    exclude_subjects: frozenset[int] = frozenset()
    stands_in: Mapping[int, StandIn] = field(default_factory=dict)


@dataclass(frozen=True)
class TaskFacts:
    """What a host is told about a task when it is asked whether somebody may act on it."""

    task_id: int
    instance_id: int
    process_key: str
    element_id: str
    lane: str
    subject_id: int | None
    scope_path: str
    assignee_id: int | None
    candidate_group: str | None
    anonymous: bool


@dataclass(frozen=True)
class CaseFacts:
    """What a host is told about a case (or, before it exists, about the process to start)."""

    instance_id: int | None
    process_key: str
    subject_id: int | None
    scope_path: str


@dataclass(frozen=True)
class Receipt:
    """What a person gets back for a task that was accepted.

    parked -- a later automatic step failed and waits for the agency; repeated -- this request had
    been accepted before and nothing was done again.
    """

    task_id: int
    instance_id: int
    case_no: str
    accepted_at: datetime
    parked: bool = False
    repeated: bool = False


@dataclass(frozen=True)
class NewCase:
    """One instance that StartMany or StartInstance is to create; neutral keys only."""

    subject_id: int | None = None
    scope_path: str = ""
    period: str = ""
    title: str = ""
    search_text: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Started:
    instance_id: int
    case_no: str
