"""What is asked about people: who somebody is on a day, whose superior, in which roles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from engine.errors import NotFound
from engine.model import Scope
from hr.calendar.rules import local_day
from hr.directory import store
from hr.directory.lines import Lines
from hr.statements import Row

LEADING = frozenset({"JPT", "ADMINISTRATOR", "PENGAWAS"})
ACTIVE, LEFT = "ACTIVE", "LEFT"


@dataclass(frozen=True)
class PersonView:
    """A person as of a day.  `unit_path` is empty and `unit_id` 0 for somebody without a post."""

    id: int
    nip: str
    name: str
    post: str
    post_kind: str
    unit_id: int
    unit_name: str
    unit_path: str
    rank: str
    kind: str
    status: str
    email: str


@dataclass(frozen=True)
class People:
    """A page of persons; `next` asks for the page after it, None at the end."""

    rows: tuple[PersonView, ...]
    next: str | None


@dataclass(frozen=True)
class UnitView:
    id: int
    path: str
    name: str
    kind: str


@dataclass(frozen=True)
class RankStanding:
    """Rank and main post of a person, and since when; post and unit are empty without one."""

    id: int
    name: str
    nip: str
    kind: str
    education: str
    rank: str
    rank_since: date
    post: str
    post_kind: str
    post_since: date | None
    unit_name: str
    unit_path: str


@dataclass(frozen=True)
class RoleGrant:
    """A role on a day; `unit_path` is empty when it counts for the whole city."""

    role: str
    unit_path: str


def person(connection: Connection, person_id: int, at: datetime) -> PersonView:
    """Describe a person as of a moment."""
    rows = store.persons(connection, [person_id], local_day(at))
    if not rows:
        raise NotFound(f"Expected a person with number {person_id}, but there is none.")
    return _view(rows[0], local_day(at))


def persons(connection: Connection, ids: Collection[int], at: datetime) -> dict[int, PersonView]:
    """Describe several persons as of a moment, by number."""
    day = local_day(at)
    return {row["id"]: _view(row, day) for row in store.persons(connection, ids, day)}


def rank_standings(
    connection: Connection, ids: Collection[int], day: date
) -> dict[int, RankStanding]:
    """Give rank and post of those of these persons who are in service on a day with a rank."""
    found: dict[int, RankStanding] = {}
    for row in store.rank_standings(connection, ids, day):
        words = {name: row[name] or "" for name in ("post", "post_kind", "unit_name", "unit_path")}
        found.setdefault(row["id"], RankStanding(**{**row, **words}))
    return found


def civil_servants(connection: Connection, day: date) -> list[int]:
    """List all PNS in service on a day, by number."""
    return store.civil_servants(connection, day)


def members(connection: Connection, scope_path: str, at: datetime) -> list[Row]:
    """Read every person, with times of service, whose main post lies under a scope path."""
    return store.members(connection, scope_path, local_day(at))


def count_by_path(
    connection: Connection, prefixes: Collection[str], at: datetime, serving: date
) -> dict[str, int]:
    """Count, by the unit where they sit now, who was in service on a day; none: nobody."""
    return store.count_by_path(connection, prefixes, local_day(at), serving) if prefixes else {}


def search_text(view: PersonView) -> str:
    """Give the words by which a case about a person is found."""
    return f"{view.name} {view.nip} {view.post} {view.unit_name}".lower()


def names(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """Give names by person number; unknown numbers are left out."""
    return store.names(connection, ids) if ids else {}


def person_of_nip(connection: Connection, nip: str) -> int | None:
    """Find a person's number by NIP."""
    return store.person_of_nip(connection, nip)


def persons_of_nips(connection: Connection, nips: Collection[str]) -> dict[str, int]:
    """Find the numbers of many persons by NIP; unknown ones are left out."""
    return store.persons_of_nips(connection, nips)


def unit_of(connection: Connection, person_id: int, at: datetime) -> UnitView | None:
    """Give the unit of a person's post, or None for somebody without one."""
    view = person(connection, person_id, at)
    return units(connection, [view.unit_path]).get(view.unit_path) if view.unit_path else None


def units(connection: Connection, paths: Collection[str]) -> dict[str, UnitView]:
    """Give units by path."""
    rows = store.units(connection, paths)
    return {row["path"]: UnitView(row["id"], row["path"], row["name"], row["kind"]) for row in rows}


def units_upward(connection: Connection, path: str) -> tuple[UnitView, ...]:
    """Give the unit of a path and every unit above it, the lowest first."""
    found = units(connection, ancestors(path))
    return tuple(found[each] for each in ancestors(path) if each in found)


def offices(connection: Connection, at: datetime) -> tuple[UnitView, ...]:
    """List the city's offices."""
    rows = store.offices(connection, local_day(at))
    return tuple(UnitView(row["id"], row["path"], row["name"], row["kind"]) for row in rows)


