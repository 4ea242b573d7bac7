"""One's own month in a few taps; for raters, what waits for review."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal, InvalidOperation

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from engine.errors import InvalidForm, InvalidState, NotAllowed, NotFound
from engine.forms import MOST_BYTES
from hr.activity import queries
from hr.activity.commands import LogActivity, MendActivity, RepeatActivity, ReviewActivities
from hr.activity.queries import EntryView
from hr.activity.rules import FILED, MOST_PHOTOS, RETURNED, Draft, Photo
from hr.calendar.rules import local_day
from hr.directory import queries as directory
from hr.planning.queries import plan_on
from web import auth, nav
from web.language import gettext, language
from web.parts import downloads, uploads
from web.site import engine, now

_PHOTOS = ("image/jpeg", "image/png")
_MOST_UPLOADED = (MOST_PHOTOS + 1) * MOST_BYTES

activity = Blueprint("activity", __name__, template_folder="templates", url_prefix="/activities")

_CLOCK = re.compile(r"([01]?\d|2[0-4])[:.]([0-5]\d)")
_LONGEST = 1000
_MOST = 200
_SHOWN = 50  # what a phone can scroll through


@activity.record_once
def _take_larger_bodies(state: BlueprintSetupState) -> None:
    # As the task page does: photos make a request larger than any other page may be sent.
    first = state.app.before_request_funcs.setdefault(None, [])
    first.insert(0, _allow_photos)


def _allow_photos() -> None:
    if request.endpoint in ("activity.write", "activity.mend"):
        request.max_content_length = _MOST_UPLOADED


@activity.get("")
def index() -> Response:
    """Show a day's page: what can be repeated, the form, and the month so far."""
    return _page(200, {})


@activity.post("")
def write() -> Response:
    """Write an activity down."""
    try:
        command = LogActivity(draft=_draft(_photos()), request_key=_key())
        engine().execute(command, by=auth.actor())
    except (InvalidForm, InvalidState) as refused:
        return _page(422, _with_photos(_sentences(refused)))
    return nav.say(_to_day(_day()), "activity_written")


@activity.post("/<number:entry_id>/repeat")
def repeat(entry_id: int) -> Response:
    """Write down again what was done before, in one tap."""
    try:
        command = RepeatActivity(entry_id=entry_id, day=_day(), request_key=_key())
        engine().execute(command, by=auth.actor())
    except (InvalidForm, InvalidState):
        return nav.say(_to_day(_day()), "activity_refused")
    return nav.say(_to_day(_day()), "activity_written")


@activity.get("/<number:entry_id>")
def entry(entry_id: int) -> Response:
    """Show an own entry that may still be changed."""
    return _page(200, {}, _own(entry_id))


@activity.post("/<number:entry_id>")
def mend(entry_id: int) -> Response:
    """Change an own entry."""
    known = _own(entry_id)
    try:
        draft = _draft(_photos(_photos_of([known]).get(entry_id, ())))
        engine().execute(MendActivity(entry_id=entry_id, draft=draft), by=auth.actor())
    except (InvalidForm, InvalidState) as refused:
        return _page(422, _with_photos(_sentences(refused)), known)
    return nav.say(_to_day(_day()), "activity_mended")


@activity.get("/<number:entry_id>/photos/<sha256>")
def photo(entry_id: int, sha256: str) -> Response:
    """Hand out a photo to whoever wrote the entry, and to whoever reviews it."""
    known = engine().ask(queries.entry, entry_id)
    me = auth.me().person_id
    if known is None or (known.person_id != me and known.person_id not in _team()):
        raise NotFound
    allowed = [asdict(one) for one in _photos_of([known]).get(entry_id, ())]
    return downloads.send(engine().ports.files, allowed, sha256)


@activity.get("/review")
def waiting() -> Response:
    """Show raters what their people wrote and nobody has reviewed."""
    return _waiting(200)


