"""The list of processes and the page of one version.  Read only; everybody may know the rules."""

from __future__ import annotations

from flask import Blueprint, render_template
from markupsafe import Markup

from engine.model import Act, CaseFacts
from engine.queries import definitions as views
from engine.queries import desk, publications
from hr.directory import queries as directory
from web import auth
from web.site import engine
from web.words import names_in_picture

definitions = Blueprint(
    "definitions", __name__, template_folder="templates", url_prefix="/processes"
)


@definitions.get("")
def index() -> str:
    """List the newest version of each process."""
    return render_template("definitions/index.html", processes=engine().ask(views.latest))


@definitions.get("/<key>/<number:version>")
def show(key: str, version: int) -> str:
    """Show one version: its picture, its files and its digest."""
    found = engine().ask(views.version, key, version)
    sent = engine().ask(publications.of_version, found.row.id)
    known = [] if sent is None else [*sent.authors, *sent.approvers]
    people = engine().ask(directory.names, known)
    names = names_in_picture(key, found.row.name)
    return render_template(
        "definitions/show.html",
        definition=found,
        versions=engine().ask(views.versions, key),
        running=engine().ask(publications.running, key),
        sent=sent,
        authors=", ".join(people.get(each, "?") for each in (sent.authors if sent else ())),
        approvers=", ".join(people.get(each, "?") for each in (sent.approvers if sent else ())),
        may_manage=auth.may(Act.READ_DRAFT, CaseFacts(None, "", None, "")),
        times=engine().ask(desk.average_times, key),
        # Drawn by engine.bpmn, which writes every text of the model as text.
        picture=Markup(engine().ask(views.picture, found.row.id, names=names)),
    )
