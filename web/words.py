"""Words for codes, and a process's own words in the reader's language (its messages.toml).

Words of pages stand in templates; words of forms are put in by engine.forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, cast

from flask import Flask, g

from engine.forms import Form
from engine.queries import definitions
from engine.queries.definitions import DefinitionRow
from engine.queries.inbox import TaskRow
from engine.queries.tasks import localised
from web.language import gettext, language, month, ngettext
from web.site import engine

_PLACES = re.compile(r"\{([^{}]+)\}")
_WITHIN = re.compile(r"(\d{1,4}) hari kerja|P(\d{1,4})D")
_QUARTER = re.compile(r"(\d{4})Q([1-4])")
_HALF = re.compile(r"(\d{4})H([12])")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def install(app: Flask) -> None:
    """Give templates the words."""
    app.add_template_filter(state_words)
    app.add_template_filter(period_words)
    app.add_template_filter(followup_words)
    app.add_template_filter(left_out_words)
    app.add_template_filter(post_kind_words)
    app.add_template_filter(rhythm_words)
    app.add_template_filter(predicate_words)
    app.add_template_filter(people_group_words)
    app.add_template_filter(rating_words)
    app.add_template_filter(value_words)
    app.add_template_filter(lambda code, scores: scores.get(code, 0), "as_score")
    app.add_template_global(process_name)
    app.add_template_global(element_name)
    app.add_template_global(task_title)
    app.add_template_global(group_words)
    app.add_template_filter(lane_words)
    app.add_template_filter(within_words)


def state_words(state: str) -> str:
    """Say the state of a case."""
    return {
        "ACTIVE": gettext("Berjalan"),
        "SUSPENDED": gettext("Ditangguhkan"),
        "COMPLETED": gettext("Selesai"),
        "CANCELLED": gettext("Dibatalkan"),
    }.get(state, state)


def period_words(period: str) -> str:
    """Say a quarter, a half or a month; periods of another kind read as they are."""
    if _MONTH.fullmatch(period):
        return month(date.fromisoformat(f"{period}-01"))
    half = _HALF.fullmatch(period)
    if half is not None:
        number = ("I", "II")[int(half[2]) - 1]
        return gettext("Semester %(number)s %(year)s", number=number, year=half[1])
    quarter = _QUARTER.fullmatch(period)
    if quarter is None:
        return period
    number = ("I", "II", "III", "IV")[int(quarter[2]) - 1]
    return gettext("Triwulan %(number)s %(year)s", number=number, year=quarter[1])


def followup_words(kind: str) -> str:
    """Say what kind of follow-up an evaluation asked for."""
    return {
        "COACHING": gettext("Pembinaan kinerja"),
        "REFERRAL": gettext("Rujukan pelatihan"),
        "SERVICE_GAP": gettext("Perbaikan layanan"),
        "NOMINATION": gettext("Usulan penghargaan"),
        "FAIRNESS_REVIEW": gettext("Telaah kewajaran"),
    }.get(kind, kind)


def left_out_words(reason: str) -> str:
    """Say why a campaign gave somebody no case."""
    return {
        "TOO_SHORT": gettext("Masa kerja dalam periode ini belum cukup"),
        "NO_POST": gettext("Tanpa jabatan"),
        "NO_RATER": gettext("Tanpa pejabat penilai"),
        "ALREADY": gettext("Sudah punya perkara periode ini"),
        "ON_LEAVE": gettext("Sedang cuti atau tugas luar"),
        "RATER_AWAY": gettext("Penilainya sedang cuti dan tidak digantikan"),
        "NO_PLAN": gettext("Belum punya rencana kinerja (SKP) yang berlaku"),
    }.get(reason, reason)


def post_kind_words(kind: str) -> str:
    """Say a kind of post."""
    return {
        "JPT": gettext("Pimpinan tinggi (JPT)"),
        "ADMINISTRATOR": gettext("Administrator"),
        "PENGAWAS": gettext("Pengawas"),
        "JF": gettext("Fungsional"),
        "PELAKSANA": gettext("Pelaksana"),
    }.get(kind, kind)


def people_group_words(group: str) -> str:
    """Name a group of people, or the kind of groups it is one of, as statistics compare them."""
    words = {
        "sex": gettext("jenis kelamin"),
        "age": gettext("umur"),
        "kind": gettext("status kepegawaian"),
        "F": gettext("Perempuan"),
        "M": gettext("Laki-laki"),
        "<30": gettext("Umur di bawah 30"),
        "30-39": gettext("Umur 30-39"),
        "40-49": gettext("Umur 40-49"),
        ">=50": gettext("Umur 50 ke atas"),
    }
    return words.get(group, group)


def predicate_words(code: str) -> str:
    """Say a predicate (PermenPANRB 6/2022)."""
    return {
        "SB": gettext("Sangat Baik"),
        "B": gettext("Baik"),
        "BP": gettext("Butuh Perbaikan"),
        "K": gettext("Kurang"),
        "SK": gettext("Sangat Kurang"),
    }.get(code, code)


def rating_words(code: str) -> str:
    """Say a rating of results or behaviour."""
    return {
        "ABOVE": gettext("Di atas ekspektasi"),
        "MEETS": gettext("Sesuai ekspektasi"),
        "BELOW": gettext("Di bawah ekspektasi"),
    }.get(code, code)


def value_words(key: str) -> str:
    """Say one of the seven values (BerAKHLAK)."""
    return {
        "service_oriented": gettext("Berorientasi pelayanan"),
        "accountable": gettext("Akuntabel"),
        "competent": gettext("Kompeten"),
        "harmonious": gettext("Harmonis"),
        "loyal": gettext("Loyal"),
        "adaptive": gettext("Adaptif"),
        "collaborative": gettext("Kolaboratif"),
    }.get(key, key)


def rhythm_words(every: str) -> str:
    """Say how often a process begins by itself."""
    return {
        "MONTH": gettext("Setiap bulan"),
        "QUARTER": gettext("Setiap triwulan"),
        "HALF": gettext("Setiap semester"),
        "YEAR": gettext("Setiap tahun"),
    }.get(every, every)


def latest() -> tuple[DefinitionRow, ...]:
    """Give the newest version of each process, asked once per request."""
    if "latest" not in g:
        g.latest = tuple(engine().ask(definitions.latest))
    return cast(tuple[DefinitionRow, ...], g.latest)


def process_name(key: str, drawn: str) -> str:
    """Give a process's name in the reader's language; `drawn` is what the model itself says."""
    return str(_part(key, "process").get("name") or drawn)


def element_name(key: str, element_id: str, drawn: str) -> str:
    """Give an element's name in the reader's language."""
    return str(_part(key, "elements").get(element_id) or drawn)


def lane_words(lane: str) -> str:
    """Say who a lane is, as somebody in the case would: EMP is the employee it is about."""
    return {
        "EMP": gettext("pegawai yang dinilai"),
        "RTR": gettext("atasan (penilai)"),
        "SU2": gettext("atasan penilai"),
        "PEER": gettext("rekan"),
        "HRC": gettext("badan kepegawaian"),
        "HRO": gettext("kepegawaian unit"),
        "PPK": gettext("pejabat pembina kepegawaian"),
        "TRN": gettext("pengelola pelatihan"),
        "TIM": gettext("tim penilai kinerja"),
        "AUD": gettext("pemeriksa (Inspektorat)"),
    }.get(lane, lane)


def names_in_picture(key: str, drawn: str) -> dict[str, str]:
    """Give what a picture writes in the reader's language: steps and ways by id, lanes by role.

    drawn -- the process's own name, which a pool around it bears, too
    """
    lanes = {
        "EMP": gettext("Pegawai"),
        "RTR": gettext("Atasan (penilai)"),
        "SU2": gettext("Atasan penilai"),
        "PEER": gettext("Rekan"),
        "SISTEM": gettext("Sistem"),
        "HRC": gettext("Badan kepegawaian"),
        "HRO": gettext("Kepegawaian unit"),
        "PPK": gettext("Pejabat pembina kepegawaian"),
        "TRN": gettext("Pengelola pelatihan"),
        "TIM": gettext("Tim penilai kinerja"),
    }
    words = (_part(key, "lanes"), _part(key, "flows"), _part(key, "elements"))
    lanes[drawn] = process_name(key, drawn)
    return lanes | {name: str(said) for part in words for name, said in part.items()}


def form_of(key: str, element_id: str) -> Form | None:
    """Give the form of a step in the reader's language, as the newest version draws it."""
    ready = _ready(key)
    return localised(ready, ready.form_of(element_id), language())


