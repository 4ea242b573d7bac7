"""What the engine's tests say again and again: deploy a model, start a case, do a task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine as Database
from sqlalchemy import event, text

from engine import Actor, Channel, CompleteTask, Engine, NewCase, Receipt, Started, StartInstance
from engine.folder import read_folder
from engine.queries import inbox
from engine.queries.inbox import TaskRow

MODELS = Path(__file__).parent / "models"
OFFICER = 7


def person(id_: int) -> Actor:
    """Give the actor behind a browser."""
    return Actor(person_id=id_, channel=Channel.WEB, session_id="s1", address="127.0.0.1")


def deploy(engine: Engine, name: str) -> str:
    """Deploy a test model and give its key."""
    return engine.execute(read_folder(MODELS / name)).key


def begin(engine: Engine, key: str, *, subject: int = 1, **variables: Any) -> Started:
    """Start a case about a person."""
    case = NewCase(subject_id=subject, period="2026Q2", variables=variables)
    return engine.execute(StartInstance(key=key, case=case), by=person(OFFICER))


def rows(engine: Engine, sql: str, **parameters: Any) -> list[Any]:
    """Look into the tables as an administrator of the database could."""
    with engine.database.connect() as connection:
        return list(connection.execute(text(sql), parameters))


def open_task(engine: Engine, element_id: str, instance_id: int | None = None) -> Any:
    """Give the only open task of an element."""
    wanted = "SELECT * FROM task WHERE element_id = :e AND state = 'CREATED'"
    wanted += " AND instance_id = :i" if instance_id else ""
    found = rows(engine, wanted, e=element_id, **({"i": instance_id} if instance_id else {}))
    assert len(found) == 1, found
    return found[0]


def complete(
    engine: Engine, task_id: int, who: int, answers: Mapping[str, Any], key: str | None = None
) -> Receipt:
    """Submit a form."""
    command = CompleteTask(task_id=task_id, answers=answers, request_key=key or uuid4().hex)
    return engine.execute(command, by=person(who))


REQUEST = {"subject": "Cuti besar", "days": Decimal(4)}


def request_made(engine: Engine) -> tuple[Started, Any]:
    """Bring a two-step case to where the superior reviews; give the case and the review."""
    deploy(engine, "two_step")
    started = begin(engine, "two_step")
    complete(engine, open_task(engine, "request").id, 1, REQUEST)
    return started, open_task(engine, "review")


def mine(engine: Engine, who: int, **keywords: Any) -> tuple[TaskRow, ...]:
    """Give what waits for a person."""
    from engine import Scope

    scope = Scope(person_id=who, groups=frozenset(keywords.pop("groups", ())))
    return engine.ask(inbox.open_tasks, scope, now=engine.clock(), **keywords).rows


def events(engine: Engine, instance_id: int) -> list[str]:
    """Give the kinds of a case's events in order."""
    found = rows(
        engine,
        "SELECT kind FROM history WHERE stream_id ="
        " (SELECT stream_id FROM instance WHERE id = :i) ORDER BY seq",
        i=instance_id,
    )
    return [row.kind for row in found]


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """Gather the statements that a block sends, and each COMMIT; savepoints count nothing."""
    said: list[str] = []

    def statement(_c: Any, _cursor: Any, sql: str, _p: Any, _x: Any, _many: bool) -> None:
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK TO", "BEGIN")):
            said.append(sql)

    def commit(_c: Any) -> None:
        said.append("COMMIT")

    event.listen(database, "before_cursor_execute", statement)
    event.listen(database, "commit", commit)
    try:
        yield said
    finally:
        event.remove(database, "before_cursor_execute", statement)
        event.remove(database, "commit", commit)
