"""Drafts of process folders: which there are, what they say, what they once said.

Who may see them is for the caller to ask (`Act.READ_DRAFT`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from engine.errors import NotFound
from engine.store import Store
from engine.store.base import table_of
from engine.store.studio_tables import ProcessDraft, ProcessDraftRevision
from engine.store.tables import Definition

_draft = table_of(ProcessDraft)
_revision = table_of(ProcessDraftRevision)
_definition = table_of(Definition)

ABOUT_NOW = timedelta(minutes=10)


@dataclass(frozen=True)
class DraftRow:
    """A draft as lists show it; base_version -- of the version it was made from, if any."""

    id: int
    key: str
    name: str
    state: str
    revision: int
    sha256: str
    base_id: int | None
    base_version: int | None
    created_by: int | None
    created_at: datetime
    changed_by: int | None
    changed_at: datetime


@dataclass(frozen=True)
class DraftFile:
    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class DraftView:
    """A draft with the names of its files, and who ever changed it."""

    row: DraftRow
    files: tuple[DraftFile, ...]
    authors: tuple[int, ...]

    def file(self, path: str) -> DraftFile:
        """Give one file's entry; raises NotFound."""
        for each in self.files:
            if each.path == path:
                return each
        raise NotFound("Expected a file of that name in the draft, but there is none.")


@dataclass(frozen=True)
class RevisionRow:
    number: int
    what: str
    person_id: int | None
    began_at: datetime
    at: datetime
    paths: tuple[str, ...]
    note: str


def drafts(
    connection: Connection,
    *,
    states: tuple[str, ...] = ("OPEN", "SUBMITTED"),
    before: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> tuple[DraftRow, ...]:
    """Give drafts, the one that changed last first; `before` -- the last one of the page before."""
    asked = _rows().where(_draft.c.state.in_(states))
    if before is not None:
        at, id_ = before
        asked = asked.where(
            or_(_draft.c.changed_at < at, and_(_draft.c.changed_at == at, _draft.c.id < id_))
        )
    ordered = asked.order_by(_draft.c.changed_at.desc(), _draft.c.id.desc()).limit(limit)
    return tuple(_row(row) for row in connection.execute(ordered))


def draft(connection: Connection, draft_id: int) -> DraftView:
    """Give one draft; raises NotFound."""
    row = connection.execute(_rows().where(_draft.c.id == draft_id)).first()
    if row is None:
        raise NotFound(f"Expected a draft {draft_id}, but there is none.")
    hashes = Store(connection).process_drafts.hashes(draft_id, row.revision)
    return DraftView(
        row=_row(row),
        files=tuple(DraftFile(path, *hashes[path]) for path in sorted(hashes)),
        authors=authors(connection, draft_id),
    )


def files(connection: Connection, draft_id: int, revision: int | None = None) -> dict[str, bytes]:
    """Give a draft's files by path, byte for byte, as of now or of a revision."""
    number = revision
    if number is None:
        number = connection.scalar(select(_draft.c.revision).where(_draft.c.id == draft_id))
    if number is None:
        raise NotFound(f"Expected a draft {draft_id}, but there is none.")
    return Store(connection).process_drafts.files(draft_id, number)


def revisions(
    connection: Connection, draft_id: int, *, before: int | None = None, limit: int = 50
) -> tuple[RevisionRow, ...]:
    """Give what a draft once was, newest first; `before` -- the last one of the page before."""
    asked = select(_revision).where(_revision.c.draft_id == draft_id)
    if before is not None:
        asked = asked.where(_revision.c.number < before)
    rows = connection.execute(asked.order_by(_revision.c.number.desc()).limit(limit))
    return tuple(
        RevisionRow(
            r.number, r.what, r.person_id, r.began_at, r.at, tuple(json.loads(r.paths)), r.note
        )
        for r in rows
    )


@dataclass(frozen=True)
class DryRun:
    """A scenario that a person plays on a draft, as TOML; source -- the file it came from."""

    story: str
    source: str
    revision: int
    changed_at: datetime


def dry_run(connection: Connection, draft_id: int, person_id: int) -> DryRun | None:
    """Give what a person plays on a draft."""
    row = Store(connection).dry_runs.get(draft_id, person_id)
    return None if row is None else DryRun(row.story, row.source, row.revision, row.changed_at)


@dataclass(frozen=True)
class Check:
    """How the scenarios of a draft came out, as `NoteStories` has it."""

    passed: int
    failed: int
    left: int
    result: Mapping[str, Any]
    at: datetime


def check(connection: Connection, draft_id: int, sha256: str) -> Check | None:
    """Give how a draft's scenarios came out on this very content; None where nobody played them."""
    row = Store(connection).dry_runs.check(draft_id)
    if row is None or row.sha256 != sha256:
        return None
    return Check(row.passed, row.failed, row.left, json.loads(row.result), row.at)


def others(
    connection: Connection, draft_id: int, person_id: int, now: datetime
) -> tuple[tuple[int, datetime], ...]:
    """Give who else changed a draft in the last minutes, with when: they may still be at it."""
    rows = Store(connection).process_drafts.others_since(draft_id, person_id, now - ABOUT_NOW)
    return tuple((row.person_id, row.at) for row in rows)


def authors(connection: Connection, draft_id: int) -> tuple[int, ...]:
    """Name everybody who ever changed a draft: none of them may approve it."""
    return Store(connection).process_drafts.authors(draft_id)


def _rows() -> Any:
    return select(_draft, _definition.c.version.label("base_version")).select_from(
        _draft.outerjoin(_definition, _definition.c.id == _draft.c.base_id)
    )


def _row(row: Any) -> DraftRow:
    return DraftRow(
        id=row.id,
        key=row.key,
        name=row.name,
        state=row.state,
        revision=row.revision,
        sha256=row.sha256,
        base_id=row.base_id,
        base_version=row.base_version,
        created_by=row.created_by,
        created_at=row.created_at,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
    )
