"""What people do with their tasks: claim, give back, assign, draft, complete."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.commands import offering
from engine.commands.bounding import moved_by_person
from engine.commands.case import Case
from engine.commands.context import Command, Context
from engine.commands.undoing import remember
from engine.errors import InvalidForm, InvalidState, NotAllowed, Problem
from engine.feel.values import Kept, normalize, to_json
from engine.forms import check_answers, files_among
from engine.history.events import TaskAssigned, TaskClaimed, TaskCompleted, TaskUnclaimed
from engine.model import Act, Actor, Receipt, TaskFacts, TaskState
from engine.ports import Allowed, Refused

# How often a process may die over one submission before the answer is accepted without going on.
_CRASHES_BEFORE_PARKING = 2
ANONYMOUS = "ANONYMOUS"  # why a refusal must read as if there were no such task
LENT = "LENT"  # somebody was asked to look at a task and cannot decide it
_MOST_ANSWER_TEXT = 2_000_000


def _open(case: Case, task: Any, act: Act) -> Allowed:
    """Authorize an act on a task that is still open."""
    if task.anonymous and task.assignee_id != case.ctx.actor.person_id:
        # Before its state is looked at, and before any other reason to refuse: that there is such a
        # task, or that it was given just now, is nobody's business.
        raise NotAllowed("Expected a task of yours, but it is not.", reason=ANONYMOUS)
    allowed = case.ctx.authorize(act, offering.facts_of(task))
    if task.state != TaskState.CREATED:
        raise InvalidState(f"Expected an open task, but task {task.id} is {task.state}.")
    if act is Act.COMPLETE and task.owner_id is not None:
        raise NotAllowed("Expected to decide this, but you were asked to look.", reason=LENT)
    if act is Act.SAVE_DRAFT:  # what somebody has typed is kept while a case is suspended, too
        case.require_open()
    else:
        case.require_active()
    return allowed


def _person(ctx: Context) -> int:
    if ctx.actor.person_id is None:
        raise NotAllowed("Expected a person to do this, but nobody is named.")
    return ctx.actor.person_id


@dataclass(frozen=True, kw_only=True)
class ClaimTask(Command[None]):
    """Take a task that is offered to a group of mine."""

    task_id: int

    def execute(self, ctx: Context) -> None:
        case, task = Case.of_task(ctx, self.task_id)
        person = _person(ctx)
        allowed = _open(case, task, Act.CLAIM)
        if task.assignee_id == person:
            return
        if task.assignee_id is not None:
            raise InvalidState(f"Expected a free task, but task {task.id} is somebody else's.")
        offering.separate(case, task.element_id, person, allowed)
        ctx.store.tasks.change(task.id, assignee_id=person, claimed_at=ctx.now)
        event = TaskClaimed(
            element_id=task.element_id, task_id=task.id, on_behalf_of=allowed.on_behalf_of
        )
        case.events.append(event)
        case.write_events()


@dataclass(frozen=True, kw_only=True)
class UnclaimTask(Command[None]):
    """Give a claimed task back to its group."""

    task_id: int

    def execute(self, ctx: Context) -> None:
        case, task = Case.of_task(ctx, self.task_id)
        _open(case, task, Act.UNCLAIM)
        if task.candidate_group is None or task.assignee_id is None or task.owner_id is not None:
            raise InvalidState(
                f"Expected a claimed task of a group, but task {task.id} is not one."
            )
        ctx.store.tasks.change(task.id, assignee_id=None, claimed_at=None)
        case.events.append(TaskUnclaimed(element_id=task.element_id, task_id=task.id))
        case.write_events()


@dataclass(frozen=True, kw_only=True)
class AssignTask(Command[None]):
    """Give a task to somebody, for a reason."""

    task_id: int
    to_person_id: int
    reason: str

    def execute(self, ctx: Context) -> None:
        case, task = Case.of_task(ctx, self.task_id)
        allowed = _open(case, task, Act.ASSIGN)
        if not self.reason.strip():
            raise InvalidForm(
                [Problem("reason", "required", "Expected a reason, but none was given.")]
            )
        if task.anonymous:
            raise NotAllowed(
                "Expected a task that can change hands, but this one is anonymous.",
                reason=ANONYMOUS,
            )
        asked = TaskFacts(**{**offering.facts_of(task).__dict__, "assignee_id": self.to_person_id})
        answer = ctx.ports.people.may_act(
            ctx.connection, Actor(person_id=self.to_person_id), Act.OFFER, asked, ctx.now
        )
        if isinstance(answer, Refused):
            raise NotAllowed(answer.message, reason=answer.reason)
        offering.separate(case, task.element_id, self.to_person_id, answer)
        ctx.store.tasks.change(
            task.id, assignee_id=self.to_person_id, owner_id=None, claimed_at=None
        )
        for incident in ctx.store.jobs.open_incidents(case.id):
            if incident.kind == "NOBODY" and incident.token == task.token:
                case.resolve_incident(incident)
        case.events.append(
            TaskAssigned(
                element_id=task.element_id,
                task_id=task.id,
                old=task.assignee_id,
                new=self.to_person_id,
                reason=self.reason,
                on_behalf_of=allowed.on_behalf_of,
            )
        )
        case.write_events()


@dataclass(frozen=True, kw_only=True)
class SaveDraft(Command[datetime]):
    """Keep what I have typed so far; it never becomes process data by itself.

    spent -- seconds that the form was open and typed in since they were last told
    typed_at -- where it was typed earlier: what was kept since then stays, and its time is given
    """

    task_id: int
    answers: Mapping[str, Any]
    spent: tuple[int, int] = (0, 0)
    typed_at: datetime | None = None

    def execute(self, ctx: Context) -> datetime:
        case, task = Case.of_task(ctx, self.task_id)
        person = _person(ctx)
        _open(case, task, Act.SAVE_DRAFT)
        if self.typed_at is not None:
            kept_at = ctx.store.tasks.draft_kept_at(task.id, person)
            if kept_at is not None and kept_at > self.typed_at:
                return kept_at
        try:
            text = to_json(normalize(dict(self.answers)))
        except ValueError as error:
            raise InvalidForm([Problem("", "invalid", str(error))]) from error
        if len(text) > _MOST_ANSWER_TEXT:
            raise InvalidForm(
                [Problem("", "too_long", "Expected a shorter draft, but it is over 2 MB.")]
            )
        ctx.store.tasks.save_draft(task.id, person, text, ctx.now)
        _note_time(ctx, task.id, person, self.spent)
        return ctx.now


@dataclass(frozen=True, kw_only=True)
class CompleteTask(Command[Receipt]):
    """Finish a user task with what its form asked for, and let the case move on.

    request_key -- made by the form's page; the same key is accepted once, however often it is sent
    spent -- as of SaveDraft
    """

    task_id: int
    answers: Mapping[str, Any]
    request_key: str
    spent: tuple[int, int] = (0, 0)

    @property
    def attempt_key(self) -> str | None:
        """Give the same text for the same submission, and nothing that could be read back."""
        return self._digest()

    def _digest(self) -> str:
        # Half of it tells submissions apart as surely, and stands in every row.
        return hashlib.sha256(f"{self.task_id}|{self.request_key}".encode()).hexdigest()[:32]

    def execute(self, ctx: Context) -> Receipt:
        case, task = Case.of_task(ctx, self.task_id)
        if task.state == TaskState.COMPLETED and task.request_digest == self._digest():
            return _receipt(case, task.id, parked=task.parked, at=task.ended_at, repeated=True)
        allowed = _open(case, task, Act.COMPLETE)
        person = _person(ctx)
        offering.separate(case, task.element_id, person, allowed)
        if task.anonymous:  # nothing that runs or is written from here on may know the person
            ctx.actor = Actor()
        run = case.load()
        checked = self._checked(case, run, task)
        _keep_files(ctx, checked)
        answers = _kept(checked)
        run.complete(task.token, answers)
        run.advance(hold=ctx.crashes >= _CRASHES_BEFORE_PARKING)
        case.finished_task = task.id
        if not task.anonymous:
            case.events.append(_completed(case, task, answers, allowed))
        moved_by_person(case)
        parked = case.settle(run)
        self._finish(case, task, person, allowed, parked)
        case.write_events()
        remember(case, task, run)
        return _receipt(case, task.id, parked=parked, at=ctx.now)

    def _checked(self, case: Case, run: Any, task: Any) -> dict[str, Any]:
        form = case.definition.form_of(task.element_id)
        if form is None:
            return {}
        context = run.context_of(task.token)
        local = case.ctx.now.astimezone(case.ctx.ports.zone)
        return check_answers(form, self.answers, context=context, now=local)

    def _finish(self, case: Case, task: Any, person: int, allowed: Allowed, parked: bool) -> None:
        ctx = case.ctx
        columns: dict[str, Any] = {
            "state": TaskState.COMPLETED,
            "request_digest": self._digest(),
            "parked": parked,
            "next_step_at": None,
        }
        if task.anonymous:
            offering.forget_person(ctx, task)
        else:
            columns |= {
                "completed_by": person,
                "on_behalf_of": allowed.on_behalf_of,
                "assignee_id": person,
                "ended_at": ctx.now,
            }
        ctx.store.tasks.change(task.id, **columns)
        ctx.store.tasks.drop_drafts([task.id])
        _note_time(ctx, task.id, 0 if task.anonymous else person, self.spent)


def _note_time(ctx: Context, task_id: int, person: int, spent: tuple[int, int]) -> None:
    if spent[0] > 0:
        ctx.store.desk.add_time(task_id, person, *spent)


def _kept(answers: dict[str, Any]) -> Kept:
    try:
        return Kept.of(answers)
    except ValueError as problem:
        raise InvalidState(f"Expected answers that can be kept, but {problem}") from problem


def _keep_files(ctx: Context, answers: Mapping[str, Any]) -> None:
    # Before the commit: a file kept for an answer that failed is waste, one swept would be lost.
    if ctx.ports.files is not None:
        for sha256 in files_among(answers):
            ctx.ports.files.keep(sha256)


def _completed(case: Case, task: Any, answers: Kept, allowed: Allowed) -> TaskCompleted:
    model = case.definition.compiled.user_tasks[task.element_id]
    return TaskCompleted(
        element_id=task.element_id,
        task_id=task.id,
        definition_id=case.definition.id,
        on_behalf_of=allowed.on_behalf_of,
        form_key=model.form,
        form_sha256=case.definition.form_hashes.get(model.form or ""),
        result=model.result,
        sealed={"answers": answers},
    )


def _receipt(
    case: Case, task_id: int, *, parked: bool, at: datetime | None, repeated: bool = False
) -> Receipt:
    return Receipt(
        task_id=task_id,
        instance_id=case.id,
        case_no=case.row.case_no or "",
        accepted_at=at or case.ctx.now,
        parked=parked,
        repeated=repeated,
    )
