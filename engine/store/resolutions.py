"""Statements on proposals about incidents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from engine.store.base import insert_row, table_of, update_row
from engine.store.tables import Resolution

_resolution = table_of(Resolution)
_OPEN = _resolution.c.state == "PROPOSED"

_ONE = select(_resolution).where(_resolution.c.id == bindparam("resolution_id"))
_OPEN_ONE = select(_resolution.c.id).where(
    _resolution.c.incident_id == bindparam("incident_id"), _OPEN
)
_VOID = (
    update(_resolution)
    .where(_resolution.c.incident_id == bindparam("of_incident"), _OPEN)
    .values(state="VOID")
)


class ResolutionStore:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def get(self, resolution_id: int) -> Any:
        """Give a proposal, or None."""
        return self.connection.execute(_ONE, {"resolution_id": resolution_id}).first()

    def is_proposed(self, incident_id: int) -> bool:
        """Tell whether a proposal about an incident waits for an answer."""
        found = self.connection.execute(_OPEN_ONE, {"incident_id": incident_id})
        return found.first() is not None

    def propose(self, **columns: Any) -> int:
        """Write a proposal down, and give its id."""
        return insert_row(self.connection, _resolution, state="PROPOSED", **columns)

    def decide(self, resolution_id: int, **columns: Any) -> None:
        """Write what became of a proposal."""
        update_row(self.connection, _resolution, resolution_id, **columns)

    def void(self, incident_id: int, at: datetime) -> None:
        """Take back what was proposed about an incident that is settled otherwise."""
        self.connection.execute(_VOID, {"of_incident": incident_id, "decided_at": at})
