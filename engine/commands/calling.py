"""Calls of other process definitions: each runs as a case of its own (docs/decisions/calls.md).

The caller's step only writes down what it calls.  A job starts the case; when that case is over,
another job hands its variables to the call that waits.  No transaction holds two cases that exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.bpmn import Outcome, load
from engine.commands import environment
from engine.commands.case import Case
from engine.commands.context import Command, Context
from engine.commands.suspending import kept_for_later
from engine.errors import Finding, InvalidProcess, NotFound
from engine.feel.values import from_json, to_json
from engine.history.events import CallReturned, CallStarted
from engine.library import Readied
from engine.model import InstanceState, NewCase

if TYPE_CHECKING:
    from engine.bpmn import CallModel

START, RETURN, CANCEL = "start_called", "return_called", "cancel_called"


def settle(ctx: Context, moved: Sequence[tuple[Case, Any, Outcome]]) -> None:
    """Write down the calls that cases now wait for, and let go of those they wait for no more."""
    calls, starts = ctx.store.calls, []
    for case, _, outcome in moved:
        if outcome.calls_closed:
            _let_go(case, outcome.calls_closed)
        if outcome.calls_opened:
            above = calls.of_child(case.id) if case.row.root_id else None
            depth = 1 if above is None else above.depth + 1
            calls.open(
                [
                    {
                        "parent_id": case.id,
                        "token": call.token,
                        "root_id": case.row.root_id,
                        "child_id": None,
                        "element_id": call.element_id,
                        "key": call.key,
                        "binding": call.binding,
                        "inherits": call.inherits,
                        "depth": depth,
                        "payload": to_json(call.payload),
                    }
                    for call in outcome.calls_opened
                ]
            )
            starts += [{"parent_id": case.id, "token": c.token} for c in outcome.calls_opened]
    ctx.enqueue_all(START, starts)
    ended = [{"child_id": c.id} for c, _, o in moved if o.completed and c.row.root_id]
    ctx.enqueue_all(RETURN, ended)


def _let_go(case: Case, tokens: Sequence[int]) -> None:
    """Cancel what was called and is not waited for any more."""
    gone = case.ctx.store.calls.of_tokens(case.id, tokens)
    case.ctx.enqueue_all(
        CANCEL, [{"child_id": call.child_id} for call in gone if call.child_id is not None]
    )
    case.ctx.store.calls.close(case.id, [call.token for call in gone])


@dataclass(frozen=True, kw_only=True)
class StartCalled(Command[bool]):
    """Start the case that a call waits for, once; tell whether it was started.

    A definition that is not there, or calls too deep in each other, park the call.
    """

    parent_id: int
    token: int

    def execute(self, ctx: Context) -> bool:
        from engine.commands.instances import start_cases

        case = Case.lock(ctx, self.parent_id)
        call = ctx.store.calls.of_token(case.id, self.token)
        if call is None or call.child_id is not None:
            return False
        payload = {"parent_id": self.parent_id, "token": self.token}
        if kept_for_later(case, START, payload) or case.row.state != InstanceState.ACTIVE:
            return False
        try:
            definition = _called(ctx, case.definition, call)
        except NotFound as problem:
            return _give_up(case, call, "CALLED", problem.message)
        if call.depth > ctx.ports.bounds.calls:
            beyond = ctx.ports.bounds.exceeded("calls", call.depth)
            return _give_up(case, call, "LIMIT", beyond.message)
        row = case.row
        new = NewCase(
            subject_id=row.subject_id,
            scope_path=row.scope_path,
            period=row.period,
            title=row.title,
            search_text=row.search_text,
            variables=from_json(call.payload),
        )
        (started,) = start_cases(ctx, definition, [new], campaign=None, caller=call)
        case.events.append(
            CallStarted(
                element_id=call.element_id,
                instance_id=started.instance_id,
                case_no=started.case_no,
                definition_id=definition.id,
                process_key=definition.key,
                version=definition.version,
                binding=call.binding,
            )
        )
        case.write_events()
        return True


def _called(ctx: Context, caller: Readied, call: Any) -> Readied:
    if call.binding == "latest":
        return ctx.library.latest(ctx.store, call.key)
    if call.binding == "deployment":
        found = ctx.store.calls.bound(caller.id, call.element_id)
    else:
        found = ctx.store.calls.version(call.key, int(call.binding))
    if found is None:
        raise NotFound(
            f"Expected a process {call.key} ({call.binding}) to call, but none is deployed."
        )
    return ctx.library.get(ctx.store, found)


def _give_up(case: Case, call: Any, kind: str, message: str) -> bool:
    run = case.load()
    case.ctx.store.calls.close(case.id, [call.token])
    run.give_up_call(call.token, kind, message)
    case.settle(run)
    case.write_events()
    return False


@dataclass(frozen=True, kw_only=True)
class ReturnCalled(Command[bool]):
    """Hand the variables of a called case that is over to the call that waits for it; once.

    One that was cancelled parks the call: a retry calls anew.
    """

    child_id: int

    def execute(self, ctx: Context) -> bool:
        call = ctx.store.calls.of_child(self.child_id)
        if call is None:
            return False
        case = Case.lock(ctx, call.parent_id)
        call = ctx.store.calls.of_child(self.child_id)  # as it is under the lock
        if call is None or kept_for_later(case, RETURN, {"child_id": self.child_id}):
            return False
        child = ctx.store.instances.get(self.child_id)  # it is over, so it does not change
        if child.state == InstanceState.CANCELLED:
            why = f"Expected the case {child.case_no} to come to its end, but it was cancelled."
            _give_up(case, call, "CALLED", why)
            return True
        run = case.load()
        ctx.store.calls.close(case.id, [call.token])
        run.returned(call.token, _variables(ctx, child))
        run.advance()
        case.events.append(
            CallReturned(
                element_id=call.element_id, instance_id=child.id, case_no=child.case_no or ""
            )
        )
        case.settle(run)
        case.write_events()
        return True


def _variables(ctx: Context, child: Any) -> dict[str, Any]:
    definition = ctx.library.get(ctx.store, child.definition_id)
    run = load(
        definition.compiled,
        child.header,
        lambda digest: ctx.store.instances.value(child.id, digest),
        environment.of(ctx, child, definition, ()),
    )
    return dict(run.variables())


@dataclass(frozen=True, kw_only=True)
class CancelCalled(Command[bool]):
    """Cancel a called case whose caller waits for it no more; tell whether it was still open."""

    child_id: int

    def execute(self, ctx: Context) -> bool:
        from engine.commands.instances import CancelInstance

        child = ctx.store.instances.get(self.child_id)
        if child is None or child.state in (InstanceState.COMPLETED, InstanceState.CANCELLED):
            return False
        ctx.run(CancelInstance(instance_id=child.id, reason="The case that called it went on."))
        return True


def bind(ctx: Context, calls: Sequence[CallModel], own_key: str) -> dict[str, int]:
    """Find what the calls of a definition being deployed mean now, by element id.

    Raises InvalidProcess for what is not deployed: such a call would wait for ever.
    """
    found: dict[str, int] = {}
    missing: list[Finding] = []
    for call in calls:
        newest = ctx.store.definitions.latest(call.key)
        called = newest.id if newest is not None else None
        if call.binding.isdecimal():
            called = ctx.store.calls.version(call.key, int(call.binding))
        if call.key == own_key or called is None:
            why = "it calls itself" if call.key == own_key else "none is deployed"
            missing.append(
                Finding(
                    severity="error",
                    rule="call-not-deployed",
                    message=f"Expected another process {call.key} ({call.binding}), but {why}.",
                    element_id=call.element_id,
                )
            )
        else:
            found[call.element_id] = called
    if missing:
        raise InvalidProcess(missing)
    return found
