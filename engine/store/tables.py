"""The engine's tables, one class each, for the statements of `engine.store` and the queries.

JSON is kept as exact text (decimals keep their digits); moments are UTC; `sha256` is hex text.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base, Id
from engine.store.history_tables import (
    SEARCHED,
    History,
    SealedValue,
    TreeBatch,
    TreeCheckpoint,
)
from engine.store.job_tables import Job, JobLimit, Schedule, WorkerRow

# The others are declared here.
__all__ = [
    "SEARCHED",
    "History",
    "Job",
    "JobLimit",
    "Schedule",
    "SealedValue",
    "TreeBatch",
    "TreeCheckpoint",
    "WorkerRow",
]

_OPEN = text("state = 'CREATED'")
_OFFERED = text("state = 'CREATED' AND assignee_id IS NULL AND candidate_group IS NOT NULL")
_TAKEN = text("state = 'CREATED' AND assignee_id IS NOT NULL AND candidate_group IS NOT NULL")
_DONE = text("state = 'COMPLETED' AND completed_by IS NOT NULL")
_OWNED = text("state = 'CREATED' AND owner_id IS NOT NULL")
_NOT_HELD = text("NOT held")


class Deployment(Base):
    """One act of making definitions available."""

    __tablename__ = "deployment"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(Text)


class Resource(Base):
    """A file of a definition, stored once by content and handed back byte by byte."""

    __tablename__ = "resource"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Definition(Base):
    """A process definition: key + version, immutable."""

    __tablename__ = "definition"
    __table_args__ = (Index("uq_definition_key_version", "key", "version", unique=True),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(String(20))  # begins its case numbers: P04
    sha256: Mapped[str] = mapped_column(String(64))
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    at: Mapped[datetime]


class DefinitionFile(Base):
    """Which files, by content, a definition is made of."""

    __tablename__ = "definition_file"
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(200), primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("resource.sha256"))


class Stream(Base):
    """A chain of history events.  Its row is the lock that orders them.

    key -- a person's or account's id, a definition's key, a campaign; random for an instance's own
    """

    __tablename__ = "stream"
    __table_args__ = (Index("uq_stream_kind_key", "kind", "key", unique=True),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(80))
    head_seq: Mapped[int] = mapped_column(default=0)
    head_hash: Mapped[bytes] = mapped_column(LargeBinary, default=b"")


class Instance(Base):
    """A process instance (a case) and where it stands."""

    __tablename__ = "instance"
    __table_args__ = (
        Index("uq_instance_case_no", "case_no", unique=True),
        Index("ix_instance_subject_id", "subject_id"),
        Index("ix_instance_campaign", "campaign", "subject_id", unique=True),
        Index("uq_instance_stream_id", "stream_id", unique=True),
        Index("ix_instance_process_key_period", "process_key", "period", "id"),
        Index("uq_instance_request_digest", "request_digest", unique=True),
        Index(
            "ix_instance_root_id",
            "root_id",
            sqlite_where=text("root_id IS NOT NULL"),
            postgresql_where=text("root_id IS NOT NULL"),
        ),
        Index(
            "ix_instance_suspended_at",
            "suspended_at",
            sqlite_where=text("suspended_at IS NOT NULL"),
            postgresql_where=text("suspended_at IS NOT NULL"),
        ),
        {"postgresql_with": {"fillfactor": "85"}},
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    process_key: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(12))
    case_no: Mapped[str | None] = mapped_column(String(40))  # given last, when the start is sure
    root_id: Mapped[int | None] = mapped_column(
        Id
    )  # the root case, for called and messaged instances
    campaign: Mapped[str | None] = mapped_column(String(80))
    request_digest: Mapped[str | None] = mapped_column(String(64))  # of the click that began it
    subject_id: Mapped[int | None] = mapped_column(Id)
    scope_path: Mapped[str] = mapped_column(String(200))
    period: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(Text)
    search_text: Mapped[str] = mapped_column(Text)
    stream_id: Mapped[int] = mapped_column(ForeignKey("stream.id"))
    started_by: Mapped[int | None] = mapped_column(Id)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    moves: Mapped[int] = mapped_column(default=0)  # by timers and messages since `moves_since`
    moves_since: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=0)
    header: Mapped[bytes] = mapped_column(LargeBinary)


class Value(Base):
    """A big value of an instance: immutable, known by its content."""

    __tablename__ = "value"
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Task(Base):
    """A user task: the inbox reads this table."""

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_instance_id", "instance_id"),
        Index(
            "ix_task_assignee",
            "assignee_id",
            "order_at",
            "id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        # Three lists of a group's inbox are three ranges of an index: what is free, what somebody
        # has, what somebody did.
        Index(
            "ix_task_offered",
            "candidate_group",
            "order_at",
            "id",
            sqlite_where=_OFFERED,
            postgresql_where=_OFFERED,
        ),
        Index(
            "ix_task_taken",
            "candidate_group",
            "order_at",
            "id",
            sqlite_where=_TAKEN,
            postgresql_where=_TAKEN,
        ),
        Index("ix_task_done", "completed_by", "id", sqlite_where=_DONE, postgresql_where=_DONE),
        Index("ix_task_owner", "owner_id", sqlite_where=_OWNED, postgresql_where=_OWNED),
        Index("ix_task_next_step", "next_step_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"))
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    process_key: Mapped[str] = mapped_column(String(80))
    element_id: Mapped[str] = mapped_column(String(80))
    token: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    lane: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(Text)
    form_key: Mapped[str | None] = mapped_column(String(80))
    assignee_id: Mapped[int | None] = mapped_column(Id)
    candidate_group: Mapped[str | None] = mapped_column(String(80))
    owner_id: Mapped[int | None] = mapped_column(Id)  # decides, while the assignee only looks
    due_at: Mapped[datetime | None]
    order_at: Mapped[datetime]  # the due date, or the end of time: what the inbox is sorted by
    escalation: Mapped[str] = mapped_column(String(20))
    escalation_step: Mapped[int] = mapped_column(default=0)
    next_step_at: Mapped[datetime | None]
    escalated_from: Mapped[int | None] = mapped_column(Id)
    reminded_at: Mapped[datetime | None]  # by a person, not by a policy
    anonymous: Mapped[bool] = mapped_column(default=False)
    pseudonym: Mapped[str | None] = mapped_column(String(12))
    masked_person: Mapped[bytes | None] = mapped_column(
        LargeBinary
    )  # to the unmask key, once given
    case_no: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None] = mapped_column(Id)
    scope_path: Mapped[str] = mapped_column(String(200))
    period: Mapped[str] = mapped_column(String(20))
    case_title: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    completed_by: Mapped[int | None] = mapped_column(Id)
    on_behalf_of: Mapped[int | None] = mapped_column(Id)
    request_digest: Mapped[str | None] = mapped_column(String(64))
    parked: Mapped[bool] = mapped_column(default=False)  # a later step failed after this
    suspended: Mapped[bool] = mapped_column(default=False)  # with its case


class Draft(Base):
    """What somebody has typed and not yet submitted; never process data."""

    __tablename__ = "draft"
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(Id, primary_key=True)
    answers: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]


class Timer(Base):
    """A token that waits for a moment: the due-time index.

    held -- it could not be fired, and a job tries again
    """

    __tablename__ = "timer"
    __table_args__ = (
        Index("ix_timer_due_at", "due_at", sqlite_where=_NOT_HELD, postgresql_where=_NOT_HELD),
    )
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    token: Mapped[int] = mapped_column(primary_key=True)
    element_id: Mapped[str] = mapped_column(String(80))
    due_at: Mapped[datetime]
    held: Mapped[bool] = mapped_column(default=False)


class Subscription(Base):
    """A token that waits for a message or a signal; `kind` says which."""

    __tablename__ = "subscription"
    __table_args__ = (Index("ix_subscription_name_correlation", "name", "correlation"),)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    token: Mapped[int] = mapped_column(primary_key=True)
    element_id: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(120))
    correlation: Mapped[str] = mapped_column(String(200))


class Message(Base):
    """A message, kept for late catchers until it expires, or a signal: nobody catches it late."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_name_correlation", "name", "correlation"),
        Index("ix_message_expires_at", "expires_at"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(120))
    correlation: Mapped[str] = mapped_column(String(200))
    payload: Mapped[str] = mapped_column(Text)
    source_id: Mapped[int | None] = mapped_column(Id)
    published_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class MessageStart(Base):
    """Which processes a message or signal starts: as the newest version of each says."""

    __tablename__ = "message_start"
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    process_key: Mapped[str] = mapped_column(String(80), primary_key=True)


