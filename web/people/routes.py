"""People one may see: who they are, their posts and records; units and posts; the checks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import InvalidForm, NotAllowed, Problem
from engine.model import Act, Scope
from engine.queries import inbox
from engine.queries import tasks as task_views
from engine.queries.inbox import TaskRow
from hr.calendar.rules import local_day
from hr.directory import queries as directory
from hr.dossier import queries as dossier
from hr.dossier.commands import AllowProxy, EndProxy
from hr.dossier.kinds import KINDS
from hr.dossier.queries import Records
from hr.permissions import queries as permissions
from hr.privacy import queries as privacy
from hr.privacy.commands import LONGEST_REASON, OpenPerson
from hr.structure import queries as structure
from hr.structure import rules as structure_rules
from web import auth, language, nav
from web.language import gettext
from web.people import correcting, files, posting, unmasking, words
from web.site import engine, now

people = Blueprint("people", __name__, template_folder="templates", url_prefix="/people")

_PAGE = 25
_FINDINGS = 50
_LONGEST = 120


@people.get("")
def index() -> str:
    """List those whom one may see, by name or NIP."""
    text = request.args.get("q", "")[:_LONGEST]
    after = request.args.get("after", "")[:200]
    found = engine().ask(
        directory.people, auth.scope(), text=text, after=after or None, limit=_PAGE, at=now()
    )
    kept: dict[str, Any] = {"q": text} if text else {}
    return render_template(
        "people/index.html",
        rows=found.rows,
        text=text,
        agency=_agency(),
        may_unmask=_may_unmask(),
        sees_units=bool(auth.scope().path_prefixes),
        next_url=url_for("people.index", after=found.next, **kept) if found.next else None,
        first_url=url_for("people.index", **kept) if after else None,
    )


@people.get("/me")
def own() -> str:
    """Show one's own page."""
    return _person(auth.me().person_id, opened=True)


@people.get("/<number:person_id>")
def show(person_id: int) -> str:
    """Show who somebody is; his records only after saying why."""
    return _person(person_id, opened=person_id == auth.me().person_id)


@people.post("/<number:person_id>/records")
def records(person_id: int) -> str | tuple[str, int]:
    """Show somebody's records; who looked, and why, is noted for him to see."""
    reason = request.form.get("reason", "").strip()[:LONGEST_REASON]
    try:
        engine().execute(OpenPerson(person_id=person_id, reason=reason), by=auth.actor())
    except InvalidForm:
        return _person(person_id, opened=False, problem=gettext("Isi alasannya.")), 422
    return _person(person_id, opened=True)


@people.post("/<number:person_id>/proxy")
def proxy(person_id: int) -> Response | tuple[str, int]:
    """Let the office fill in somebody's forms until a day, or no longer."""
    try:
        if request.form.get("do") == "end":
            engine().execute(EndProxy(person_id=person_id), by=auth.actor())
            said = "proxy_ended"
        else:
            command = AllowProxy(
                person_id=person_id,
                reason=request.form.get("reason", "")[:LONGEST_REASON],
                valid_to=_day("until"),
            )
            engine().execute(command, by=auth.actor())
            said = "proxy_set"
    except InvalidForm:
        told = gettext("Isi alasan dan hari terakhir, paling lama setahun dari sekarang.")
        return _person(person_id, opened=False, proxy_problem=told), 422
    return nav.say(redirect(url_for("people.show", person_id=person_id), 303), said)


@people.get("/corrections")
def corrections() -> str:
    """Show which corrections people ask for."""
    return correcting.page()


@people.post("/corrections")
def ask_correction() -> Response | tuple[str, int]:
    """Ask for one's own data to be put right."""
    problem = correcting.ask()
    if problem:
        return _person(auth.me().person_id, opened=True, correction_problem=problem), 422
    return nav.say(redirect(url_for("people.own"), 303), "correction_asked")


@people.post("/corrections/<number:request_id>")
def decide_correction(request_id: int) -> Response | tuple[str, int]:
    """Correct what was asked for, or say why not."""
    return correcting.decide(request_id)


