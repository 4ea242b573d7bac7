"""Backtests: what was asked, and which recorded decisions came out otherwise.  No values here.

What a decision said stays sealed in the history; a list reads it anew, so what is erased is gone.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base, Id


class Backtest(Base):
    """A table of a draft, as of a revision, asked about the decisions of a period.

    same, changed, failed, unreadable -- how many decisions came out so; moves -- JSON: of short
    values, how many went from which to which; missing -- an input that was never recorded
    """

    __tablename__ = "backtest"
    __table_args__ = (Index("ix_backtest_draft_id", "draft_id", "id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("process_draft.id"))
    revision: Mapped[int]
    key: Mapped[str] = mapped_column(String(80))
    path: Mapped[str] = mapped_column(String(200))
    decision: Mapped[str] = mapped_column(String(120))
    since: Mapped[datetime]
    until: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(Id)
    asked_at: Mapped[datetime]
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    same: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    unreadable: Mapped[int] = mapped_column(default=0)
    missing: Mapped[str] = mapped_column(Text, default="")
    moves: Mapped[str] = mapped_column(Text, default="{}")


class BacktestCase(Base):
    """A recorded decision that was asked again, by its place in the history."""

    __tablename__ = "backtest_case"
    __table_args__ = (Index("ix_backtest_case_changed", "backtest_id", "changed", "stream_id"),)
    backtest_id: Mapped[int] = mapped_column(ForeignKey("backtest.id"), primary_key=True)
    stream_id: Mapped[int] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(Id)
    office_path: Mapped[str] = mapped_column(String(200))
    changed: Mapped[bool]
