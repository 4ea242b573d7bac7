"""What everybody who plays a part in the demo needs: acting as somebody, and doing his tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import Actor, Channel, ClaimTask, CompleteTask, Engine, NewCase, StartInstance
from engine.queries import standing
from hr.demo.play import logins
from hr.directory import queries as directory

RunDue = Callable[[], int]


@dataclass
class Stage:
    """Acts as everybody whom a case takes."""

    engine: Engine
    run_due: RunDue

    @property
    def now(self) -> datetime:
        """Give the time of the story."""
        return self.engine.clock()

    def begin(self, key: str, person: int, period: str) -> int:
        """Start a case about somebody, as the agency does; give its number."""
        subject = self.engine.ask(self.engine.ports.people.subject, person, self.now)
        case = NewCase(
            subject_id=person,
            scope_path=subject.scope_path,
            period=period,
            title=subject.title,
            search_text=subject.search_text,
        )
        command = StartInstance(key=key, case=case)
        started = self.engine.execute(command, by=self.by(logins(self.engine)["hrc"]))
        self.work()
        return started.instance_id

    def do(self, case: int, element: str, person: int, answers: Mapping[str, Any]) -> None:
        """Complete the open tasks of an element, where there are any, and let the worker run."""
        for task in self.open(case, element):
            by = self.by(person)
            if task.assignee_id is None:
                self.engine.execute(ClaimTask(task_id=task.id), by=by)
            key = f"demo {task.id}"
            self.engine.execute(
                CompleteTask(task_id=task.id, answers=answers, request_key=key), by=by
            )
        self.work()

    def open(self, case: int, element: str) -> Iterator[standing.OpenTask]:
        """Give the open tasks of an element."""
        found = self.engine.ask(standing.open_tasks, case)
        return (task for task in found if task.element_id == element)

    def rater(self, person: int) -> int:
        """Name somebody's superior; everybody in a story has one."""
        found = self.engine.ask(directory.superior, person, self.now)
        assert found is not None
        return found

    def by(self, person: int) -> Actor:
        """Act as a person at a page."""
        return Actor(person_id=person, channel=Channel.WEB)

    def work(self) -> None:
        """Let the worker do what is due."""
        while self.run_due():
            pass
