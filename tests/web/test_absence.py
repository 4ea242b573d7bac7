"""Absence: who stands in sees the tasks, both are recorded, and it ends by its date."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.model import Act, Actor, TaskFacts
from engine.ports import Allowed
from engine.queries import inbox
from engine.queries import tasks as views
from engine.store.tables import History, Task
from hr.demo.cast import CAST
from hr.permissions import queries as permissions

TO = "2026-07-20"


@pytest.fixture
def reviewing(client_as, start_two_step):
    """A request of EMP waits for RTR's decision."""
    start_two_step()
    visitor = client_as("EMP")
    path = visitor.get("/").link("Permohonan: ajukan").split("?")[0]
    visitor.submit(visitor.get(path), path, do="complete", subject="Cuti", days="2")


def cover(visitor, to="Ratna Puspitasari", **fields):
    page = visitor.get("/absence")
    return visitor.submit(page, "/absence", substitute=to, to=TO, **fields)


def test_the_substitute_acts_for_who_is_away_and_both_are_recorded(
    reviewing, client_as, engine, database, clock
):
    away = client_as("RTR")
    page = cover(away)
    assert "Pengganti ditetapkan." in page.text
    assert "sudah ada pengganti" in cover(away, to="Agus Setiawan").text
    higher = client_as("SU2")
    home = higher.get("/")
    assert "a.n. Bambang Nugroho" in home.text
    assert "Anda menjadi pengganti" in home.text
    assert "Permohonan: Cuti" in away.get("/").text
    path = home.link("Permohonan: Cuti").split("?")[0]
    page = higher.get(path)
    assert "Anda mengerjakan ini a.n. Bambang Nugroho" in page.text
    page = higher.submit(page, path, do="complete", approved="true")
    assert "Diterima" in page.text
    with database.connect() as connection:
        (done,) = connection.execute(
            select(Task.completed_by, Task.on_behalf_of).where(Task.element_id == "review")
        )
        told = connection.execute(
            select(History.person_id, History.on_behalf_of)
            .where(History.kind == "TASK_COMPLETED")
            .order_by(History.seq.desc())
        ).first()
    both = (CAST["SU2"], CAST["RTR"])
    assert tuple(done) == tuple(told) == both


def test_a_cover_ends_with_its_date_and_nothing_moves(reviewing, client_as, clock):
    cover(client_as("RTR"))
    clock.move(timedelta(days=19, hours=1))
    assert "Permohonan: Cuti" in client_as("SU2").get("/").text
    clock.move(timedelta(days=1))
    assert "Permohonan: Cuti" not in client_as("SU2").get("/").text
    assert "Permohonan: Cuti" in client_as("RTR").get("/").text


def test_who_may_set_and_end_a_cover(client_as, start_two_step):
    assert "Pengganti harus orang lain" in cover(client_as("EMP"), to="Sari Wulandari").text
    stranger = client_as("STRANGER")
    other = {"person": "Sari Wulandari", "substitute": "Agus Setiawan", "kind": "PLH"}
    dates = {"from": "2026-07-02", "to": TO}
    assert stranger.post("/absence", {**other, **dates}).status == 403
    agency = client_as("HRC")
    page = agency.post("/absence", {**other, **dates})
    assert "Sari Wulandari → Agus Setiawan" in page.text
    end = page.all("//form[contains(@action, '/end')]/@action")[0]
    assert stranger.post(end).status == 403
    assert "Orang itu sendiri" in cover(client_as("RTR"), to="Sari Wulandari").text
    client_as("EMP").post(end)
    assert "Sari Wulandari → Agus Setiawan" not in agency.get("/absence").text


def test_who_stands_in_lists_exactly_what_he_may_do(
    reviewing, client_as, start_two_step, engine, database
):
    """Tasks of RTR about others, about RTR himself and about who stands in; in two processes."""
    cover(client_as("RTR"), process=["two_step"])
    table = Task.__table__
    with database.begin() as connection:
        row = dict(
            connection.execute(select(table).where(table.c.state == "CREATED")).mappings().one()
        )
        del row["id"]
        for subject in (CAST["EMP"], CAST["RTR"], CAST["SU2"], None):
            for key in ("two_step", "other"):
                for hidden in (False, True):
                    one = {"subject_id": subject, "process_key": key, "anonymous": hidden}
                    connection.execute(table.insert(), {**row, **one})
    me, at = CAST["SU2"], engine.clock()
    scope = engine.ask(permissions.scope_of, me, at)
    listed = {one.id for one in engine.ask(inbox.open_tasks, scope, now=at, limit=100).rows}
    with database.connect() as connection:
        found = connection.execute(select(table).where(table.c.state == "CREATED")).all()
        names = [name for name in TaskFacts.__dataclass_fields__ if name != "task_id"]
        facts = {
            one.id: TaskFacts(task_id=one.id, **{name: getattr(one, name) for name in names})
            for one in found
        }
        may = engine.ports.people.may_act
        allowed = {
            number
            for number, about in facts.items()
            if isinstance(may(connection, Actor(person_id=me), Act.COMPLETE, about, at), Allowed)
        }
    assert len(facts) == 17
    assert listed == allowed
    assert len(listed) == 3
    assert engine.ask(views.task, min(listed), person_id=me).assignee_id == CAST["RTR"]


def test_duties_stay_separate_through_a_substitution(client_as, start_two_step, engine):
    # PEER1 stands in for the superior and asked for himself: he cannot decide his own request.
    start_two_step("PEER1")
    visitor = client_as("PEER1")
    path = visitor.get("/").link("Permohonan: ajukan").split("?")[0]
    visitor.submit(visitor.get(path), path, do="complete", subject="Cuti", days="2")
    cover(client_as("RTR"), to="Agus Setiawan")
    assert "Permohonan: Cuti" not in visitor.get("/").text
    review = client_as("RTR").get("/").link("Permohonan: Cuti").split("?")[0]
    assert visitor.get(review).status == 403
    assert visitor.post(review, {"do": "complete", "approved": "true"}).status == 403
