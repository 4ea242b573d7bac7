"""What is asked about the structure: a unit with what is below it, and the checks of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from engine.errors import NotFound
from hr.calendar.rules import local_day
from hr.directory.queries import UnitView, all_lines, names, units_upward
from hr.statements import Row
from hr.structure import rules, store
from hr.structure.rules import Finding


@dataclass(frozen=True)
class Below:
    """A unit right below, and how many people hold posts in it and under it."""

    unit: UnitView
    people: int


@dataclass(frozen=True)
class Occupant:
    """Who is in a post; `kind` is empty for its holder, PLT or PLH for who acts in it."""

    person_id: int
    name: str
    since: date
    until: date
    kind: str


@dataclass(frozen=True)
class PostView:
    """A post with who is in it and the title of the post that rates it."""

    id: int
    title: str
    kind: str
    grade: int
    seats: int
    rater: str
    occupants: tuple[Occupant, ...]


@dataclass(frozen=True)
class UnitPage:
    """A unit, those above it (the highest first), those right below it, and its posts."""

    unit: UnitView | None
    above: tuple[UnitView, ...]
    below: tuple[Below, ...]
    posts: tuple[PostView, ...]


@dataclass(frozen=True)
class Acting:
    """An appointment to act in a post; withdrawn where it ended before its first day."""

    id: int
    person_id: int
    name: str
    kind: str
    decree: str
    since: date
    until: date
    state: str  # COMING, NOW, OVER, WITHDRAWN


@dataclass(frozen=True)
class PostPage:
    """A post, the unit it belongs to, and who acted, acts or will act in it, the latest first."""

    post: PostView
    unit: UnitView
    acting: tuple[Acting, ...]


@dataclass(frozen=True)
class Told:
    """A finding with names; empty where it is not about a person, or not about a post."""

    finding: Finding
    person: str
    post: str
    unit_id: int
    unit: str


def unit_page(connection: Connection, unit_id: int | None, at: datetime) -> UnitPage:
    """Describe a unit as of a moment; None is the city with its offices."""
    day = local_day(at)
    below = _below(connection, unit_id, day)
    if unit_id is None:
        return UnitPage(None, (), below, ())
    row = store.unit(connection, unit_id)
    if row is None:
        raise NotFound(f"Expected a unit {unit_id}, but there is none.")
    line = units_upward(connection, row["path"])
    return UnitPage(line[0], tuple(reversed(line[1:])), below, _posts(connection, unit_id, day))


def post_page(connection: Connection, post_id: int, at: datetime) -> PostPage:
    """Describe a post as of a moment, with everybody who was ever to act in it."""
    day = local_day(at)
    known = store.post(connection, post_id)
    found = [] if known is None else _posts(connection, known["unit_id"], day)
    here = [post for post in found if post.id == post_id]
    if known is None or not here:
        raise NotFound(f"Expected a post {post_id}, but there is none today.")
    acting = tuple(_acting(row, day) for row in store.acting_in(connection, post_id))
    return PostPage(here[0], units_upward(connection, known["path"])[0], acting)


def _acting(row: Row, day: date) -> Acting:
    since, until = row["valid_from"], row["valid_to"]
    state = "OVER" if until < day else "COMING" if since > day else "NOW"
    return Acting(
        *(row["id"], row["person_id"], row["name"], row["kind"], row["decree"], since, until),
        state="WITHDRAWN" if until < since else state,
    )


def findings(connection: Connection, at: datetime) -> list[Finding]:
    """Say what is wrong with the whole directory as of a moment, the gravest first."""
    day = local_day(at)
    lines, posts = all_lines(connection, at), store.posts(connection)
    return list(rules.findings(lines, store.serving(connection, day), posts, day))


def told(connection: Connection, found: Sequence[Finding]) -> tuple[Told, ...]:
    """Give findings with the names of who and what they are about."""
    people = names(connection, {finding.person_id for finding in found} - {0})
    posts = store.titles(connection, {finding.post_id for finding in found} - {0})
    unknown = {"title": "", "unit_id": 0, "unit_name": ""}
    result = []
    for finding in found:
        post = posts.get(finding.post_id, unknown)
        person = people.get(finding.person_id, "")
        result.append(Told(finding, person, post["title"], post["unit_id"], post["unit_name"]))
    return tuple(result)


def _below(connection: Connection, unit_id: int | None, day: date) -> tuple[Below, ...]:
    found = store.units_below(connection, unit_id, day)
    people: dict[str, int] = {}
    for length in {len(row["path"]) for row in found}:
        paths = [row["path"] for row in found if len(row["path"]) == length]
        people |= store.people_under(connection, paths, day)
    return tuple(
        Below(
            UnitView(row["id"], row["path"], row["name"], row["kind"]), people.get(row["path"], 0)
        )
        for row in found
    )


def _posts(connection: Connection, unit_id: int, day: date) -> tuple[PostView, ...]:
    found = store.posts_of_unit(connection, unit_id, day)
    raters = store.titles(connection, {row["rater_post_id"] for row in found} - {None})
    inside = store.in_posts(connection, [row["id"] for row in found], day)
    return tuple(
        PostView(
            row["id"],
            row["title"],
            row["kind"],
            row["grade"],
            row["seats"],
            raters[row["rater_post_id"]]["title"] if row["rater_post_id"] in raters else "",
            tuple(
                Occupant(one["id"], one["name"], one["valid_from"], one["valid_to"], one["kind"])
                for one in inside
                if one["post_id"] == row["id"]
            ),
        )
        for row in found
    )
