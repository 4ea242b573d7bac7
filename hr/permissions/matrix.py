"""The matrix of roles and objects (domain.md §4) as data, and the questions it answers.

A cell says what a role may do with an object and how far: `CUo` creates and updates his own, `Rt`
reads his team's.  Rules and tests ask here; who stands in which role is not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

ROLES = (
    "EMP", "RTR", "SU2", "PEER", "TIM", "HRO", "HRC", "PPK", "AUD", "DSN", "ADM", "PUB", "TRN",
    "PTR",
)  # fmt: skip
ACTIONS = "CRUAS"  # create, read, update, approve or decide, sign
OWN, TEAM, UNIT, CITY, AGGREGATE, INVITED = "o", "t", "u", "g", "a", "i"
PUBLISHED, STATUS, UNMASKED = "p", "s", "x"  # x: two persons open it together, and it is noted
SCOPES = OWN + TEAM + UNIT + CITY + AGGREGATE + INVITED + PUBLISHED + STATUS + UNMASKED
BY_ROLE = frozenset({UNIT, CITY})  # held by a grant, for a unit or the city; the rest by relation

# Capitals: actions; the small letter after them: how far, none for the whole city; `+` joins two.
_TABLE = """
object              EMP   RTR  SU2  PEER TIM HRO HRC  PPK AUD DSN ADM PUB TRN  PTR
goals               R     R    R    R    R   CUu CUAg S   R   R   R   Ra  R    -
plan                CUo   UAt  Rt   -    Ri  Ru  Rg   R   Rg  -   -   -   Ri   -
activity            CUo   At   Rt   -    Ri  Ru  Ra   -   Rg  -   -   -   -    -
monthly_report      CUo   At   Rt   -    Ri  Ru  Rg   R   Rg  -   -   Ra  -    -
self_assessment     CUo   Rt   Rt   -    Ri  -   Rg   -   Rg  -   -   -   -    -
peer_answer         -     -    -    CUo  -   -   -    -   Rx  -   -   -   -    -
peer_aggregate      Ro    Rt   Rt   -    Ri  -   Rg   R   Rg  -   -   -   -    -
rating              Ro    CUt  Rt   -    Ai  Ru  Rg   S   Rg  -   -   -   -    -
calibration         -     Rt   Au   -    CUi Ru  CUAg S   Rg  -   -   -   -    -
inspection_plan     -     -    -    -    Ci  -   Cg   R   Rg  -   -   -   -    -
inspection_result   Ro    Rt   Ru   -    CUi Ru  CUg  R   Rg  -   -   Ra  -    -
objection           Co    Ri   Ai   -    Ri  Ru  Rg   R   Rg  -   -   -   -    -
allowance           Ro    Rt   Ru   -    -   Cu  Ag   S   Rg  -   -   -   -    -
award               C     Ct   Au   C    Ai  Cu  Ag   S   Rg  -   -   Rp  -    -
coaching            Ro    CUt  Rs   -    -   Rs  Rs   -   Rs  -   -   -   Ri   -
promotion           Co    At   Au   -    Ai  CUu CUAg S   Rg  -   -   -   -    -
referral            Ro    Ct   Ru   -    Ri  Cu  CUAg -   Rg  -   -   -   Ui   -
training            R+Co  At   R    -    -   Ru  Ag   S   Rg  -   -   -   CUA  CUi
training_evaluation Co    Ct   R    C    -   Ru  Rg   R   Rg  -   -   -   CUA  Ra
structure_review    C     C    Au   C    -   Cu  CUg  S   Rg  -   -   -   -    Ci
complaint           -     Ui   Au   -    Ri  Uu  Rg   Ra  Rg  -   -   CRo -    -
service_action      C     CU   A    C    R   Ru  CUg  R   Rg  -   -   Rp  R    CUi
survey              -     -    Ru   -    -   Ru  CUg  R   Rg  -   -   Co  -    -
process_draft       -     -    -    -    -   -   A    -   R   CURg A  -   -    -
deployment          -     -    -    -    -   -   A    -   R   C   A   -   -    -
repair              -     -    -    -    -   -   A    -   R   -   C   -   -    -
roles               Ro    Co   C    -    -   Cu  Cg   -   Rg  -   CUg -   -    -
working_paper       -     -    -    -    -   -   -    -   CUg -   -   -   -    -
audit_log           Ro    Rt   Rt   -    Ri  Ru  Rg   R   Rg  Rs  Rs  -   -    -
person              Ro    Rt   Rt   -    -   Ru  CUg  R   Rg  -   -   -   -    -
acting_official     Ro    Rt   Rt   -    -   CUu CUg  R   Rg  -   -   -   -    -
record_attendance   Ro    Rt   Rt   -    -   CUu CUg  R   Rg  -   -   -   -    -
record_development  Ro    Rt   Rt   -    -   Ru  CUg  R   Rg  -   -   -   Rg   -
record_career       Ro    -    -    -    -   Ru  CUg  R   Rg  -   -   -   -    -
record_performance  Ro    Rt   Rt   -    -   Ru  CUg  R   Rg  -   -   -   -    -
record_discipline   Ro    -    -    -    -   Ru  CUg  R   Rg  -   -   -   -    -
conflict            CUo   -    -    -    -   -   CUg  -   -   -   -   -   -    -
directory_file      -     -    -    -    -   -   CU   -   R   -   -   -   -    -
"""


@dataclass(frozen=True)
class Right:
    """Some actions, and how far they reach."""

    actions: frozenset[str]
    scope: str


def can(role: str, action: str, noun: str, scopes: frozenset[str] = BY_ROLE) -> bool:
    """Tell whether a role may do something with an object that lies within one of these scopes.

    Whoever may create, change, decide or sign something may read it.  The right to the whole city
    reaches into each unit.
    """
    reached = scopes | ({CITY} if UNIT in scopes else set())
    return any(
        (action in right.actions or action == "R") and right.scope in reached
        for right in MATRIX[noun].get(role, ())
    )


@cache
def roles(action: str, noun: str) -> frozenset[str]:
    """Name the roles that may do something by what they were granted, and not by a relation."""
    return frozenset(role for role in ROLES if role not in _RELATED and can(role, action, noun))


# Nobody is granted these: one is them towards somebody, or is no user at all.
_RELATED = frozenset({"EMP", "RTR", "SU2", "PEER", "PUB", "PTR"})


def _right(text: str) -> Right:
    scope = text[-1] if text[-1].islower() else CITY
    actions = frozenset(text.rstrip(SCOPES))
    if not actions or not actions <= set(ACTIONS) or scope not in SCOPES:
        raise ValueError(f"Expected actions and a scope, but {text} is neither.")
    return Right(actions, scope)


def _read(table: str) -> Mapping[str, Mapping[str, tuple[Right, ...]]]:
    head, *lines = (line.split() for line in table.strip().splitlines())
    if tuple(head[1:]) != ROLES:
        raise ValueError("Expected a column for each role, but they differ.")
    return MappingProxyType({noun: _row(noun, cells) for noun, *cells in lines})


def _row(noun: str, cells: list[str]) -> Mapping[str, tuple[Right, ...]]:
    found = zip(ROLES, cells, strict=True)
    return MappingProxyType(
        {role: tuple(map(_right, cell.split("+"))) for role, cell in found if cell != "-"}
    )


MATRIX = _read(_TABLE)
