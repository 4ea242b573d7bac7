"""The kinds of records about a person: their columns, aliases of SIASN, and how a cell is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from hr import sheets
from hr.columns import FOREVER
from hr.records import rules
from hr.sheets import Fault, Line

LEAVES = ("ANNUAL", "SICK", "MATERNITY", "IMPORTANT", "TRAVEL")
# DT07: late, early, absent without leave.
MARKS = (*(f"TL{step}" for step in range(1, 5)), *(f"PSW{step}" for step in range(1, 5)), "TK")


def _end(text: str) -> date:
    return sheets.day(text) if text else FOREVER


def _title(text: str) -> str:
    return sheets.words(text)


def _code(text: str) -> str:
    return sheets.text_of(text)[:30]


_FROM = ("tmt", "tanggal_mulai", "mulai", "hukuman_tanggal")
_TO = ("tanggal_selesai", "selesai", "sampai", "akhir_hukum_tanggal")
_SPAN: Mapping[str, sheets.Read] = {"valid_from": sheets.day, "valid_to": sheets.day}
_OPEN_SPAN: Mapping[str, sheets.Read] = {"valid_from": sheets.day, "valid_to": _end}
_ALIASES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "nip": ("nip_baru",),
        "valid_from": _FROM,
        "valid_to": _TO,
        "decree": ("sk_nomor", "nomor_sk", "no_sk"),
        "year": ("tahun",),
        "month": ("bulan",),
        "day": ("tanggal",),
    }
)


@dataclass(frozen=True)
class Kind:
    """A kind of records.

    columns -- what a file has beside `nip`; key -- columns of which a person has one row each: a
    second one replaces the first; series -- how long it is kept, by `hr.privacy.rules.SERIES`
    """

    name: str
    columns: Mapping[str, sheets.Read]
    series: str
    key: tuple[str, ...] = ()
    aliases: Mapping[str, Sequence[str]] = field(default_factory=dict)
    spans: bool = False

    def lines(self, sheet: sheets.Sheet) -> Iterator[Line]:
        """Give the rows of a file of this kind."""
        names = {
            name: (*_ALIASES.get(name, ()), *self.aliases.get(name, ()))
            for name in ("nip", *self.columns)
        }
        optional = {name for name, read in self.columns.items() if sheets.may_be_empty(read)}
        return sheet.lines(names, [name for name in names if name not in optional])

    def read(self, line: Line) -> tuple[dict[str, Any], list[Fault]]:
        """Read a row of a file, without its NIP."""
        row, faults = sheets.read_cells(self.columns, line)
        if not faults:
            faults += _together(self.name, line.number, row)
        return row, faults


def _together(kind: str, number: int, row: Mapping[str, Any]) -> Iterator[Fault]:
    if row.get("valid_to", date.max) < row.get("valid_from", date.min):
        yield Fault(number, "valid_to", "before_start")
    if kind == "attendance_month":
        there = row["present_days"] + row["absent_days"] + row["leave_days"]
        if there > row["working_days"]:
            yield Fault(number, "working_days", "number", str(row["working_days"]), f"{there}-31")


_DAYS = sheets.count(31)
_KINDS = (
    Kind(
        "annual_predicate",
        {
            "year": sheets.year,
            "predicate": sheets.one_of(*rules.PREDICATES),
            "objected": sheets.yes,
        },
        "performance",
        key=("year",),
        aliases={"predicate": ("predikat",), "objected": ("keberatan",)},
    ),
    Kind(
        "education",
        {
            "level": sheets.one_of(*rules.LEVELS),
            "institution": sheets.words,
            "graduated_on": sheets.day,
        },
        "career",
        aliases={
            "level": ("jenjang", "tkt_pendidikan"),
            "institution": ("institusi", "nama_sekolah"),
            "graduated_on": ("tgl_lulus", "tanggal_lulus"),
        },
    ),
    Kind(
        "qualification",
        {
            "kind": sheets.one_of(*rules.QUALIFICATIONS),
            "result": sheets.one_of(*rules.RESULTS),
            "number": sheets.words,
            "held_on": sheets.day,
        },
        "career",
        aliases={
            "kind": ("jenis",),
            "result": ("hasil",),
            "number": ("nomor",),
            "held_on": ("tanggal",),
        },
    ),
    Kind(
        "functional_credit",
        {
            "level": sheets.one_of(*rules.FUNCTIONAL),
            "credit": sheets.amount,
            "decree": sheets.words,
            **_SPAN,
        },
        "career",
        aliases={
            "level": ("jenjang",),
            "credit": ("angka_kredit", "kredit_baru_total"),
            "decree": ("nomor_pak",),
        },
    ),
    Kind("career_break", {"decree": sheets.words, **_OPEN_SPAN}, "career", spans=True),
    Kind(
        "sanction",
        {
            "level": sheets.one_of(*rules.SANCTIONS),
            "measure": sheets.words,
            "decree": sheets.words,
            **_OPEN_SPAN,
        },
        "discipline",
        aliases={"level": ("tingkat",), "measure": ("jenis_hukuman", "hukuman")},
        spans=True,
    ),
    Kind(
        "leave",
        {"kind": sheets.one_of(*LEAVES), **_SPAN},
        "attendance",
        aliases={"kind": ("jenis", "jenis_cuti")},
        spans=True,
    ),
    Kind(
        "attendance_month",
        {
            "month": sheets.month,
            "working_days": _DAYS,
            "present_days": _DAYS,
            "late_days": _DAYS,
            "early_days": _DAYS,
            "absent_days": _DAYS,
            "leave_days": _DAYS,
        },
        "attendance",
        key=("month",),
        aliases={
            "working_days": ("hari_kerja",),
            "present_days": ("hadir",),
            "late_days": ("terlambat",),
            "early_days": ("pulang_cepat",),
            "absent_days": ("tanpa_keterangan",),
            "leave_days": ("cuti_dinas", "izin"),
        },
    ),
    Kind(
        "attendance_mark",
        {"day": sheets.day, "code": sheets.one_of(*MARKS)},
        "attendance",
        aliases={"code": ("kode",)},
    ),
    Kind(
        "award",
        {"name": sheets.words, "decree": sheets.words, "given_on": sheets.day},
        "career",
        aliases={"name": ("nama_penghargaan", "harga_nama"), "given_on": ("sk_date", "tgl_sk")},
    ),
    Kind(
        "learning_credit",
        {
            "competence": _code,
            "title": _title,
            "learning_hours": sheets.count(3_000, 1),
            "completed_on": sheets.day,
        },
        "development",
        aliases={
            "competence": ("kompetensi",),
            "title": ("nama_pelatihan", "nama_diklat"),
            "learning_hours": ("jp", "jumlah_jam"),
            "completed_on": ("tanggal_selesai", "tgl_selesai"),
        },
    ),
    Kind(
        "competence_level",
        {"competence": sheets.words, "level": sheets.count(5, 1), **_OPEN_SPAN},
        "development",
        aliases={"competence": ("kompetensi",), "level": ("tingkat",)},
    ),
)
KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _KINDS})
