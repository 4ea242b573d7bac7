"""Statements on competences, the catalogue, seats, budget and referrals."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from hr.development.rules import OPEN, RANKS, SET, free_number
from hr.development.tables import (
    Competence,
    CompetenceLevel,
    CompetenceStandard,
    Course,
    CourseSeat,
    CourseSession,
    CourseWait,
    LearningCredit,
    Referral,
    TrainingBudget,
    TrainingSignal,
)
from hr.directory.tables import Holding, Person, Post, Unit
from hr.statements import Row, add_one, first, rows

_Dated = type[Holding] | type[CompetenceStandard] | type[CompetenceLevel]


def _on(table: _Dated, day: date) -> ColumnElement[bool]:
    return and_(table.valid_from <= day, table.valid_to >= day)


def _gaps(day: date) -> Select[int, str, int, int]:
    standard = CompetenceStandard
    return _measured(day).having(func.max(standard.level) > CompetenceLevel.level)


def _measured(day: date) -> Select[int, str, int, int]:
    level, standard = CompetenceLevel, CompetenceStandard
    needed = func.max(standard.level)
    known = and_(
        level.person_id == Holding.person_id,
        level.competence == standard.competence,
        _on(level, day),
    )
    return (
        select(
            Holding.person_id,
            standard.competence,
            level.level.label("level_now"),
            needed.label("level_needed"),
        )
        .join(standard, and_(standard.post_id == Holding.post_id, _on(standard, day)))
        .join(level, known)
        .where(_on(Holding, day))
        .group_by(Holding.person_id, standard.competence, level.level)
    )


def measured(connection: Connection, ids: Collection[int], day: date) -> list[Row]:
    """Read which levels persons have of what their posts ask for on a day."""
    return rows(connection, _measured(day).where(Holding.person_id.in_(ids)))


def gaps_of(connection: Connection, ids: Collection[int], day: date) -> list[Row]:
    """Read the gaps of persons on a day."""
    return rows(connection, _gaps(day).where(Holding.person_id.in_(ids)))


def gaps_below(connection: Connection, path: str, competence: str, day: date) -> list[Row]:
    """Read the gaps in a competence of everybody under a scope path."""
    found = (
        _gaps(day)
        .join(Post, Post.id == Holding.post_id)
        .join(Unit, Unit.id == Post.unit_id)
        .where(
            Unit.path.startswith(path, autoescape=True), CompetenceStandard.competence == competence
        )
    )
    return rows(connection, found)


def competence_names(connection: Connection, codes: Collection[str]) -> dict[str, str]:
    """Read the names of competences by code."""
    found = select(Competence.code, Competence.name).where(Competence.code.in_(codes))
    return {row["code"]: row["name"] for row in rows(connection, found)}


def signals(connection: Connection, person_id: int, since: date, until: date) -> list[Row]:
    """Read what was noted about a person, the newest first."""
    found = select(*TrainingSignal.__table__.c).where(
        TrainingSignal.person_id == person_id, TrainingSignal.noted_on.between(since, until)
    )
    newest = (TrainingSignal.noted_on.desc(), TrainingSignal.id.desc())
    return rows(connection, found.order_by(*newest))


def leading_since(
    connection: Connection, person_id: int, kinds: Collection[str], day: date
) -> date | None:
    """Read since when a person has held managerial posts, or None for somebody who holds none."""
    held = select(func.min(Holding.valid_from), func.max(Holding.valid_to)).join(
        Post, Post.id == Holding.post_id
    )
    found = connection.execute(
        held.where(Holding.person_id == person_id, Post.kind.in_(kinds), Holding.valid_from <= day)
    ).one()
    return found[0] if found[1] is not None and found[1] >= day else None


def last_courses(connection: Connection, person_id: int) -> list[Row]:
    """Read when a person last learned about each competence, the longest ago first."""
    last = func.max(LearningCredit.completed_on)
    found = select(LearningCredit.competence, last.label("completed_on")).where(
        LearningCredit.person_id == person_id
    )
    return rows(connection, found.group_by(LearningCredit.competence).order_by(last))


def hours(connection: Connection, ids: Collection[int], year: int) -> dict[int, int]:
    """Read the learning hours of persons in a year: completed, and booked by a set referral."""
    span = LearningCredit.completed_on.between(date(year, 1, 1), date(year, 12, 31))
    done = select(LearningCredit.person_id, LearningCredit.learning_hours).where(
        LearningCredit.person_id.in_(ids), span
    )
    booked = select(Referral.person_id, Referral.learning_hours).where(
        Referral.person_id.in_(ids), Referral.state == SET, Referral.year == year
    )
    both = done.union_all(booked).subquery()
    summed = select(both.c.person_id, func.sum(both.c.learning_hours).label("hours"))
    found = rows(connection, summed.group_by(both.c.person_id))
    return {row["person_id"]: int(row["hours"] or 0) for row in found}


# ---- catalogue and seats


def courses(
    connection: Connection, day: date, competence: str | None = None, above: int = 0
) -> list[Row]:
    """Read the courses on offer, for a competence and above a level; the lowest level first."""
    found = select(*Course.__table__.c).where(Course.valid_to >= day, Course.level > above)
    if competence is not None:
        found = found.where(Course.competence == competence)
    return rows(connection, found.order_by(Course.competence, Course.level, Course.cost, Course.id))


def course(connection: Connection, number: int, *, lock: bool = False) -> Row | None:
    """Read a course; locked, its queue and its sessions do not change in between."""
    found = select(*Course.__table__.c).where(Course.id == number)
    return first(connection, found.with_for_update() if lock else found)


def course_of(connection: Connection, session_id: int) -> int | None:
    """Read which course a session is of."""
    found = select(CourseSession.course_id).where(CourseSession.id == session_id)
    return connection.execute(found).scalar_one_or_none()


def sessions(connection: Connection, course_ids: Collection[int], after: date) -> list[Row]:
    """Read the sessions of courses that begin after a day, with `taken` seats, in order of time."""
    taken = (
        select(func.count())
        .where(CourseSeat.session_id == CourseSession.id)
        .scalar_subquery()
        .label("taken")
    )
    found = select(*CourseSession.__table__.c, taken).where(
        CourseSession.course_id.in_(course_ids), CourseSession.starts_on > after
    )
    return rows(connection, found.order_by(CourseSession.starts_on, CourseSession.id))


def lock_session(connection: Connection, number: int) -> Row | None:
    """Read a session and keep others from its seats until the transaction ends."""
    found = select(*CourseSession.__table__.c).where(CourseSession.id == number)
    return first(connection, found.with_for_update())


def taken(connection: Connection, session_id: int) -> list[int]:
    """Read the numbers of a session's given seats."""
    found = select(CourseSeat.number).where(CourseSeat.session_id == session_id)
    return list(connection.execute(found).scalars())


