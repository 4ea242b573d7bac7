"""Compensation: what was done is remembered, and undone in the reverse order when asked.

An activity that is done and can be undone leaves a token in its scope, with the variables of that
time.  Whoever throws takes these tokens one after the other, the latest first, and waits for each.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.nodes import Element, Spec, SubProcess
from engine.bpmn.shared import differs, share


def undo(task: Any, activity: str) -> bool:
    """Undo what was done in the scope of a token; give True once all of it is.

    activity -- the id of the one activity to undo; empty for all that the scope, or the scope that
    an event sub-process stands in, has done
    """
    facts = task.internal_data
    if "undo" not in facts:
        found = [
            token
            for workflow in _scopes(task)
            for token in workflow.tasks.values()
            if _is_remembered(token)
            and "for" not in token.internal_data
            and activity in ("", token.task_spec.activity)
        ]
        for token in found:
            token.internal_data["for"] = task.id
        facts["undo"] = sorted((token.id for token in found), reverse=True)
    top = task.workflow.top_workflow
    while facts["undo"]:
        token = find(top, facts["undo"][0])
        if token is not None and _is_remembered(token):
            token._ready()
            return False
        if token is not None and token._state & (TaskState.READY | TaskState.STARTED):
            return False
        facts["undo"] = facts["undo"][1:]
    return True


class Memory(Spec):
    """A token of it says that an activity was done; run, it undoes it."""

    remembers = True
    activity = ""

    def idles(self, task: Any) -> bool:
        return bool(task._state & TaskState.WAITING)

    def aside(self, task: Any) -> bool:
        return True

    def remember(self, workflow: Any, done: Any) -> Any:
        """Put a token into the scope of an activity that is done."""
        task = workflow.task_tree._add_child(self, TaskState.WAITING)
        task.triggered = True
        task.own = dict(done.data)
        task.data = task.own
        return task

    def undone(self, task: Any, data: Any) -> None:
        """Tell the scope what has changed, and let the one who asked go on."""
        share(task.workflow, task.own, data)
        asked = find(task.workflow.top_workflow, task.internal_data["for"])
        if asked is not None and asked.has_state(TaskState.STARTED):
            asked._set_state(TaskState.READY)


class Undo(Memory, Element):
    """A compensation boundary event: runs the activity that undoes, with the data of that time."""

    handler = ""

    def _run_hook(self, task: Any) -> bool | None:
        spec = task.workflow.spec.task_specs[self.handler]
        ran = [child for child in task.children if child.task_spec is spec]
        if not ran:
            child = task._add_child(spec, TaskState.FUTURE)
            child.triggered = True
            spec._update(child)
        if not ran or "done" not in ran[0].internal_data:
            return None
        self.undone(task, ran[0].data)
        return True


def handler_done(workflow: Any, handler: Any) -> None:
    """Let the one that started an undoing activity look at it."""
    handler.internal_data["done"] = True
    if handler.parent.has_state(TaskState.STARTED):
        handler.parent._set_state(TaskState.READY)


class UndoScope(Memory, SubProcess):
    """A finished sub-process or called process: what was done inside can be undone.

    Its scope is kept as it ended.  It is undone by its own compensation event sub-process, or else
    by undoing everything in it.
    """

    def keep(self, outer: Any, inner: Any) -> None:
        """Keep a scope that has ended, instead of the token that ran it."""
        some = any(_is_remembered(token) for token in inner.tasks.values())
        if not some and not inner.spec.undoer:
            return
        token = self.remember(outer.workflow, inner.last_task)
        scopes = token.workflow.top_workflow.subprocesses
        inner.parent_task_id = token.id
        scopes[token.id] = inner
        # A scope stands behind the one around it, since they are restored in this order.
        for number, scope in list(scopes.items()):
            if scope is not inner and _is_inside(scope, inner):
                scopes[number] = scopes.pop(number)

    def _run_hook(self, task: Any) -> bool | None:
        if "returned" in task.internal_data:
            self.undone(task, task.data)
            return True
        inner = task.workflow.top_workflow.subprocesses[task.id]
        inner.completed = False
        spec = inner.spec.task_specs[inner.spec.undoer or UNDO_ALL]
        child = inner.task_tree._add_child(spec, TaskState.FUTURE)
        child.own = differs(inner.last_task.data, inner.task_tree.data)
        spec._update(child)
        return None


UNDO_ALL = "UndoAll"


class UndoAll(Spec):
    """Undoes everything that a finished scope has done."""

    def _run_hook(self, task: Any) -> bool | None:
        return undo(task, "") or None


def find(top: Any, number: int) -> Any:
    """Find a token of an instance by its number."""
    for workflow in (top, *top.subprocesses.values()):
        if number in workflow.tasks:
            return workflow.tasks[number]
    return None


def is_kept(token: Any) -> bool:
    """Tell whether a token keeps a scope that has ended, and has not begun to undo it."""
    if token is None or not token.task_spec.remembers:
        return False
    return bool(token.has_state(TaskState.WAITING | TaskState.READY))


def _is_remembered(token: Any) -> bool:
    return bool(token.task_spec.remembers) and token.has_state(TaskState.WAITING)


def _scopes(task: Any) -> list[Any]:
    """List the scopes that a throw is about: an event sub-process acts for the one around it."""
    workflow = task.workflow
    found = [workflow]
    while workflow.spec.by_event:
        workflow = workflow.parent_workflow
        found.append(workflow)
    return found


def _is_inside(scope: Any, outer: Any) -> bool:
    while scope is not None and scope is not outer:
        scope = scope.parent_workflow
    return scope is outer
