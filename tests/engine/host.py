"""A small, real host for the engine's own tests: nine people, one group, a five-day calendar.

1 is the employee of most cases, 2 the superior, 3 the superior's superior; 4, 5 and 6 are
colleagues; 7 and 8 are officers of the agency (group HRC); 9 is a stranger.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from threading import Condition
from typing import Any

from sqlalchemy import Connection, text

from engine.errors import BusinessError, ServiceTaskFailed
from engine.model import Act, Actor, CaseFacts, TaskFacts
from engine.ports import (
    Allowed,
    Attempts,
    Call,
    Card,
    EscalationStep,
    Holder,
    HostFunction,
    JobKind,
    Ports,
    Refused,
    ServiceTask,
    Subject,
)
from web.attempts import AttemptFiles, NoAttempts
from web.vault import KeyVault

EMPLOYEE, SUPERIOR, HIGHER, PEER, PEER2, PEER3, OFFICER, OFFICER2, STRANGER = range(1, 10)
GROUP = "HRC"
ZONE = timezone(timedelta(hours=7))
CLOSING = time(16, 0)
NAMES = {
    EMPLOYEE: "Ayu",
    SUPERIOR: "Bima",
    HIGHER: "Citra",
    PEER: "Dewi",
    PEER2: "Eko",
    PEER3: "Fitri",
    OFFICER: "Gita",
    OFFICER2: "Hadi",
    STRANGER: "Ivan",
}
SUPERIORS = {EMPLOYEE: SUPERIOR, PEER: SUPERIOR, PEER2: SUPERIOR, PEER3: SUPERIOR, SUPERIOR: HIGHER}
PATHS = dict.fromkeys((1, 2, 4, 5, 6), "/01/02/") | {3: "/01/", 7: "/09/", 8: "/09/"}
MEMBERS = {OFFICER, OFFICER2}


@dataclass
class Host:
    """The people and rules; tests may send somebody on leave or break a service.

    substitutes -- who stands in for whom; failing -- names of services and jobs that raise
    """

    substitutes: dict[int, int] = field(default_factory=dict)
    failing: set[str] = field(default_factory=set)
    sent: list[Any] = field(default_factory=list)
    noted: Condition = field(default_factory=Condition, repr=False, compare=False)

    def holder(
        self,
        connection: Connection,
        role: str,
        subject_id: int | None,
        scope_path: str,
        at: datetime,
    ) -> Holder:
        """Resolve EMP, RTR and SU2 along the superiors; every other role is a group."""
        if role == GROUP or subject_id is None:
            return Holder(group=role)
        person: int | None = subject_id
        for _ in range(("EMP", "RTR", "SU2").index(role)):
            person = SUPERIORS.get(person) if person is not None else None
        return Holder(person_id=person) if person is not None else Holder(group=GROUP)

    def holders(
        self,
        connection: Connection,
        role: str,
        cases: Sequence[tuple[int | None, str]],
        at: datetime,
    ) -> list[Holder]:
        """Resolve a role for many cases, one by one."""
        return [self.holder(connection, role, subject, path, at) for subject, path in cases]

    def next_level(self, connection: Connection, task: TaskFacts, at: datetime) -> Holder | None:
        """Go to the superior of whoever has it, then to the agency, then nowhere."""
        if task.candidate_group == GROUP:
            return None
        superior = SUPERIORS.get(task.assignee_id or 0)
        return Holder(person_id=superior) if superior else Holder(group=GROUP)

    def may_act(
        self,
        connection: Connection,
        actor: Actor,
        act: Act,
        on: TaskFacts | CaseFacts,
        at: datetime,
    ) -> Allowed | Refused:
        """Let the assignee (or substitute) work, the group claim, the agency run things."""
        if actor.is_platform:
            return Allowed()
        assert actor.person_id is not None
        if isinstance(on, TaskFacts):
            return self._may_act_on_task(actor.person_id, act, on)
        if act == Act.READ and actor.person_id in self._readers(on.subject_id):
            return Allowed()
        return self._agency(actor.person_id, on.subject_id)

    def may_be_offered(
        self, connection: Connection, tasks: Sequence[TaskFacts], at: datetime
    ) -> list[Allowed | Refused]:
        """Decide one by one."""
        return [self._may_act_on_task(task.assignee_id or 0, Act.OFFER, task) for task in tasks]

    def _may_act_on_task(self, person: int, act: Act, task: TaskFacts) -> Allowed | Refused:
        if act == Act.OFFER:
            # A case's own subject is never offered what somebody else must decide.
            own = person == task.subject_id and task.lane not in ("EMP", "PEER")
            return _refused("OWN_CASE") if own else Allowed()
        if act == Act.CLAIM:
            if person == task.subject_id:
                return _refused("OWN_CASE")
            return Allowed() if self._in(task.candidate_group, person) else _refused("NOT_IN_GROUP")
        if act == Act.TAKE_OVER:
            return Allowed() if self._in(task.candidate_group, person) else _refused("NOT_IN_GROUP")
        if act in (
            Act.UNCLAIM,
            Act.SAVE_DRAFT,
            Act.COMPLETE,
            Act.SEND_BACK,
            Act.DELEGATE,
            Act.ASK_EXTENSION,
        ):
            return self._assigned(person, task)
        if act in (Act.READ, Act.COMMENT) and (
            person == task.assignee_id or self._in(task.candidate_group, person)
        ):
            return Allowed()
        return self._agency(person, task.subject_id)

    def _assigned(self, person: int, task: TaskFacts) -> Allowed | Refused:
        if task.assignee_id == person:
            return Allowed()
        if task.assignee_id is not None and self.substitutes.get(task.assignee_id) == person:
            return Allowed(on_behalf_of=task.assignee_id)
        return _refused("NOT_ASSIGNED")

    def _agency(self, person: int, subject_id: int | None) -> Allowed | Refused:
        if person not in MEMBERS:
            return _refused("NOT_ALLOWED")
        return _refused("OWN_CASE") if person == subject_id else Allowed()

    def _readers(self, subject_id: int | None) -> set[int]:
        superior = SUPERIORS.get(subject_id or 0)
        return {person for person in (subject_id, superior) if person is not None}

    def _in(self, group: str | None, person: int) -> bool:
        return group == GROUP and person in MEMBERS

    def card(self, connection: Connection, person_id: int, at: datetime) -> Card:
        """Describe a person."""
        post = "Kepala" if person_id in SUPERIORS.values() else "Staf"
        return Card(person_id, NAMES[person_id], post, PATHS.get(person_id, "/"))

    def subject(self, connection: Connection, person_id: int, at: datetime) -> Subject:
        """Give the neutral keys of a case about a person."""
        name = NAMES[person_id]
        return Subject(scope_path=PATHS.get(person_id, "/"), title=name, search_text=name.lower())

    def add_working_days(
        self, connection: Connection, start: datetime, days: int, subject_id: int | None
    ) -> datetime:
        """Count Mondays to Fridays; a day ends at 16:00 in UTC+7."""
        day, step, left = start.astimezone(ZONE).date(), 1 if days >= 0 else -1, abs(days)
        while left:
            day += timedelta(days=step)
            left -= day.weekday() < 5
        return datetime.combine(day, CLOSING, ZONE)

    def test_service(self, call: Call, question: str) -> str:
        """Answer a question, unless it is broken."""
        if "test_service" in self.failing:
            raise ServiceTaskFailed("Expected an answer, but the service is away.")
        if "test_service:kill" in self.failing:
            os.kill(os.getpid(), signal.SIGKILL)
        if "test_service:dear" in self.failing:
            call.connection.execute(text("UPDATE instance SET title = 'half done'"))
            raise BusinessError("TOO_DEAR", "Expected a cheaper question.")
        if "test_service:late" in self.failing:
            call.connection.execute(text("UPDATE instance SET title = 'half done'"))
            raise ZeroDivisionError("after having written")
        return f"jawaban atas {question}"

    def leave_days(self, call: Call, person: Decimal) -> Decimal:
        """Read from the database how many days are left: always as many as cases of the person."""
        found = call.connection.execute(
            text("SELECT count(*) FROM instance WHERE subject_id = :who"), {"who": int(person)}
        )
        return Decimal(found.scalar_one())

    def meddle(self, call: Call) -> Decimal:
        """Try to write from an expression, which the engine must refuse."""
        call.connection.execute(text("UPDATE instance SET title = 'meddled'"))
        return Decimal(1)

    def note(self, ctx: Any, payload: Any) -> None:
        """Work off a job of kind `note`, unless it is broken."""
        if "note" in self.failing:
            raise ServiceTaskFailed("Expected to note it, but the pencil broke.")
        self.sent.append(payload)
        with self.noted:
            self.noted.notify_all()

    def wait_for(self, count: int) -> None:
        """Wait until so many jobs of kind `note` have been begun."""
        with self.noted:
            assert self.noted.wait_for(lambda: len(self.sent) >= count, 30)


POLICY_R = tuple(
    EscalationStep(days, act)
    for days, act in (
        (-5, "REMIND"),
        (-2, "REMIND"),
        (0, "REMIND"),
        (3, "ESCALATE"),
        (8, "ESCALATE"),
    )
)


def ports(host: Host, attempts_folder: Path | None = None) -> Ports:
    """Bundle a host for an engine; with a folder, killed processes are noticed."""
    attempts: Attempts = AttemptFiles(attempts_folder) if attempts_folder else NoAttempts()
    return Ports(
        people=host,
        calendar=host,
        vault=KeyVault.in_memory(),
        attempts=attempts,
        services={
            "test_service": ServiceTask(
                "test_service",
                host.test_service,
                {"question": "string"},
                "string",
                "Jawab.",
                errors=("TOO_DEAR",),
            )
        },
        functions={
            "leave_days": HostFunction(
                "leave_days", host.leave_days, {"person": "number"}, "number", "Sisa hari."
            ),
            "meddle": HostFunction("meddle", host.meddle, {}, "number", "Mencoba menulis."),
        },
        groups=frozenset({GROUP}),
        escalations={"R": POLICY_R},
        job_kinds={"note": JobKind("note", host.note)},
    )


def _refused(code: str) -> Refused:
    return Refused(code, f"Expected a person who may do this, but: {code}.")