@people.post("/<number:person_id>/correct")
def correct(person_id: int) -> Response | tuple[str, int]:
    """Put right what is wrong about somebody, with a reason."""
    problem = correcting.correct(person_id)
    if problem:
        return _person(person_id, opened=False, correction_problem=problem), 422
    return nav.say(redirect(url_for("people.show", person_id=person_id), 303), "corrected")


@people.get("/units")
def units() -> str:
    """Show the city's offices."""
    return _unit(None)


@people.get("/units/<number:unit_id>")
def unit(unit_id: int) -> str:
    """Show a unit with its posts, who holds them, and the units below."""
    return _unit(unit_id)


@people.get("/posts/<number:post_id>")
def post(post_id: int) -> str:
    """Show a post, who is in it, and who acted, acts or will act in it."""
    return posting.page(post_id)


@people.post("/posts/<number:post_id>/acting")
def appoint_acting(post_id: int) -> Response | tuple[str, int]:
    """Let somebody act in a post for some days."""
    return posting.appoint(post_id)


@people.post("/posts/<number:post_id>/acting/<number:acting_id>/end")
def end_acting(post_id: int, acting_id: int) -> Response | tuple[str, int]:
    """Let somebody act in a post no longer than a day."""
    return posting.end(post_id, acting_id)


@people.post("/posts/<number:post_id>/holder")
def move_here(post_id: int) -> Response | tuple[str, int]:
    """Move somebody to a post from a day on."""
    return posting.move(post_id)


@people.get("/checks")
def checks() -> str:
    """Show what is wrong with the directory as a whole."""
    _require_files("R")
    found = engine().ask(structure.findings, now())
    totals = structure_rules.counted(found)
    code = request.args.get("code", "")
    code = code if code in totals else next(iter(totals), "")
    place = request.args.get("from", "0")
    start = int(place) if place.isascii() and place.isdigit() and len(place) < 7 else 0
    chosen = [finding for finding in found if finding.code == code]
    shown = engine().ask(structure.told, chosen[start : start + _FINDINGS])
    more = start + _FINDINGS < len(chosen)
    following: dict[str, Any] = {"code": code, "from": start + _FINDINGS}
    return render_template(
        "people/checks.html",
        totals=[(each, words.check_words(each), count) for each, count in totals.items()],
        code=code,
        rows=shown,
        next_url=url_for("people.checks", **following) if more else None,
        first_url=url_for("people.checks", code=code) if start else None,
    )


@people.get("/files")
def file_form() -> Response:
    """Show where files come in and go out."""
    _require_files("R")
    return files.page()


@people.post("/files")
def bring_in() -> Response:
    """Look at a file, or take it in once it was looked at."""
    _require_files("C")
    return files.take()


@people.post("/files/out")
def hand_out() -> Response:
    """Give the directory, or records of a kind, as a file."""
    _require_files("R")
    return files.give()


@people.get("/unmask")
def unmask() -> str:
    """Show requests to learn who wrote an anonymous answer."""
    return unmasking.page()


@people.post("/unmask")
def propose_unmask() -> Response | tuple[str, int]:
    """Ask who wrote an anonymous answer."""
    return unmasking.propose()


@people.post("/unmask/<number:request_id>")
def decide_unmask(request_id: int) -> Response | tuple[str, int]:
    """Agree to another auditor's request, or refuse it."""
    return unmasking.decide(request_id)


