"""Statements on saved searches, samples, working papers and exports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from hr.audit.tables import AuditExport, AuditPaper, AuditSample, AuditSearch
from hr.statements import Row, add, add_one, first, rows


def searches(connection: Connection, person_id: int) -> list[Row]:
    """Read a person's saved searches, by name."""
    own = select(*AuditSearch.__table__.c).where(AuditSearch.person_id == person_id)
    return rows(connection, own.order_by(AuditSearch.name))


def save_search(connection: Connection, person_id: int, name: str, query: str) -> int:
    """Keep a search under a name; an older one of that name is replaced."""
    drop_search_named(connection, person_id, name)
    return add_one(connection, AuditSearch, {"person_id": person_id, "name": name, "query": query})


def drop_search_named(connection: Connection, person_id: int, name: str) -> bool:
    """Forget a person's search; tell whether there was one."""
    own = delete(AuditSearch).where(AuditSearch.person_id == person_id, AuditSearch.name == name)
    return bool(connection.execute(own).rowcount)


def samples(connection: Connection, after: int | None, limit: int) -> list[Row]:
    """Read samples, newest first, with how many papers are written."""
    written = (
        select(func.count())
        .where(AuditPaper.sample_id == AuditSample.id, AuditPaper.conclusion != "")
        .scalar_subquery()
    )
    found = select(*AuditSample.__table__.c, written.label("written"))
    if after is not None:
        found = found.where(AuditSample.id < after)
    return rows(connection, found.order_by(AuditSample.id.desc()).limit(limit))


def sample(connection: Connection, sample_id: int) -> Row | None:
    """Read one sample."""
    return first(connection, select(*AuditSample.__table__.c).where(AuditSample.id == sample_id))


def papers(connection: Connection, sample_id: int) -> list[Row]:
    """Read the working papers of a sample, in the order in which its cases were drawn."""
    found = select(*AuditPaper.__table__.c).where(AuditPaper.sample_id == sample_id)
    return rows(connection, found.order_by(AuditPaper.place))


def paper(connection: Connection, sample_id: int, place: int) -> Row | None:
    """Read one working paper."""
    one = select(*AuditPaper.__table__.c).where(
        AuditPaper.sample_id == sample_id, AuditPaper.place == place
    )
    return first(connection, one)


def add_sample(
    connection: Connection, new: Mapping[str, Any], cases: Iterable[tuple[int, str]]
) -> int:
    """Write a sample and an empty paper for each of its cases."""
    sample_id = add_one(connection, AuditSample, new)
    empty = [
        {
            "sample_id": sample_id,
            "place": place,
            "instance_id": instance_id,
            "case_no": case_no,
            "note": "",
            "conclusion": "",
        }
        for place, (instance_id, case_no) in enumerate(cases, start=1)
    ]
    add(connection, AuditPaper, empty)
    return sample_id


def write_paper(
    connection: Connection, sample_id: int, place: int, written: Mapping[str, Any]
) -> None:
    """Write note and conclusion of a paper."""
    connection.execute(
        update(AuditPaper)
        .where(AuditPaper.sample_id == sample_id, AuditPaper.place == place)
        .values(**written)
    )


def exports(connection: Connection, person_id: int, limit: int) -> list[Row]:
    """Read the newest exports that a person asked for."""
    own = select(*AuditExport.__table__.c).where(AuditExport.person_id == person_id)
    return rows(connection, own.order_by(AuditExport.id.desc()).limit(limit))


def export(connection: Connection, export_id: int) -> Row | None:
    """Read one export."""
    return first(connection, select(*AuditExport.__table__.c).where(AuditExport.id == export_id))


def add_export(connection: Connection, new: Mapping[str, Any]) -> int:
    """Write an export that was asked for."""
    return add_one(connection, AuditExport, new)


def count_asked(connection: Connection, person_id: int, since: datetime) -> int:
    """Count the exports that a person asked for since a moment."""
    asked = select(func.count()).where(
        AuditExport.person_id == person_id, AuditExport.asked_at >= since
    )
    return connection.scalar(asked) or 0


def change_export(connection: Connection, export_id: int, changed: Mapping[str, Any]) -> None:
    """Write how far an export is."""
    connection.execute(update(AuditExport).where(AuditExport.id == export_id).values(**changed))
