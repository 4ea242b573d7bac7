"""Cases of the database go to another version: rows, history, batches, dry runs, and back."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from engine import (
    CancelInstance,
    ClaimTask,
    Deploy,
    Engine,
    MigrateInstance,
    MigrateInstances,
    PublishMessage,
    ResumeInstance,
    RetryIncident,
    SaveDraft,
    SuspendInstance,
    UndoMigration,
    UndoMigrations,
)
from engine.commands import migrating, migrating_back
from engine.commands.upkeep import ClearUp
from engine.errors import InvalidForm, InvalidState, NotAllowed
from engine.model import MigrationState
from engine.queries import cases, migration, tasks
from engine.queries.event_log import LogFilter, event_log
from engine.queries.history import check_chains, values
from engine.worker import Worker
from tests.conftest import MovableClock
from tests.engine.bpmn import drawing as d
from tests.engine.host import Host
from tests.engine.stories import (
    begin,
    complete,
    counted,
    events,
    mine,
    open_task,
    person,
    rows,
)
from tests.engine.test_racing import at_once

OFFICER, STRANGER = 7, 9


def form(*keys: str) -> bytes:
    fields = [{"type": "textfield", "id": f"f_{key}", "key": key, "label": key} for key in keys]
    drawn = {"type": "default", "schemaVersion": 19, "id": "ask", "components": fields}
    return json.dumps(drawn).encode()


def rich(
    ask: str = "ask", serve: str = "serve", message: str = "paid", title: str = "Satu", more: str = "", fields: tuple[str, ...] = ("a", "b"),
) -> dict[str, bytes]:  # fmt: skip
    """Everything that waits, at once: a form, a group, a timer, a message, and what failed."""
    after = ["check", more] if more else ["check"]
    files = d.model(
        d.start(), d.gateway("parallel", "fork"), d.gateway("parallel", "join"), d.end(), d.user("check", assignee="3"),
        d.user(ask, form="ask", result="asked", assignee="2", title=title, due="P5D"), d.user("vote", candidateGroup='"HRC"'),
        d.boundary("late", ask, d.timer("P9D"), interrupting=False), d.end("noted"), d.chain("late", "noted"),
        d.user("peer", d.several("peers", item="rater"), anonymous="true", assignee="rater"),
        d.catch("told", d.event("message", "m1"), correlation='"A"'), d.service(serve, "test_service", "said", question='"?"'),
        *([d.user(more, assignee="2"), d.boundary("slow", "vote", d.timer("P2D"), interrupting=False), d.end("e2"), d.chain("slow", "e2")] if more else []),
        d.chain("begin", "fork", ask, "join", *after, "finish"),
        *(d.chain("fork", branch, "join") for branch in ("vote", "peer", "told", serve)),
        extra=f'<bpmn:message id="m1" name="{message}" />',
    )  # fmt: skip
    return {**files, "forms/ask.json": form(*fields)}


def deployed(engine: Engine, files: dict[str, bytes]) -> int:
    return engine.execute(Deploy(files=files, reason="uji"), by=person(OFFICER)).definition_id


def go(engine: Engine, case: int, to: int, who: int = OFFICER, **more: Any) -> Any:
    more = {"reason": "aturan baru", "request_key": uuid4().hex, **more}
    command = MigrateInstance(instance_id=case, to_definition_id=to, **more)
    return engine.execute(command, by=person(who))


def waits(engine: Engine, case: int) -> dict[str, list[dict[str, Any]]]:
    """Give every row of what waits in a case, to compare."""
    found = {}
    for table in ("task", "timer", "subscription", "incident"):
        sql = f"SELECT * FROM {table} WHERE instance_id = :i ORDER BY 1, 2"
        found[table] = [dict(row._mapping) for row in rows(engine, sql, i=case)]
    header = "SELECT header, definition_id FROM instance WHERE id = :i"
    found["instance"] = [dict(row._mapping) for row in rows(engine, header, i=case)]
    return found


@pytest.fixture
def case(host_engine: Engine, host: Host) -> int:
    """A case that waits everywhere: a draft is typed, a task claimed, one of three has answered."""
    host.failing.add("test_service")
    deployed(host_engine, rich())
    case = begin(host_engine, "test", peers=[4, 5, 6]).instance_id
    ask = open_task(host_engine, "ask")
    host_engine.execute(SaveDraft(task_id=ask.id, answers={"a": "x", "b": "y"}), by=person(2))
    host_engine.execute(ClaimTask(task_id=open_task(host_engine, "vote").id), by=person(OFFICER))
    (anonymous,) = mine(host_engine, 5)
    complete(host_engine, anonymous.id, 5, {})
    return case


NEW = {"ask": "asked", "serve": "service"}


def new(engine: Engine) -> int:
    files = rich("asked", "service", "settled", "Dua", "extra", ("a", "c"))
    return deployed(engine, files)


def test_everything_that_waits_goes_with_a_case_and_it_ends_as_if_it_had_begun_there(
    host_engine: Engine, host: Host, clock: MovableClock, case: int
) -> None:
    before, to = waits(host_engine, case), new(host_engine)
    clock.move(timedelta(days=1))
    result = go(host_engine, case, to, rename=NEW)
    assert result.state == MigrationState.MIGRATED
    assert [(lost.element_id, lost.fields) for lost in result.said.lost] == [("ask", ("b",))]
    after = waits(host_engine, case)
    changed = {"definition_id", "element_id", "title"}
    for old, now in zip(before["task"], after["task"], strict=True):
        differs = {name for name in old if old[name] != now[name]}
        assert differs <= changed if old["state"] == "CREATED" else differs == set()
    asked = open_task(host_engine, "asked")
    assert (asked.title, asked.definition_id) == ("Dua", to)
    (draft,) = rows(host_engine, "SELECT * FROM draft")
    assert (draft.task_id, json.loads(draft.answers)["v"]) == (asked.id, {"a": "x", "b": "y"})
    assert [t["element_id"] for t in after["timer"]] == ["late", "slow"]
    assert after["timer"][0] == before["timer"][0]
    assert [(s["name"], s["correlation"]) for s in after["subscription"]] == [("settled", "A")]
    assert [i["element_id"] for i in after["incident"]] == ["service"]
    host.failing.clear()
    host_engine.execute(RetryIncident(incident_id=after["incident"][0]["id"]), by=person(OFFICER))
    host_engine.execute(PublishMessage(name="settled", correlation="A", payload={}))
    Worker(host_engine).run_due()
    complete(host_engine, asked.id, 2, {"a": "x", "c": "z"})
    complete(host_engine, open_task(host_engine, "vote").id, OFFICER, {})
    for rater in (4, 6):
        complete(host_engine, mine(host_engine, rater)[0].id, rater, {})
    complete(host_engine, open_task(host_engine, "check").id, 3, {})
    complete(host_engine, open_task(host_engine, "extra").id, 2, {})
    assert rows(host_engine, "SELECT state FROM instance")[0].state == "COMPLETED"
    assert "INSTANCE_MIGRATED" in events(host_engine, case)
    assert host_engine.ask(check_chains) == ()


def test_a_dry_run_says_the_same_and_changes_nothing(host_engine: Engine, case: int) -> None:
    before, to = waits(host_engine, case), new(host_engine)
    told = events(host_engine, case)
    blocked = go(host_engine, case, to, dry_run=True)
    assert blocked.state == MigrationState.BLOCKED
    assert {(o.code, o.element_id) for o in blocked.said.obstacles} == {
        ("REMOVED", "ask"),
        ("REMOVED", "serve"),
    }
    free = go(host_engine, case, to, rename=NEW, dry_run=True)
    assert (free.state, free.batch_id, len(free.said.lost)) == (MigrationState.FEASIBLE, None, 1)
    assert waits(host_engine, case) == before
    assert events(host_engine, case) == told
    assert rows(host_engine, "SELECT * FROM migration_case") == []


def test_a_case_goes_back_as_it_was_while_nothing_has_moved(
    host_engine: Engine, clock: MovableClock, case: int
) -> None:
    before, to = waits(host_engine, case), new(host_engine)
    clock.move(timedelta(days=1))
    go(host_engine, case, to, rename=NEW, retime=["asked", "late"])
    assert open_task(host_engine, "asked").due_at != before["task"][0]["due_at"]
    host_engine.execute(UndoMigration(instance_id=case, reason="keliru"), by=person(OFFICER))
    assert waits(host_engine, case) == before
    with pytest.raises(InvalidState):
        host_engine.execute(UndoMigration(instance_id=case, reason="lagi"), by=person(OFFICER))
    go(host_engine, case, to, rename=NEW)
    complete(host_engine, open_task(host_engine, "vote").id, OFFICER, {})
    with pytest.raises(InvalidState, match="gone on"):
        host_engine.execute(UndoMigration(instance_id=case, reason="keliru"), by=person(OFFICER))
    assert host_engine.ask(check_chains) == ()


def test_only_who_may_publish_takes_cases_over_and_a_reason_is_needed(
    host_engine: Engine, case: int
) -> None:
    to = new(host_engine)
    for wrong in (1, STRANGER):
        with pytest.raises(NotAllowed):
            go(host_engine, case, to, who=wrong, rename=NEW)
        batch = MigrateInstances(
            from_definition_id=to - 1, to_definition_id=to, reason="x", request_key="k"
        )
        with pytest.raises(NotAllowed):
            host_engine.execute(batch, by=person(wrong))
        with pytest.raises(NotAllowed):
            host_engine.execute(UndoMigration(instance_id=case, reason="x"), by=person(wrong))
    with pytest.raises(InvalidForm):
        go(host_engine, case, to, reason=" ")
    with pytest.raises(InvalidForm):
        go(host_engine, case, to, rename={"nosuch": "ask"})
    other = deployed(
        host_engine,
        d.model(d.start(), d.user("u"), d.end(), d.chain("begin", "u", "finish"), key="other"),
    )
    with pytest.raises(InvalidState):
        go(host_engine, case, other)


def test_a_suspended_case_goes_over_and_stays_suspended_and_an_ended_one_never(
    host_engine: Engine, clock: MovableClock, case: int
) -> None:
    to = new(host_engine)
    host_engine.execute(SuspendInstance(instance_id=case, reason="tunggu"), by=person(OFFICER))
    assert go(host_engine, case, to, rename=NEW).state == MigrationState.MIGRATED
    clock.move(timedelta(days=30))
    assert Worker(host_engine).run_due() == 0
    assert len(waits(host_engine, case)["timer"]) == 2
    host_engine.execute(ResumeInstance(instance_id=case, reason="lanjut"), by=person(OFFICER))
    Worker(host_engine).run_due()
    assert waits(host_engine, case)["timer"] == []
    host_engine.execute(CancelInstance(instance_id=case, reason="batal"), by=person(OFFICER))
    back = go(host_engine, case, to - 1)
    assert [(o.code) for o in back.said.obstacles] == ["ENDED"]


def small(*tasks: str, key: str = "test") -> dict[str, bytes]:
    elements = "".join(d.user(t, assignee=str(n)) for n, t in enumerate(tasks, start=2))
    return d.model(d.start(), elements, d.end(), d.chain("begin", *tasks, "finish"), key=key)


def test_a_batch_takes_over_every_open_case_once_and_says_what_became_of_each(
    host_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "CHUNK", 3)
    monkeypatch.setattr(migrating_back, "CHUNK", 3)
    old = deployed(host_engine, small("one", "two"))
    cases = [begin(host_engine, "test", subject=1).instance_id for _ in range(8)]
    to = deployed(host_engine, small("one", "extra"))
    stuck, gone = cases[:2]
    complete(host_engine, open_task(host_engine, "one", stuck).id, 2, {})
    host_engine.execute(CancelInstance(instance_id=gone, reason="batal"), by=person(OFFICER))
    plan = host_engine.ask(migration.plan_migration, old, to)
    assert (plan.cases, plan.free) == (7, 6)
    assert [(b.code, b.element_id, b.cases) for b in plan.blockers] == [("REMOVED", "two", 1)]
    assert {c.element_id: c.change for c in plan.changes}["two"] == "REMOVED"
    for dry_run, state in ((True, MigrationState.FEASIBLE), (False, MigrationState.MIGRATED)):
        command = MigrateInstances(
            from_definition_id=old, to_definition_id=to, reason="aturan baru", request_key=f"k{dry_run}", dry_run=dry_run,
        )  # fmt: skip
        batch_id = host_engine.execute(command, by=person(OFFICER))
        assert host_engine.execute(command, by=person(OFFICER)) == batch_id
        assert host_engine.ask(migration.batch, batch_id).left == 7
        Worker(host_engine).run_due()
        seen = host_engine.ask(migration.batch, batch_id)
        assert (seen.left, seen.counts) == (0, {state: 6, MigrationState.BLOCKED: 1})
    some = MigrateInstances(
        from_definition_id=old, to_definition_id=to, reason="lagi", request_key="some", instances=[stuck, gone]
    )  # fmt: skip
    some_id = host_engine.execute(some, by=person(OFFICER))
    assert host_engine.ask(migration.batch, some_id).counts == {MigrationState.WAITING: 1}
    Worker(host_engine).run_due()
    assert host_engine.ask(migration.batch, some_id).counts == {MigrationState.BLOCKED: 1}
    page = host_engine.ask(migration.results, batch_id, limit=5)
    rest = host_engine.ask(migration.results, batch_id, after=page.next)
    assert len(page.rows + rest.rows) == 7
    assert all(row.may_undo == (row.state == MigrationState.MIGRATED) for row in page.rows)
    (why,) = host_engine.ask(migration.results, batch_id, state=MigrationState.BLOCKED).rows
    assert (why.instance_id, why.obstacles[0].code) == (stuck, "REMOVED")
    told = rows(
        host_engine, "SELECT kind, person_id FROM history WHERE kind LIKE '%MIGRAT%' ORDER BY kind"
    )
    assert {row.person_id for row in told} == {OFFICER}
    assert [row.kind for row in told].count("INSTANCE_MIGRATED") == 6
    assert host_engine.ask(check_chains) == ()
    moved = next(c for c in cases if c not in (stuck, gone))
    complete(host_engine, open_task(host_engine, "one", moved).id, 2, {})
    back = UndoMigrations(batch_id=batch_id, reason="keliru")
    with pytest.raises(NotAllowed):
        host_engine.execute(back, by=person(STRANGER))
    host_engine.execute(back, by=person(OFFICER))
    Worker(host_engine).run_due()
    states = {MigrationState.UNDONE: 5, MigrationState.MIGRATED: 1, MigrationState.BLOCKED: 1}
    assert host_engine.ask(migration.batch, batch_id).counts == states
    where = rows(host_engine, "SELECT id, definition_id FROM instance WHERE ended_at IS NULL")
    assert [row.id for row in where if row.definition_id == to] == [moved]
    assert host_engine.ask(check_chains) == ()


def test_who_did_a_step_is_told_apart_still_when_it_is_called_otherwise(
    host_engine: Engine,
) -> None:
    def drawn(first: str) -> dict[str, bytes]:
        return d.model(
            d.start(), d.user(first, result="first", assignee="4"), d.user("second", assignee="4", notSameAs=first), d.end(),
            d.user("between", assignee="5"), d.chain("begin", first, "between", "second", "finish"),
        )  # fmt: skip

    deployed(host_engine, drawn("one"))
    case = begin(host_engine, "test").instance_id
    complete(host_engine, open_task(host_engine, "one").id, 4, {})
    go(host_engine, case, deployed(host_engine, drawn("uno")), rename={"one": "uno"})
    complete(host_engine, open_task(host_engine, "between").id, 5, {})
    assert open_task(host_engine, "second").assignee_id != 4


def test_the_same_request_is_done_once_and_taking_over_costs_few_statements(
    host_engine: Engine,
) -> None:
    deployed(host_engine, small("one", "two"))
    case = begin(host_engine, "test").instance_id
    to = deployed(host_engine, small("one", "two", "three"))
    with counted(host_engine.database) as said:
        first = go(host_engine, case, to, request_key="same")
    assert len(said) <= 24
    assert go(host_engine, case, to, request_key="same") == first
    assert events(host_engine, case).count("INSTANCE_MIGRATED") == 1


def test_what_is_past_is_read_as_the_version_of_its_time_says(host_engine: Engine) -> None:
    def drawn(first: str, second: str, group: str, **said: str) -> dict[str, bytes]:
        return {
            **d.model(
                d.start(), d.user(first, form="ask", result="ask", assignee="2", **said), d.user(second, form="ask", result="check", assignee="3"),
                d.user(group, d.several("[4, 5]", item="rater"), result="voices", assignee="rater", **({"anonymous": "true"} if group == "survey" else {})),
                d.end(), d.chain("begin", first, group, second, "finish"),
            ),
            "forms/ask.json": form("a"),
        }  # fmt: skip

    old = drawn("ask", "check", "survey", visibleTo="check")
    named = old["process.bpmn"].replace(b'id="ask"', b'id="ask" name="Menjawab"')
    old = {**old, "process.bpmn": named}
    deployed(host_engine, old)
    case = begin(host_engine, "test").instance_id
    complete(host_engine, open_task(host_engine, "ask").id, 2, {"a": "x"})
    for rater in (4, 5):
        complete(host_engine, mine(host_engine, rater)[0].id, rater, {})
    to = deployed(host_engine, drawn("asked", "checked", "spoken"))
    rename = {"ask": "asked", "check": "checked", "survey": "spoken"}
    assert go(host_engine, case, to, rename=rename).state == MigrationState.MIGRATED
    view = host_engine.ask(tasks.task, open_task(host_engine, "checked").id, person_id=3)
    assert [(e.element_id, e.answers) for e in view.evidence] == [("ask", {"a": "x"})]
    for everything, readers in ((True, ()), (False, ("EMP", "RTR"))):
        seen = host_engine.ask(values, case, readers=readers, everything=everything)
        assert {v.element_id for v in seen} == ({"ask"} if everything else set())
    steps = host_engine.ask(cases.case, case).steps
    assert [step.element_id for step in steps] == ["ask", "survey", "checked"]
    assert [step.name for step in steps] == ["Menjawab", "survey", "checked"]
    told = host_engine.ask(lambda c: [e for _, some in event_log(c, LogFilter()) for e in some])
    assert {e.element_id: e.activity for e in told if e.task_id}["ask"] == "Menjawab"
    assert "Menjawab" not in host_engine.ask(cases.picture, case)


def test_a_called_case_runs_on_and_comes_back_to_the_call_under_its_new_name(
    host_engine: Engine,
) -> None:
    def caller(call: str, called: str = "helper") -> dict[str, bytes]:
        said = d.extension(d.properties(binding="latest", result="help"))
        return d.model(
            d.start(), d.node("callActivity", call, said, calledElement=called), d.end(), d.user("after", assignee="3"),
            d.chain("begin", call, "after", "finish"), key="caller",
        )  # fmt: skip

    for key in ("helper", "other"):
        deployed(host_engine, small("assist", key=key))
    deployed(host_engine, caller("call"))
    case = begin(host_engine, "caller").instance_id
    other = deployed(host_engine, caller("call", "other"))
    to = deployed(host_engine, caller("called"))
    Worker(host_engine).run_due()
    blocked = go(host_engine, case, other)
    assert [(o.code, o.element_id) for o in blocked.said.obstacles] == [("SCOPE", "call")]
    assert go(host_engine, case, to, rename={"call": "called"}).state == MigrationState.MIGRATED
    undo = UndoMigration(instance_id=case, reason="keliru")
    host_engine.execute(undo, by=person(OFFICER))
    go(host_engine, case, to, rename={"call": "called"})
    assert [row.element_id for row in rows(host_engine, 'SELECT * FROM "call"')] == ["called"]
    complete(host_engine, open_task(host_engine, "assist").id, 2, {})
    Worker(host_engine).run_due()
    complete(host_engine, open_task(host_engine, "after", case).id, 3, {})
    assert {row.state for row in rows(host_engine, "SELECT state FROM instance")} == {"COMPLETED"}


def test_people_who_submit_while_their_case_goes_over_lose_nothing(host_engine: Engine) -> None:
    def drawn(*branches: str, after: str) -> dict[str, bytes]:
        return d.model(
            d.start(), d.gateway("parallel", "fork"), d.gateway("parallel", "join"), d.user(after, assignee="3"), d.end(),
            *(d.user(b, result=b[0], assignee=str(n)) + d.chain("fork", b, "join") for n, b in enumerate(branches, start=4)),
            d.chain("begin", "fork"), d.chain("join", after, "finish"),
        )  # fmt: skip

    deployed(host_engine, drawn("a", "b", "c", after="check"))
    case = begin(host_engine, "test").instance_id
    to = deployed(host_engine, drawn("aa", "bb", "cc", after="other"))
    rename = {"a": "aa", "b": "bb", "c": "cc", "check": "other"}
    open_now = rows(host_engine, "SELECT id, assignee_id FROM task ORDER BY id")
    results = at_once(
        *(lambda t=t: complete(host_engine, t.id, t.assignee_id, {}) for t in open_now[:2]),
        lambda: go(host_engine, case, to, rename=rename),
        *(lambda t=t: complete(host_engine, t.id, t.assignee_id, {}) for t in open_now[2:]),
    )
    assert not [result for result in results if isinstance(result, Exception)]
    complete(host_engine, open_task(host_engine, "other").id, 3, {})
    assert rows(host_engine, "SELECT state FROM instance")[0].state == "COMPLETED"
    assert [row.n for row in rows(host_engine, _KEPT)] == [1]
    host_engine.execute(ClearUp())
    assert [row.n for row in rows(host_engine, _KEPT)] == [0]
    assert host_engine.ask(check_chains) == ()


_KEPT = "SELECT count(*) AS n FROM migration_case WHERE previous IS NOT NULL OR waited IS NOT NULL"
