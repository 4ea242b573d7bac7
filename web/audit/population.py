"""Whether all cases are there, samples drawn from them, and their working papers."""

from __future__ import annotations

import csv
import io
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import InvalidForm
from engine.queries import population as views
from engine.queries.population import Population
from hr.audit import queries as audits
from hr.audit.commands import DrawSample, NotePapersTaken, WritePaper
from hr.audit.queries import Paper, SampleRow
from hr.audit.rules import CONCLUSIONS, LARGEST_SAMPLE, rank
from hr.directory import queries as directory
from web import auth, words
from web.audit.entrance import require_auditor
from web.exporting.tables import harmless
from web.language import gettext, moment
from web.site import engine

population = Blueprint(
    "population", __name__, template_folder="templates", url_prefix="/audit/population"
)
_MOST_WITH_GAPS = 5


@population.get("")
def index() -> AnyResponse:
    """Show what should be there and what is, and the samples."""
    require_auditor()
    return _page()


@population.post("/samples")
def draw() -> AnyResponse:
    """Draw a sample."""
    require_auditor()
    key, _, period = request.form.get("population", "").partition("|")
    size = request.form.get("size", "")
    try:
        command = DrawSample(
            process_key=key[:80],
            period=period[:20],
            size=int(size) if size.isascii() and size.isdigit() and len(size) < 6 else 0,
            seed=request.form.get("seed", "")[:200],
        )
        sample_id = engine().execute(command, by=auth.actor())
    except InvalidForm as error:
        return _page({problem.path for problem in error.problems}, 422)
    return redirect(url_for("population.sample", sample_id=sample_id))


@population.get("/samples/<number:sample_id>")
def sample(sample_id: int) -> AnyResponse:
    """Show a sample with its working papers."""
    require_auditor()
    return _sample_page(sample_id)


@population.post("/samples/<number:sample_id>/<number:place>")
def write(sample_id: int, place: int) -> AnyResponse:
    """Write one working paper."""
    require_auditor()
    command = WritePaper(
        sample_id=sample_id,
        place=place,
        note=request.form.get("note", "")[:8000],
        conclusion=request.form.get("conclusion", "")[:20],
    )
    try:
        engine().execute(command, by=auth.actor())
    except InvalidForm:
        return _sample_page(sample_id, place, 422)
    return redirect(url_for("population.sample", sample_id=sample_id) + f"#p{place}")


@population.post("/samples/<number:sample_id>/papers")
def take(sample_id: int) -> Response:
    """Hand out a sample's list, notes and conclusions; that they left the house is recorded."""
    require_auditor()
    row, papers = engine().ask(audits.sample, sample_id)
    text = "\ufeff" + _table(row, papers)
    digest = sha256(text.encode()).hexdigest()
    note = NotePapersTaken(sample_id=sample_id, rows=len(papers), sha256=digest)
    engine().execute(note, by=auth.actor())
    response = Response(text, mimetype="text/csv")
    name = f"kertas-kerja-{sample_id}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def conclusion_words(code: str) -> str:
    """Say a conclusion."""
    return {
        "OK": gettext("Sesuai"),
        "FINDING": gettext("Temuan"),
        "OPEN": gettext("Perlu penjelasan"),
        "": gettext("Belum disimpulkan"),
    }.get(code, code)


def _page(wrong: frozenset[str] | set[str] = frozenset(), status: int = 200) -> AnyResponse:
    found = engine().ask(views.populations)
    page = render_template(
        "audit/population.html",
        populations=found,
        gaps=_gaps(found),
        samples=engine().ask(audits.samples),
        drawn={each.key: each.name for each in words.latest()},
        largest=LARGEST_SAMPLE,
        wrong=wrong,
        typed=request.form,
    )
    return Response(page, status)


def _gaps(found: tuple[Population, ...]) -> dict[str, tuple[views.Gap, ...]]:
    """Name the missing numbers of populations that are not whole."""
    torn = [one for one in found if not one.whole][:_MOST_WITH_GAPS]
    return {
        f"{one.code}-{one.period}": engine().ask(views.gaps, one.code, one.period) for one in torn
    }


def _sample_page(sample_id: int, wrong: int = 0, status: int = 200) -> AnyResponse:
    row, papers = engine().ask(audits.sample, sample_id)
    people = frozenset({row.drawn_by} | {one.written_by for one in papers if one.written_by})
    page = render_template(
        "audit/sample.html",
        sample=row,
        papers=papers,
        names=engine().ask(directory.names, people),
        drawn={each.key: each.name for each in words.latest()},
        conclusions=("", *CONCLUSIONS),
        conclusion_words=conclusion_words,
        rank=rank,
        wrong=wrong,
        typed=request.form,
    )
    return Response(page, status)


def _table(row: SampleRow, papers: tuple[Paper, ...]) -> str:
    names = engine().ask(
        directory.names, frozenset(one.written_by for one in papers if one.written_by)
    )
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["seed", row.seed, "population", row.population, "process", row.process_key,
                     "period", row.period, "until", row.until])  # fmt: skip
    writer.writerow(
        [
            gettext("Urutan"),
            gettext("Nomor perkara"),
            gettext("Undian"),
            gettext("Kesimpulan"),
            gettext("Catatan"),
            gettext("Ditulis oleh"),
            gettext("Waktu"),
        ]
    )
    for one in papers:
        cells: list[Any] = [
            one.place,
            one.case_no,
            rank(row.seed, one.case_no),
            conclusion_words(one.conclusion),
            one.note,
            names.get(one.written_by or 0, ""),
            moment(one.written_at),
        ]
        writer.writerow([harmless(cell) for cell in cells])
    return text.getvalue()
