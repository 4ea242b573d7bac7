"""Statements on candidates and promotions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from hr.career.tables import Promotion, PromotionCandidate
from hr.statements import Row, add, add_one, first, rows

ELIGIBLE, NOT_ELIGIBLE, RUNNING = "ELIGIBLE", "NOT_ELIGIBLE", "RUNNING"
OPENED, REFUSED, CLOSED, DECREED, APPLIED = "OPENED", "REFUSED", "CLOSED", "DECREED", "APPLIED"
STATES = (ELIGIBLE, OPENED, DECREED, APPLIED, RUNNING, NOT_ELIGIBLE, REFUSED, CLOSED)


def listed(connection: Connection, ids: Collection[int], tmt: date) -> set[int]:
    """Read who of these persons is listed for a month already."""
    found = select(PromotionCandidate.person_id).where(
        PromotionCandidate.person_id.in_(ids), PromotionCandidate.tmt == tmt
    )
    return set(connection.execute(found).scalars())


def begun(connection: Connection, ids: Collection[int], tmt: date) -> dict[int, int]:
    """Read who of these persons has a case for an earlier month without an outcome: by case."""
    found = select(PromotionCandidate.instance_id, PromotionCandidate.person_id).where(
        PromotionCandidate.person_id.in_(ids),
        PromotionCandidate.tmt < tmt,
        PromotionCandidate.state.in_((OPENED, DECREED)),
        PromotionCandidate.instance_id.is_not(None),
    )
    return {row.instance_id: row.person_id for row in connection.execute(found)}


def newest(connection: Connection, ids: Collection[int], tmt: date) -> dict[int, Row]:
    """Read the last thing that was found about each of these persons before a month."""
    last = (
        select(PromotionCandidate.person_id, func.max(PromotionCandidate.tmt).label("tmt"))
        .where(PromotionCandidate.person_id.in_(ids), PromotionCandidate.tmt < tmt)
        .group_by(PromotionCandidate.person_id)
        .subquery()
    )
    found = select(
        PromotionCandidate.person_id, PromotionCandidate.code, PromotionCandidate.eligible_on
    ).join(
        last,
        (last.c.person_id == PromotionCandidate.person_id) & (last.c.tmt == PromotionCandidate.tmt),
    )
    return {row["person_id"]: row for row in rows(connection, found)}


def add_candidates(connection: Connection, new: Iterable[Mapping[str, Any]]) -> None:
    """Write what was found about many persons."""
    add(connection, PromotionCandidate, new)


def candidate(connection: Connection, person_id: int, tmt: date) -> Row | None:
    """Read what was found about a person for a month."""
    found = select(*PromotionCandidate.__table__.c).where(
        PromotionCandidate.person_id == person_id, PromotionCandidate.tmt == tmt
    )
    return first(connection, found)


def set_candidate(connection: Connection, person_id: int, tmt: date, **values: Any) -> None:
    """Write what became of a candidate; a case that was started by hand makes its own row."""
    table = PromotionCandidate
    one = update(table).where(table.person_id == person_id, table.tmt == tmt)
    if not connection.execute(one.values(**values)).rowcount:
        blank = {
            "promotion_type": "",
            "rank_old": "",
            "rank_new": "",
            "code": "",
            "eligible_on": None,
            "reason": "",
            "definition_id": None,
            "instance_id": None,
            "found_at": values["changed_at"],
        }
        add_one(connection, table, {**blank, "person_id": person_id, "tmt": tmt, **values})


def page(
    connection: Connection, tmt: date, states: Collection[str], after: int, limit: int
) -> list[Row]:
    """Read a page of a month's list, by number."""
    found = select(*PromotionCandidate.__table__.c).where(
        PromotionCandidate.tmt == tmt,
        PromotionCandidate.state.in_(states),
        PromotionCandidate.id > after,
    )
    return rows(connection, found.order_by(PromotionCandidate.id).limit(limit))


def cases_of(connection: Connection, ids: Collection[int]) -> list[Row]:
    """Read the cases of these persons, those for the latest month first."""
    found = select(PromotionCandidate.person_id, PromotionCandidate.instance_id).where(
        PromotionCandidate.person_id.in_(ids), PromotionCandidate.instance_id.is_not(None)
    )
    return rows(connection, found.order_by(PromotionCandidate.tmt.desc()))


def months(connection: Connection, limit: int) -> list[date]:
    """Read the months that have a list, the latest first."""
    found = select(PromotionCandidate.tmt).distinct().order_by(PromotionCandidate.tmt.desc())
    return list(connection.scalars(found.limit(limit)))


def counts(connection: Connection, tmt: date) -> dict[tuple[str, str], int]:
    """Count a month's list by state and code."""
    table = PromotionCandidate
    found = select(table.state, table.code, func.count().label("people")).where(table.tmt == tmt)
    counted = rows(connection, found.group_by(table.state, table.code))
    return {(row["state"], row["code"]): row["people"] for row in counted}


def promotion_of(connection: Connection, instance_id: int) -> Row | None:
    """Read the promotion that a case decreed."""
    found = select(*Promotion.__table__.c).where(Promotion.instance_id == instance_id)
    return first(connection, found)


def decreed(connection: Connection, decree_no: str, code: str) -> Row | None:
    """Read the promotion of a decree by its number and its code, both as printed."""
    found = select(*Promotion.__table__.c).where(
        Promotion.decree_no == decree_no, Promotion.code == code
    )
    return first(connection, found)


def promotions(connection: Connection, person_id: int) -> list[Row]:
    """Read the promotions of a person, the newest first."""
    found = select(*Promotion.__table__.c).where(Promotion.person_id == person_id)
    return rows(connection, found.order_by(Promotion.tmt.desc()))


def add_promotion(connection: Connection, row: Mapping[str, Any]) -> int:
    """Write a promotion by decree."""
    return add_one(connection, Promotion, row)


def set_applied(connection: Connection, number: int, now: datetime) -> None:
    """Note that a promotion has taken effect."""
    connection.execute(update(Promotion).where(Promotion.id == number).values(applied_at=now))
