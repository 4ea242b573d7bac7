"""The frame of a page: a person's menu, the demo's date, what is to be said once.  No content."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import Flask, Response, g, request, url_for
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response as AnyResponse

from web import auth, language
from web.language import gettext
from web.site import now, site

_SAID = "alur_said"
_AGENCY = ("agency", "campaigns", "operations")
_CASE_NO = re.compile(r"[A-Za-z0-9/._-]{1,40}")


@dataclass(frozen=True)
class Entry:
    """A word of the menu; `own` where the person's role is about it."""

    url: str
    label: str
    current: bool
    icon: str
    count: int | None = None
    own: bool = False


@dataclass(frozen=True)
class Said:
    """A sentence after a redirect; `arrived` where it says that what a form held has arrived."""

    kind: str
    text: str
    arrived: bool = False


@dataclass(frozen=True)
class Me:
    name: str
    post: str
    unit: str
    username: str
    number: int


# What may be said once after a redirect.  The cookie carries a code and a case number, no text.
_SENTENCES: dict[str, tuple[str, LazyString]] = {
    "received": (
        "ok",
        lazy_gettext("Diterima: %(case)s. Terima kasih; untuk tugas ini Anda sudah selesai."),
    ),
    "fairness_asked": ("ok", lazy_gettext("Statistik sedang dihitung; muat ulang sebentar lagi.")),
    "siasn_made": ("ok", lazy_gettext("Berkas dibuat; unduh di bawah.")),
    "calibration_started": ("ok", lazy_gettext("Kalibrasi dimulai: %(case)s.")),
    "received_again": ("ok", lazy_gettext("Sudah diterima sebelumnya: %(case)s.")),
    "received_parked": (
        "ok",
        lazy_gettext(
            "Diterima: %(case)s. Langkah berikutnya sedang diperiksa badan kepegawaian; "
            "Anda tidak perlu berbuat apa-apa."
        ),
    ),
    "filter_saved": ("ok", lazy_gettext("Saringan tersimpan.")),
    "notices_read": ("ok", lazy_gettext("Semua pemberitahuan sudah dibaca.")),
    "mail_chosen": ("ok", lazy_gettext("Pilihan surel tersimpan.")),
    "calendar_dropped": ("ok", lazy_gettext("Alamat kalender tidak berlaku lagi.")),
    "extension_granted": ("ok", lazy_gettext("Tenggat diperpanjang.")),
    "extension_refused": ("ok", lazy_gettext("Permintaan ditolak; pemintanya diberi tahu.")),
    "job_cancelled": ("ok", lazy_gettext("Pekerjaan mesin dibatalkan.")),
    "schedule_changed": ("ok", lazy_gettext("Jadwal diubah.")),
    "suspended": ("ok", lazy_gettext("Perkara ditangguhkan; tidak ada yang hilang.")),
    "resumed": ("ok", lazy_gettext("Perkara berjalan lagi.")),
    "case_cancelled": ("ok", lazy_gettext("Perkara dibatalkan.")),
    "proposed": ("ok", lazy_gettext("Usulan dikirim ke badan kepegawaian.")),
    "proposal_refused": ("ok", lazy_gettext("Usulan ditolak.")),
    "resolved": ("ok", lazy_gettext("Usulan disetujui; perkara berjalan lagi.")),
    "resolved_failed": (
        "warn",
        lazy_gettext("Usulan dijalankan, tetapi perkara berhenti lagi di depan sebuah langkah."),
    ),
    "retrying_many": (
        "ok",
        lazy_gettext("Semuanya dicoba ulang satu per satu; muat ulang halaman ini nanti."),
    ),
    "nothing_to_retry": ("warn", lazy_gettext("Tidak ada lagi yang perlu dicoba ulang.")),
    "activity_written": ("ok", lazy_gettext("Aktivitas tercatat.")),
    "activity_mended": ("ok", lazy_gettext("Aktivitas diperbaiki; atasan meninjaunya lagi.")),
    "activity_refused": (
        "warn",
        lazy_gettext("Tidak dapat diulang begitu saja; tulis jamnya di bawah."),
    ),
    "unmask_proposed": (
        "ok",
        lazy_gettext("Permintaan dicatat; auditor lain memutuskannya."),
    ),
    "unmask_decided": ("ok", lazy_gettext("Keputusan dicatat.")),
    "correction_asked": (
        "ok",
        lazy_gettext("Permintaan terkirim; badan kepegawaian menjawabnya."),
    ),
    "corrected": ("ok", lazy_gettext("Data diperbaiki; yang lama tetap ada di riwayat.")),
    "correction_refused": ("ok", lazy_gettext("Permintaan dijawab; pegawainya diberi tahu.")),
    "proxy_set": ("ok", lazy_gettext("Anda dapat mengisi formulirnya atas namanya.")),
    "proxy_ended": ("ok", lazy_gettext("Tidak ada lagi yang mengisi atas namanya.")),
    "acting_set": ("ok", lazy_gettext("Pelaksana ditunjuk.")),
    "acting_ended": ("ok", lazy_gettext("Penunjukan diakhiri.")),
    "moved": ("ok", lazy_gettext("Mutasi dicatat; jabatan lamanya berakhir sehari sebelumnya.")),
    "results_noted": ("ok", lazy_gettext("Hasil triwulan tersimpan.")),
    "absence_set": ("ok", lazy_gettext("Pengganti ditetapkan.")),
    "conflict_declared": (
        "ok",
        lazy_gettext("Tercatat. Sejak hari itu keduanya tidak diminta menilai satu sama lain."),
    ),
    "conflict_ended": ("ok", lazy_gettext("Benturan kepentingan diakhiri.")),
    "peer_quarters_set": ("ok", lazy_gettext("Aturan kantor tersimpan.")),
    "absence_ended": ("ok", lazy_gettext("Penggantian diakhiri.")),
    "withdrawn": ("ok", lazy_gettext("Kiriman ditarik kembali; isian Anda ada di bawah.")),
    "sent_back": ("ok", lazy_gettext("Dikembalikan: %(case)s. Yang bersangkutan diberi tahu.")),
    "taken_over": ("ok", lazy_gettext("Tugas ini sekarang Anda kerjakan; rekan Anda diberi tahu.")),
    "lent": ("ok", lazy_gettext("Pendapat diminta. Anda yang memutuskan sesudahnya.")),
    "looked": ("ok", lazy_gettext("Pendapat Anda terkirim. Terima kasih.")),
    "recalled": ("ok", lazy_gettext("Tugas kembali kepada Anda.")),
    "reminded": ("ok", lazy_gettext("Pemegangnya diingatkan.")),
    "reminded_already": ("warn", lazy_gettext("Hari ini sudah diingatkan.")),
    "commented": ("ok", lazy_gettext("Catatan tersimpan.")),
    "extension_asked": ("ok", lazy_gettext("Permintaan terkirim kepada yang berwenang.")),
    "person_unknown": (
        "warn",
        lazy_gettext(
            "Nama atau NIP itu tidak dikenal, atau dipakai beberapa pegawai. Tulis NIP-nya."
        ),
    ),
    "words_missing": ("warn", lazy_gettext("Belum ada yang ditulis; tidak ada yang berubah.")),
    "date_wrong": ("warn", lazy_gettext("Pilih tanggal sesudah tenggat sekarang.")),
    "too_late": (
        "warn",
        lazy_gettext("Keadaannya tidak memungkinkan itu lagi; tidak ada yang berubah."),
    ),
    "draft_begun": ("ok", lazy_gettext("Draf dibuat. Proses yang berjalan tidak berubah.")),
    "version_proposed": ("ok", lazy_gettext("Usulan dikirim; orang kedua memutuskannya.")),
    "version_decided": ("ok", lazy_gettext("Usulan disetujui dan dijalankan.")),
    "version_refused": ("ok", lazy_gettext("Usulan ditutup; tidak ada yang berubah.")),
    "migration_undone": ("ok", lazy_gettext("Perkara yang belum bergerak sedang dikembalikan.")),
    "migration_stays": (
        "warn",
        lazy_gettext("Semua perkara sudah bergerak; tidak ada yang kembali."),
    ),
    "draft_imported": ("ok", lazy_gettext("Berkas diterima; isinya tidak diubah.")),
    "draft_saved_now": ("ok", lazy_gettext("Draf disimpan.")),
    "draft_fixed": ("ok", lazy_gettext("Diperbaiki. Lewat riwayat, semuanya dapat dikembalikan.")),
    "draft_restored": ("ok", lazy_gettext("Draf dikembalikan ke keadaan itu.")),
    "draft_discarded": ("ok", lazy_gettext("Draf disisihkan; tidak ada yang hilang.")),
    "draft_submitted": ("ok", lazy_gettext("Draf diajukan. Sekarang menunggu persetujuan.")),
    "draft_back": ("ok", lazy_gettext("Draf dibuka lagi.")),
    "draft_saved": ("ok", lazy_gettext("Draf tersimpan.")),
    "claimed": ("ok", lazy_gettext("Tugas ini sekarang Anda kerjakan.")),
    "released": ("ok", lazy_gettext("Tugas dikembalikan ke kelompok.")),
    "started": ("ok", lazy_gettext("Perkara %(case)s dimulai.")),
    "retried": ("ok", lazy_gettext("Gangguan dicoba ulang dan selesai.")),
    "retry_failed": ("warn", lazy_gettext("Sudah dicoba ulang, tetapi gagal lagi.")),
    "facts_recorded": ("ok", lazy_gettext("Data layanan tersimpan.")),
    "facts_retried": (
        "ok",
        lazy_gettext("Data layanan tersimpan; perkara yang menunggunya berjalan lagi."),
    ),
    "facts_still_waiting": (
        "warn",
        lazy_gettext("Data layanan tersimpan, tetapi sebagian perkara masih menunggu di bawah."),
    ),
    "handed_back": ("ok", lazy_gettext("Tugas dikembalikan kepada yang semula.")),
    "assigned": ("ok", lazy_gettext("Tugas sudah diserahkan.")),
    "launched": ("ok", lazy_gettext("Kampanye diluncurkan; kemajuannya tampak di bawah.")),
    "note_written": ("ok", lazy_gettext("Catatan tersimpan.")),
    "feedback_given": ("ok", lazy_gettext("Umpan balik terkirim; yang bersangkutan diberi tahu.")),
    "reminded_many": (
        "ok",
        lazy_gettext("Semua yang ditunggu sudah diingatkan."),
    ),
    "reminded_many_already": ("warn", lazy_gettext("Hari ini mereka sudah diingatkan.")),
    "deadline_moving": (
        "ok",
        lazy_gettext("Tenggat sedang dipindahkan satu per satu; kemajuannya tampak di bawah."),
    ),
    "campaign_closed": ("ok", lazy_gettext("Kampanye ditutup.")),
    "cadence_set": ("ok", lazy_gettext("Jadwal tersimpan; berlaku mulai periode berikutnya.")),
    "referral_started": ("ok", lazy_gettext("Rujukan pelatihan dimulai: %(case)s.")),
    "referral_known": ("ok", lazy_gettext("Sudah dimulai sebelumnya: %(case)s.")),
    "referrals_started": (
        "ok",
        lazy_gettext("Semua rujukan yang terbuka sedang dimulai; muat ulang halaman ini nanti."),
    ),
    "session_added": (
        "ok",
        lazy_gettext("Jadwal ditambahkan; kursinya diberikan dahulu kepada yang menunggu."),
    ),
    "password_changed": (
        "ok",
        lazy_gettext("Kata sandi sudah diganti. Masuk dengan kata sandi baru."),
    ),
    "password_set": (
        "ok",
        lazy_gettext("Kata sandi tersimpan. Masuk dengan NIP dan kata sandi baru Anda."),
    ),
    "account_opened": ("ok", lazy_gettext("Akun dibuat. Sekarang undang pegawainya.")),
    "account_closed": ("ok", lazy_gettext("Akun ditutup; semua sesinya berakhir.")),
    "account_reopened": ("ok", lazy_gettext("Akun dibuka lagi.")),
    "link_sent": ("ok", lazy_gettext("Tautan dikirim ke surel pegawai itu.")),
    "role_given": ("ok", lazy_gettext("Peran diberikan.")),
    "role_proposed": ("ok", lazy_gettext("Peran diusulkan; orang kedua yang memutuskan.")),
    "role_refused": ("ok", lazy_gettext("Usulan ditolak.")),
    "role_taken": ("ok", lazy_gettext("Peran diakhiri.")),
    "calendar_changed": ("ok", lazy_gettext("Kalender diubah.")),
    "passkey_added": ("ok", lazy_gettext("Kunci sandi tersimpan.")),
    "passkey_removed": ("ok", lazy_gettext("Kunci sandi dihapus.")),
    "identity_unlinked": ("ok", lazy_gettext("Akun dilepaskan dari penyedia identitas.")),
    "token_ended": ("ok", lazy_gettext("Token diakhiri.")),
    "second_factor_off": ("ok", lazy_gettext("Kode sekali pakai dimatikan.")),
    "first_administrator": (
        "ok",
        lazy_gettext("Akun administrator sudah dibuat. Masuk dengan NIP dan kata sandi Anda."),
    ),
    "session_ended": ("ok", lazy_gettext("Perangkat itu sudah dikeluarkan.")),
    "signed_out": ("ok", lazy_gettext("Anda sudah keluar.")),
}


