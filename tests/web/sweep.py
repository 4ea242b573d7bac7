"""Who asks in the sweep of every route, what there is to ask for, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from engine import BeginDraft, CompleteTask
from engine.folder import read_files
from engine.model import Actor, Scope
from engine.queries import inbox
from hr.absence.commands import SetAbsence
from hr.activity.commands import LogActivity
from hr.activity.rules import Draft
from hr.campaigns.commands import LaunchCampaign
from hr.demo.cast import CAST, TEAM
from hr.evaluation.tables import Result
from hr.permissions import matrix
from hr.structure.commands import AppointActing
from tests.conftest import ROOT

# A column of the matrix each: PPPK is of the appraisal team (TIM) and nothing else, a stranger is
# an employee of elsewhere.  PUB has no session (see test_matrix); PTR, a partner, has no account.
ROLES = (
    "EMP", "RTR", "SU2", "PEER1", "HRO", "HRC", "PPK", "TRN", "DSN", "AUD", "ADM", "PPPK",
    "STRANGER",
)  # fmt: skip
EVERYBODY = frozenset(ROLES)
NOBODY = frozenset[str]()


def by(actions: str, noun: str) -> frozenset[str]:
    """Name those to whom the matrix gives one of these actions by what they were granted."""
    able = frozenset[str]().union(*(matrix.roles(action, noun) for action in actions))
    return (able | (set(TEAM) if "TIM" in able else set())) & EVERYBODY


# Who rates whom in the cast; the others have nobody below them.
RATED_BY = {"EMP": "RTR", "PEER1": "RTR", "RTR": "SU2", "HRC": "PPK"}
RATING = frozenset(RATED_BY.values())
ADMINISTERING = by("C", "roles") - {"HRO"}  # who gives roles for the whole city
# The rest of the rows of the matrix: who is what to the person whom a case is about.
RELATED = {
    "EMP": {"EMP": "EMP", "RTR": "RTR", "SU2": "SU2"},
    "HRC": {"HRC": "EMP", "PPK": "RTR"},  # the posts between are vacant
}
OFFICE_OF_HRO = {"EMP"}  # of the subjects of the cases below


@dataclass(frozen=True)
class World:
    """Cases by subject, the open task of each, and one that was sent."""

    cases: dict[str, int]
    tasks: dict[str, int]
    sent: int
    entry: int  # of EMP's activity, as are result and absence; acting: PEER1's
    result: int
    absence: int
    acting: int


@pytest.fixture
def world(engine: Any, start_two_step: Any) -> World:
    cases = {code: start_two_step(code).instance_id for code in RELATED}
    engine.execute(LaunchCampaign(key="two_step", period="2026Q1"))  # of which nothing has begun
    designer = Actor(person_id=CAST["DSN"])
    files = read_files(ROOT / "tests/engine/models/two_step")
    files["table.dmn"] = (ROOT / "workflows/_shared/dt13_talent_box.dmn").read_bytes()
    engine.execute(BeginDraft(files=files), by=designer)
    open_now = {code: _mine(engine, code) for code in RELATED}
    other = start_two_step("EMP", "2026Q3").instance_id
    (sent,) = [row.id for row in _rows(engine, "EMP") if row.instance_id == other]
    answers = {"subject": "Cuti", "days": 2}
    command = CompleteTask(task_id=sent, answers=answers, request_key="sweep")
    emp = Actor(person_id=CAST["EMP"])
    engine.execute(command, by=emp)
    return World(cases, open_now, sent, *_own_things(engine, emp, cases["EMP"]))


def _own_things(engine: Any, emp: Actor, case: int) -> tuple[int, int, int, int]:
    """Give EMP an activity, a result and a substitute, and let PEER1 act for their head."""
    today = engine.clock().date()
    draft = Draft(day=today, starts=480, ends=540, text="Melayani pemohon akta kelahiran")
    entry = engine.execute(LogActivity(draft=draft, request_key="sweep"), by=emp)
    away = SetAbsence(
        person_id=CAST["EMP"], substitute_id=CAST["PEER1"], kind="PLH",
        valid_from=today, valid_to=today,
    )  # fmt: skip
    row = {
        "person_id": CAST["EMP"], "period": "2025Q4", "instance_id": case, "case_no": "P04-1",
        "predicate": "B", "result_rating": "SESUAI", "behaviour_rating": "SESUAI",
        "result_score": 100, "behaviour_score": 100, "note": "", "disclosed_at": engine.clock(),
    }  # fmt: skip
    with engine.database.begin() as connection:
        result = connection.execute(insert(Result).returning(Result.id), row).scalar_one()
    acting = AppointActing(
        person_id=CAST["PEER1"], post_id=4, kind="PLH", decree="SK 1",
        valid_from=today + timedelta(days=30), valid_to=today + timedelta(days=31),
    )  # fmt: skip
    return entry, result, engine.execute(away, by=emp), engine.execute(acting)


def _rows(engine: Any, code: str) -> Any:
    return engine.ask(inbox.open_tasks, Scope(person_id=CAST[code]), now=engine.clock()).rows


def _mine(engine: Any, code: str) -> int:
    return int(_rows(engine, code)[0].id)


def readers(subject: str) -> frozenset[str]:
    """Name who may read a case about somebody, cell by cell."""
    found = set(by("R", "rating"))
    if subject not in OFFICE_OF_HRO:
        found.discard("HRO")
    for code, role in RELATED[subject].items():
        scopes = frozenset({matrix.OWN if role == "EMP" else matrix.TEAM})
        if matrix.can(role, "R", "rating", scopes):
            found.add(code)
    return frozenset(found)


def seen_by(subject: str) -> frozenset[str]:
    """Name who may see somebody, cell by cell."""
    found = set(by("R", "person"))
    if subject not in OFFICE_OF_HRO:
        found.discard("HRO")
    return frozenset(found | RELATED[subject].keys() | {subject})
