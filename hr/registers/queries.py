"""What is asked about a register: a file's dry run, and the same file back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from hr.calendar.rules import local_day
from hr.directory.queries import persons_of_nips
from hr.dossier.queries import Found, Step, said
from hr.intake.structure import post_code, unit_code
from hr.registers import goals, store
from hr.registers.kinds import COMPETENCE, COURSE, PATH, PERSON, POST, REGISTERS, UNIT, Register
from hr.sheets import Fault, Line, Sheet, Wrong
from hr.statements import Row

GOALS = "goals"
_CHUNK = 400
_MOST_SHOWN = 100
Changed = tuple[Row, Row]


class Codes:
    """Numbers by code and codes by number, of whatever columns point at; read once a file."""

    def __init__(self, connection: Connection, day: date) -> None:
        self.connection, self.day = connection, day
        self._known: dict[str, dict[str, Any]] = {}
        self._back: dict[str, dict[Any, str]] = {}

    def number(self, what: str, code: str) -> Any:
        """Give what a code stands for in the table, or None."""
        return self._of(what).get(code)

    def code(self, what: str, number: Any) -> str:
        """Give the code of something that is there."""
        self._of(what)
        return self._back[what].get(number, "")

    def meet(self, nips: list[str]) -> None:
        """Learn who some NIPs are."""
        self._learn(PERSON, persons_of_nips(self.connection, set(nips)))

    def meet_numbers(self, ids: list[int]) -> None:
        """Learn the NIPs of some persons."""
        back = store.nips(self.connection, ids)
        self._learn(PERSON, {nip: number for number, nip in back.items()})

    def _of(self, what: str) -> dict[str, Any]:
        if what not in self._known:
            self._learn(what, self._read(what))
        return self._known[what]

    def _learn(self, what: str, known: Mapping[str, Any]) -> None:
        self._known.setdefault(what, {}).update(known)
        self._back.setdefault(what, {}).update({number: code for code, number in known.items()})

    def _read(self, what: str) -> dict[str, Any]:
        if what == UNIT:
            return {unit_code(row): row["id"] for row in store.units(self.connection)}
        if what == PATH:
            return {unit_code(row): row["path"] for row in store.units(self.connection)}
        if what == POST:
            return {post_code(row): row["id"] for row in store.posts(self.connection, self.day)}
        if what == COURSE:
            return store.courses(self.connection)
        if what == COMPETENCE:
            return {code: code for code in store.competences(self.connection)}
        return {}


class Reading:
    """One file of a register, read twice: for its faults, then to be written."""

    def __init__(
        self,
        connection: Connection,
        register: Register,
        sheet: Sheet,
        day: date,
        reader: int | None = None,
        step: Step | None = None,
    ) -> None:
        self.connection, self.register, self.sheet = connection, register, sheet
        self.reader, self.step = reader, step
        self.codes = Codes(connection, day)
        self.found = Found()

    def survey(self) -> None:
        """Read every row, and see that what it names is there and that none says another thing."""
        seen: dict[int, tuple[int, int]] = {}
        try:
            for lines in self._chunks():
                sound: list[tuple[int, Row]] = []
                for line in lines:
                    self.found.rows += 1
                    row, faults = self.register.read(line)
                    faults += self._named(line.number, row)
                    if not faults:
                        faults += self._twice(line.number, row, seen)
                        sound.append((line.number, row))
                    self.found.fault(faults)
                if self.register.grows:
                    self.found.fault(self._shrunk(sound))
        except Wrong as wrong:
            self.found.fault([wrong.at(1, "")])

    def rows(self) -> Iterator[tuple[list[Row], list[Changed]]]:
        """Give by chunks what is new, and what replaces what, as the file says it."""
        taken: set[int] = set()
        for lines in self._chunks():
            rows = [(line.number, self.register.read(line)[0]) for line in lines]
            stored = self._stored([row for _, row in rows])
            fresh: list[Row] = []
            changed: list[Changed] = []
            for number, row in rows:
                key = self.register.key_of(row)
                old = stored.get(key)
                if old == row or hash(key) in taken:
                    self.found.known += 1
                    continue
                taken.add(hash(key))
                if old is None:
                    fresh.append(row)
                else:
                    changed.append((old, row))
                if len(self.found.shown) < _MOST_SHOWN:
                    label = " ".join(said(one) for one in key)
                    self.found.shown.append((number, label, old, row))
            self.found.added += len(fresh)
            self.found.changed += len(changed)
            yield fresh, changed

    def of_table(self, row: Row) -> Row:
        """Give a row of the file as its table has it."""
        refs = self.register.refs
        told = {
            refs[name].column if name in refs else name: self._number(name, value)
            for name, value in row.items()
        }
        return {**told, **self.register.fixed}

    def _number(self, name: str, value: Any) -> Any:
        ref = self.register.refs.get(name)
        return value if ref is None else self.codes.number(ref.what, value)

    def _named(self, number: int, row: Row) -> Iterator[Fault]:
        for name, ref in self.register.refs.items():
            if name not in row:
                continue
            found = self.codes.number(ref.what, row[name])
            if found is None:
                yield self.register.unknown(number, name, row[name])
            elif ref.what == PERSON and found == self.reader:
                yield Fault(number, name, "own_row")

    def _twice(self, number: int, row: Row, seen: dict[int, tuple[int, int]]) -> Iterator[Fault]:
        key, whole = hash(self.register.key_of(row)), hash(tuple(row.values()))
        first, before = seen.setdefault(key, (number, whole))
        if before != whole:
            found = " ".join(said(one) for one in self.register.key_of(row))
            yield Fault(number, self.register.key[0], "twice", found, str(first))

    def _shrunk(self, rows: list[tuple[int, Row]]) -> list[Fault]:
        stored = self._stored([row for _, row in rows])
        faults = []
        for number, row in rows:
            old = stored.get(self.register.key_of(row), row)
            for name in self.register.grows:
                if row[name] < old[name]:
                    faults.append(Fault(number, name, "number", said(row[name]), f"{old[name]}-"))
        return faults

    def _stored(self, rows: list[Row]) -> dict[tuple[Any, ...], Row]:
        """Read what stands in the table for the keys of some rows, as a file says it."""
        lead = self.register.key[0]
        ref = self.register.refs.get(lead)
        column = ref.column if ref is not None else lead
        values = {self._number(lead, row[lead]) for row in rows}
        found = store.stored(
            self.connection, self.register.table, self.register.fixed, column, values
        )
        told = [as_file(self.register, self.codes, row) for row in found]
        return {self.register.key_of(row): row for row in told}

    def _chunks(self) -> Iterator[list[Line]]:
        waiting: list[Line] = []
        for line in self.register.lines(self.sheet):
            waiting.append(line)
            if len(waiting) == _CHUNK:
                yield self._met(waiting)
                waiting = []
                if self.step is not None:
                    self.step(line.number)
        if waiting:
            yield self._met(waiting)

    def _met(self, lines: list[Line]) -> list[Line]:
        if any(ref.what == PERSON for ref in self.register.refs.values()):
            self.codes.meet([line.cells["nip"] for line in lines])
        return lines


def as_file(register: Register, codes: Codes, row: Row) -> Row:
    """Give a row of the table as the file says it."""
    told = {}
    for name in register.columns:
        ref = register.refs.get(name)
        told[name] = row[name] if ref is None else codes.code(ref.what, row[ref.column])
    return told


class Trees:
    """A file of goals, by year: each that says something new becomes a version of its year."""

    def __init__(self, connection: Connection, sheet: Sheet, day: date) -> None:
        self.connection, self.sheet, self.day = connection, sheet, day
        self.codes = Codes(connection, day)
        self.found = Found()
        self.years: dict[int, goals.Tree] = {}

    def survey(self) -> None:
        """Read every row, and see that the trees hang together."""
        register = REGISTERS[GOALS]
        seen: dict[tuple[Any, ...], int] = {}
        try:
            for line in register.lines(self.sheet):
                self.found.rows += 1
                row, faults = register.read(line)
                if not faults:
                    first = seen.setdefault(register.key_of(row), line.number)
                    if first != line.number:
                        faults.append(Fault(line.number, "code", "twice", row["code"], str(first)))
                    if row["unit"] and self.codes.number(PATH, row["unit"]) is None:
                        faults.append(Fault(line.number, "unit", "unknown_unit", row["unit"]))
                    self.years.setdefault(row["year"], goals.Tree()).take(line.number, row)
                self.found.fault(faults)
        except Wrong as wrong:
            self.found.fault([wrong.at(1, "")])
        if self.found.sound:
            for tree in self.years.values():
                self.found.fault(list(tree.faults()))

    def fresh(self) -> Iterator[tuple[int, goals.Tree]]:
        """Give the years whose newest version says something else, and count what differs."""
        for year, tree in sorted(self.years.items()):
            stored = stored_tree(self.connection, self.codes, year)
            new, old = tree.rows(year), [] if stored is None else stored.rows(year)
            changed = list(goals.differing(old, new))
            gone = len(old) + sum(one is None for one, _ in changed) - len(new)
            added = sum(one is None for one, _ in changed)
            self.found.added += added
            self.found.changed += len(changed) - added + gone
            self.found.known += len(new) - len(changed)
            for before, row in changed:
                if len(self.found.shown) < _MOST_SHOWN:
                    label = f"{year} {row['code'] or row['kind']}"
                    self.found.shown.append((0, label, before, row))
            if changed or gone:
                yield year, tree


def stored_tree(connection: Connection, codes: Codes, year: int) -> goals.Tree | None:
    """Give the newest version of a year as a file would say it, or None."""
    found = store.catalogue(connection, year)
    if found is None:
        return None
    version, below, measured = found
    return goals.from_tables(
        year, version["vision"], below, measured, lambda path: codes.code(PATH, path)
    )


def look(
    connection: Connection,
    name: str,
    sheet: Sheet,
    at: datetime,
    *,
    reader: int | None = None,
    step: Step | None = None,
) -> Found:
    """Say what a file of a register would do; nothing is changed.

    reader -- who brings it in, and may not bring in anything about himself
    """
    if name == GOALS:
        trees = Trees(connection, sheet, local_day(at))
        trees.survey()
        if trees.found.sound:
            for _ in trees.fresh():
                pass
        return trees.found
    reading = Reading(connection, REGISTERS[name], sheet, local_day(at), reader, step)
    reading.survey()
    if reading.found.sound:
        for _ in reading.rows():
            pass
    return reading.found


def register_rows(connection: Connection, name: str, at: datetime) -> Iterator[Row]:
    """Give a register as the rows of a file that can be taken in again; of goals the newest."""
    codes = Codes(connection, local_day(at))
    told = _trees(connection, codes) if name == GOALS else _told(connection, REGISTERS[name], codes)
    for row in told:
        yield {column: said(value) for column, value in row.items()}


def _trees(connection: Connection, codes: Codes) -> Iterator[Row]:
    for year in store.years(connection):
        tree = stored_tree(connection, codes, year)
        yield from () if tree is None else tree.rows(year)


def _told(connection: Connection, register: Register, codes: Codes) -> Iterator[Row]:
    refs = register.refs
    order = [refs[name].column if name in refs else name for name in register.key]
    for row in store.everything(connection, register.table, register.fixed, order):
        if any(ref.what == PERSON for ref in refs.values()):
            codes.meet_numbers([row["person_id"]])
        yield as_file(register, codes, row)
