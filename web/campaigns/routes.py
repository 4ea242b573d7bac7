"""The agency's campaigns, for members of HRC only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import Conflict, InvalidForm, InvalidState, Problem
from engine.queries import cases as case_views
from hr.calendar import queries as calendar
from hr.campaigns import queries, rules
from hr.campaigns.commands import (
    CloseCampaign,
    ExtendDeadline,
    LaunchCampaign,
    RemindHolders,
    SetCadence,
    require_period,
)
from hr.campaigns.queries import Preview
from hr.campaigns.rules import Reach
from hr.directory import queries as directory
from web import auth, nav, words
from web.campaigns import board, peer_quarters
from web.language import gettext
from web.parts import sheets
from web.site import engine, now

campaigns = Blueprint("campaigns", __name__, template_folder="templates", url_prefix="/campaigns")

GROUP = "HRC"
_MOST_NAMED = 50
_PAGE = 25
_LONGEST = 120
_LONGEST_REASON = 1000
_MOST_OFFICES = 200


@campaigns.before_request
def _members_only() -> None:
    auth.require_group(GROUP)


@campaigns.get("")
def index() -> Response:
    """Show the campaigns, how far each has come, and the form for a new one."""
    return _index(200)


@campaigns.post("")
def launch() -> Response:
    """Launch a process for many people, or say whom that would reach and what stands in the way."""
    key, period = request.form.get("process", ""), request.form.get("period", "").strip()[:20]
    if key not in {row.key for row in words.latest() if not row.retired}:
        return _index(422, {"process": gettext("Pilih proses dari daftar.")})
    try:
        reach = _reach(rules.least_days_of(key))
        if request.form.get("do") == "check":
            require_period(key, period)
            seen = engine().ask(queries.preview, period, process_key=key, reach=reach, at=now())
            return _index(200, seen=seen)
        number = engine().execute(
            LaunchCampaign(key=key, period=period, reach=reach), by=auth.actor()
        )
    except Conflict:
        told = gettext("Semua orang dalam lingkup ini sudah punya perkara periode itu.")
        return _index(409, {"period": told})
    except InvalidForm as refused:
        return _index(422, _sentences(refused))
    return nav.say(redirect(url_for("campaigns.show", campaign_id=number), 303), "launched")


@campaigns.get("/<number:campaign_id>")
def show(campaign_id: int) -> str:
    """Show how far each office is, where it hangs, and who is late."""
    return board.page(campaign_id, {})


@campaigns.get("/<number:campaign_id>.csv")
def sheet(campaign_id: int) -> Response:
    """Give the table of offices as a file."""
    seen = board.campaign(campaign_id)
    head = [
        gettext("Kantor"),
        gettext("Perkara"),
        gettext("Selesai"),
        gettext("Dibatalkan"),
        gettext("Perkara terlambat"),
    ]
    rows = (
        (one.name, one.cases, one.states["COMPLETED"], one.states["CANCELLED"], one.late)
        for one in board.offices(seen)
    )
    return sheets.as_csv(f"kampanye-{seen.process_key}-{seen.period}", head, rows)


@campaigns.post("/<number:campaign_id>/remind")
def remind(campaign_id: int) -> Response:
    """Remind everybody who has open tasks of it."""
    command = RemindHolders(
        campaign_id=campaign_id,
        office_path=_office(),
        late_only=request.form.get("late") == "yes",
    )
    try:
        engine().execute(command, by=auth.actor())
    except Conflict:
        return nav.say(_to(campaign_id), "reminded_many_already")
    return nav.say(_to(campaign_id), "reminded_many")


@campaigns.post("/<number:campaign_id>/extend")
def extend(campaign_id: int) -> Response:
    """Give the open tasks of a step a later due date."""
    try:
        day = date.fromisoformat(request.form.get("until", ""))
    except ValueError:
        return _board(campaign_id, {"until": gettext("Tulis tanggalnya.")})
    until = engine().ask(calendar.end_of_day, day)
    command = ExtendDeadline(
        campaign_id=campaign_id,
        element_id=request.form.get("element", "")[:80],
        until=until,
        reason=request.form.get("reason", "")[:_LONGEST_REASON],
        office_path=_office(),
    )
    try:
        engine().execute(command, by=auth.actor())
    except InvalidForm as refused:
        return _board(campaign_id, _sentences(refused))
    return nav.say(_to(campaign_id), "deadline_moving")


@campaigns.post("/<number:campaign_id>/close")
def close(campaign_id: int) -> Response:
    """Close it; its open cases go on, or end with it."""
    command = CloseCampaign(
        campaign_id=campaign_id,
        reason=request.form.get("reason", "")[:_LONGEST_REASON],
        end_cases=request.form.get("cases") == "end",
    )
    try:
        engine().execute(command, by=auth.actor())
    except InvalidForm:
        return _board(campaign_id, {"close": _too_short()})
    except InvalidState:
        told = gettext("Kampanye ini sudah ditutup, atau belum semua perkaranya dimulai.")
        return _board(campaign_id, {"close": told}, 409)
    return nav.say(_to(campaign_id), "campaign_closed")


@campaigns.get("/cadence")
def cadence() -> Response:
    """Show what begins by itself."""
    return _cadences(200, {})


@campaigns.post("/cadence")
def set_cadence() -> Response:
    """Say how often a process begins by itself, or change that."""
    number = request.form.get("cadence", "")
    key = request.form.get("process", "")[:80]
    try:
        command = SetCadence(
            key=key,
            every=request.form.get("every", "")[:8],
            days_after=_number("days_after", 1),
            reach=_reach(rules.least_days_of(key)),
            active=request.form.get("active") != "no",
            reason=request.form.get("reason", "")[:_LONGEST_REASON],
            cadence_id=int(number) if number.isascii() and number.isdigit() else None,
        )
        engine().execute(command, by=auth.actor())
    except InvalidForm as refused:
        return _cadences(422, _sentences(refused))
    return nav.say(redirect(url_for("campaigns.cadence"), 303), "cadence_set")


@campaigns.get("/peers")
def peers() -> Response:
    """Show in which quarters offices ask peers."""
    return peer_quarters.page()


@campaigns.post("/peers")
def set_peers() -> Response:
    """Say in which quarters an office asks peers."""
    return peer_quarters.take()


def _index(
    status: int, problems: Mapping[str, str] | None = None, seen: Preview | None = None
) -> Response:
    before = request.args.get("before", "")
    known = before.isascii() and before.isdigit() and len(before) < 15
    found = engine().ask(queries.campaigns, before=int(before) if known else None, limit=_PAGE + 1)
    rows = found[:_PAGE]
    missed = list(seen.left_out.items())[:_MOST_NAMED] if seen else []
    troubled = list(seen.troubled.items())[:_MOST_NAMED] if seen else []
    page = render_template(
        "campaigns/index.html",
        campaigns=rows,
        process_name=board.process_name,
        progress=engine().ask(case_views.progress, [row.key for row in rows]),
        processes=_processes(),
        seen=seen,
        missed=missed,
        troubled=troubled,
        names=engine().ask(directory.names, [one for one, _ in (*missed, *troubled)]),
        problems=problems or {},
        typed=request.form,
        next_url=url_for("campaigns.index", before=rows[-1].id) if len(found) > _PAGE else None,
        first_url=url_for("campaigns.index") if known else None,
        **_choices(),
    )
    return make_response(page, status)


def _cadences(status: int, problems: Mapping[str, str]) -> Response:
    page = render_template(
        "campaigns/cadence.html",
        cadences=engine().ask(queries.cadences),
        process_name=board.process_name,
        processes=_processes(),
        problems=problems,
        typed=request.form,
        **_choices(),
    )
    return make_response(page, status)


def _processes() -> list[tuple[str, str]]:
    """List what can be launched: processes whose cases are about a person and a period."""
    rows = (row for row in words.latest() if not row.retired)
    return [(row.key, board.process_name(row.key)) for row in rows]


def _choices() -> dict[str, object]:
    return {
        "all_offices": engine().ask(directory.offices, now()),
        "post_kinds": [(kind, words.post_kind_words(kind)) for kind in rules.POST_KINDS],
        "chosen_offices": request.form.getlist("offices"),
        "chosen_kinds": request.form.getlist("kinds"),
    }


def _board(campaign_id: int, problems: Mapping[str, str], status: int = 422) -> Response:
    return make_response(board.page(campaign_id, problems), status)


def _to(campaign_id: int) -> Response:
    office = _office()
    return redirect(url_for("campaigns.show", campaign_id=campaign_id, office=office or None), 303)


def _office() -> str:
    return request.form.get("office", "")[:_LONGEST]


def _reach(least: int) -> Reach:
    """Read for whom it is; an office or kind that is not there is left out."""
    known = {unit.path for unit in engine().ask(directory.offices, now())}
    offices = [one for one in request.form.getlist("offices")[:_MOST_OFFICES] if one in known]
    kinds = [one for one in request.form.getlist("kinds")[:10] if one in rules.POST_KINDS]
    return Reach(tuple(sorted(set(offices))), tuple(kinds), _number("least_days", least))


def _number(name: str, otherwise: int) -> int:
    text = request.form.get(name, "").strip()
    if not text:
        return otherwise
    try:
        return int(text[:6])
    except ValueError:
        return -10_000  # refused by name, as anything out of range


def _sentences(refused: InvalidForm) -> dict[str, str]:
    return {one.path: _sentence(one) for one in reversed(refused.problems)}


def _sentence(problem: Problem) -> str:
    kinds = {
        rules.MONTH: gettext("Proses ini dijalankan per bulan, misalnya 2026-07."),
        rules.QUARTER: gettext("Proses ini dijalankan per triwulan, misalnya 2026Q2."),
        rules.YEAR: gettext("Proses ini dijalankan per tahun, misalnya 2026."),
    }
    known = {
        "pattern": gettext(
            "Tulis periode seperti 2026-07 (bulan), 2026Q2 (triwulan), 2026H1 (semester), "
            "atau 2026 (tahun)."
        ),
        "kind": kinds.get(problem.limit, gettext("Periodenya tidak cocok dengan proses ini.")),
        "unknown": gettext("Pilih dari daftar."),
        "range": gettext("Angkanya di luar batas."),
        "too_short": _too_short(),
        "too_early": gettext("Pilih hari yang belum lewat."),
        "nothing": gettext("Tidak ada tugas terbuka pada langkah itu."),
    }
    return known.get(problem.code, problem.message)


def _too_short() -> str:
    return gettext("Tulis alasannya, sedikitnya 10 huruf; alasan ini masuk riwayat.")
