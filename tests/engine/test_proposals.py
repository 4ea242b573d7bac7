"""What is done to versions takes two persons: retiring a process, taking its cases over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import (
    DecideProposal,
    Deploy,
    Engine,
    MigrateInstances,
    NewCase,
    ProposeMigration,
    ProposeRetirement,
    PublishMessage,
    StartMany,
    UndoMigrations,
)
from engine.errors import Conflict, InvalidForm, InvalidState, NotAllowed, NotFound
from engine.model import StreamKind
from engine.queries import definitions, history, migration, proposals
from engine.worker import Worker
from tests.conftest import MovableClock
from tests.engine.bpmn import drawing as d
from tests.engine.host import OFFICER, OFFICER2, STRANGER
from tests.engine.stories import begin, complete, deploy, open_task, person, request_made, rows

EVENTS = d.model(
    d.start(),
    d.start("by_message", d.event("message", "m1")),
    d.start("by_timer", d.timer("R/2026-07-02T01:00:00Z/P1D", "Cycle")),
    d.user("ask", candidateGroup='"HRC"'),
    d.end(),
    d.chain("begin", "ask", "finish"),
    d.chain("by_message", "ask"),
    d.chain("by_timer", "ask"),
    extra='<bpmn:message id="m1" name="go" />',
)
WHY = "Tidak dipakai lagi sejak aturan baru."


def work_off(engine: Engine) -> None:
    worker = Worker(engine)
    while worker.run_due():
        pass


def propose(engine: Engine, key: str = "two_step", who: int = OFFICER) -> int:
    return engine.execute(ProposeRetirement(key=key, reason=WHY), by=person(who))


def decide(engine: Engine, asked: int, who: int = OFFICER2, approve: bool = True, reason: str = ""):  # type: ignore[no-untyped-def]
    command = DecideProposal(proposal_id=asked, approve=approve, reason=reason)
    return engine.execute(command, by=person(who))


def retired(engine: Engine, key: str = "two_step") -> bool:
    (found,) = [row for row in engine.ask(definitions.latest) if row.key == key]
    return found.retired


def test_what_is_retired_starts_nothing_new_and_loses_nothing(host_engine: Engine) -> None:
    _, review = request_made(host_engine)
    asked = propose(host_engine)
    assert not retired(host_engine)
    assert [one.id for one in host_engine.ask(proposals.waiting)] == [asked]
    assert decide(host_engine, asked).state == "APPROVED"
    assert retired(host_engine)
    with pytest.raises(InvalidState, match="retired"):
        begin(host_engine, "two_step")
    many = StartMany(key="two_step", campaign="c", cases=[NewCase(subject_id=4)])
    with pytest.raises(InvalidState, match="retired"):
        host_engine.execute(many, by=person(OFFICER))
    complete(host_engine, review.id, 2, {"approved": True})
    assert host_engine.ask(proposals.waiting) == ()
    told = host_engine.ask(history.events, StreamKind.DEFINITION, "two_step")
    assert [event.kind for event in told[-3:]] == [
        "VERSION_PROPOSED",
        "VERSION_DECIDED",
        "DEFINITION_RETIRED",
    ]


def test_the_same_files_published_again_bring_a_retired_process_back(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    decide(host_engine, propose(host_engine))
    deploy(host_engine, "two_step")
    assert not retired(host_engine)
    begin(host_engine, "two_step")
    (old, new) = reversed(host_engine.ask(definitions.versions, "two_step"))
    assert (old.version, old.retired, new.version, new.retired) == (1, True, 2, False)
    assert old.sha256 == new.sha256


def test_nobody_approves_what_he_proposed_and_who_may_not_does_neither(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    with pytest.raises(NotAllowed):
        propose(host_engine, who=STRANGER)
    asked = propose(host_engine)
    with pytest.raises(Conflict):
        propose(host_engine, who=OFFICER2)
    with pytest.raises(NotAllowed) as refused:
        decide(host_engine, asked, who=OFFICER)
    assert refused.value.reason == "SAME_PERSON"
    with pytest.raises(NotAllowed):
        decide(host_engine, asked, who=STRANGER)
    with pytest.raises(InvalidForm):
        decide(host_engine, asked, approve=False)
    assert decide(host_engine, asked, approve=False, reason=WHY).state == "REFUSED"
    with pytest.raises(InvalidState):
        decide(host_engine, asked)
    with pytest.raises(NotFound):
        decide(host_engine, asked + 9)
    assert not retired(host_engine)


def test_who_proposed_may_withdraw_it(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    asked = propose(host_engine)
    assert decide(host_engine, asked, who=OFFICER, approve=False).state == "WITHDRAWN"
    assert host_engine.ask(proposals.proposal, asked).decided_by == OFFICER
    propose(host_engine)


def test_a_version_published_since_is_not_retired_with_the_old_one(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    asked = propose(host_engine)
    (row,) = host_engine.ask(definitions.latest)
    newer = host_engine.ask(definitions.files, row.id) | {"README.md": b"lain"}
    host_engine.execute(Deploy(files=newer))
    with pytest.raises(InvalidState, match="another one was published"):
        decide(host_engine, asked)
    assert not retired(host_engine)


def test_messages_and_timers_start_nothing_of_a_retired_process(
    host_engine: Engine, clock: MovableClock
) -> None:
    host_engine.execute(Deploy(files=EVENTS))
    decide(host_engine, propose(host_engine, "test"))
    host_engine.execute(PublishMessage(name="go", correlation="A"))
    clock.move(timedelta(days=2))
    work_off(host_engine)
    assert rows(host_engine, "SELECT id FROM instance") == []
    host_engine.execute(Deploy(files=EVENTS))
    host_engine.execute(PublishMessage(name="go", correlation="A"))
    clock.move(timedelta(days=2))
    work_off(host_engine)
    assert len(rows(host_engine, "SELECT id FROM instance")) == 3, "a message, and two days"


def test_named_cases_go_over_when_another_one_approves_and_the_rest_stays(
    host_engine: Engine,
) -> None:
    deploy(host_engine, "two_step")
    staying, going = begin(host_engine, "two_step"), begin(host_engine, "two_step", subject=4)
    old = host_engine.ask(definitions.version, "two_step", 1).row.id
    files = dict(host_engine.ask(definitions.files, old)) | {"README.md": b"lain"}
    new = host_engine.execute(Deploy(files=files)).definition_id
    found = host_engine.ask(proposals.open_cases, old, [going.case_no, "NONE-1"])
    assert found == {going.case_no: going.instance_id}
    command = ProposeMigration(
        from_definition_id=old,
        to_definition_id=new,
        reason=WHY,
        instances=tuple(found.values()),
    )
    with pytest.raises(NotAllowed):
        host_engine.execute(command, by=person(STRANGER))
    asked = host_engine.execute(command, by=person(OFFICER))
    assert open_task(host_engine, "request", going.instance_id).definition_id == old
    batch_id = decide(host_engine, asked).batch_id
    work_off(host_engine)
    assert host_engine.ask(migration.batch, batch_id).counts == {"MIGRATED": 1}
    assert open_task(host_engine, "request", going.instance_id).definition_id == new
    assert open_task(host_engine, "request", staying.instance_id).definition_id == old
    (row,) = host_engine.ask(proposals.batches, "two_step")
    assert (row.version, row.to_version, row.cases, row.dry_run) == (1, 2, 1, False)
    undo = UndoMigrations(batch_id=batch_id, reason=WHY)
    with pytest.raises(NotAllowed):
        host_engine.execute(undo, by=person(STRANGER))
    host_engine.execute(undo, by=person(OFFICER2))
    work_off(host_engine)
    assert open_task(host_engine, "request", going.instance_id).definition_id == old


def test_what_could_never_go_over_is_not_even_proposed(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    host_engine.execute(Deploy(files=EVENTS))
    (one, other) = (row.id for row in host_engine.ask(definitions.latest))
    for to, more in ((one, {}), (other, {}), (one + 50, {})):
        command = ProposeMigration(from_definition_id=one, to_definition_id=to, reason=WHY, **more)
        with pytest.raises((InvalidState, NotFound)):
            host_engine.execute(command, by=person(OFFICER))
    empty = ProposeMigration(
        from_definition_id=one, to_definition_id=other, reason=WHY, instances=()
    )
    with pytest.raises(InvalidForm):
        host_engine.execute(empty, by=person(OFFICER))
    tried = MigrateInstances(
        from_definition_id=one, to_definition_id=other, reason=WHY, request_key="k", dry_run=True
    )
    with pytest.raises(NotAllowed):
        host_engine.execute(tried, by=person(STRANGER))
