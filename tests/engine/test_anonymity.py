"""Nobody can tell from any table who wrote which anonymous answer, once it is given."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine import AssignTask, ClaimTask, CompleteTask, Engine, FireTimers
from engine.errors import NotAllowed
from engine.history import unpack
from engine.queries import cases, desk, inbox
from engine.queries.history import case_events, check_chains, values
from tests.conftest import MovableClock
from tests.engine.stories import begin, complete, deploy, mine, open_task, person, rows

PEERS = (4, 5, 6)
WORDS = {4: "Empat bintang", 5: "Lima hari", 6: "Enam kali"}


def asked(engine: Engine) -> int:
    deploy(engine, "anonymous_peers")
    return begin(engine, "anonymous_peers", peers=list(PEERS)).instance_id


def answer(engine: Engine, peer: int) -> None:
    (task,) = mine(engine, peer)
    complete(engine, task.id, peer, {"score": peer - 2, "comment": WORDS[peer]})


def everything(engine: Engine) -> str:
    """Give every cell of every table as text."""
    from engine import Base

    tables = [rows(engine, f'SELECT * FROM "{name}"') for name in Base.metadata.tables]
    return repr([dict(row._mapping) for table in tables for row in table])


def test_each_peer_sees_his_own_task_and_no_ones_else(host_engine: Engine) -> None:
    asked(host_engine)
    assert [len(mine(host_engine, peer)) for peer in PEERS] == [1, 1, 1]
    assert len({mine(host_engine, peer)[0].id for peer in PEERS}) == 3


def test_a_given_answer_is_read_nowhere_while_the_group_is_open(host_engine: Engine) -> None:
    asked(host_engine)
    answer(host_engine, 4)
    assert WORDS[4] not in everything(host_engine)


def test_a_given_answers_row_has_lost_its_person(host_engine: Engine) -> None:
    asked(host_engine)
    answer(host_engine, 5)
    (done,) = rows(host_engine, "SELECT * FROM task WHERE state = 'COMPLETED'")
    assert (done.assignee_id, done.completed_by, done.on_behalf_of) == (None, None, None)
    assert done.masked_person is not None
    assert str(done.ended_at).endswith(("00:00:00", "00:00:00.000000", "00:00:00+00:00"))


def test_no_event_names_a_rater(host_engine: Engine) -> None:
    asked(host_engine)
    for peer in PEERS:
        answer(host_engine, peer)
    told = rows(host_engine, "SELECT kind, person_id, body FROM history")
    assert not [row for row in told if row.person_id in PEERS]
    for peer, name in ((4, "Dewi"), (5, "Eko"), (6, "Fitri")):
        bodies = [unpack(r.body) for r in told]
        assert not [b for b in bodies if name in b or f'"person":{peer}' in b]


def test_the_groups_events_come_in_one_batch_by_the_day(host_engine: Engine) -> None:
    instance_id = asked(host_engine)
    for peer in PEERS:
        before = len(host_engine.ask(case_events, instance_id))
        answer(host_engine, peer)
        after = host_engine.ask(case_events, instance_id)
        if peer != PEERS[-1]:
            assert len(after) == before
    closed = [row for row in after if row.kind == "TASK_COMPLETED"]
    assert sorted(row.person_name for row in closed) == ["R1", "R2", "R3"]
    assert {(row.at.hour, row.at.minute) for row in closed} == {(0, 0)}


def test_the_state_holds_the_answers_by_pseudonym_once_all_are_in(host_engine: Engine) -> None:
    asked(host_engine)
    for peer in PEERS:
        answer(host_engine, peer)
    summary = open_task(host_engine, "summary")
    assert summary.state == "CREATED"
    assert host_engine.ask(check_chains) == ()


def test_answers_of_an_anonymous_step_are_shown_to_nobody(host_engine: Engine) -> None:
    instance_id = asked(host_engine)
    for peer in PEERS:
        answer(host_engine, peer)
    shown = host_engine.ask(values, instance_id, readers={"EMP", "RTR", "HRC"}, everything=True)
    assert "answer" not in {change.element_id for change in shown}
    assert not [word for word in WORDS.values() if word in repr(shown)]


def test_a_case_page_says_how_many_were_asked_and_not_who(host_engine: Engine) -> None:
    instance_id = asked(host_engine)
    answer(host_engine, 4)
    (step,) = [s for s in host_engine.ask(cases.case, instance_id).steps if s.anonymous]
    assert (step.count, step.person_id, step.at, step.task_id) == (3, None, None, None)


def test_done_lists_leave_anonymous_tasks_out(host_engine: Engine) -> None:
    from engine import Scope

    asked(host_engine)
    answer(host_engine, 4)
    done = host_engine.ask(inbox.done_tasks, Scope(person_id=4), now=host_engine.clock())
    assert done.rows == ()


def test_who_did_not_answer_cannot_be_told_from_who_did(
    host_engine: Engine, clock: MovableClock
) -> None:
    instance_id = asked(host_engine)
    answer(host_engine, 4)
    clock.move(timedelta(days=10))
    assert host_engine.execute(FireTimers(instance_id=instance_id)) == 1
    told = rows(host_engine, "SELECT state, assignee_id, masked_person FROM task WHERE anonymous")
    assert {row.assignee_id for row in told} == {None}
    assert all(row.masked_person for row in told)
    assert open_task(host_engine, "summary")


def test_an_anonymous_task_cannot_change_hands(host_engine: Engine) -> None:
    asked(host_engine)
    (task,) = mine(host_engine, 4)
    with pytest.raises(NotAllowed):
        host_engine.execute(
            AssignTask(task_id=task.id, to_person_id=5, reason="tukar"), by=person(7)
        )
    with pytest.raises(NotAllowed):
        host_engine.execute(ClaimTask(task_id=task.id), by=person(5))


def test_a_second_click_on_an_anonymous_answer_is_answered(host_engine: Engine) -> None:
    asked(host_engine)
    (task,) = mine(host_engine, 4)
    given = {"score": 3, "comment": "Baik"}
    complete(host_engine, task.id, 4, given, key="k")
    assert complete(host_engine, task.id, 4, given, key="k").repeated


def test_an_average_does_not_tell_that_one_more_has_answered(host_engine: Engine) -> None:
    def give(case: int, peer: int) -> None:
        (task,) = [each for each in mine(host_engine, peer) if each.instance_id == case]
        given = {"score": 3, "comment": WORDS[peer]}
        done = CompleteTask(task_id=task.id, answers=given, request_key="k", spent=(99, 9))
        host_engine.execute(done, by=person(peer))

    deploy(host_engine, "anonymous_peers")
    for _ in range(desk.FEWEST):
        give(begin(host_engine, "anonymous_peers", peers=[4]).instance_id, 4)
    case = begin(host_engine, "anonymous_peers", peers=[5, 6]).instance_id
    (known,) = host_engine.ask(desk.average_times, "anonymous_peers")
    assert known.count == desk.FEWEST
    give(case, 5)
    assert host_engine.ask(desk.average_times, "anonymous_peers") == (known,)
    give(case, 6)
    (closed,) = host_engine.ask(desk.average_times, "anonymous_peers")
    assert closed.count == desk.FEWEST + 2


def backup(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Give every row of every table, as somebody finds it who has a copy of the database."""
    from engine import Base

    return {
        name: [dict(row._mapping) for row in rows(engine, f'SELECT * FROM "{name}"')]
        for name in Base.metadata.tables
    }


