"""Searching the whole history, and the searches somebody saved.  Only auditors come here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.queries import search
from engine.queries.search import COUNTED, NAMED, Hit, TooWide
from hr.audit import queries as audits
from hr.audit.commands import DropSearch, SaveSearch
from hr.directory import queries as directory
from web import auth, words
from web.audit.asked import Asked
from web.audit.entrance import require_auditor
from web.happenings import event_words
from web.language import gettext
from web.site import engine, now

audit = Blueprint("audit", __name__, template_folder="templates", url_prefix="/audit")

_PAGE = 25


@audit.get("")
def index() -> str:
    """Search: nothing asked shows what can be asked; a search stands in its address."""
    require_auditor()
    asked = Asked.read(request.args)
    wanted, problems = asked.wanted()
    page, count, too_wide = None, 0, False
    if asked.fields and not problems:
        try:
            page = engine().ask(search.found, wanted, after=asked.after or None, limit=_PAGE)
            count = engine().ask(search.count, wanted)
        except TooWide:
            page, too_wide = None, True
    rows = page.rows if page else ()
    following = page.next if page else None
    return render_template(
        "audit/index.html",
        asked=asked,
        problems=problems,
        too_wide=too_wide,
        rows=rows,
        searched=page is not None,
        count=count,
        counted=COUNTED,
        named={name: named_words(name) for name in NAMED},
        saved=engine().ask(audits.searches, auth.me().person_id),
        processes=words.latest(),
        units=engine().ask(directory.offices, now()),
        names=engine().ask(directory.names, _people(rows)),
        drawn=_drawn(rows),
        event_words=event_words,
        next_url=_url(asked, following) if following else None,
        first_url=_url(asked) if asked.after else None,
    )


@audit.post("/searches")
def save_search() -> Response:
    """Keep a search under a name."""
    require_auditor()
    asked = Asked.read(request.form)
    name = request.form.get("name", "")[:200]
    engine().execute(SaveSearch(name=name, query=asked.query), by=auth.actor())
    return redirect(_url(asked))


@audit.post("/searches/drop")
def drop_search() -> Response:
    """Forget a search."""
    require_auditor()
    engine().execute(DropSearch(name=request.form.get("name", "")[:200]), by=auth.actor())
    return redirect(url_for("audit.index"))


def named_words(name: str) -> str:
    """Say what a named search finds."""
    return {
        "refused": gettext("Permintaan yang ditolak"),
        "sent_back": gettext("Dikembalikan atau ditarik kembali"),
        "handed_over": gettext("Tugas dialihkan ke orang lain"),
        "overrides": gettext("Penyimpangan dari jalan biasa"),
        "repairs": gettext("Perbaikan dan pemindahan perkara"),
        "escalated": gettext("Dialihkan karena terlambat"),
        "late": gettext("Diselesaikan sesudah tenggat"),
        "substituted": gettext("Dikerjakan atas nama orang lain"),
        "taken_out": gettext("Data dibawa keluar, berkas dibuka"),
        "rules": gettext("Aturan, peran dan data induk diubah"),
        "failed": gettext("Gangguan"),
        "submitted": gettext("Tugas selesai"),
        "cases": gettext("Perkara dimulai"),
    }[name]


def _people(rows: tuple[Hit, ...]) -> frozenset[int]:
    found = {hit.on_behalf_of for hit in rows} | {hit.subject_id for hit in rows}
    return frozenset(one for one in found if one is not None)


def _drawn(rows: tuple[Hit, ...]) -> dict[tuple[int, int], str]:
    """Name the elements of hits in the reader's language."""
    return {
        (hit.stream_id, hit.seq): words.element_name(
            hit.process_key, hit.element_id, hit.element_name
        )
        for hit in rows
        if hit.element_id and hit.process_key
    }


def _url(asked: Asked, after: str = "") -> str:
    said: dict[str, Any] = {**asked.fields, **({"after": after} if after else {})}
    return url_for("audit.index", **said)
