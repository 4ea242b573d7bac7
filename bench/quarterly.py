"""Cases of the quarterly evaluation, brought to where the self-assessment waits."""

from __future__ import annotations

from typing import Any

from bench.house import House


def at_self_assessment(house: House, key: str, first: int, count: int) -> list[int]:
    """Start evaluations of EMP in periods of their own; give their self-assessments."""
    from engine import Actor, CompleteTask
    from engine.queries import standing
    from hr.demo.cast import CAST

    periods = [f"{2100 + first + number}Q2" for number in range(count)]
    record_facts(house.platform.database, "2026Q2", periods)
    found = []
    for period in periods:
        case = house.start(key, period=period)

        def do(element: str, who: str, answers: dict[str, Any], case: int = case) -> None:
            tasks = house.engine.ask(standing.open_tasks, case)
            task = next(t for t in tasks if t.element_id == element)
            command = CompleteTask(task_id=task.id, answers=answers, request_key=element)
            house.engine.execute(command, by=Actor(person_id=CAST[who]))

        do("propose_raters", "EMP", {"peers": ["4", "5", "6"]})
        do("check_raters", "RTR", {})
        tasks = house.engine.ask(standing.open_tasks, case)
        found.append(next(t.id for t in tasks if t.element_id == "self_assessment"))
    return found


def record_facts(database: Any, known: str, periods: list[str]) -> None:
    """Let the facts of one period stand for others: a person has one evaluation in each."""
    from web.migrations import schema

    tables = schema.metadata().tables
    with database.begin() as connection:
        for name in ("plan_result", "unit_facts", "service_area"):
            table = tables[name]
            rows = connection.execute(table.select().where(table.c.period == known)).all()
            for period in periods:
                again = [{**row._mapping, "period": period} for row in rows]
                connection.execute(table.insert(), again)
