"""Publishing a draft: sent for approval by a designer, decided by a case, a version at its time.

The case is one of `PROCESS_CHANGE` (P20).  Its service tasks give the commands of its end; whoever
approved is read from its tasks, and whoever changed the draft is none of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.bpmn import key_of
from engine.commands.context import Command, Context
from engine.commands.deployments import Deploy, Deployed, require_sound
from engine.commands.dry_runs import require_green
from engine.commands.instances import start_cases
from engine.commands.process_drafts import FileMoved, authorize, open_draft
from engine.contents import deployed
from engine.errors import InvalidState, NotAllowed, NotFound
from engine.history.drafting import DraftPublished, DraftReturned, DraftSubmitted
from engine.library import folder_hash
from engine.model import InstanceState, NewCase, Started, StreamKind, TaskState

PROCESS_CHANGE = "process_change"
"""The key of the process that decides about drafts."""
LANES = ("HRC", "ADM")
"""Whose approval a version takes: business, then technical."""
SHORTEST_REASON, LONGEST_REASON = 20, 2000


@dataclass(frozen=True, kw_only=True)
class SubmitDraft(Command[Started]):
    """Send a draft for approval: it is frozen, and a case of P20 begins.

    Refuses one with an error in it, and one whose scenarios did not all come out (`NoteStories`).
    sha256 -- of the draft as it was checked; effective_at -- when it is to be in force, None for
    at once
    """

    draft_id: int
    sha256: str
    reason: str
    effective_at: datetime | None = None

    def execute(self, ctx: Context) -> Started:
        authorize(ctx)
        draft = open_draft(ctx, self.draft_id)
        if draft.sha256 != self.sha256:
            raise FileMoved("the draft", draft.sha256, draft.changed_by, draft.changed_at)
        reason = self.reason.strip()
        if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
            raise InvalidState(
                f"Expected a reason of {SHORTEST_REASON} to {LONGEST_REASON} characters,"
                f" but it has {len(reason)}."
            )
        if self.effective_at is not None and self.effective_at <= ctx.now:
            raise InvalidState("Expected a moment in the future, but this one is over.")
        files = deployed(ctx.store.process_drafts.files(draft.id, draft.revision))
        require_sound(ctx, files)
        newest = ctx.store.definitions.latest(key_of(files) or draft.key)
        if newest and newest.sha256 == folder_hash(files) and not newest.retired:
            raise InvalidState("Expected a draft that changes something, but it changes nothing.")
        stories = require_green(ctx, draft)
        definition = ctx.library.latest(ctx.store, PROCESS_CHANGE)
        authors = ctx.store.process_drafts.authors(draft.id)
        ctx.store.process_drafts.update(draft.id, state="SUBMITTED")
        ctx.store.publications.create(
            draft_id=draft.id,
            revision=draft.revision,
            sha256=draft.sha256,
            state="SUBMITTED",
            reason=reason,
            stories=stories,
            effective_at=self.effective_at,
            submitted_by=ctx.actor.person_id,
            submitted_at=ctx.now,
            note="",
            approvers="[]",
        )
        case = NewCase(title=draft.name, variables={"draft_id": draft.id})
        started = start_cases(ctx, definition, [case], campaign=None)[0]
        event = DraftSubmitted(
            draft_id=draft.id,
            revision=draft.revision,
            sha256=draft.sha256,
            authors=authors,
            stories=stories,
            effective_at="" if self.effective_at is None else self.effective_at.isoformat(),
        )
        ctx.record(replace(event, reason=reason), (StreamKind.DEFINITION, draft.key))
        return started


@dataclass(frozen=True, kw_only=True)
class TakeUpDraft(Command[None]):
    """Say which case decides about a draft: the one that says so first."""

    draft_id: int
    instance_id: int

    def execute(self, ctx: Context) -> None:
        draft = ctx.store.process_drafts.lock(self.draft_id)
        sent = None if draft is None else ctx.store.publications.latest(draft.id)
        if sent is None or draft.state != "SUBMITTED" or sent.state != "SUBMITTED":
            raise InvalidState("Expected a draft that was sent for approval, but it was not.")
        if sent.instance_id not in (None, self.instance_id):
            raise InvalidState("Expected a draft that waits, but another case decides about it.")
        ctx.store.publications.update(sent.id, instance_id=self.instance_id)


@dataclass(frozen=True, kw_only=True)
class PublishDraft(Command[Deployed]):
    """Make the draft that a case has approved the newest version of its process."""

    instance_id: int

    def execute(self, ctx: Context) -> Deployed:
        sent, draft = _decided(ctx, self.instance_id)
        if draft.sha256 != sent.sha256:
            raise InvalidState("Expected the draft as it was approved, but it says otherwise now.")
        authors = {*ctx.store.process_drafts.authors(draft.id), sent.submitted_by}
        approvers = _approvers(ctx, self.instance_id)
        if len(set(approvers)) < len(LANES) or authors & set(approvers):
            raise NotAllowed(
                "Expected two persons who approved and changed nothing of it, but there are not.",
                reason="OWN_DRAFT",
            )
        files = deployed(ctx.store.process_drafts.files(draft.id, sent.revision))
        done = Deploy(files=files, reason=sent.reason).deploy(ctx)
        _end(ctx, sent, "PUBLISHED", definition_id=done.definition_id, approvers=approvers)
        ctx.store.process_drafts.update(draft.id, state="PUBLISHED")
        event = DraftPublished(
            draft_id=draft.id,
            version=done.version,
            sha256=done.sha256,
            authors=ctx.store.process_drafts.authors(draft.id),
            approvers=approvers,
        )
        ctx.record(replace(event, reason=sent.reason), (StreamKind.DEFINITION, done.key))
        return done


@dataclass(frozen=True, kw_only=True)
class ReturnDraft(Command[None]):
    """Open a draft again that a case has not approved, and say why."""

    instance_id: int
    reason: str

    def execute(self, ctx: Context) -> None:
        sent, draft = _decided(ctx, self.instance_id)
        _give_back(ctx, sent, draft, self.reason)


@dataclass(frozen=True, kw_only=True)
class ReopenDraft(Command[None]):
    """Open a draft again whose case has ended, or never began, without deciding about it."""

    draft_id: int

    def execute(self, ctx: Context) -> None:
        authorize(ctx)
        draft = ctx.store.process_drafts.lock(self.draft_id)
        sent = None if draft is None else ctx.store.publications.latest(draft.id)
        if sent is None or draft.state != "SUBMITTED":
            raise InvalidState("Expected a draft that waits for approval, but it does not.")
        case = None if sent.instance_id is None else ctx.store.instances.get(sent.instance_id)
        if case is not None and case.state in (InstanceState.ACTIVE, InstanceState.SUSPENDED):
            raise InvalidState("Expected a draft whose case has ended, but it goes on.")
        _give_back(ctx, sent, draft, "")


def _decided(ctx: Context, instance_id: int) -> tuple[Any, Any]:
    sent = ctx.store.publications.of_case(instance_id)
    if sent is None:
        raise NotFound("Expected a case that decides about a draft, but this one does not.")
    draft = ctx.store.process_drafts.lock(sent.draft_id)
    if sent.state != "SUBMITTED" or draft.state != "SUBMITTED":
        raise InvalidState(f"Expected a draft that waits for approval, but it is {draft.state}.")
    return sent, draft


def _approvers(ctx: Context, instance_id: int) -> tuple[int, ...]:
    """Name who did the newest task of each lane; the one being done is the actor's."""
    found: dict[str, int] = {}
    for _, task in sorted(ctx.store.tasks.lock_all(instance_id).items()):
        done = task.state == TaskState.COMPLETED
        person = task.completed_by if done else ctx.actor.person_id
        if task.lane in LANES and task.state != TaskState.CANCELLED and person is not None:
            found[task.lane] = person
    return tuple(found[lane] for lane in LANES if lane in found)


def _end(
    ctx: Context,
    sent: Any,
    state: str,
    *,
    note: str = "",
    definition_id: int | None = None,
    approvers: tuple[int, ...] = (),
) -> None:
    ctx.store.publications.update(
        sent.id,
        state=state,
        note=note,
        ended_at=ctx.now,
        definition_id=definition_id,
        approvers=json.dumps(approvers),
    )


def _give_back(ctx: Context, sent: Any, draft: Any, reason: str) -> None:
    _end(ctx, sent, "RETURNED", note=reason)
    ctx.store.process_drafts.update(draft.id, state="OPEN")
    event = DraftReturned(draft_id=draft.id)
    event = replace(event, reason=reason) if reason else event
    ctx.record(event, (StreamKind.DEFINITION, draft.key))
