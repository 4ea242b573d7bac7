"""Taking up referrals, once each; sessions and their waiting lists, budget, signals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine import Command, Context, NewCase, PublishMessage, RowChanged, StartInstance
from engine.errors import InvalidForm, InvalidState, NotAllowed, NotFound, Problem
from engine.model import Act, CaseFacts, StreamKind
from hr.calendar.rules import local_day
from hr.development import rules, store
from hr.development.tables import CourseSession, TrainingSignal
from hr.directory.queries import person
from hr.evaluation.queries import result_of_case
from hr.followup.commands import ConsumeFollowup
from hr.followup.queries import locked, open_numbers
from hr.permissions.queries import standing
from hr.permissions.rules import HRC, HRO, TRN, effective
from hr.statements import add_one

PROCESS, KIND = "training_referral", "REFERRAL"
START_REFERRAL, GIVE_SEATS = "start_referral", "give_seats"
SEAT_GIVEN = "seat_given"  # the message that a case on a waiting list listens for
_MOST_AT_ONCE = 1_000


@dataclass(frozen=True)
class Taken:
    """The case that a follow-up led to; `repeated` where it had been taken up before."""

    instance_id: int
    repeated: bool


@dataclass(frozen=True, kw_only=True)
class StartReferral(Command[Taken]):
    """Start the training referral that a follow-up asks for: once, however often it is asked."""

    followup_id: int

    def execute(self, ctx: Context) -> Taken:
        # Whoever comes second waits here, and then sees the case that the first one started.
        found = locked(ctx.connection, self.followup_id)
        if found is None:
            raise NotFound(f"Expected a follow-up {self.followup_id}, but there is none.")
        if found.kind != KIND or found.subject_id is None:
            raise InvalidState(f"Expected a training referral, but {found.id} is {found.kind}.")
        about = CaseFacts(None, PROCESS, found.subject_id, found.scope_path)
        ctx.authorize(Act.START, about)
        if found.consumed_by is not None:
            return Taken(found.consumed_by, repeated=True)
        result = result_of_case(ctx.connection, found.source_id)
        if result is not None and result.frozen_for is not None:
            raise InvalidState(
                "Expected a result that nobody contests, but an objection to it is open."
            )
        if found.state != "OPEN":
            raise InvalidState(f"Expected an open follow-up, but {found.id} is {found.state}.")
        case = NewCase(
            subject_id=found.subject_id,
            period=found.period,
            variables={"followup_id": found.id, "followup_detail": found.detail},
        )
        started = ctx.run(StartInstance(key=PROCESS, case=case))
        ctx.run(ConsumeFollowup(followup_id=found.id, case_id=started.instance_id))
        return Taken(started.instance_id, repeated=False)


@dataclass(frozen=True, kw_only=True)
class StartReferrals(Command[int]):
    """Have the platform take up every open referral, a job for each; give how many there are."""

    def execute(self, ctx: Context) -> int:
        ctx.authorize(Act.START, CaseFacts(None, PROCESS, None, ""))
        numbers = open_numbers(ctx.connection, KIND, limit=_MOST_AT_ONCE)
        for number in numbers:
            key = f"{START_REFERRAL}/{number}"
            ctx.enqueue(START_REFERRAL, {"followup_id": number}, dedup_key=key)
        return len(numbers)


@dataclass(frozen=True, kw_only=True)
class AddSession(Command[int]):
    """Offer a course on given days; whoever waits for it is given the seats."""

    course_id: int
    starts_on: date
    ends_on: date
    place: str
    seats: int

    def execute(self, ctx: Context) -> int:
        _only_for(ctx, TRN, HRC)
        # Locked: whoever joins the queue just now is seen by the job that gives the seats.
        if store.course(ctx.connection, self.course_id, lock=True) is None:
            raise NotFound(f"Expected a course {self.course_id}, but there is none.")
        _check(local_day(ctx.now) < self.starts_on <= self.ends_on, "starts_on", "range")
        _check(1 <= self.seats <= 1_000, "seats", "range")
        row = {
            "course_id": self.course_id,
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
            "place": self.place,
            "seats": self.seats,
        }
        number = add_one(ctx.connection, CourseSession, row)
        _note(ctx, "course_session", str(number), {name: str(v) for name, v in row.items()})
        ctx.enqueue(GIVE_SEATS, {"session_id": number}, dedup_key=f"{GIVE_SEATS}/{number}")
        return number


@dataclass(frozen=True, kw_only=True)
class GiveWaitingSeats(Command[int]):
    """Give the free seats of a session to who waits for its course, and tell their cases."""

    session_id: int

    def execute(self, ctx: Context) -> int:
        given = 0
        while referral_id := store.pass_on(ctx.connection, self.session_id, ctx.now):
            ctx.run(
                PublishMessage(
                    name=SEAT_GIVEN,
                    correlation=f"referral/{referral_id}",
                    payload={"kind": "SEAT", "session": self.session_id},
                )
            )
            given += 1
        return given


@dataclass(frozen=True, kw_only=True)
class RecordTrainingSignal(Command[int]):
    """Note something about a person that asks for training; his office or the agency may.

    kind -- one of `rules.SIGNALS`; value -- mean, count or box, as the kind says
    """

    person_id: int
    kind: str
    value: Decimal = Decimal(1)
    competence: str = ""
    source: str = ""

    def execute(self, ctx: Context) -> int:
        _only_for(ctx, HRO, HRC, path=person(ctx.connection, self.person_id, ctx.now).unit_path)
        if self.person_id == ctx.actor.person_id:
            raise NotAllowed("Expected somebody else's record, but this one is yours.")
        _check(self.kind in rules.SIGNALS, "kind", "option")
        row = {
            "person_id": self.person_id,
            "kind": self.kind,
            "competence": self.competence,
            "value": self.value,
            "source": self.source,
            "noted_on": local_day(ctx.now),
        }
        number = add_one(ctx.connection, TrainingSignal, row)
        event = RowChanged(
            noun="training_signal",
            key=str(number),
            new={name: str(value) for name, value in row.items()},
        )
        ctx.record(event, (StreamKind.PERSON, str(self.person_id)))
        return number


def _only_for(ctx: Context, *roles: str, path: str = "") -> None:
    """Refuse whoever has none of these roles for a scope path (empty: the whole city)."""
    if ctx.actor.is_platform:
        return
    held = effective(standing(ctx.connection, ctx.actor.person_id or 0, None, ctx.now).grants)
    if not any(g.role in roles and path.startswith(g.unit_path) for g in held):
        raise NotAllowed("Expected somebody in charge of training, but you are not.")


def _check(fine: bool, path: str, code: str) -> None:
    if not fine:
        raise InvalidForm([Problem(path, code, f"Expected another value for {path}: {code}.")])


def _note(ctx: Context, noun: str, key: str, new: dict[str, str]) -> None:
    event = RowChanged(noun=noun, key=key, new=new)
    ctx.record(event, (StreamKind.NETWORK, f"training/{ctx.now:%Y-%m-%d}"))