def test_whoever_has_a_backup_of_every_moment_cannot_tell_whose_answer_it_is(
    host_engine: Engine,
) -> None:
    """An open task names its person, so its row, token and pseudonym are known to be his."""
    peers = [2, 3, 4, 5, 6, 7, 8, 9]
    deploy(host_engine, "anonymous_peers")
    begin(host_engine, "anonymous_peers", peers=peers)
    known = backup(host_engine)
    own = {row["assignee_id"]: row for row in known["task"] if row["anonymous"]}
    for peer in reversed(peers):
        (task,) = mine(host_engine, peer)
        given = {"score": 1 + peer % 5, "comment": f"Kata-kata {peer}"}
        complete(host_engine, task.id, peer, given)
        before, known = known, backup(host_engine)
        touched = {name for name, found in known.items() if found != before[name]}
        # While others are still to answer, his row and the case's are all that changes.
        assert peer == peers[0] or touched == {"task", "instance"}
    told = [row for row in known["sealed_value"] if "Kata-kata" in str(row["value"])]
    events = {(row["stream_id"], row["seq"]): row for row in known["history"]}
    writers = {
        int(str(row["value"]).partition("Kata-kata ")[2].partition('"')[0]): unpack(
            events[row["stream_id"], row["seq"]]["body"]
        )
        for row in told
    }
    assert writers.keys() == own.keys()
    assert all(events[row["stream_id"], row["seq"]]["task_id"] is None for row in told)
    # One in 40,320 by chance: named anew, and not in the order of tasks or answers.
    as_named = [f'"{own[peer]["pseudonym"]}"' in writers[peer] for peer in peers]
    assert not all(as_named)
    order = [int(str(row["value"]).partition("Kata-kata ")[2].partition('"')[0]) for row in told]
    assert order not in (peers, peers[::-1], sorted(peers, key=lambda peer: own[peer]["id"]))
