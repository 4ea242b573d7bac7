"""Statements on posts: who is in them, and which is above which."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Date,
    Executable,
    Integer,
    and_,
    bindparam,
    case,
    exists,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from engine import quick
from hr.directory.store.days import on_day
from hr.directory.tables import ActingOfficial, Holding, Post, PostLine
from hr.statements import Row, rows

HOLDER, ACTING = "HOLDER", "ACTING"

# The statements of every step are built once: building costs more than running them.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ID = bindparam("id", type_=Integer)
_DAY = bindparam("day", type_=Date)
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
