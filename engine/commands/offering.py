"""Who gets a task: resolve its people, respect separation of duties, and set its dates."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.bpmn import WaitingTask
from engine.commands.context import Context
from engine.errors import Busy, NotAllowed
from engine.feel.values import to_json
from engine.model import END_OF_TIME, Act, Actor, TaskFacts
from engine.ports import Allowed, Holder, Refused
from engine.store.database import savepoint

if TYPE_CHECKING:
    from engine.commands.case import Case


@dataclass(frozen=True)
class Offer:
    """A task row to be written; `nobody` says why no one could be found, where that is so."""

    columns: dict[str, Any]
    nobody: str | None = None


def offer_all(ctx: Context, waiting: Sequence[tuple[Case, WaitingTask]]) -> list[Offer]:
    """Decide whom waiting tokens' tasks are for, and give their rows, in order."""
    if len(waiting) < 2:
        return [_offer(case, one) for case, one in waiting]
    try:
        with savepoint(ctx.connection):
            found = _people(ctx, waiting)
            return [
                _row(case, one, *_until_allowed(case, one, holder, first), *_first_step(case, one))
                for (case, one), (holder, first) in zip(waiting, found, strict=True)
            ]
    except Busy:
        raise
    except Exception:
        # One of them fails; which, and what becomes of it, is found one by one.
        return [_offer(case, one) for case, one in waiting]


def _offer(case: Case, waiting: WaitingTask) -> Offer:
    ctx = case.ctx
    step, next_at = 0, None
    try:
        # What led here was accepted: a host that cannot say who is next must not undo it.
        with savepoint(ctx.connection):
            ((holder, first),) = _people(ctx, [(case, waiting)])
            holder, nobody = _until_allowed(case, waiting, holder, first)
            step, next_at = _first_step(case, waiting)
    except Busy:
        raise
    except Exception as error:
        kind = type(error).__name__
        holder, nobody = Holder(), f"Expected to find who this task is for, but it failed ({kind})."
    return _row(case, waiting, holder, nobody, step, next_at)


def _row(
    case: Case,
    waiting: WaitingTask,
    holder: Holder,
    nobody: str | None,
    step: int,
    next_at: datetime | None,
) -> Offer:
    ctx, row = case.ctx, case.row
    model = case.definition.compiled.user_tasks[waiting.element_id]
    columns = {
        "instance_id": case.id,
        "definition_id": row.definition_id,
        "process_key": row.process_key,
        "element_id": waiting.element_id,
        "token": waiting.token,
        "state": "CREATED",
        "lane": waiting.lane or "",
        "title": waiting.title or model.name or waiting.element_id,
        "form_key": model.form,
        "assignee_id": holder.person_id,
        "candidate_group": holder.group,
        "due_at": waiting.due_at,
        "order_at": waiting.due_at or END_OF_TIME,
        "escalation": model.escalation,
        "escalation_step": step,
        "next_step_at": None if case.is_suspended else next_at,
        "suspended": case.is_suspended,
        "anonymous": model.anonymous,
        "pseudonym": waiting.pseudonym,
        "case_no": row.case_no or "",
        "subject_id": row.subject_id,
        "scope_path": row.scope_path,
        "period": row.period,
        "case_title": row.title,
        "created_at": ctx.now,
    }
    return Offer(columns, nobody)


def _first_step(case: Case, waiting: WaitingTask) -> tuple[int, datetime | None]:
    model = case.definition.compiled.user_tasks[waiting.element_id]
    return first_step(case, model.escalation, waiting.due_at)


def first_step(case: Case, policy: str, due_at: datetime | None) -> tuple[int, datetime | None]:
    """Give the first step that is still to come: a short task is not reminded at once."""
    steps = case.ctx.ports.escalations.get(policy, ())
    if due_at is None:
        return 0, None
    for number, step in enumerate(steps):
        at = step_at(case, due_at, step.days)
        if at > case.ctx.now:
            return number, at
    return len(steps), None


def step_at(case: Case, due_at: datetime, days: int) -> datetime:
    """Give when a step of a policy is due: working days before or after the due date."""
    calendar, subject = case.ctx.ports.calendar, case.row.subject_id
    if days == 0:
        return due_at
    return calendar.add_working_days(case.ctx.connection, due_at, days, subject)


