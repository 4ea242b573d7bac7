"""Statements on persons and their ranks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Date,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)

from hr.directory.store.days import on_day
from hr.directory.tables import Holding, Person, PersonRank, Post, ProxyEntry, Unit
from hr.statements import Row, add_one, first, rows


def persons(connection: Connection, ids: Collection[int], day: date) -> list[Row]:
    """Read persons with main post, unit and rank as of a day; posts may be missing."""
    return rows(connection, _PERSONS, {"ids": list(ids), "day": day})


def find(
    connection: Connection,
    day: date,
    restrict: Sequence[ColumnElement[bool]],
    after: tuple[str, int] | None,
    limit: int,
) -> list[Row]:
    """Read a page of persons in service, by name, after a (name, id) key."""
    found = _persons(day).where(Person.left_on >= day, *restrict)
    if after is not None:
        name, last = after
        found = found.where(or_(Person.name > name, and_(Person.name == name, Person.id > last)))
    ordered = found.order_by(Person.name, Person.id).limit(limit)
    return rows(connection, ordered)


def members(connection: Connection, prefix: str, day: date) -> list[Row]:
    """Read number, times of service, unit path and kind of post of all under a path, by number."""
    path = func.coalesce(Unit.path, "")
    kind = func.coalesce(Post.kind, "")
    known = (Person.id, Person.joined_on, Person.left_on)
    found = (
        select(*known, path.label("unit_path"), kind.label("post_kind"))
        .outerjoin(Holding, and_(Holding.person_id == Person.id, on_day(Holding, day)))
        .outerjoin(Post, Post.id == Holding.post_id)
        .outerjoin(Unit, Unit.id == Post.unit_id)
        .where(path.startswith(prefix, autoescape=True))
        .order_by(Person.id)
    )
    return rows(connection, found)


def placed(prefixes: Collection[str], day: date, serving: date) -> Select[int, str]:
    """Choose person_id and unit_path of who sits under the paths on a day and served on another."""
    return (
        select(Person.id.label("person_id"), Unit.path.label("unit_path"))
        .join(Holding, and_(Holding.person_id == Person.id, on_day(Holding, day)))
        .join(Post, Post.id == Holding.post_id)
        .join(Unit, Unit.id == Post.unit_id)
        .where(or_(*(Unit.path.startswith(prefix, autoescape=True) for prefix in prefixes)))
        .where(Person.joined_on <= serving, Person.left_on >= serving)
    )


def count_by_path(
    connection: Connection, prefixes: Collection[str], day: date, serving: date
) -> dict[str, int]:
    """Count by unit path whom `placed` chooses."""
    people = placed(prefixes, day, serving).subquery()
    found = select(people.c.unit_path, func.count()).group_by(people.c.unit_path)
    return {row[0]: row[1] for row in connection.execute(found)}


def under(prefixes: Collection[str], subjects: Collection[int]) -> ColumnElement[bool]:
    """Restrict persons to these, or to those whose unit lies under one of the paths."""
    paths = [
        func.coalesce(Unit.path, "").startswith(prefix, autoescape=True)
        for prefix in sorted(prefixes)
    ]
    return or_(Person.id.in_(subjects), *paths)


def named(text: str) -> ColumnElement[bool]:
    """Restrict persons to those whose name or NIP contains a text."""
    pattern = f"%{text.lower().replace('%', '').replace('_', ' ')}%"
    return or_(func.lower(Person.name).like(pattern), Person.nip.like(pattern))


def names(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """Read names by person."""
    found = connection.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in found}


def person_of_nip(connection: Connection, nip: str) -> int | None:
    """Find a person by NIP."""
    return connection.execute(select(Person.id).where(Person.nip == nip)).scalar_one_or_none()


def persons_of_nips(connection: Connection, nips: Collection[str]) -> dict[str, int]:
    """Find persons by NIP."""
    found = connection.execute(select(Person.nip, Person.id).where(Person.nip.in_(nips)))
    return {row.nip: row.id for row in found}


def rank_standings(connection: Connection, ids: Collection[int], day: date) -> list[Row]:
    """Read rank and main post of persons in service on a day, with the days both began."""
    found = (
        select(
            Person.id,
            Person.name,
            Person.nip,
            Person.kind,
            Person.education,
            PersonRank.rank,
            PersonRank.valid_from.label("rank_since"),
            Post.kind.label("post_kind"),
            Post.title.label("post"),
            Holding.valid_from.label("post_since"),
            Unit.path.label("unit_path"),
            Unit.name.label("unit_name"),
        )
        .join(PersonRank, and_(PersonRank.person_id == Person.id, on_day(PersonRank, day)))
        .outerjoin(Holding, and_(Holding.person_id == Person.id, on_day(Holding, day)))
        .outerjoin(Post, Post.id == Holding.post_id)
        .outerjoin(Unit, Unit.id == Post.unit_id)
        .where(Person.id.in_(ids), Person.joined_on <= day, Person.left_on >= day)
        .order_by(Person.id, Holding.valid_from.desc())
    )
    return rows(connection, found)


def civil_servants(connection: Connection, day: date) -> list[int]:
    """Read the numbers of all PNS in service on a day."""
    found = select(Person.id).where(
        Person.kind == "PNS", Person.joined_on <= day, Person.left_on >= day
    )
    return list(connection.execute(found.order_by(Person.id)).scalars())


def rank_on(connection: Connection, person_id: int, day: date) -> Row | None:
    """Read the rank that a person has on a day, with all columns."""
    found = select(*PersonRank.__table__.c).where(
        PersonRank.person_id == person_id, on_day(PersonRank, day)
    )
    return first(connection, found)


def add_rank(connection: Connection, person_id: int, rank: str, since: date) -> int:
    """Write a rank that a person has from a day on."""
    return add_one(
        connection, PersonRank, {"person_id": person_id, "rank": rank, "valid_from": since}
    )


def proxy(connection: Connection, person_id: int, day: date) -> Row | None:
    """Read why and until when somebody's forms are filled in for him on a day."""
    found = select(*ProxyEntry.__table__.c).where(
        ProxyEntry.person_id == person_id, ProxyEntry.valid_from <= day, ProxyEntry.valid_to >= day
    )
    return first(connection, found.order_by(ProxyEntry.id.desc()))


def end_proxy(connection: Connection, person_id: int, last_day: date) -> None:
    """Let whatever runs for a person end on a day."""
    mine = update(ProxyEntry).where(
        ProxyEntry.person_id == person_id, ProxyEntry.valid_to > last_day
    )
    connection.execute(mine.values(valid_to=last_day))


def _persons(day: date | BindParameter[date]) -> Select[*tuple[Any, ...]]:
    rank = (
        select(PersonRank.rank)
        .where(PersonRank.person_id == Person.id, on_day(PersonRank, day))
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            Person.id,
            Person.nip,
            Person.name,
            Person.kind,
            Person.email,
            Person.left_on,
            func.coalesce(rank, "").label("rank"),
            Post.id.label("post_id"),
            Post.title.label("post"),
            Post.kind.label("post_kind"),
            Unit.id.label("unit_id"),
            Unit.name.label("unit_name"),
            Unit.path.label("unit_path"),
        )
        .outerjoin(Holding, and_(Holding.person_id == Person.id, on_day(Holding, day)))
        .outerjoin(Post, Post.id == Holding.post_id)
        .outerjoin(Unit, Unit.id == Post.unit_id)
    )


_PERSONS = _persons(bindparam("day", type_=Date)).where(
    Person.id.in_(bindparam("ids", expanding=True))
)
