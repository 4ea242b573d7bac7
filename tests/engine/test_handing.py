"""What passes between people around a task: sent back, withdrawn, lent, taken over, put off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine import (
    AskExtension,
    AssignTask,
    ClaimTask,
    CommentTask,
    CompleteTask,
    DecideExtension,
    DelegateTask,
    Engine,
    GiveBackTask,
    RecallTask,
    RemindHolder,
    SaveDraft,
    SendBack,
    TakeOverTask,
    UnclaimTask,
    Withdraw,
)
from engine.errors import InvalidForm, InvalidState, NotAllowed
from engine.queries import desk, standing, tasks
from tests.engine.stories import (
    REQUEST,
    begin,
    complete,
    deploy,
    events,
    mine,
    open_task,
    person,
    request_made,
    rows,
)

BACK = {"to_element": "request", "reason": "Lengkapi tanggalnya."}


def do(engine: Engine, who: int, command: Any) -> Any:
    return engine.execute(command, by=person(who))


def to_group(engine: Engine, task_id: int, claimed_by: int | None = None) -> None:
    """Make a task one of the group, claimed by somebody or free."""
    with engine.database.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE task SET candidate_group = 'HRC', assignee_id = NULL WHERE id = {task_id}"
        )
    if claimed_by:
        do(engine, claimed_by, ClaimTask(task_id=task_id))


# ---- send back


def test_a_task_is_sent_back_with_its_answers_and_a_reason(host_engine: Engine) -> None:
    started, review = request_made(host_engine)
    with pytest.raises(InvalidForm):
        do(host_engine, 2, SendBack(task_id=review.id, to_element="request", reason=" "))
    with pytest.raises(NotAllowed):
        do(host_engine, 9, SendBack(task_id=review.id, **BACK))
    with pytest.raises(InvalidState):
        do(host_engine, 2, SendBack(task_id=review.id, to_element="prepare", reason="x"))
    do(host_engine, 2, SendBack(task_id=review.id, **BACK))
    again = open_task(host_engine, "request")
    assert again.assignee_id == 1
    view = host_engine.ask(tasks.task, again.id, person_id=1)
    assert view.draft is not None
    assert view.draft["subject"] == "Cuti besar"
    (said,) = rows(host_engine, "SELECT kind, text, person_id FROM comment")
    assert (said.kind, said.text, said.person_id) == ("BACK", BACK["reason"], 2)
    assert mine(host_engine, 2) == ()
    complete(host_engine, again.id, 1, {**REQUEST, "subject": "Cuti tahunan"})
    review = open_task(host_engine, "review")
    assert review.title == "Permohonan: Cuti tahunan"
    # Once more from there: the way back is that of the newest round.
    do(host_engine, 2, SendBack(task_id=review.id, **BACK))
    complete(host_engine, open_task(host_engine, "request").id, 1, REQUEST)
    complete(host_engine, open_task(host_engine, "review").id, 2, {"approved": True})
    told = events(host_engine, started.instance_id)
    assert told.count("TASK_SENT_BACK") == 2
    assert told[-1] == "INSTANCE_COMPLETED"


def test_nothing_is_sent_back_over_a_service(host_engine: Engine) -> None:
    deploy(host_engine, "failing_service")
    begin(host_engine, "failing_service")
    complete(host_engine, open_task(host_engine, "ask").id, 1, {"question": "Mengapa?"})
    confirm = open_task(host_engine, "confirm")
    back = SendBack(task_id=confirm.id, to_element="ask", reason="Keliru.")
    with pytest.raises(InvalidState):
        do(host_engine, confirm.assignee_id or 7, back)
    ask = next(row for row in rows(host_engine, "SELECT * FROM task") if row.element_id == "ask")
    with pytest.raises(InvalidState):
        do(host_engine, 1, Withdraw(task_id=ask.id))


# ---- withdraw


def test_a_submission_is_withdrawn_while_nothing_has_followed(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    started = begin(host_engine, "two_step")
    (before,) = rows(host_engine, "SELECT header FROM instance")
    task = open_task(host_engine, "request")
    complete(host_engine, task.id, 1, REQUEST)
    review = open_task(host_engine, "review")
    with pytest.raises(NotAllowed):
        do(host_engine, 2, Withdraw(task_id=task.id))
    do(host_engine, 1, Withdraw(task_id=task.id))
    (after,) = rows(host_engine, "SELECT header FROM instance")
    assert after.header == before.header
    assert mine(host_engine, 2) == ()
    (row,) = mine(host_engine, 1)
    assert (row.id, row.has_draft) == (task.id, True)
    with pytest.raises(InvalidState):
        do(host_engine, 1, Withdraw(task_id=task.id))
    complete(host_engine, task.id, 1, REQUEST)
    (again,) = host_engine.ask(standing.open_tasks, started.instance_id)
    assert (again.element_id, again.assignee_id) == ("review", 2)
    assert again.id != review.id
    assert "TASK_WITHDRAWN" in events(host_engine, started.instance_id)
    complete(host_engine, again.id, 2, {"approved": True})
    assert rows(host_engine, "SELECT * FROM undo") == []


def test_nothing_is_withdrawn_after_somebody_has_begun(host_engine: Engine) -> None:
    _, review = request_made(host_engine)
    (task,) = rows(host_engine, "SELECT * FROM task WHERE element_id = 'request'")
    do(host_engine, 2, SaveDraft(task_id=review.id, answers={"note": "mulai"}))
    with pytest.raises(InvalidState):
        do(host_engine, 1, Withdraw(task_id=task.id))
    with host_engine.database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM draft")
    do(host_engine, 7, AssignTask(task_id=review.id, to_person_id=3, reason="cuti"))
    with pytest.raises(InvalidState):
        do(host_engine, 1, Withdraw(task_id=task.id))


# ---- looking, taking over, reminding


def test_whoever_is_asked_to_look_says_something_and_cannot_decide(host_engine: Engine) -> None:
    started, review = request_made(host_engine)
    lend = DelegateTask(task_id=review.id, to_person_id=3, question="Bagaimana menurut Ibu?")
    with pytest.raises(NotAllowed):
        do(host_engine, 9, lend)
    with pytest.raises(NotAllowed):  # nobody looks at a case about himself
        do(host_engine, 2, DelegateTask(task_id=review.id, to_person_id=1, question="?"))
    do(host_engine, 2, lend)
    (row,) = mine(host_engine, 3)
    assert (row.id, row.owner_id) == (review.id, 2)
    with pytest.raises(NotAllowed) as caught:
        complete(host_engine, review.id, 3, {"approved": True})
    assert caught.value.reason == "LENT"
    with pytest.raises(NotAllowed):
        complete(host_engine, review.id, 2, {"approved": True})
    do(host_engine, 3, GiveBackTask(task_id=review.id, opinion="Setuju saja."))
    assert open_task(host_engine, "review").assignee_id == 2
    do(host_engine, 2, lend)
    with pytest.raises(NotAllowed):
        do(host_engine, 3, RecallTask(task_id=review.id))
    do(host_engine, 2, RecallTask(task_id=review.id))
    complete(host_engine, review.id, 2, {"approved": True})
    told = events(host_engine, started.instance_id)
    assert (told.count("TASK_LENT"), told.count("TASK_GIVEN_BACK")) == (2, 2)
    kinds = [row.kind for row in rows(host_engine, "SELECT kind FROM comment ORDER BY id")]
    assert kinds == ["ASKED", "LOOKED", "ASKED"]


def test_taking_over_needs_the_group_and_a_reason(host_engine: Engine) -> None:
    started, review = request_made(host_engine)
    to_group(host_engine, review.id, claimed_by=7)
    with pytest.raises(InvalidForm):
        do(host_engine, 8, TakeOverTask(task_id=review.id, reason=""))
    with pytest.raises(NotAllowed):
        do(host_engine, 9, TakeOverTask(task_id=review.id, reason="mau"))
    do(host_engine, 8, TakeOverTask(task_id=review.id, reason="Gita sakit."))
    assert open_task(host_engine, "review").assignee_id == 8
    assert "TASK_TAKEN_OVER" in events(host_engine, started.instance_id)
    do(host_engine, 8, UnclaimTask(task_id=review.id))
    with pytest.raises(InvalidState):
        do(host_engine, 7, TakeOverTask(task_id=review.id, reason="Tidak ada."))


def test_who_sent_may_remind_once_a_day(host_engine: Engine, clock: Any) -> None:
    started, review = request_made(host_engine)
    with pytest.raises(NotAllowed):
        do(host_engine, 9, RemindHolder(task_id=review.id))
    do(host_engine, 1, RemindHolder(task_id=review.id))
    with pytest.raises(InvalidState):
        do(host_engine, 7, RemindHolder(task_id=review.id))
    clock.move(timedelta(days=1))
    do(host_engine, 7, RemindHolder(task_id=review.id))
    assert events(host_engine, started.instance_id).count("HOLDER_REMINDED") == 2


# ---- due dates and words


def test_a_later_due_date_is_asked_granted_and_logged(host_engine: Engine) -> None:
    started, review = request_made(host_engine)
    later = review_due(host_engine) + timedelta(days=7)
    ask = AskExtension(task_id=review.id, wanted_at=later, reason="Menunggu berkas.")
    with pytest.raises(NotAllowed):
        do(host_engine, 1, ask)
    early = AskExtension(task_id=review.id, wanted_at=host_engine.clock(), reason="x")
    with pytest.raises(InvalidForm):
        do(host_engine, 2, early)
    number = do(host_engine, 2, ask)
    with pytest.raises(InvalidState):
        do(host_engine, 2, ask)
    with pytest.raises(NotAllowed):
        do(host_engine, 2, DecideExtension(extension_id=number, granted=True))
    with pytest.raises(NotAllowed):
        do(host_engine, 9, DecideExtension(extension_id=number, granted=True))
    do(host_engine, 3, DecideExtension(extension_id=number, granted=True))
    assert review_due(host_engine) == later
    with pytest.raises(InvalidState):
        do(host_engine, 3, DecideExtension(extension_id=number, granted=True))
    even_later = later + timedelta(days=1)
    again = AskExtension(task_id=review.id, wanted_at=even_later, reason="Lagi.")
    refused = do(host_engine, 2, again)
    with pytest.raises(InvalidForm):
        do(host_engine, 3, DecideExtension(extension_id=refused, granted=False))
    do(host_engine, 3, DecideExtension(extension_id=refused, granted=False, reason="Cukup."))
    assert review_due(host_engine) == later
    told = events(host_engine, started.instance_id)
    assert (told.count("EXTENSION_ASKED"), told.count("EXTENSION_DECIDED")) == (2, 2)


def review_due(engine: Engine) -> Any:
    (row,) = mine(engine, 2)
    return row.due_at


def test_words_stand_beside_a_case_and_never_beside_an_anonymous_step(
    host_engine: Engine,
) -> None:
    started, review = request_made(host_engine)
    do(host_engine, 2, CommentTask(task_id=review.id, text=" Mohon dicek. ", mentioned=[3]))
    with pytest.raises(NotAllowed):
        do(host_engine, 9, CommentTask(task_id=review.id, text="Halo"))
    (said,) = rows(host_engine, "SELECT text, person_id FROM comment")
    assert (said.text, said.person_id) == ("Mohon dicek.", 2)
    assert events(host_engine, started.instance_id)[-1] == "COMMENT_ADDED"
    with host_engine.database.begin() as connection:
        connection.exec_driver_sql(f"UPDATE task SET anonymous = {_TRUE} WHERE id = {review.id}")
    for command in (
        CommentTask(task_id=review.id, text="Halo"),
        RemindHolder(task_id=review.id),
        SendBack(task_id=review.id, **BACK),
        DelegateTask(task_id=review.id, to_person_id=3, question="?"),
        TakeOverTask(task_id=review.id, reason="x"),
    ):
        with pytest.raises(NotAllowed) as caught:
            do(host_engine, 2, command)
        assert caught.value.reason == "ANONYMOUS"


_TRUE = "(1 = 1)"


def test_minutes_are_one_s_own_and_told_to_others_only_of_five(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    spent = {"spent": (120, 60)}
    for number in range(5):
        case = begin(host_engine, "two_step").instance_id
        task = open_task(host_engine, "request", case)
        do(host_engine, 1, SaveDraft(task_id=task.id, answers={}, **spent))
        done = CompleteTask(task_id=task.id, answers=REQUEST, request_key=f"k{number}", **spent)
        do(host_engine, 1, done)
        assert host_engine.ask(desk.time_spent, 1, task.id) == (240, 120)
        assert host_engine.ask(desk.time_spent, 2, task.id) == (0, 0)
        found = host_engine.ask(desk.average_times, "two_step")
        assert len(found) == (number == 4)
    assert (found[0].element_id, found[0].count, found[0].open_seconds) == ("request", 5, 240)


def test_minutes_of_an_anonymous_answer_lose_the_person(host_engine: Engine) -> None:
    deploy(host_engine, "anonymous_peers")
    begin(host_engine, "anonymous_peers", peers=[4, 5, 6])
    task = next(row for row in rows(host_engine, "SELECT * FROM task") if row.assignee_id == 4)
    do(host_engine, 4, SaveDraft(task_id=task.id, answers={}, spent=(60, 30)))
    done = CompleteTask(
        task_id=task.id,
        answers={"score": 2, "comment": "Selalu siap membantu."},
        request_key="k",
        spent=(60, 30),
    )
    do(host_engine, 4, done)
    (kept,) = rows(host_engine, "SELECT * FROM task_time")
    assert (kept.person_id, kept.open_seconds, kept.active_seconds) == (0, 120, 60)