def give_seat(
    connection: Connection, session_id: int, referral: Mapping[str, Any], now: datetime
) -> int | None:
    """Give a referral the lowest free seat of a session, under the session's lock, or None."""
    session = lock_session(connection, session_id)
    if session is None:
        return None
    number = free_number(taken(connection, session_id), session["seats"])
    if number is not None:
        row = {
            "session_id": session_id,
            "number": number,
            "person_id": referral["person_id"],
            "referral_id": referral["id"],
            "given_at": now,
        }
        connection.execute(insert(CourseSeat), row)
        stop_waiting(connection, referral["id"])
        change_referral(connection, referral["id"], course_id=session["course_id"])
    return number


def wait(connection: Connection, course_id: int, referral: Mapping[str, Any], now: datetime) -> int:
    """Put a referral into the queue of a course, and give its place in it."""
    stop_waiting(connection, referral["id"])
    row = {
        "referral_id": referral["id"],
        "course_id": course_id,
        "person_id": referral["person_id"],
        "rank": RANKS[referral["priority"]],
        "since": now,
    }
    connection.execute(insert(CourseWait), row)
    change_referral(connection, referral["id"], course_id=course_id)
    before = or_(
        CourseWait.rank < row["rank"],
        and_(CourseWait.rank == row["rank"], CourseWait.since <= now),
    )
    queue = select(func.count()).where(CourseWait.course_id == course_id, before)
    return int(connection.execute(queue).scalar_one())


