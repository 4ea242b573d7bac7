"""Forms that an office fills in for somebody without an account: allowed, seen, kept apart."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine import Actor, CompleteTask
from engine.errors import InvalidForm, NotAllowed
from engine.model import Scope
from engine.queries import cases, inbox
from hr.demo.cast import CAST
from hr.dossier.commands import AllowProxy, EndProxy

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

EMP, HRO, PEER1 = CAST["EMP"], CAST["HRO"], CAST["PEER1"]
PAGE = f"/people/{EMP}"


def task_of(engine, code="EMP"):
    return engine.ask(inbox.open_tasks, Scope(person_id=CAST[code]), now=engine.clock()).rows[0]


def allow(visitor, until="2026-12-31"):
    return visitor.post(f"{PAGE}/proxy", {"reason": "Tidak punya ponsel", "until": until})


def test_the_officer_fills_in_a_form_and_both_names_are_seen(client_as, engine, start_two_step):
    case = start_two_step().instance_id
    officer = client_as("HRO")
    path = f"/tasks/{task_of(engine).id}"
    assert officer.get(path).status in (403, 404)
    page = allow(officer)
    assert "Sampai 31 Desember 2026" in page.text
    form = officer.get(next(link for link in page.links() if link.startswith(path)))
    assert "a.n. Sari Wulandari" in form.text
    done = officer.submit(officer.get(path), path, do="complete", subject="Cuti", days="2")
    assert done.status == 200
    view = engine.ask(cases.case, case)
    step = next(one for one in view.steps if one.person_id == HRO)
    assert step.on_behalf_of == EMP
    assert (
        "Hesti Kurniawati atas nama Sari Wulandari" in client_as("EMP").get(f"/cases/{case}").text
    )
    assert "Tidak punya ponsel" in client_as("EMP").get("/people/me").text


def test_it_is_refused_without_leave_after_its_time_and_to_anybody_else(
    engine, start_two_step, clock
):
    start_two_step()
    task = task_of(engine).id
    answers = {"subject": "Cuti", "days": 2}

    def fill(code, key):
        command = CompleteTask(task_id=task, answers=answers, request_key=key)
        return engine.execute(command, by=Actor(person_id=CAST[code]))

    with pytest.raises(NotAllowed):
        fill("HRO", "a")
    until = datetime(2026, 8, 1, tzinfo=UTC).date()
    command = AllowProxy(person_id=EMP, reason="Tidak punya akun", valid_to=until)
    for code in ("EMP", "RTR", "PEER1", "STRANGER", "ADM", "AUD"):
        with pytest.raises(NotAllowed):
            engine.execute(command, by=Actor(person_id=CAST[code]))
    with pytest.raises(InvalidForm):
        engine.execute(AllowProxy(person_id=EMP, reason=" ", valid_to=until))
    engine.execute(command, by=Actor(person_id=HRO))
    for code in ("PEER1", "STRANGER", "ADM", "AUD", "RTR"):
        with pytest.raises(NotAllowed):
            fill(code, "b")
    clock.set(datetime(2026, 8, 3, tzinfo=UTC))
    with pytest.raises(NotAllowed):
        fill("HRO", "c")
    clock.set(datetime(2026, 7, 30, tzinfo=UTC))
    engine.execute(EndProxy(person_id=EMP), by=Actor(person_id=HRO))
    with pytest.raises(NotAllowed):
        fill("HRO", "d")


def test_only_his_own_form_is_filled_in_never_one_about_another(engine, start_two_step):
    """What he does as a rater or a peer stays his."""
    start_two_step("PEER1")
    answers = {"subject": "Cuti", "days": 2}
    first = CompleteTask(task_id=task_of(engine, "PEER1").id, answers=answers, request_key="k")
    engine.execute(first, by=Actor(person_id=PEER1))
    until = datetime(2026, 8, 1, tzinfo=UTC).date()
    engine.execute(AllowProxy(person_id=CAST["RTR"], reason="sakit", valid_to=until))
    review = task_of(engine, "RTR").id
    answers = {"approved": True, "note": "baik"}
    with pytest.raises(NotAllowed):
        engine.execute(
            CompleteTask(task_id=review, answers=answers, request_key="l"),
            by=Actor(person_id=HRO),
        )
