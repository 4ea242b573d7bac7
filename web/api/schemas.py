"""What the answers of the API look like.  What a form asks for stands in its task."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields


def number(words: str = "", **more: Any) -> fields.Integer:
    """Declare an id or a count."""
    return fields.Integer(required=True, metadata={"description": words} if words else {}, **more)


def text(words: str = "", **more: Any) -> fields.String:
    """Declare a text."""
    return fields.String(required=True, metadata={"description": words} if words else {}, **more)


def moment(words: str = "", **more: Any) -> fields.DateTime:
    """Declare a moment (ISO 8601, UTC)."""
    said = {"description": words} if words else {}
    return fields.DateTime(required=True, metadata=said, **more)


def flag() -> fields.Boolean:
    """Declare yes or no."""
    return fields.Boolean(required=True)


MAYBE: dict[str, Any] = {"allow_none": True}
_PERSON = "Number of a person (see /people)."


class ErrorSchema(ma.Schema):
    """One thing wrong in what was sent."""

    path = text("The field, as keys and list indexes joined by dots.")
    code = text("A stable code, such as `required`.")
    message = text("In words.")


class ProblemSchema(ma.Schema):
    """A problem (RFC 9457); `title` is in the language of `Accept-Language`."""

    type = text()
    title = text()
    status = number()
    detail = text("For those who script; English.")
    reason = fields.String(metadata={"description": "A stable code, such as `OWN_CASE`."})
    reference = fields.String(metadata={"description": "What the log has it under."})
    errors = fields.List(fields.Nested(ErrorSchema))


class TaskRowSchema(ma.Schema):
    """A task as lists have it."""

    id = number()
    title = text()
    case_title = text()
    case_no = text()
    process_key = text()
    process_name = text()
    element_id = text()
    lane = text("The role that does it, such as EMP or RTR.")
    instance_id = number()
    period = text()
    scope_path = text("Path of the unit.")
    subject_id = number("Number of the person whom the case is about.", **MAYBE)
    assignee_id = number(_PERSON, **MAYBE)
    candidate_group = text("The group it is offered to.", **MAYBE)
    owner_id = number("Who decides, where the assignee was only asked to look.", **MAYBE)
    on_behalf_of = number("Who is away, where you stand in for somebody.", **MAYBE)
    created_at = moment()
    due_at = moment(**MAYBE)
    overdue_days = number("Calendar days, 0 where it is not overdue.")
    claimed_at = moment(**MAYBE)
    ended_at = moment(**MAYBE)
    suspended = flag()
    has_draft = flag()


class HeldSchema(ma.Schema):
    """An open step of a case and who has it; of an anonymous one, nobody."""

    task_id = number(**MAYBE)
    element_id = text()
    element_name = text()
    assignee_id = number(_PERSON, **MAYBE)
    candidate_group = text(**MAYBE)
    due_at = moment(**MAYBE)
    anonymous = flag()


class SentSchema(ma.Schema):
    """Something you sent, and who has the case now."""

    task = fields.Nested(TaskRowSchema, required=True)
    now_with = fields.List(fields.Nested(HeldSchema), required=True)


class EvidenceSchema(ma.Schema):
    """An earlier answer that may be read at a task."""

    element_id = text()
    element_name = text()
    person_id = number(_PERSON, **MAYBE)
    at = moment(**MAYBE)
    answers = fields.Raw(required=True, metadata={"type": "object"})


class NextStepSchema(ma.Schema):
    """A step that people may have to do after this one."""

    element_id = text()
    name = text()
    lane = text()
    anonymous = flag()


class TaskSchema(ma.Schema):
    """A task with everything that is needed to decide."""

    id = number()
    state = text(validate=ma.validate.OneOf(("CREATED", "COMPLETED", "CANCELLED")))
    title = text()
    element_id = text()
    element_name = text()
    documentation = text()
    lane = text()
    process_key = text()
    process_name = text()
    version = number()
    instance_id = number()
    case_no = text()
    case_title = text()
    period = text()
    scope_path = text()
    subject_id = number(**MAYBE)
    assignee_id = number(_PERSON, **MAYBE)
    candidate_group = text(**MAYBE)
    completed_by = number(_PERSON, **MAYBE)
    owner_id = number(**MAYBE)
    escalated_from = number(**MAYBE)
    created_at = moment()
    due_at = moment(**MAYBE)
    claimed_at = moment(**MAYBE)
    ended_at = moment(**MAYBE)
    suspended = flag()
    anonymous = flag()
    may_complete = flag()
    next_steps = fields.List(fields.Nested(NextStepSchema), required=True)
    evidence = fields.List(fields.Nested(EvidenceSchema), required=True)
    form = fields.Raw(
        required=True,
        allow_none=True,
        metadata={
            "type": "object",
            "description": "JSON Schema (2020-12) of the answers; null where nothing is asked.",
        },
    )
    begins_with = fields.Raw(
        required=True,
        metadata={"type": "object", "description": "What the form holds before anybody types."},
    )
    draft = fields.Raw(required=True, allow_none=True, metadata={"type": "object"})
    draft_saved_at = moment(**MAYBE)


class ReceiptSchema(ma.Schema):
    """What is in hand after a task was accepted."""

    task_id = number()
    instance_id = number()
    case_no = text()
    accepted_at = moment()
    parked = flag()
    repeated = flag()


class CommentSchema(ma.Schema):
    """Words beside a case."""

    person_id = number(_PERSON)
    at = moment()
    kind = text("SAID, BACK (why it came back), ASKED or LOOKED.")
    element_id = text()
    text = text()


class EarlierStepSchema(ma.Schema):
    """A step that a task may be sent back to."""

    element_id = text()
    name = text()
    person_id = number(_PERSON, **MAYBE)


class FileSchema(ma.Schema):
    """A kept file: the object that stands in the answers."""

    name = text()
    sha256 = text(validate=ma.validate.Regexp("^[0-9a-f]{64}$"))
    mime = text()
    size = number("Bytes.")


class StartedSchema(ma.Schema):
    """A case that was started."""

    instance_id = number()
    case_no = text()


class CaseRowSchema(ma.Schema):
    """A case (process instance) as lists have it."""

    id = number()
    case_no = text()
    title = text()
    process_key = text()
    process_name = text()
    state = text(validate=ma.validate.OneOf(("ACTIVE", "SUSPENDED", "COMPLETED", "CANCELLED")))
    period = text()
    subject_id = number(**MAYBE)
    scope_path = text()
    started_at = moment()
    ended_at = moment(**MAYBE)


class StepSchema(ma.Schema):
    """A user task of a case; of an anonymous step, neither person nor time."""

    element_id = text()
    name = text()
    state = text("DONE, CURRENT, FAILED or CANCELLED.")
    lane = text()
    at = moment(**MAYBE)
    person_id = number(_PERSON, **MAYBE)
    on_behalf_of = number(**MAYBE)
    candidate_group = text(**MAYBE)
    due_at = moment(**MAYBE)
    task_id = number(**MAYBE)
    anonymous = flag()
    count = number()


class CaseSchema(CaseRowSchema):
    """A case with its steps."""

    version = number()
    definition_sha256 = text()
    started_by = number(_PERSON, **MAYBE)
    steps = fields.List(fields.Nested(StepSchema), required=True)


class ChangeSchema(ma.Schema):
    """What an element of a case wrote, before and after."""

    at = moment()
    element_id = text(**MAYBE)
    element_name = text()
    person_id = number(_PERSON, **MAYBE)
    person_name = text()
    name = text()
    old = fields.Raw(required=True, allow_none=True)
    new = fields.Raw(required=True, allow_none=True)


class EventSchema(ma.Schema):
    """An event of a case's history, as it stands in the chain."""

    seq = number()
    at = moment()
    kind = text()
    person_id = number(_PERSON, **MAYBE)
    person_name = text()
    on_behalf_of = number(**MAYBE)
    element_id = text(**MAYBE)
    task_id = number(**MAYBE)
    outcome = text()
    reason = text()
    channel = text()
    detail = fields.Raw(required=True, metadata={"type": "object"})
    hash = text()