def pass_on(connection: Connection, session_id: int, now: datetime) -> int | None:
    """Give a session's free seat to who waits longest for its course; tell to which referral."""
    session = lock_session(connection, session_id)
    if session is None:
        return None
    for waiter in waiting(connection, session["course_id"], 1):
        referral = {"id": waiter["referral_id"], "person_id": waiter["person_id"]}
        if give_seat(connection, session_id, referral, now) is not None:
            return int(waiter["referral_id"])
    return None


def seat_of(connection: Connection, referral_id: int) -> Row | None:
    """Read the seat that a referral was given, with its session."""
    found = (
        select(CourseSeat.number, *CourseSession.__table__.c)
        .join(CourseSession, CourseSession.id == CourseSeat.session_id)
        .where(CourseSeat.referral_id == referral_id)
    )
    return first(connection, found)


def drop_seat(connection: Connection, referral_id: int) -> None:
    """Give a referral's seat back, and its place in any queue."""
    connection.execute(delete(CourseSeat).where(CourseSeat.referral_id == referral_id))
    connection.execute(delete(CourseWait).where(CourseWait.referral_id == referral_id))


def stop_waiting(connection: Connection, referral_id: int) -> None:
    """Take a referral out of the queue."""
    connection.execute(delete(CourseWait).where(CourseWait.referral_id == referral_id))


def waiting(connection: Connection, course_id: int, limit: int) -> list[Row]:
    """Read who waits for a course: high priority first, then the longest wait."""
    found = select(*CourseWait.__table__.c).where(CourseWait.course_id == course_id)
    order = (CourseWait.rank, CourseWait.since, CourseWait.referral_id)
    return rows(connection, found.order_by(*order).limit(limit))


def waiting_counts(connection: Connection, course_ids: Collection[int]) -> dict[int, int]:
    """Count who waits for each course."""
    found = select(CourseWait.course_id, func.count().label("people")).where(
        CourseWait.course_id.in_(course_ids)
    )
    counted = rows(connection, found.group_by(CourseWait.course_id))
    return {row["course_id"]: row["people"] for row in counted}


# ---- budget


def budget(connection: Connection, year: int, *, lock: bool = False) -> Decimal | None:
    """Read a year's budget; locked, nobody else books on it until the transaction ends."""
    found = select(TrainingBudget.amount).where(TrainingBudget.year == year)
    return connection.execute(found.with_for_update() if lock else found).scalar_one_or_none()


def booked(connection: Connection, year: int) -> Decimal:
    """Sum up what set referrals cost in a year."""
    found = select(Referral.cost).where(Referral.state == SET, Referral.year == year)
    # Summed here, since SQLite keeps exact amounts as text.
    return sum((cost for cost in connection.execute(found).scalars() if cost), Decimal(0))


# ---- referrals


def lock_person(connection: Connection, person_id: int) -> None:
    """Keep others from opening referrals of a person until the transaction ends."""
    connection.execute(select(Person.id).where(Person.id == person_id).with_for_update())


def add_referral(connection: Connection, row: Mapping[str, Any]) -> int:
    """Write a referral and give its number."""
    return add_one(connection, Referral, row)


def change_referral(connection: Connection, number: int, **values: Any) -> None:
    """Change columns of a referral."""
    connection.execute(update(Referral).where(Referral.id == number).values(**values))


def referral_of_case(connection: Connection, instance_id: int) -> Row | None:
    """Read the referral of a case."""
    found = select(*Referral.__table__.c).where(Referral.instance_id == instance_id)
    return first(connection, found)


def referral(connection: Connection, number: int) -> Row | None:
    """Read a referral."""
    return first(connection, select(*Referral.__table__.c).where(Referral.id == number))


def standing_of(connection: Connection, person_id: int, since: datetime) -> list[Row]:
    """Read a person's referrals that are open, or were set since a moment."""
    fresh = and_(Referral.state == SET, Referral.opened_at >= since)
    found = select(*Referral.__table__.c).where(
        Referral.person_id == person_id, or_(Referral.state == OPEN, fresh)
    )
    return rows(connection, found.order_by(Referral.id))


def referrals(
    connection: Connection, restrict: Sequence[ColumnElement[bool]], limit: int
) -> list[Row]:
    """Read referrals, the newest first."""
    found = select(*Referral.__table__.c).where(*restrict)
    return rows(connection, found.order_by(Referral.id.desc()).limit(limit))
