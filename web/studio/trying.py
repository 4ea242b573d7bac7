"""Try it: a dry run of a draft with chosen people, answers and time: a scenario being written.

Nothing of it is kept but the scenario's text: every page plays it from the start on a throw-away
database with the fixture cast.  No live table is read or written.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine import DropDryRun, FileChange, SaveDraftFiles, SaveDryRun
from engine.errors import (
    InvalidState,
    NotFound,
)
from engine.model import Act, CaseFacts
from engine.queries import process_drafts as views
from engine.queries.process_drafts import DraftView, DryRun
from hr.demo.cast import CAST, PERIOD
from web import auth, nav, scenarios
from web.errors import NotAsTyped
from web.language import gettext, language
from web.scenarios import Rehearsal, writing
from web.site import engine
from web.studio import checking, rehearsed
from web.studio.rehearsed import Telling
from web.studio.screen import studio
from web.studio.stories import FOLDER
from web.studio.trying_form import Form, chosen_of, form_of, person_of, written_for
from web.studio.trying_steps import (
    LONGEST,
    filled_in,
    handed,
    happened,
    is_handing,
    playing,
    writing_down,
)

_SECONDS = 15
_MOST_STEPS = 200
_BEGIN = "2026-07-01T08:00"  # as the cast has it, whose facts are of that quarter
_FILE = Path("dry_run.toml")


@studio.get("/drafts/<number:draft_id>/dry-run")
def dry_run(draft_id: int) -> Response:
    """Show the dry run as far as it was played, or how to begin one."""
    _designers_only()
    draft, run = _of(draft_id)
    if run is None:
        return make_response(render_template("studio/dry_run_begin.html", **_beginning(draft)))
    with _played(draft, run, checking.number(request.args.get("at"))) as telling:
        chosen = chosen_of(telling, request.args.get("task", ""))
        form = None
        if chosen is not None:
            person = person_of(request.args.get("as") or chosen.person)
            form = form_of(telling, chosen, person, written_for(telling, chosen))
        return _page(draft, run, telling, form)


@studio.post("/drafts/<number:draft_id>/dry-run/begin")
def begin_dry_run(draft_id: int) -> AnyResponse:
    """Begin a dry run: anew, or of a scenario of the draft."""
    _designers_only()
    draft, _ = _of(draft_id)
    source = request.form.get("source", "")
    if source:
        files = engine().ask(views.files, draft_id)
        if source not in files or not source.startswith(FOLDER):
            raise NotFound("Expected a scenario of that name in the draft, but there is none.")
        story = files[source].decode("utf-8", "replace")
    else:
        story = writing.begun(_start(), gettext("Coba %(name)s", name=draft.row.name))
    _parsed(story)
    engine().execute(SaveDryRun(draft_id=draft_id, story=story, source=source), by=auth.actor())
    return redirect(url_for("studio.dry_run", draft_id=draft_id), 303)


@studio.post("/drafts/<number:draft_id>/dry-run/step")
def play_step(draft_id: int) -> AnyResponse:
    """Do the next step: a task's form, time, or whatever else a scenario may say."""
    _designers_only()
    draft, run = _running(draft_id)
    at = checking.number(request.form.get("at"))
    with _played(draft, run, at) as telling:
        at = telling.rehearsal.stands_at
        if at >= _MOST_STEPS:
            raise NotAsTyped(gettext("Paling banyak %(count)s langkah.", count=_MOST_STEPS))
        made = _tried(telling)
        if isinstance(made, Form):
            return _page(draft, run, telling, made, 422 if made.refused else 200)
        step = made
        stage = telling.rehearsal.stage
        if stage is not None and "refused" not in step:
            with playing():
                stage.settle()
        waiting = [] if stage is None else list(scenarios.waiting(stage.engine, stage.instance_id))
    if request.form.get("verb") != "cancel":
        step["expect"] = {"tasks": waiting}
    instead = request.form.get("instead") == "yes"
    with writing_down():
        story = writing.with_step(run.story, at, step, instead=instead)
    _keep(draft_id, run, story)
    # What still waits is played on from here, as far as it goes.
    return redirect(url_for("studio.dry_run", draft_id=draft_id, _anchor="now"), 303)


