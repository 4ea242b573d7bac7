"""Statements on units, persons, posts, holdings, acting officials and roles."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Date,
    Executable,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import aliased

from engine import quick
from hr.directory.tables import (
    ActingOfficial,
    Holding,
    Person,
    PersonRank,
    Post,
    PostLine,
    ProxyEntry,
    RoleGrant,
    Unit,
)
from hr.statements import Row, add_one, first, rows

HOLDER, ACTING = "HOLDER", "ACTING"
Dated = (
    type[Holding]
    | type[ActingOfficial]
    | type[RoleGrant]
    | type[PersonRank]
    | type[Post]
    | type[PostLine]
    | type[Unit]
)


def on_day(table: Dated, day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Restrict to the rows that are valid on a day."""
    return and_(table.valid_from <= day, table.valid_to >= day)


# The statements of every step are built once: building costs more than running them.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ID = bindparam("id", type_=Integer)
_DAY = bindparam("day", type_=Date)
_ZONES = select(Unit.path, Unit.time_zone).where(Unit.time_zone.is_not(None))
_ZONES_UPWARD = _ZONES.where(Unit.path.in_(bindparam("paths", expanding=True)))
_MAIN_POSTS = (
    select(Holding.person_id, Holding.post_id)
    .where(Holding.person_id.in_(_IDS), on_day(Holding, _DAY))
    .order_by(Holding.valid_from.desc(), Holding.id.desc())
)


def _changed(post: type[Post], day: Any) -> ColumnElement[bool]:
    """Join what has changed the line of a post by a day."""
    return and_(PostLine.post_id == post.id, on_day(PostLine, day))


def _rater(post: type[Post]) -> ColumnElement[int | None]:
    """Give the rater post as it is after `_changed`: none may be one that was taken away."""
    return case((PostLine.id.is_not(None), PostLine.rater_post_id), else_=post.rater_post_id)


def post_rater(day: date) -> tuple[ColumnElement[int | None], ColumnElement[bool]]:
    """Give a post's rater on a day, and on what `PostLine` is to be joined for it (outer)."""
    return _rater(Post), _changed(Post, day)


def _posts_above() -> Executable:
    line = (
        select(Post.id, _rater(Post).label("rater_post_id"))
        .outerjoin(PostLine, _changed(Post, _DAY))
        .where(Post.id.in_(_IDS))
        .cte("line", recursive=True)
    )
    above = aliased(Post)
    # UNION, not UNION ALL: a cycle that slipped into the data must not loop for ever.
    line = line.union(
        select(above.id, _rater(above))
        .join(line, above.id == line.c.rater_post_id)
        .outerjoin(PostLine, _changed(above, _DAY))
    )
    return select(line.c.id, line.c.rater_post_id)


_POSTS_ABOVE = _posts_above()
_POSTS_BELOW = union_all(
    select(Post.id, Post.rater_post_id).where(
        Post.rater_post_id.in_(_IDS),
        on_day(Post, _DAY),
        ~exists().where(_changed(Post, _DAY)),
    ),
    select(Post.id, PostLine.rater_post_id)
    .join(PostLine, _changed(Post, _DAY))
    .where(PostLine.rater_post_id.in_(_IDS), on_day(Post, _DAY)),
)


def _occupants() -> Executable:
    holding = select(Holding.post_id, Holding.person_id, literal(HOLDER).label("how")).where(
        Holding.post_id.in_(_IDS), on_day(Holding, _DAY)
    )
    acting = select(
        ActingOfficial.post_id, ActingOfficial.person_id, literal(ACTING).label("how")
    ).where(ActingOfficial.post_id.in_(_IDS), on_day(ActingOfficial, _DAY))
    both = union_all(holding, acting).subquery()
    return select(both).order_by(both.c.person_id)


