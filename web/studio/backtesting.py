"""Asking a draft's tables about a past period: how many would come out otherwise, and who.

Designers see figures of five or more; the list is for those who read the city's ratings.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import InvalidForm
from engine.queries import comparing, definitions, models
from engine.queries import process_drafts as views
from hr.backtest import queries as backtests
from hr.backtest.commands import AskBacktest, ReadDiffering
from hr.calendar.rules import ZONE, local_day
from hr.directory import queries as directory
from web import auth
from web.language import gettext
from web.site import engine, now
from web.studio import checking
from web.studio.screen import studio


@studio.get("/drafts/<number:draft_id>/backtest")
def ask_backtest(draft_id: int) -> str:
    """Choose a table and a period; earlier backtests stand below."""
    return _page(draft_id)


@studio.post("/drafts/<number:draft_id>/backtest")
def begin_backtest(draft_id: int) -> AnyResponse | tuple[str, int]:
    """Begin a backtest as a job."""
    path, _, decision = request.form.get("table", "").partition("#")
    since, until = (_moment(request.form.get(name, "")) for name in ("since", "until"))
    if since is None or until is None:
        return _page(draft_id, gettext("Pilih tanggal awal dan akhirnya.")), 422
    command = AskBacktest(
        draft_id=draft_id,
        path=path,
        decision=decision,
        since=since,
        until=until + timedelta(days=1),
    )
    try:
        number = engine().execute(command, by=auth.actor())
    except InvalidForm:
        return _page(draft_id, gettext("Pilih masa yang tidak lebih dari tiga tahun.")), 422
    return redirect(url_for("studio.backtest", backtest_id=number), 303)


@studio.get("/backtests/<number:backtest_id>")
def backtest(backtest_id: int) -> str:
    """Show how far a backtest is, and what came out."""
    may_list = engine().ask(backtests.reads_all, auth.me().person_id, now())
    found = engine().ask(backtests.outcome, backtest_id, whole=may_list)
    draft = engine().ask(views.draft, found.run.draft_id)
    return render_template(
        "studio/backtest.html", found=found, run=found.run, draft=draft, may_list=may_list
    )


@studio.post("/backtests/<number:backtest_id>/list")
def differing(backtest_id: int) -> str:
    """List who comes out otherwise, on request; that it was read is noted."""
    after = [checking.number(part) for part in request.form.get("after", "").split("_")]
    place = (after[0] or 0, after[1] or 0) if len(after) == 2 else (0, 0)
    rows, following = engine().execute(
        ReadDiffering(backtest_id=backtest_id, after=place), by=auth.actor()
    )
    ids = sorted({row.recorded.subject_id for row in rows if row.recorded.subject_id})
    return render_template(
        "studio/differing.html",
        run=engine().ask(backtests.run, backtest_id),
        rows=rows,
        people=engine().ask(directory.names, ids) if ids else {},
        following=None if following is None else "{}_{}".format(*following),
    )


def _page(draft_id: int, problem: str = "") -> str:
    draft = engine().ask(views.draft, draft_id)
    files = engine().ask(views.files, draft_id)
    running = engine().ask(definitions.versions, draft.row.key)
    old = engine().ask(definitions.files, running[0].id) if running else {}
    changed = {one.path for one in comparing.compare(old, files) if one.path.endswith(".dmn")}
    today = local_day(now())
    return render_template(
        "studio/backtests.html",
        draft=draft,
        tables=sorted(_tables(files), key=lambda one: (one[0] not in changed, one)),
        changed=changed,
        runs=engine().ask(backtests.of_draft, draft_id),
        typed=request.form,
        since=(today - timedelta(days=365)).isoformat(),
        until=today.isoformat(),
        problem=problem,
    )


def _tables(files: Any) -> list[tuple[str, str]]:
    return [
        (path, decision)
        for path in sorted(files)
        if path.endswith(".dmn")
        for decision in models.decisions_of({path: files[path]})
    ]


def _moment(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), ZONE)
    except (ValueError, OverflowError):
        return None
