"""Acting on a task only as somebody read it: asked within the transaction that acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from engine.commands.case import Case
from engine.commands.context import Command, Context
from engine.errors import InvalidState, Moved
from engine.model import Actor, TaskState

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Unmoved(Command[Result], Generic[Result]):
    """Execute a command on a task that is still as it was read; raises Moved where it is not.

    is_as_read -- told by the host on the transaction's own connection, on which `engine.queries`
    can be asked; by then nobody else can change the task
    """

    task_id: int
    is_as_read: Callable[[Any], bool] = field(repr=False)
    command: Command[Result]

    def prepared(self, ask: Callable[..., Any], by: Actor, now: datetime) -> Command[Result]:
        """Prepare the command itself."""
        return replace(self, command=self.command.prepared(ask, by, now))

    @property
    def called(self) -> str:
        """Give the name of the command itself."""
        return self.command.called

    @property
    def attempt_key(self) -> str | None:
        """Give the key of the command itself."""
        return self.command.attempt_key

    def execute(self, ctx: Context) -> Result:
        _, task = Case.of_task(ctx, self.task_id)
        if self.is_as_read(ctx.connection.execution_options(alur_library=ctx.library)):
            return ctx.run(self.command)
        if task.state == TaskState.COMPLETED:  # perhaps by this very submission
            try:
                return ctx.run(self.command)
            except InvalidState as refused:
                raise Moved from refused
        raise Moved
