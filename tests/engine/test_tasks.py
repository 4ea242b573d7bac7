"""What people do with their tasks, on the two-task reference model."""

from __future__ import annotations

import pytest

from engine import AssignTask, ClaimTask, Engine, SaveDraft, UnclaimTask
from engine.errors import InvalidForm, InvalidState, NotAllowed, NotFound
from engine.history import unpack
from engine.queries import inbox, tasks
from tests.engine.stories import (
    REQUEST,
    begin,
    complete,
    counted,
    deploy,
    events,
    mine,
    open_task,
    person,
    request_made,
    rows,
)


def test_a_case_starts_with_a_task_for_its_employee(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    started = begin(host_engine, "two_step")
    (row,) = mine(host_engine, 1)
    assert row.element_id == "request"
    assert row.case_no == started.case_no == "T02-2026Q2-000001"
    assert row.title == "Permohonan: ajukan"
    assert mine(host_engine, 2) == ()


def test_completing_moves_the_case_to_the_superior(host_engine: Engine) -> None:
    _, review = request_made(host_engine)
    assert review.assignee_id == 2
    assert review.title == "Permohonan: Cuti besar"
    assert mine(host_engine, 1) == ()


def test_the_last_task_ends_the_case(host_engine: Engine) -> None:
    started, review = request_made(host_engine)
    complete(host_engine, review.id, 2, {"approved": True, "reason": "baik"})
    (row,) = rows(host_engine, "SELECT state, ended_at FROM instance")
    assert row.state == "COMPLETED"
    assert events(host_engine, started.instance_id)[-1] == "INSTANCE_COMPLETED"


def test_a_case_number_is_gapless_even_when_a_start_fails(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    begin(host_engine, "two_step")
    with pytest.raises(InvalidForm):
        begin(host_engine, "two_step", nonsense={1, 2})
    assert begin(host_engine, "two_step").case_no == "T02-2026Q2-000002"


def test_a_form_that_is_not_valid_changes_nothing(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    started = begin(host_engine, "two_step")
    before = events(host_engine, started.instance_id)
    task = open_task(host_engine, "request")
    with pytest.raises(InvalidForm) as caught:
        complete(host_engine, task.id, 1, {"subject": ""})
    assert [problem.path for problem in caught.value.problems] == ["subject", "days"]
    assert events(host_engine, started.instance_id) == before
    assert open_task(host_engine, "request").id == task.id


def test_a_second_click_is_answered_and_not_done_again(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    started = begin(host_engine, "two_step")
    task = open_task(host_engine, "request")
    first = complete(host_engine, task.id, 1, REQUEST, key="k")
    second = complete(host_engine, task.id, 1, REQUEST, key="k")
    assert not first.repeated
    assert second.repeated
    assert second.accepted_at == first.accepted_at
    assert events(host_engine, started.instance_id).count("TASK_COMPLETED") == 1


def test_completing_twice_with_another_key_is_a_conflict(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    begin(host_engine, "two_step")
    task = open_task(host_engine, "request")
    complete(host_engine, task.id, 1, REQUEST)
    with pytest.raises(InvalidState):
        complete(host_engine, task.id, 1, REQUEST)


def test_a_strangers_submission_is_refused_and_recorded(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    begin(host_engine, "two_step")
    task = open_task(host_engine, "request")
    with pytest.raises(NotAllowed) as caught:
        complete(host_engine, task.id, 9, REQUEST)
    assert caught.value.reason == "NOT_ASSIGNED"
    (denial,) = rows(
        host_engine,
        "SELECT h.kind, h.outcome, h.person_id, h.body FROM history h"
        " JOIN stream s ON s.id = h.stream_id WHERE s.kind = 'person' AND s.key = '9'",
    )
    assert (denial.kind, denial.outcome, denial.person_id) == ("DENIED", "DENIED", 9)
    assert "CompleteTask" in unpack(denial.body)


def test_an_unknown_task_is_not_found(host_engine: Engine) -> None:
    with pytest.raises(NotFound):
        complete(host_engine, 4711, 1, REQUEST)


def test_who_requested_cannot_review_even_when_assigned(host_engine: Engine) -> None:
    # Person 2 asks for himself: his own superior reviews, and nobody can hand it back to him.
    deploy(host_engine, "two_step")
    begin(host_engine, "two_step", subject=2)
    complete(host_engine, open_task(host_engine, "request").id, 2, REQUEST)
    review = open_task(host_engine, "review")
    assert review.assignee_id == 3
    with pytest.raises(NotAllowed):
        host_engine.execute(
            AssignTask(task_id=review.id, to_person_id=2, reason="tukar"), by=person(7)
        )


def test_a_substitutes_act_names_both(host_engine: Engine, host: object) -> None:
    deploy(host_engine, "two_step")
    begin(host_engine, "two_step")
    host.substitutes[1] = 4  # type: ignore[attr-defined]
    complete(host_engine, open_task(host_engine, "request").id, 4, REQUEST)
    (done,) = rows(
        host_engine, "SELECT completed_by, on_behalf_of FROM task WHERE state = 'COMPLETED'"
    )
    assert (done.completed_by, done.on_behalf_of) == (4, 1)
    (told,) = rows(
        host_engine, "SELECT person_id, on_behalf_of FROM history WHERE kind = 'TASK_COMPLETED'"
    )
    assert (told.person_id, told.on_behalf_of) == (4, 1)


def test_assigning_needs_a_reason_and_leaves_a_trace(host_engine: Engine) -> None:
    started, review = request_made(host_engine)
    with pytest.raises(InvalidForm):
        host_engine.execute(AssignTask(task_id=review.id, to_person_id=3, reason=" "), by=person(7))
    host_engine.execute(AssignTask(task_id=review.id, to_person_id=3, reason="cuti"), by=person(7))
    assert open_task(host_engine, "review").assignee_id == 3
    assert "TASK_ASSIGNED" in events(host_engine, started.instance_id)


def test_group_tasks_are_claimed_and_given_back(host_engine: Engine) -> None:
    _, review = request_made(host_engine)
    with host_engine.database.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE task SET assignee_id = NULL, candidate_group = 'HRC' WHERE id = {review.id}"
        )
    assert [row.id for row in mine(host_engine, 7, tab="groups", groups=["HRC"])] == [review.id]
    host_engine.execute(ClaimTask(task_id=review.id), by=person(7))
    with pytest.raises(InvalidState):
        host_engine.execute(ClaimTask(task_id=review.id), by=person(8))
    assert mine(host_engine, 8, tab="groups", groups=["HRC"]) == ()
    host_engine.execute(UnclaimTask(task_id=review.id), by=person(7))
    host_engine.execute(ClaimTask(task_id=review.id), by=person(8))
    assert open_task(host_engine, "review").assignee_id == 8


def test_a_draft_is_mine_alone_and_gone_when_done(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    begin(host_engine, "two_step")
    task = open_task(host_engine, "request")
    host_engine.execute(
        SaveDraft(task_id=task.id, answers={"subject": "Cu", "typename": "x"}), by=person(1)
    )
    view = host_engine.ask(tasks.task, task.id, person_id=1)
    assert view.draft == {"subject": "Cu", "typename": "x"}
    assert host_engine.ask(tasks.task, task.id, person_id=2).draft is None
    with pytest.raises(NotAllowed):
        host_engine.execute(SaveDraft(task_id=task.id, answers={}), by=person(9))
    complete(host_engine, task.id, 1, REQUEST)
    assert rows(host_engine, "SELECT * FROM draft") == []


def test_the_review_shows_what_was_asked_beside_its_form(host_engine: Engine) -> None:
    _, review = request_made(host_engine)
    view = host_engine.ask(tasks.task, review.id, person_id=2)
    (evidence,) = view.evidence
    assert evidence.element_id == "request"
    assert evidence.answers["subject"] == "Cuti besar"
    assert evidence.person_id == 1


def test_the_inbox_pages_by_key_and_finds_text(host_engine: Engine) -> None:
    from engine import Scope

    deploy(host_engine, "two_step")
    for _ in range(5):
        begin(host_engine, "two_step")
    scope = Scope(person_id=1)
    seen: list[int] = []
    after = None
    while True:
        page = host_engine.ask(
            inbox.open_tasks, scope, now=host_engine.clock(), after=after, limit=2
        )
        seen += [row.id for row in page.rows]
        if page.next is None:
            break
        after = page.next
    assert len(seen) == len(set(seen)) == 5
    found = host_engine.ask(inbox.open_tasks, scope, now=host_engine.clock(), text="q2-000003")
    assert [row.case_no for row in found.rows] == ["T02-2026Q2-000003"]
    none = host_engine.ask(inbox.open_tasks, scope, now=host_engine.clock(), text="%")
    assert none.rows == ()
    with pytest.raises(NotFound):
        host_engine.ask(inbox.open_tasks, scope, now=host_engine.clock(), after="@@")


def test_completing_costs_at_most_twelve_statements_and_one_commit(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    begin(host_engine, "two_step")
    task = open_task(host_engine, "request")
    host_engine.execute(SaveDraft(task_id=task.id, answers={"subject": "C"}), by=person(1))
    with counted(host_engine.database) as said:
        complete(host_engine, task.id, 1, REQUEST)
    assert said.count("COMMIT") == 1
    statements = [sql for sql in said if sql != "COMMIT"]
    assert len(statements) <= 12, "\n".join(statements)