class MessageCatch(Base):
    """Which instance caught which message: once."""

    __tablename__ = "message_catch"
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True)


class MessageTarget(Base):
    """An instance that waited when a message or signal went out, and has no job for it yet.

    token -- the last of its tokens that waited then; whatever began to wait later is not meant
    """

    __tablename__ = "message_target"
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    token: Mapped[int]


class Call(Base):
    """A token that waits for a case of another definition.

    child_id -- that case, once it is started; inherits -- its lanes go to the caller's people;
    depth -- how many cases call each other above it; payload -- the variables it begins with
    """

    __tablename__ = "call"
    __table_args__ = (Index("uq_call_child_id", "child_id", unique=True),)
    parent_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    token: Mapped[int] = mapped_column(primary_key=True)
    root_id: Mapped[int | None] = mapped_column(Id)  # of the caller
    child_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"))
    element_id: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(80))
    binding: Mapped[str] = mapped_column(String(12))
    inherits: Mapped[bool]
    depth: Mapped[int]
    payload: Mapped[str] = mapped_column(Text)


class DefinitionCall(Base):
    """The version that was newest, or named, when a definition with a call was deployed."""

    __tablename__ = "definition_call"
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"), primary_key=True)
    element_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    called_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))


class Incident(Base):
    """A token parked before an element that failed."""

    __tablename__ = "incident"
    __table_args__ = (
        Index("ix_incident_instance_id", "instance_id"),
        Index("ix_incident_state", "state", "opened_at"),
        Index("ix_incident_job_id", "job_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"))
    job_id: Mapped[int | None] = mapped_column(Id)
    token: Mapped[int | None]
    element_id: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    message: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[int | None] = mapped_column(Id)


