"""How long people had forms open: sums of offices, in both databases."""

from __future__ import annotations

from datetime import timedelta

from engine import CompleteTask, Engine
from engine.queries import spent
from tests.engine.stories import REQUEST, begin, deploy, open_task, person


def test_minutes_are_summed_by_office_and_say_how_many_people_typed(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    begin(host_engine, "two_step")
    task = open_task(host_engine, "request")
    command = CompleteTask(task_id=task.id, answers=REQUEST, request_key="k", spent=(900, 600))
    host_engine.execute(command, by=person(1))
    now = host_engine.clock()
    span = now - timedelta(days=1), now + timedelta(days=1)
    top = task.scope_path[:4]
    found = host_engine.ask(spent.burden, *span, (top, task.scope_path + "99/", "/77/"))
    assert found == {top: spent.Burden(people=1, tasks=1, seconds=600)}
    later = now + timedelta(days=1), now + timedelta(days=2)
    assert host_engine.ask(spent.burden, *later, (top,)) == {}
    assert [one.seconds for one in host_engine.ask(spent.own, 1)] == [600]
