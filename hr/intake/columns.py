"""The columns of a directory file, and what a row of it says: pure.

Names are those of domain.md §2.3; aliases those of SIASN and of the agencies' own systems (SIMPEG).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hr import sheets
from hr.directory import nip as nips
from hr.sheets import Fault, Line, Wrong

COLUMNS: Mapping[str, Sequence[str]] = {
    "nip": ("nip_baru", "nip18"),
    "nama": ("nama_pns", "nama_lengkap", "nama_pegawai"),
    "status_asn": ("jenis_asn", "status_kepegawaian", "jenis_pegawai"),
    "golongan": (
        *("pangkat_golongan", "gol_ruang_akhir", "golongan_ruang", "golongan_nama"),
        *("gol_akhir", "pangkat"),
    ),
    "tmt_golongan": ("tmt_gol_akhir", "tmt_pangkat"),
    "pendidikan": ("pendidikan_terakhir", "tk_pendidikan_terakhir", "tkt_pendidikan"),
    "email": ("email_gov", "surel"),
    "telepon": ("no_hp", "nomor_hp"),
    "kode_unit": ("unit_kode", "unor_id", "kode_unor"),
    "nama_unit": ("unit_nama", "unor_nama", "nama_unor", "unit_kerja"),
    "jenis_unit": (),
    "kode_unit_induk": ("diatasan_id", "unor_induk_id", "unit_induk_kode"),
    "kode_jabatan": (),
    "jabatan": ("jabatan_nama", "nama_jabatan"),
    "jenis_jabatan": ("jenis_jabatan_nama",),
    "kelas": ("kelas_jabatan",),
    "kursi": ("formasi", "kebutuhan"),
    "kode_jabatan_penilai": ("jabatan_penilai",),
    "nip_atasan": ("atasan_nip", "nip_penilai"),
    "tmt_jabatan": ("tmt_mutasi",),
    "tanggal_masuk": ("tmt_cpns", "tmt_kontrak"),
    "tanggal_keluar": ("tanggal_berhenti",),
}
NEEDED = ("nip", "nama", "kode_unit")
UNIT_KINDS = ("OFFICE", "DIVISION", "SECTION", "SCHOOL", "CLINIC", "VILLAGE")
POST_KINDS = ("JPT", "ADMINISTRATOR", "PENGAWAS", "PELAKSANA", "JF")
_KIND_WORDS = {
    "JPT_PRATAMA": "JPT",
    "JABATAN_PIMPINAN_TINGGI": "JPT",
    "JABATAN_ADMINISTRATOR": "ADMINISTRATOR",
    "JABATAN_PENGAWAS": "PENGAWAS",
    "FUNGSIONAL_UMUM": "PELAKSANA",
    "JABATAN_PELAKSANA": "PELAKSANA",
    "FUNGSIONAL": "JF",
    "FUNGSIONAL_TERTENTU": "JF",
    "JABATAN_FUNGSIONAL": "JF",
}
_RANK = re.compile(r"(?<![A-Z])(IV/[A-E]|I{1,3}/[A-D])(?![A-Z])")
_PPPK_RANK = re.compile(r"(?<![A-Z/])(X(?:IV|VI{0,2}|I{0,3})|IX|IV|VI{0,3}|I{1,3})(?![A-Z/])")
# What SIASN calls a level, beside the codes of DT11 themselves.
_EDUCATION = {
    "SEKOLAH DASAR": "SD",
    "DIPLOMA I": "D1",
    "DIPLOMA II": "D2",
    "DIPLOMA III/SARJANA MUDA": "D3",
    "DIPLOMA IV": "D4",
    "S-1/SARJANA": "S1",
    "S-2": "S2",
    "S-3/DOKTOR": "S3",
}
_HIGHEST_GRADE, _MOST_SEATS = 17, 5_000
_LONGEST_CODE = 40


@dataclass(frozen=True)
class Entry:
    """What a row says; without a NIP it is about a unit, or about a post that nobody holds."""

    number: int
    nip: str
    name: str
    kind: str
    unit: str
    values: Mapping[str, Any]  # by column, only what was written


def read(line: Line) -> tuple[Entry, list[Fault]]:
    """Read a row."""
    faults: list[Fault] = []
    values: dict[str, Any] = {}
    for name, text in line.cells.items():
        if not text or name == "nip":
            continue
        try:
            values[name] = _READERS[name](text)
        except Wrong as wrong:
            faults.append(wrong.at(line.number, name))
    nip = "".join(line.cells["nip"].split())
    kind = values.get("status_asn") or ("PPPK" if nip[12:14] == nips.PPPK_CODE else "PNS")
    unit = values.get("kode_unit", "")
    if nip:
        faults += _about_person(line, nip, kind)
    faults += [
        Fault(line.number, name, "required")
        for name in _required(nip, values)
        if not line.cells.get(name)
    ]
    wrong_rank = {each.column for each in faults}
    if "golongan" in values and "golongan" not in wrong_rank:
        try:
            values["golongan"] = rank(values["golongan"], kind)
        except Wrong as wrong:
            faults.append(wrong.at(line.number, "golongan"))
    if values.get("tanggal_keluar", date.max) < values.get("tanggal_masuk", date.min):
        faults.append(Fault(line.number, "tanggal_keluar", "before_start"))
    return Entry(line.number, nip, values.get("nama", ""), kind, unit, values), faults


def rank(text: str, kind: str) -> str:
    """Find the rank in `Penata Muda Tk. I (III/b)`, or a PPPK's golongan in `Golongan IX`."""
    found = (_PPPK_RANK if kind == "PPPK" else _RANK).search(text.upper())
    if found is None:
        raise Wrong("option", text, "I-XVII" if kind == "PPPK" else "I/a-IV/e")
    step = found[1]
    return step if kind == "PPPK" else f"{step[:-1]}{step[-1].lower()}"


