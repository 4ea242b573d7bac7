"""Statements on drafts of process folders, their files and their revisions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from engine.store.base import insert_row, table_of, update_row
from engine.store.studio_tables import (
    ProcessDraft,
    ProcessDraftContent,
    ProcessDraftFile,
    ProcessDraftRevision,
)

_draft = table_of(ProcessDraft)
_content = table_of(ProcessDraftContent)
_file = table_of(ProcessDraftFile)
_revision = table_of(ProcessDraftRevision)

_LOCK = select(_draft).where(_draft.c.id == bindparam("draft_id")).with_for_update()
_LAST = select(_revision).where(
    _revision.c.draft_id == bindparam("draft_id"), _revision.c.number == bindparam("number")
)
_AS_OF = (
    _file.c.draft_id == bindparam("draft_id"),
    _file.c.since <= bindparam("number"),
    or_(_file.c.until.is_(None), _file.c.until > bindparam("number")),
)
_HASHES = (
    select(_file.c.path, _file.c.sha256, _content.c.size)
    .join(
        _content,
        (_content.c.draft_id == _file.c.draft_id) & (_content.c.sha256 == _file.c.sha256),
    )
    .where(*_AS_OF)
)
_FILES = (
    select(_file.c.path, _content.c.content)
    .join(
        _content,
        (_content.c.draft_id == _file.c.draft_id) & (_content.c.sha256 == _file.c.sha256),
    )
    .where(*_AS_OF)
)


class ProcessDraftStore:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def lock(self, draft_id: int) -> Any:
        """Lock a draft and give its row, or None."""
        return self.connection.execute(_LOCK, {"draft_id": draft_id}).first()

    def hashes(self, draft_id: int, number: int) -> dict[str, tuple[str, int]]:
        """Give SHA-256 and size by path, as of a revision."""
        rows = self.connection.execute(_HASHES, {"draft_id": draft_id, "number": number})
        return {row.path: (row.sha256, row.size) for row in rows}

    def files(self, draft_id: int, number: int) -> dict[str, bytes]:
        """Give the files as of a revision, byte for byte as they were saved."""
        rows = self.connection.execute(_FILES, {"draft_id": draft_id, "number": number})
        return {row.path: bytes(row.content) for row in rows}

    def revision(self, draft_id: int, number: int) -> Any:
        """Give a revision, or None where it became part of a later one."""
        return self.connection.execute(_LAST, {"draft_id": draft_id, "number": number}).first()

    def paths_of(self, revision: Any) -> list[str]:
        """Name the files that changed in a revision."""
        paths: list[str] = json.loads(revision.paths)
        return paths

    def create(self, **columns: Any) -> int:
        """Write a draft without files, and give its id."""
        return insert_row(self.connection, _draft, **columns)

    def update(self, draft_id: int, **columns: Any) -> None:
        """Write columns of a draft that is locked."""
        update_row(self.connection, _draft, draft_id, **columns)

    def add_revision(self, *, paths: Iterable[str], **columns: Any) -> None:
        """Write who changed which files."""
        self.connection.execute(insert(_revision), {"paths": json.dumps(sorted(paths)), **columns})

    def authors(self, draft_id: int) -> tuple[int, ...]:
        """Name everybody who ever changed a draft: none of them may approve it."""
        rows = self.connection.scalars(
            select(_revision.c.person_id)
            .where(_revision.c.draft_id == draft_id, _revision.c.person_id.is_not(None))
            .distinct()
            .order_by(_revision.c.person_id)
        )
        return tuple(rows)

    def drop_revision(self, draft_id: int, number: int) -> None:
        """Forget the step between two saves of one person: the newest save takes its place."""
        self.connection.execute(
            delete(_revision).where(_revision.c.draft_id == draft_id, _revision.c.number == number)
        )

    def put(self, draft_id: int, number: int, contents: Mapping[str, bytes]) -> None:
        """Give files new contents from a revision on."""
        if not contents:
            return
        hashes = {path: hashlib.sha256(content).hexdigest() for path, content in contents.items()}
        known = set(
            self.connection.scalars(
                select(_content.c.sha256).where(
                    _content.c.draft_id == draft_id, _content.c.sha256.in_(set(hashes.values()))
                )
            )
        )
        fresh = {hashes[path]: content for path, content in contents.items()}
        rows = [
            {"draft_id": draft_id, "sha256": h, "size": len(content), "content": content}
            for h, content in fresh.items()
            if h not in known
        ]
        if rows:
            self.connection.execute(insert(_content), rows)
        self.point(draft_id, number, hashes)

    def point(self, draft_id: int, number: int, hashes: Mapping[str, str]) -> None:
        """Give files, from a revision on, contents that the draft already has."""
        self.end(draft_id, number, hashes)
        self.connection.execute(
            insert(_file),
            [
                {"draft_id": draft_id, "path": path, "since": number, "until": None, "sha256": h}
                for path, h in hashes.items()
            ],
        )

    def end(self, draft_id: int, number: int, paths: Collection[str]) -> None:
        """Let files end before a revision."""
        self.connection.execute(
            update(_file)
            .where(_file.c.draft_id == draft_id, _file.c.path.in_(paths), _file.c.until.is_(None))
            .values(until=number)
        )

    def forget(self, draft_id: int, number: int, paths: Collection[str]) -> None:
        """Drop what files were in a revision that a later save replaces, and what only it held."""
        dropped = set(
            self.connection.scalars(
                delete(_file)
                .where(
                    _file.c.draft_id == draft_id,
                    _file.c.path.in_(paths),
                    _file.c.since == number,
                )
                .returning(_file.c.sha256)
            )
        )
        self.connection.execute(
            update(_file)
            .where(_file.c.draft_id == draft_id, _file.c.path.in_(paths), _file.c.until == number)
            .values(until=None)
        )
        still = set(
            self.connection.scalars(
                select(_file.c.sha256).where(
                    _file.c.draft_id == draft_id, _file.c.sha256.in_(dropped)
                )
            )
        )
        self.connection.execute(
            delete(_content).where(
                _content.c.draft_id == draft_id, _content.c.sha256.in_(dropped - still)
            )
        )

    def others_since(self, draft_id: int, person_id: int | None, since: datetime) -> list[Any]:
        """Give who else changed a draft since a moment, with when they last did."""
        rows = self.connection.execute(
            select(_revision.c.person_id, _revision.c.at, _revision.c.paths)
            .where(
                _revision.c.draft_id == draft_id,
                _revision.c.at >= since,
                _revision.c.person_id.is_not(None),
                _revision.c.person_id != person_id,
            )
            .order_by(_revision.c.number.desc())
        )
        newest: dict[int, Any] = {}
        for row in rows:
            newest.setdefault(row.person_id, row)
        return list(newest.values())