def _person(
    person_id: int,
    *,
    opened: bool,
    problem: str = "",
    proxy_problem: str = "",
    correction_problem: str = "",
) -> str:
    if not _may("R", "person", person_id):
        raise NotAllowed(
            "Expected somebody whom you may see, but this one is not.", reason="NO_ROLE"
        )
    at = now()
    view = engine().ask(directory.person, person_id, at)
    superior = engine().ask(directory.superior, person_id, at)
    upper = None if superior is None else engine().ask(directory.superior, superior, at)
    above = engine().ask(directory.persons, [one for one in (superior, upper) if one], at)
    mine = person_id == auth.me().person_id
    return render_template(
        "people/show.html",
        view=view,
        above=[above[one] for one in (superior, upper) if one in above],
        opened=opened,
        problem=problem,
        mine=mine,
        career=engine().ask(dossier.career, person_id, local_day(at)) if opened else None,
        finding_words=words.finding_words,
        records=list(_records(person_id)) if opened else (),
        openings=engine().ask(privacy.openings, person_id) if mine or auth.audits() else (),
        agency=_agency(),
        proxy=engine().ask(directory.proxy, person_id, at),
        proxy_problem=proxy_problem,
        may_proxy=not mine and _may("C", "record_attendance", person_id),
        waiting=_waiting(person_id),
        about_words=words.about_words,
        asked=engine().ask(privacy.corrections, person_id) if mine else (),
        about=correcting.ABOUT,
        correctable=_correctable(person_id),
        correction_problem=correction_problem,
        typed=request.form if correction_problem else {},
    )


def _correctable(person_id: int) -> dict[str, str]:
    """Give what the reader may put right about somebody; nothing about himself."""
    if person_id == auth.me().person_id or not _may("U", "person", person_id):
        return {}
    return engine().ask(privacy.correctable, person_id)


def _waiting(person_id: int) -> tuple[TaskRow, ...]:
    """List the tasks that the reader fills in for somebody."""
    if person_id == auth.me().person_id or engine().ask(directory.proxy, person_id, now()) is None:
        return ()
    own = engine().ask(inbox.open_tasks, Scope(person_id=person_id), now=now()).rows
    me = auth.me().person_id
    facts = {
        row.id: engine()
        .ask(task_views.task, row.id, person_id=me, language=language.language())
        .facts
        for row in own
    }
    return tuple(row for row in own if auth.may(Act.COMPLETE, facts[row.id]))


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, "")[:10])
    except ValueError:
        raise InvalidForm([Problem(name, "required", "Expected a day.")]) from None


def _records(
    person_id: int,
) -> Iterator[tuple[str, list[str], list[list[str]], int]]:
    """Give title, heads, rows and total of every kind that the reader may see and that has rows."""
    names = {kind.series for kind in KINDS.values()}
    series = {name for name in names if _may("R", f"record_{name}", person_id)}
    for found in engine().ask(dossier.records, person_id, series):
        if found.rows:
            columns = list(KINDS[found.kind].columns)
            yield (
                words.kind_words(found.kind),
                [words.column_words(column, found.kind) for column in columns],
                _cells(found, columns),
                found.total,
            )


def _cells(found: Records, columns: list[str]) -> list[list[str]]:
    return [[words.value_words(column, row[column]) for column in columns] for row in found.rows]


def _unit(unit_id: int | None) -> str:
    if not auth.scope().path_prefixes:
        raise NotAllowed("Expected somebody who sees units, but you do not.", reason="NO_ROLE")
    page = engine().ask(structure.unit_page, unit_id, now())
    if page.unit is None:
        below = [one for one in page.below if _sees(one.unit.path)]
    else:
        if not _sees(page.unit.path):
            raise NotAllowed("Expected a unit that you may see, but it is not.", reason="NO_ROLE")
        below = list(page.below)
    return render_template("people/unit.html", page=page, below=below, agency=_agency())


def _sees(path: str) -> bool:
    return any(path.startswith(prefix) for prefix in auth.scope().path_prefixes)


def _may(action: str, noun: str, person_id: int) -> bool:
    return engine().ask(permissions.may_about, auth.actor(), action, noun, person_id, now())


def _may_unmask() -> bool:
    return engine().ask(permissions.may_unmask, auth.actor(), now())


def _agency() -> bool:
    return _may_files("R")


def _may_files(action: str) -> bool:
    me = auth.me().person_id
    return engine().ask(permissions.may_by_role, me, action, "directory_file", now())


def _require_files(action: str) -> None:
    if not _may_files(action):
        raise NotAllowed("Expected an officer of the agency, but you are none.", reason="NO_ROLE")
