"""Sending a draft for approval: what is wrong with it, whether its scenarios come out, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine import ReopenDraft, SubmitDraft
from engine.model import Act, CaseFacts
from engine.queries import process_drafts as views
from engine.queries.process_drafts import Check, DraftView
from hr.calendar.rules import city_zone, local_day
from web import auth, nav
from web.language import gettext
from web.site import engine, now
from web.studio import checking, stories
from web.studio.screen import studio

_SHORTEST, _LONGEST = 20, 2000


@studio.get("/drafts/<number:draft_id>/submit")
def ask_approval(draft_id: int) -> str:
    """Ask why and from when; what stands in the way is told at once."""
    auth.require(Act.DRAFT, CaseFacts(None, "", None, ""))
    return _page(engine().ask(views.draft, draft_id), [])


@studio.post("/drafts/<number:draft_id>/submit")
def submit(draft_id: int) -> AnyResponse | tuple[str, int]:
    """Send a draft for approval, where nothing is wrong with it and its scenarios come out."""
    auth.require(Act.DRAFT, CaseFacts(None, "", None, ""))
    draft = engine().ask(views.draft, draft_id)
    files = engine().ask(views.files, draft_id, draft.row.revision)
    reason = request.form.get("reason", "").strip()
    problems, effective = _asked(reason, request.form.get("day", "").strip())
    problems += _wrong(draft, files)
    if problems:
        return _page(draft, problems), 422
    problems = _told(stories.play(draft, files), files)
    if problems:
        return _page(draft, problems), 422
    command = SubmitDraft(
        draft_id=draft_id, sha256=draft.row.sha256, reason=reason, effective_at=effective
    )
    engine().execute(command, by=auth.actor())
    return nav.say(redirect(url_for("studio.show", draft_id=draft_id), 303), "draft_submitted")


@studio.post("/drafts/<number:draft_id>/reopen")
def reopen(draft_id: int) -> AnyResponse:
    """Open a draft again whose case was cancelled."""
    engine().execute(ReopenDraft(draft_id=draft_id), by=auth.actor())
    return nav.say(redirect(url_for("studio.show", draft_id=draft_id), 303), "draft_back")


def _asked(reason: str, day: str) -> tuple[list[str], datetime | None]:
    problems, effective = [], None
    if not _SHORTEST <= len(reason) <= _LONGEST:
        problems.append(
            gettext(
                "Tulis alasannya: %(least)s sampai %(most)s huruf.", least=_SHORTEST, most=_LONGEST
            )
        )
    if day:
        try:
            wanted = date.fromisoformat(day)
        except ValueError:
            wanted = date.min
        if wanted <= local_day(now()):
            problems.append(gettext("Pilih hari sesudah hari ini, atau kosongkan."))
        else:
            effective = datetime.combine(wanted, time(), city_zone())
    return problems, effective


def _wrong(draft: DraftView, files: Mapping[str, bytes]) -> list[str]:
    """Say what keeps a draft from being sent, before anything is played."""
    if draft.row.state != "OPEN":
        return [gettext("Draf ini tidak terbuka.")]
    found = checking.findings(draft.row.sha256, files)
    errors = [one for one in found if one.severity == "error"]
    if errors:
        return [
            ": ".join(part for part in (row["name"] or row["file"], row["words"]) if part)
            for row in checking.rows(errors, files)
        ]
    if not any(path.startswith("scenarios/") for path in files):
        return [gettext("Tulis sedikitnya satu skenario: cerita yang harus tetap berjalan.")]
    return []


def _told(played: Check, files: Mapping[str, bytes]) -> list[str]:
    names = stories.element_names(files) if played.failed else {}
    problems = [
        gettext(
            "Skenario %(name)s tidak sesuai: %(fault)s",
            name=path,
            fault=" ".join(stories.outcome_words(one, names))[:600],
        )
        for path, one in sorted(played.result.items())
        if one["faults"]
    ]
    if played.left and not problems:
        problems.append(
            gettext(
                "%(count)s skenario belum sempat diputar. Ajukan lagi untuk melanjutkan.",
                count=played.left,
            )
        )
    return problems


def _page(draft: DraftView, problems: list[str]) -> str:
    return render_template(
        "studio/submit.html",
        draft=draft,
        problems=problems,
        typed=request.form,
        least=_SHORTEST,
        most=_LONGEST,
    )
