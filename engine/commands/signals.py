"""Signals between cases: whoever waits at the moment of the throw catches it, and nobody later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.commands.beginning import BEGIN
from engine.commands.bounding import moved_by_itself
from engine.commands.case import Case
from engine.commands.context import Command, Context
from engine.commands.sending import send
from engine.commands.suspending import kept_for_later
from engine.errors import InvalidState
from engine.feel.values import from_json, normalize
from engine.history import Event
from engine.history.events import SignalCaught, SignalThrown
from engine.model import Act, CaseFacts, InstanceState, StreamKind


def throw(
    ctx: Context,
    *,
    name: str,
    payload: Any,
    source_id: int | None,
    events: list[Event],
    element_id: str | None = None,
) -> int:
    """Send a signal to every other case that waits for it now; give the signal's id."""
    # A signal is not kept for late catchers, so it expires at once; its jobs still find it.
    signal_id, count = send(
        ctx, "signal", name, "", payload, source_id=source_id, expires_at=ctx.now, but=source_id
    )
    begun = ctx.store.messages.starts("signal", name)
    ctx.enqueue_all(BEGIN, [{"message_id": signal_id, "key": key} for key in begun])
    events.append(
        SignalThrown(element_id=element_id, signal_id=signal_id, name=name, targets=count)
    )
    return signal_id


@dataclass(frozen=True, kw_only=True)
class BroadcastSignal(Command[int]):
    """Tell every case that waits for a signal at this moment; give the signal's id."""

    name: str
    payload: Mapping[str, Any] = field(default_factory=dict)

    def execute(self, ctx: Context) -> int:
        ctx.authorize(Act.PUBLISH, CaseFacts(None, "", None, ""))
        events: list[Event] = []
        payload = normalize(dict(self.payload))
        signal_id = throw(ctx, name=self.name, payload=payload, source_id=None, events=events)
        for event in events:
            ctx.record(event, (StreamKind.NETWORK, ctx.now.date().isoformat()))
        return signal_id


@dataclass(frozen=True, kw_only=True)
class DeliverSignal(Command[bool]):
    """Hand a signal to one case that waited for it when it was thrown; once.

    token -- the last that waited then; the case may have moved on, and what began to wait later is
    not meant.  Tells whether the case caught it.
    """

    signal_id: int
    instance_id: int
    token: int

    def execute(self, ctx: Context) -> bool:
        signal = ctx.store.messages.get(self.signal_id)
        case = Case.lock(ctx, self.instance_id)
        if signal is None or case.row.state in (InstanceState.COMPLETED, InstanceState.CANCELLED):
            return False
        payload = {"message_id": self.signal_id, "instance_id": case.id, "token": self.token}
        if kept_for_later(case, "deliver_signal", payload):
            return False
        meant = [
            waiting
            for waiting in ctx.store.messages.waiting(case.id, "signal", signal.name, "")
            if waiting.token <= self.token
        ]
        if not meant or not ctx.store.messages.catch(signal.id, case.id):
            return False
        run = case.load()
        brought = from_json(signal.payload)
        for waiting in meant:
            try:
                run.deliver(waiting.token, brought)
            except InvalidState:
                continue  # another of its tokens has just taken it away, at an event gateway
            case.events.append(
                SignalCaught(element_id=waiting.element_id, signal_id=signal.id, name=signal.name)
            )
        run.advance(beyond=moved_by_itself(case, ctx.now))
        case.settle(run)
        case.write_events()
        return True
