"""Starting the calibration of an office's year."""

from __future__ import annotations

from dataclasses import dataclass

from engine import Command, Context, NewCase, Started, StartInstance
from engine.errors import Conflict, InvalidForm, InvalidState, NotAllowed, Problem
from hr.appraisal import queries as appraisal
from hr.appraisal.rules import year_days
from hr.calibration import queries
from hr.directory.queries import units
from hr.permissions.queries import standing
from hr.permissions.rules import may_everywhere

PROCESS = "calibration_review"


@dataclass(frozen=True, kw_only=True)
class StartCalibration(Command[Started]):
    """Start the calibration of an office for a year, once; at least one appraisal is proposed.

    office_path -- the path of an office, such as `/01/`; period -- a year
    """

    office_path: str
    period: str

    def execute(self, ctx: Context) -> Started:
        if not ctx.actor.is_platform:
            known = standing(ctx.connection, ctx.actor.person_id or 0, None, ctx.now)
            if not may_everywhere(known, "A", "calibration"):
                raise NotAllowed("Expected an officer of the agency, but you are none.")
        try:
            year_days(self.period)
        except ValueError as error:
            raise InvalidForm([Problem("period", "pattern", str(error))]) from error
        office = units(ctx.connection, [self.office_path]).get(self.office_path)
        if office is None or self.office_path.count("/") != 2:
            message = f"Expected the path of an office such as /01/, but got {self.office_path!r}."
            raise InvalidForm([Problem("office_path", "pattern", message)])
        if queries.of_office(ctx.connection, self.office_path, self.period) is not None:
            raise Conflict(
                f"Expected no calibration of {office.name} for {self.period}, but there is one."
            )
        if not appraisal.of_office(ctx.connection, self.office_path, self.period):
            raise InvalidState(
                f"Expected appraisals of {office.name} for {self.period}, but none is proposed yet."
            )
        case = NewCase(
            scope_path=self.office_path,
            period=self.period,
            title=office.name,
            search_text=office.name.lower(),
        )
        return ctx.run(StartInstance(key=PROCESS, case=case))
