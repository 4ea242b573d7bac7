"""Units, persons, posts and what connects them on a day.

`valid_to` is the last valid day; `hr.columns.FOREVER` stands for "no end known".
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine import Base
from hr.columns import FOREVER


class Unit(Base):
    """A node of the city's structure; its path names all units above it: `/01/03/`."""

    __tablename__ = "unit"
    __table_args__ = (
        Index("uq_unit_path", "path", unique=True),
        Index("uq_unit_code", "code", unique=True),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(
        String(12)
    )  # OFFICE, DIVISION, SECTION, SCHOOL, CLINIC, VILLAGE
    code: Mapped[str | None] = mapped_column(String(40))  # in the system that people come from
    time_zone: Mapped[str | None] = mapped_column(String(40))  # its own; None: as above it
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date, default=FOREVER)


class Person(Base):
    """A civil servant, PNS or PPPK."""

    __tablename__ = "person"
    __table_args__ = (
        Index("uq_person_nip", "nip", unique=True),
        Index("ix_person_name", "name"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    nip: Mapped[str] = mapped_column(String(18))
    name: Mapped[str] = mapped_column(String(160))
    sex: Mapped[str] = mapped_column(String(1))  # M or F
    born_on: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(String(4))  # PNS or PPPK
    education: Mapped[str] = mapped_column(String(12))
    email: Mapped[str] = mapped_column(String(160))
    phone: Mapped[str] = mapped_column(String(30), default="")
    synthetic: Mapped[bool] = mapped_column(Boolean, default=False)
    joined_on: Mapped[date] = mapped_column(Date)
    left_on: Mapped[date] = mapped_column(Date, default=FOREVER)  # the last day of service
    erased_on: Mapped[date | None] = mapped_column(Date)


class PersonRank(Base):
    """Which rank (golongan ruang) a person had from when to when."""

    __tablename__ = "person_rank"
    __table_args__ = (Index("ix_person_rank_person_id", "person_id", "valid_from"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    rank: Mapped[str] = mapped_column(String(8))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date, default=FOREVER)


class Post(Base):
    """A post (jabatan) of a unit, and the post whose holder rated those who held it at first."""

    __tablename__ = "post"
    __table_args__ = (
        Index("ix_post_unit_id", "unit_id"),
        Index("ix_post_rater_post_id", "rater_post_id"),
        Index("uq_post_code", "code", unique=True),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    rater_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    title: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(16))  # JPT ADMINISTRATOR PENGAWAS PELAKSANA JF
    grade: Mapped[int]  # kelas jabatan 1-17
    seats: Mapped[int] = mapped_column(default=1)
    code: Mapped[str | None] = mapped_column(String(40))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date, default=FOREVER)


class PostLine(Base):
    """Which post rates a post from a day on, where that is no longer what it was at first."""

    __tablename__ = "post_line"
    __table_args__ = (
        Index("ix_post_line_post_id", "post_id", "valid_from"),
        Index("ix_post_line_rater_post_id", "rater_post_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    rater_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date, default=FOREVER)


class Holding(Base):
    """Who holds a post definitively, from when to when."""

    __tablename__ = "holding"
    __table_args__ = (
        Index("ix_holding_person_id", "person_id", "valid_from"),
        Index("ix_holding_post_id", "post_id", "valid_from"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date, default=FOREVER)


class ActingOfficial(Base):
    """Who acts in a post: PLT in a vacant one, PLH for a holder who is away."""

    __tablename__ = "acting_official"
    __table_args__ = (
        Index("ix_acting_official_person_id", "person_id"),
        Index("ix_acting_official_post_id", "post_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    kind: Mapped[str] = mapped_column(String(3))
    decree: Mapped[str] = mapped_column(String(80), default="")
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date)


class ProxyEntry(Base):
    """For whom the office's personnel officer may fill in forms: he has no account, or no phone."""

    __tablename__ = "proxy_entry"
    __table_args__ = (Index("ix_proxy_entry_person_id", "person_id", "valid_to"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(400))
    set_by: Mapped[int | None]
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date)


class RoleGrant(Base):
    """A role somebody was given: HRO for a unit, the others for the whole city (unit empty)."""

    __tablename__ = "role_grant"
    __table_args__ = (
        Index("ix_role_grant_person_id", "person_id"),
        Index("ix_role_grant_role", "role", "unit_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(4))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date, default=FOREVER)