@activity.post("/review")
def review() -> Response:
    """Approve, return or reject what was ticked, as one act."""
    _people()
    chosen = [int(one) for one in request.form.getlist("entry")[:_MOST] if _is_number(one)]
    if not chosen:
        return _waiting(422, gettext("Pilih dahulu entrinya."))
    command = ReviewActivities(
        entry_ids=chosen,
        decision=request.form.get("decision", "")[:10],
        note=request.form.get("note", "").strip()[:_LONGEST],
    )
    try:
        done = engine().execute(command, by=auth.actor())
    except InvalidForm:
        return _waiting(422, gettext("Tulis catatan paling sedikit 10 huruf bila tidak disetujui."))
    return _reviewed(chosen, done, command.decision)


def _reviewed(chosen: Sequence[int], done: frozenset[int], decision: str) -> Response:
    """Say of each ticked entry what became of it."""
    entries = engine().ask(queries.entries, chosen)
    left = sum(engine().ask(queries.unreviewed, _people()).values())
    words = {
        "APPROVE": gettext("Disetujui."),
        "RETURN": gettext("Dikembalikan; pegawainya memperbaiki."),
        "REJECT": gettext("Ditolak."),
    }[decision]
    page = render_template(
        "activity/reviewed.html",
        entries=entries,
        names=engine().ask(directory.names, {each.person_id for each in entries}),
        done=done,
        outcome=words,
        left=left,
        clock=hour_words,
    )
    return make_response(page, 200)


def _page(status: int, problems: Mapping[str, str], known: EntryView | None = None) -> Response:
    me, day = auth.me().person_id, _day() if known is None else known.day
    plan = engine().ask(plan_on, me, day)
    month = engine().ask(queries.month, me, day)
    typed = request.form if request.method == "POST" else _typed(known, day, month)
    page = render_template(
        "activity/index.html",
        day=day,
        today=local_day(now()),
        month=month,
        mendable=(FILED, RETURNED),
        plan_rows=() if plan is None else plan.rows,
        repeats=engine().ask(queries.repeatable, me, day) if known is None else (),
        known=known,
        photos=_photos_of(month.entries if known is None else [known]),
        most_photos=MOST_PHOTOS,
        takes_photos=engine().ports.files is not None,
        typed=typed,
        problems=problems,
        clock=hour_words,
        leads=bool(_team()),
        request_key=secrets.token_urlsafe(18),
    )
    return make_response(page, status)


def _typed(known: EntryView | None, day: date, month: queries.MonthView) -> dict[str, str]:
    """Give what the form begins with: the entry, or the time after the day's last one."""
    if known is None:
        ended = max((each.ends for each in month.entries if each.day == day), default=450)
        return {"day": day.isoformat(), "starts": clock(ended)}
    return {
        "day": known.day.isoformat(),
        "starts": clock(known.starts),
        "ends": clock(known.ends),
        "row_id": str(known.row_id or ""),
        "text": known.text,
        "quantity": "" if known.quantity is None else format(known.quantity, "f"),
        "measure": known.measure,
        "place": known.place,
        "late_reason": known.late_reason,
        "overtime_order": known.overtime_order,
    }


def _waiting(status: int, problem: str = "") -> Response:
    team, asked = _people(), request.values.get("person", "")
    counts = engine().ask(queries.unreviewed, team)
    one = int(asked) if _is_number(asked) and int(asked) in team else None
    found = engine().ask(queries.waiting, team if one is None else {one}, _SHOWN)
    page = render_template(
        "activity/review.html",
        entries=found,
        photos=_photos_of(found),
        names=engine().ask(directory.names, frozenset(counts)) if counts else {},
        counts=counts,
        one=one,
        total=sum(counts.values()) if one is None else counts.get(one, 0),
        problem=problem,
        note=request.form.get("note", "")[:_LONGEST],
        clock=hour_words,
    )
    return make_response(page, status)


def _team() -> frozenset[int]:
    found: frozenset[int] = engine().ask(directory.team, {auth.me().person_id}, now())
    return found


def _photos_of(entries: Iterable[EntryView]) -> dict[int, tuple[Photo, ...]]:
    return engine().ask(queries.photos, [one.id for one in entries])


def _photos(before: Sequence[Photo] = ()) -> tuple[Photo, ...]:
    """Give the photos that stay and those that were sent now; raises InvalidForm for others."""
    wanted = set(request.form.getlist("photo_kept"))
    kept = tuple(one for one in before if one.sha256 in wanted)
    files = engine().ports.files
    if files is None:
        return kept
    new, wrong = uploads.receive(
        "photo",
        request.files.getlist("photo"),
        files,
        accept=_PHOTOS,
        room=MOST_PHOTOS - len(kept),
        most=str(MOST_PHOTOS),
    )
    if wrong:
        raise InvalidForm(wrong)
    return (*kept, *(Photo(**one) for one in new))


