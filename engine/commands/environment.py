"""What the interpreter is given while it runs a case: the host's ports, bound to that case."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from engine.bpmn import Environment, Limits, ServiceRequest
from engine.commands.context import Context
from engine.errors import Busy, ServiceTaskFailed
from engine.feel.values import normalize
from engine.library import Readied
from engine.ports import Call
from engine.store.database import reading, savepoint


def of(ctx: Context, row: Any, definition: Readied) -> Environment:
    """Bind the host's ports to a case; `row` has the neutral keys of its instance."""
    call = Call(
        connection=ctx.connection,
        now=ctx.now,
        actor=ctx.actor,
        instance_id=row.id,
        case_no=row.case_no or "",
        process_key=definition.key,
        element_id="",
        subject_id=row.subject_id,
        scope_path=row.scope_path,
        period=row.period,
    )
    return Environment(
        now=ctx.now,
        functions={name: partial(_read, f.run, call) for name, f in ctx.ports.functions.items()},
        service=partial(_serve, ctx, call),
        working_days=_working_days(ctx, row.subject_id),
        seal=ctx.ports.vault.seal,
        unseal=ctx.ports.vault.unseal,
        shuffle=secrets.SystemRandom().shuffle,
        limits=Limits(),
        zone=ctx.ports.zone,
    )


def _read(run: Callable[..., Any], call: Call, *arguments: Any) -> Any:
    with reading(call.connection):
        return normalize(run(call, *arguments))


def _serve(ctx: Context, call: Call, request: ServiceRequest) -> Any:
    task = ctx.ports.services.get(request.name)
    if task is None:
        raise ServiceTaskFailed(f"Expected a service task {request.name!r}, but the host has none.")
    bound = Call(**{**call.__dict__, "element_id": request.element_id})
    try:
        # Whatever the service wrote before it failed is undone; the case goes on without it.
        with savepoint(ctx.connection):
            return normalize(task.run(bound, **request.arguments))
    except (Busy, ServiceTaskFailed):
        raise
    except Exception as error:
        raise ServiceTaskFailed(
            f"Expected {request.name} to succeed, but it said: {error}"
        ) from error


def _working_days(ctx: Context, subject_id: int | None) -> Callable[[datetime, int], datetime]:
    def add(start: datetime, days: int) -> datetime:
        return ctx.ports.calendar.add_working_days(ctx.connection, start, days, subject_id)

    return add
