"""Plausible answers to the forms of a year: plan, reports, appraisal, calibration, objection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from hr.calibration.rules import MOST_ON_AGENDA
from hr.demo.answers import Case, leaned

NEEDS_VARIABLES = frozenset(
    {
        "acknowledge_result",
        "decide_objection",
        "rate_again",
        "draft_plan",
        "review_plan",
        "evaluate",
        "team_evaluate",
        "joint_note",
        "set_agenda",
        "justify",
        "hold_session",
        "vote",
    }
)
_NOTE = "Angka cocok dengan catatan loket dan buku agenda."
_LONG = "Bukti antrean, laporan bulanan, dan catatan dialog setahun penuh mendukung penilaian ini."
_USUAL = "Bukti yang diajukan tidak mendukung penilaian semula; sesuai ekspektasi lebih tepat."
_RETURNED = 0.05  # of plans, once each time they are seen
_OTHERWISE = 0.15  # of the team's looks


def answer(element_id: str, case: Case) -> dict[str, Any] | None:
    """Give the answers to a task, or None for an element this story does not know."""
    write = _WRITERS.get(element_id)
    return None if write is None else write(case)


def _expect(case: Case) -> dict[str, Any]:
    return {
        "held_on": case.day.isoformat(),
        "notes": "Antrean paling lama 15 menit, berkas lengkap, laporan tepat waktu.",
    }


def _draft(case: Case) -> dict[str, Any]:
    """Keep last year's rows; each main one serves a row of the superior's plan, if any."""
    links = [choice["value"] for choice in case.variables["superior_rows"]]
    rows = []
    for place, row in enumerate(case.variables["basis"]["rows"]):
        linked = links[place % len(links)] if links and row["type"] == "UTAMA" else None
        rows.append({**row, "superior_row": linked})
    return {"approach": "QUANT", "rows": rows}


def _review(case: Case) -> dict[str, Any]:
    if case.random.random() < _RETURNED:
        return {
            "decision": "RETURN",
            "reason": "Target terlalu rendah dibanding capaian tahun lalu.",
        }
    return {"decision": "APPROVE"}


def _report(case: Case) -> dict[str, Any]:
    served = case.random.randint(20, 400)
    return {
        "services_given": served,
        "beneficiaries": served,
        "impact": "Warga tidak perlu kembali dua kali; antrean paling lama lima belas menit.",
    }


def _write_year(case: Case) -> dict[str, Any]:
    done = {
        "plan": "Pelayanan loket",
        "result": "Semua berkas selesai sebelum tenggat, antrean paling lama lima belas menit.",
    }
    return {
        "achievements": [done],
        "challenges": [{"text": "Jaringan sering putus pada pagi hari.", "cause": "TOOL"}],
        "plans": [{"text": "Perekaman keliling di empat kelurahan."}],
    }


def _advised(case: Case) -> tuple[str, str]:
    if not case.variables["advised"]:
        return "MEETS", "MEETS"
    return case.variables["result_advice"]["rating"], case.variables["behaviour_advice"]


def _evaluate(case: Case) -> dict[str, Any]:
    advised, behaviour = _advised(case)
    result = leaned(advised, case.lean)
    told = {"result_rating": result, "behaviour_rating": behaviour, "feedback": _NOTE}
    return told if result == advised else {**told, "result_reason": _LONG}


def _team(case: Case) -> dict[str, Any]:
    """Say what the records advise, or now and then a level beside it."""
    result, behaviour = _advised(case)
    if case.random.random() < _OTHERWISE:
        result = leaned(result, case.random.choice((-1, 1)))
    return {"result_rating": result, "behaviour_rating": behaviour, "reason": _NOTE}


def _joint(case: Case) -> dict[str, Any]:
    result, behaviour = _advised(case)
    return {"result_rating": result, "behaviour_rating": behaviour, "note": _LONG}


def _agenda(case: Case) -> dict[str, Any]:
    """Take what is flagged, or where only the spread is wrong every fifth, three at the least."""
    flagged = case.variables["preselected"]
    choices = [choice["value"] for choice in case.variables["choices"]]
    chosen = list(flagged) or choices[: max(3, len(choices) // 5)]
    return {"appraisals": chosen[:MOST_ON_AGENDA]}


def _justify(case: Case) -> dict[str, Any]:
    lines = case.variables["group"]["lines"]
    return {"lines": [{"decision": "KEEP", "reason": _LONG} for _ in lines]}


def _session(case: Case) -> dict[str, Any]:
    """Move that every second unusual rating on the agenda becomes a usual one; the rest stays."""
    return {"lines": [_motion(line) for line in case.variables["lines"]]}


def _motion(line: Mapping[str, Any]) -> dict[str, Any]:
    usual = {"result_rating": "MEETS", "behaviour_rating": "MEETS"}
    is_usual = all(line[key] == rating for key, rating in usual.items())
    if is_usual or Random(f"moved {line['line']}").random() < 0.5:
        return {"decision": "KEEP"}
    return {"decision": "CHANGE", **usual, "reason": _USUAL}


def _vote(case: Case) -> dict[str, Any]:
    return {"lines": [{"vote": "AGREE"} for _ in case.variables["motions"]]}


def _fixed(**told: Any) -> Callable[[Case], dict[str, Any]]:
    return lambda case: dict(told)


_WRITERS: Mapping[str, Callable[[Case], dict[str, Any]]] = {
    "give_expectations": _expect,
    "draft_plan": _draft,
    "review_plan": _review,
    "mediate": _fixed(decision="SETTLE", reason="Baris dan bobot berlaku seperti tertulis."),
    "sign_own": _fixed(decision="SIGN"),
    "sign_rater": _fixed(signed=True),
    "sign_superior": _fixed(signed=True),
    "file_copy": _fixed(filed=True),
    "complete_report": _report,
    "rate_report": _fixed(conformity="CONFORMS", feedback=_NOTE),
    "acknowledge": _fixed(comment="Terima kasih."),
    "write_report": _write_year,
    "evaluate": _evaluate,
    "team_evaluate": _team,
    "joint_note": _joint,
    "agree_note": _fixed(answer="AGREE"),
    "set_org_predicate": _fixed(org_predicate="BAIK", basis="Perjanjian Kinerja tercapai."),
    "set_agenda": _agenda,
    "justify": _justify,
    "hold_session": _session,
    "vote": _vote,
    "approve_changes": _fixed(decision="APPROVE", reason="Alasan sidang jelas dan ada buktinya."),
    "decide_breach": _fixed(reason=_LONG),
    "publish_report": _fixed(
        report="Sebaran diperiksa, tanda dijelaskan, perubahan disetujui dua pihak."
    ),
    "check_lateness": _fixed(decision="ACCEPT", reason=_NOTE),
    "decide_objection": _fixed(
        decision="UPHOLD",
        reason="Angka yang disebut sudah termasuk dalam capaian yang dinilai; hasil tetap.",
    ),
}
