"""Starting one case by hand: in the right kind of period, and once per person and period."""

from __future__ import annotations

from dataclasses import dataclass

from engine import Command, Context, NewCase, Started, StartInstance
from engine.errors import InvalidForm, Problem
from engine.model import InstanceState, Scope
from engine.queries import cases
from engine.queries.cases import CaseRow
from hr.campaigns import rules
from hr.campaigns.commands.launching import require_period

_LOOKED_AT = 20
_OPEN = frozenset({InstanceState.ACTIVE, InstanceState.SUSPENDED})


@dataclass(frozen=True, kw_only=True)
class StartCase(Command[Started]):
    """Start a case about somebody, as `StartInstance`; what is done once a period is begun once.

    Two evaluations of one quarter would be two results, and nobody could say which one counts.
    Raises InvalidForm about `period`, or about `subject_id` with the other case's number.
    """

    key: str
    case: NewCase
    request_key: str = ""

    def execute(self, ctx: Context) -> Started:
        if rules.rhythm_of(self.key):
            require_period(self.key, self.case.period)
        others = {row.id: row for row in self._others(ctx)}
        started = ctx.run(StartInstance(key=self.key, case=self.case, request_key=self.request_key))
        # Asked again with its own key, the case is one of those: then it is no other.
        if others and started.instance_id not in others:
            other = max(others.values(), key=lambda row: row.id)
            message = f"Expected one case of {self.case.period}, but there is {other.case_no}."
            raise InvalidForm([Problem("subject_id", "already", message, other.case_no)])
        return started

    def _others(self, ctx: Context) -> list[CaseRow]:
        if not rules.rhythm_of(self.key) or self.case.subject_id is None:
            return []
        subject = Scope(subjects=frozenset({self.case.subject_id}))
        found = cases.cases(
            ctx.connection, subject, process=self.key, period=self.case.period, limit=_LOOKED_AT
        )
        again = self.key in rules.AGAIN
        return [
            row
            for row in found.rows
            if row.state in _OPEN or (row.state == InstanceState.COMPLETED and not again)
        ]
