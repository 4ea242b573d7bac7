"""What the task page shows: the form as it stands, and the evidence beside it.  No HTTP here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.errors import Problem
from engine.forms import FieldKind, Form, Shown, answers_at_start, every, shown_fields
from engine.queries.tasks import Evidence, TaskView
from web.parts.fields import in_words
from web.parts.values import plain_value

NO_FORM = Form(id="", fields=())


@dataclass(frozen=True)
class Sheet:
    """A form drawn for one task: its fields with what was typed, and what is wrong with it.

    prefilled -- the paths of the fields that still hold what the case's data filled in
    """

    fields: tuple[Shown, ...]
    problems: tuple[Problem, ...] = ()
    prefilled: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Exhibit:
    """An earlier answer, laid out to be read beside the form."""

    evidence: Evidence
    fields: tuple[Shown, ...]


def sheet(
    task: TaskView,
    answers: Mapping[str, Any] | None,
    problems: Sequence[Problem],
    *,
    now: datetime,
) -> Sheet:
    """Draw the form with what was just typed, else with the draft, else as it begins.

    now -- in the city's zone, as for the check behind the page
    """
    form = task.form or NO_FORM
    if answers is None:
        answers = task.draft
    begun = answers_at_start(form, context=task.variables, now=now)
    shown = _shown(form, begun if answers is None else answers, task, now)
    first = shown if answers is None else _shown(form, begun, task, now)
    return Sheet(shown, in_words(problems, form), _prefilled(shown, first))


def _prefilled(shown: tuple[Shown, ...], first: tuple[Shown, ...]) -> frozenset[str]:
    """Name the fields that a person may change and that hold what the data gave."""
    given = {
        item.path: plain_value(item.value)
        for item in every(first)
        if item.path and item.value not in (None, "", [], False) and _is_filled(item)
    }
    return frozenset(
        item.path
        for item in every(shown)
        if item.path in given and plain_value(item.value) == given[item.path]
    )


def _is_filled(item: Shown) -> bool:
    rows = item.field.kind is FieldKind.ROWS
    return item.field.prefill is not None and not item.field.read_only and not rows


def exhibits(task: TaskView, *, now: datetime) -> tuple[Exhibit, ...]:
    """Lay out what was answered before and may be read at this task."""
    return tuple(
        Exhibit(each, _shown(each.form, each.answers, task, now)) for each in task.evidence
    )


def _shown(
    form: Form, answers: Mapping[str, Any], task: TaskView, now: datetime
) -> tuple[Shown, ...]:
    return shown_fields(form, answers, context=task.variables, now=now, words=plain_value)
