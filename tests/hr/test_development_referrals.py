"""From a follow-up to a referral, once; seats that are given once; queues that move."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select

from engine import (
    Actor,
    Channel,
    ClaimTask,
    Command,
    CompleteTask,
    Context,
    Engine,
    NewCase,
    StartInstance,
)
from engine.errors import InvalidForm, InvalidState, NotAllowed, NotFound
from engine.folder import read_folder
from engine.model import Scope
from engine.queries import cases, standing
from engine.queries.history import check_chains
from engine.worker import Worker
from hr.demo.cast import CAST
from hr.development import queries, store
from hr.development.commands import (
    AddSession,
    StartReferral,
    StartReferrals,
    Taken,
)
from hr.development.tables import CourseSeat, Referral
from hr.followup.queries import open_followups
from hr.followup.tables import Followup
from hr.registers.commands import ImportRegister
from hr.sheets import Sheet
from tests.conftest import WORKFLOWS

KEY = "training_referral"
PEOPLE = ("EMP", "PEER1", "PEER2", "PEER3", "PEER4")
HRC = Actor(person_id=CAST["HRC"], channel=Channel.WEB)
EVERYTHING = Scope(path_prefixes=frozenset({"/"}))


@pytest.fixture
def ready(engine: Engine) -> Engine:
    engine.execute(read_folder(WORKFLOWS / KEY))
    return engine


def followup(engine: Engine, code: str = "EMP", kind: str = "REFERRAL") -> int:
    row = {
        "kind": kind,
        "state": "OPEN",
        "subject_id": CAST[code],
        "scope_path": "/01/01/01/",
        "period": "2026Q2",
        "source_id": 1,
        "source_no": "P04-2026Q2-000001",
        "detail": "Predikat BP",
        "dedup_key": uuid4().hex,
        "opened_at": engine.clock(),
    }
    with engine.database.begin() as connection:
        key = connection.execute(insert(Followup), row).inserted_primary_key
    assert key is not None
    return int(key[0])


def start(engine: Engine, code: str, **noted: Any) -> int:
    case = NewCase(subject_id=CAST[code], period="2026Q2", variables={"noted": noted})
    return engine.execute(StartInstance(key=KEY, case=case)).instance_id


def do(engine: Engine, case: int, element: str, who: str, **answers: Any) -> None:
    (task,) = [t for t in engine.ask(standing.open_tasks, case) if t.element_id == element]
    actor = Actor(person_id=CAST[who], channel=Channel.WEB)
    if task.assignee_id is None:
        engine.execute(ClaimTask(task_id=task.id), by=actor)
    command = CompleteTask(task_id=task.id, answers=answers, request_key=uuid4().hex)
    engine.execute(command, by=actor)
    work(engine)


def work(engine: Engine) -> None:
    while Worker(engine).run_due():
        pass


def waiting(engine: Engine, case: int) -> set[str]:
    return {task.element_id for task in engine.ask(standing.open_tasks, case)}


def referral(engine: Engine, case: int) -> queries.ReferralView:
    found = engine.ask(queries.referral_of_case, case)
    assert found is not None
    return found


def confirmed(engine: Engine, code: str, **noted: Any) -> int:
    case = start(engine, code, **noted)
    do(engine, case, "confirm_need", "RTR", decision="CONFIRM")
    return case


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(lambda act: act(), acts))


def test_a_follow_up_starts_one_case_and_knows_it(ready: Engine) -> None:
    number = followup(ready)
    taken = ready.execute(StartReferral(followup_id=number), by=HRC)
    assert taken.repeated is False
    assert referral(ready, taken.instance_id).followup_id == number
    assert ready.ask(open_followups, EVERYTHING).rows == ()
    again = ready.execute(StartReferral(followup_id=number), by=HRC)
    assert again == Taken(taken.instance_id, repeated=True)
    assert waiting(ready, taken.instance_id) == {"confirm_need"}


def test_four_who_press_at_once_start_one_case(ready: Engine) -> None:
    number = followup(ready)
    command = StartReferral(followup_id=number)
    found = at_once(*[lambda: ready.execute(command, by=HRC)] * 4)
    assert len({taken.instance_id for taken in found}) == 1
    assert sorted(taken.repeated for taken in found) == [False, True, True, True]
    with ready.database.connect() as connection:
        assert connection.execute(select(func.count()).select_from(Referral)).scalar() == 1
    assert ready.ask(check_chains) == ()


def test_two_workers_and_a_button_start_each_referral_once(ready: Engine) -> None:
    numbers = [followup(ready, code) for code in ("EMP", "PEER1")]
    assert ready.execute(StartReferrals(), by=HRC) == 2
    assert ready.execute(StartReferrals(), by=HRC) == 2
    pressed = StartReferral(followup_id=numbers[0])
    at_once(lambda: work(ready), lambda: work(ready), lambda: ready.execute(pressed, by=HRC))
    work(ready)
    with ready.database.connect() as connection:
        rows = connection.execute(select(Referral.followup_id)).scalars().all()
    assert sorted(rows) == numbers
    assert ready.ask(open_followups, EVERYTHING).rows == ()


def test_what_is_no_open_referral_is_refused(ready: Engine) -> None:
    with pytest.raises(NotFound):
        ready.execute(StartReferral(followup_id=4711), by=HRC)
    with pytest.raises(InvalidState):
        ready.execute(StartReferral(followup_id=followup(ready, kind="COACHING")), by=HRC)


def test_strangers_start_no_referral_and_nobody_his_own(ready: Engine) -> None:
    number, own = followup(ready), followup(ready, "HRC")
    for code in ("STRANGER", "EMP", "RTR", "AUD", "ADM", "TRN"):
        with pytest.raises(NotAllowed):
            ready.execute(StartReferral(followup_id=number), by=Actor(person_id=CAST[code]))
        with pytest.raises(NotAllowed):
            ready.execute(StartReferrals(), by=Actor(person_id=CAST[code]))
    with pytest.raises(NotAllowed):
        ready.execute(StartReferral(followup_id=own), by=HRC)
    assert len(ready.ask(open_followups, EVERYTHING).rows) == 2


def test_the_same_need_again_is_added_to_the_open_referral(ready: Engine) -> None:
    first = start(ready, "EMP")
    second = start(ready, "EMP", predicate="BP")
    assert str(ready.ask(cases.case, second).state) == "COMPLETED"
    assert referral(ready, first).sources == ("T4", "T1")
    assert ready.ask(queries.referral_of_case, second) is None


def test_a_further_need_becomes_a_follow_up_of_its_own(ready: Engine) -> None:
    case = start(ready, "EMP", competence_finding=True)
    assert referral(ready, case).competence == "STANDAR"
    (row,) = ready.ask(open_followups, EVERYTHING).rows
    assert "Pelayanan publik (T4)" in row.detail
    taken = ready.execute(StartReferral(followup_id=row.id), by=HRC)
    assert referral(ready, taken.instance_id).competence == "PELAYANAN"


def test_two_cases_about_one_need_at_once_open_one_referral(ready: Engine) -> None:
    started = at_once(*[lambda: start(ready, "EMP")] * 3)
    referrals = [ready.ask(queries.referral_of_case, case) for case in started]
    assert len([found for found in referrals if found is not None]) == 1
    assert [i for case in started for i in ready.ask(cases.case, case).incidents] == []


@dataclass(frozen=True, kw_only=True)
class Grab(Command[int | None]):
    """Take a seat of a session for a referral, and nothing else."""

    session_id: int
    referral_id: int

    def execute(self, ctx: Context) -> int | None:
        row = store.referral(ctx.connection, self.referral_id)
        assert row is not None
        return store.give_seat(ctx.connection, self.session_id, row, ctx.now)


def test_a_seat_is_never_given_twice(ready: Engine) -> None:
    owners = [referral(ready, start(ready, c, competence_finding=True)) for c in PEOPLE]
    session = AddSession(
        course_id=6, starts_on=date(2026, 8, 3), ends_on=date(2026, 8, 3), place="X", seats=2
    )
    number = ready.execute(session, by=HRC)
    grabs = [Grab(session_id=number, referral_id=owner.id) for owner in owners]
    given = at_once(*[lambda g=g: ready.execute(g) for g in grabs])
    assert sorted(seat for seat in given if seat) == [1, 2]
    with ready.database.connect() as connection:
        seats = connection.execute(select(CourseSeat.number)).scalars().all()
    assert sorted(seats) == [1, 2]


def test_a_new_session_gives_its_seats_to_who_waits_the_pressing_first(ready: Engine) -> None:
    low = confirmed(ready, "PEER2", new_managerial_post=True)
    do(ready, low, "choose_course", "PEER2", answer="OTHER_COURSE", course="5")
    high = confirmed(ready, "PEER3", new_managerial_post=True, predicate="BP")
    wait = Wait(course_id=5, referral_id=referral(ready, high).id, priority="H")
    assert ready.execute(wait) == 1
    days = {"starts_on": date(2026, 10, 1), "ends_on": date(2026, 10, 9)}
    session = AddSession(course_id=5, place="Kampus", seats=1, **days)
    ready.execute(session, by=Actor(person_id=CAST["TRN"]))
    work(ready)
    assert waiting(ready, low) == set()
    more = AddSession(course_id=5, place="Kampus", seats=5, **days)
    ready.execute(more, by=Actor(person_id=CAST["TRN"]))
    work(ready)
    assert waiting(ready, low) == {"prioritise"}
    assert ready.ask(standing.variables, low)["placement"]["seat"] == 1


@dataclass(frozen=True, kw_only=True)
class Wait(Command[int]):
    """Put a referral into a queue, and nothing else."""

    course_id: int
    referral_id: int
    priority: str

    def execute(self, ctx: Context) -> int:
        row = store.referral(ctx.connection, self.referral_id)
        assert row is not None
        asked = {**row, "priority": self.priority}
        return store.wait(ctx.connection, self.course_id, asked, ctx.now)


def test_a_session_offered_while_people_join_the_queue_leaves_nobody_waiting(
    ready: Engine,
) -> None:
    people = ("PEER2", "PEER3", "PEER4")
    confirmed_ones = [confirmed(ready, code, new_managerial_post=True) for code in people]
    days = {"starts_on": date(2026, 10, 1), "ends_on": date(2026, 10, 9)}
    session = AddSession(course_id=5, place="Kampus", seats=3, **days)

    def choose(case: int, code: str) -> None:
        do(ready, case, "choose_course", code, answer="OTHER_COURSE", course="5")

    joining = [lambda c=c, p=p: choose(c, p) for c, p in zip(confirmed_ones, people, strict=True)]
    at_once(*joining, lambda: ready.execute(session, by=HRC))
    work(ready)
    assert [waiting(ready, case) for case in confirmed_ones] == [{"prioritise"}] * 3
    seats = {ready.ask(standing.variables, case)["placement"]["seat"] for case in confirmed_ones}
    assert seats == {1, 2, 3}


def test_a_postponed_referral_hands_its_seat_to_the_next(ready: Engine) -> None:
    note = {"service_change": True}
    first, second = (confirmed(ready, code, **note) for code in ("PEER2", "PEER3"))
    do(ready, first, "choose_course", "PEER2", answer="ACCEPT")
    do(ready, second, "choose_course", "PEER3", answer="ACCEPT")
    assert (waiting(ready, first), waiting(ready, second)) == ({"prioritise"}, set())
    why = "Peserta pindah tugas pada bulan depan."
    do(ready, first, "prioritise", "HRC", decision="POSTPONE", reason=why)
    assert referral(ready, first).state == "POSTPONED"
    assert waiting(ready, second) == {"prioritise"}
    do(ready, second, "prioritise", "HRC", decision="APPROVE")
    found = referral(ready, second)
    assert (found.state, found.cost, found.learning_hours) == ("SET", 250_000, 8)
    hours = ready.ask(queries.learning_hours, [CAST["PEER3"]], 2026)
    assert hours == {CAST["PEER3"]: 8}


def allot(ready: Engine, amount: int) -> None:
    sheet = Sheet("x.csv", data=f"year,amount\n2026,{amount}".encode())
    ready.execute(ImportRegister(name="training_budget", sheet=sheet), by=HRC)


def test_the_budget_cannot_be_overdrawn_however_the_form_was_read(ready: Engine) -> None:
    case = confirmed(ready, "EMP")
    do(ready, case, "choose_course", "EMP", answer="ACCEPT")
    allot(ready, 1_000_000)
    # The form still shows the budget of before; the books decide, and the task comes again.
    do(ready, case, "prioritise", "HRC", decision="APPROVE")
    assert waiting(ready, case) == {"prioritise"}
    assert referral(ready, case).state == "OPEN"
    with pytest.raises(InvalidForm):
        do(ready, case, "prioritise", "HRC", decision="APPROVE")
    allot(ready, 9_000_000)
    assert ready.ask(queries.budget, 2026).booked == 0
