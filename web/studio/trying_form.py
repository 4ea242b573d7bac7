"""The form of an open task in a dry run, as a member of the cast would get it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import InvalidState, Problem
from hr.demo.cast import CAST
from web.parts import task_page, uploads
from web.scenarios import Rehearsal, Step
from web.site import site
from web.studio.rehearsed import Telling, Waiting


@dataclass(frozen=True)
class Form:
    """The form of the open task that was chosen, as a member of the cast would get it.

    refusal -- why it was not accepted: a scenario may say that it must not be
    mends -- whether the story's next step is about this very task: then it takes its place
    """

    waiting: Waiting
    person: str
    sheet: task_page.Sheet
    exhibits: tuple[task_page.Exhibit, ...]
    has_files: bool
    refusal: str = ""
    refused: str = ""
    mends: bool = False


def form_of(
    telling: Telling,
    waiting: Waiting,
    person: str,
    answers: Mapping[str, Any] | None,
    problems: tuple[Problem, ...] = (),
    *,
    refusal: str = "",
    refused: str = "",
) -> Form:
    """Draw the form of an open task for a member of the cast."""
    task = telling.task(waiting.id, person)
    stage = telling.rehearsal.stage
    at = (stage.clock.now if stage else task.created_at).astimezone(site().settings.time_zone)
    return Form(
        waiting=waiting,
        person=person,
        sheet=task_page.sheet(task, answers, problems, now=at),
        exhibits=task_page.exhibits(task, now=at),
        has_files=bool(task.form and uploads.file_fields(task.form)),
        refusal=refusal,
        refused=refused,
        mends=written_for(telling, waiting) is not None,
    )


def chosen_of(telling: Telling, key: str) -> Waiting | None:
    """Give the open task of that address on the page; None where it is not open."""
    return next((one for one in telling.waiting() if one.key == key), None)


def written_for(telling: Telling, chosen: Waiting) -> Mapping[str, Any] | None:
    """Give the answers that the scenario has for this task as its next step, to be mended."""
    step = next_step(telling.rehearsal)
    if step is None or step.verb != "complete" or step.what != chosen.element_id:
        return None
    answers = step.given.get("answers")
    return answers if isinstance(answers, Mapping) else None


def next_step(played: Rehearsal) -> Step | None:
    """Give the step at which the story stands: one that was refused, or the next to be played."""
    if played.faults and not played.told[-1].moved:
        return played.told[-1].step
    return played.rest[0] if played.rest else None


def person_of(code: str) -> str:
    """Give a member of the cast; raises InvalidState for anybody else."""
    if code not in CAST:
        raise InvalidState("Expected a person of the cast, but it is somebody else.")
    return code
