"""What is done around a task over the API: each is one command of the engine, as on its page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import marshmallow as ma

from engine import (
    AskExtension,
    AssignTask,
    ClaimTask,
    Command,
    CommentTask,
    DelegateTask,
    GiveBackTask,
    RecallTask,
    RemindHolder,
    SendBack,
    TakeOverTask,
    UnclaimTask,
    Withdraw,
)
from engine.errors import InvalidForm, Problem
from hr.directory import queries as directory
from web.api.part import IF_MATCH, KEY, Part, needs, once
from web.api.tasks import as_read, task_of
from web.site import engine, now

handing = Part("handing", "/tasks", "What is done around a task.")

_LONGEST = 2000
_LAST_YEAR = 9000


def words(**more: Any) -> ma.fields.String:
    """Declare a sentence of a person."""
    return ma.fields.String(required=True, validate=ma.validate.Length(1, _LONGEST), **more)


class Reason(ma.Schema):
    """Why."""

    reason = words()


class Question(ma.Schema):
    """Whom to ask what."""

    to = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, 120),
        metadata={"description": "NIP, or a name that only one person has."},
    )
    question = words()


class Opinion(ma.Schema):
    """What one thinks."""

    opinion = words()


class Assignment(ma.Schema):
    """To whom, and why."""

    to = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, 120),
        metadata={"description": "NIP, or a name that only one person has."},
    )
    reason = words()


class Back(ma.Schema):
    """To which earlier step, and why."""

    element_id = ma.fields.String(required=True, validate=ma.validate.Length(1, 255))
    reason = words()


class Extension(ma.Schema):
    """Until when, and why."""

    wanted_at = ma.fields.AwareDateTime(required=True)
    reason = words()

    @ma.validates("wanted_at")
    def _in_time(self, value: datetime, data_key: str) -> None:
        if value.year > _LAST_YEAR or value.year < 1000:
            raise ma.ValidationError("Expected a date of our days.")


class Remark(ma.Schema):
    """Words beside the case."""

    text = words()


class Asked(ma.Schema):
    """The request that was made."""

    extension_id = ma.fields.Integer(required=True)


def _act(task_id: int, command: Command[Any]) -> Any:
    task_of(task_id)
    return once(as_read(task_id, command))


@handing.route("/<number:task_id>/claim", methods=["POST"], parameters=[IF_MATCH])
@needs("tasks:write")
@handing.response(204)
def claim(task_id: int) -> None:
    """Take a task of your group."""
    _act(task_id, ClaimTask(task_id=task_id))


@handing.route("/<number:task_id>/unclaim", methods=["POST"], parameters=[IF_MATCH])
@needs("tasks:write")
@handing.response(204)
def unclaim(task_id: int) -> None:
    """Give a task back to its group."""
    _act(task_id, UnclaimTask(task_id=task_id))


@handing.route("/<number:task_id>/take-over", methods=["POST"], parameters=[IF_MATCH])
@needs("tasks:write")
@handing.arguments(Reason)
@handing.response(204)
def take_over(said: Mapping[str, str], task_id: int) -> None:
    """Go on with what a colleague of your group has begun."""
    _act(task_id, TakeOverTask(task_id=task_id, reason=said["reason"]))


@handing.route("/<number:task_id>/send-back", methods=["POST"], parameters=[IF_MATCH])
@needs("tasks:write")
@handing.arguments(Back)
@handing.response(204)
def send_back(said: Mapping[str, str], task_id: int) -> None:
    """Send a task back to an earlier step (see `earlier-steps`)."""
    command = SendBack(task_id=task_id, to_element=said["element_id"], reason=said["reason"])
    _act(task_id, command)


@handing.route("/<number:task_id>/withdraw", methods=["POST"])
@needs("tasks:write")
@handing.response(204)
def withdraw(task_id: int) -> None:
    """Take back what you sent, while nobody else has acted on it."""
    once(Withdraw(task_id=task_id))


@handing.route("/<number:task_id>/delegate", methods=["POST"], parameters=[IF_MATCH])
@needs("tasks:write")
@handing.arguments(Question)
@handing.response(204)
def delegate(said: Mapping[str, str], task_id: int) -> None:
    """Ask somebody to look; you decide."""
    to = _person(said["to"])
    _act(task_id, DelegateTask(task_id=task_id, to_person_id=to, question=said["question"]))


@handing.route("/<number:task_id>/give-back", methods=["POST"], parameters=[IF_MATCH])
@needs("tasks:write")
@handing.arguments(Opinion)
@handing.response(204)
def give_back(said: Mapping[str, str], task_id: int) -> None:
    """Say what you think of a task that you were asked to look at."""
    _act(task_id, GiveBackTask(task_id=task_id, opinion=said["opinion"]))


@handing.route("/<number:task_id>/recall", methods=["POST"], parameters=[IF_MATCH])
@needs("tasks:write")
@handing.response(204)
def recall(task_id: int) -> None:
    """Ask nobody to look any more."""
    _act(task_id, RecallTask(task_id=task_id))


@handing.route("/<number:task_id>/assign", methods=["POST"])
@needs("tasks:write")
@handing.arguments(Assignment)
@handing.response(204)
def assign(said: Mapping[str, str], task_id: int) -> None:
    """Hand a task to somebody else."""
    # Whoever may do so need not be able to read the task, as on its page.
    command = AssignTask(task_id=task_id, to_person_id=_person(said["to"]), reason=said["reason"])
    once(command)


@handing.route("/<number:task_id>/remind", methods=["POST"])
@needs("tasks:write")
@handing.response(204)
def remind(task_id: int) -> None:
    """Remind whoever has a task; once a day."""
    once(RemindHolder(task_id=task_id))


@handing.route("/<number:task_id>/extension", methods=["POST"], parameters=[IF_MATCH])
@needs("tasks:write")
@handing.arguments(Extension)
@handing.response(201, Asked)
def ask_extension(said: Mapping[str, Any], task_id: int) -> Any:
    """Ask for a later due date."""
    command = AskExtension(task_id=task_id, wanted_at=said["wanted_at"], reason=said["reason"])
    return {"extension_id": _act(task_id, command)}


@handing.route("/<number:task_id>/comments", methods=["POST"], parameters=[KEY])
@needs("tasks:write")
@handing.arguments(Remark)
@handing.response(204)
def comment(said: Mapping[str, str], task_id: int) -> None:
    """Say something beside the case."""
    task_of(task_id)
    once(CommentTask(task_id=task_id, text=said["text"]), required=True)


def _person(said: str) -> int:
    found = engine().ask(directory.one_person, said, now())
    if found is None:
        raise InvalidForm([Problem("to", "unknown", "Expected one person, but found none.")])
    return found
