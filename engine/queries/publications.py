"""Drafts that were sent for approval: what became of them, and who may not decide about them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Exists, exists, func, or_, select

from engine.store import Store
from engine.store.base import table_of
from engine.store.studio_tables import ProcessDraftRevision, ProcessPublication
from engine.store.tables import Definition, Instance

_definition = table_of(Definition)
_publication = table_of(ProcessPublication)
_revision = table_of(ProcessDraftRevision)
_instance = table_of(Instance)

PROCESS_CHANGE = "process_change"


@dataclass(frozen=True)
class Publication:
    """A draft sent for approval; note -- why it was returned; stories -- scenarios passed."""

    id: int
    draft_id: int
    revision: int
    state: str
    reason: str
    stories: int
    effective_at: datetime | None
    submitted_by: int | None
    submitted_at: datetime
    instance_id: int | None
    ended_at: datetime | None
    note: str
    approvers: tuple[int, ...]
    definition_id: int | None
    authors: tuple[int, ...]


def of_draft(connection: Connection, draft_id: int) -> Publication | None:
    """Give what became of a draft when it was sent last."""
    row = Store(connection).publications.latest(draft_id)
    return None if row is None else _view(connection, row)


def of_case(connection: Connection, instance_id: int) -> Publication | None:
    """Give the publication that a case decides."""
    row = Store(connection).publications.of_case(instance_id)
    return None if row is None else _view(connection, row)


def of_version(connection: Connection, definition_id: int) -> Publication | None:
    """Give the publication by which a version came; None where it was deployed otherwise."""
    row = Store(connection).publications.of_version(definition_id)
    return None if row is None else _view(connection, row)


def of_process(connection: Connection, key: str) -> dict[int, Publication]:
    """Give the publications by which versions of a process came, by the version's id."""
    asked = select(_publication).join(_definition, _definition.c.id == _publication.c.definition_id)
    rows = connection.execute(asked.where(_definition.c.key == key).order_by(_publication.c.id))
    return {row.definition_id: _view(connection, row) for row in rows}


def is_stuck(connection: Connection, sent: Publication) -> bool:
    """Tell whether a draft waits for a case that has ended, or never took it up."""
    if sent.state != "SUBMITTED" or sent.instance_id is None:
        return sent.state == "SUBMITTED"
    case = Store(connection).instances.get(sent.instance_id)
    return case is None or case.state in ("COMPLETED", "CANCELLED")


def authors_of_case(connection: Connection, instance_id: int) -> frozenset[int]:
    """Name who must not decide in a case about a draft: everybody who changed or sent it."""
    found = of_case(connection, instance_id)
    if found is None:
        return frozenset()
    return frozenset(each for each in (*found.authors, found.submitted_by) if each is not None)


def decides_on_own(instance_id: Any, person_id: int) -> Exists:
    """Give the condition that a case decides now about a draft which somebody changed or sent.

    instance_id -- the column of the case; looked up for each case by index
    """
    changed = exists().where(
        _revision.c.draft_id == _publication.c.draft_id, _revision.c.person_id == person_id
    )
    return exists().where(
        _publication.c.instance_id == instance_id,
        _publication.c.state == "SUBMITTED",
        or_(_publication.c.submitted_by == person_id, changed),
    )


def running(connection: Connection, key: str) -> dict[int, int]:
    """Count the cases that run on each version of a process: version -> cases, none left out."""
    rows = connection.execute(
        select(_definition.c.version, func.count(_instance.c.id).label("cases"))
        .select_from(
            _definition.outerjoin(
                _instance,
                (_instance.c.definition_id == _definition.c.id)
                & _instance.c.state.not_in(("COMPLETED", "CANCELLED")),
            )
        )
        .where(_definition.c.key == key)
        .group_by(_definition.c.version)
    )
    return {row.version: row.cases for row in rows}


def _view(connection: Connection, row: Any) -> Publication:
    known = {
        name: getattr(row, name) for name in Publication.__dataclass_fields__ if name in row._fields
    }
    known["approvers"] = tuple(json.loads(row.approvers))
    authors = Store(connection).process_drafts.authors(row.draft_id)
    return Publication(**known, authors=authors)
