"""Asking for event logs, watching them being written, and fetching them by a signed link."""

from __future__ import annotations

from datetime import datetime, timedelta
from hmac import compare_digest
from hmac import new as hmac
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import InvalidForm, NotFound
from hr.audit import queries as audits
from hr.audit.commands import AskExport
from hr.audit.queries import ExportRow
from hr.audit.rules import FORMS
from hr.directory import queries as directory
from web import auth, keys, words
from web.audit.entrance import require_auditor
from web.exporting import jobs
from web.language import day, gettext
from web.site import engine, now, site

audit_exports = Blueprint(
    "audit_exports", __name__, template_folder="templates", url_prefix="/audit/exports"
)
_LONGEST = 120
_MOMENT = timedelta(microseconds=1)
_LABELS = {
    "csv": "CSV",
    "xlsx": "XLSX",
    "jsonl": "JSON lines",
    "xes": "XES (IEEE 1849)",
    "ocel.json": "OCEL 2.0 JSON",
    "ocel.sqlite": "OCEL 2.0 SQLite",
}


@audit_exports.get("")
def index() -> str:
    """Show what can be asked for, and what was."""
    require_auditor()
    rows = engine().ask(audits.exports, auth.me().person_id)
    return render_template(
        "audit/exports.html",
        forms=FORMS,
        labels=_LABELS,
        rows=rows,
        links={row.id: _link(row) for row in rows if row.state == "DONE" and _fetchable(row)},
        filters={row.id: filter_words(row.filter) for row in rows},
        processes=words.latest(),
        units=engine().ask(directory.offices, now()),
        writing=any(row.state == "ASKED" for row in rows),
    )


@audit_exports.post("")
def ask() -> AnyResponse:
    """Have an export written."""
    require_auditor()
    wanted: dict[str, Any] = {
        "process_key": _said("process"),
        "period": _said("period"),
        "path_prefix": _said("unit"),
        "since": _day("from", 0),
        "until": _day("to", 1),
    }
    command = AskExport(
        form=_said("form"),
        filter={name: value for name, value in wanted.items() if value},
        anonymous=request.form.get("anonymous") == "1",
    )
    try:
        engine().execute(command, by=auth.actor())
    except InvalidForm as error:
        raise NotFound(error.message) from error
    return redirect(url_for("audit_exports.index"))


@audit_exports.get("/<number:export_id>/<until>/<sign>")
def fetch(export_id: int, until: str, sign: str) -> Response:
    """Hand out a finished export to whoever asked for it, while its link holds."""
    require_auditor()
    row = engine().ask(audits.export, export_id)
    holds = until.isascii() and until.isdigit() and len(until) < 12
    if (
        not holds
        or row.person_id != auth.me().person_id
        or not compare_digest(sign.encode(), _sign(row, until).encode())
        or int(until) < now().timestamp()
    ):
        raise NotFound("Expected a link that still holds, but it does not.")
    file = jobs.place(site().settings.files_dir / "exports", row)
    if row.state != "DONE" or not file.is_file():
        raise NotFound("Expected a finished export, but its file is gone.")
    return send_file(
        file.resolve(),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=f"alur-{row.id}.{row.form}",
        max_age=0,
    )


def filter_words(kept: str) -> str:
    """Say what an export was narrowed to."""
    wanted = jobs.log_filter(kept)
    names = {each.key: each.name for each in words.latest()}
    units = {each.path: each.name for each in engine().ask(directory.offices, now())}
    said = (
        words.process_name(wanted.process_key, names.get(wanted.process_key, wanted.process_key)),
        words.period_words(wanted.period),
        units.get(wanted.path_prefix, wanted.path_prefix),
        gettext("sejak %(day)s", day=day(wanted.since)) if wanted.since else "",
        gettext("sampai %(day)s", day=day(wanted.until - _MOMENT)) if wanted.until else "",
    )
    return " · ".join(one for one in said if one)


def _fetchable(row: ExportRow) -> bool:
    return row.ended_at is not None and now() - row.ended_at < jobs.KEPT


def _link(row: ExportRow) -> str:
    until = str(int((now() + timedelta(hours=12)).timestamp()))
    return url_for("audit_exports.fetch", export_id=row.id, until=until, sign=_sign(row, until))


def _sign(row: ExportRow, until: str) -> str:
    key = b"alur export link 1" + keys.server_key(site().settings.keys_dir)
    said = f"{row.id}:{row.person_id}:{row.sha256}:{until}"
    return hmac(key, said.encode(), "sha256").hexdigest()


def _day(name: str, later: int) -> str:
    try:
        day = datetime.strptime(_said(name), "%Y-%m-%d") + timedelta(days=later)
    except (ValueError, OverflowError):
        return ""
    return day.replace(tzinfo=site().settings.time_zone).isoformat()


def _said(name: str) -> str:
    return request.form.get(name, "").strip()[:_LONGEST]
