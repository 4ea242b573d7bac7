"""Statements on drafts that were sent for approval."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from engine.store.base import insert_row, table_of, update_row
from engine.store.studio_tables import ProcessPublication

_publication = table_of(ProcessPublication)


class PublicationStore:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def create(self, **columns: Any) -> int:
        """Write that a draft was sent for approval, and give the id."""
        return insert_row(self.connection, _publication, **columns)

    def update(self, publication_id: int, **columns: Any) -> None:
        """Write columns of a publication whose draft is locked."""
        update_row(self.connection, _publication, publication_id, **columns)

    def latest(self, draft_id: int) -> Any:
        """Give what became of a draft when it was sent last, or None."""
        asked = select(_publication).where(_publication.c.draft_id == draft_id)
        return self.connection.execute(asked.order_by(_publication.c.id.desc()).limit(1)).first()

    def of_case(self, instance_id: int) -> Any:
        """Give the publication that a case decides, or None."""
        asked = select(_publication).where(_publication.c.instance_id == instance_id)
        return self.connection.execute(asked).first()

    def of_version(self, definition_id: int) -> Any:
        """Give the publication by which a version came, or None where it was deployed otherwise."""
        asked = select(_publication).where(_publication.c.definition_id == definition_id)
        return self.connection.execute(asked.order_by(_publication.c.id).limit(1)).first()
