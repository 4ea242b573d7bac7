"""What people do around a task beside filling it in: each is one command of the engine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import (
    AskExtension,
    AssignTask,
    Command,
    CommentTask,
    DelegateTask,
    GiveBackTask,
    RecallTask,
    RemindHolder,
    Scope,
    SendBack,
    TakeOverTask,
    Withdraw,
)
from engine.errors import InvalidForm, InvalidState, NotAllowed, NotFound
from engine.queries import desk, inbox
from engine.queries import tasks as views
from engine.queries.tasks import TaskView
from hr.calendar import queries as calendar
from hr.directory import queries as directory
from web import auth, language, nav
from web.site import engine, now

handing = Blueprint("handing", __name__, template_folder="templates", url_prefix="/tasks")

_LONGEST = 2000


# ---- after sending


@handing.get("/<number:task_id>/sent")
def sent(task_id: int) -> str:
    """Say where a case went, with whom it is now, and lead on to the next task."""
    me = auth.me().person_id
    found = engine().ask(desk.sent, task_id, me)
    if found is None:
        raise NotFound
    held = engine().ask(inbox.holders, {found.instance_id}).get(found.instance_id, ())
    known = frozenset(one.assignee_id for one in held if one.assignee_id) - {me}
    return render_template(
        "handing/sent.html",
        sent=found,
        held=held,
        names=engine().ask(directory.names, known) if known else {},
        spent=engine().ask(desk.time_spent, me, task_id),
        next_task=_next_task(),
        now=now(),
        me_id=me,
    )


@handing.get("/sent")
def sent_without_name() -> str:
    """Lead on from an anonymous answer, of which nothing is known any more."""
    return render_template("handing/sent.html", sent=None, next_task=_next_task(), now=now())


def _next_task() -> inbox.TaskRow | None:
    own = Scope(person_id=auth.me().person_id)
    rows = engine().ask(inbox.open_tasks, own, limit=1, now=now()).rows
    return rows[0] if rows else None


@handing.post("/<number:task_id>/withdraw")
def withdraw(task_id: int) -> Response:
    """Take back what one has sent."""
    return _done(task_id, Withdraw(task_id=task_id), "withdrawn")


# ---- back to an earlier step


@handing.get("/<number:task_id>/send-back")
def choose_step(task_id: int) -> Response:
    """Ask to which earlier step, and why."""
    return _send_back_page(_task(task_id))


@handing.post("/<number:task_id>/send-back")
def send_back(task_id: int) -> Response:
    """Send a task back to an earlier step."""
    task = _task(task_id)
    command = SendBack(task_id=task_id, to_element=_said("to"), reason=_said("reason"))
    try:
        engine().execute(command, by=auth.actor())
    except InvalidForm:
        return _send_back_page(task, missing=True)
    return nav.say(redirect(url_for("inbox.index"), 303), "sent_back", task.case_no)


def _send_back_page(task: TaskView, missing: bool = False) -> Response:
    steps = engine().ask(desk.steps_back, task.id)
    known = frozenset(one.person_id for one in steps if one.person_id)
    page = render_template(
        "handing/send_back.html",
        task=task,
        steps=steps,
        names=engine().ask(directory.names, known) if known else {},
        missing=missing,
        reason=_said("reason"),
        chosen=_said("to"),
    )
    return make_response(page, 422 if missing else 200)


# ---- other people


@handing.post("/<number:task_id>/take-over")
def take_over(task_id: int) -> Response:
    """Go on with what a colleague has begun."""
    command = TakeOverTask(task_id=task_id, reason=_said("reason"))
    return _done(task_id, command, "taken_over")


@handing.post("/<number:task_id>/delegate")
def delegate(task_id: int) -> Response:
    """Ask somebody to look."""
    to = _person()
    if to is None:
        return _back(task_id, "person_unknown")
    command = DelegateTask(task_id=task_id, to_person_id=to, question=_said("question"))
    return _done(task_id, command, "lent")


@handing.post("/<number:task_id>/give-back")
def give_back(task_id: int) -> Response:
    """Say what one thinks, having looked."""
    command = GiveBackTask(task_id=task_id, opinion=_said("opinion"))
    return _done(task_id, command, "looked", url_for("inbox.index"))


@handing.post("/<number:task_id>/recall")
def recall(task_id: int) -> Response:
    """Ask nobody to look any more."""
    return _done(task_id, RecallTask(task_id=task_id), "recalled")


@handing.post("/<number:task_id>/assign")
def assign(task_id: int) -> Response:
    """Hand a task to somebody else."""
    to = _person()
    if to is None:
        return _back(task_id, "person_unknown")
    command = AssignTask(task_id=task_id, to_person_id=to, reason=_said("reason"))
    return _done(task_id, command, "assigned", url_for("inbox.index"))


@handing.post("/<number:task_id>/remind")
def remind(task_id: int) -> Response:
    """Remind whoever has a task."""
    try:
        engine().execute(RemindHolder(task_id=task_id), by=auth.actor())
    except InvalidState:
        return nav.say(redirect(_asked_back(), 303), "reminded_already")
    return nav.say(redirect(_asked_back(), 303), "reminded")


# ---- due dates and words


@handing.post("/<number:task_id>/extension")
def ask_extension(task_id: int) -> Response:
    """Ask for a later due date."""
    try:
        day = date.fromisoformat(_said("wanted"))
    except ValueError:
        return _back(task_id, "date_wrong")
    wanted = engine().ask(calendar.end_of_day, day, language.zone())
    command = AskExtension(task_id=task_id, wanted_at=wanted, reason=_said("reason"))
    return _done(task_id, command, "extension_asked")


@handing.post("/<number:task_id>/comment")
def comment(task_id: int) -> Response:
    """Say something beside the case."""
    task = _task(task_id)
    text = _said("text")
    command = CommentTask(task_id=task_id, text=text, mentioned=_mentioned(task, text))
    return _done(task_id, command, "commented")


def _mentioned(task: TaskView, text: str) -> set[int]:
    """Find who is meant by `@Nama`: of those who have to do with the case, and of one's groups."""
    if "@" not in text:
        return set()
    known = set(engine().ask(desk.people_of, task.instance_id))
    roles = {group for group in auth.scope().groups if "@" not in group}
    for role in roles:
        known |= set(engine().ask(directory.holders_of_role, role, now()))
    names = engine().ask(directory.names, known)
    return {person for person, name in names.items() if _names_him(text, name)}


