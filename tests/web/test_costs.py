"""What a submission costs: the statements between a person's tap and the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy import event

from engine import Actor, CompleteTask, Engine, NewCase, StartInstance
from engine.folder import read_folder
from engine.queries import standing
from hr.demo.cast import CAST
from tests.conftest import WORKFLOWS
from tests.web.visitor import Visitor

VALUES = "service_oriented accountable competent harmonious loyal adaptive collaborative"


def at_self_assessment(engine: Engine) -> int:
    """Bring the quarterly evaluation of EMP to where self-assessment and peers are open."""
    key = engine.execute(read_folder(WORKFLOWS / "quarterly_evaluation")).key
    case = NewCase(subject_id=CAST["EMP"], period="2026Q2")
    case_id = engine.execute(StartInstance(key=key, case=case)).instance_id

    def do(element: str, who: str, answers: dict[str, Any]) -> None:
        task = next(t for t in engine.ask(standing.open_tasks, case_id) if t.element_id == element)
        command = CompleteTask(task_id=task.id, answers=answers, request_key=element)
        engine.execute(command, by=Actor(person_id=CAST[who]))

    do("propose_raters", "EMP", {"peers": ["4", "5", "6"]})
    do("check_raters", "RTR", {})
    tasks = engine.ask(standing.open_tasks, case_id)
    return next(t.id for t in tasks if t.element_id == "self_assessment")


def test_posting_a_self_assessment_costs_at_most_sixteen_statements_and_one_commit(
    engine: Engine,
    database: Database,
    client_as: Callable[[str], Visitor],
    statements: Callable[[], Any],
) -> None:
    task_id = at_self_assessment(engine)
    employee = client_as("EMP")
    page = employee.get(f"/tasks/{task_id}")
    answers = dict.fromkeys(VALUES.split(), "4") | {"proud_of": "Antrean habis.", "do": "complete"}
    commits: list[object] = []
    note = commits.append
    event.listen(database, "commit", note)
    try:
        with statements() as said:
            answered = employee.submit(page, f"/tasks/{task_id}", follow=False, **answers)
    finally:
        event.remove(database, "commit", note)
    assert answered.status == 303
    assert len(commits) == 1
    assert len(said) <= 16, "\n".join(said)
