"""Helping a case past an element that keeps failing: proposed by one person, approved by another.

Whoever proposes sees element and error, and never an answer; what persons answered is not changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.bpmn import Run
from engine.commands.case import Case
from engine.commands.context import Command, Context
from engine.commands.suspending import require_reason
from engine.errors import Conflict, InvalidForm, InvalidState, NotAllowed, NotFound, Problem
from engine.feel.values import from_json, to_json
from engine.history import Event
from engine.history.events import (
    ResolutionApproved,
    ResolutionProposed,
    ResolutionRefused,
    VariableChanged,
)
from engine.model import Act, IncidentState, Resolve

_MOST_VALUES = 20
_LONGEST = 20_000


@dataclass(frozen=True, kw_only=True)
class ProposeResolution(Command[int]):
    """Propose to skip a failed element, or to try it again with other variables; give its id.

    values -- variables to set, also where it is skipped: its result, for instance
    """

    incident_id: int
    action: Resolve
    values: Mapping[str, Any]
    reason: str

    def execute(self, ctx: Context) -> int:
        case, incident = _locked(ctx, self.incident_id)
        ctx.authorize(Act.PROPOSE, case.facts)
        require_reason(self.reason)
        case.require_open()
        _require_parked(incident)
        given = self._given(case, incident)
        if ctx.store.resolutions.is_proposed(incident.id):
            raise Conflict("Expected no proposal about this incident, but one waits already.")
        proposed = ctx.store.resolutions.propose(
            incident_id=incident.id,
            action=self.action,
            given=given,
            reason=self.reason,
            proposed_by=_person(ctx),
            proposed_at=ctx.now,
        )
        case.events.append(
            ResolutionProposed(
                element_id=incident.element_id,
                incident_id=incident.id,
                resolution_id=proposed,
                action=self.action,
                names=tuple(self.values),
                reason=self.reason,
                sealed={"new": dict(self.values)} if self.values else {},
            )
        )
        case.write_events()
        return proposed

    def _given(self, case: Case, incident: Any) -> str:
        problems = list(_problems(case, incident, self.action, self.values))
        try:
            text = to_json(dict(self.values))
        except ValueError as error:
            problems.append(Problem("values", "invalid", str(error)))
            text = ""
        if len(text) > _LONGEST:
            problems.append(
                Problem("values", "too_long", "Expected shorter values, but they are too long.")
            )
        if problems:
            raise InvalidForm(problems)
        return text


@dataclass(frozen=True, kw_only=True)
class ResolveIncident(Command[bool]):
    """Approve a proposal, and do it, or refuse it; tell whether the case went on.

    Nobody decides about a proposal of his own.
    """

    resolution_id: int
    approve: bool
    reason: str = ""

    def execute(self, ctx: Context) -> bool:
        asked = ctx.store.resolutions.get(self.resolution_id)
        if asked is None:
            raise NotFound(f"Expected a proposal {self.resolution_id}, but there is none.")
        case, incident = _locked(ctx, asked.incident_id)
        ctx.authorize(Act.RESOLVE, case.facts)
        asked = ctx.store.resolutions.get(self.resolution_id)
        if asked.state != "PROPOSED":
            raise InvalidState("Expected a proposal that waits, but it is decided already.")
        if asked.proposed_by == _person(ctx):
            raise NotAllowed(
                "Expected somebody else's proposal, but it is yours.", reason="SAME_PERSON"
            )
        if not self.approve:
            require_reason(self.reason)
        ctx.store.resolutions.decide(
            asked.id,
            state="APPROVED" if self.approve else "REFUSED",
            decided_by=ctx.actor.person_id,
            decided_at=ctx.now,
            decision_reason=self.reason,
        )
        said = ResolutionApproved if self.approve else ResolutionRefused
        case.events.append(
            said(
                element_id=incident.element_id,
                incident_id=incident.id,
                resolution_id=asked.id,
                action=asked.action,
                proposed_by=asked.proposed_by,
                reason=self.reason,
            )
        )
        went_on = self.approve and self._do(case, incident, asked)
        case.write_events()
        return went_on

    def _do(self, case: Case, incident: Any, asked: Any) -> bool:
        case.require_active()
        _require_parked(incident)
        values = from_json(asked.given)
        problems = list(_problems(case, incident, asked.action, values))
        if problems:
            raise InvalidForm(problems)
        case.resolve_incident(incident)
        run = case.load()
        case.events += _apply(run, incident, values, asked.reason)
        if asked.action == Resolve.SKIP:
            run.skip(incident.token)
        else:
            run.retry(incident.token)
        run.advance()
        return not case.settle(run)


def _apply(run: Run, incident: Any, values: Mapping[str, Any], reason: str) -> Iterator[Event]:
    for name, (old, new) in run.change(incident.token, values).items():
        sealed = {"new": new} if old is None else {"old": old, "new": new}
        yield VariableChanged(
            element_id=incident.element_id, name=name, reason=reason, sealed=sealed
        )


def _locked(ctx: Context, incident_id: int) -> tuple[Case, Any]:
    """Lock the case of an incident; give both, as they are then."""
    incident = ctx.store.jobs.incident(incident_id)
    if incident is None:
        raise NotFound(f"Expected an incident {incident_id}, but there is none.")
    if incident.instance_id is None:
        raise InvalidState("Expected an incident of a case, but it is a job's: retry or cancel it.")
    case = Case.lock(ctx, incident.instance_id)
    return case, ctx.store.jobs.incident(incident_id)


def _require_parked(incident: Any) -> None:
    if incident.state != IncidentState.OPEN:
        raise InvalidState("Expected an open incident, but it is settled already.")
    if incident.token is None or incident.kind == "NOBODY":
        raise InvalidState("Expected an element that failed, but this incident is of another kind.")


def _problems(
    case: Case, incident: Any, action: str, values: Mapping[str, Any]
) -> Iterator[Problem]:
    if action == Resolve.CHANGE and not values:
        yield Problem("values", "required", "Expected a variable to change, but none is given.")
    if len(values) > _MOST_VALUES:
        yield Problem(
            "values", "too_many", f"Expected at most {_MOST_VALUES} values.", str(_MOST_VALUES)
        )
    answers = {
        task.result: element_id
        for element_id, task in case.definition.compiled.user_tasks.items()
        if task.result and element_id != incident.element_id
    }
    for name in values:
        if not _is_name(name):
            yield Problem(
                name[:80], "pattern", f"Expected the name of a variable, not {name!r:.80}."
            )
        elif name in answers:
            message = f"Expected no answer of a person, but {name} is what {answers[name]} asked."
            yield Problem(name, "answer", message)


def _is_name(name: str) -> bool:
    return name.isascii() and name.isidentifier() and name == name.lower() and name[0] != "_"


def _person(ctx: Context) -> int:
    if ctx.actor.person_id is None:
        raise NotAllowed("Expected a person to do this, but nobody is named.")
    return ctx.actor.person_id
