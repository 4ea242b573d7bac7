"""Lays out the offices of the synthetic city: units, posts, and who sits where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hr.demo.offices import Office, PostKind, Profile

SINCE = date(2022, 1, 1)


@dataclass
class Seat:
    """A place in the structure that somebody is to be invented for."""

    person_id: int
    post_id: int
    post_kind: str
    unit_id: int
    office: Office


@dataclass
class Structure:
    """Units, posts and seats of the whole city; numbers are given here."""

    units: list[dict[str, Any]] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    heads: dict[int, int] = field(default_factory=dict)  # the person who leads a unit

    def unit(
        self, parent: dict[str, Any] | None, step: int, name: str, kind: str
    ) -> dict[str, Any]:
        """Add a unit below another one, or an office."""
        above = parent["path"] if parent else "/"
        row = {
            "id": len(self.units) + 1,
            "parent_id": parent["id"] if parent else None,
            "path": f"{above}{step:02d}/",
            "name": name,
            "kind": kind,
            "valid_from": SINCE,
        }
        self.units.append(row)
        return row

    def post(self, unit: dict[str, Any], rater: int | None, what: PostKind, seats: int = 1) -> int:
        """Add a post with a number of seats, and give its number."""
        title, kind, grade = what
        number = len(self.posts) + 1
        self.posts.append(
            {
                "id": number,
                "unit_id": unit["id"],
                "rater_post_id": rater,
                "title": title,
                "kind": kind,
                "grade": grade,
                "seats": seats,
                "valid_from": SINCE,
            }
        )
        return number

    def seat(self, office: Office, unit: dict[str, Any], post_id: int, kind: str) -> int:
        """Add a seat in a post, and give the number of the person who is to sit there."""
        number = len(self.seats) + 1
        self.seats.append(Seat(number, post_id, kind, unit["id"], office))
        return number

    def chief(self, office: Office, unit: dict[str, Any], rater: int | None, what: PostKind) -> int:
        """Add the post that leads a unit, with its holder, and give the post's number."""
        post_id = self.post(unit, rater, what)
        self.heads[unit["id"]] = self.seat(office, unit, post_id, what[1])
        return post_id


def lay_out(offices: Sequence[Office]) -> Structure:
    """Lay out all offices; the head of the first is the rater of all other heads."""
    city = Structure()
    top: int | None = None
    for number, office in enumerate(offices, start=1):
        unit = city.unit(None, number, office.name, "OFFICE")
        title = "Sekretaris Daerah" if top is None else f"Kepala {office.name}"
        head = city.chief(office, unit, top, (title, "JPT", 15 if top is None else 14))
        top = head if top is None else top
        _divisions(city, office, unit, head)
    return city


def _divisions(city: Structure, office: Office, unit: dict[str, Any], head: int) -> None:
    profile = office.profile
    left = office.people - 1
    count = max(1, min(len(profile.topics), round(left / 25)))
    for number, size in enumerate(_shares(left, count), start=1):
        topic = profile.topics[number - 1]
        below = city.unit(unit, number, f"{profile.division} {topic}", "DIVISION")
        chief = (f"Kepala {below['name']}", "ADMINISTRATOR", 11)
        _sections(city, office, below, city.chief(office, below, head, chief), size - 1)


def _sections(
    city: Structure, office: Office, unit: dict[str, Any], rater: int, people: int
) -> None:
    profile = office.profile
    count = max(1, round(people / (profile.team + 1)))
    for number, size in enumerate(_shares(people, count), start=1):
        if size <= 0:
            continue
        below = city.unit(unit, number, _section_name(profile, unit, number), profile.section_kind)
        title, kind, grade = profile.chief
        chief = city.chief(office, below, rater, (f"{title} {_short(below)}", kind, grade))
        _staff(city, office, below, chief, size - 1)


def _staff(city: Structure, office: Office, unit: dict[str, Any], rater: int, people: int) -> None:
    kinds = office.profile.staff
    for what, size in zip(kinds, _shares(people, len(kinds)), strict=True):
        if size <= 0:
            continue
        post_id = city.post(unit, rater, what, seats=size)
        for _ in range(size):
            city.seat(office, unit, post_id, what[1])


def _section_name(profile: Profile, unit: dict[str, Any], number: int) -> str:
    place = profile.places[(number - 1) % len(profile.places)]
    turn = (number - 1) // len(profile.places)
    division = int(unit["path"].split("/")[-2])
    suffix = "" if profile.section_kind == "SECTION" and not turn else f" {division}{turn or ''}"
    return f"{profile.section} {place}{suffix}"


def _short(unit: dict[str, Any]) -> str:
    return " ".join(unit["name"].split()[1:])


def _shares(total: int, count: int) -> Iterator[int]:
    """Divide people as evenly as they go."""
    for place in range(count):
        yield total // count + (place < total % count)
