"""Statements on units and posts as a structure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, and_, func, select

from hr.directory.store import on_day, post_rater
from hr.directory.tables import ActingOfficial, Holding, Person, Post, PostLine, Unit
from hr.statements import Row, first, rows


def unit(connection: Connection, unit_id: int) -> Row | None:
    """Read a unit."""
    return first(connection, select(*Unit.__table__.c).where(Unit.id == unit_id))


def units_below(connection: Connection, unit_id: int | None, day: date) -> list[Row]:
    """Read the units right below a unit (None: the offices)."""
    above = Unit.parent_id.is_(None) if unit_id is None else Unit.parent_id == unit_id
    found = select(Unit.id, Unit.path, Unit.name, Unit.kind).where(above, on_day(Unit, day))
    return rows(connection, found.order_by(Unit.path))


def people_under(connection: Connection, paths: Collection[str], day: date) -> dict[str, int]:
    """Count who holds a post under each of these paths, in one statement; all are of one length."""
    length = max(map(len, paths), default=0)
    step = func.substr(Unit.path, 1, length).label("step")
    found = (
        select(step, func.count(Holding.person_id.distinct()).label("people"))
        .join(Post, Post.unit_id == Unit.id)
        .join(Holding, and_(Holding.post_id == Post.id, on_day(Holding, day)))
        .where(step.in_(paths))
        .group_by(step)
    )
    return {row["step"]: row["people"] for row in rows(connection, found)}


def posts_of_unit(connection: Connection, unit_id: int, day: date) -> list[Row]:
    """Read the posts of a unit with the post that rates each."""
    rater, changed = post_rater(day)
    found = (
        select(
            *(Post.id, Post.title, Post.kind, Post.grade, Post.seats),
            rater.label("rater_post_id"),
        )
        .outerjoin(PostLine, changed)
        .where(Post.unit_id == unit_id, on_day(Post, day))
        .order_by(Post.grade.desc(), Post.title)
    )
    return rows(connection, found)


def in_posts(connection: Connection, post_ids: Collection[int], day: date) -> list[Row]:
    """Read who holds or acts in these posts: post, person, name, since, until, kind (or empty)."""
    held = select(
        Holding.post_id, Person.id, Person.name, Holding.valid_from, Holding.valid_to
    ).join(Person, Person.id == Holding.person_id)
    acting = select(
        ActingOfficial.post_id,
        Person.id,
        Person.name,
        ActingOfficial.valid_from,
        ActingOfficial.valid_to,
        ActingOfficial.kind,
    ).join(Person, Person.id == ActingOfficial.person_id)
    found = rows(
        connection,
        held.where(Holding.post_id.in_(post_ids), on_day(Holding, day)).order_by(Person.name),
    )
    found = [{**row, "kind": ""} for row in found]
    return found + rows(
        connection,
        acting.where(ActingOfficial.post_id.in_(post_ids), on_day(ActingOfficial, day)).order_by(
            Person.name
        ),
    )


def post(connection: Connection, post_id: int, *, lock: bool = False) -> Row | None:
    """Read days, unit and its path of a post; locked, nobody else appoints to it meanwhile."""
    found = (
        select(Post.id, Post.title, Post.valid_from, Post.valid_to, Post.unit_id, Unit.path)
        .join(Unit, Unit.id == Post.unit_id)
        .where(Post.id == post_id)
    )
    return first(connection, found.with_for_update(of=Post) if lock else found)


def service(connection: Connection, person_id: int) -> Row | None:
    """Read from when to when somebody serves; locked, so that nobody else moves him meanwhile."""
    found = select(Person.joined_on, Person.left_on).where(Person.id == person_id)
    return first(connection, found.with_for_update())


def acting_in(connection: Connection, post_id: int) -> list[Row]:
    """Read who acted, acts or will act in a post, with names, the latest first."""
    found = (
        select(*ActingOfficial.__table__.c, Person.name)
        .join(Person, Person.id == ActingOfficial.person_id)
        .where(ActingOfficial.post_id == post_id)
    )
    latest = found.order_by(ActingOfficial.valid_from.desc(), ActingOfficial.id.desc())
    return rows(connection, latest)


def acting(connection: Connection, acting_id: int) -> Row | None:
    """Read an appointment to act in a post."""
    found = select(*ActingOfficial.__table__.c).where(ActingOfficial.id == acting_id)
    return first(connection, found.with_for_update())


def holdings_since(connection: Connection, person_id: int, day: date) -> list[Row]:
    """Read the holdings of somebody that run on a day or begin later."""
    found = select(*Holding.__table__.c).where(
        Holding.person_id == person_id, Holding.valid_to >= day
    )
    return rows(connection, found.order_by(Holding.valid_from))


def posts(connection: Connection) -> dict[int, Row]:
    """Read seats and days of all posts, by number."""
    found = select(Post.id, Post.seats, Post.valid_from, Post.valid_to)
    return {row["id"]: row for row in rows(connection, found)}


def serving(connection: Connection, day: date) -> list[int]:
    """Read who is in service on a day."""
    found = select(Person.id).where(Person.joined_on <= day, Person.left_on >= day)
    return list(connection.execute(found).scalars())


def titles(connection: Connection, post_ids: Collection[int]) -> dict[int, Row]:
    """Read title and unit of posts, by number."""
    found = (
        select(Post.id, Post.title, Unit.id.label("unit_id"), Unit.name.label("unit_name"))
        .join(Unit, Unit.id == Post.unit_id)
        .where(Post.id.in_(post_ids))
    )
    return {row["id"]: row for row in rows(connection, found)}
