"""Trying again what could not go on by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.commands.case import Case
from engine.commands.context import Command, Context
from engine.errors import InvalidState, NotFound
from engine.history.events import IncidentRetried
from engine.model import Act, CaseFacts, IncidentState, StreamKind


@dataclass(frozen=True, kw_only=True)
class RetryIncident(Command[bool]):
    """Try the parked step again; tell whether the case went on."""

    incident_id: int
    reason: str = ""

    def execute(self, ctx: Context) -> bool:
        incident = ctx.store.jobs.incident(self.incident_id)
        if incident is None:
            raise NotFound(f"Expected an incident {self.incident_id}, but there is none.")
        if incident.job_id is not None or incident.instance_id is None:
            return self._retry_job(ctx, incident)
        case = Case.lock(ctx, incident.instance_id)
        ctx.authorize(Act.RETRY, case.facts)
        incident = ctx.store.jobs.incident(self.incident_id)
        if incident.state != IncidentState.OPEN:
            raise InvalidState("Expected an open incident, but it is settled already.")
        if incident.kind == "NOBODY":
            raise InvalidState(
                "Expected a step to try again, but this task needs to be assigned to somebody."
            )
        case.require_active()
        case.events.append(
            IncidentRetried(
                element_id=incident.element_id, incident_id=incident.id, reason=self.reason
            )
        )
        case.resolve_incident(incident)
        run = case.load()
        run.retry(incident.token)
        run.advance()
        parked = case.settle(run)
        case.write_events()
        return not parked

    def _retry_job(self, ctx: Context, incident: Any) -> bool:
        if incident.instance_id is None:
            ctx.authorize(Act.RETRY, CaseFacts(None, "", None, ""))
        else:
            ctx.authorize(Act.RETRY, Case.lock(ctx, incident.instance_id).facts)
        # The job's row decides between two who ask at once: only one finds it given up.
        if incident.state != IncidentState.OPEN or not ctx.store.jobs.revive(
            incident.job_id, ctx.now
        ):
            raise InvalidState("Expected an open incident, but it is settled already.")
        ctx.store.jobs.resolve_incident(incident.id, ctx.now, ctx.actor.person_id)
        ctx.record(
            IncidentRetried(incident_id=incident.id, reason=self.reason),
            (StreamKind.NETWORK, f"jobs/{ctx.now.date().isoformat()}"),
        )
        return True
