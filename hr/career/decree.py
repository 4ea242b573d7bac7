"""The decree as a PDF/A-2b: data goes in as JSON, and the same data gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from hr.calendar.rules import city_zone
from hr.typesetting import pdf

_MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli"),
    *("Agustus", "September", "Oktober", "November", "Desember"),
)
# domain.md §2.4
_NAMES = dict(
    zip(
        (*(f"{g}/{s}" for g in ("I", "II", "III", "IV") for s in "abcd"), "IV/e"),
        (
            *("Juru Muda", "Juru Muda Tingkat I", "Juru", "Juru Tingkat I"),
            *("Pengatur Muda", "Pengatur Muda Tingkat I", "Pengatur", "Pengatur Tingkat I"),
            *("Penata Muda", "Penata Muda Tingkat I", "Penata", "Penata Tingkat I"),
            *("Pembina", "Pembina Tingkat I", "Pembina Utama Muda", "Pembina Utama Madya"),
            "Pembina Utama",
        ),
        strict=True,
    )
)
_KINDS = {
    "REGULAR": "Reguler",
    "STRUCTURAL": "Pilihan (jabatan struktural)",
    "FUNCTIONAL": "Pilihan (jabatan fungsional)",
    "DIPLOMA": "Pilihan (penyesuaian ijazah)",
    "EXCEPTIONAL": "Pilihan (prestasi luar biasa)",
}
LEGAL_BASIS = (
    "Undang-Undang Nomor 20 Tahun 2023 tentang Aparatur Sipil Negara",
    "Peraturan Pemerintah Nomor 99 Tahun 2000 sebagaimana diubah dengan Nomor 12 Tahun 2002",
    "Peraturan Badan Kepegawaian Negara Nomor 4 Tahun 2025",
)


def rank_words(rank: str) -> str:
    """Write a rank with its name: `Penata Muda, III/a`."""
    return f"{_NAMES[rank]}, {rank}" if rank in _NAMES else rank


def kind_words(kind: str) -> str:
    """Write a kind of promotion as decrees do."""
    return _KINDS.get(kind, kind)


def day_words(day: date) -> str:
    """Write a day as decrees do: `1 September 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def moment_words(at: datetime) -> str:
    """Write a moment where the city is."""
    local = at.astimezone(city_zone())
    return f"{day_words(local.date())} pukul {local:%H.%M} WIB"


def typeset(data: Mapping[str, Any], at: datetime) -> bytes:
    """Give the decree as PDF/A-2b; `at` becomes its creation date."""
    return pdf(_template(), dict(data), at)


@cache
def _template() -> bytes:
    return Path(__file__).with_name("decree.typ").read_bytes()
