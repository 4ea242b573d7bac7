"""The tables of the history: events, their sealed values, and the tree over both."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base, Id, Packed

SEARCHED = "kind NOT IN ('TOKENS_MOVED', 'VARIABLE_CHANGED')"
"""What the indexes for searching the history hold: two thirds of it are steps of machines."""
_BY_PERSON = text(f"{SEARCHED} AND person_id IS NOT NULL")
_FOR_OTHERS = text(f"{SEARCHED} AND on_behalf_of IS NOT NULL")
_SUBMITTED = text(f"{SEARCHED} AND kind = 'TASK_COMPLETED'")


class History(Base):
    """An event: append-only, chained per stream, partitioned by month on PostgreSQL.

    body -- canonical JSON of what no column says: particulars, names of sealed values, and of the
    first event of a command who stands behind it; the command's others name that one's seq in
    `envelope_seq`.  digests -- 32 bytes per sealed value, in the order of their names
    """

    __tablename__ = "history"
    __table_args__ = (
        Index("ix_history_at", "at", postgresql_using="brin"),
        # A search is a range of one of these, read from its end; of one moment the rest is sorted.
        Index(
            "ix_history_kind",
            "kind",
            "at",
            sqlite_where=text(SEARCHED),
            postgresql_where=text(SEARCHED),
        ),
        Index(
            "ix_history_person_id",
            "person_id",
            "at",
            sqlite_where=_BY_PERSON,
            postgresql_where=_BY_PERSON,
        ),
        Index(
            "ix_history_on_behalf_of",
            "at",
            sqlite_where=_FOR_OTHERS,
            postgresql_where=_FOR_OTHERS,
        ),
        Index(
            "ix_history_element_id",
            "element_id",
            "at",
            sqlite_where=_SUBMITTED,
            postgresql_where=_SUBMITTED,
        ),
        {"postgresql_partition_by": "RANGE (at)", "sqlite_with_rowid": False},
    )
    stream_id: Mapped[int] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    envelope_seq: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(Id)
    on_behalf_of: Mapped[int | None] = mapped_column(Id)
    definition_id: Mapped[int | None] = mapped_column(Id)
    task_id: Mapped[int | None] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(40))
    element_id: Mapped[str | None] = mapped_column(String(80))
    outcome: Mapped[str] = mapped_column(String(10))
    body: Mapped[str] = mapped_column(Packed)
    digests: Mapped[bytes | None] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class SealedValue(Base):
    """An erasable value, packed, that an event names only by salted digest."""

    __tablename__ = "sealed_value"
    __table_args__ = ({"sqlite_with_rowid": False},)
    stream_id: Mapped[int] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    value: Mapped[bytes] = mapped_column(LargeBinary)


class TreeBatch(Base):
    """A leaf of the tree over all streams: a stream's events since its leaf before; append-only.

    hash -- the leaf's, 32 bytes, over place and root of the events' hashes
    """

    __tablename__ = "tree_batch"
    __table_args__ = (Index("uq_tree_batch_stream_last", "stream_id", "last_seq", unique=True),)
    position: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    stream_id: Mapped[int] = mapped_column(Id)
    first_seq: Mapped[int]
    last_seq: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class TreeCheckpoint(Base):
    """The signed root of the tree at a size; append-only.

    peaks -- the tree's right edge, 32 bytes each: what it takes to go on from here
    """

    __tablename__ = "tree_checkpoint"
    size: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    peaks: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str] = mapped_column(Text)