def _ready(key: str) -> Any:
    ready = g.setdefault("ready", {})
    if key not in ready:
        ready[key] = engine().ask(definitions.ready, key)
    return ready[key]


def task_title(task: TaskRow) -> str:
    """Give a task's title in the reader's language; where only the step has words, its name."""
    return _titled(task.process_key, task.element_id, task.title)


def title_told(process_key: str, title: str) -> str:
    """Give a task's title in the reader's language where nothing but the title is known.

    Of the steps whose drawn title it may be, the one with the most words of its own is meant.
    """
    if language() == "id" or not messages_of(process_key):
        return title
    found: list[tuple[int, str]] = []
    for element_id, model in _ready(process_key).compiled.user_tasks.items():
        parts = (model.name,) if model.title is None else model.title.parts
        if re.fullmatch(_drawn(parts), title, re.DOTALL):
            found.append((sum(len(part) for part in parts if isinstance(part, str)), element_id))
    return _titled(process_key, max(found)[1], title) if found else title


def _titled(process_key: str, element_id: str, title: str) -> str:
    """Say a title anew: what the engine put into it (a name, a course) is read off it again."""
    said = str(_part(process_key, "titles").get(element_id) or "")
    places = _PLACES.findall(said)
    known = _known(process_key, element_id, title) if places else {}
    if said and known.keys() >= set(places):
        return _PLACES.sub(lambda place: known[place[1]], said)
    return element_name(process_key, element_id, title)