@studio.post("/drafts/<number:draft_id>/dry-run/edit")
def edit_dry_run(draft_id: int) -> AnyResponse:
    """Mend the scenario: take a step out, forget what follows, or accept what a step brought."""
    _designers_only()
    draft, run = _running(draft_id)
    number = checking.number(request.form.get("number")) or 0
    match request.form.get("do"):
        case "remove":
            with writing_down():
                story = writing.without_step(run.story, number)
        case "forget":
            with writing_down():
                story = writing.only_first(run.story, number)
        case "accept":
            story = _accepted(draft, run, number)
        case _:
            raise InvalidState("Expected a way to mend a scenario, but it is none of them.")
    _keep(draft_id, run, story)
    return redirect(url_for("studio.dry_run", draft_id=draft_id, _anchor="now"), 303)


@studio.post("/drafts/<number:draft_id>/dry-run/save")
def save_scenario(draft_id: int) -> AnyResponse:
    """Save the dry run as a scenario of the draft: where it stands is what is expected."""
    _designers_only()
    draft, run = _running(draft_id)
    name = request.form.get("name", "").strip().removesuffix(".toml")
    wanted = request.form.getlist("variable")
    path = f"{FOLDER}{name}.toml"
    with _played(draft, run, None) as telling:
        played = telling.rehearsal
        if played.rest or played.faults or played.found is None:
            raise InvalidState(
                "Expected every step to come out before a scenario is saved, but one does not."
            )
        expected: dict[str, Any] = {"state": played.found.state}
        if not run.source:
            expected["path"] = list(played.found.path)
        chosen = {key: value for key, value in played.found.variables.items() if key in wanted}
        known = played.story.expect.get("variables", {})
        if chosen:
            expected["variables"] = {**known, **chosen}
    with writing_down():
        story = writing.expecting(run.story, 0, expected)
        if about := request.form.get("about", "").strip()[:LONGEST]:
            story = writing.described(story, about)
        scenarios.parse(story.encode(), Path(path))
    # A name that is taken is another scenario, unless it is the one that is being mended.
    expected_hash = draft.file(path).sha256 if path == run.source else ""
    change = FileChange(path, story.encode(), expected_hash)
    engine().execute(SaveDraftFiles(draft_id=draft_id, changes=(change,)), by=auth.actor())
    engine().execute(DropDryRun(draft_id=draft_id), by=auth.actor())
    target = redirect(url_for("studio.list_scenarios", draft_id=draft_id), 303)
    return nav.say(target, "draft_saved_now")


@studio.post("/drafts/<number:draft_id>/dry-run/drop")
def drop_dry_run(draft_id: int) -> AnyResponse:
    """Forget the dry run."""
    _designers_only()
    engine().execute(DropDryRun(draft_id=draft_id), by=auth.actor())
    return redirect(url_for("studio.dry_run", draft_id=draft_id), 303)


# ----- the page


def _page(
    draft: DraftView, run: DryRun, telling: Telling, form: Form | None, status: int = 200
) -> Response:
    played = telling.rehearsal
    found = played.found
    page = render_template(
        "studio/dry_run.html",
        draft=draft,
        run=run,
        lines=telling.lines(),
        to_come=telling.to_come(),
        waiting=telling.waiting(),
        form=form,
        prefilled=form.sheet.prefilled if form else frozenset(),
        found=found,
        at=played.stands_at,
        stopped=bool(played.faults),
        end_faults=[telling.fault(each) for each in played.end_faults],
        now=played.told[-1].at,
        due=telling.next_due(),
        picture=telling.picture(),
        cast=rehearsed.cast(),
        services=_services(draft, played),
        name=run.source.removeprefix(FOLDER).removesuffix(".toml"),
        about=played.story.description,
        whole=not played.rest and not played.faults,
    )
    return make_response(page, status)


def _services(draft: DraftView, played: Rehearsal) -> list[str]:
    """Name the services that the process calls: those that may be made to fail."""
    files = engine().ask(views.files, draft.row.id)
    text = b"".join(content for path, content in files.items() if path.endswith(".bpmn")).decode(
        "utf-8", "replace"
    )
    known = played.stage.ports.services if played.stage is not None else {}
    return sorted(name for name in known if f'"{name}"' in text)


def _beginning(draft: DraftView) -> dict[str, Any]:
    return {
        "draft": draft,
        "cast": rehearsed.cast(),
        "stories": [file.path for file in draft.files if file.path.startswith(FOLDER)],
        "begin": _BEGIN,
        "period": PERIOD,
    }


