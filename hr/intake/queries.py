"""A dry run of a directory file: what it would add, change and end, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from hr.calendar.rules import local_day
from hr.columns import FOREVER
from hr.directory.queries import persons_of_nips
from hr.directory.store import main_posts
from hr.directory.tables import Holding, PersonRank
from hr.intake import people, store
from hr.intake.columns import COLUMNS, NEEDED, Entry, read
from hr.intake.people import Change
from hr.intake.structure import Structure, changes, post_code, unit_code
from hr.sheets import MOST_FAULTS, Fault, Line, Sheet, Wrong
from hr.statements import Row

Step = Callable[[int], None]
CHUNK = 500
_MOST_SHOWN = 100


@dataclass
class Outlook:
    """What a file would do, or did; `shown` are the first of its changes, `faults` of its faults.

    known -- rows about persons that change nothing
    """

    rows: int = 0
    added: int = 0
    changed: int = 0
    ended: int = 0
    known: int = 0
    units: int = 0
    posts: int = 0
    wrong: int = 0
    faults: list[Fault] = field(default_factory=list)
    shown: list[Change] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.wrong

    @property
    def idle(self) -> bool:
        """Tell whether nothing would change."""
        return not (self.added or self.changed or self.ended or self.units or self.posts)

    def fault(self, faults: Iterable[Fault]) -> None:
        """Count faults, and keep the first."""
        for each in faults:
            self.wrong += 1
            if len(self.faults) < MOST_FAULTS:
                self.faults.append(each)

    def count(self, change: Change | None) -> None:
        """Count what is to be done about a person."""
        if change is None:
            self.known += 1
            return
        self.added += change.how == people.ADDED
        self.changed += change.how == people.CHANGED
        self.ended += change.how == people.ENDED
        if len(self.shown) < _MOST_SHOWN:
            self.shown.append(change)


class Reading:
    """One file against the directory of a day, read twice: for the structure, then by person.

    What is kept of it in memory is units, posts, and a number per person.
    """

    def __init__(
        self,
        connection: Connection,
        sheet: Sheet,
        day: date,
        *,
        complete: bool = False,
        reader: int | None = None,
        step: Step | None = None,
    ) -> None:
        self.connection, self.sheet, self.day = connection, sheet, day
        self.complete, self.reader, self.step = complete, reader, step
        self.found = Outlook()
        self.structure = Structure(store.units(connection), store.posts(connection, day))
        self.post_ids: dict[tuple[str, ...], int] = {
            key: row["id"] for key, row in self.structure.known_posts.items()
        }
        self.seen: dict[int, int] = {}

    def survey(self) -> None:
        """Read the file once: every row by itself, then what they say together."""
        try:
            for line in self._lines():
                self.found.rows += 1
                entry, faults = read(line)
                self.found.fault(faults)
                self.found.fault(self._twice(entry))
                if not faults:
                    self.found.fault(self.structure.hear(entry))
                self._told(self.found.rows)
        except Wrong as wrong:
            self.found.fault([wrong.at(1, "")])
            return
        self.found.fault(self.structure.judge(self._superiors()))
        for number, post in enumerate(self.structure.posts.values(), start=1):
            self.post_ids.setdefault(post.key, -number)
        self.found.units, self.found.posts = self._differing()

    def people(self) -> Iterator[list[Change]]:
        """Read the file again, and give by chunks what is to be done about each person."""
        waiting: list[Entry] = []
        for line in self._lines():
            entry, faults = read(line)
            if entry.nip and not faults:
                waiting.append(entry)
            if len(waiting) == CHUNK:
                yield self._compared(waiting)
                waiting = []
            self._told(self.found.rows + line.number)
        yield self._compared(waiting)
        if self.complete:
            yield from self._absent()

    def _lines(self) -> Iterator[Line]:
        return self.sheet.lines(COLUMNS, NEEDED)

    def _told(self, done: int) -> None:
        if self.step is not None and done % CHUNK == 0:
            self.step(done)

    def _twice(self, entry: Entry) -> Iterator[Fault]:
        if not entry.nip.isdigit():
            return
        first = self.seen.setdefault(int(entry.nip), entry.number)
        if first != entry.number:
            yield Fault(entry.number, "nip", "twice", entry.nip, str(first))

    def _superiors(self) -> dict[str, int]:
        found = persons_of_nips(self.connection, self.structure.missing_superiors())
        posts = main_posts(self.connection, list(found.values()), self.day)
        return {nip: posts[person] for nip, person in found.items() if person in posts}

    def _differing(self) -> tuple[int, int]:
        units = [u for u in self.structure.units.values() if u.known is None or unit_changes(u)[1]]
        posts = [
            post
            for post in self.structure.posts.values()
            if post.known is None or changes(post.known, post.said)[1] or self.new_rater(post.key)
        ]
        return len(units), len(posts)

    def new_rater(self, key: tuple[str, ...]) -> bool:
        """Tell whether a known post is to be rated by another."""
        known = self.structure.known_posts.get(key)
        if known is None or not self.structure.posts[key].raters:
            return False
        above = self.structure.key_of_id.get(known["rater_post_id"] or 0)
        return self.structure.raters[key] != above

    def _compared(self, entries: Sequence[Entry]) -> list[Change]:
        if not entries:
            return []
        known = {
            row["nip"]: row
            for row in store.people(self.connection, [entry.nip for entry in entries])
        }
        ids = [row["id"] for row in known.values()]
        ranks = store.spans(self.connection, PersonRank, ids) if ids else {}
        held = store.spans(self.connection, Holding, ids) if ids else {}
        done = []
        for entry in entries:
            row = known.get(entry.nip)
            person_id = 0 if row is None else row["id"]
            key = self.structure.key_of(entry)
            post_id = None if key is None else self.post_ids.get(key)
            change, faults = people.compare(
                entry, self.day, row, ranks.get(person_id, ()), held.get(person_id, ()), post_id
            )
            if change is not None and person_id and person_id == self.reader:
                faults = [Fault(entry.number, "nip", "own_row")]
            self.found.fault(faults)
            self.found.count(change)
            if change is not None:
                done.append(change)
        return done

    def _absent(self) -> Iterator[list[Change]]:
        after = 0
        last_day = date.fromordinal(self.day.toordinal() - 1)
        while rows := store.absentees(self.connection, self.day, after, CHUNK):
            after = rows[-1]["id"]
            gone = [
                people.leaving(row, last_day)
                for row in rows
                if row["nip"].isdigit()
                and int(row["nip"]) not in self.seen
                and row["id"] != self.reader
            ]
            for change in gone:
                self.found.count(change)
            yield gone


def unit_changes(unit: Any) -> tuple[Row, Row]:
    """Give what was and what is to be of a known unit."""
    return changes(unit.known, unit.said)


def look(
    connection: Connection,
    sheet: Sheet,
    day: date,
    *,
    complete: bool = False,
    reader: int | None = None,
    step: Step | None = None,
) -> Outlook:
    """Say what a directory file would do from a day on; nothing is changed.

    complete -- the file has everybody: who is not in it has left; reader -- who brings it in, whose
    own row must not change by it
    """
    reading = Reading(connection, sheet, day, complete=complete, reader=reader, step=step)
    reading.survey()
    if reading.found.sound:
        for _ in reading.people():
            pass
    return reading.found


def directory_rows(connection: Connection, at: datetime) -> Iterator[Row]:
    """Give the whole directory of a day as the rows of a file: units, vacant posts, then people."""
    day = local_day(at)
    units = {row["id"]: row for row in store.units(connection)}
    posts = {row["id"]: row for row in store.posts(connection, day)}
    codes = {number: unit_code(row) for number, row in units.items()}
    for unit in units.values():
        yield _unit_cells(unit, codes)
    for post in posts.values():
        yield _post_cells(post, posts, units, codes)
    last = ""
    for row in store.everybody(connection, day):
        if row["nip"] != last:  # of two posts the one held longer is the main one
            yield _person_cells(row, posts, units, codes)
        last = row["nip"]


def _unit_cells(unit: Row, codes: dict[int, str]) -> Row:
    return {
        "kode_unit": codes[unit["id"]],
        "nama_unit": unit["name"],
        "jenis_unit": unit["kind"],
        "kode_unit_induk": codes.get(unit["parent_id"] or 0, ""),
    }


def _post_cells(
    post: Row, posts: dict[int, Row], units: dict[int, Row], codes: dict[int, str]
) -> Row:
    rater = posts.get(post["rater_post_id"] or 0)
    return {
        **_unit_cells(units[post["unit_id"]], codes),
        "kode_jabatan": post_code(post),
        "jabatan": post["title"],
        "jenis_jabatan": post["kind"],
        "kelas": str(post["grade"]),
        "kursi": str(post["seats"]),
        "kode_jabatan_penilai": post_code(rater) if rater else "",
    }


def _person_cells(
    row: Row, posts: dict[int, Row], units: dict[int, Row], codes: dict[int, str]
) -> Row:
    post = posts.get(row["post_id"] or 0)
    place = _post_cells(post, posts, units, codes) if post else {"kode_unit": ""}
    return {
        **place,
        "nip": row["nip"],
        "nama": row["name"],
        "status_asn": row["kind"],
        "golongan": row["rank"] or "",
        "tmt_golongan": _day(row["rank_since"]),
        "pendidikan": row["education"],
        "email": row["email"],
        "telepon": row["phone"],
        "tmt_jabatan": _day(row["post_since"]) if post else "",
        "tanggal_masuk": _day(row["joined_on"]),
        "tanggal_keluar": "" if row["left_on"] == FOREVER else _day(row["left_on"]),
    }


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
