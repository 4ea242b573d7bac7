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
