"""What is asked about records of a kind: a file's dry run, a person's rows, the file back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from engine.errors import NotFound
from hr.columns import FOREVER
from hr.directory.queries import persons_of_nips
from hr.dossier import store
from hr.dossier.findings import Finding, findings
from hr.dossier.kinds import KINDS, Kind
from hr.sheets import MOST_FAULTS, Fault, Line, Sheet, Wrong
from hr.statements import Row

Step = Callable[[int], None]
_CHUNK = 400
_MOST_SHOWN = 100
_CHECKED = (
    *("leave", "career_break", "attendance_month", "attendance_mark", "education"),
    "annual_predicate",
)


@dataclass
class Found:
    """What a file of records would do, or did: rows that are new, replace one, are known already.

    shown -- the first of what would change: number in the file, NIP, what was, what is to be
    """

    rows: int = 0
    added: int = 0
    changed: int = 0
    known: int = 0
    wrong: int = 0
    faults: list[Fault] = field(default_factory=list)
    shown: list[tuple[int, str, Row | None, Row]] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.wrong

    @property
    def idle(self) -> bool:
        """Tell whether nothing would change."""
        return not (self.added or self.changed)

    def fault(self, faults: list[Fault]) -> None:
        """Count faults, and keep the first."""
        self.wrong += len(faults)
        self.faults += faults[: max(0, MOST_FAULTS - len(self.faults))]


@dataclass(frozen=True)
class Records:
    """The newest rows of a kind that a person has, and how many there are in all."""

    kind: str
    rows: tuple[Row, ...]
    total: int


class Reading:
    """One file of a kind, read twice: for its faults, then to be written."""

    def __init__(
        self,
        connection: Connection,
        kind: Kind,
        sheet: Sheet,
        reader: int | None = None,
        step: Step | None = None,
    ) -> None:
        self.connection, self.kind, self.sheet = connection, kind, sheet
        self.reader, self.step = reader, step
        self.found = Found()
        self.people: dict[int, int] = {}

    def survey(self) -> None:
        """Read every row by itself, and see that its person is known."""
        allowed = (
            store.competences(self.connection) if self.kind.name == "competence_level" else None
        )
        try:
            for lines in self._chunks():
                self._meet([line.cells["nip"] for line in lines])
                for line in lines:
                    self.found.rows += 1
                    row, faults = self.kind.read(line)
                    faults += self._of_person(line)
                    if allowed is not None and row.get("competence", "") not in allowed:
                        said = row.get("competence", "")
                        faults.append(Fault(line.number, "competence", "option", said))
                    self.found.fault(faults)
        except Wrong as wrong:
            self.found.fault([wrong.at(1, "")])

    def rows(self) -> Iterator[tuple[list[Row], list[tuple[Row, Row]]]]:
        """Give by chunks what is new, and what replaces what."""
        taken: set[Any] = set()
        for lines in self._chunks():
            yield self._compared(lines, taken)

    def _compared(
        self, lines: list[Line], taken: set[Any]
    ) -> tuple[list[Row], list[tuple[Row, Row]]]:
        names = ("person_id", *self.kind.columns)
        rows = [(line, self._row(line)) for line in lines]
        stored = store.of_people(
            self.connection, self.kind.name, {row["person_id"] for _, row in rows}
        )
        same = {tuple(row[name] for name in names) for row in stored}
        key = ("person_id", *self.kind.key)
        by_key = {tuple(row[name] for name in key): row for row in stored} if self.kind.key else {}
        fresh: list[Row] = []
        changed: list[tuple[Row, Row]] = []
        for line, row in rows:
            whole = tuple(row[name] for name in names)
            mark = tuple(row[name] for name in key) if self.kind.key else whole
            if whole in same or hash(mark) in taken:
                self.found.known += 1
                continue
            taken.add(hash(mark))
            old = by_key.get(mark)
            if old is None:
                fresh.append(row)
            else:
                changed.append((old, row))
            if len(self.found.shown) < _MOST_SHOWN:
                self.found.shown.append((line.number, line.cells["nip"], old, row))
        self.found.added += len(fresh)
        self.found.changed += len(changed)
        return fresh, changed

    def _row(self, line: Line) -> Row:
        row, _ = self.kind.read(line)
        return {"person_id": self.people[_number(line.cells["nip"])], **row}

    def _of_person(self, line: Line) -> list[Fault]:
        nip = line.cells["nip"]
        person = self.people.get(_number(nip))
        if person is None:
            return [Fault(line.number, "nip", "rounded" if "e" in nip else "nobody", nip)]
        if person == self.reader:
            return [Fault(line.number, "nip", "own_row")]
        return []

    def _meet(self, nips: list[str]) -> None:
        unknown = {nip for nip in nips if _number(nip) not in self.people}
        found = persons_of_nips(self.connection, unknown) if unknown else {}
        self.people |= {_number(nip): person for nip, person in found.items()}

    def _chunks(self) -> Iterator[list[Line]]:
        waiting: list[Line] = []
        for line in self.kind.lines(self.sheet):
            waiting.append(line)
            if len(waiting) == _CHUNK:
                yield waiting
                waiting = []
                if self.step is not None:
                    self.step(line.number)
        if waiting:
            yield waiting


def look(
    connection: Connection,
    kind: str,
    sheet: Sheet,
    *,
    reader: int | None = None,
    step: Step | None = None,
) -> Found:
    """Say what a file of records would do; nothing is changed.

    reader -- who brings it in, and may not bring in anything about himself
    """
    reading = Reading(connection, KINDS[kind], sheet, reader, step)
    reading.survey()
    if reading.found.sound:
        for _ in reading.rows():
            pass
    return reading.found


def record_rows(connection: Connection, kind: str) -> Iterator[Row]:
    """Give all records of a kind as the rows of a file that can be taken in again."""
    for row in store.everybody(connection, kind, list(KINDS[kind].columns)):
        yield {name: said(value) for name, value in row.items()}


def records(
    connection: Connection, person_id: int, series: Collection[str], limit: int = 12
) -> tuple[Records, ...]:
    """Give what is recorded about a person in some series, kind by kind, the newest first."""
    found = []
    for kind in (kind for kind in KINDS.values() if kind.series in series):
        rows, total = store.newest(connection, kind.name, person_id, newest_by(kind), limit)
        found.append(Records(kind.name, tuple(rows), total))
    return tuple(found)


@dataclass(frozen=True)
class Segment:
    """A time in a post; `kind` is empty for its holder, PLT or PLH for who acted in it."""

    post: str
    unit: str
    grade: int
    since: date
    until: date | None
    kind: str = ""


@dataclass(frozen=True)
class RankStep:
    rank: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Career:
    """Posts and ranks of a person, the newest first, and what does not fit together in it all."""

    nip: str
    kind: str
    education: str
    phone: str
    joined_on: date
    left_on: date | None
    segments: tuple[Segment, ...]
    ranks: tuple[RankStep, ...]
    findings: tuple[Finding, ...]


def career(connection: Connection, person_id: int, day: date) -> Career:
    """Describe the career of a person, and check it as of a day."""
    person = store.person(connection, person_id)
    if person is None:
        raise NotFound(f"Expected a person with number {person_id}, but there is none.")
    held, acted, ranks = store.career(connection, person_id)
    rows = {kind: store.of_people(connection, kind, [person_id]) for kind in _CHECKED}
    found = findings(person, held, ranks, rows, day)
    segments = sorted([*held, *acted], key=lambda row: row["valid_from"], reverse=True)
    return Career(
        nip=person["nip"],
        kind=person["kind"],
        education=person["education"],
        phone=person["phone"],
        joined_on=person["joined_on"],
        left_on=_open(person["left_on"]),
        segments=tuple(
            Segment(
                row["post"],
                row["unit"],
                row["grade"],
                row["valid_from"],
                _open(row["valid_to"]),
                row.get("kind", ""),
            )
            for row in segments
        ),
        ranks=tuple(
            RankStep(row["rank"], row["valid_from"], _open(row["valid_to"]))
            for row in reversed(ranks)
        ),
        findings=tuple(found),
    )


def _open(day: date) -> date | None:
    return None if day == FOREVER else day


def newest_by(kind: Kind) -> str:
    """Name the column that tells which row of a kind is the newest."""
    dates = ("valid_from", "month", "year", "day", "graduated_on", "held_on", "given_on")
    return next((name for name in dates if name in kind.columns), "completed_on")


def said(value: Any) -> str:
    """Write a value as a file has it."""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, date):
        return "" if value == FOREVER else value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return "" if value is None else str(value)


def _number(nip: str) -> int:
    return int(nip) if nip.isascii() and nip.isdigit() else -1
