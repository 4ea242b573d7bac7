"""Tables of what people do around their tasks: time spent, undoing, comments, later due dates."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base, Id

_ASKED = text("state = 'ASKED'")


class TaskTime(Base):
    """How long a task's form was open and typed in; person 0 where nobody may know whose it was."""

    __tablename__ = "task_time"
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(Id, primary_key=True)
    open_seconds: Mapped[int]
    active_seconds: Mapped[int]


class Undo(Base):
    """The state before the newest submission of a case, while that may be withdrawn.

    seq -- the end of the case's stream after the submission: nothing may have followed
    """

    __tablename__ = "undo"
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    task_id: Mapped[int] = mapped_column(Id)
    seq: Mapped[int]
    header: Mapped[bytes] = mapped_column(LargeBinary)


class Comment(Base):
    """What somebody said about a case beside its forms.

    kind -- SAID; BACK: why it was sent back; ASKED, LOOKED: between who decides and who looks
    """

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_instance_id", "instance_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    person_id: Mapped[int] = mapped_column(Id)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)


class Extension(Base):
    """A later due date that somebody asked for, and what came of it: ASKED GRANTED REFUSED."""

    __tablename__ = "extension"
    __table_args__ = (
        Index("ix_extension_task_id", "task_id"),
        Index("ix_extension_approver", "approver_id", sqlite_where=_ASKED, postgresql_where=_ASKED),
        Index("ix_extension_group", "approver_group", sqlite_where=_ASKED, postgresql_where=_ASKED),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    asked_by: Mapped[int] = mapped_column(Id)
    asked_at: Mapped[datetime]
    wanted_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8))
    approver_id: Mapped[int | None] = mapped_column(Id)
    approver_group: Mapped[str | None] = mapped_column(String(80))
    decided_by: Mapped[int | None] = mapped_column(Id)
    decided_at: Mapped[datetime | None]
