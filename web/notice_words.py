"""Notices in the words of the reader's language: those of every process, and a process's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hr.notices.queries import NoticeRow
from web import words
from web.language import day, gettext, language

_PLACE = re.compile(r"\{(\w+)\}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


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
        return _filled(ours[0], notice), _filled(ours[1], notice)
    told = words.messages_of(notice.process_key) if messages is None else messages
    texts = told.get("notices", {}).get(notice.notice, {})
    said = texts.get(language()) or texts.get("id") or {}
    subject, body = said.get("subject", notice.notice), said.get("body", "")
    return _filled(subject, notice), _filled(body, notice)


def _filled(text: str, notice: NoticeRow) -> str:
    """Put values into a text; a place without a value stays as it is."""

    def value(place: re.Match[str]) -> str:
        found = notice.values.get(place[1])
        if found is None:
            return place[0]
        if place[1] == "period":
            return words.period_words(str(found))
        if place[1] == "title" and is_of_the_platform(notice):  # a task's
            return words.title_told(notice.process_key, str(found))
        return _written(found)

    return _PLACE.sub(value, text)


def _written(value: object) -> str:
    try:
        return day(datetime.fromisoformat(str(value))) if _DAY.fullmatch(str(value)) else str(value)
    except ValueError:
        return str(value)
