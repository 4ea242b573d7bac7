"""A case's stored state, brought back to be looked at and never to run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NoReturn

from sqlalchemy import Connection

from engine.bpmn import Environment, Run, load
from engine.errors import InvalidState
from engine.library import library_of
from engine.store import Store


def run_of(connection: Connection, instance: Any) -> Run:
    """Load the state of an instance's row; whatever would move it is refused."""
    store = Store(connection)
    return load(
        library_of(connection).get(store, instance.definition_id).compiled,
        instance.header,
        lambda digest: store.instances.value(instance.id, digest),
        Environment(
            now=datetime.now(UTC),
            service=_refuse,
            working_days=_refuse,
            seal=_refuse,
            unseal=_refuse,
            shuffle=_refuse,
        ),
    )


def _refuse(*_: Any) -> NoReturn:
    raise InvalidState("Expected to look at a case, but something tried to run it.")