# ----- beginning


def _start() -> dict[str, Any]:
    given = request.form
    at = given.get("at", "").strip() or _BEGIN
    try:
        variables = tomllib.loads(given.get("variables", "")[:4_000])
    except tomllib.TOMLDecodeError as error:
        raise NotAsTyped(
            gettext("Variabel ditulis sebagai baris nama = nilai: %(said)s", said=str(error))
        ) from error
    return {
        "at": at if at.endswith("Z") or "+" in at else f"{at}:00{_zone()}",
        "subject": given.get("subject", "") if given.get("subject") in CAST else "",
        "scope_path": given.get("scope_path", "").strip()[:200],
        "period": given.get("period", "").strip()[:20],
        "as": given.get("by", "") if given.get("by") in CAST else "",
        "variables": variables,
    }


def _zone() -> str:
    return "+07:00"  # the cast's own


def _tried(telling: Telling) -> dict[str, Any] | Form:
    verb = request.form.get("verb", "")
    if verb != "complete" and not is_handing(verb):
        return happened(telling)
    chosen = chosen_of(telling, request.form.get("task", ""))
    if chosen is None:
        raise InvalidState("Expected a task that is open, but this one is not any more.")
    return handed(telling, chosen) if is_handing(verb) else filled_in(telling, chosen)


# ----- mending


def _accepted(draft: DraftView, run: DryRun, number: int) -> str:
    """Write what a step brought, or the end, in the place of what was expected of it."""
    with _played(draft, run, number or None) as telling:
        played = telling.rehearsal
        if played.found is None or (number and played.played != number):
            raise InvalidState("Expected a step that was played, but the story stops before it.")
        story = played.story
        expected = story.steps[number - 1].given.get("expect", {}) if number else story.expect
        brought = _as_found(expected, played.found)
    with writing_down():
        return writing.expecting(run.story, number, brought)


def _as_found(expected: Mapping[str, Any], found: scenarios.Found) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in expected.items():
        match key:
            case "variables":
                made[key] = {name: _like(v, found.variables.get(name)) for name, v in value.items()}
            case "path":
                made[key] = [each for each in value if each in found.path]
            case "never":
                made[key] = [each for each in value if each not in found.path]
            case "state":
                made[key] = found.state
            case _:
                made[key] = list(getattr(found, key))
    return made


def _like(expected: Any, found: Any) -> Any:
    """Give of a value what was expected of it: a table is compared key by key."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return {key: _like(value, found.get(key)) for key, value in expected.items()}
    return found


# ----- what all of them need


def _designers_only() -> None:
    auth.require(Act.DRAFT, CaseFacts(None, "", None, ""))


def _of(draft_id: int) -> tuple[DraftView, DryRun | None]:
    draft = engine().ask(views.draft, draft_id)
    if draft.row.state != "OPEN":
        raise InvalidState(f"Expected a draft that is open, but it is {draft.row.state}.")
    return draft, engine().ask(views.dry_run, draft_id, auth.me().person_id)


def _running(draft_id: int) -> tuple[DraftView, DryRun]:
    draft, run = _of(draft_id)
    if run is None:
        raise InvalidState("Expected a dry run that was begun, but there is none.")
    return draft, run


def _keep(draft_id: int, run: DryRun, story: str) -> None:
    _parsed(story)
    seen = checking.number(request.form.get("seen"))
    engine().execute(
        SaveDryRun(
            draft_id=draft_id,
            story=story,
            source=run.source,
            seen=run.revision if seen is None else seen,
        ),
        by=auth.actor(),
    )


@contextmanager
def _played(draft: DraftView, run: DryRun, upto: int | None) -> Iterator[Telling]:
    files = engine().ask(views.files, draft.row.id, draft.row.revision)
    story = _parsed(run.story)
    until = monotonic() + _SECONDS
    try:
        with scenarios.rehearse(
            story, files, upto=upto, until=until, language=language()
        ) as rehearsal:
            yield Telling(rehearsal, files)
    except scenarios.OutOfTime:
        raise NotAsTyped(
            gettext(
                "Uji coba belum selesai dalam %(count)s detik; mungkin ada putaran tanpa akhir.",
                count=_SECONDS,
            )
        ) from None


def _parsed(story: str) -> scenarios.Story:
    with writing_down():
        return scenarios.parse(story.encode(), _FILE, unfinished=True)
