"""Statements on definitions, their files and deployments."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, insert, select

from engine.store.base import insert_row, table_of
from engine.store.proposal_tables import VersionProposal
from engine.store.tables import Definition, DefinitionFile, Deployment, Resource

_definition = table_of(Definition)
_deployment = table_of(Deployment)
_file = table_of(DefinitionFile)
_resource = table_of(Resource)
_proposal = table_of(VersionProposal)

RETIRED = (
    exists()
    .where(
        _proposal.c.definition_id == _definition.c.id,
        _proposal.c.kind == "RETIRE",
        _proposal.c.state == "APPROVED",
    )
    .correlate(_definition)
    .label("retired")
)
"""Whether a version was retired: where it is the newest, its process starts nothing new."""

_ONE = select(_definition).where(_definition.c.id == bindparam("id"))
_LATEST = (
    select(_definition, RETIRED)
    .where(_definition.c.key == bindparam("key"))
    .order_by(_definition.c.version.desc())
    .limit(1)
)


class DefinitionStore:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def latest(self, key: str) -> Any:
        """Give the newest version of a key, and whether it is `retired`, or None."""
        return self.connection.execute(_LATEST, {"key": key}).first()

    def get(self, definition_id: int) -> Any:
        """Give one definition's row, or None."""
        return self.connection.execute(_ONE, {"id": definition_id}).first()

    def newest(self) -> list[Any]:
        """Give the newest version of every key, and whether it is `retired`, by key."""
        top = (
            select(_definition.c.key, func.max(_definition.c.version).label("version"))
            .group_by(_definition.c.key)
            .subquery()
        )
        both = _definition.join(
            top, (_definition.c.key == top.c.key) & (_definition.c.version == top.c.version)
        )
        return list(
            self.connection.execute(
                select(_definition, RETIRED).select_from(both).order_by(_definition.c.key)
            )
        )

    def files(self, definition_id: int) -> dict[str, bytes]:
        """Give a definition's files, byte for byte as they were uploaded."""
        rows = self.connection.execute(
            select(_file.c.path, _resource.c.content)
            .join(_resource, _resource.c.sha256 == _file.c.sha256)
            .where(_file.c.definition_id == definition_id)
        )
        return {row.path: bytes(row.content) for row in rows}

    def deploy(
        self,
        *,
        key: str,
        version: int,
        name: str,
        code: str,
        sha256: str,
        files: Mapping[str, bytes],
        at: datetime,
        person_id: int | None,
        reason: str,
    ) -> int:
        """Store a new version and give its id."""
        deployment = insert_row(
            self.connection, _deployment, at=at, person_id=person_id, reason=reason
        )
        definition_id = insert_row(
            self.connection,
            _definition,
            key=key,
            version=version,
            name=name,
            code=code,
            sha256=sha256,
            deployment_id=deployment,
            at=at,
        )
        hashes = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
        known = set(
            self.connection.scalars(
                select(_resource.c.sha256).where(_resource.c.sha256.in_(set(hashes.values())))
            )
        )
        fresh = {h: files[path] for path, h in hashes.items() if h not in known}
        if fresh:
            self.connection.execute(
                insert(_resource),
                [{"sha256": h, "content": content} for h, content in fresh.items()],
            )
        self.connection.execute(
            insert(_file),
            [{"definition_id": definition_id, "path": p, "sha256": h} for p, h in hashes.items()],
        )
        return definition_id
