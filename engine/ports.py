"""What a host must give the engine: people, calendar, verbs, functions, secrets, files, policies.

Host code runs on the engine's open connection, in the engine's transaction; it never commits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Protocol

from engine.bounds import Bounds
from engine.model import Act, Actor, CaseFacts, TaskFacts

if TYPE_CHECKING:
    from sqlalchemy import Connection

Clock = Callable[[], datetime]


def _not_here(command: Any) -> Any:
    """Stand where no command can be given: outside a step of a case."""
    raise RuntimeError(
        f"Expected a step of a case, but {type(command).__name__} was given outside."
    )


@dataclass(frozen=True)
class Call:
    """Where a service task or FEEL function is called from.

    connection -- the open transaction; actor -- who set the step off; execute -- gives the engine a
    command within the step's transaction, for service tasks; case_no -- empty while a case starts,
    since numbers are taken last; when_numbered -- calls back with it, in that transaction, at once
    where there is one; the rest describes the case.
    """

    connection: Connection
    now: datetime
    actor: Actor
    instance_id: int
    case_no: str
    process_key: str
    element_id: str
    subject_id: int | None
    scope_path: str
    period: str
    execute: Callable[[Any], Any] = _not_here
    when_numbered: Callable[[Callable[[str], None]], None] = _not_here


@dataclass(frozen=True)
class ServiceTask:
    """A verb a process may call: it may write.  `parameters` and `result` are FEEL type names.

    errors -- the codes of `BusinessError` that it may raise and a model may catch
    """

    name: str
    run: Callable[..., Any]  # run(call: Call, **arguments) -> FEEL value
    parameters: Mapping[str, str]
    result: str
    doc: str
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class HostFunction:
    """A FEEL function a model may call: it only reads (the engine refuses its writes)."""

    name: str
    run: Callable[..., Any]  # run(call: Call, *arguments) -> FEEL value
    parameters: Mapping[str, str]
    result: str
    doc: str


@dataclass(frozen=True)
class Card:
    """How a person is written into the history: name, post and unit at that time."""

    person_id: int
    name: str
    post: str
    unit: str


@dataclass(frozen=True)
class Subject:
    """The neutral keys of a case about a person: where it belongs, and words to find it by."""

    scope_path: str
    title: str
    search_text: str


@dataclass(frozen=True)
class Holder:
    """Who a lane or an assignee expression means: one person, or a group, and on whose behalf."""

    person_id: int | None = None
    group: str | None = None


@dataclass(frozen=True)
class Allowed:
    on_behalf_of: int | None = None


@dataclass(frozen=True)
class Refused:
    reason: str  # a stable code, such as OWN_CASE
    message: str  # "Expected ..., but ..."


class People(Protocol):
    """Who people are and what they may do."""

    def holder(
        self,
        connection: Connection,
        role: str,
        subject_id: int | None,
        scope_path: str,
        at: datetime,
    ) -> Holder:
        """Resolve a lane's role (EMP, RTR, HRO, HRC, ...) for a case's subject at a time."""

    def holders(
        self,
        connection: Connection,
        role: str,
        cases: Sequence[tuple[int | None, str]],
        at: datetime,
    ) -> Sequence[Holder]:
        """Resolve a lane's role for many cases, (subject_id, scope_path) each, in their order."""

    def next_level(self, connection: Connection, task: TaskFacts, at: datetime) -> Holder | None:
        """Say who comes next when a task escalates, or None at the top."""

    def may_act(
        self,
        connection: Connection,
        actor: Actor,
        act: Act,
        on: TaskFacts | CaseFacts,
        at: datetime,
    ) -> Allowed | Refused:
        """Decide one single act; a property test compares it with the Scope of lists."""

    def may_be_offered(
        self, connection: Connection, tasks: Sequence[TaskFacts], at: datetime
    ) -> Sequence[Allowed | Refused]:
        """Decide for each task whether its assignee may be offered it, as `may_act` would."""

    def card(self, connection: Connection, person_id: int, at: datetime) -> Card:
        """Describe a person as of a time, for the history."""

    def subject(self, connection: Connection, person_id: int, at: datetime) -> Subject:
        """Give the neutral keys of a case about this person."""


class Calendar(Protocol):
    """Working days of the subject's calendar and zone."""

    def add_working_days(
        self, connection: Connection, start: datetime, days: int, subject_id: int | None
    ) -> datetime:
        """Give the end of the `days`-th working day after `start` (negative: before), as UTC."""


class Vault(Protocol):
    """Keys that stand outside the database."""

    def seal(self, text: str) -> str:
        """Encrypt under the server's key: readable again by `unseal` alone."""

    def unseal(self, sealed: str) -> str:
        """Decrypt what `seal` gave."""

    def mask(self, text: str) -> bytes:
        """Encrypt to the unmask public key, whose private half this host does not have."""


