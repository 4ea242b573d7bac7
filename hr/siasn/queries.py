"""What is asked about results on their way to SIASN."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from engine.errors import NotFound
from hr.calendar.rules import local_day
from hr.directory import queries as directory
from hr.directory.queries import PersonView
from hr.siasn import rules, store
from hr.statements import Row

_AT_ONCE = 1000  # people in one statement


@dataclass(frozen=True)
class Line:
    """A final result that is in no file yet; `missing` names the fields it cannot go without."""

    row: int
    person_id: int
    fields: Mapping[str, str]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class FileView:
    """A file that was handed out; `sha256` is that of its CSV."""

    id: int
    year: int
    made_at: datetime
    made_by: int | None
    lines: int
    sha256: str


def waiting(connection: Connection, year: int) -> tuple[Line, ...]:
    """List what is final in a year and in no file yet, with its fields as of the day it became so.

    A rater who held no post any more on that day lacks it: his row waits until it is put right.
    """
    found = store.waiting(connection, year)
    nips = _known(connection, {row["person_id"] for row in found}, found)
    raters = _known(connection, {row["rater_id"] for row in found if row["rater_id"]}, found)
    lines = []
    for row in found:
        day = local_day(row["prepared_at"])
        own, rater = nips.get((row["person_id"], day)), raters.get((row["rater_id"] or 0, day))
        fields = rules.fields(
            own.nip if own else "",
            year,
            row["result_rating"],
            row["behaviour_rating"],
            row["predicate"],
            _rater(rater),
        )
        lines.append(Line(row["id"], row["person_id"], fields, rules.missing(fields)))
    return tuple(lines)


def files(connection: Connection, year: int) -> tuple[FileView, ...]:
    """List the files of a year, the newest first."""
    return tuple(FileView(**row) for row in store.files(connection, year))


def file(connection: Connection, file_id: int) -> FileView:
    """Describe a file."""
    found = store.file(connection, file_id)
    if not found:
        raise NotFound(f"Expected a file {file_id} for SIASN, but there is none.")
    return FileView(**found[0])


def content(connection: Connection, file_id: int, form: str) -> bytes:
    """Write a file that was made, as CSV or JSON; always the same bytes."""
    return rules.WRITERS[form](json.loads(one) for one in store.lines(connection, file_id))


def _rater(known: PersonView | None) -> rules.Rater | None:
    if known is None:
        return None
    return rules.Rater(known.nip, known.name, known.rank, known.post, known.unit_name)


def _known(
    connection: Connection, people: set[int], rows: Sequence[Row]
) -> dict[tuple[int, date], PersonView]:
    """Describe people as of each day on which something became final."""
    moments: dict[date, datetime] = {
        local_day(row["prepared_at"]): row["prepared_at"] for row in rows
    }
    wanted: defaultdict[date, set[int]] = defaultdict(set)
    for row in rows:
        day = local_day(row["prepared_at"])
        wanted[day] |= {row["person_id"], row["rater_id"]} & people
    found = {}
    for day, ids in wanted.items():
        some = sorted(ids)
        for start in range(0, len(some), _AT_ONCE):
            part = some[start : start + _AT_ONCE]
            for number, view in directory.persons(connection, part, moments[day]).items():
                found[(number, day)] = view
    return found