def install(app: Flask) -> None:
    """Give every template the frame: me, nav, language, tokens, demo_date, said."""
    app.context_processor(_frame)
    app.after_request(_forget_said)
    app.jinja_env.globals["csrf_field"] = auth.csrf_field
    app.jinja_env.globals["csrf_token"] = auth.csrf_token


def say(response: AnyResponse, code: str, case_no: str = "") -> AnyResponse:
    """Have the next page say one sentence once."""
    assert code in _SENTENCES
    g.said_now = True
    response.set_cookie(
        _SAID, f"{code}:{case_no}", max_age=60, httponly=True, samesite="Lax", path="/"
    )
    return response


def _frame() -> dict[str, object]:
    person = None if g.get("broken") else auth.signed_in()
    return {
        "me": _me() if person else None,
        "nav": _entries() if person else (),
        "language": language.language(),
        "other_language": language.other_language(),
        "demo_date": _demo_date(),
        "city": site().settings.city,
        "said": _said(),
    }


def _me() -> Me:
    card = auth.card()
    return Me(card.name, card.post, card.unit_name, auth.me().session.username, auth.me().person_id)


def _entries() -> tuple[Entry, ...]:
    """Give the menu: tasks, then what a person's role is about, then the rest.

    A phone shows the first few and keeps the rest under one word, so the order matters.
    """
    agency, trains = auth.belongs_to("HRC"), auth.belongs_to("TRN")
    leads, has_scope = len(auth.scope().subjects) > 1, bool(auth.scope().path_prefixes)
    administers, audits = auth.belongs_to("ADM"), auth.audits() and not auth.belongs_to("HRC")
    entries = [
        _entry("inbox.index", gettext("Tugas"), "inbox", "inbox", "tasks", "handing", own=True),
        _entry("cases.index", gettext("Perkara"), "folder2-open", "cases", "trace"),
        _entry("activity.index", gettext("Aktivitas"), "calendar-event", "activity"),
        _entry("me.index", gettext("Saya"), "person-circle", "me"),
    ]
    if leads:
        entries.append(_entry("team.index", gettext("Tim"), "people", "team", own=not agency))
    if has_scope:
        entries.append(_entry("boards.index", gettext("Papan"), "bar-chart", "boards"))
    if auth.may_start():
        entries.append(_entry("start.index", gettext("Mulai"), "play-circle", "start"))
    if agency:
        label = gettext("Badan")
        entries.append(_entry("agency.followups", label, "briefcase", *_AGENCY, own=True))
    elif audits:
        screens = ("audit", "population", "process_map", "rule_changes", "audit_exports")
        label = gettext("Telusuri")
        entries.append(_entry("audit.index", label, "search", *screens, own=True))
        entries.append(_entry("agency.candidates", gettext("Calon"), "briefcase", "agency"))
        stuck = gettext("Gangguan")
        entries.append(_entry("operations.incidents", stuck, "activity", "operations"))
    if has_scope:
        label = gettext("Kepegawaian")
        entries.append(_entry("people.index", label, "people", "people", own=agency))
    if agency or trains:
        label = gettext("Pelatihan")
        found = _entry(
            "development.courses", label, "calendar-event", "development", own=not agency
        )
        entries.append(found)
    if administers:  # the agency gets there by its own pages
        label = gettext("Operasional")
        entries.append(_entry("operations.index", label, "activity", "operations", own=True))
    if administers or agency:
        label, shown = gettext("Akun"), ("accounts", "roles", "setup")
        entries.append(_entry("accounts.index", label, "person-circle", *shown, own=administers))
    if auth.belongs_to("DSN"):
        label = gettext("Studio")
        entries.append(_entry("studio.index", label, "pencil-square", "studio", own=True))
    entries.append(_entry("definitions.index", gettext("Proses"), "diagram-3", "definitions"))
    return tuple(sorted(entries, key=lambda entry: not entry.own))


def _entry(endpoint: str, label: str, icon: str, *blueprints: str, own: bool = False) -> Entry:
    return Entry(url_for(endpoint), label, request.blueprint in blueprints, icon, own=own)


def _demo_date() -> str | None:
    """Give the date that a demo believes in; any other site believes the calendar."""
    return language.moment(now()) if site().is_demo else None


def _said() -> tuple[Said, ...]:
    code, _, case_no = request.cookies.get(_SAID, "").partition(":")
    if code not in _SENTENCES or (case_no and not _CASE_NO.fullmatch(case_no)):
        return ()
    g.was_said = True
    kind, sentence = _SENTENCES[code]
    arrived = code.startswith("received") or code == "draft_saved"
    return (Said(kind, str(sentence) % {"case": case_no}, arrived),)


def _forget_said(response: Response) -> Response:
    if g.get("was_said") and not g.get("said_now"):
        response.delete_cookie(_SAID, path="/")
    return response
