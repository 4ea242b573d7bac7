"""Starting, cancelling and opening cases."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import monotonic
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from engine.bounds import BoundExceeded
from engine.bpmn import Run, start
from engine.commands import settling
from engine.commands.case import Case
from engine.commands.context import Command, Context
from engine.commands.suspending import go_on, require_reason
from engine.errors import InvalidForm, NotFound, Problem
from engine.feel.values import Kept
from engine.history.events import ChunkStarted, DossierOpened, InstanceCancelled, InstanceStarted
from engine.library import Readied
from engine.model import Act, CaseFacts, InstanceState, NewCase, Started, StreamKind

_STEPS_IN_A_CHUNK = 3
"""How many times the time of one step a whole chunk of new cases may take."""


@dataclass(frozen=True)
class Starting:
    """What starts a case: `kind` is message or signal; root_id -- the root of its sender's case."""

    kind: str
    name: str
    payload: Any
    root_id: int | None


@dataclass(frozen=True, kw_only=True)
class StartInstance(Command[Started]):
    """Start the newest version of a process for one case.

    request_key -- made by the page that asks; sent twice, it starts one case
    """

    key: str
    case: NewCase
    request_key: str = ""

    def execute(self, ctx: Context) -> Started:
        definition = ctx.library.latest(ctx.store, self.key)
        new = described(ctx, self.case)
        ctx.authorize(Act.START, CaseFacts(None, self.key, new.subject_id, new.scope_path))
        digest = self._digest(ctx) if self.request_key else None
        before = ctx.store.instances.started_by(digest) if digest else None
        if before is not None:
            return Started(before.id, before.case_no)
        return start_cases(ctx, definition, [new], campaign=None, request_digest=digest)[0]

    def _digest(self, ctx: Context) -> str:
        text = f"{ctx.actor.person_id}|{self.key}|{self.case.subject_id}|{self.request_key}"
        return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True)
class StartMany(Command[tuple[Started, ...]]):
    """Start a chunk of a campaign's cases; whom the campaign has reached already is passed over."""

    key: str
    campaign: str
    cases: Sequence[NewCase]

    def execute(self, ctx: Context) -> tuple[Started, ...]:
        definition = ctx.library.latest(ctx.store, self.key)
        ctx.authorize(Act.START, CaseFacts(None, self.key, None, ""))
        subjects = [c.subject_id for c in self.cases if c.subject_id is not None]
        if len(set(subjects)) < len(self.cases):
            # By its subject a case is known when the chunk comes again.
            message = "Expected every case of a campaign about another person, but they are not."
            raise InvalidForm([Problem("cases", "invalid", message)])
        reached = ctx.store.instances.started_subjects(self.campaign, subjects)
        wanted = [described(ctx, c) for c in self.cases if c.subject_id not in reached]
        started = start_cases(ctx, definition, wanted, campaign=self.campaign)
        if started:
            ctx.record(
                ChunkStarted(
                    count=len(started), first=started[0].case_no, last=started[-1].case_no
                ),
                (StreamKind.CAMPAIGN, self.campaign),
            )
        return started


def described(ctx: Context, new: NewCase) -> NewCase:
    if new.subject_id is None or new.scope_path:
        return new
    subject = ctx.ports.people.subject(ctx.connection, new.subject_id, ctx.now)
    return replace(
        new,
        scope_path=subject.scope_path,
        title=new.title or subject.title,
        search_text=new.search_text or subject.search_text,
    )


def start_cases(
    ctx: Context,
    definition: Readied,
    cases: Sequence[NewCase],
    *,
    campaign: str | None,
    request_digest: str | None = None,
    caller: Any = None,
    message: Starting | None = None,
) -> tuple[Started, ...]:
    """Run each new case to where it waits; then take the numbers, last, and write it all down.

    caller -- the row of the call for which a single case is started; message -- what starts it
    """
    if not cases:
        return ()
    root = None if caller is None else caller.root_id or caller.parent_id
    if message is not None:
        root = message.root_id
    begun = _begin(ctx, definition, cases, campaign, request_digest, root)
    if caller is not None:  # before it runs: its first tasks may go to the caller's people
        ctx.store.calls.start(caller.parent_id, caller.token, begun[0].id)
    runs = _runs(ctx, begun, cases, message)
    numbers = _numbers(ctx, definition, [case.row.period for case in begun])
    for case, new, case_no in zip(begun, cases, numbers, strict=True):
        case.row.case_no = case_no
        case.columns["case_no"] = case_no
        case.events.append(
            InstanceStarted(
                case_no=case_no,
                process_key=definition.key,
                definition_id=definition.id,
                definition_sha256=definition.sha256,
                subject_id=case.row.subject_id,
                campaign=campaign,
                called_by=None if caller is None else caller.parent_id,
                sealed={"variables": dict(new.variables)} if new.variables else {},
            )
        )
    settling.settle(ctx, runs)
    settling.write_events(ctx, begun)
    return tuple(Started(case.id, case.row.case_no) for case in begun)


