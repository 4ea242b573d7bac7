"""What is asked about personal data: who looked, what a person is given of himself, what is due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from engine.errors import NotFound
from engine.model import Scope, StreamKind
from engine.queries import cases, history
from engine.queries.unmasking import masked_answer
from hr.dossier.queries import said
from hr.privacy import store
from hr.privacy.rules import CORRECTABLE, EVERYTHING, SERIES, Series

OPENED = "PERSON_OPENED"
_MOST = 400
_MOST_CASES = 500


@dataclass(frozen=True)
class Opening:
    """Somebody opened a person's records."""

    at: datetime
    person_id: int | None
    name: str
    reason: str


@dataclass(frozen=True)
class Hold:
    """What must not be erased; `person_id` None: of everybody."""

    id: int
    series: str
    person_id: int | None
    reason: str
    set_at: datetime


@dataclass(frozen=True)
class Due:
    """Of one series: rows that are kept longer than need be, and those that a hold keeps."""

    series: Series
    before: date
    rows: int
    held: int


def openings(connection: Connection, person_id: int, limit: int = 20) -> tuple[Opening, ...]:
    """Say who opened a person's records of late, the newest first."""
    rows = history.newest(
        connection, StreamKind.PERSON, str(person_id), kinds=("NOTED",), limit=_MOST
    )
    found = [
        Opening(row.at, row.person_id, row.person_name, row.reason)
        for row in rows
        if row.detail.get("what") == OPENED
    ]
    return tuple(found[:limit])


@dataclass(frozen=True)
class Correction:
    """Somebody asked for his data to be put right; `now` is what stands there, in records empty."""

    id: int
    person_id: int
    name: str
    about: str
    now: str
    value: str
    reason: str
    asked_at: datetime
    state: str
    answer: str


def corrections(connection: Connection, person_id: int | None = None) -> tuple[Correction, ...]:
    """List what waits for an answer, the oldest first; or all that one person asked for."""
    return tuple(
        Correction(
            id=row["id"],
            person_id=row["person_id"],
            name=row["name"],
            about=row["about"],
            now=row[row["about"]] if row["about"] in CORRECTABLE else "",
            value=row["value"],
            reason=row["reason"],
            asked_at=row["asked_at"],
            state=row["state"],
            answer=row["answer"],
        )
        for row in store.corrections(connection, person_id=person_id)
    )


def correctable(connection: Connection, person_id: int) -> dict[str, str]:
    """Give what of a person's own data the agency may put right, as it stands."""
    row = store.person(connection, person_id)
    if row is None:
        raise NotFound(f"Expected a person with number {person_id}, but there is none.")
    return {name: row[name] for name in CORRECTABLE}


def holds(connection: Connection, person_id: int | None = None) -> tuple[Hold, ...]:
    """List the holds that run: all, or those that keep a person's records."""
    return tuple(
        Hold(row["id"], row["series"], row["person_id"], row["reason"], row["set_at"])
        for row in store.holds(connection, person_id)
    )


def given(connection: Connection, person_id: int) -> dict[str, Any]:
    """Give all that is kept about a person, as plain values: what he may ask for (UU 27/2022).

    Whose names are promised to be hidden (peers, anonymous answers) are not in it; what is left out
    and why says `hr.privacy.rules.WITHHELD`.
    """
    person = store.person(connection, person_id)
    if person is None:
        raise NotFound(f"Expected a person with number {person_id}, but there is none.")
    return {
        "person": _plain(person),
        "records": {
            series.name: {
                name: [_plain(row) for row in store.about(connection, name, table, person_id)]
                for name, table in series.tables.items()
            }
            for series in SERIES.values()
        },
        "cases": list(_cases(connection, person_id)),
        "looked": [
            {"at": one.at.isoformat(), "by": one.name, "reason": one.reason}
            for one in openings(connection, person_id, limit=_MOST)
        ],
    }


def due(connection: Connection, day: date) -> tuple[Due, ...]:
    """Say of each series what is older than it need be on a day: the disposal report."""
    running = store.holds(connection)
    return tuple(_due(connection, series, day, running) for series in SERIES.values())


def _due(connection: Connection, series: Series, day: date, running: list[Any]) -> Due:
    before = _years_before(day, series.years)
    mine = [row for row in running if row["series"] in (series.name, EVERYTHING)]
    everybody = any(row["person_id"] is None for row in mine)
    people = {row["person_id"] for row in mine if row["person_id"] is not None}
    free = kept = 0
    for name, table in series.tables.items():
        some, held = store.due(connection, name, table, before, people)
        free, kept = free + some, kept + held
    return Due(series, before, 0 if everybody else free, kept + free if everybody else kept)


def may_be_erased_on(last_day: date) -> date:
    """Give the day from which somebody who left on a day may be erased: the longest series ends."""
    years = max(series.years for series in SERIES.values() if series.erased)
    try:
        return last_day.replace(year=min(last_day.year + years, 9999))
    except ValueError:  # 29 February
        return last_day.replace(year=last_day.year + years, day=28)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _cases(connection: Connection, person_id: int) -> Iterator[dict[str, Any]]:
    """Give his cases with what he may read in them, which is what he sees on the page, too."""
    scope = Scope(person_id=person_id, subjects=frozenset({person_id}))
    after: str | None = None
    for _ in range(_MOST_CASES):
        page = cases.cases(connection, scope, after=after)
        for row in page.rows:
            values = history.values(connection, row.id, readers={"EMP"})
            yield {
                "case_no": row.case_no,
                "process": row.process_key,
                "period": row.period,
                "state": row.state,
                "values": [
                    {"at": one.at.isoformat(), "name": one.name, "value": one.new} for one in values
                ],
            }
        after = page.next
        if after is None:
            return


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give a row as plain values; numbers and yes or no stay what they are."""
    return {
        name: value
        if value is None or isinstance(value, bool | int)
        else value.hex()
        if isinstance(value, bytes)
        else value.isoformat()
        if isinstance(value, datetime)
        else said(value)
        for name, value in row.items()
    }


@dataclass(frozen=True)
class UnmaskView:
    """A request to learn who wrote an anonymous answer; `approved` None while nobody decided."""

    id: int
    case_no: str
    pseudonym: str
    reason: str
    proposed_by: int
    proposed_at: datetime
    decided_by: int | None
    approved: bool | None
    opened_at: datetime | None


def unmask_requests(connection: Connection, limit: int = 50) -> tuple[UnmaskView, ...]:
    """List the requests to unmask, the newest first."""
    found = []
    for row in store.unmask_requests(connection, limit):
        answer = masked_answer(connection, row["task_id"])
        found.append(
            UnmaskView(
                row["id"],
                answer.case_no,
                answer.pseudonym,
                row["reason"],
                row["proposed_by"],
                row["proposed_at"],
                row["decided_by"],
                row["approved"],
                row["opened_at"],
            )
        )
    return tuple(found)
