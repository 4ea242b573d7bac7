"""Words for codes, and a process's own words in the reader's language (its messages.toml).

Words of pages stand in templates; words of forms are put in by engine.forms.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from flask import Flask, g

from engine.forms import Form
from engine.queries import definitions
from engine.queries.definitions import DefinitionRow
from engine.queries.inbox import TaskRow
from engine.queries.tasks import localised
from hr.notices.queries import NoticeRow
from web.language import day, gettext, language, month
from web.site import engine

_PLACE = re.compile(r"\{(\w+)\}")
_PLACES = re.compile(r"\{([^{}]+)\}")
_QUARTER = re.compile(r"(\d{4})Q([1-4])")
_HALF = re.compile(r"(\d{4})H([12])")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


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
        "SB": gettext("Sangat baik"),
        "B": gettext("Baik"),
        "BP": gettext("Butuh perbaikan"),
        "K": gettext("Kurang"),
        "SK": gettext("Sangat kurang"),
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
    """Give a task's title in the reader's language; where only the step has words, its name.

    What the engine put into the title (a name, a course) is read off it again.
    """
    said = str(_part(task.process_key, "titles").get(task.element_id) or "")
    places = _PLACES.findall(said)
    known = _known(task) if places else {}
    if said and known.keys() >= set(places):
        return _PLACES.sub(lambda place: known[place[1]], said)
    return element_name(task.process_key, task.element_id, task.title)


def _known(task: TaskRow) -> dict[str, str]:
    """Read what stands in the holes of a drawn title."""
    model = _ready(task.process_key).compiled.user_tasks.get(task.element_id)
    if model is None or model.title is None:
        return {}
    holes = [part.text for part in model.title.parts if not isinstance(part, str)]
    drawn = "".join(
        re.escape(part) if isinstance(part, str) else "(.*)" for part in model.title.parts
    )
    found = re.fullmatch(drawn, task.title, re.DOTALL)
    return dict(zip(holes, found.groups(), strict=True)) if found else {}


def group_words(key: str | None) -> str:
    """Name a candidate group: HRC, HRO@/01/."""
    return {
        "HRC": gettext("Badan kepegawaian"),
        "HRO": gettext("Kepegawaian unit"),
        "PPK": gettext("Pejabat pembina kepegawaian"),
        "TRN": gettext("Pengelola pelatihan"),
        "TIM": gettext("Tim penilai kinerja"),
    }.get((key or "").partition("@")[0], key or "")


def _of_ours(notice: str) -> tuple[str, str] | None:
    """Give the text of a notice that every process has."""
    title, reason = "{title}", "{reason}"
    return {
        "REMINDED": (
            gettext("Pengingat"),
            gettext("Tugas ini menunggu Anda: %(title)s", title=title),
        ),
        "DUE": (
            gettext("Pengingat tenggat"),
            gettext("Tenggat %(due)s: %(title)s", due="{due}", title=title),
        ),
        "ESCALATED": (
            gettext("Tugas naik kepada Anda"),
            gettext("Lewat tenggat %(due)s: %(title)s", due="{due}", title=title),
        ),
        "CAMPAIGN_REMINDED": (
            gettext("Pengingat dari badan kepegawaian"),
            gettext(
                "%(tasks)s tugas periode %(period)s menunggu Anda. Buka Tugas.",
                tasks="{tasks}",
                period="{period}",
            ),
        ),
        "FEEDBACK_GIVEN": (
            gettext("Umpan balik untuk Anda"),
            gettext("Dari %(name)s; bacalah pada halaman Saya.", name="{name}"),
        ),
        "ROLE_PROPOSED": (
            gettext("Usulan peran menunggu"),
            gettext(
                "Peran %(role)s diusulkan dan perlu orang kedua. Buka Akun, Peran.", role="{role}"
            ),
        ),
        "ROLE_APPROVED": (
            gettext("Usulan peran disetujui"),
            gettext("Peran %(role)s yang Anda usulkan sudah diberikan.", role="{role}"),
        ),
        "ROLE_REFUSED": (
            gettext("Usulan peran ditolak"),
            gettext("Peran %(role)s yang Anda usulkan tidak diberikan.", role="{role}"),
        ),
        "CORRECTION_ASKED": (
            gettext("Permintaan perbaikan data"),
            gettext("Seorang pegawai menunggu jawaban. Buka Kepegawaian, Permintaan perbaikan."),
        ),
        "CORRECTION_MADE": (
            gettext("Data Anda diperbaiki"),
            gettext("Jawaban badan kepegawaian: %(reason)s", reason=reason),
        ),
        "CORRECTION_REFUSED": (
            gettext("Data Anda tidak diubah"),
            gettext("Jawaban badan kepegawaian: %(reason)s", reason=reason),
        ),
        "TAKEN_OVER": (
            gettext("Tugas diambil alih"),
            gettext("%(title)s kini dikerjakan rekan Anda. %(reason)s", title=title, reason=reason),
        ),
        "STANDS_IN": (
            gettext("Anda menjadi pengganti"),
            gettext(
                "Untuk %(name)s, %(start)s sampai dengan %(end)s.",
                name="{name}",
                start="{from}",
                end="{to}",
            ),
        ),
        "LENT": (
            gettext("Diminta melihat"),
            gettext("Pendapat Anda diminta untuk: %(title)s", title=title),
        ),
        "LOOKED": (
            gettext("Pendapat sudah diberikan"),
            gettext("Anda dapat memutuskan: %(title)s", title=title),
        ),
        "SENT_BACK": (
            gettext("Dikembalikan untuk diperbaiki"),
            gettext("%(title)s. Alasannya: %(reason)s", title=title, reason=reason),
        ),
        "MENTIONED": (
            gettext("Anda disebut dalam catatan"),
            gettext("Pada tugas: %(title)s", title=title),
        ),
        "EXTENSION_ASKED": (
            gettext("Permintaan perpanjangan tenggat"),
            gettext("Untuk: %(title)s", title=title),
        ),
        "EXTENSION_GRANTED": (
            gettext("Tenggat diperpanjang"),
            gettext("Untuk: %(title)s", title=title),
        ),
        "EXTENSION_REFUSED": (
            gettext("Tenggat tidak diperpanjang"),
            gettext("Untuk: %(title)s", title=title),
        ),
    }.get(notice)


def is_of_the_platform(notice: NoticeRow) -> bool:
    """Tell whether a notice is one that every process has, such as a reminder."""
    return _of_ours(notice.notice) is not None


def notice_words(notice: NoticeRow, messages: Mapping[str, Any] | None = None) -> tuple[str, str]:
    """Write subject and text of a notice in the reader's language.

    messages -- the process's messages.toml; without it that of its newest version
    """
    ours = _of_ours(notice.notice)
    if ours is not None:
        return _filled(ours[0], notice.values), _filled(ours[1], notice.values)
    told = _messages_of(notice.process_key) if messages is None else messages
    texts = told.get("notices", {}).get(notice.notice, {})
    words = texts.get(language()) or texts.get("id") or {}
    subject, body = words.get("subject", notice.notice), words.get("body", "")
    return _filled(subject, notice.values), _filled(body, notice.values)


def _filled(text: str, values: Mapping[str, Any]) -> str:
    """Put values into a text; a place without a value stays as it is."""

    def value(place: re.Match[str]) -> str:
        found = values.get(place[1])
        if found is not None and place[1] == "period":
            return period_words(str(found))
        return place[0] if found is None else _written(found)

    return _PLACE.sub(value, text)


def _written(value: object) -> str:
    try:
        return day(datetime.fromisoformat(str(value))) if _DAY.fullmatch(str(value)) else str(value)
    except ValueError:
        return str(value)


def _messages_of(key: str) -> Mapping[str, Any]:
    """Give the words of the newest version of a process, asked once per request."""
    known = cast(dict[str, Mapping[str, Any]], g.setdefault("messages", {}))
    if key not in known:
        found = next((row for row in latest() if row.key == key), None)
        known[key] = engine().ask(definitions.messages, found.id) if found else {}
    return known[key]


def _part(key: str, name: str) -> Mapping[str, Any]:
    if language() == "id":
        return {}  # models are drawn in Indonesian
    return _messages_of(key).get(name) or {}
