"""One row per person and year: how both sides rated, what was proposed, what became final."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base, Id
from hr.columns import Amount


class Appraisal(Base):
    """A person's appraisal of a year; `office_path` is the office that calibrates it."""

    __tablename__ = "appraisal"
    __table_args__ = (
        Index("uq_appraisal_instance_id", "instance_id", unique=True),
        Index("ix_appraisal_person_id", "person_id", "period"),
        Index("ix_appraisal_office_path", "office_path", "period", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(Id)
    case_no: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    period: Mapped[str] = mapped_column(String(6))  # the year
    office_path: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12))  # PROPOSED CALIBRATED LOCKED UNRATED
    reason_code: Mapped[str] = mapped_column(String(20), default="")  # why there is no predicate
    rater_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    rater_predicate: Mapped[str] = mapped_column(String(2), default="")
    sampled: Mapped[bool] = mapped_column(Boolean, default=False)
    sampled_because: Mapped[str] = mapped_column(String(20), default="")
    team_predicate: Mapped[str] = mapped_column(String(2), default="")
    levels_apart: Mapped[int] = mapped_column(default=0)  # of the two, in steps of the predicate
    result_rating: Mapped[str] = mapped_column(String(6), default="")  # as it stands now
    behaviour_rating: Mapped[str] = mapped_column(String(6), default="")
    predicate: Mapped[str] = mapped_column(String(2), default="")
    proposed: Mapped[str] = mapped_column(String(2), default="")  # before the calibration
    result_score: Mapped[Amount]
    behaviour_score: Mapped[Amount]
    potential: Mapped[Amount | None]  # 0 to 100 when the year became final; none where unmeasured
    talent_box: Mapped[int | None]  # DT13, 1 to 9
    flags: Mapped[str] = mapped_column(Text, default="[]")  # JSON: codes of DT20
    reason: Mapped[str] = mapped_column(Text, default="")  # of the newest change
    proposed_at: Mapped[datetime]
    calibrated_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]
