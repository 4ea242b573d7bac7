"""What an auditor has written, and how far his exports are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.errors import NotFound
from hr.audit import store


@dataclass(frozen=True)
class SearchRow:
    name: str
    query: str


@dataclass(frozen=True)
class SampleRow:
    """A sample; `written` is how many of its papers have a conclusion."""

    id: int
    process_key: str
    period: str
    seed: str
    size: int
    population: int
    until: int
    drawn_by: int
    drawn_at: datetime
    written: int


@dataclass(frozen=True)
class Paper:
    """The working paper of a case; an empty conclusion is none yet."""

    sample_id: int
    place: int
    instance_id: int
    case_no: str
    note: str
    conclusion: str
    written_by: int | None
    written_at: datetime | None


@dataclass(frozen=True)
class ExportRow:
    """An export: ASKED, DONE or FAILED; `done` of `total` cases are written."""

    id: int
    person_id: int
    form: str
    filter: str
    anonymous: bool
    state: str
    asked_at: datetime
    ended_at: datetime | None
    done: int
    total: int
    rows: int
    sha256: str


def searches(connection: Connection, person_id: int) -> tuple[SearchRow, ...]:
    """List the searches that somebody saved."""
    return tuple(
        SearchRow(row["name"], row["query"]) for row in store.searches(connection, person_id)
    )


def samples(connection: Connection, *, limit: int = 50) -> tuple[SampleRow, ...]:
    """List the newest samples of all auditors."""
    return tuple(SampleRow(**row) for row in store.samples(connection, None, limit))


def sample(connection: Connection, sample_id: int) -> tuple[SampleRow, tuple[Paper, ...]]:
    """Give a sample and its working papers, in the order in which its cases were drawn."""
    row = store.sample(connection, sample_id)
    if row is None:
        raise NotFound(f"Expected a sample {sample_id}, but there is none.")
    papers = tuple(_paper(each) for each in store.papers(connection, sample_id))
    return SampleRow(**row, written=sum(1 for each in papers if each.conclusion)), papers


def exports(connection: Connection, person_id: int, *, limit: int = 25) -> tuple[ExportRow, ...]:
    """List the newest exports that somebody asked for."""
    return tuple(ExportRow(**row) for row in store.exports(connection, person_id, limit))


def export(connection: Connection, export_id: int) -> ExportRow:
    """Give one export."""
    row = store.export(connection, export_id)
    if row is None:
        raise NotFound(f"Expected an export {export_id}, but there is none.")
    return ExportRow(**row)


def _paper(row: dict[str, Any]) -> Paper:
    return Paper(**row)
