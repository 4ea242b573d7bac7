"""Verbs of a change of a process (P20): take the draft up, give it back, publish it."""

from __future__ import annotations

from typing import Any

from engine import PublishDraft, ReturnDraft, TakeUpDraft
from engine.errors import ServiceTaskFailed
from engine.ports import Call
from engine.queries import definitions, process_drafts, publications
from hr.directory import queries as directory
from hr.evaluation.rules import number

_TOLD = ("DSN", "HRC", "HRO", "ADM", "AUD")


def take_up_draft(call: Call, draft: Any) -> dict[str, Any]:
    """Bind the case to the draft that was sent, and say what those who decide want to know."""
    draft_id = int(number(draft) or 0)
    call.execute(TakeUpDraft(draft_id=draft_id, instance_id=call.instance_id))
    sent = publications.of_draft(call.connection, draft_id)
    if sent is None:
        raise ServiceTaskFailed("Expected a draft that was sent for approval, but it was not.")
    row = process_drafts.draft(call.connection, draft_id).row
    running = definitions.versions(call.connection, row.key)
    names = directory.names(call.connection, sent.authors)
    return {
        "draft": row.id,
        "name": row.name,
        "key": row.key,
        "version": running[0].version if running else 0,
        "authors": list(sent.authors),
        "author_names": ", ".join(names.get(each, "?") for each in sent.authors),
        "reason": sent.reason,
        "stories": sent.stories,
        "later": sent.effective_at is not None,
        "effective_at": sent.effective_at,
        "sha256": row.sha256,
    }


def publish_draft(call: Call) -> dict[str, Any]:
    """Make the approved draft a version; fails where an author approved it."""
    done = call.execute(PublishDraft(instance_id=call.instance_id))
    return {
        "key": done.key,
        "version": done.version,
        "sha256": done.sha256,
        "concerned": _concerned(call),
    }


def _concerned(call: Call) -> list[int]:
    """Name who is told of a new version: whoever wrote, approves, explains, runs or audits it."""
    sent = publications.of_case(call.connection, call.instance_id)
    told = set() if sent is None else {*sent.authors, *sent.approvers}
    for role in _TOLD:
        told |= set(directory.holders_of_role(call.connection, role, call.now))
    return sorted(told)


def return_draft(call: Call, reason: Any) -> bool:
    """Open the draft again, with the reason."""
    call.execute(ReturnDraft(instance_id=call.instance_id, reason=str(reason or "")))
    return True
