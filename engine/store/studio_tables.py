"""Tables of the studio: drafts of process folders, with everything they once were."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base, Id


class ProcessDraft(Base):
    """A process folder that designers work on: OPEN SUBMITTED PUBLISHED DISCARDED.

    base_id -- the version it was made from; sha256 -- over all its files, scenarios included
    """

    __tablename__ = "process_draft"
    __table_args__ = (Index("ix_process_draft_state", "state", "changed_at", "id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80))  # of its process, as process.bpmn says
    name: Mapped[str] = mapped_column(String(120))
    base_id: Mapped[int | None] = mapped_column(ForeignKey("definition.id"))
    state: Mapped[str] = mapped_column(String(12))
    revision: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    created_by: Mapped[int | None] = mapped_column(Id)
    created_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(Id)
    changed_at: Mapped[datetime]


class ProcessDraftContent(Base):
    """What a file of a draft says, or once said: stored once, byte by byte."""

    __tablename__ = "process_draft_content"
    draft_id: Mapped[int] = mapped_column(ForeignKey("process_draft.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ProcessDraftFile(Base):
    """From which revision on, and until before which, a file had which content."""

    __tablename__ = "process_draft_file"
    draft_id: Mapped[int] = mapped_column(ForeignKey("process_draft.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(200), primary_key=True)
    since: Mapped[int] = mapped_column(primary_key=True)
    until: Mapped[int | None]
    sha256: Mapped[str] = mapped_column(String(64))


class ProcessDraftRevision(Base):
    """Who changed what of a draft when; saves of one person in a row are one revision.

    what -- CREATED SAVED IMPORTED RESTORED; paths -- the files that changed, as JSON
    """

    __tablename__ = "process_draft_revision"
    draft_id: Mapped[int] = mapped_column(ForeignKey("process_draft.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[int | None] = mapped_column(Id)
    began_at: Mapped[datetime]
    at: Mapped[datetime]
    paths: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))


class ProcessDraftCheck(Base):
    """How the scenarios of a draft came out, for one content of it; `result` is JSON.

    passed, failed -- scenarios; left -- those that there was no time for yet
    """

    __tablename__ = "process_draft_check"
    draft_id: Mapped[int] = mapped_column(ForeignKey("process_draft.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    passed: Mapped[int]
    failed: Mapped[int]
    left: Mapped[int]
    result: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class ProcessDryRun(Base):
    """A scenario that a person is playing on a draft, as TOML; source -- the file it came from."""

    __tablename__ = "process_dry_run"
    __table_args__ = (Index("ix_process_dry_run_changed_at", "changed_at"),)
    draft_id: Mapped[int] = mapped_column(ForeignKey("process_draft.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(Id, primary_key=True)
    source: Mapped[str] = mapped_column(String(200))
    story: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    changed_at: Mapped[datetime]


class ProcessPublication(Base):
    """A draft sent for approval, once for each time: SUBMITTED RETURNED PUBLISHED.

    instance_id -- the case that decides; effective_at -- empty: at once; stories -- how many
    scenarios came out as written; note -- why it was returned; approvers -- ids as JSON
    """

    __tablename__ = "process_publication"
    __table_args__ = (
        Index("ix_process_publication_draft_id", "draft_id", "id"),
        Index("ix_process_publication_instance_id", "instance_id"),
        Index("ix_process_publication_definition_id", "definition_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("process_draft.id"))
    revision: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    stories: Mapped[int]
    effective_at: Mapped[datetime | None]
    submitted_by: Mapped[int | None] = mapped_column(Id)
    submitted_at: Mapped[datetime]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"))
    ended_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text)
    approvers: Mapped[str] = mapped_column(Text)
    definition_id: Mapped[int | None] = mapped_column(ForeignKey("definition.id"))
