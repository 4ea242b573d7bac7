"""Keeps the state before a submission, for whoever takes it back at once."""

from __future__ import annotations

from typing import Any

from engine import bpmn
from engine.bpmn import Run
from engine.commands.case import Case


def remember(case: Case, task: Any, run: Run) -> None:
    """Keep the state before a submission, where that may be withdrawn; write its events first."""
    outcome = run.outcome()
    desk = case.ctx.store.desk
    if outcome.completed:
        desk.drop_undo(case.id)
    elif not task.anonymous and bpmn.may_be_undone(run, outcome):
        desk.keep_undo(case.id, task.id, case.head.seq, case.row.header)