def born_on(nip: str) -> date:
    """Give the birthday in a valid NIP."""
    return date(int(nip[:4]), int(nip[4:6]), int(nip[6:8]))


def joined_on(nip: str, kind: str) -> date:
    """Give the first day of service as far as a valid NIP tells it."""
    return date(int(nip[8:12]), int(nip[12:14]) if kind == "PNS" else 1, 1)


def _required(nip: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    placed = not nip or "jabatan" in values or "kode_jabatan" in values
    return (*(("nama",) if nip else ()), *(("kode_unit",) if placed else ()))


def _about_person(line: Line, nip: str, kind: str) -> list[Fault]:
    if "e" in nip.lower():
        return [Fault(line.number, "nip", "rounded", nip)]
    found = [code for code in nips.problems(nip, kind=kind) if code != "TOO_OLD"]
    return [Fault(line.number, "nip", "nip", nip, ", ".join(found))] if found else []


def _status(text: str) -> str:
    code = text.upper()
    if code in ("P3K", "PPPK"):
        return "PPPK"
    if code in ("PNS", "CPNS"):
        return "PNS"
    raise Wrong("option", text, "PNS, PPPK")


def _post_kind(text: str) -> str:
    code = text.upper().replace(" ", "_")
    return str(sheets.one_of(*POST_KINDS)(_KIND_WORDS.get(code, code)))


def _code(text: str) -> str:
    if len(text) > _LONGEST_CODE:
        raise Wrong("length", text, str(_LONGEST_CODE))
    return text


def _mail(text: str) -> str:
    name, _, place = text.partition("@")
    if not name or "." not in place or " " in text or len(text) > sheets.LONGEST:
        raise Wrong("mail", text)
    return text


def _phone(text: str) -> str:
    if len(text) > 30:
        raise Wrong("length", text, "30")
    return text


def _education(text: str) -> str:
    level = _EDUCATION.get(text.upper(), text)
    if len(level) > 12:
        raise Wrong("length", text, "12")
    return level


_READERS: Mapping[str, sheets.Read] = {
    "nama": sheets.words,
    "status_asn": _status,
    "golongan": sheets.words,
    "tmt_golongan": sheets.day,
    "pendidikan": _education,
    "email": _mail,
    "telepon": _phone,
    "kode_unit": _code,
    "nama_unit": sheets.words,
    "jenis_unit": sheets.one_of(*UNIT_KINDS),
    "kode_unit_induk": _code,
    "kode_jabatan": _code,
    "jabatan": sheets.words,
    "jenis_jabatan": _post_kind,
    "kelas": sheets.count(_HIGHEST_GRADE, 1),
    "kursi": sheets.count(_MOST_SEATS, 1),
    "kode_jabatan_penilai": _code,
    "nip_atasan": _code,
    "tmt_jabatan": sheets.day,
    "tanggal_masuk": sheets.day,
    "tanggal_keluar": sheets.day,
}