def _begin(
    ctx: Context,
    definition: Readied,
    cases: Sequence[NewCase],
    campaign: str | None,
    request_digest: str | None,
    root_id: int | None,
) -> list[Case]:
    heads = ctx.store.history.create(StreamKind.INSTANCE, [uuid4().hex for _ in cases])
    rows: list[dict[str, Any]] = [
        {
            "definition_id": definition.id,
            "process_key": definition.key,
            "state": InstanceState.ACTIVE,
            "case_no": None,
            "root_id": root_id,
            "campaign": campaign,
            "request_digest": request_digest,
            "subject_id": new.subject_id,
            "scope_path": new.scope_path,
            "period": new.period,
            "title": new.title or definition.name,
            "search_text": new.search_text,
            "stream_id": head.id,
            "started_by": ctx.actor.person_id,
            "started_at": ctx.now,
            "header": b"",
        }
        for head, new in zip(heads, cases, strict=True)
    ]
    ids = ctx.store.instances.create(rows)
    return [
        Case(ctx, id_, SimpleNamespace(id=id_, **row), definition, head)
        for id_, row, head in zip(ids, rows, heads, strict=True)
    ]


def _runs(
    ctx: Context, begun: Sequence[Case], cases: Sequence[NewCase], message: Starting | None
) -> list[tuple[Case, Run]]:
    """Run each case to where it waits; once a chunk takes too long, the rest begin parked."""
    bounds, began = ctx.ports.bounds, monotonic()
    runs = []
    for case, new in zip(begun, cases, strict=True):
        taken = monotonic() - began
        over = taken > bounds.seconds * _STEPS_IN_A_CHUNK
        beyond = bounds.exceeded("seconds", f"{taken:.0f} for this chunk") if over else None
        runs.append((case, _run(case, new, beyond, message)))
    return runs


def _run(case: Case, new: NewCase, beyond: BoundExceeded | None, message: Starting | None) -> Run:
    try:
        variables = {n: Kept.of(value, f"/{n}") for n, value in new.variables.items()}
    except ValueError as error:
        raise InvalidForm([Problem("variables", "invalid", str(error))]) from error
    by = {} if message is None else {message.kind: message.name, "payload": message.payload}
    run = start(case.definition.compiled, variables, case.env, **by)
    run.advance(beyond=beyond)
    return run


def _numbers(ctx: Context, definition: Readied, periods: Sequence[str]) -> list[str]:
    # In a fixed order of periods, so that two chunks never wait for each other's counter.
    next_of: dict[str, int] = {}
    for period in sorted(set(periods)):
        next_of[period] = ctx.store.instances.take_numbers(
            f"{definition.code}-{period}", periods.count(period)
        )
    numbers = []
    for period in periods:
        middle = f"-{period}" if period else ""
        numbers.append(f"{definition.code}{middle}-{next_of[period]:06d}")
        next_of[period] += 1
    return numbers


@dataclass(frozen=True, kw_only=True)
class CancelInstance(Command[None]):
    """End a case before its time, for a reason."""

    instance_id: int
    reason: str

    def execute(self, ctx: Context) -> None:
        case = Case.lock(ctx, self.instance_id)
        ctx.authorize(Act.CANCEL, case.facts)
        require_reason(self.reason)
        case.require_open()
        if case.row.state == InstanceState.SUSPENDED:
            go_on(case)
        run = case.load()
        run.cancel()
        case.events.append(InstanceCancelled(reason=self.reason))
        case.settle(run)
        ctx.store.instances.save(
            case.id, state=InstanceState.CANCELLED, ended_at=ctx.now, suspended_at=None
        )
        for incident in ctx.store.jobs.open_incidents(case.id):
            case.resolve_incident(incident)
        case.write_events()


@dataclass(frozen=True, kw_only=True)
class OpenDossier(Command[None]):
    """Note that somebody opened a case that is not his own work."""

    instance_id: int
    reason: str = ""

    def execute(self, ctx: Context) -> None:
        row = ctx.store.instances.lock(self.instance_id)
        if row is None:
            raise NotFound(f"Expected a case {self.instance_id}, but there is none.")
        ctx.authorize(Act.READ, case_facts(row))
        event = DossierOpened(instance_id=row.id, reason=self.reason)
        ctx.record(event, (StreamKind.PERSON, str(ctx.actor.person_id or 0)))


def case_facts(row: Any) -> CaseFacts:
    """Give what a host is told about an instance's row."""
    return CaseFacts(row.id, row.process_key, row.subject_id, row.scope_path)
