"""What a person's records contradict or leave out: overlaps, gaps, impossible sums.  Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from hr.columns import FOREVER
from hr.records.rules import LEVELS
from hr.statements import Row

_DAY = timedelta(days=1)
OVERLAP, GAP, DURING_BREAK, ABSENT_ON_LEAVE = "OVERLAP", "GAP", "DURING_BREAK", "ABSENT_ON_LEAVE"
SUM, EDUCATION, NO_PREDICATE, NO_RANK = "SUM", "EDUCATION", "NO_PREDICATE", "NO_RANK"


@dataclass(frozen=True)
class Finding:
    """A contradiction or gap: of which kind of records, and when; `said` where a word helps."""

    code: str
    kind: str
    first: date | None = None
    last: date | None = None
    said: str = ""


def findings(
    person: Row,
    holdings: Sequence[Row],
    ranks: Sequence[Row],
    records: Mapping[str, Sequence[Row]],
    day: date,
) -> Iterator[Finding]:
    """Say what does not fit together in what is known about a person by a day."""
    last = min(day, person["left_on"])
    yield from _overlaps("holding", holdings)
    yield from _gaps("holding", holdings, max(person["joined_on"], _first(holdings)), last)
    yield from _overlaps("person_rank", ranks)
    if not ranks and person["kind"] == "PNS":
        yield Finding(NO_RANK, "person_rank")
    for kind in ("leave", "career_break", "sanction"):
        if kind != "sanction":  # two sanctions may run beside each other
            yield from _overlaps(kind, records.get(kind, ()))
    yield from _beside_breaks(records)
    yield from _attendance(records)
    yield from _education(person, records.get("education", ()))
    years = {row["year"] for row in records.get("annual_predicate", ())}
    for year in (day.year - 2, day.year - 1):
        if year not in years and person["joined_on"] < date(year, 7, 1):
            yield Finding(NO_PREDICATE, "annual_predicate", said=str(year))


def _first(spans: Sequence[Row]) -> date:
    return min((row["valid_from"] for row in spans), default=FOREVER)


def _overlaps(kind: str, spans: Sequence[Row]) -> Iterator[Finding]:
    for one, other in pairwise(sorted(spans, key=lambda row: row["valid_from"])):
        if other["valid_from"] <= one["valid_to"]:
            yield Finding(
                OVERLAP, kind, other["valid_from"], min(one["valid_to"], other["valid_to"])
            )


def _gaps(kind: str, spans: Sequence[Row], first: date, last: date) -> Iterator[Finding]:
    reached = first
    for row in sorted(spans, key=lambda row: row["valid_from"]):
        if row["valid_from"] > reached and reached <= last:
            yield Finding(GAP, kind, reached, min(row["valid_from"] - _DAY, last))
        if row["valid_to"] == FOREVER:
            return
        reached = max(reached, row["valid_to"] + _DAY)
    if reached <= last:
        yield Finding(GAP, kind, reached, last)


def _beside_breaks(records: Mapping[str, Sequence[Row]]) -> Iterator[Finding]:
    for away in records.get("career_break", ()):
        for row in records.get("leave", ()):
            if row["valid_from"] <= away["valid_to"] and row["valid_to"] >= away["valid_from"]:
                yield Finding(DURING_BREAK, "leave", row["valid_from"], row["valid_to"])
        for row in records.get("attendance_month", ()):
            whole = away["valid_from"] <= row["month"] <= away["valid_to"] - timedelta(days=31)
            if whole and row["present_days"]:
                yield Finding(DURING_BREAK, "attendance_month", row["month"])


def _attendance(records: Mapping[str, Sequence[Row]]) -> Iterator[Finding]:
    for row in records.get("attendance_month", ()):
        there = row["present_days"] + row["absent_days"] + row["leave_days"]
        if there > row["working_days"]:
            yield Finding(SUM, "attendance_month", row["month"])
    absent = [row["day"] for row in records.get("attendance_mark", ()) if row["code"] == "TK"]
    for leave in records.get("leave", ()):
        for day in absent:
            if leave["valid_from"] <= day <= leave["valid_to"]:
                yield Finding(ABSENT_ON_LEAVE, "attendance_mark", day)


def _education(person: Row, degrees: Sequence[Row]) -> Iterator[Finding]:
    known = [row["level"] for row in degrees if row["level"] in LEVELS]
    if known and person["education"] in LEVELS:
        highest = max(known, key=LEVELS.index)
        if LEVELS.index(highest) > LEVELS.index(person["education"]):
            yield Finding(EDUCATION, "education", said=f"{person['education']} < {highest}")
