"""Process definitions: which there are, their files, their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from engine import bpmn
from engine.errors import NotFound
from engine.library import Readied, library_of
from engine.store import Store
from engine.store.base import table_of
from engine.store.definitions import RETIRED
from engine.store.tables import Definition

_definition = table_of(Definition)


@dataclass(frozen=True)
class DefinitionRow:
    """A version; retired -- where it is the newest, its process starts nothing new."""

    id: int
    key: str
    version: int
    name: str
    code: str
    sha256: str
    at: datetime
    retired: bool = False


@dataclass(frozen=True)
class DefinitionView:
    """A definition version with what a reader of it wants to know."""

    row: DefinitionRow
    files: Mapping[str, int]  # path -> size in bytes
    form_keys: tuple[str, ...]
    decisions: tuple[str, ...]
    elements: Mapping[str, str]  # id -> name
    messages: Mapping[str, Any]


def latest(connection: Connection) -> tuple[DefinitionRow, ...]:
    """Give the newest version of every process."""
    return tuple(_row(r) for r in Store(connection).definitions.newest())


def versions(connection: Connection, key: str) -> tuple[DefinitionRow, ...]:
    """Give every version of a process, newest first."""
    rows = connection.execute(
        select(_definition, RETIRED)
        .where(_definition.c.key == key)
        .order_by(_definition.c.version.desc())
    )
    return tuple(_row(r) for r in rows)


def version(connection: Connection, key: str, number: int) -> DefinitionView:
    """Give one version of a process."""
    row = connection.execute(
        select(_definition, RETIRED).where(
            _definition.c.key == key, _definition.c.version == number
        )
    ).first()
    if row is None:
        raise NotFound(f"Expected version {number} of {key!r}, but there is none.")
    definition = library_of(connection).get(Store(connection), row.id)
    files = Store(connection).definitions.files(row.id)
    return DefinitionView(
        row=_row(row),
        files={path: len(content) for path, content in sorted(files.items())},
        form_keys=tuple(sorted(definition.forms)),
        decisions=tuple(sorted(definition.compiled.decisions)),
        elements={e.id: e.name or e.id for e in definition.compiled.elements.values()},
        messages=definition.messages,
    )


def by_id(connection: Connection, definition_id: int) -> DefinitionRow:
    """Give one version by its id; raises NotFound."""
    row = connection.execute(
        select(_definition, RETIRED).where(_definition.c.id == definition_id)
    ).first()
    if row is None:
        raise NotFound(f"Expected a process definition {definition_id}, but there is none.")
    return _row(row)


def ready(connection: Connection, key: str) -> Readied:
    """Give the newest version of a process, ready to run."""
    return library_of(connection).latest(Store(connection), key)


def file(connection: Connection, definition_id: int, path: str) -> bytes:
    """Give a file of a definition, byte for byte as it was uploaded."""
    files = Store(connection).definitions.files(definition_id)
    if path not in files:
        raise NotFound(f"Expected a file {path!r}, but this definition has none.")
    return files[path]


def files(connection: Connection, definition_id: int) -> dict[str, bytes]:
    """Give the whole folder of a definition, byte for byte."""
    return dict(Store(connection).definitions.files(definition_id))


def messages(connection: Connection, definition_id: int) -> Mapping[str, Any]:
    """Give the words of a definition: its messages.toml, parsed."""
    return library_of(connection).get(Store(connection), definition_id).messages


def picture(
    connection: Connection, definition_id: int, *, names: Mapping[str, str] | None = None
) -> str:
    """Draw a definition as SVG; names -- other names than those drawn."""
    definition = library_of(connection).get(Store(connection), definition_id)
    return bpmn.picture(definition.compiled.picture_source, names=names)


def _row(row: Any) -> DefinitionRow:
    return DefinitionRow(
        row.id, row.key, row.version, row.name, row.code, row.sha256, row.at, bool(row.retired)
    )
