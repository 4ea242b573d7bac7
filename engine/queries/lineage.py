"""Which version of its process a case ran on, and when: what is past is read with that one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection

from sqlalchemy import Connection, bindparam, select

from engine.library import Readied, library_of
from engine.store import Store
from engine.store.base import table_of
from engine.store.tables import History, Instance

_history = table_of(History)
_instance = table_of(Instance)

CHANGES = frozenset({"INSTANCE_STARTED", "INSTANCE_MIGRATED", "MIGRATION_UNDONE"})
"""The events that say, by their definition, on which version a case runs from then on."""
_VERSIONS = (
    select(_history.c.seq, _history.c.definition_id)
    .where(
        _history.c.stream_id == bindparam("stream_id"),
        _history.c.kind.in_(sorted(CHANGES)),
        _history.c.definition_id.is_not(None),
    )
    .order_by(_history.c.seq)
)

_INSTANCE = select(_instance.c.stream_id, _instance.c.definition_id).where(
    _instance.c.id == bindparam("instance_id")
)


def version_at(
    connection: Connection, stream_id: int, definition_id: int
) -> Callable[[int], Readied]:
    """Give what tells the version in force at an event, by the event's place in its stream.

    definition_id -- the one that the case runs on now, for a stream that says nothing
    """
    library, store = library_of(connection), Store(connection)
    changes = connection.execute(_VERSIONS, {"stream_id": stream_id}).all()
    places = [change.seq for change in changes]

    def version(seq: int) -> Readied:
        at = bisect_right(places, seq) - 1
        found = changes[at].definition_id if at >= 0 else definition_id
        return library.get(store, found)

    return version


def element_names(connection: Connection, instance_id: int) -> dict[str, str]:
    """Name the elements of every version that a case has run on, the present one last."""
    row = connection.execute(_INSTANCE, {"instance_id": instance_id}).one()
    library, store = library_of(connection), Store(connection)
    changes = connection.execute(_VERSIONS, {"stream_id": row.stream_id})
    ids = [*(change.definition_id for change in changes), row.definition_id]
    names: dict[str, str] = {}
    for definition_id in dict.fromkeys(ids):
        elements = library.get(store, definition_id).compiled.elements.values()
        names |= {element.id: element.name or element.id for element in elements}
    return names


def former_names(connection: Connection, instance_id: int, names: Collection[str]) -> set[str]:
    """Add what elements were called in the versions that a case came from."""
    found = set(names)
    for rename in reversed(Store(connection).migrations.renames(instance_id)):
        found |= {old for old, new in rename.items() if new in found}
    return found


def present_names(connection: Connection, instance_id: int, names: Collection[str]) -> set[str]:
    """Give what elements of any of a case's versions are called in the one it runs on now."""
    found = set(names)
    for rename in Store(connection).migrations.renames(instance_id):
        found = {rename.get(name, name) for name in found}
    return found
