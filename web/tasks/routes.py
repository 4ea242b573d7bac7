"""The task page and what can be done there.  Checking answers and moving on is the engine's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from engine import AssignTask, ClaimTask, CompleteTask, SaveDraft, UnclaimTask
from engine.errors import (
    Busy,
    CaseSuspended,
    EngineError,
    InvalidForm,
    InvalidState,
    NotAllowed,
    NotFound,
    Problem,
)
from engine.forms import MOST_BYTES, Form, asks_for_rows, every, read_submission
from engine.model import Act, Receipt, TaskState
from engine.queries import desk
from engine.queries import tasks as views
from engine.queries.desk import CommentRow
from engine.queries.tasks import TaskAtHand, TaskView
from hr.directory import queries as directory
from web import auth, language, nav
from web.language import gettext
from web.parts import downloads, uploads
from web.parts import task_page as page
from web.site import engine, now, site

tasks = Blueprint("tasks", __name__, template_folder="templates", url_prefix="/tasks")

_MOST_UPLOADED = 11 * MOST_BYTES
_LONGEST_KEY = 80
_LONGEST_SPENT = 24 * 3600
_LONGEST_REASON = 500


@tasks.record_once
def _take_larger_bodies(state: BlueprintSetupState) -> None:
    # Before anything reads the form: files make a request larger than any other page may be sent.
    first = state.app.before_request_funcs.setdefault(None, [])
    first.insert(0, _allow_files)


def _allow_files() -> None:
    if request.endpoint == "tasks.submit":
        request.max_content_length = _MOST_UPLOADED


@tasks.get("/<number:task_id>")
def show(task_id: int) -> Response:
    """Show the task: as a form to the person whose turn it is, else as far as it may be seen."""
    return _page(_task(task_id))


@tasks.post("/<number:task_id>")
def submit(task_id: int) -> Response:
    """Complete the task, keep a draft of it, or add and remove rows, as the pressed button says."""
    # Whether this person may do so is the command's question; a page is shown to who may see it.
    task = engine().ask(views.at_hand, task_id)
    if task.state != TaskState.CREATED:
        return _complete(task, {})  # sent twice: the engine knows the key, or says that it is over
    form = task.form or page.NO_FORM
    posted = request.form.to_dict(flat=False)
    answers: Mapping[str, Any] = read_submission(form, posted)
    problems: Sequence[Problem] = ()
    if uploads.file_fields(form):
        answers, problems = _with_files(task_id, form, answers)
    if asks_for_rows(form, posted):
        return _page(_task(task_id), answers, problems)
    if problems:
        return _page(_task(task_id), answers, problems, status=422)
    if request.form.get("do") == "save_draft":
        return _save_draft(task, answers)
    return _complete(task, answers)


@tasks.get("/<number:task_id>/files/<sha256>")
def download(task_id: int, sha256: str) -> Response:
    """Hand out a file of the form or of the evidence, to whoever is to work with it."""
    task = _task(task_id)
    auth.require(Act.COMPLETE, task.facts)
    seen = page.sheet(task, None, (), now=_local_now())
    shown = [item.value for item in every(seen.fields)]
    evidence = [each.answers for each in task.evidence]
    allowed = downloads.files_in([shown, evidence, task.draft])
    return downloads.send(engine().ports.files, allowed, sha256)


@tasks.post("/<number:task_id>/claim")
def claim(task_id: int) -> Response:
    """Take a task of the group."""
    _task(task_id)
    engine().execute(ClaimTask(task_id=task_id), by=auth.actor())
    return nav.say(redirect(_url(task_id), 303), "claimed")


@tasks.post("/<number:task_id>/release")
def release(task_id: int) -> Response:
    """Give a task back to the group."""
    _task(task_id)
    engine().execute(UnclaimTask(task_id=task_id), by=auth.actor())
    return nav.say(redirect(url_for("inbox.index", tab="groups"), 303), "released")


@tasks.post("/<number:task_id>/hand-back")
def hand_back(task_id: int) -> Response:
    """Give a task that came by escalation back to whose it was."""
    task = _task(task_id)
    if task.escalated_from is None:
        raise InvalidState
    reason = request.form.get("reason", "").strip()[:_LONGEST_REASON]
    command = AssignTask(task_id=task_id, to_person_id=task.escalated_from, reason=reason)
    engine().execute(command, by=auth.actor())
    return nav.say(redirect(url_for("inbox.index"), 303), "handed_back")


def _task(task_id: int) -> TaskView:
    task = _view(task_id)
    auth.require_sight(task)
    return task


def _view(task_id: int) -> TaskView:
    return engine().ask(
        views.task, task_id, person_id=auth.me().person_id, language=language.language()
    )


def _with_files(
    task_id: int, form: Form, answers: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Sequence[Problem]]:
    task = _task(task_id)
    if not auth.may(Act.COMPLETE, task.facts):
        return answers, ()
    taken = _uploaded(task, form, answers)
    return taken.answers, taken.problems


def _uploaded(task: TaskView, form: Form, answers: Mapping[str, Any]) -> uploads.Taken:
    """Store what was sent, and note it in the draft at once: nobody uploads twice."""
    files = engine().ports.files
    if files is None:
        return uploads.Taken(answers)
    taken = uploads.take(task, form, answers, request.files, files, _local_now())
    if taken.stored:
        engine().execute(SaveDraft(task_id=task.id, answers=taken.answers), by=auth.actor())
    return taken


def _save_draft(task: TaskAtHand, answers: Mapping[str, Any]) -> Response:
    try:
        command = SaveDraft(task_id=task.id, answers=answers, typed_at=_typed_at())
        saved_at = engine().execute(command, by=auth.actor())
    except NotAllowed:
        _hide(task)
        raise
    if request.headers.get("HX-Request"):
        return make_response(gettext("Tersimpan %(at)s", at=language.clock(saved_at)))
    return nav.say(redirect(_url(task.id), 303), "draft_saved")


def _hide(task: TaskAtHand) -> None:
    """Say of an anonymous task that there is none: that there was one is nobody's business."""
    if task.anonymous:
        raise NotFound from None


