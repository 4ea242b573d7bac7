"""One row per final annual result, and one per file in which such rows left the house."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base, Id


class SiasnFile(Base):
    """Rows of a year that were handed out together; `sha256` is that of its CSV."""

    __tablename__ = "siasn_file"
    __table_args__ = (Index("ix_siasn_file_year", "year"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(Id)
    lines: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))


class SiasnResult(Base):
    """What became final in a case; `fields` is what was handed out of it, empty before."""

    __tablename__ = "siasn_result"
    __table_args__ = (
        Index("ix_siasn_result_year", "year", "file_id"),
        Index("ix_siasn_result_person_id", "person_id", "year"),
        Index("ix_siasn_result_file_id", "file_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(Id)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    year: Mapped[int]
    rater_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    result_rating: Mapped[str] = mapped_column(String(6))
    behaviour_rating: Mapped[str] = mapped_column(String(6))
    predicate: Mapped[str] = mapped_column(String(2))
    prepared_at: Mapped[datetime]
    superseded: Mapped[bool] = mapped_column(Boolean, default=False)  # by a later decision
    file_id: Mapped[int | None] = mapped_column(ForeignKey("siasn_file.id"))
    fields: Mapped[str] = mapped_column(Text, default="")  # JSON
