"""Words beside a case: never at a step whose answers are anonymous."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from engine.commands import acting, offering
from engine.commands.context import Command, Context
from engine.history.handing import CommentAdded
from engine.model import Act


@dataclass(frozen=True, kw_only=True)
class CommentTask(Command[None]):
    """Say something about a case at one of its tasks; who is mentioned is told."""

    task_id: int
    text: str
    mentioned: Collection[int] = ()

    def execute(self, ctx: Context) -> None:
        case, task = acting.open_case_of(ctx, self.task_id)
        ctx.authorize(Act.COMMENT, offering.facts_of(task))
        text = acting.said(self.text, "text")
        told = sorted(set(self.mentioned))[:20]
        acting.comment(case, task, "SAID", text)
        case.events.append(
            CommentAdded(
                element_id=task.element_id,
                task_id=task.id,
                mentioned=tuple(told),
                sealed={"text": text},
            )
        )
        acting.tell(case, "MENTIONED", *told, title=task.title)
        case.write_events()
