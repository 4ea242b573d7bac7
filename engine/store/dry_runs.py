"""Statements on what is played on drafts: the dry runs of persons, and how scenarios came out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from engine.store.base import table_of
from engine.store.studio_tables import ProcessDraftCheck, ProcessDryRun

_check = table_of(ProcessDraftCheck)
_run = table_of(ProcessDryRun)


class DryRunStore:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def get(self, draft_id: int, person_id: int) -> Any:
        """Give what a person plays on a draft, or None."""
        asked = select(_run).where(_run.c.draft_id == draft_id, _run.c.person_id == person_id)
        return self.connection.execute(asked).first()

    def put(self, draft_id: int, person_id: int, **columns: Any) -> None:
        """Write what a person plays on a draft that is locked, in place of what he played."""
        self.drop(draft_id, person_id)
        keys = {"draft_id": draft_id, "person_id": person_id}
        self.connection.execute(insert(_run), {**keys, **columns})

    def drop(self, draft_id: int, person_id: int) -> None:
        """Forget what a person plays on a draft."""
        found = (_run.c.draft_id == draft_id) & (_run.c.person_id == person_id)
        self.connection.execute(delete(_run).where(found))

    def sweep(self, before: datetime) -> None:
        """Forget what nobody has touched since a moment."""
        self.connection.execute(delete(_run).where(_run.c.changed_at < before))

    def check(self, draft_id: int) -> Any:
        """Give how the scenarios of a draft came out last, or None."""
        asked = select(_check).where(_check.c.draft_id == draft_id)
        return self.connection.execute(asked).first()

    def put_check(self, draft_id: int, **columns: Any) -> None:
        """Write how the scenarios of a locked draft came out, in place of what was known."""
        self.connection.execute(delete(_check).where(_check.c.draft_id == draft_id))
        self.connection.execute(insert(_check), {"draft_id": draft_id, **columns})