def _names_him(text: str, name: str) -> bool:
    return bool(re.search(rf"@{re.escape(name)}(?!\w)", text, re.IGNORECASE))


# ---- shared


def _task(task_id: int) -> TaskView:
    task = engine().ask(
        views.task, task_id, person_id=auth.me().person_id, language=language.language()
    )
    if task.anonymous:
        raise NotFound
    auth.require_sight(task)
    return task


def _said(name: str) -> str:
    return request.form.get(name, "").strip()[:_LONGEST]


def _person() -> int | None:
    """Find one person by NIP, or by a name that only one has."""
    return engine().ask(directory.one_person, _said("person")[:120], now())


def _asked_back() -> str:
    return auth.local_path(request.form.get("back"))


def _done(task_id: int, command: Command[Any], said: str, to: str = "") -> Response:
    """Execute, and say so; what is missing or too late is said on the task's page."""
    try:
        engine().execute(command, by=auth.actor())
    except InvalidForm as refused:
        return _back(task_id, _WRONG.get(refused.problems[0].code, "words_missing"))
    except InvalidState:
        return _back(task_id, "too_late")
    except NotAllowed as refused:
        if refused.reason == "ANONYMOUS":
            raise NotFound from None
        raise
    return nav.say(redirect(to or _url(task_id), 303), said)


_WRONG: Mapping[str, str] = {"too_early": "date_wrong"}


def _back(task_id: int, said: str) -> Response:
    return nav.say(redirect(_url(task_id), 303), said)


def _url(task_id: int) -> str:
    return url_for("tasks.show", task_id=task_id)
