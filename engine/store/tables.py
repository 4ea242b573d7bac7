"""The engine's tables, one class each, for the statements of `engine.store` and the queries.

JSON is kept as exact text (decimals keep their digits); moments are UTC; `sha256` is hex text.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base, Id

_OPEN = text("state = 'CREATED'")
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
    head_hash: Mapped[str] = mapped_column(String(64), default="")


class Instance(Base):
    """A process instance (a case) and where it stands."""

    __tablename__ = "instance"
    __table_args__ = (
        Index("uq_instance_case_no", "case_no", unique=True),
        Index("ix_instance_subject_id", "subject_id"),
        Index("ix_instance_campaign", "campaign", "subject_id", unique=True),
        Index("uq_instance_request_digest", "request_digest", unique=True),
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
        Index(
            "ix_task_group",
            "candidate_group",
            "order_at",
            "id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_task_next_step", "next_step_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        {"postgresql_with": {"fillfactor": "85"}},
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
    due_at: Mapped[datetime | None]
    order_at: Mapped[datetime]  # the due date, or the end of time: what the inbox is sorted by
    escalation: Mapped[str] = mapped_column(String(20))
    escalation_step: Mapped[int] = mapped_column(default=0)
    next_step_at: Mapped[datetime | None]
    escalated_from: Mapped[int | None] = mapped_column(Id)
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
    """A token that waits for a message."""

    __tablename__ = "subscription"
    __table_args__ = (Index("ix_subscription_name_correlation", "name", "correlation"),)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    token: Mapped[int] = mapped_column(primary_key=True)
    element_id: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))
    correlation: Mapped[str] = mapped_column(String(200))


class Message(Base):
    """A published message, kept for late catchers until it expires."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_name_correlation", "name", "correlation"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    correlation: Mapped[str] = mapped_column(String(200))
    payload: Mapped[str] = mapped_column(Text)
    source_id: Mapped[int | None] = mapped_column(Id)
    published_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class MessageCatch(Base):
    """Which instance caught which message: once."""

    __tablename__ = "message_catch"
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True)


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


class Job(Base):
    """Machine work with due time and retries; written in the transaction that wants it.

    A job in work is still DUE: `worker` has it until `leased_until`, and then anybody may take it.

    format -- the oldest worker that understands it; group_key -- work that is shown as one, such
    as a campaign; progress_total is None where nobody knows
    """

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "ix_job_due",
            "priority",
            "run_at",
            sqlite_where=text("state = 'DUE'"),
            postgresql_where=text("state = 'DUE'"),
        ),
        Index("uq_job_dedup_key", "dedup_key", unique=True),
        Index("ix_job_finished", "finished_at"),
        Index("ix_job_group_key", "group_key"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    priority: Mapped[int] = mapped_column(default=5)
    run_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    worker: Mapped[str | None] = mapped_column(String(80))
    format: Mapped[int] = mapped_column(default=1)
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=8)
    dedup_key: Mapped[str | None] = mapped_column(String(120))
    group_key: Mapped[str | None] = mapped_column(String(120))
    progress_done: Mapped[int] = mapped_column(default=0)
    progress_total: Mapped[int | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class JobLimit(Base):
    """How many jobs of a kind may begin per minute, over all workers; `free_at`: the next may."""

    __tablename__ = "job_limit"
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    per_minute: Mapped[int]
    free_at: Mapped[datetime]


class Schedule(Base):
    """A job that comes again and again, by a rule such as `monthly workday 1 06:00`."""

    __tablename__ = "schedule"
    __table_args__ = (Index("ix_schedule_next_at", "next_at"),)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    rule: Mapped[str] = mapped_column(String(80))
    enabled: Mapped[bool] = mapped_column(default=True)
    next_at: Mapped[datetime]
    last_run: Mapped[datetime | None]
    last_job_id: Mapped[int | None] = mapped_column(Id)


class WorkerRow(Base):
    """A process that works off jobs, or did; silent for long, it is dead."""

    __tablename__ = "worker"
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    executor: Mapped[str] = mapped_column(String(12))
    host: Mapped[str] = mapped_column(String(80))
    pid: Mapped[int]
    format: Mapped[int]
    started_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    jobs_done: Mapped[int] = mapped_column(default=0)


class Counter(Base):
    """The next gapless case number of a process and period; locked last in a transaction."""

    __tablename__ = "counter"
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    next_value: Mapped[int]


class History(Base):
    """An event: append-only, chained per stream, partitioned by month on PostgreSQL."""

    __tablename__ = "history"
    __table_args__ = (
        Index("ix_history_at", "at"),
        {"postgresql_partition_by": "RANGE (at)", "sqlite_with_rowid": False},
    )
    stream_id: Mapped[int] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int | None] = mapped_column(Id)
    on_behalf_of: Mapped[int | None] = mapped_column(Id)
    definition_id: Mapped[int | None] = mapped_column(Id)
    element_id: Mapped[str | None] = mapped_column(String(80))
    task_id: Mapped[int | None] = mapped_column(Id)
    outcome: Mapped[str] = mapped_column(String(10))
    body: Mapped[str] = mapped_column(
        Text
    )  # canonical JSON of the whole event: what the hash covers
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class SealedValue(Base):
    """An erasable value that an event names only by salted digest."""

    __tablename__ = "sealed_value"
    stream_id: Mapped[int] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    value: Mapped[str] = mapped_column(Text)
