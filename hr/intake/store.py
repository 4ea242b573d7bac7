"""Statements that bring many people in at once, and read the whole directory for a file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, and_, bindparam, insert, select, update

from hr.columns import FOREVER
from hr.directory.store import on_day, post_rater
from hr.directory.tables import Holding, Person, PersonRank, Post, PostLine, Unit
from hr.statements import Row, add, first, rows

Dated = type[Holding] | type[PersonRank] | type[PostLine]


def units(connection: Connection) -> list[Row]:
    """Read all units."""
    found = select(Unit.id, Unit.parent_id, Unit.path, Unit.name, Unit.kind, Unit.code)
    return rows(connection, found.order_by(Unit.path))


def posts(connection: Connection, day: date) -> list[Row]:
    """Read all posts of a day, with the post that rates each on it."""
    rater, changed = post_rater(day)
    found = (
        select(
            *(Post.id, Post.unit_id, Post.title, Post.kind, Post.grade, Post.seats, Post.code),
            rater.label("rater_post_id"),
        )
        .outerjoin(PostLine, changed)
        .where(on_day(Post, day))
    )
    return rows(connection, found.order_by(Post.id))


def people(connection: Connection, nips: Collection[str]) -> list[Row]:
    """Read persons by NIP, with all columns."""
    return rows(connection, select(*Person.__table__.c).where(Person.nip.in_(nips)))


def spans(
    connection: Connection, table: type[Holding] | type[PersonRank], ids: Collection[int]
) -> dict[int, list[Row]]:
    """Read everything that these persons ever held, the oldest first, by person."""
    found = select(*table.__table__.c).where(table.person_id.in_(ids))
    by_person: dict[int, list[Row]] = {}
    for row in rows(connection, found.order_by(table.valid_from, table.id)):
        by_person.setdefault(row["person_id"], []).append(row)
    return by_person


def absentees(connection: Connection, day: date, after: int, limit: int) -> list[Row]:
    """Read a page of those in service on a day, by number."""
    found = select(Person.id, Person.nip, Person.name).where(
        Person.joined_on <= day, Person.left_on >= day, Person.id > after
    )
    return rows(connection, found.order_by(Person.id).limit(limit))


def add_numbered(
    connection: Connection, table: type[Unit] | type[Post] | type[Person], new: Sequence[Row]
) -> list[int]:
    """Write rows and give their numbers, in order."""
    if not new:
        return []
    written = insert(table).returning(table.id, sort_by_parameter_order=True)
    return [int(number) for number in connection.execute(written, list(new)).scalars()]


def change(
    connection: Connection,
    table: type[Unit] | type[Post] | type[Person],
    changed: Mapping[int, Row],
) -> None:
    """Change rows by number; each may have other columns."""
    for number, values in changed.items():
        connection.execute(update(table).where(table.id == number).values(**values))


def set_raters(connection: Connection, raters: Mapping[int, int]) -> None:
    """Say for posts that were just made who rates them."""
    if raters:
        one = update(Post).where(Post.id == bindparam("post"))
        connection.execute(
            one.values(rater_post_id=bindparam("rater")),
            [{"post": post, "rater": rater} for post, rater in raters.items()],
        )


def end_spans(connection: Connection, table: Dated, ends: Mapping[int, date]) -> None:
    """Let dated rows end, each on its day."""
    if ends:
        one = update(table).where(table.id == bindparam("row"))
        connection.execute(
            one.values(valid_to=bindparam("last_day")),
            [{"row": row, "last_day": last_day} for row, last_day in ends.items()],
        )


def set_line(connection: Connection, post_id: int, rater: int | None, since: date) -> None:
    """Let a post be rated by another post from a day on."""
    old = and_(PostLine.post_id == post_id, PostLine.valid_to == FOREVER)
    known = first(connection, select(PostLine.id, PostLine.valid_from).where(old))
    if known is not None and known["valid_from"] >= since:
        same = update(PostLine).where(PostLine.id == known["id"])
        connection.execute(same.values(rater_post_id=rater))
        return
    if known is not None:
        last_day = date.fromordinal(since.toordinal() - 1)
        connection.execute(update(PostLine).where(old).values(valid_to=last_day))
    line = {"post_id": post_id, "rater_post_id": rater, "valid_from": since}
    add(connection, PostLine, [line])


def add_spans(connection: Connection, table: Dated, new: Iterable[Row]) -> None:
    """Write dated rows."""
    add(connection, table, new)


def leave(connection: Connection, ids: Collection[int], last_day: date) -> None:
    """Let persons leave service on a day, and with it the posts they hold."""
    connection.execute(update(Person).where(Person.id.in_(ids)).values(left_on=last_day))
    held = update(Holding).where(Holding.person_id.in_(ids), Holding.valid_to > last_day)
    connection.execute(held.values(valid_to=last_day))


def everybody(connection: Connection, day: date) -> Iterator[Row]:
    """Read all persons with rank and post of a day, a chunk at a time, by unit, post and NIP."""
    found = (
        select(
            *(Person.nip, Person.name, Person.kind, Person.education, Person.email, Person.phone),
            *(Person.joined_on, Person.left_on),
            PersonRank.rank,
            PersonRank.valid_from.label("rank_since"),
            Holding.post_id,
            Holding.valid_from.label("post_since"),
        )
        .outerjoin(PersonRank, and_(PersonRank.person_id == Person.id, on_day(PersonRank, day)))
        .outerjoin(Holding, and_(Holding.person_id == Person.id, on_day(Holding, day)))
        .where(Person.erased_on.is_(None), Person.joined_on <= day, Person.left_on >= day)
        .order_by(Person.nip, Holding.valid_from, Holding.id)
        .execution_options(yield_per=1_000)
    )
    for row in connection.execute(found).mappings():
        yield dict(row)
