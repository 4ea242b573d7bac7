"""How an annual result reads in SIASN: the fields of `rw_skp22`, its codes, what a row must have.

Fields: domain.md §2.3.  The codes are those that public code of agencies sends; the agency compares
them with SIASN's own reference before the first file is sent.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# `nipBaru` is ours: SIASN knows people by its own number (pnsDinilaiId), which it gives by NIP.
FIELDS = (
    "nipBaru",
    "pnsDinilaiId",
    "tahun",
    "hasilKinerja",
    "hasilKinerjaNilai",
    "perilakuKerja",
    "PerilakuKerjaNilai",
    "kuadranKinerja",
    "KuadranKinerjaNilai",
    "statusPenilai",
    "nipNrpPenilai",
    "namaPenilai",
    "penilaiGolonganId",
    "penilaiJabatanNm",
    "penilaiUnorNm",
)
RATINGS = {
    "ABOVE": ("DIATAS EKSPEKTASI", "1"),
    "MEETS": ("SESUAI EKSPEKTASI", "2"),
    "BELOW": ("DIBAWAH EKSPEKTASI", "3"),
}
PREDICATES = {
    "SB": ("SANGAT BAIK", "1"),
    "B": ("BAIK", "2"),
    "BP": ("BUTUH PERBAIKAN", "3"),
    "K": ("KURANG", "4"),
    "SK": ("SANGAT KURANG", "5"),
}
_GROUPS, _STEPS = ("I", "II", "III", "IV"), "abcde"
_MAY_BE_EMPTY = frozenset({"pnsDinilaiId", "penilaiGolonganId"})


@dataclass(frozen=True)
class Rater:
    """Who settled a rating, as of the day on which it became final."""

    nip: str
    name: str
    rank: str
    post: str
    unit: str


def fields(
    nip: str, year: int, result: str, behaviour: str, predicate: str, rater: Rater | None
) -> dict[str, str]:
    """Give a row of `rw_skp22`; what is not known is empty."""
    result_words, result_code = RATINGS[result]
    behaviour_words, behaviour_code = RATINGS[behaviour]
    predicate_words, predicate_code = PREDICATES[predicate]
    return {
        "nipBaru": nip,
        "pnsDinilaiId": "",
        "tahun": str(year),
        "hasilKinerja": result_words,
        "hasilKinerjaNilai": result_code,
        "perilakuKerja": behaviour_words,
        "PerilakuKerjaNilai": behaviour_code,
        "kuadranKinerja": predicate_words,
        "KuadranKinerjaNilai": predicate_code,
        "statusPenilai": "ASN",
        "nipNrpPenilai": rater.nip if rater else "",
        "namaPenilai": rater.name if rater else "",
        "penilaiGolonganId": rank_code(rater.rank) if rater else "",
        "penilaiJabatanNm": rater.post if rater else "",
        "penilaiUnorNm": rater.unit if rater else "",
    }


def rank_code(rank: str) -> str:
    """Give the number of a rank of civil servants: I/a is 11, IV/e is 45; empty for others."""
    group, _, step = rank.partition("/")
    if group not in _GROUPS or step not in _STEPS or not step:
        return ""
    return f"{_GROUPS.index(group) + 1}{_STEPS.index(step) + 1}"


def missing(row: Mapping[str, str]) -> tuple[str, ...]:
    """Name what a row cannot do without and does not have."""
    return tuple(name for name in FIELDS if name not in _MAY_BE_EMPTY and not row[name])


def as_csv(rows: Iterable[Mapping[str, str]]) -> bytes:
    """Write rows as CSV; NIPs stay text where a spreadsheet is told so (`docs/guide-agency.md`)."""
    written = io.StringIO()
    sheet = csv.DictWriter(written, FIELDS, lineterminator="\r\n")
    sheet.writeheader()
    sheet.writerows(rows)
    return written.getvalue().encode("utf-8-sig")


def as_json(rows: Iterable[Mapping[str, str]]) -> bytes:
    """Write rows as a JSON list."""
    return json.dumps(list(rows), ensure_ascii=False, indent=1).encode() + b"\n"


WRITERS = {"csv": as_csv, "json": as_json}
