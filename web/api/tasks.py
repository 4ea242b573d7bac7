"""Tasks over the API: lists, one task with its form, drafts, files, completing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeVar

import marshmallow as ma
from flask import Response, request
from werkzeug.datastructures import FileStorage, MultiDict

from engine import Command, CompleteTask, SaveDraft, Unmoved
from engine.errors import InvalidForm, InvalidState, NotAllowed, NotFound, Problem
from engine.forms import MOST_BYTES, UPLOAD, Form, answers_at_start
from engine.model import Act, Receipt, TaskState
from engine.ports import Allowed
from engine.queries import desk, inbox
from engine.queries import tasks as views
from engine.queries.desk import CommentRow, EarlierStep
from engine.queries.tasks import TaskView
from web import auth, language
from web.api import schemas
from web.api.part import (
    IF_MATCH,
    KEY,
    LONGEST,
    Asked,
    Part,
    list_of,
    listed,
    me,
    needs,
    plain,
    request_key,
    tag_of,
)
from web.parts import downloads, uploads
from web.parts.fields import in_words
from web.site import engine, now, site

if TYPE_CHECKING:
    from sqlalchemy import Connection

tasks = Part("tasks", "/tasks", "What waits for people, and doing it.")
_NO_FORM = Form(id="", fields=())
Result = TypeVar("Result")


class TasksAsked(Asked):
    """Which list of tasks, narrowed to what."""

    list = ma.fields.String(
        load_default="mine", validate=ma.validate.OneOf(("mine", "groups", "taken", "done"))
    )
    process = ma.fields.String(load_default=None, validate=ma.validate.Length(max=LONGEST))
    period = ma.fields.String(load_default=None, validate=ma.validate.Length(max=LONGEST))
    unit = ma.fields.String(load_default=None, validate=ma.validate.Length(max=LONGEST))
    overdue = ma.fields.Boolean(load_default=False)
    q = ma.fields.String(load_default="", validate=ma.validate.Length(max=LONGEST))


class Answers(ma.Schema):
    """The answers to a task's form."""

    answers = ma.fields.Dict(keys=ma.fields.String(), load_default=dict)


class FileAsked(ma.Schema):
    """What a file is called."""

    name = ma.fields.String(required=True, validate=ma.validate.Length(1, 200))


@tasks.route("")
@needs("tasks:read")
@tasks.arguments(TasksAsked, location="query")
@tasks.response(200, list_of(schemas.TaskRowSchema))
def index(asked: Mapping[str, Any]) -> Any:
    """List tasks: your own, those offered to your groups, those taken there, those you did."""
    wanted = {name: asked[name] for name in ("process", "period", "unit", "after", "limit")}
    common = {**wanted, "text": asked["q"], "now": now()}
    if asked["list"] == "done":
        page = engine().ask(inbox.done_tasks, auth.scope(), **common)
    else:
        late, tab = asked["overdue"], asked["list"]
        page = engine().ask(inbox.open_tasks, auth.scope(), tab=tab, overdue=late, **common)
    return listed(page)


@tasks.route("/sent")
@needs("tasks:read")
@tasks.arguments(Asked, location="query")
@tasks.response(200, list_of(schemas.SentSchema))
def sent(asked: Mapping[str, Any]) -> Any:
    """List what you sent in cases that still run, and who has each case now."""
    page = engine().ask(inbox.sent_tasks, auth.scope(), now=now(), **asked)
    return listed(page)


@tasks.route("/<number:task_id>")
@needs("tasks:read")
@tasks.response(200, schemas.TaskSchema)
def show(task_id: int) -> Any:
    """Give a task with everything that is needed to decide."""
    return state_of(task_of(task_id))


@tasks.route("/<number:task_id>/complete", methods=["POST"], parameters=[KEY, IF_MATCH])
@needs("tasks:write")
@tasks.arguments(Answers)
@tasks.response(200, schemas.ReceiptSchema)
def complete(sent: Mapping[str, Any], task_id: int) -> Receipt:
    """Finish a task with the answers to its form."""
    key = request_key()
    task = engine().ask(views.at_hand, task_id)
    answers = sent["answers"]
    is_open = task.state == TaskState.CREATED
    if is_open and task.form is not None and uploads.file_fields(task.form):
        answers = _with_files(task_of(task_id), answers)
    command = CompleteTask(task_id=task_id, answers=answers, request_key=key)
    try:
        # What is over is not asked as it was: the same submission, sent again, is answered again.
        wanted = as_read(task_id, command) if is_open else command
        return engine().execute(wanted, by=auth.actor())
    except InvalidForm as refused:
        localised = (
            engine().ask(views.task, task_id, person_id=me(), language=language.language()).form
        )
        raise InvalidForm(in_words(refused.problems, localised or _NO_FORM)) from refused
    except NotAllowed:
        if task.anonymous:  # that there is one is nobody's business
            raise NotFound from None
        raise


@tasks.route("/<number:task_id>/draft", methods=["PUT"], parameters=[IF_MATCH])
@needs("tasks:write")
@tasks.arguments(Answers)
@tasks.response(204)
def save_draft(sent: Mapping[str, Any], task_id: int) -> None:
    """Keep what has been filled in so far, for yourself alone."""
    task = task_of(task_id)
    answers = _with_files(task, sent["answers"])
    command = SaveDraft(task_id=task_id, answers=answers)
    engine().execute(as_read(task_id, command), by=auth.actor())


