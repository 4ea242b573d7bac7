"""Which roles there are to give, and which of them need a second person.  Pure."""

from __future__ import annotations

from hr.directory.commands import CITY_ROLES, SECOND_PERSON_ROLES, UNIT_ROLES

GRANTED = tuple(sorted(CITY_ROLES | UNIT_ROLES))


def needs_second_person(role: str) -> bool:
    """Tell whether a role is proposed by one and given by another."""
    return role in SECOND_PERSON_ROLES


def is_of_unit(role: str) -> bool:
    """Tell whether a role is held for a unit and what is under it."""
    return role in UNIT_ROLES
