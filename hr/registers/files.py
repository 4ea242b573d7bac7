"""Any file of records or of a register by its name, for those who take files in or give them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from engine import Command
from hr.dossier import queries as dossier
from hr.dossier.commands import ImportRecords
from hr.dossier.kinds import KINDS
from hr.dossier.queries import Found, Step
from hr.registers import queries
from hr.registers.commands import ImportRegister
from hr.registers.kinds import REGISTERS
from hr.sheets import Sheet

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {name: ("nip", *kind.columns) for name, kind in KINDS.items()}
    | {name: tuple(register.columns) for name, register in REGISTERS.items()}
)
"""What the files have, by name."""


def look(
    connection: Connection,
    name: str,
    sheet: Sheet,
    at: datetime,
    *,
    reader: int | None = None,
    step: Step | None = None,
) -> Found:
    """Say what a file would do; nothing is changed."""
    if name in REGISTERS:
        return queries.look(connection, name, sheet, at, reader=reader, step=step)
    return dossier.look(connection, name, sheet, reader=reader, step=step)


def taking(
    name: str, sheet: Sheet, *, reason: str = "", step: Step | None = None
) -> Command[Found]:
    """Give the command that takes a file in."""
    if name in REGISTERS:
        return ImportRegister(name=name, sheet=sheet, reason=reason, step=step)
    return ImportRecords(kind=name, sheet=sheet, reason=reason, step=step)


def rows(connection: Connection, name: str, at: datetime) -> Iterator[dict[str, Any]]:
    """Give what a file has that can be taken in again."""
    if name in REGISTERS:
        return queries.register_rows(connection, name, at)
    return dossier.record_rows(connection, name)