def _complete(task: TaskAtHand, answers: Mapping[str, Any]) -> Response:
    key = _request_key()
    command = CompleteTask(task_id=task.id, answers=answers, request_key=key, spent=_spent())
    try:
        receipt = engine().execute(command, by=auth.actor())
    except InvalidForm as refused:
        return _page(_task(task.id), answers, refused.problems, status=422)
    except Busy:
        return _page(_task(task.id), answers, status=503)
    except CaseSuspended:
        with suppress(EngineError):  # what was typed waits with the task
            engine().execute(SaveDraft(task_id=task.id, answers=answers), by=auth.actor())
        return _page(_view(task.id), status=409)
    except NotAllowed:
        _hide(task)
        raise
    if task.anonymous:  # nobody may find out afterwards that this was his
        return _say_received(receipt, redirect(url_for("handing.sent_without_name"), 303))
    return _say_received(receipt, redirect(url_for("handing.sent", task_id=task.id), 303))


def _say_received(receipt: Receipt, response: Response) -> Response:
    if receipt.repeated:
        return nav.say(response, "received_again", receipt.case_no)
    return nav.say(response, "received_parked" if receipt.parked else "received", receipt.case_no)


def _url(task_id: int) -> str:
    return url_for("tasks.show", task_id=task_id)


def _file_url(task_id: int, sha256: str) -> str:
    return url_for("tasks.download", task_id=task_id, sha256=sha256)


def _typed_at() -> datetime | None:
    """Tell when a copy that waited in a browser was typed; None for what is typed now."""
    age = request.form.get("_age", "")
    if not age.isdecimal() or len(age) > 12:
        return None
    return now() - timedelta(milliseconds=int(age))


def _spent() -> tuple[int, int]:
    """Give how many seconds the form was open and typed in since it was last sent."""

    def seconds(name: str) -> int:
        said = request.form.get(name, "")
        return min(int(said), _LONGEST_SPENT) if said.isdecimal() and len(said) < 9 else 0

    opened = seconds("_open")
    return opened, min(seconds("_active"), opened)


def _request_key() -> str:
    return request.form.get("request_key", "")[:_LONGEST_KEY]


def _local_now() -> datetime:
    return now().astimezone(site().settings.time_zone)


def _page(
    task: TaskView,
    answers: Mapping[str, Any] | None = None,
    problems: Sequence[Problem] = (),
    status: int = 200,
) -> Response:
    is_open = task.state == TaskState.CREATED and not task.suspended
    has_it = is_open and auth.may(Act.COMPLETE, task.facts)
    looks = has_it and task.owner_id is not None
    may_complete = has_it and not looks
    exhibits = page.exhibits(task, now=_local_now()) if has_it else ()
    remarks = () if task.anonymous else engine().ask(desk.comments, task.instance_id)
    sheet = page.sheet(task, answers, problems, now=_local_now()) if may_complete else None
    values = {
        "task": task,
        "sheet": sheet,
        "prefilled": sheet.prefilled if sheet else frozenset(),
        "exhibits": exhibits,
        "names": _names(task, exhibits, remarks),
        "remarks": remarks,
        "looks": looks,
        "on_behalf_of": task.assignee_id if task.assignee_id != auth.me().person_id else None,
        "owns": task.owner_id == auth.me().person_id,
        "may_take_over": _may_take_over(task, is_open),
        "may_assign": is_open and not task.anonymous and _assigns(),
        "extension": engine().ask(desk.extension_of, task.id) if may_complete else None,
        "tomorrow": _local_now().date().isoformat(),
        "status": status,
        "typed": answers is not None,
        "may_complete": may_complete,
        "may_claim": is_open and task.assignee_id is None and auth.may(Act.CLAIM, task.facts),
        "may_release": may_complete and task.candidate_group is not None,
        "may_hand_back": may_complete and task.escalated_from not in (None, auth.me().person_id),
        "request_key": _request_key() or task.request_key,
        "now": now(),
        "back": auth.local_path(request.args.get("back")),
        "due_kind": language.due_kind,
        "has_files": bool(task.form and uploads.file_fields(task.form)),
        "file_url": partial(_file_url, task.id),
    }
    return make_response(render_template("tasks/show.html", **values), status)


def _may_take_over(task: TaskView, is_open: bool) -> bool:
    me = auth.me().person_id
    others = is_open and not task.anonymous and task.assignee_id not in (None, me)
    return others and task.owner_id is None and task.candidate_group in auth.scope().groups


def _assigns() -> bool:
    return any(group.partition("@")[0] in ("HRC", "HRO") for group in auth.scope().groups)


def _names(
    task: TaskView, exhibits: Sequence[page.Exhibit], remarks: Sequence[CommentRow]
) -> dict[int, str]:
    """Name whoever is named on the page: who wrote the evidence, whose task it is."""
    known = {each.evidence.person_id for each in exhibits} | {
        task.assignee_id,
        task.owner_id,
        task.completed_by,
        task.escalated_from,
    }
    known |= {one.person_id for one in remarks}
    return engine().ask(directory.names, frozenset(one for one in known if one is not None))
