"""Bringing a directory file in: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine import Command, Context, RowChanged
from engine.errors import NotAllowed
from engine.model import StreamKind
from hr.calendar.rules import local_day
from hr.directory.queries import roles_of
from hr.directory.tables import Holding, Person, PersonRank, Post, Unit
from hr.intake import store
from hr.intake.people import ADDED, ENDED, Change
from hr.intake.queries import CHUNK, Outlook, Reading, Step, unit_changes
from hr.intake.structure import PostSpec, UnitSpec, changes
from hr.sheets import Sheet, refuse
from hr.statements import Row

_SECTION, _OFFICE = "SECTION", "OFFICE"


@dataclass(frozen=True, kw_only=True)
class ImportDirectory(Command[Outlook]):
    """Bring in units, posts and people of a file; the agency may, and no row about oneself.

    What is known already stays as it is: the same file again changes nothing.  The file is checked
    as a dry run checks it, and with any fault nothing happens.

    day -- from when on it holds, where a row has no day of its own; None is today
    complete -- the file has everybody: who is not in it leaves service with the day before
    """

    sheet: Sheet
    day: date | None = None
    complete: bool = False
    reason: str = ""
    step: Step | None = None

    def execute(self, ctx: Context) -> Outlook:
        _refuse_strangers(ctx)
        day = self.day or local_day(ctx.now)
        reading = Reading(
            ctx.connection,
            self.sheet,
            day,
            complete=self.complete,
            reader=ctx.actor.person_id,
            step=self.step,
        )
        reading.survey()
        refuse(reading.found.faults)
        reason = self.reason or self.sheet.name
        told = _Telling(ctx, reason)
        _build(ctx, reading, day, told)
        for chunk in reading.people():
            refuse(reading.found.faults)
            _write(ctx, chunk, told)
        told.structure([("directory_file", self.sheet.name[:120], None, _totals(reading.found))])
        return reading.found


class _Telling:
    """Writes the events of a chunk at once: a large file must not wait in memory for its end."""

    def __init__(self, ctx: Context, reason: str) -> None:
        self.ctx, self.reason = ctx, reason
        self.units: Any = None  # the head of the stream of units and posts, once it is locked

    def structure(self, told: Sequence[tuple[str, int | str, Row | None, Row]]) -> None:
        """Note units and posts; they are nobody's personal data."""
        if not told:
            return
        if self.units is None:
            stream = (StreamKind.NETWORK, f"units/{self.ctx.now:%Y-%m-%d}")
            self.units = self.ctx.store.history.lock(*stream)
        events = [
            RowChanged(noun=noun, key=str(key), old=old, new=_plain(new), reason=self.reason)
            for noun, key, old, new in told
        ]
        self.ctx.append_all([(self.units, events)])

    def people(self, made: Sequence[Change], known: Sequence[Change]) -> None:
        """Note persons, each on his own stream; what it says about him can be erased."""
        history = self.ctx.store.history
        keys = [str(change.person_id) for change in made]
        heads = history.create(StreamKind.PERSON, keys) if keys else []
        heads += [history.lock(StreamKind.PERSON, str(change.person_id)) for change in known]
        streams = [
            (head, [self._event(change)])
            for head, change in zip(heads, [*made, *known], strict=True)
        ]
        self.ctx.append_all(streams)

    def _event(self, change: Change) -> RowChanged:
        return RowChanged(
            noun="person",
            key=str(change.person_id),
            reason=self.reason,
            sealed={"old": change.old, "new": change.new},
        )


def _build(ctx: Context, reading: Reading, day: date, told: _Telling) -> None:
    """Make and change units and posts, units above before those below."""
    structure = reading.structure
    numbers = {code: row["id"] for code, row in structure.known_units.items()}
    paths = {code: row["path"] for code, row in structure.known_units.items()}
    steps = _last_steps(paths.values())
    for unit in _downward(structure.units):
        if unit.known is None:
            row = _unit_row(unit, numbers, paths, steps, day)
            (number,) = store.add_numbered(ctx.connection, Unit, [row])
            numbers[unit.code], paths[unit.code] = number, row["path"]
            told.structure([("unit", number, None, row)])
        elif (both := unit_changes(unit))[1]:
            store.change(ctx.connection, Unit, {unit.known["id"]: both[1]})
            told.structure([("unit", unit.known["id"], *both)])
    fresh = [post for post in structure.posts.values() if post.known is None]
    for some in _chunks(fresh):
        rows = [_post_row(post, numbers[post.unit], day) for post in some]
        for post, number in zip(some, store.add_numbered(ctx.connection, Post, rows), strict=True):
            reading.post_ids[post.key] = number
    for some in _chunks(fresh):  # now every post has its number, whoever rates it
        _rate_new(ctx, reading, some, numbers, day, told)
    _rate_known(ctx, reading, day, told)


def _chunks(posts: Sequence[PostSpec]) -> Iterator[Sequence[PostSpec]]:
    for start in range(0, len(posts), CHUNK):
        yield posts[start : start + CHUNK]