class Resolution(Base):
    """What somebody proposes to do about an incident, and what another one says to that.

    action -- SKIP or CHANGE; given -- JSON of the values, by variable
    """

    __tablename__ = "resolution"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_persons"),
        Index("ix_resolution_incident_id", "incident_id"),
        Index(
            "uq_resolution_open",
            "incident_id",
            unique=True,
            sqlite_where=text("state = 'PROPOSED'"),
            postgresql_where=text("state = 'PROPOSED'"),
        ),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    action: Mapped[str] = mapped_column(String(8))
    given: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    proposed_by: Mapped[int | None] = mapped_column(Id)
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(Id)
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(Text, default="")


class Counter(Base):
    """The next gapless case number of a process and period; locked last in a transaction."""

    __tablename__ = "counter"
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    next_value: Mapped[int]


class MigrationBatch(Base):
    """Cases were to go from one version of a definition to another: what was asked for, and why.

    rename, retime -- JSON; dry_run -- nothing was changed by it
    """

    __tablename__ = "migration_batch"
    __table_args__ = (Index("uq_migration_batch_request_digest", "request_digest", unique=True),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    rename: Mapped[str] = mapped_column(Text)
    retime: Mapped[str] = mapped_column(Text)
    dry_run: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    request_digest: Mapped[str] = mapped_column(String(64))
    asked_by: Mapped[int | None] = mapped_column(Id)
    asked_at: Mapped[datetime]


class MigrationCase(Base):
    """What became of one case of a batch.

    said -- JSON: what stood in the way, what is lost; revision -- of the instance right afterwards;
    previous, waited -- its header, and JSON of its rows, as they were, while it can go back
    """

    __tablename__ = "migration_case"
    __table_args__ = (
        Index("uq_migration_case_batch_instance", "batch_id", "instance_id", unique=True),
        Index("ix_migration_case_instance_id", "instance_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("migration_batch.id"))
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"))
    state: Mapped[str] = mapped_column(String(12))
    said: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime | None]
    revision: Mapped[int | None]
    previous: Mapped[bytes | None] = mapped_column(LargeBinary)
    waited: Mapped[str | None] = mapped_column(Text)
