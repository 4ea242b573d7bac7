"""Everything hr gives the engine: people, calendar, verbs of models, policies, kinds of jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from engine import Context
from engine.ports import Again, Attempts, EscalationStep, Files, JobKind, Ports, Vault
from hr.activity.commands import (
    DAILY,
    REMIND_SILENT,
    TELL_RATERS,
    WEEKLY,
    RemindSilent,
    TellRaters,
)
from hr.backtest.commands import REPLAY, ReplayDecisions
from hr.calendar.rules import city_zone, local_day
from hr.campaigns.commands import (
    END_CASE,
    MOVE_DUE,
    OPEN,
    OPEN_PERIODS,
    START_CHUNK,
    EndCase,
    MoveDue,
    OpenPeriods,
    StartChunk,
)
from hr.career.commands import FIND, LIST, MONTHLY, FindCandidates, ListCandidates
from hr.career.rules import searched_on
from hr.development.commands import (
    GIVE_SEATS,
    START_REFERRAL,
    GiveWaitingSeats,
    StartReferral,
)
from hr.fairness.commands import COMPUTE, ComputeFairness
from hr.permissions import rules as roles
from hr.process_bindings import (
    acting_catalogue,
    appraisal_catalogue,
    calibration_catalogue,
    catalogue,
    indicator_catalogue,
    objection_catalogue,
    planning_catalogue,
    promotion_catalogue,
    publishing_catalogue,
    reporting_catalogue,
    training_catalogue,
)
from hr.process_bindings.people import Calendar, People
from hr.process_bindings.telling import Notices

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
_FUNCTIONS = (
    *catalogue.FUNCTIONS,
    *training_catalogue.FUNCTIONS,
    *objection_catalogue.FUNCTIONS,
    *planning_catalogue.FUNCTIONS,
    *acting_catalogue.FUNCTIONS,
    *reporting_catalogue.FUNCTIONS,
    *appraisal_catalogue.FUNCTIONS,
    *calibration_catalogue.FUNCTIONS,
    *indicator_catalogue.FUNCTIONS,
)
_SERVICES = (
    *catalogue.SERVICES,
    *training_catalogue.SERVICES,
    *objection_catalogue.SERVICES,
    *planning_catalogue.SERVICES,
    *acting_catalogue.SERVICES,
    *reporting_catalogue.SERVICES,
    *appraisal_catalogue.SERVICES,
    *calibration_catalogue.SERVICES,
    *indicator_catalogue.SERVICES,
    *publishing_catalogue.SERVICES,
)


def ports(
    vault: Vault,
    attempts: Attempts,
    files: Files | None = None,
    *,
    city: str = "Kota Contoh",
) -> Ports:
    """Bundle people, calendar, verbs and policies for the engine; decrees name the city.

    Its zone is said beforehand (`hr.calendar.rules.use_zone`).
    """
    services = (*_SERVICES, *promotion_catalogue.services(files, city))
    return Ports(
        people=People(),
        calendar=Calendar(),
        vault=vault,
        attempts=attempts,
        services={task.name: task for task in services},
        functions={function.name: function for function in _FUNCTIONS},
        groups=roles.CITY_GROUPS | {roles.HRO},
        escalations={"R": POLICY_R},
        job_kinds={kind.name: kind for kind in _JOBS},
        schedules=(MONTHLY, DAILY, WEEKLY, OPEN),
        files=files,
        notices=Notices(),
        zone=city_zone(),
    )


def _start_chunk(ctx: Context, payload: Mapping[str, Any]) -> None:
    ctx.run(StartChunk(campaign_id=int(payload["campaign_id"]), chunk=int(payload["chunk"])))


def _move_due(ctx: Context, payload: Mapping[str, Any]) -> None:
    until = datetime.fromisoformat(payload["until"])
    act, task = int(payload["act_id"]), int(payload["task_id"])
    ctx.run(MoveDue(act_id=act, task_id=task, until=until, reason=payload["reason"]))


def _end_case(ctx: Context, payload: Mapping[str, Any]) -> None:
    act, case = int(payload["act_id"]), int(payload["instance_id"])
    ctx.run(EndCase(act_id=act, instance_id=case, reason=payload["reason"]))


def _open_periods(ctx: Context, payload: Mapping[str, Any]) -> None:
    ctx.run(OpenPeriods())


def _start_referral(ctx: Context, payload: Mapping[str, Any]) -> None:
    ctx.run(StartReferral(followup_id=int(payload["followup_id"])))


def _give_seats(ctx: Context, payload: Mapping[str, Any]) -> None:
    ctx.run(GiveWaitingSeats(session_id=int(payload["session_id"])))


def _find_candidates(ctx: Context, payload: Mapping[str, Any]) -> None:
    month = local_day(datetime.fromisoformat(payload["at"])).replace(day=1)
    ctx.run(FindCandidates(tmt=searched_on(month)))


def _list_candidates(ctx: Context, payload: Mapping[str, Any]) -> None:
    people = [int(one) for one in payload["people"]]
    ctx.run(ListCandidates(tmt=date.fromisoformat(payload["tmt"]), people=people))


def _compute_fairness(ctx: Context, payload: Mapping[str, Any]) -> None:
    ctx.run(ComputeFairness(run_id=int(payload["run_id"])))


def _replay_decisions(ctx: Context, payload: Mapping[str, Any]) -> Again | None:
    at, *place = payload.get("after") or (None,)
    after = None if at is None else (str(at), int(place[0]), int(place[1]))
    return ctx.run(ReplayDecisions(backtest_id=int(payload["backtest_id"]), after=after))


def _remind_silent(ctx: Context, payload: Mapping[str, Any]) -> None:
    ctx.run(RemindSilent())


def _tell_raters(ctx: Context, payload: Mapping[str, Any]) -> None:
    ctx.run(TellRaters())


_JOBS = (
    JobKind(COMPUTE, _compute_fairness),
    JobKind(REPLAY, _replay_decisions),
    JobKind(REMIND_SILENT, _remind_silent),
    JobKind(TELL_RATERS, _tell_raters),
    JobKind(FIND, _find_candidates),
    JobKind(LIST, _list_candidates),
    JobKind(START_CHUNK, _start_chunk),
    JobKind(MOVE_DUE, _move_due),
    JobKind(END_CASE, _end_case),
    JobKind(OPEN_PERIODS, _open_periods),
    JobKind(START_REFERRAL, _start_referral),
    JobKind(GIVE_SEATS, _give_seats),
)
