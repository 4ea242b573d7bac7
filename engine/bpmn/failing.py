"""What a failure of an element is: a lock to wait for, or an incident of a kind, in a sentence."""

from __future__ import annotations

import logging
import traceback

from engine.bpmn.merge import MergeConflict
from engine.bpmn.step import ElementFailed
from engine.errors import BusinessError, Busy, LimitExceeded

_log = logging.getLogger(__name__)


def raise_busy(problem: BaseException) -> None:
    """Hand a lock that was not to be had to the caller, who repeats the whole command."""
    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, Busy):
            raise cause
        cause = cause.__cause__


def told(problem: Exception) -> tuple[str, str]:
    """Give the kind and the sentence of an incident."""
    if isinstance(problem, ElementFailed):
        return problem.kind, str(problem)
    if isinstance(problem, BusinessError):
        return "SERVICE", problem.message
    if isinstance(problem, MergeConflict):
        return "CONFLICT", str(problem)
    if isinstance(problem, LimitExceeded):
        return "LIMIT", problem.message
    # Its text may quote data of the case, so only its class is told, and where it was raised.
    frames = "".join(traceback.format_tb(problem.__traceback__))
    _log.error("An element failed with %s at\n%s", type(problem).__name__, frames)
    return "FAILED", f"Expected the element to run, but it failed ({type(problem).__name__})."