class Notary(Protocol):
    """Signs checkpoints of the history with a key that stands outside the database (Ed25519)."""

    origin: str  # names the log, as in `kota.example/alur`; no white space and no plus sign
    public_key: bytes  # 32 bytes

    def sign(self, text: bytes) -> bytes:
        """Give the signature, 64 bytes."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """Something a person should know about a case; `notice` is a stable name, such as MENTIONED."""

    person_id: int
    notice: str
    process_key: str
    instance_id: int
    case_no: str
    values: Mapping[str, Any] = field(default_factory=dict)


class Notices(Protocol):
    """Where notices to persons go, in the engine's transaction; it never sends anything itself."""

    def tell(self, connection: Connection, told: Sequence[Told], at: datetime) -> None:
        """Keep notices for their persons."""


class Files(Protocol):
    """Where uploaded and made files are kept, by content; never in the database."""

    def put(self, data: bytes, *, unsent: bool = False) -> str:
        """Keep some bytes and give their SHA-256; the same bytes are kept once.

        What is `unsent` waits for `keep`, and may be swept when nobody asked for it in time.
        """

    def keep(self, sha256: str) -> None:
        """Keep for good what waited, since it has been submitted; anything else is left alone."""

    def sweep(self, before: datetime, but: Collection[str]) -> int:
        """Forget what has waited since before a moment and is not among `but`; give how many."""

    def get(self, sha256: str) -> bytes:
        """Give what was kept, unaltered; raises NotFound."""


@dataclass(frozen=True)
class EscalationStep:
    """One step of a policy: `days` working days after the due date (negative: before)."""

    days: int
    act: str  # REMIND or ESCALATE


class Attempts(Protocol):
    """A journal outside the database that survives a killed process."""

    def begin(self, key: str) -> int:
        """Note that work on this key begins, and say how often it began before and never ended."""

    def finish(self, key: str) -> None:
        """Note that work on this key ended, well or with an error."""


@dataclass(frozen=True)
class Again:
    """What a job gives back that has done a part: it is due again with another payload.

    done -- how many more of its `progress_total` are done; pause -- before it goes on
    """

    payload: Mapping[str, Any]
    done: int = 0
    pause: timedelta = timedelta(0)


@dataclass(frozen=True)
class JobKind:
    """A kind of job of the host's, worked off in the job's transaction: once or not at all.

    send -- where something leaves the house: `run` then only reads, and gives what to send, or None
    where there is nothing to; it is sent between two transactions, and may be sent twice after a
    crash.  send(what, key: str) -> None; the key is the same each time.  It holds up its worker, so
    it must not take longer than half a lease (engine.commands.leasing).
    """

    name: str
    run: Callable[..., Any]  # run(ctx: engine.Context, payload: dict) -> None | Again
    send: Callable[[Any, str], None] | None = None
    per_minute: int | None = None  # at first; then what SetJobLimit said


@dataclass(frozen=True)
class Recurring:
    """A job that comes again and again, by a rule of `engine.recurrence`.

    makes_up -- also for the last time before it was installed
    """

    name: str
    kind: str
    rule: str
    makes_up: bool = False


@dataclass(frozen=True)
class Executed:
    """What a host may log and count of a command: never what was in it.

    outcome -- OK, or the class of the error; retries -- how often a lock made it begin again
    person_id -- None also for work on tasks, since an anonymous one must not be told apart
    """

    command: str
    outcome: str
    seconds: float
    retries: int
    channel: str
    person_id: int | None


@dataclass(frozen=True)
class Ports:
    """Everything a host gives, in one bundle.

    watch -- told of every command that was executed, after its transaction
    """

    people: People
    calendar: Calendar
    vault: Vault
    attempts: Attempts
    services: Mapping[str, ServiceTask] = field(default_factory=dict)
    functions: Mapping[str, HostFunction] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()
    escalations: Mapping[str, Sequence[EscalationStep]] = field(default_factory=dict)
    job_kinds: Mapping[str, JobKind] = field(default_factory=dict)
    schedules: Sequence[Recurring] = ()
    task_job: str = ""  # the kind of job written for each new task of one person; empty: none
    # The kind of job written for each event of a case of a kind that somebody outside listens for.
    event_job: str = ""
    listening: Callable[[Connection], Collection[str]] | None = None
    notary: Notary | None = None  # None where no checkpoints are made
    files: Files | None = None  # None where the host keeps no files
    notices: Notices | None = None  # None where nobody is told anything
    zone: tzinfo = UTC  # of dates and times that people write without one
    bounds: Bounds = field(default_factory=Bounds)
    watch: Callable[[Executed], None] | None = None