def _rate_new(
    ctx: Context,
    reading: Reading,
    fresh: Sequence[PostSpec],
    numbers: Mapping[str, int],
    day: date,
    told: _Telling,
) -> None:
    """Say who rates posts that are new, from their first day on."""
    ids, raters = reading.post_ids, reading.structure.raters
    above = {post.key: ids[key] for post in fresh if (key := raters.get(post.key)) is not None}
    store.set_raters(ctx.connection, {ids[key]: rater for key, rater in above.items()})
    noted: list[tuple[str, int | str, Row | None, Row]] = []
    for post in fresh:
        row = _post_row(post, numbers[post.unit], day)
        noted.append(("post", ids[post.key], None, {**row, "rater_post_id": above.get(post.key)}))
    told.structure(noted)


def _rate_known(ctx: Context, reading: Reading, day: date, told: _Telling) -> None:
    """Change known posts, and say who rates them from the day on."""
    structure, ids = reading.structure, reading.post_ids
    for post in structure.posts.values():
        if post.known is None:
            continue
        old, new = changes(post.known, post.said)
        if new:
            store.change(ctx.connection, Post, {post.known["id"]: new})
        if reading.new_rater(post.key):
            key = structure.raters.get(post.key)
            rater = None if key is None else ids[key]
            old["rater_post_id"] = post.known["rater_post_id"]
            new = {**new, "rater_post_id": rater, "since": day.isoformat()}
            store.set_line(ctx.connection, post.known["id"], rater, day)
        if new:
            told.structure([("post", post.known["id"], old, new)])


def _write(ctx: Context, chunk: Sequence[Change], told: _Telling) -> None:
    """Write what a chunk of rows changes about people."""
    made = [change for change in chunk if change.how == ADDED]
    known = [change for change in chunk if change.how != ADDED]
    numbers = store.add_numbered(ctx.connection, Person, [change.row for change in made])
    for change, number in zip(made, numbers, strict=True):
        change.person_id = number
    changed = {c.person_id: c.row for c in known if c.person_id is not None and c.row}
    leaving = {c.person_id for c in known if c.how == ENDED and list(c.row) == ["left_on"]}
    store.change(ctx.connection, Person, {n: row for n, row in changed.items() if n not in leaving})
    for last_day in {changed[number]["left_on"] for number in leaving if number is not None}:
        gone = [n for n in leaving if n is not None and changed[n]["left_on"] == last_day]
        store.leave(ctx.connection, gone, last_day)
    _write_spans(ctx, chunk)
    told.people(made, [change for change in known if change.new])


def _write_spans(ctx: Context, chunk: Sequence[Change]) -> None:
    ends: dict[int, date] = {}
    for change in chunk:
        ends |= change.rank_ends
    store.end_spans(ctx.connection, PersonRank, ends)
    ends = {}
    for change in chunk:
        ends |= change.holding_ends
    store.end_spans(ctx.connection, Holding, ends)
    ranks = [{"person_id": c.person_id, **c.rank} for c in chunk if c.rank is not None]
    store.add_spans(ctx.connection, PersonRank, ranks)
    held = [{"person_id": c.person_id, **c.holding} for c in chunk if c.holding is not None]
    store.add_spans(ctx.connection, Holding, held)


def _totals(found: Outlook) -> Row:
    """Give what a file did as a whole, to be noted beside what it did to each."""
    names = ("rows", "added", "changed", "ended", "known", "units", "posts")
    return {name: getattr(found, name) for name in names}


def _downward(units: Mapping[str, UnitSpec]) -> list[UnitSpec]:
    done: dict[str, UnitSpec] = {}

    def place(unit: UnitSpec) -> None:
        above = units.get(unit.parent)
        if unit.code not in done:
            if above is not None:
                place(above)
            done[unit.code] = unit

    for unit in units.values():
        place(unit)
    return list(done.values())


def _last_steps(paths: Iterable[str]) -> dict[str, int]:
    """Give the highest step below each path: 3 for `/01/` where `/01/03/` is the last."""
    steps: dict[str, int] = {}
    for path in paths:
        above, _, step = path.rstrip("/").rpartition("/")
        if step.isdigit():
            steps[f"{above}/"] = max(steps.get(f"{above}/", 0), int(step))
    return steps


def _unit_row(
    unit: UnitSpec,
    numbers: Mapping[str, int],
    paths: Mapping[str, str],
    steps: dict[str, int],
    day: date,
) -> Row:
    above = paths.get(unit.parent, "/")
    steps[above] = steps.get(above, 0) + 1
    return {
        "parent_id": numbers.get(unit.parent),
        "path": f"{above}{steps[above]:02d}/",
        "name": unit.said["name"],
        "kind": unit.said.get("kind", _SECTION if unit.parent else _OFFICE),
        "code": unit.code,
        "valid_from": min(day, unit.since),
    }


def _post_row(post: PostSpec, unit_id: int, day: date) -> Row:
    return {
        "unit_id": unit_id,
        "title": post.said["title"],
        "kind": post.said["kind"],
        "grade": post.said["grade"],
        "seats": post.said.get("seats", max(1, post.seen)),
        "code": post.code,
        "valid_from": min(day, post.since),
    }


def _plain(row: Row) -> dict[str, Any]:
    return {name: str(v) if isinstance(v, date) else v for name, v in row.items()}


def _refuse_strangers(ctx: Context) -> None:
    if ctx.actor.is_platform:
        return
    held = {grant.role for grant in roles_of(ctx.connection, ctx.actor.person_id or 0, ctx.now)}
    if "HRC" not in held:
        raise NotAllowed("Expected an officer of the agency, but you are none.", reason="NOT_HRC")
