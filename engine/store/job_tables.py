"""The tables of machine work: jobs, how many per minute, what comes again, and who works."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base, Id

_FREE = text("state = 'DUE' AND leased_until IS NULL")
_LEASED = text("state = 'DUE' AND leased_until IS NOT NULL")


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
            "id",
            sqlite_where=_FREE,
            postgresql_where=_FREE,
        ),
        Index("ix_job_leased", "leased_until", sqlite_where=_LEASED, postgresql_where=_LEASED),
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
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
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
