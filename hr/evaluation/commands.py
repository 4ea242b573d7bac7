"""Changes of evaluation's own records: conflicts of interest, and when an office asks peers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine import Command, Context, RowChanged
from engine.errors import InvalidForm, NotAllowed, Problem
from engine.model import StreamKind
from hr.columns import FOREVER
from hr.evaluation.tables import OfficeRule, RaterConflict
from hr.permissions.queries import standing
from hr.permissions.rules import HRC
from hr.statements import add


@dataclass(frozen=True, kw_only=True)
class DeclareConflict(Command[None]):
    """Declare a conflict of interest: neither of the two is asked to rate the other."""

    other_id: int
    valid_from: date
    valid_to: date = FOREVER

    def execute(self, ctx: Context) -> None:
        person_id = ctx.actor.person_id
        if person_id is None or person_id == self.other_id:
            raise NotAllowed("Expected two different persons, but there is only one.")
        row = {
            "person_id": person_id,
            "other_id": self.other_id,
            "valid_from": self.valid_from,
            "valid_to": self.valid_to,
        }
        add(ctx.connection, RaterConflict, [row])
        key = f"{person_id}/{self.other_id}"
        event = RowChanged(noun="rater_conflict", key=key, new={"valid_from": str(self.valid_from)})
        ctx.record(event, (StreamKind.PERSON, str(person_id)))


@dataclass(frozen=True, kw_only=True)
class SetPeerQuarters(Command[None]):
    """Say in which quarters an office asks peers: `1234`, or `24` to spare people."""

    unit_id: int
    peer_quarters: str
    valid_from: date
    reason: str

    def execute(self, ctx: Context) -> None:
        person_id = ctx.actor.person_id
        if not ctx.actor.is_platform:
            held = standing(ctx.connection, person_id or 0, None, ctx.now).grants
            if HRC not in {grant.role for grant in held}:
                raise NotAllowed("Expected an officer of the agency, but you are none.")
        if not set(self.peer_quarters) <= set("1234"):
            raise InvalidForm([Problem("peer_quarters", "pattern", "Expected digits 1 to 4.")])
        row = {
            "unit_id": self.unit_id,
            "peer_quarters": "".join(sorted(set(self.peer_quarters))),
            "valid_from": self.valid_from,
        }
        add(ctx.connection, OfficeRule, [row])
        new = {"peer_quarters": self.peer_quarters, "valid_from": str(self.valid_from)}
        event = RowChanged(noun="office_rule", key=str(self.unit_id), new=new, reason=self.reason)
        ctx.record(event, (StreamKind.NETWORK, f"units/{ctx.now:%Y-%m-%d}"))