def zone_of(connection: Connection, path: str) -> str | None:
    """Give the time zone of a unit: its own, or that of what is above it; None: the city's."""
    found = store.zones(connection, ancestors(path)) if path else {}
    return zone_among(found, path)


def zones(connection: Connection) -> dict[str, str]:
    """Give the units that have a time zone of their own, by path; in most cities none."""
    return store.zones(connection)


def zone_among(zones: Mapping[str, str], path: str) -> str | None:
    """Find the zone of a unit's path among those that have one of their own."""
    return next((zones[each] for each in ancestors(path) if each in zones), None)


def ancestors(path: str) -> tuple[str, ...]:
    """Give a scope path and those above it, the longest first: `/01/03/`, `/01/`."""
    steps = [step for step in path.split("/") if step]
    return tuple("/" + "/".join(steps[:count]) + "/" for count in range(len(steps), 0, -1))


def superior(connection: Connection, person_id: int, at: datetime) -> int | None:
    """Give the rater of a person on the day of a moment, or None where nobody is above."""
    return superiors(connection, [person_id], at).get(person_id)


def superiors(connection: Connection, ids: Collection[int], at: datetime) -> dict[int, int]:
    """Give the rater of each of these persons; who has none is left out."""
    if not ids:
        return {}
    day = local_day(at)
    posts = store.main_posts(connection, ids, day)
    if not posts:
        return {}
    raters = store.posts_above(connection, set(posts.values()), day)
    lines = _with_occupants(connection, posts, raters, day)
    found = {one: lines.superior(one) for one in ids}
    return {one: above for one, above in found.items() if above is not None}


def all_lines(connection: Connection, at: datetime) -> Lines:
    """Read the reporting lines of the whole city at once, for campaigns and checks."""
    posts, held, acting = store.structure(connection, local_day(at))
    main: dict[int, int] = {}
    for row in held:
        main[row["person_id"]] = row["post_id"]
    return Lines(
        main,
        {row["id"]: row["rater_post_id"] for row in posts},
        _grouped(held),
        _grouped(acting),
    )


def posts_of(connection: Connection, person_id: int, at: datetime) -> list[Row]:
    """Read the posts that a person holds or acts in, for `team` and `covered_by` to share."""
    return store.posts_occupied(connection, [person_id], local_day(at))


def team(
    connection: Connection, ids: Collection[int], at: datetime, occupied: list[Row] | None = None
) -> frozenset[int]:
    """Give everybody whose rater is one of these persons; `occupied` are their posts, if known."""
    return frozenset(_rated(connection, ids, at, occupied))


def _rated(
    connection: Connection, ids: Collection[int], at: datetime, known: list[Row] | None = None
) -> dict[int, int]:
    """Give the rater of everybody whose rater is one of these persons."""
    day = local_day(at)
    occupied = store.posts_occupied(connection, ids, day) if known is None else known
    level: Collection[int] = {row["post_id"] for row in occupied}
    candidates: set[int] = set()
    seen: set[int] = set()
    while level:
        seen |= set(level)
        below = set(store.posts_below(connection, level, day))
        present = _grouped(store.occupants(connection, below, day) if below else ())
        inside = {one for everybody in present.values() for one in everybody}
        candidates |= inside
        # Whoever sits below a post with nobody, or only himself, in it is rated from further up.
        main = store.main_posts(connection, inside, day) if inside else {}
        passed = {
            post for post in below if all(main.get(one) != post for one in present.get(post, ()))
        }
        level = passed - seen
    found = superiors(connection, candidates, at)
    return {one: rater for one, rater in found.items() if rater in ids}


def peers(connection: Connection, person_id: int, at: datetime) -> tuple[int, ...]:
    """Give those beside a person: same unit or same rater; never the rater or a subordinate."""
    above = superior(connection, person_id, at)
    raters = {person_id} if above is None else {person_id, above}
    rated = _rated(connection, raters, at)
    beside = set(store.unit_mates(connection, person_id, local_day(at)))
    beside |= {one for one, rater in rated.items() if rater == above}
    below = {one for one, rater in rated.items() if rater == person_id}
    return tuple(sorted(beside - below - {person_id, above}))


def roles_of(connection: Connection, person_id: int, at: datetime) -> tuple[RoleGrant, ...]:
    """List the roles a person was given and that are valid on the day of a moment."""
    rows = store.roles(connection, person_id, local_day(at))
    return tuple(RoleGrant(row["role"], row["unit_path"]) for row in rows)


def rights(
    connection: Connection, person_id: int, at: datetime
) -> tuple[bool, tuple[RoleGrant, ...]]:
    """Tell whether somebody is in service on the day of a moment, and his roles, at once."""
    return _rights(store.rights(connection, person_id, local_day(at)), local_day(at))


