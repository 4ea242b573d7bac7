"""The two places where SpiffWorkflow itself is changed, guarded by its version and source hashes.

Both are needed for correctness; nothing is patched for speed here.
"""

from __future__ import annotations

import hashlib
import inspect
import logging
from importlib.metadata import version
from typing import Any

from SpiffWorkflow.task import Task

VERSION = "3.2.0"
SOURCES = {
    "__init__": "5d98d6df6c602dfb",
    "_inherit_data": "881f3fbdcf64c763",
}


class LibraryChanged(RuntimeError):
    """Expected the SpiffWorkflow that the patches were written for, but another is installed."""


def source_hash(function: Any) -> str:
    """Give the SHA-256 of a function's source text, shortened to 16 digits."""
    return hashlib.sha256(inspect.getsource(function).encode()).hexdigest()[:16]


def install() -> None:
    """Apply the patches once; raises LibraryChanged when the library is not the one they fit."""
    if getattr(Task, "_alur_patched", False):
        return
    if version("SpiffWorkflow") != VERSION:
        raise LibraryChanged(
            f"Expected SpiffWorkflow {VERSION}, but found {version('SpiffWorkflow')}."
        )
    for name, expected in SOURCES.items():
        found = source_hash(getattr(Task, name))
        if found != expected:
            raise LibraryChanged(
                f"Expected Task.{name} as in {VERSION}, but its source hash is {found}."
            )
    original = Task.__init__

    def with_dense_number(
        self: Any, workflow: Any, task_spec: Any, parent: Any = None, state: Any = 1, id: Any = None
    ) -> None:
        # Tokens are numbered per instance: small, stable, and no random id in the state.
        take_token = getattr(getattr(workflow, "top_workflow", None), "take_token", None)
        if id is None and take_token is not None:
            id = take_token()
        original(self, workflow, task_spec, parent, state, id)

    def inherit_data(self: Any) -> None:
        # The library merges into what is there and rewrites lists; a token sees what its parent
        # saw, and what is its own (the item of a multi-instance).  No value changes in place.
        self.data = {**self.parent.data, **self.internal_data.get("own", {})}

    Task.__init__ = with_dense_number
    Task._inherit_data = inherit_data
    Task._alur_patched = True
    # Its log records carry the data of the process.
    logging.getLogger("spiff").setLevel(logging.WARNING)
    for name in ("spiff.task", "spiff.workflow"):
        logging.getLogger(name).setLevel(logging.WARNING)
