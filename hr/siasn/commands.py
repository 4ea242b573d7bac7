"""Making a file for SIASN of what became final."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256

from engine import Command, Context, RowChanged
from engine.errors import InvalidState, NotAllowed
from engine.model import StreamKind
from hr.permissions.queries import standing
from hr.permissions.rules import may_everywhere
from hr.siasn import queries, rules, store


@dataclass(frozen=True, kw_only=True)
class MakeSiasnFile(Command[int]):
    """Put what is final in a year and in no file yet into a file, and give its number.

    A row that lacks something stays behind, for a later file.
    """

    year: int

    def execute(self, ctx: Context) -> int:
        if not ctx.actor.is_platform:
            known = standing(ctx.connection, ctx.actor.person_id or 0, None, ctx.now)
            if not may_everywhere(known, "A", "calibration"):
                raise NotAllowed("Expected an officer of the agency, but you are none.")
        ready = [one for one in queries.waiting(ctx.connection, self.year) if not one.missing]
        if not ready:
            raise InvalidState(
                f"Expected final results of {self.year} to hand out, but none waits."
            )
        digest = sha256(rules.as_csv(one.fields for one in ready)).hexdigest()
        about = {"year": self.year, "lines": len(ready), "sha256": digest}
        file = {**about, "made_at": ctx.now, "made_by": ctx.actor.person_id}
        lines = [{"row": one.row, "fields": json.dumps(dict(one.fields))} for one in ready]
        number = store.add_file(ctx.connection, file, lines)
        event = RowChanged(
            noun="siasn_file",
            key=str(number),
            new={name: str(value) for name, value in about.items()},
        )
        ctx.record(event, (StreamKind.NETWORK, f"siasn/{self.year}"))
        return number