def rights_of_all(
    connection: Connection, ids: Collection[int], at: datetime
) -> dict[int, tuple[bool, tuple[RoleGrant, ...]]]:
    """Tell the same of several persons, by number."""
    found: dict[int, list[Row]] = {one: [] for one in ids}
    for row in store.rights_of_all(connection, ids, local_day(at)) if ids else ():
        found[row["id"]].append(row)
    return {one: _rights(rows, local_day(at)) for one, rows in found.items()}


def _rights(rows: Sequence[Row], day: date) -> tuple[bool, tuple[RoleGrant, ...]]:
    in_service = bool(rows) and rows[0]["joined_on"] <= day <= rows[0]["left_on"]
    return in_service, tuple(RoleGrant(r["role"], r["unit_path"]) for r in rows if r["role"])


def granted_paths(
    connection: Connection,
    role: str,
    paths: Collection[str],
    at: datetime,
    *,
    besides: int | None = None,
) -> frozenset[str]:
    """Tell for which of these units somebody other than `besides` has the role."""
    return frozenset(store.granted_paths(connection, role, paths, local_day(at), besides=besides))


@dataclass(frozen=True)
class Proxy:
    """Why somebody's forms are filled in for him, and until when."""

    reason: str
    until: date


def proxy(connection: Connection, person_id: int, at: datetime) -> Proxy | None:
    """Say whether somebody's forms are filled in for him by his office on the day of a moment."""
    row = store.proxy(connection, person_id, local_day(at))
    return None if row is None else Proxy(row["reason"], row["valid_to"])


def holders_of_role(connection: Connection, role: str, at: datetime) -> tuple[int, ...]:
    """List who has a role on the day of a moment."""
    return tuple(store.holders_of_role(connection, role, local_day(at)))


def covered_by(
    connection: Connection, person_id: int, at: datetime, occupied: list[Row] | None = None
) -> frozenset[int]:
    """Give the holders for whom a person acts as Plh on the day of a moment."""
    day = local_day(at)
    rows = posts_of(connection, person_id, at) if occupied is None else occupied
    posts = {row["post_id"] for row in rows if row["kind"] == "PLH"}
    if not posts:
        return frozenset()
    inside = store.occupants(connection, posts, day)
    return frozenset(r["person_id"] for r in inside if r["how"] == store.HOLDER) - {person_id}


def people(
    connection: Connection,
    scope: Scope,
    *,
    text: str = "",
    after: str | None = None,
    limit: int = 25,
    at: datetime,
) -> People:
    """List persons in service within a scope, by name."""
    day = local_day(at)
    restrict = [store.under(scope.path_prefixes, scope.subjects)]
    if text.strip():
        restrict.append(store.named(text.strip()))
    rows = store.find(connection, day, restrict, _key(after), limit + 1)
    views = tuple(_view(row, day) for row in rows[:limit])
    more = f"{views[-1].id}|{views[-1].name}" if len(rows) > limit else None
    return People(views, more)


def one_person(connection: Connection, said: str, at: datetime) -> int | None:
    """Find one person in service by NIP, or by a name that only one has; else None."""
    digits = "".join(sign for sign in said if sign.isdigit())
    if len(digits) == 18:
        return person_of_nip(connection, digits)
    if not said.strip():
        return None
    everybody = Scope(path_prefixes=frozenset({""}))
    found = people(connection, everybody, text=said, limit=5, at=at).rows
    exact = [one for one in found if one.name.lower() == said.strip().lower()]
    if len(exact) == 1:
        return exact[0].id
    return found[0].id if len(found) == 1 else None


def _key(after: str | None) -> tuple[str, int] | None:
    if not after:
        return None
    number, _, name = after.partition("|")
    return (name, int(number)) if number.isdigit() else None


def _with_occupants(
    connection: Connection, main: Mapping[int, int], raters: Mapping[int, int | None], day: date
) -> Lines:
    rows = store.occupants(connection, set(raters), day)
    return Lines(
        main,
        raters,
        _grouped(row for row in rows if row["how"] == store.HOLDER),
        _grouped(row for row in rows if row["how"] == store.ACTING),
    )


def _grouped(rows: Iterable[Row]) -> dict[int, list[int]]:
    grouped: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        grouped[row["post_id"]].append(row["person_id"])
    return dict(grouped)


def _view(row: Row, day: date) -> PersonView:
    return PersonView(
        id=row["id"],
        nip=row["nip"],
        name=row["name"],
        post=row["post"] or "",
        post_kind=row["post_kind"] or "",
        unit_id=row["unit_id"] or 0,
        unit_name=row["unit_name"] or "",
        unit_path=row["unit_path"] or "",
        rank=row["rank"],
        kind=row["kind"],
        status=ACTIVE if row["left_on"] >= day else LEFT,
        email=row["email"],
    )