@tasks.route("/<number:task_id>/files/<field>", methods=["POST"])
@needs("tasks:write")
@tasks.arguments(FileAsked, location="query")
@tasks.doc(  # type: ignore[untyped-decorator]
    requestBody={
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string"}}},
    }
)
@tasks.response(201, schemas.FileSchema)
def upload(asked: Mapping[str, Any], task_id: int, field: str) -> Any:
    """Keep a file for a field of the form; what comes back is what stands in the answers."""
    request.max_content_length = MOST_BYTES + 1
    task = task_of(task_id)
    auth.require(Act.SAVE_DRAFT, task.facts)
    form, files = task.form or _NO_FORM, engine().ports.files
    if files is None or field not in {item.key for item in uploads.file_fields(form)}:
        raise NotFound("Expected a field of the form that asks for files, but there is none.")
    if task.state != TaskState.CREATED:
        raise InvalidState(f"Expected an open task, but task {task_id} is {task.state}.")
    data = FileStorage(BytesIO(request.get_data(cache=False)), filename=asked["name"])
    new = MultiDict([(UPLOAD + field, data)])
    taken = uploads.take(task, form, _known_files(task, form), new, files, _local_now())
    if taken.problems:
        raise InvalidForm(in_words(taken.problems, form))
    engine().execute(SaveDraft(task_id=task_id, answers=taken.answers), by=auth.actor())
    return taken.answers[field][-1]


@tasks.route("/<number:task_id>/files/<sha256>")
@needs("files:read")
@tasks.response(200, content_type="application/octet-stream", description="The file.")
def download(task_id: int, sha256: str) -> Response:
    """Hand out a file of the task's form or evidence."""
    task = task_of(task_id)
    auth.require(Act.COMPLETE, task.facts)
    shown = [_begins_with(task), task.draft, *(each.answers for each in task.evidence)]
    return downloads.send(engine().ports.files, downloads.files_in(shown), sha256)


@tasks.route("/<number:task_id>/comments")
@needs("tasks:read")
@tasks.response(200, schemas.CommentSchema(many=True))
def comments(task_id: int) -> Sequence[CommentRow]:
    """List what was said beside the task's case."""
    task = task_of(task_id)
    return [] if task.anonymous else list(engine().ask(desk.comments, task.instance_id))


@tasks.route("/<number:task_id>/earlier-steps")
@needs("tasks:read")
@tasks.response(200, schemas.EarlierStepSchema(many=True))
def earlier_steps(task_id: int) -> Sequence[EarlierStep]:
    """List the steps that the task may be sent back to."""
    task = task_of(task_id)
    return [] if task.anonymous else list(engine().ask(desk.steps_back, task_id))


def task_of(task_id: int) -> TaskView:
    """Give a task that the person may see; any other is not there."""
    task = engine().ask(views.task, task_id, person_id=me(), language=language.language())
    auth.require_sight(task)
    return task


def as_read(task_id: int, command: Command[Result]) -> Command[Result]:
    """Bind an act to the state that the program read, where it says so (`If-Match`): else 412."""
    wanted, actor, person, at = request.if_match, auth.actor(), me(), now()
    if not wanted:
        return command
    task_of(task_id)  # whoever may not see it does not learn that it has moved
    people = engine().ports.people

    def is_as_read(connection: Connection) -> bool:
        task = views.task(connection, task_id, person_id=person, language=language.language())
        answer = people.may_act(connection, actor, Act.COMPLETE, task.facts, at)
        state = _state(task, may=isinstance(answer, Allowed))
        return wanted.contains(tag_of(schemas.TaskSchema().dump(state)))

    return Unmoved(task_id=task_id, is_as_read=is_as_read, command=command)


def state_of(task: TaskView) -> dict[str, Any]:
    """Give a task as the API shows it: what only its holder sees, to its holder."""
    return _state(task, may=auth.may(Act.COMPLETE, task.facts))


def _state(task: TaskView, *, may: bool) -> dict[str, Any]:
    is_open = task.state == TaskState.CREATED and not task.suspended
    has_it = is_open and may
    evidence = task.evidence if has_it else ()
    return {
        **vars(task),
        "may_complete": has_it and task.owner_id is None,
        "evidence": [
            {**vars(each), "answers": _asked_for(each.form, each.answers)} for each in evidence
        ],
        "form": task.form.schema if task.form else None,
        "begins_with": plain(_begins_with(task)) if has_it else {},
        "draft": None if task.draft is None else plain(task.draft),
    }


def _asked_for(form: Form, answers: Mapping[str, Any]) -> Any:
    return plain({key: answers[key] for key in form.keys if key in answers})


def _begins_with(task: TaskView) -> Mapping[str, Any]:
    if task.form is None or task.state != TaskState.CREATED:
        return {}
    return answers_at_start(task.form, context=task.variables, now=_local_now())


def _with_files(task: TaskView, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """Take only files that this person's own draft holds: a digest alone opens nothing."""
    form, files = task.form or _NO_FORM, engine().ports.files
    fields = uploads.file_fields(form)
    if files is None or not fields:
        return answers
    wanted = {item.key: _digests(answers.get(item.key)) for item in fields}
    taken = uploads.take(task, form, {**answers, **wanted}, MultiDict(), files, _local_now())
    strange = [
        Problem(item.key, "not_a_file", "Expected files that were uploaded here, but not so.")
        for item in fields
        if len(taken.answers[item.key]) != len(set(wanted[item.key]))
    ]
    if strange:
        raise InvalidForm(in_words(strange, form))
    return taken.answers


def _digests(value: Any) -> list[str]:
    entries = value if isinstance(value, list) else []
    return [str(each.get("sha256", "")) if isinstance(each, dict) else "" for each in entries]


def _known_files(task: TaskView, form: Form) -> dict[str, Any]:
    known = dict(task.draft if task.draft is not None else _begins_with(task))
    return {
        **known,
        **{item.key: _digests(plain(known.get(item.key))) for item in uploads.file_fields(form)},
    }


def _local_now() -> datetime:
    return now().astimezone(site().settings.time_zone)
