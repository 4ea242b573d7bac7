"""Guards what our subclasses stand in for: SpiffWorkflow itself is not changed anywhere.

Where a method is replaced, its own source is pinned by hash, so that another release of the
library is looked at before it runs.  Those in `FOR_SPEED` could be left out: a test does so.
"""

from __future__ import annotations

import hashlib
import inspect
import logging
from importlib.metadata import version
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.workflow import Workflow

VERSION = "3.2.0"
SOURCES: dict[tuple[type, str], str] = {
    (Task, "__init__"): "5d98d6df6c602dfb",
    (Task, "_inherit_data"): "881f3fbdcf64c763",
    (Task, "_add_child"): "05ec96e943da475e",
    (Task, "_sync_children"): "a8916be3877073d1",
    (Task, "_set_state"): "86c4c1d22dc9b70f",
    (Workflow, "__init__"): "a179a75739481275",
    (Workflow, "update_waiting_tasks"): "258ee4cb217fa709",
    (Workflow, "_task_completed_notify"): "a87c9bea38b2f71e",
    (TaskSpec, "_predict"): "e205cac4587d51d4",
    (TaskSpec, "_update"): "6b138d31ca684e6b",
    (TaskSpec, "_update_hook"): "8e93b378bc2bafc8",
    (BpmnTaskSpec, "_update_hook"): "facd2e4174bcf5cd",
    (TaskSpec, "_on_ready"): "c0c43ec078d31a59",
    (TaskSpec, "_on_complete"): "95d4b21bfa422d45",
    (BpmnTaskSpec, "_on_complete_hook"): "39e47e85a77b2ffc",
    (TaskSpec, "_on_complete_hook"): "fbcc4aacf9593cd7",
}
FOR_SPEED = {
    "Token": ("_sync_children", "_set_state"),
    "Spec": ("_update", "_update_hook", "_on_ready", "_on_complete"),
}


class LibraryChanged(RuntimeError):
    """Expected the SpiffWorkflow that ours was written for, but another is installed."""


def source_hash(function: Any) -> str:
    """Give the SHA-256 of a function's source text, shortened to 16 digits."""
    return hashlib.sha256(inspect.getsource(function).encode()).hexdigest()[:16]


def check() -> None:
    """Raise LibraryChanged when the library is not the one that ours fits; silence its log."""
    if version("SpiffWorkflow") != VERSION:
        raise LibraryChanged(
            f"Expected SpiffWorkflow {VERSION}, but found {version('SpiffWorkflow')}."
        )
    for (owner, name), expected in SOURCES.items():
        found = source_hash(getattr(owner, name))
        if found != expected:
            raise LibraryChanged(
                f"Expected {owner.__name__}.{name} as in {VERSION}, but its source hash is {found}."
            )
    # Its log records carry the data of the process.
    for logger in ("spiff", "spiff.task", "spiff.workflow"):
        logging.getLogger(logger).setLevel(logging.WARNING)
