"""Statements on what is proposed about versions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, select

from engine.store.base import insert_row, table_of, update_row
from engine.store.proposal_tables import VersionProposal

_proposal = table_of(VersionProposal)

_LOCK = select(_proposal).where(_proposal.c.id == bindparam("proposal_id")).with_for_update()
_WAITING = select(_proposal.c.id).where(
    _proposal.c.definition_id == bindparam("definition_id"),
    _proposal.c.kind == bindparam("of_kind"),
    _proposal.c.state == "PROPOSED",
)


class ProposalStore:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def lock(self, proposal_id: int) -> Any:
        """Lock a proposal and give its row, or None."""
        return self.connection.execute(_LOCK, {"proposal_id": proposal_id}).first()

    def is_waiting(self, definition_id: int, kind: str) -> bool:
        """Tell whether a proposal of this kind about a version waits for an answer."""
        wanted = {"definition_id": definition_id, "of_kind": kind}
        return self.connection.execute(_WAITING, wanted).first() is not None

    def propose(self, **columns: Any) -> int:
        """Write a proposal down, and give its id."""
        return insert_row(
            self.connection, _proposal, state="PROPOSED", decision_reason="", **columns
        )

    def decide(self, proposal_id: int, **columns: Any) -> None:
        """Write what became of a locked proposal."""
        update_row(self.connection, _proposal, proposal_id, **columns)