class DefinitionRowSchema(ma.Schema):
    """A version of a process."""

    key = text()
    version = number()
    name = text()
    code = text()
    sha256 = text()
    at = moment()


class DefinitionSchema(DefinitionRowSchema):
    """A version of a process with what is in it."""

    files = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    form_keys = fields.List(fields.String(), required=True)
    decisions = fields.List(fields.String(), required=True)
    elements = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class PersonSchema(ma.Schema):
    """A person as of today."""

    id = number()
    nip = text()
    name = text()
    post = text()
    post_kind = text()
    unit_name = text()
    unit_path = text()
    rank = text()
    kind = text()
    status = text()


class MessageSchema(ma.Schema):
    """A message that was published."""

    message_id = number()


class WebhookSchema(ma.Schema):
    """Where a program is told of what."""

    id = number()
    url = text()
    events = fields.List(fields.String(), required=True)
    made_at = moment()


class MadeWebhookSchema(ma.Schema):
    """A new webhook."""

    id = number()
    secret = text("What deliveries are signed with (Standard Webhooks); given only now.")


class DraftRowSchema(ma.Schema):
    """A draft of a process."""

    id = number()
    key = text()
    name = text()
    state = text("OPEN or SUBMITTED.")
    revision = number()
    sha256 = text()
    base_version = number(**MAYBE)
    created_by = number(_PERSON, **MAYBE)
    created_at = moment()
    changed_by = number(_PERSON, **MAYBE)
    changed_at = moment()


class DraftFileSchema(ma.Schema):
    """A file of a draft."""

    path = text()
    sha256 = text()
    size = number("Bytes.")


class DraftSchema(DraftRowSchema):
    """A draft with its files."""

    files = fields.List(fields.Nested(DraftFileSchema), required=True)
    authors = fields.List(fields.Integer(), required=True)


class DraftSavedSchema(ma.Schema):
    """Where a draft stands after a change."""

    draft_id = number()
    revision = number()
    files = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class FaultSchema(ma.Schema):
    """What is wrong in a row of a file."""

    number = number("Of the row in the file.")
    column = text()
    code = text()
    message = text()


class ImportSchema(ma.Schema):
    """What a file would do, or did."""

    rows = number()
    added = number()
    changed = number()
    ended = number()
    known = number("Rows that change nothing.")
    wrong = number("Faults; with any, nothing is taken in.")
    faults = fields.List(fields.Nested(FaultSchema), required=True)
    done = flag()


class RecordsSchema(ma.Schema):
    """The newest rows of a kind that are recorded about somebody."""

    kind = text()
    total = number()
    rows = fields.List(fields.Raw(metadata={"type": "object"}), required=True)