_OCCUPANTS = _occupants()
_POSTS_OCCUPIED = union_all(
    select(
        Holding.post_id, Holding.person_id, literal(HOLDER).label("how"), literal("").label("kind")
    ).where(Holding.person_id.in_(_IDS), on_day(Holding, _DAY)),
    select(
        ActingOfficial.post_id,
        ActingOfficial.person_id,
        literal(ACTING).label("how"),
        ActingOfficial.kind,
    ).where(ActingOfficial.person_id.in_(_IDS), on_day(ActingOfficial, _DAY)),
)
_UNIT_MATES = (
    select(Holding.person_id)
    .join(Post, Post.id == Holding.post_id)
    .where(
        on_day(Holding, _DAY),
        Post.unit_id.in_(
            select(Post.unit_id)
            .join(Holding, Holding.post_id == Post.id)
            .where(Holding.person_id == _ID, on_day(Holding, _DAY))
        ),
    )
    .order_by(Holding.person_id)
)
_RIGHTS = (
    select(
        Person.id,
        Person.joined_on,
        Person.left_on,
        RoleGrant.role,
        func.coalesce(Unit.path, "").label("unit_path"),
    )
    .outerjoin(RoleGrant, and_(RoleGrant.person_id == Person.id, on_day(RoleGrant, _DAY)))
    .outerjoin(Unit, Unit.id == RoleGrant.unit_id)
)
_RIGHTS_OF_ALL = _RIGHTS.where(Person.id.in_(_IDS))
_RIGHTS_OF_ONE = _RIGHTS.where(Person.id == _ID)
_ROLES = (
    select(RoleGrant.role, func.coalesce(Unit.path, "").label("unit_path"))
    .outerjoin(Unit, Unit.id == RoleGrant.unit_id)
    .where(RoleGrant.person_id == _ID, on_day(RoleGrant, _DAY))
    .order_by(RoleGrant.role, Unit.path)
)


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


def main_posts(connection: Connection, ids: Collection[int], day: date) -> dict[int, int]:
    """Read the post each person holds on a day; of two, the one held longer."""
    found = quick.run(connection, _MAIN_POSTS, {"ids": list(ids), "day": day})
    return {row.person_id: row.post_id for row in found}


def posts_above(
    connection: Connection, post_ids: Collection[int], day: date
) -> dict[int, int | None]:
    """Read the rater post that these posts, and every post above them, have on a day."""
    found = quick.run(connection, _POSTS_ABOVE, {"ids": list(post_ids), "day": day})
    return {row.id: row.rater_post_id for row in found}


def posts_below(connection: Connection, post_ids: Collection[int], day: date) -> dict[int, int]:
    """Read the posts whose rater post is one of these, with that rater post."""
    found = connection.execute(_POSTS_BELOW, {"ids": list(post_ids), "day": day})
    return {row.id: row.rater_post_id for row in found}


def occupants(connection: Connection, post_ids: Collection[int], day: date) -> list[Row]:
    """Read who is in these posts on a day: (post_id, person_id, how), lowest person first."""
    return rows(connection, _OCCUPANTS, {"ids": list(post_ids), "day": day})


def posts_occupied(connection: Connection, ids: Collection[int], day: date) -> list[Row]:
    """Read the posts that these persons hold or act in: (post_id, person_id, how, kind)."""
    return rows(connection, _POSTS_OCCUPIED, {"ids": list(ids), "day": day})


def unit_mates(connection: Connection, person_id: int, day: date) -> list[int]:
    """Read who holds a post of the unit in which a person holds his."""
    return list(connection.execute(_UNIT_MATES, {"id": person_id, "day": day}).scalars())


