"""Everything hr gives the engine: people, calendar, verbs of models, policies, kinds of jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import Context
from engine.ports import Attempts, EscalationStep, JobKind, Ports, Vault
from hr.calendar.rules import ZONE
from hr.campaigns.commands import START_CHUNK, StartChunk
from hr.permissions import rules as roles
from hr.process_bindings.catalogue import FUNCTIONS, SERVICES
from hr.process_bindings.people import Calendar, People

__all__ = ["ESCALATE", "POLICY_R", "REMIND", "Calendar", "People", "ports"]

REMIND, ESCALATE = "REMIND", "ESCALATE"
# domain.md §5, standing set R: working days from the due date.
POLICY_R = (
    EscalationStep(-5, REMIND),
    EscalationStep(-2, REMIND),
    EscalationStep(0, REMIND),
    EscalationStep(3, ESCALATE),
    EscalationStep(5, ESCALATE),
)


def ports(vault: Vault, attempts: Attempts) -> Ports:
    """Bundle people, calendar, verbs and policies for the engine."""
    return Ports(
        people=People(),
        calendar=Calendar(),
        vault=vault,
        attempts=attempts,
        services={task.name: task for task in SERVICES},
        functions={function.name: function for function in FUNCTIONS},
        groups=roles.CITY_GROUPS | {roles.HRO},
        escalations={"R": POLICY_R},
        job_kinds={START_CHUNK: JobKind(START_CHUNK, _start_chunk)},
        zone=ZONE,
    )


def _start_chunk(ctx: Context, payload: Mapping[str, Any]) -> None:
    ctx.run(StartChunk(campaign_id=int(payload["campaign_id"]), chunk=int(payload["chunk"])))
