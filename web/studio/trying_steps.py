"""The steps of a dry run as they come from its page: tried on the stage, then written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask import request

from engine.errors import EngineError, InvalidForm, InvalidState, NotAllowed, Problem
from engine.forms import asks_for_rows, read_submission
from web import scenarios
from web.errors import NotAsTyped
from web.language import gettext
from web.parts import task_page, uploads
from web.scenarios import Stage, Step
from web.studio import rehearsed
from web.studio.rehearsed import Telling, Waiting
from web.studio.story_words import fault_words, sentence
from web.studio.trying_form import Form, form_of, person_of, written_for

LONGEST = 500
_HANDING = ("claim", "unclaim", "assign")
_OTHER = ("advance", "publish", "cancel", "retry", "fail_service", "heal_service")


def filled_in(telling: Telling, chosen: Waiting) -> dict[str, Any] | Form:
    """Try to complete a task as it was filled in, or to keep that as a draft.

    Gives the step, or the form to be mended.
    """
    verb = "draft" if request.form.get("keep") == "draft" else "complete"
    person = person_of(request.form.get("as") or chosen.person)
    task = telling.task(chosen.id, person)
    stage = _stage(telling)
    posted = request.form.to_dict(flat=False)
    form = task.form or task_page.NO_FORM
    answers: Mapping[str, Any] = read_submission(form, posted)
    problems: tuple[Problem, ...] = ()
    if uploads.file_fields(form) and stage.ports.files is not None:
        # Files that the story's own step names are kept like those of a draft.
        known = replace(task, draft=written_for(telling, chosen) or task.draft)
        taken = uploads.take(
            known, form, answers, request.files, stage.ports.files, stage.clock.now
        )
        answers, problems = taken.answers, tuple(taken.problems)
    if asks_for_rows(form, posted) or problems:
        return form_of(telling, chosen, person, answers, problems)
    kept = _kept(answers)
    step: dict[str, Any] = {verb: chosen.element_id, "as": person, "answers": kept}
    if chosen.person and chosen.person != person:
        step["of"] = chosen.person
    refused = request.form.get("refused") == "yes"
    try:
        with playing():
            stage.attempt(Step(0, verb, chosen.element_id, step))
    except InvalidForm as error:
        if not refused:
            said = gettext("Formulir ini ditolak.")
            found = tuple(error.problems)
            return form_of(
                telling, chosen, person, answers, found, refusal=said, refused="InvalidForm"
            )
        paths = sorted({problem.path for problem in error.problems})
        return {**step, "refused": "InvalidForm", "problems": paths}
    except NotAllowed as error:
        if not refused:
            said = gettext("%(who)s tidak boleh mengisinya.", who=rehearsed.people_words(person))
            return form_of(telling, chosen, person, answers, refusal=said, refused="NotAllowed")
        reason = {"reason": error.reason} if error.reason else {}
        return {**step, "refused": "NotAllowed", **reason}
    if refused:
        raise InvalidState("Expected the step to be refused, but it is accepted.")
    return step


def handed(telling: Telling, chosen: Waiting) -> dict[str, Any]:
    """Let somebody take an offered task, give it back, or hand it to somebody else."""
    verb = request.form.get("verb", "")
    by = person_of(request.form.get("as", ""))
    step: dict[str, Any] = {verb: chosen.element_id, "as": by}
    if chosen.holding and chosen.holding != by:
        step["of"] = chosen.holding
    if verb == "assign":
        step["to"] = person_of(request.form.get("to", ""))
        step["because"] = request.form.get("because", "").strip()[:LONGEST]
        if not step["because"]:
            raise NotAsTyped(gettext("Tulis alasannya."))
    try:
        _attempt(telling, step)
    except NotAllowed as error:
        who = rehearsed.people_words(by)
        raise NotAsTyped(gettext("%(who)s tidak boleh melakukannya.", who=who)) from error
    return step


def is_handing(verb: str) -> bool:
    """Tell whether a button says who has a task, and not what becomes of it."""
    return verb in _HANDING


def happened(telling: Telling) -> dict[str, Any]:
    """Try whatever else a scenario may say: time, messages, services, the end."""
    verb, what = request.form.get("verb", ""), request.form.get("what", "").strip()[:LONGEST]
    if not what:
        raise NotAsTyped(gettext("Isi dahulu apa yang terjadi."))
    if verb not in _OTHER:
        raise InvalidState("Expected something that a scenario may say, but it is not.")
    step: dict[str, Any] = {verb: what}
    if verb in ("publish", "cancel", "retry") and request.form.get("as"):
        step["as"] = person_of(request.form["as"])
    if verb == "publish" and request.form.get("correlation"):
        step["correlation"] = request.form["correlation"][:LONGEST]
    _attempt(telling, step)
    return step


def _attempt(telling: Telling, step: dict[str, Any]) -> None:
    verb = next(iter(step))
    with playing():
        _stage(telling).attempt(Step(0, verb, str(step[verb]), step))


def _stage(telling: Telling) -> Stage:
    if telling.rehearsal.stage is None:
        raise InvalidState("Expected a case that began, but it did not.")
    return telling.rehearsal.stage


def _kept(value: Any) -> Any:
    """Give answers as a scenario has them: what was left empty is not written."""
    if isinstance(value, Mapping):
        kept = {key: _kept(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, "", [], {}, False)}
    return [_kept(item) for item in value] if isinstance(value, list | tuple) else value


@contextmanager
def writing_down() -> Iterator[None]:
    """Let a scenario that cannot be read or written so be a sentence on a page."""
    try:
        yield
    except scenarios.BadStory as error:
        raise NotAsTyped(sentence(fault_words(error.fault))) from error


@contextmanager
def playing() -> Iterator[None]:
    """Let what a step of a draft runs into never be more than a sentence on its page."""
    try:
        with writing_down():
            yield
    except (EngineError, scenarios.OutOfTime):
        raise
    except Exception as error:
        raise NotAsTyped(sentence(fault_words(scenarios.fault_of(error)))) from error