def structure(connection: Connection, day: date) -> tuple[list[Row], list[Row], list[Row]]:
    """Read the whole structure of a day: posts, holdings, acting officials."""
    posts = (
        select(Post.id, _rater(Post).label("rater_post_id"))
        .outerjoin(PostLine, _changed(Post, day))
        .where(on_day(Post, day))
    )
    held = (
        select(Holding.post_id, Holding.person_id)
        .where(on_day(Holding, day))
        .order_by(Holding.person_id, Holding.valid_from.desc(), Holding.id.desc())
    )
    acting = (
        select(ActingOfficial.post_id, ActingOfficial.person_id)
        .where(on_day(ActingOfficial, day))
        .order_by(ActingOfficial.person_id)
    )
    read = [rows(connection, one) for one in (posts, held, acting)]
    return read[0], read[1], read[2]


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


def units(connection: Connection, paths: Collection[str]) -> list[Row]:
    """Read units by path."""
    found = select(Unit.id, Unit.parent_id, Unit.path, Unit.name, Unit.kind).where(
        Unit.path.in_(paths)
    )
    return rows(connection, found)


def zones(connection: Connection, paths: Collection[str] | None = None) -> dict[str, str]:
    """Read the time zones of units that have one of their own, by path: of these units, or all."""
    if paths is None:
        found = quick.run(connection, _ZONES, {})
    else:
        found = quick.run(connection, _ZONES_UPWARD, {"paths": list(paths)})
    return {row.path: row.time_zone for row in found}


def set_zone(connection: Connection, unit_id: int, zone: str | None) -> None:
    """Write the time zone of a unit; None: as above it."""
    connection.execute(update(Unit).where(Unit.id == unit_id).values(time_zone=zone))


def offices(connection: Connection, day: date) -> list[Row]:
    """Read the offices (units without a unit above) of a day, by path."""
    found = select(Unit.id, Unit.path, Unit.name, Unit.kind).where(
        Unit.parent_id.is_(None), on_day(Unit, day)
    )
    return rows(connection, found.order_by(Unit.path))


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


def roles(connection: Connection, person_id: int, day: date) -> list[Row]:
    """Read the roles somebody has on a day: (role, unit_path), the path empty for the city."""
    return rows(connection, _ROLES, {"id": person_id, "day": day})


def rights(connection: Connection, person_id: int, day: date) -> list[Row]:
    """Read a person's time of service with his roles on a day; one row without a role."""
    return rows(connection, _RIGHTS_OF_ONE, {"id": person_id, "day": day})


def rights_of_all(connection: Connection, ids: Collection[int], day: date) -> list[Row]:
    """Read the same of several persons, `id` saying whose each row is."""
    return rows(connection, _RIGHTS_OF_ALL, {"ids": list(ids), "day": day})


def granted_paths(
    connection: Connection, role: str, paths: Collection[str], day: date, *, besides: int | None
) -> list[str]:
    """Read for which of these units somebody has the role, not counting one person."""
    found = (
        select(Unit.path)
        .join(RoleGrant, RoleGrant.unit_id == Unit.id)
        .where(RoleGrant.role == role, Unit.path.in_(paths), on_day(RoleGrant, day))
    )
    if besides is not None:
        found = found.where(RoleGrant.person_id != besides)
    return list(connection.execute(found.distinct()).scalars())


def holders_of_role(connection: Connection, role: str, day: date) -> list[int]:
    """Read who has a role on a day."""
    found = select(RoleGrant.person_id).where(RoleGrant.role == role, on_day(RoleGrant, day))
    return list(connection.execute(found.order_by(RoleGrant.person_id)).scalars())


def end(connection: Connection, table: Dated, row_id: int, last_day: date) -> None:
    """Let a dated row end on a day."""
    connection.execute(update(table).where(table.id == row_id).values(valid_to=last_day))


def running(
    connection: Connection, table: type[Holding] | type[RoleGrant], person_id: int, day: date
) -> list[Row]:
    """Read the rows of a person that are valid on a day, with all columns."""
    found = select(*table.__table__.c).where(table.person_id == person_id, on_day(table, day))
    return rows(connection, found)


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


_PERSONS = _persons(_DAY).where(Person.id.in_(_IDS))
