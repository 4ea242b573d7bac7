"""A month's candidates for promotion in words: what became of each, why not, and until when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import render_template, request, url_for

from hr.career import queries as career
from hr.career.queries import CandidateRow
from web import auth
from web.language import gettext
from web.site import engine

_PAGE = 50
_MISSING = re.compile(r"predicate (\d{4})")


def page() -> str:
    """Show one page of the month that the address asks for, else of the latest."""
    months = engine().ask(career.months)
    wanted = request.args.get("month", "")[:10]
    month = next((each for each in months if each.isoformat() == wanted), None)
    month = month or (months[0] if months else None)
    state = request.args.get("state", "")[:20]
    state = state if state in career.STATES else ""
    return render_template(
        "agency/candidates.html",
        may_work=auth.belongs_to("HRC"),
        months=months,
        month=month,
        state=state,
        results=_results(_counted(month)),
        total=sum(_counted(month).values()),
        unrecorded=_unrecorded(month),
        **_listed(month, state),
    )


def _listed(month: date | None, state: str) -> dict[str, object]:
    if month is None:
        return {"rows": ()}
    after = request.args.get("after", "")
    found = engine().ask(
        career.candidates,
        month,
        states=(state,) if state else career.STATES,
        after=int(after[:15]) if after.isascii() and after.isdigit() else 0,
        limit=_PAGE,
    )
    asked: dict[str, Any] = {"month": month.isoformat(), "state": state or None}
    return {
        "rows": [(row, state_words(row.state), reason_words(row)) for row in found.rows],
        "next_url": url_for("agency.candidates", **asked, after=found.next) if found.next else None,
        "first_url": url_for("agency.candidates", **asked) if after else None,
    }


def _counted(month: date | None) -> dict[str, int]:
    """Count a month's list by what became of each."""
    known = engine().ask(career.counts, month) if month else {}
    totals: dict[str, int] = {}
    for (state, _), people in known.items():
        totals[state] = totals.get(state, 0) + people
    return totals


def _unrecorded(month: date | None) -> int:
    """Count whom the search could not judge, since something is not on record (E07)."""
    known = engine().ask(career.counts, month) if month else {}
    return sum(people for (_, code), people in known.items() if code == "E07")


def _results(totals: Mapping[str, int]) -> list[tuple[str, str, int]]:
    return [(one, state_words(one), totals[one]) for one in career.STATES if one in totals]


def state_words(state: str) -> str:
    """Say what became of a candidate."""
    return {
        "ELIGIBLE": gettext("Memenuhi syarat"),
        "OPENED": gettext("Sedang diusulkan"),
        "DECREED": gettext("Keputusan terbit"),
        "APPLIED": gettext("Pangkat baru berlaku"),
        "RUNNING": gettext("Usulan bulan lain masih berjalan"),
        "NOT_ELIGIBLE": gettext("Belum diusulkan"),
        "REFUSED": gettext("Tidak memenuhi syarat (TMS)"),
        "CLOSED": gettext("Ditutup"),
    }.get(state, state)


def reason_words(row: CandidateRow) -> str:
    """Say why somebody is not proposed (DT10), with what is lacking or what the agency wrote."""
    told = code_words(row.code) if row.code else ""
    years = _MISSING.findall(row.reason)
    if years:
        lacking = gettext("predikat %(years)s belum tercatat", years=", ".join(sorted(years)))
        return f"{told}: {lacking}" if told else lacking
    return ": ".join(part for part in (told, row.reason) if part)


def code_words(code: str) -> str:
    """Say what a code of DT10 stands for."""
    return {
        "E01": gettext("Masa kerja dalam pangkat belum cukup"),
        "E02": gettext("Penilaian kinerja dua tahun terakhir belum semuanya Baik"),
        "E03": gettext("Pangkat berikutnya melewati batas pendidikan atau rentang jabatan"),
        "E04": gettext("Hukuman disiplin sedang atau berat masih berjalan"),
        "E05": gettext("Ujian dinas, ujian ijazah, atau uji kompetensi belum dipenuhi"),
        "E06": gettext("Angka kredit belum cukup"),
        "E07": gettext("Dokumen atau penilaian kinerja belum lengkap"),
        "E08": gettext("Sedang cuti di luar tanggungan negara"),
        "E09": gettext("Keberatan atas penilaian kinerja belum diputus"),
        "E10": gettext("Kenaikan pangkat hanya untuk PNS"),
    }.get(code, code)
