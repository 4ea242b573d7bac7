"""Keeps the notices that the engine has for persons."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from engine.ports import Told
from hr.notices import store


class Notices:
    """The engine's `Notices` port: rows that the inbox shows, and mail may follow."""

    def tell(self, connection: Connection, told: Sequence[Told], at: datetime) -> None:
        """Keep notices for their persons."""
        store.add_notices(
            connection,
            (
                {
                    "person_id": one.person_id,
                    "notice": one.notice,
                    "process_key": one.process_key,
                    "instance_id": one.instance_id,
                    "case_no": one.case_no,
                    "values": json.dumps(dict(one.values), default=str, ensure_ascii=False),
                    "at": at,
                }
                for one in told
            ),
        )
