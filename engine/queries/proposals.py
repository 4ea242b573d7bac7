"""What is proposed about versions, what became of it, and which batches of cases went over."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from engine.errors import NotFound
from engine.store.base import table_of
from engine.store.proposal_tables import VersionProposal
from engine.store.tables import Definition, Instance, MigrationBatch, MigrationCase

_proposal = table_of(VersionProposal)
_definition = table_of(Definition)
_instance = table_of(Instance)
_batch = table_of(MigrationBatch)
_case = table_of(MigrationCase)
_from, _to = _definition.alias("of"), _definition.alias("to")


@dataclass(frozen=True)
class Proposal:
    """A proposal about a version; kind -- RETIRE or MIGRATE.

    state -- PROPOSED APPROVED REFUSED WITHDRAWN; instances -- None: every open case
    """

    id: int
    kind: str
    key: str
    name: str
    definition_id: int
    version: int
    to_id: int | None
    to_version: int | None
    rename: Mapping[str, str]
    retime: tuple[str, ...]
    instances: tuple[int, ...] | None
    reason: str
    state: str
    proposed_by: int | None
    proposed_at: datetime
    decided_by: int | None
    decided_at: datetime | None
    decision_reason: str
    batch_id: int | None


@dataclass(frozen=True)
class BatchRow:
    """Many cases that were to go over, or were tried out, as a list shows them."""

    id: int
    version: int
    to_version: int
    dry_run: bool
    asked_at: datetime
    cases: int


def waiting(connection: Connection) -> tuple[Proposal, ...]:
    """Give what waits for a second person, the oldest first."""
    asked = _rows().where(_proposal.c.state == "PROPOSED").order_by(_proposal.c.id)
    return tuple(_view(row) for row in connection.execute(asked))


def of_process(connection: Connection, key: str, limit: int = 20) -> tuple[Proposal, ...]:
    """Give what was proposed about a process, newest first."""
    asked = _rows().where(_proposal.c.key == key).order_by(_proposal.c.id.desc()).limit(limit)
    return tuple(_view(row) for row in connection.execute(asked))


def proposal(connection: Connection, proposal_id: int) -> Proposal:
    """Give one proposal; raises NotFound."""
    row = connection.execute(_rows().where(_proposal.c.id == proposal_id)).first()
    if row is None:
        raise NotFound("Expected a proposal of that number, but there is none.")
    return _view(row)


def batches(connection: Connection, key: str, limit: int = 20) -> tuple[BatchRow, ...]:
    """Give the batches of a process, newest first."""
    cases = (
        select(func.count())
        .where(_case.c.batch_id == _batch.c.id)
        .correlate(_batch)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            _batch.c.id,
            _from.c.version,
            _to.c.version.label("to_version"),
            _batch.c.dry_run,
            _batch.c.asked_at,
            cases.label("cases"),
        )
        .join(_from, _from.c.id == _batch.c.from_id)
        .join(_to, _to.c.id == _batch.c.to_id)
        .where(_from.c.key == key)
        .order_by(_batch.c.id.desc())
        .limit(limit)
    )
    return tuple(BatchRow(**row._mapping) for row in rows)


def open_cases(
    connection: Connection, definition_id: int, case_numbers: Collection[str]
) -> dict[str, int]:
    """Give the ids of open cases of a version by their numbers; what is none of them is missing."""
    rows = connection.execute(
        select(_instance.c.case_no, _instance.c.id).where(
            _instance.c.definition_id == definition_id,
            _instance.c.ended_at.is_(None),
            _instance.c.case_no.in_(list(case_numbers)),
        )
    )
    return {row.case_no: row.id for row in rows}


def case_numbers(connection: Connection, instances: Collection[int]) -> tuple[str, ...]:
    """Give the numbers of cases, in their order."""
    asked = select(_instance.c.case_no).where(_instance.c.id.in_(list(instances)))
    return tuple(connection.scalars(asked.order_by(_instance.c.id)))


def _rows() -> Any:
    return (
        select(
            _proposal,
            _from.c.name,
            _from.c.version,
            _to.c.version.label("to_version"),
        )
        .join(_from, _from.c.id == _proposal.c.definition_id)
        .outerjoin(_to, _to.c.id == _proposal.c.to_id)
    )


def _view(row: Any) -> Proposal:
    known = {name: getattr(row, name) for name in Proposal.__dataclass_fields__}
    named = json.loads(row.instances)
    known["rename"] = json.loads(row.rename)
    known["retime"] = tuple(json.loads(row.retime))
    known["instances"] = None if named is None else tuple(named)
    return Proposal(**known)