Named = tuple[Holder, str | None]
"""Who a task is meant for, and what speaks against him, or why nobody is meant."""


def _people(ctx: Context, waiting: Sequence[tuple[Case, WaitingTask]]) -> list[Named]:
    """Find whom tasks are meant for and whether they may have them, all that can be at once."""
    found: list[Named | None] = [_named(case, one) for case, one in waiting]
    roles: dict[str, list[int]] = {}
    for at, (_, one) in enumerate(waiting):
        if found[at] is None:
            roles.setdefault(one.candidate_group or one.lane or "", []).append(at)
    for role, places in roles.items():
        rows = [waiting[at][0].row for at in places]
        subjects = [(row.subject_id, row.scope_path) for row in rows]
        holders = ctx.ports.people.holders(ctx.connection, role, subjects, ctx.now)
        for at, holder in zip(places, holders, strict=True):
            found[at] = holder, None
    meant = [one for one in found if one is not None]
    asked = [
        (at, _facts(*waiting[at], holder))
        for at, (holder, _) in enumerate(meant)
        if holder.person_id is not None
    ]
    tasks = [facts for _, facts in asked]
    answers = ctx.ports.people.may_be_offered(ctx.connection, tasks, ctx.now) if tasks else ()
    for (at, facts), answer in zip(asked, answers, strict=True):
        meant[at] = meant[at][0], _objection(waiting[at][0], facts, answer)
    return meant


def _named(case: Case, waiting: WaitingTask) -> Named | None:
    """Give the person that the model or the calling case names; None where a role is to tell."""
    if waiting.assignee is not None:
        person = person_id(waiting.assignee)
        if person is None:
            # Its value may be what somebody answered, and incidents quote none: only its kind.
            kind = type(waiting.assignee).__name__
            return Holder(), f"Expected the assignee to be a person, but it is a {kind}."
        return Holder(person_id=person), None
    if waiting.candidate_group:
        return None
    inherited = _inherited(case, waiting.lane or "")
    return None if inherited is None else (inherited, None)


def _inherited(case: Case, lane: str) -> Holder | None:
    """Give who had the lane in the case that called this one, where the call asks for them."""
    if not lane or case.row.root_id is None:
        return None
    calls = case.ctx.store.calls
    call = calls.of_child(case.id)
    if call is None or not call.inherits:
        return None
    person = calls.person_in_lane(call.parent_id, lane)
    return None if person is None else Holder(person_id=person)


def _until_allowed(
    case: Case, waiting: WaitingTask, holder: Holder, refused: str | None
) -> tuple[Holder, str | None]:
    """Pass over whoever may not have it for the next level, up to the top.

    refused -- what speaks against the first one, or why nobody is meant
    """
    ctx = case.ctx
    for _ in range(10):
        if holder.person_id is None:
            nobody = (
                None if holder.group else "Expected somebody to hold this task, but nobody does."
            )
            return holder, refused or nobody
        if refused is None:
            return holder, None
        upper = ctx.ports.people.next_level(ctx.connection, _facts(case, waiting, holder), ctx.now)
        if upper is None:
            return Holder(), refused
        holder, refused = upper, None
        if holder.person_id is not None:
            refused = _refusal(case, _facts(case, waiting, holder), holder.person_id)
    return Holder(), "Expected a next level to exist, but they go round in a circle."


def allowed_above(case: Case, asked: TaskFacts) -> Holder | None:
    """Give the next level of a task's policy that may have it; None where there is none."""
    ctx = case.ctx
    for _ in range(10):
        upper = ctx.ports.people.next_level(ctx.connection, asked, ctx.now)
        if upper is None or upper.person_id is None:
            return upper
        asked = replace(asked, assignee_id=upper.person_id, candidate_group=upper.group)
        if _refusal(case, asked, upper.person_id) is None:
            return upper
    return None


def _refusal(case: Case, asked: TaskFacts, person: int) -> str | None:
    ctx = case.ctx
    answer = ctx.ports.people.may_act(
        ctx.connection, Actor(person_id=person), Act.OFFER, asked, ctx.now
    )
    return _objection(case, asked, answer)


