"""The error tree.  A class's docstring is its default message; HTTP numbers live in the web."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class EngineError(Exception):
    """Expected the request to be possible, but it is not."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())

    @property
    def message(self) -> str:
        """Give the sentence a person may read."""
        return str(self.args[0])


class NotFound(EngineError):
    """Expected to find what was asked for, but there is no such thing."""


class NotAllowed(EngineError):
    """Expected a person who may do this, but the rules refuse it."""

    def __init__(self, message: str | None = None, *, reason: str = "NOT_ALLOWED") -> None:
        super().__init__(message)
        self.reason = reason


class InvalidState(EngineError):
    """Expected something still open, but it has moved on."""


class Moved(InvalidState):
    """Expected the state that was read, but it has moved on since."""


class CaseSuspended(InvalidState):
    """Expected a case that goes on, but it is suspended."""


class TooNew(InvalidState):
    """Expected what this version of the engine can read, but a newer one wrote it."""


class Conflict(EngineError):
    """Expected to be the first to do this, but somebody else was."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong in submitted answers.

    path -- the field, as keys and list indexes joined by dots: `results.0.rating`
    code -- what kind of problem, for translation: `required`, `too_long`, ...
    limit -- the number or word the code is about, as text
    """

    path: str
    code: str
    message: str
    limit: str = ""


class InvalidForm(EngineError):
    """Expected answers that fit the form, but some do not."""

    def __init__(self, problems: Sequence[Problem], message: str | None = None) -> None:
        where = ", ".join(f"{p.path or 'the form'} ({p.code})" for p in problems)
        super().__init__(message or f"Expected answers that fit the form, but not so: {where}.")
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Finding:
    """One thing that `check` says about a process folder.

    severity -- `error` (never deployed), `warning`, or `note`: worth a look, and maybe meant so
    rule -- a stable identifier such as `gateway-without-default`
    element_id -- the BPMN or DMN element, or a form field, when one is to blame
    line, column -- 1-based place in the file or in the expression, 0 where unknown
    example -- inputs in FEEL for which it shows, where it is about what a table catches
    """

    severity: str
    rule: str
    message: str
    file: str = ""
    element_id: str = ""
    line: int = 0
    column: int = 0
    hint: str = ""
    example: str = ""


class InvalidProcess(EngineError):
    """Expected a process that can run as drawn, but it has faults."""

    def __init__(self, findings: Sequence[Finding], message: str | None = None) -> None:
        first = next((f for f in findings if f.severity == "error"), None)
        places = " ".join(filter(None, (first.file, first.element_id))) if first else ""
        where = f" ({places})" if places else ""
        said = (
            f"Expected a process that can run as drawn, but: {first.message}{where}"
            if first
            else None
        )
        super().__init__(message or said)
        self.findings = tuple(findings)


class BusinessError(EngineError):
    """Expected a service task to be allowed by the rules of the business, but they refuse it."""

    def __init__(self, code: str, message: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class ServiceTaskFailed(EngineError):
    """Expected the service task to succeed, but it failed."""


class LimitExceeded(EngineError):
    """Expected the step to stay within its bounds, but it went beyond one."""


class Busy(EngineError):
    """Expected to get the lock in time, but another change is still running; try again."""
