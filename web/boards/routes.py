"""Boards for whoever may read an office's cases, and for the head of an office of his own."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from engine.errors import NotAllowed, NotFound
from hr.calendar.rules import local_day, quarter_days
from hr.directory import queries as directory
from hr.evaluation.talent import PREDICATES
from web import auth, words
from web.boards import figures
from web.boards.breaches import breach_words
from web.boards.figures import Board, Office
from web.language import gettext
from web.parts import sheets
from web.site import now

boards = Blueprint("boards", __name__, template_folder="templates", url_prefix="/boards")

_QUARTER = re.compile(r"20\d\dQ[1-4]", re.ASCII)
_HEAD = "JPT"


@boards.get("")
def index() -> str:
    """Show coverage, lateness, distribution, services, fairness and burden of a quarter."""
    seen = _board()
    first, last = quarter_days(seen.period)
    return render_template(
        "boards/index.html",
        seen=seen,
        codes=PREDICATES,
        fewest=figures.FEWEST,
        breach_words=breach_words,
        before=figures.last_quarter(first),
        after=_after(last),
    )


@boards.get("/<part>.csv")
def sheet(part: str) -> Response:
    """Give one of its tables as a file."""
    seen = _board()
    known: dict[str, tuple[list[str], Callable[[Office], tuple[object, ...]]]] = {
        "cakupan": (
            [
                gettext("Jumlah pegawai"),
                gettext("Punya SKP"),
                gettext("Dinilai"),
                gettext("Laporan"),
            ],
            lambda one: (one.people, one.planned, one.evaluated, one.reports),
        ),
        "keterlambatan": (
            [gettext("Tugas terbuka"), gettext("Terlambat")],
            lambda one: (one.tasks, one.late),
        ),
        "sebaran": ([words.predicate_words(code) for code in PREDICATES], _predicates),
        "beban": (
            [gettext("Formulir"), gettext("Menit"), gettext("Menit per orang")],
            lambda one: one.burden or ("<5",) * 3,
        ),
    }
    if part not in known:
        raise NotFound
    head, cells = known[part]
    rows = ((one.name, *cells(one)) for one in seen.offices)
    return sheets.as_csv(f"{part}-{seen.period}", [gettext("Kantor"), *head], rows)


def _predicates(one: Office) -> tuple[object, ...]:
    return tuple("*" if number is None else number for number in one.shown.values())


def _board() -> Board:
    prefixes = _prefixes()
    asked = request.args.get("period", "")
    today = local_day(now())
    period = asked if _QUARTER.fullmatch(asked) else figures.last_quarter(today)
    if quarter_days(period)[0] > today:
        period = figures.last_quarter(today)
    return figures.board(period, prefixes)


def _after(last: date) -> str | None:
    """Name the quarter after one, where it has begun."""
    following = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    if following > local_day(now()):
        return None
    return f"{following.year}Q{(following.month - 1) // 3 + 1}"


def _prefixes() -> frozenset[str]:
    """Give the scope paths whose boards the reader sees."""
    found = auth.scope().path_prefixes
    card = auth.card()
    if card.post_kind == _HEAD and card.unit_path:
        found |= {directory.ancestors(card.unit_path)[-1]}
    if not found:
        raise NotAllowed("Expected somebody who answers for an office, but you do not.")
    return found