def _people() -> frozenset[int]:
    found = _team()
    if not found:
        raise NotAllowed("Expected somebody with people to review, but there are none.")
    return found


def _own(entry_id: int) -> EntryView:
    found = engine().ask(queries.entry, entry_id)
    if found is None or found.person_id != auth.me().person_id:
        raise NotFound
    return found


def _draft(photos: tuple[Photo, ...]) -> Draft:
    form = request.form
    row = form.get("row_id", "")
    return Draft(
        day=_day(),
        starts=_minutes(form.get("starts", "")),
        ends=_minutes(form.get("ends", "")),
        text=form.get("text", "")[: _LONGEST + 1],
        row_id=int(row) if _is_number(row) else None,
        quantity=_quantity(form.get("quantity", "")),
        measure=form.get("measure", "").strip()[:40],
        place=form.get("place", "OFFICE")[:6],
        late_reason=form.get("late_reason", "")[:_LONGEST],
        overtime_order=form.get("overtime_order", "").strip()[:80],
        photos=photos,
    )


def _day() -> date:
    try:
        return date.fromisoformat(request.values.get("day", ""))
    except ValueError:
        return local_day(now())


def _minutes(text: str) -> int:
    found = _CLOCK.fullmatch(text.strip())
    return -1 if found is None else int(found[1]) * 60 + int(found[2])


def _quantity(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip().replace(",", ".")[:20]) if text.strip() else None
    except InvalidOperation:
        return Decimal(-1)  # refused by name, as any amount below zero
    return value if value is None or value.is_finite() else Decimal(-1)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 15


def _key() -> str:
    return request.form.get("request_key", "")[:80] or secrets.token_urlsafe(18)


def _to_day(day: date) -> Response:
    today = day == local_day(now())
    return redirect(url_for("activity.index", day=None if today else day.isoformat()), 303)


def clock(minutes: int) -> str:
    """Write minutes of the day as a time: 07:30."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def hour_words(minutes: int) -> str:
    """Write minutes of the day for reading, as every page does: 07.30, in English 07:30."""
    written = clock(minutes)
    return written.replace(":", ".") if language() == "id" else written


def _with_photos(problems: dict[str, str]) -> dict[str, str]:
    """Say that a browser forgets which photos were chosen when the form comes back."""
    if any(one.filename for one in request.files.getlist("photo")):
        problems.setdefault("photo", gettext("Pilih lagi fotonya sesudah isian lain diperbaiki."))
    return problems


def _sentences(refused: InvalidForm | InvalidState) -> dict[str, str]:
    if isinstance(refused, InvalidState):
        return {"day": gettext("Bulan ini sudah ditutup, atau entrinya tidak dapat diubah lagi.")}
    known = {
        "future": gettext("Hari itu belum datang."),
        "on_leave": gettext("Pada hari itu Anda cuti."),
        "reversed": gettext("Jam selesai harus sesudah jam mulai."),
        "minutes": gettext("Lamanya 5 sampai 720 menit."),
        "overlap": gettext("Jam ini bertumpuk dengan aktivitas lain hari itu."),
        "length": gettext("Tulis 20 sampai 1.000 huruf."),
        "late": gettext("Sudah lewat dua hari kerja: tulis alasannya (paling sedikit 20 huruf)."),
        "overtime": gettext("Lebih dari 7 jam 30 menit sehari: tulis nomor surat perintah lembur."),
        "minimum": gettext("Jumlahnya angka, nol atau lebih."),
        "unknown": gettext("Pilih dari daftar."),
        "too_many_files": gettext("Paling banyak tiga foto."),
        "too_many": gettext("Paling banyak tiga foto."),
        "file_too_large": gettext("Fotonya lebih dari 10 MB: pilih ukuran yang lebih kecil."),
        "not_a_file": gettext("Bukan foto JPG atau PNG."),
    }
    return {one.path: known.get(one.code, one.message) for one in reversed(refused.problems)}