def _known(process_key: str, element_id: str, title: str) -> dict[str, str]:
    """Read what stands in the holes of a drawn title."""
    model = _ready(process_key).compiled.user_tasks.get(element_id)
    if model is None or model.title is None:
        return {}
    holes = [part.text for part in model.title.parts if not isinstance(part, str)]
    found = re.fullmatch(_drawn(model.title.parts), title, re.DOTALL)
    return dict(zip(holes, found.groups(), strict=True)) if found else {}


def _drawn(parts: Iterable[Any]) -> str:
    return "".join(re.escape(part) if isinstance(part, str) else "(.*)" for part in parts)


def within_words(due: str) -> str:
    """Say how much time a step has, as a model writes it; empty where only the case tells."""
    found = _WITHIN.fullmatch(due.strip())
    if found is None:
        return ""
    number = int(found[1] or found[2])
    if found[1]:
        return ngettext("dalam %(num)d hari kerja", "dalam %(num)d hari kerja", number)
    return ngettext("dalam %(num)d hari", "dalam %(num)d hari", number)


def group_words(key: str | None) -> str:
    """Name a candidate group: HRC, HRO@/01/."""
    return {
        "HRC": gettext("Badan kepegawaian"),
        "HRO": gettext("Kepegawaian unit"),
        "PPK": gettext("Pejabat pembina kepegawaian"),
        "TRN": gettext("Pengelola pelatihan"),
        "TIM": gettext("Tim penilai kinerja"),
    }.get((key or "").partition("@")[0], key or "")


def messages_of(key: str) -> Mapping[str, Any]:
    """Give the words of the newest version of a process, asked once per request."""
    known = cast(dict[str, Mapping[str, Any]], g.setdefault("messages", {}))
    if key not in known:
        found = next((row for row in latest() if row.key == key), None)
        known[key] = engine().ask(definitions.messages, found.id) if found else {}
    return known[key]


def _part(key: str, name: str) -> Mapping[str, Any]:
    if language() == "id":
        return {}  # models are drawn in Indonesian
    return messages_of(key).get(name) or {}
