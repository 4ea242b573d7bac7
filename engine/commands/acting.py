"""What the acts around a task share: an open task that is nobody's secret, a person, a sentence."""

from __future__ import annotations

from typing import Any

from engine.commands import offering
from engine.commands.case import Case
from engine.commands.context import Context
from engine.commands.tasks import ANONYMOUS
from engine.errors import InvalidForm, InvalidState, NotAllowed, Problem
from engine.model import Act, TaskState
from engine.ports import Allowed, Told

MOST_LETTERS = 2000


def person_of(ctx: Context) -> int:
    """Give who acts; the platform itself does none of these things."""
    if ctx.actor.person_id is None:
        raise NotAllowed("Expected a person to do this, but nobody is named.")
    return ctx.actor.person_id


def open_case_of(ctx: Context, task_id: int) -> tuple[Case, Any]:
    """Lock an open task with its case; an anonymous one is not there for anybody."""
    case, task = Case.of_task(ctx, task_id)
    if task.anonymous:
        raise NotAllowed("Expected a task that is not anonymous, but it is.", reason=ANONYMOUS)
    return case, task


def require_open(case: Case, task: Any) -> None:
    """Raise InvalidState where the task is done, or its case has ended."""
    if task.state != TaskState.CREATED:
        raise InvalidState(f"Expected an open task, but task {task.id} is {task.state}.")
    case.require_active()


def authorize(case: Case, task: Any, act: Act) -> Allowed:
    """Ask the host whether the actor may do this with an open task."""
    allowed = case.ctx.authorize(act, offering.facts_of(task))
    require_open(case, task)
    return allowed


def said(text: str, path: str = "reason") -> str:
    """Give what was written, or raise InvalidForm where that is nothing or too much."""
    text = text.strip()
    if not text:
        raise InvalidForm([Problem(path, "required", "Expected some words, but there are none.")])
    if len(text) > MOST_LETTERS:
        message = f"Expected at most {MOST_LETTERS} letters, but there are {len(text)}."
        raise InvalidForm([Problem(path, "too_long", message, str(MOST_LETTERS))])
    return text


def comment(case: Case, task: Any, kind: str, text: str) -> None:
    """Keep words beside the case."""
    case.ctx.store.desk.comment(
        instance_id=case.id,
        task_id=task.id,
        person_id=person_of(case.ctx),
        at=case.ctx.now,
        kind=kind,
        text=text,
    )


def tell(case: Case, notice: str, *persons: int | None, **values: Any) -> None:
    """Let persons know, but never the one who acts."""
    ctx = case.ctx
    wanted = {one for one in persons if one is not None} - {ctx.actor.person_id}
    if ctx.ports.notices is None or not wanted:
        return
    told = [
        Told(
            person_id=one,
            notice=notice,
            process_key=case.row.process_key,
            instance_id=case.id,
            case_no=case.row.case_no or "",
            values=values,
        )
        for one in sorted(wanted)
    ]
    ctx.ports.notices.tell(ctx.connection, told, ctx.now)
