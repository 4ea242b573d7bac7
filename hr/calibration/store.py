"""Statements on calibrations and the appraisals on their agendas."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, case, delete, func, select, update

from hr.appraisal.tables import Appraisal
from hr.calibration.tables import Calibration, CalibrationCase
from hr.statements import Row, add, add_one, first, rows

_ALL = tuple(Calibration.__table__.c)


def open_one(connection: Connection, row: Mapping[str, Any]) -> int:
    """Write a calibration and give its number."""
    return add_one(connection, Calibration, row)


def of_case(connection: Connection, instance_id: int) -> Row | None:
    """Read the calibration of a case."""
    return first(connection, select(*_ALL).where(Calibration.instance_id == instance_id))


def of_office(connection: Connection, office_path: str, period: str) -> Row | None:
    """Read an office's calibration of a year."""
    same = (Calibration.office_path == office_path, Calibration.period == period)
    return first(connection, select(*_ALL).where(*same))


def change(connection: Connection, number: int, values: Mapping[str, Any]) -> None:
    """Write values into a calibration."""
    connection.execute(update(Calibration).where(Calibration.id == number).values(**values))


def set_agenda(connection: Connection, number: int, agenda: Iterable[Mapping[str, Any]]) -> None:
    """Put appraisals on the agenda in place of what stood there."""
    connection.execute(delete(CalibrationCase).where(CalibrationCase.calibration_id == number))
    add(connection, CalibrationCase, agenda)


def agenda(connection: Connection, number: int) -> list[Row]:
    """Read what is on the agenda, with whose appraisal it is, by number."""
    found = (
        select(
            *CalibrationCase.__table__.c,
            Appraisal.person_id,
            Appraisal.rater_id,
            Appraisal.instance_id,
            Appraisal.case_no,
            Appraisal.result_rating,
            Appraisal.behaviour_rating,
        )
        .join(Appraisal, Appraisal.id == CalibrationCase.appraisal_id)
        .where(CalibrationCase.calibration_id == number)
    )
    return rows(connection, found.order_by(CalibrationCase.id))


def note(connection: Connection, number: int, values: Mapping[str, Any]) -> None:
    """Write values into one line of an agenda."""
    connection.execute(update(CalibrationCase).where(CalibrationCase.id == number).values(**values))


def by_office(connection: Connection, period: str) -> list[Row]:
    """Count a year's appraisals per office and state."""
    found = (
        select(Appraisal.office_path, Appraisal.state, func.count().label("people"))
        .where(Appraisal.period == period)
        .group_by(Appraisal.office_path, Appraisal.state)
    )
    return rows(connection, found.order_by(Appraisal.office_path))


def changes(connection: Connection, numbers: Collection[int]) -> dict[int, tuple[int, int]]:
    """Count by calibration what was on the agenda, and what was changed."""
    moved = func.sum(case((CalibrationCase.before != CalibrationCase.after, 1), else_=0))
    found = (
        select(CalibrationCase.calibration_id, func.count().label("all"), moved.label("moved"))
        .where(CalibrationCase.calibration_id.in_(numbers))
        .group_by(CalibrationCase.calibration_id)
    )
    counted = rows(connection, found)
    return {row["calibration_id"]: (row["all"], int(row["moved"])) for row in counted}


def of_year(connection: Connection, period: str) -> list[Row]:
    """Read a year's calibrations by office."""
    found = select(*_ALL).where(Calibration.period == period)
    return rows(connection, found.order_by(Calibration.office_path))
