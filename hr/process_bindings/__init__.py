"""Everything hr gives the engine: people, calendar, verbs of models, policies, kinds of jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import Context
from engine.ports import Attempts, EscalationStep, JobKind, Ports, Vault
from hr.calendar.rules import ZONE
from hr.campaigns.commands import START_CHUNK, StartChunk
from hr.development.commands import (
    GIVE_SEATS,
    START_REFERRAL,
    GiveWaitingSeats,
    StartReferral,
)
from hr.permissions import rules as roles
from hr.process_bindings import catalogue, training_catalogue
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
_FUNCTIONS = (*catalogue.FUNCTIONS, *training_catalogue.FUNCTIONS)
_SERVICES = (*catalogue.SERVICES, *training_catalogue.SERVICES)


def ports(vault: Vault, attempts: Attempts) -> Ports:
    """Bundle people, calendar, verbs and policies for the engine."""
    return Ports(
        people=People(),
        calendar=Calendar(),
        vault=vault,
        attempts=attempts,
        services={task.name: task for task in _SERVICES},
        functions={function.name: function for function in _FUNCTIONS},
        groups=roles.CITY_GROUPS | {roles.HRO},
        escalations={"R": POLICY_R},
        job_kinds={kind.name: kind for kind in _JOBS},
        zone=ZONE,
    )


def _start_chunk(ctx: Context, payload: Mapping[str, Any]) -> None:
    ctx.run(StartChunk(campaign_id=int(payload["campaign_id"]), chunk=int(payload["chunk"])))


def _start_referral(ctx: Context, payload: Mapping[str, Any]) -> None:
    ctx.run(StartReferral(followup_id=int(payload["followup_id"])))


def _give_seats(ctx: Context, payload: Mapping[str, Any]) -> None:
    ctx.run(GiveWaitingSeats(session_id=int(payload["session_id"])))


_JOBS = (
    JobKind(START_CHUNK, _start_chunk),
    JobKind(START_REFERRAL, _start_referral),
    JobKind(GIVE_SEATS, _give_seats),
)