def _objection(case: Case, asked: TaskFacts, answer: Allowed | Refused) -> str | None:
    """Say what speaks against a task's assignee: the host, or what he did before."""
    if isinstance(answer, Refused):
        return answer.message
    assert asked.assignee_id is not None
    try:
        separate(case, asked.element_id, asked.assignee_id, answer)
    except NotAllowed as error:
        return error.message
    return None


def _facts(case: Case, waiting: WaitingTask, holder: Holder) -> TaskFacts:
    model = case.definition.compiled.user_tasks[waiting.element_id]
    return TaskFacts(
        task_id=0,
        instance_id=case.id,
        process_key=case.row.process_key,
        element_id=waiting.element_id,
        lane=waiting.lane or "",
        subject_id=case.row.subject_id,
        scope_path=case.row.scope_path,
        assignee_id=holder.person_id,
        candidate_group=holder.group,
        anonymous=model.anonymous,
    )


def facts_of(task: Any) -> TaskFacts:
    """Give what a host is told about a task's row."""
    return TaskFacts(
        task_id=task.id,
        instance_id=task.instance_id,
        process_key=task.process_key,
        element_id=task.element_id,
        lane=task.lane,
        subject_id=task.subject_id,
        scope_path=task.scope_path,
        assignee_id=task.assignee_id,
        candidate_group=task.candidate_group,
        anonymous=task.anonymous,
    )


def separate(case: Case, element_id: str, person: int, allowed: Allowed) -> None:
    """Refuse whoever did, himself or on another's behalf, what must be done by somebody else.

    It holds whichever of the two is done first: on branches beside each other, or when a step is
    done again, the one that names the other may be over already.
    """
    others = _apart(case, element_id)
    if not others:
        return
    persons = {person, allowed.on_behalf_of or person}
    if _did(case, _former_names(case, others), persons):
        raise NotAllowed(
            f"Expected another person than at {', '.join(others)}, but it is the same one.",
            reason="SAME_PERSON",
        )


def _apart(case: Case, element_id: str) -> list[str]:
    models = case.definition.compiled.user_tasks
    named = models[element_id].not_same_as
    naming = [key for key, model in models.items() if element_id in model.not_same_as]
    return [*named, *(key for key in naming if key not in named)]


def _former_names(case: Case, elements: Collection[str]) -> set[str]:
    """Add what elements were called in the versions that a case came from: done tasks keep that."""
    found = set(elements)
    if any(task.definition_id != case.row.definition_id for task in case.tasks.values()):
        for rename in reversed(case.ctx.store.migrations.renames(case.id)):
            found |= {old for old, new in rename.items() if new in found}
    return found


def _did(case: Case, elements: Collection[str], persons: set[int]) -> bool:
    done = [t for t in case.tasks.values() if t.element_id in elements and t.state == "COMPLETED"]
    if any(persons & {task.completed_by, task.on_behalf_of} for task in done):
        return True
    now_done = case.tasks.get(case.finished_task or 0)
    if now_done is not None and now_done.element_id in elements:
        return case.ctx.actor.person_id in persons
    root = case.row.root_id
    return root is not None and case.ctx.store.tasks.did_one_of(root, elements, persons)


def forget_person(ctx: Context, task: Any) -> None:
    """Take the person out of an anonymous task's row: only the unmask key can tell from now on."""
    who = to_json({"person": task.assignee_id, "task": task.id})
    ctx.store.desk.unname_time(task.id)
    ctx.store.tasks.change(
        task.id,
        masked_person=ctx.ports.vault.mask(who) if task.assignee_id is not None else None,
        assignee_id=None,
        escalated_from=None,
        completed_by=None,
        on_behalf_of=None,
        claimed_at=None,
        next_step_at=None,
        ended_at=ctx.now.replace(hour=0, minute=0, second=0, microsecond=0),
    )


def person_id(value: Any) -> int | None:
    """Read a person's id from a FEEL value: a number, or a context with `id`."""
    if isinstance(value, dict):
        value = value.get("id")
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
