"""The registers: their columns, what those point at, and which row replaces which.  Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from hr import sheets
from hr.columns import FOREVER
from hr.development.rules import MODALITIES
from hr.indicators.rules import DIMENSIONS, LEVELS
from hr.sheets import Fault, Line, Wrong

UNIT, POST, COURSE, COMPETENCE, PERSON = "unit", "post", "course", "competence", "person"
PATH = "path"  # of a unit, too; goals name offices so
DIRECTIONS = ("HIGHER", "LOWER")
COMPETENCE_KINDS = ("TECHNICAL", "MANAGERIAL", "SOCIAL")
ROWS = ("VISION", "MISSION", "GOAL", "IKU")
_QUARTER = re.compile(r"(?:19|20|21)\d\d-?Q[1-4]", re.IGNORECASE)
_UNKNOWN = {
    UNIT: "unknown_unit", POST: "unknown_post", PERSON: "nobody",
    COURSE: "option", COMPETENCE: "option",
}  # fmt: skip

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Ref:
    """What the code in a column points at, and the column of the table that has its number."""

    what: str
    column: str


@dataclass(frozen=True)
class Register:
    """A register.

    columns -- what a file has, and how a cell is read
    key -- columns of which there is one row each: a second one replaces the first
    refs -- columns that hold the code of something; fixed -- what every row of the table has
    grows -- columns that a file may not make smaller, since somebody has what is there
    together -- what is wrong with a row as a whole
    """

    name: str
    table: str
    columns: Mapping[str, sheets.Read]
    key: tuple[str, ...]
    refs: Mapping[str, Ref] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    grows: tuple[str, ...] = ()
    aliases: Mapping[str, Sequence[str]] = field(default_factory=dict)
    together: Callable[[int, Row], Iterator[Fault]] | None = None

    def lines(self, sheet: sheets.Sheet) -> Iterator[Line]:
        """Give the rows of a file of this register."""
        names = {
            name: (*_ALIASES.get(name, ()), *self.aliases.get(name, ())) for name in self.columns
        }
        return sheet.lines(
            names, [name for name, read in self.columns.items() if not sheets.may_be_empty(read)]
        )

    def read(self, line: Line) -> tuple[dict[str, Any], list[Fault]]:
        """Read a row of a file; codes stay codes."""
        row, faults = sheets.read_cells(self.columns, line)
        if not faults and self.together is not None:
            faults += self.together(line.number, row)
        return row, faults

    def key_of(self, row: Row) -> tuple[Any, ...]:
        """Give what tells a row from all others."""
        return tuple(row[name] for name in self.key)

    def unknown(self, number: int, column: str, found: str) -> Fault:
        """Say that a code points at nothing."""
        return Fault(number, column, _UNKNOWN[self.refs[column].what], found)


def _end(text: str) -> date:
    return sheets.day(text) if text else FOREVER


def _number(most: int) -> sheets.Read:
    """Read a number of 0 or more, with a decimal point or comma."""

    def read(text: str) -> Decimal:
        plain = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
        try:
            number = Decimal(plain)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or not 0 <= number <= most:
            raise Wrong("number" if text else "required", text, f"0-{most}")
        return number

    return read


def _maybe(read: sheets.Read, without: Any = None) -> sheets.Read:
    return lambda text: read(text) if text else without


def _quarter(text: str) -> str:
    if not _QUARTER.fullmatch(text):
        raise Wrong("option" if text else "required", text, "2026Q2")
    return text.replace("-", "").upper()


def _code(most: int) -> sheets.Read:
    def read(text: str) -> str:
        if len(text) > most:
            raise Wrong("length", text, str(most))
        return sheets.words(text)

    return read


def _span(number: int, row: Row) -> Iterator[Fault]:
    if row["valid_to"] < row["valid_from"]:
        yield Fault(number, "valid_to", "before_start")


def _session(number: int, row: Row) -> Iterator[Fault]:
    if row["ends_on"] < row["starts_on"]:
        yield Fault(number, "ends_on", "before_start")


def _facts(number: int, row: Row) -> Iterator[Fault]:
    index = row["skm_index"]
    if index is not None and not 25 <= index <= 100:
        yield Fault(number, "skm_index", "number", str(index), "25-100")
    if row["complaints_upheld"] > row["complaints"]:
        found, most = str(row["complaints_upheld"]), row["complaints"]
        yield Fault(number, "complaints_upheld", "number", found, f"0-{most}")


def _goal(number: int, row: Row) -> Iterator[Fault]:
    kind = row["kind"]
    needed = {"VISION": (), "MISSION": ("code",), "GOAL": ("code", "parent")}.get(
        kind, ("code", "parent", "unit", "measure", "direction", "target", "dimension", "level")
    )
    yield from (Fault(number, name, "required") for name in needed if not row[name])


_UNIT = Ref(UNIT, "unit_id")
_SPAN: Mapping[str, sheets.Read] = {"valid_from": sheets.day, "valid_to": _end}
_ALIASES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "unit": ("kode_unit", "unor_id"),
        "post": ("kode_jabatan",),
        "period": ("periode", "triwulan"),
        "year": ("tahun",),
        "competence": ("kompetensi", "kode_kompetensi"),
        "level": ("tingkat", "jenjang"),
        "valid_from": ("tmt", "tanggal_mulai", "mulai"),
        "valid_to": ("tanggal_selesai", "selesai", "sampai"),
        "measure": ("satuan",),
        "direction": ("arah",),
        "indicator": ("indikator",),
        "code": ("kode",),
        "name": ("nama",),
        "text": ("uraian",),
    }
)
_ALL = (
    Register(
        "competence",
        "competence",
        {"code": _code(30), "name": sheets.words, "kind": sheets.one_of(*COMPETENCE_KINDS)},
        ("code",),
        aliases={"kind": ("jenis",)},
    ),
    Register(
        "competence_standard",
        "competence_standard",
        {"post": sheets.words, "competence": sheets.words, "level": sheets.count(5, 1), **_SPAN},
        ("post", "competence", "valid_from"),
        refs={"post": Ref(POST, "post_id"), "competence": Ref(COMPETENCE, "competence")},
        together=_span,
    ),
    Register(
        "course",
        "course",
        {
            "code": _code(30),
            "title": sheets.words,
            "competence": sheets.words,
            "level": sheets.count(5, 1),
            "modality": sheets.one_of(*sorted(MODALITIES)),
            "learning_hours": sheets.count(300, 1),
            "cost": _number(10**12),
            "valid_to": _end,
        },
        ("code",),
        refs={"competence": Ref(COMPETENCE, "competence")},
        aliases={
            "title": ("judul",),
            "modality": ("metode",),
            "learning_hours": ("jp",),
            "cost": ("biaya",),
        },
    ),
    Register(
        "course_session",
        "course_session",
        {
            "course": sheets.words,
            "starts_on": sheets.day,
            "ends_on": sheets.day,
            "place": sheets.words,
            "seats": sheets.count(1_000, 1),
        },
        ("course", "starts_on", "place"),
        refs={"course": Ref(COURSE, "course_id")},
        grows=("seats",),
        aliases={
            "course": ("kode_pelatihan",),
            "starts_on": ("mulai",),
            "ends_on": ("selesai",),
            "place": ("tempat",),
            "seats": ("kursi",),
        },
        together=_session,
    ),
    Register(
        "training_budget",
        "training_budget",
        {"year": sheets.year, "amount": _number(10**15)},
        ("year",),
        aliases={"amount": ("anggaran",)},
    ),
    Register(
        "unit_facts",
        "unit_facts",
        {
            "unit": sheets.words,
            "period": _quarter,
            "public_facing": sheets.yes,
            "skm_index": _maybe(_number(100)),
            "skm_responses": _maybe(sheets.count(10**8), 0),
            "complaints": _maybe(sheets.count(10**8), 0),
            "complaints_upheld": _maybe(sheets.count(10**8), 0),
        },
        ("unit", "period"),
        refs={"unit": _UNIT},
        aliases={
            "public_facing": ("pelayanan_publik",),
            "skm_index": ("skm", "ikm"),
            "skm_responses": ("responden",),
            "complaints": ("pengaduan",),
            "complaints_upheld": ("pengaduan_terbukti",),
        },
        together=_facts,
    ),
    Register(
        "service_area",
        "service_area",
        {
            "unit": sheets.words,
            "period": _quarter,
            "indicator": sheets.words,
            "measure": _code(40),
            "direction": sheets.one_of(*DIRECTIONS),
            "target": _number(10**15),
            "actual": _number(10**15),
        },
        ("unit", "period", "indicator"),
        refs={"unit": _UNIT},
        aliases={"actual": ("realisasi", "capaian")},
    ),
    Register(
        "team_member",
        "role_grant",
        {"nip": sheets.words, **_SPAN},
        ("nip", "valid_from"),
        refs={"nip": Ref(PERSON, "person_id")},
        fixed={"role": "TIM", "unit_id": None},
        aliases={"nip": ("nip_baru",)},
        together=_span,
    ),
    Register(
        "goals",
        "catalogue",
        {
            "year": sheets.year,
            "kind": sheets.one_of(*ROWS),
            "code": _maybe(_code(20), ""),
            "parent": _maybe(_code(12), ""),
            "text": sheets.words,
            "unit": _maybe(sheets.words, ""),
            "measure": _maybe(_code(40), ""),
            "formula": sheets.text_of,
            "source": sheets.text_of,
            "direction": _maybe(sheets.one_of(*DIRECTIONS), ""),
            "baseline": _maybe(_number(10**15)),
            "target": _maybe(_number(10**15)),
            "dimension": _maybe(
                lambda text: sheets.one_of(*map(str.upper, DIMENSIONS))(text).lower(), ""
            ),
            "level": _maybe(sheets.one_of(*LEVELS), ""),
        },
        ("year", "kind", "code"),
        aliases={
            "kind": ("jenis",),
            "parent": ("induk",),
            "formula": ("rumus",),
            "source": ("sumber_data",),
            "dimension": ("dimensi",),
        },
        together=_goal,
    ),
)
REGISTERS: Mapping[str, Register] = MappingProxyType({one.name: one for one in _ALL})
