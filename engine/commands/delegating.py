"""Asking somebody to look at a task, while oneself decides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from engine.commands import acting, offering
from engine.commands.case import Case
from engine.commands.context import Command, Context
from engine.errors import InvalidState, NotAllowed
from engine.history.handing import TaskGivenBack, TaskLent
from engine.model import Act, Actor
from engine.ports import Refused


@dataclass(frozen=True, kw_only=True)
class DelegateTask(Command[None]):
    """Ask somebody to look at my task and to say what he thinks; I decide."""

    task_id: int
    to_person_id: int
    question: str

    def execute(self, ctx: Context) -> None:
        case, task = acting.open_case_of(ctx, self.task_id)
        person = acting.person_of(ctx)
        allowed = acting.authorize(case, task, Act.DELEGATE)
        question = acting.said(self.question, "question")
        if task.owner_id is not None:
            raise InvalidState("Expected a task that nobody looks at, but somebody does.")
        owner = allowed.on_behalf_of or person
        if self.to_person_id in (person, owner):
            raise InvalidState("Expected somebody else to look, but it is the same person.")
        _require_possible(case, task, self.to_person_id)
        ctx.store.tasks.change(task.id, assignee_id=self.to_person_id, owner_id=owner)
        acting.comment(case, task, "ASKED", question)
        case.events.append(
            TaskLent(
                element_id=task.element_id,
                task_id=task.id,
                owner_id=owner,
                to=self.to_person_id,
                on_behalf_of=allowed.on_behalf_of,
                sealed={"question": question},
            )
        )
        acting.tell(case, "LENT", self.to_person_id, title=task.title)
        case.write_events()


def _require_possible(case: Case, task: Any, person: int) -> None:
    ctx = case.ctx
    asked = replace(offering.facts_of(task), assignee_id=person)
    answer = ctx.ports.people.may_act(
        ctx.connection, Actor(person_id=person), Act.OFFER, asked, ctx.now
    )
    if isinstance(answer, Refused):
        raise NotAllowed(answer.message, reason=answer.reason)


@dataclass(frozen=True, kw_only=True)
class GiveBackTask(Command[None]):
    """Say what I think of a task that I was asked to look at; it goes back to who decides."""

    task_id: int
    opinion: str

    def execute(self, ctx: Context) -> None:
        case, task = acting.open_case_of(ctx, self.task_id)
        acting.authorize(case, task, Act.SAVE_DRAFT)
        opinion = acting.said(self.opinion, "opinion")
        _end(case, task)
        acting.comment(case, task, "LOOKED", opinion)
        case.events.append(
            TaskGivenBack(
                element_id=task.element_id,
                task_id=task.id,
                owner_id=task.owner_id,
                old=task.assignee_id,
                sealed={"opinion": opinion},
            )
        )
        acting.tell(case, "LOOKED", task.owner_id, title=task.title)
        case.write_events()


@dataclass(frozen=True, kw_only=True)
class RecallTask(Command[None]):
    """Take back a task that I asked somebody to look at."""

    task_id: int

    def execute(self, ctx: Context) -> None:
        case, task = acting.open_case_of(ctx, self.task_id)
        if task.owner_id is None or task.owner_id != acting.person_of(ctx):
            raise NotAllowed("Expected a task of yours, but it is not.", reason="NOT_YOURS")
        acting.require_open(case, task)
        _end(case, task)
        case.events.append(
            TaskGivenBack(
                element_id=task.element_id,
                task_id=task.id,
                owner_id=task.owner_id,
                old=task.assignee_id,
            )
        )
        case.write_events()


def _end(case: Case, task: Any) -> None:
    if task.owner_id is None:
        raise InvalidState("Expected a task that somebody was asked to look at, but it is not one.")
    case.ctx.store.tasks.change(task.id, assignee_id=task.owner_id, owner_id=None)
