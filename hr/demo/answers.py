"""Plausible answers to the forms of evaluation and objection, from what each person is like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import floor
from random import Random
from typing import Any

VALUES = (
    "service_oriented",
    "accountable",
    "competent",
    "harmonious",
    "loyal",
    "adaptive",
    "collaborative",
)
_EXAMPLES = (
    "Membantu menyelesaikan antrean warga di luar tugasnya sendiri.",
    "Catatan kerja bulan Mei belum lengkap dan harus diingatkan.",
    "Membimbing rekan baru sampai dapat bekerja sendiri.",
    "Mengusulkan cara baru yang mempercepat pekerjaan tim.",
)
_PROUD = (
    "Antrean loket berkurang sejak kami membagi petugas menurut jam sibuk.",
    "Semua berkas triwulan ini selesai sebelum tenggat.",
    "Data yang salah kini ditemukan sebelum berkas dikirim.",
)
_SUPPORT = (
    "Pelatihan aplikasi pelayanan versi terbaru.",
    "Satu petugas tambahan pada hari Senin.",
    "Tidak ada, dukungan sudah cukup.",
)
_FEEDBACK = (
    "Hasil kerja triwulan ini sesuai rencana; pertahankan ketepatan waktu pelayanan.",
    "Pekerjaan baik. Perlu lebih sering berbagi cara kerja kepada rekan yang baru.",
    "Target tercapai, tetapi kelengkapan berkas masih perlu diperhatikan.",
)
_ACTIONS = (
    "Mengikuti pelatihan pelayanan publik",
    "Menyusun daftar periksa kelengkapan berkas",
    "Pertemuan mingguan dengan atasan selama satu bulan",
)
_OBJECTING = 0.4  # of those with a poor result
_STATEMENT = "Capaian bulan Mei belum dihitung: 120 berkas selesai menurut sistem antrean."
_WHY = "Capaian di lapangan dan bukti pekerjaan menunjukkan tingkat yang berbeda dari saran sistem."


RATINGS = ("BELOW", "MEETS", "ABOVE")


@dataclass(frozen=True)
class Case:
    """What an answer is made from: the task's variables, the day, and who answers about whom."""

    variables: Mapping[str, Any]
    day: date
    random: Random
    level: int  # of the subject, on the scale of 1 to 5
    bias: float = 0  # of the rater, in steps of the scale: lenient above zero, strict below
    alike: bool = False  # of the rater: everybody gets the same
    lean: int = 0  # how far the rater departs from the result that is recommended
    peers: Sequence[int] = ()  # whom he proposes, where that is given
    result: str | None = None  # what the rater gives for results, whatever is recommended


def leaned(rating: str, steps: int) -> str:
    """Move a rating by some steps, within the scale."""
    place = RATINGS.index(rating) + steps
    return RATINGS[min(len(RATINGS) - 1, max(0, place))]


def answer(element_id: str, case: Case) -> dict[str, Any] | None:
    """Give the answers to a task, or None for an element this story does not know."""
    write = _WRITERS.get(element_id)
    return None if write is None else write(case)


def _propose(case: Case) -> dict[str, Any]:
    choices = [choice["value"] for choice in case.variables["peer_choices"]]
    if case.peers:
        return {"peers": [str(person) for person in case.peers]}
    wanted = min(3, len(choices))
    answers: dict[str, Any] = {"peers": case.random.sample(choices, wanted)}
    return (
        answers if wanted == 3 else {**answers, "note": "Hanya ini rekan yang bekerja dengan saya."}
    )


def _check(case: Case) -> dict[str, Any]:
    return {"struck": []}


def _ratings(case: Case, level: int) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for key in VALUES:
        rating = min(5, max(1, level + case.random.choice((-1, 0, 0, 0, 0, 1))))
        answers[key] = rating
        if rating in (1, 2, 5):
            answers[f"{key}_note"] = case.random.choice(_EXAMPLES)
    return answers


def _self(case: Case) -> dict[str, Any]:
    return {
        **_ratings(case, min(case.level + 1, 5) if case.random.random() < 0.4 else case.level),
        "proud_of": case.random.choice(_PROUD),
        "support_needed": case.random.choice(_SUPPORT),
    }


def _peer(case: Case) -> dict[str, Any]:
    return {**_ratings(case, case.level), "keep_doing": case.random.choice(_EXAMPLES[2:])}


def _draft(case: Case) -> dict[str, Any]:
    if case.alike:
        return dict.fromkeys(VALUES, 3)
    return _ratings(case, min(5, max(1, case.level + _whole(case.bias, case.random))))


def _whole(steps: float, random: Random) -> int:
    """Give whole steps that are `steps` on average; whole ones draw no lot."""
    below = floor(steps)
    return below if steps == below else below + (random.random() < steps - below)


def _final(case: Case) -> dict[str, Any]:
    latest = case.variables["latest"]
    kept = {key: latest[key] for key in VALUES}
    kept |= {f"{key}_note": latest.get(f"{key}_note") for key in VALUES}
    advised = case.variables["result_advice"]["rating"]
    result = case.result or leaned(advised, case.lean)
    answers = {
        **kept,
        "result_rating": result,
        "behaviour_rating": case.variables["behaviour_advice"],
    }
    return answers if result == advised else {**answers, "result_reason": _WHY}


def _review(case: Case) -> dict[str, Any]:
    return {"decision": "KEEP", "note": "Bukti yang dilampirkan mendukung penilaian ini."}


def _dialogue(case: Case) -> dict[str, Any]:
    actions = [
        {"action": text, "owner": "EMP", "until": date(case.day.year, 9, 30).isoformat()}
        for text in case.random.sample(_ACTIONS, 2)
    ]
    feedback = case.random.choice(_FEEDBACK)
    return {"held_on": case.day.isoformat(), "feedback": feedback, "actions": actions}


def _acknowledge(case: Case) -> dict[str, Any]:
    poor = case.variables.get("predicate") in {"BP", "K", "SK"}
    if poor and case.random.random() < _OBJECTING:
        return {"dialogue_held": "YES", "response": "OBJECTION", "comment": _STATEMENT}
    return {"dialogue_held": "YES", "response": "ACKNOWLEDGED", "comment": "Terima kasih."}


def _object(case: Case) -> dict[str, Any]:
    return {
        "items": ["RESULT"],
        "grounds": "FACT",
        "statement": _STATEMENT,
        "requested": "Hasil kerja dinilai sesuai ekspektasi.",
    }


def _admit(case: Case) -> dict[str, Any]:
    return {"decision": "ADMIT"}


def _explain(case: Case) -> dict[str, Any]:
    return {"explanation": _WHY}


def _add_nothing(case: Case) -> dict[str, Any]:
    return {"answer": "ENOUGH"}


_WRITERS: Mapping[str, Callable[[Case], dict[str, Any]]] = {
    "propose_raters": _propose,
    "check_raters": _check,
    "self_assessment": _self,
    "peer_feedback": _peer,
    "subordinate_feedback": _peer,
    "segment_rating": _draft,
    "draft_rating": _draft,
    "final_rating": _final,
    "fairness_review": _review,
    "dialogue": _dialogue,
    "acknowledge_result": _acknowledge,
    "file_objection": _object,
    "check_objection": _admit,
    "explain": _explain,
    "state_case": _add_nothing,
}
