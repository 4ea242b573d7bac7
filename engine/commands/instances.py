"""Starting, cancelling and opening cases."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from engine.bounds import BoundExceeded, Stopwatch
from engine.bpmn import Environment, Run, start
from engine.commands import settling
from engine.commands.alike import Template, Watch, template_of, texts
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
    """What starts a case: `kind` is message, signal or timer; root_id -- of its sender's case."""

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
        definition = ctx.library.startable(ctx.store, self.key)
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
        definition = ctx.library.startable(ctx.store, self.key)
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

    Where the first one asked for nothing of its own, those that begin like it are not run: they
    stand where it stands.

    caller -- the row of the call for which a single case is started; message -- what starts it
    """
    if not cases:
        return ()
    root = None if caller is None else caller.root_id or caller.parent_id
    if message is not None:
        root = message.root_id
    begun = _begin(ctx, definition, cases, campaign, request_digest, root)
    ctx.store.instances.add_all([vars(begun[0].row)])
    if caller is not None:  # before it runs: its first tasks may go to the caller's people
        ctx.store.calls.start(caller.parent_id, caller.token, begun[0].id)
    runs = _runs(ctx, begun, cases, message)
    numbers = _numbers(ctx, definition, [case.row.period for case in begun])
    _add_alike(ctx, runs, numbers)
    for case, new, case_no in zip(begun, cases, numbers, strict=True):
        if case.row.case_no is None:
            case.row.case_no = case_no
            case.columns["case_no"] = case_no
        for then in ctx.numbering.pop(case.id, ()):
            then(case_no)
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
    ids = ctx.store.instances.take_ids(len(cases))
    rows: list[dict[str, Any]] = [
        {
            "id": id_,
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
        for id_, head, new in zip(ids, heads, cases, strict=True)
    ]
    return [
        Case(ctx, row["id"], SimpleNamespace(**row), definition, head)
        for row, head in zip(rows, heads, strict=True)
    ]


def _runs(
    ctx: Context, begun: Sequence[Case], cases: Sequence[NewCase], message: Starting | None
) -> list[tuple[Case, Run | Template]]:
    """Bring each case to where it waits; once a chunk takes too long, the rest begin parked."""
    bounds, stopwatch = ctx.ports.bounds, Stopwatch()
    given = [_variables(new) for new in cases]
    template = None
    if len(begun) == 1:
        return [(begun[0], _run(begun[0].definition, begun[0].env, given[0], message))]
    watch = Watch(begun[0].env)
    first = _run(begun[0].definition, watch.env, given[0], message)
    template = template_of(first, watch, given[0])
    found: list[Run | Template | None] = [template or first]
    for case, variables in zip(begun[1:], given[1:], strict=True):
        found.append(
            template if template and template.fits(texts(variables), _days(case)) else None
        )
    own = [case for case, stands in zip(begun, found, strict=True) if stands is None]
    ctx.store.instances.add_all([vars(case.row) for case in own])
    for at, case in enumerate(begun):
        if found[at] is None:
            beyond = stopwatch.beyond(bounds, _STEPS_IN_A_CHUNK, " for this chunk")
            found[at] = _run(case.definition, case.env, given[at], message, beyond)
    return [(case, stands) for case, stands in zip(begun, found, strict=True) if stands is not None]


def _variables(new: NewCase) -> dict[str, Kept]:
    try:
        return {name: Kept.of(value, f"/{name}") for name, value in new.variables.items()}
    except ValueError as error:
        raise InvalidForm([Problem("variables", "invalid", str(error))]) from error


def _days(case: Case) -> Callable[[datetime, int], datetime]:
    """Give the calendar of a case's subject."""
    ctx, subject_id = case.ctx, case.row.subject_id

    def add(start: datetime, days: int) -> datetime:
        return ctx.ports.calendar.add_working_days(ctx.connection, start, days, subject_id)

    return add


def _run(
    definition: Readied,
    env: Environment,
    variables: Mapping[str, Kept],
    message: Starting | None,
    beyond: BoundExceeded | None = None,
) -> Run:
    by = {} if message is None else {message.kind: message.name, "payload": message.payload}
    run = start(definition.compiled, variables, env, **by)
    run.advance(beyond=beyond)
    return run


def _add_alike(
    ctx: Context, runs: Sequence[tuple[Case, Run | Template]], numbers: Sequence[str]
) -> None:
    """Write the rows of cases that were not run, as they are to stay."""
    rows = []
    for (case, stands), case_no in list(zip(runs, numbers, strict=True))[1:]:
        if isinstance(stands, Template):
            case.row.case_no, case.row.header = case_no, stands.saved.header
            case.written = stands.saved.header
            rows.append({**vars(case.row), "revision": 1})
    ctx.store.instances.add_all(rows)


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
