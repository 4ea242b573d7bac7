"""The table of what is proposed about versions: that one is retired, that cases go to another."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base, Id

_WAITS = text("state = 'PROPOSED'")


class VersionProposal(Base):
    """What one person proposes about a version, and what another one says to that.

    kind -- RETIRE or MIGRATE; state -- PROPOSED APPROVED REFUSED WITHDRAWN
    to_id, rename, retime, instances -- of a migration, the last three as JSON; instances -- null:
    every open case; batch_id -- what came of it
    """

    __tablename__ = "version_proposal"
    __table_args__ = (
        CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by OR state = 'WITHDRAWN'",
            name="two_persons",
        ),
        Index("ix_version_proposal_key", "key", "id"),
        Index(
            "uq_version_proposal_open",
            "definition_id",
            "kind",
            unique=True,
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
        Index("ix_version_proposal_definition_id", "definition_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    key: Mapped[str] = mapped_column(String(80))
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    to_id: Mapped[int | None] = mapped_column(ForeignKey("definition.id"))
    rename: Mapped[str] = mapped_column(Text)
    retime: Mapped[str] = mapped_column(Text)
    instances: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    proposed_by: Mapped[int | None] = mapped_column(Id)
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(Id)
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(Text)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("migration_batch.id"))
