"""What the interpreter is given while it runs a case: the host's ports, bound to that case."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any

from engine.bpmn import Environment, ServiceRequest
from engine.commands.context import Context
from engine.errors import BusinessError, EngineError, ServiceTaskFailed
from engine.feel.values import normalize
from engine.library import Readied
from engine.ports import Call
from engine.store.database import reading


def of(ctx: Context, row: Any, definition: Readied, tasks: Iterable[Any]) -> Environment:
    """Bind the host's ports to a case: `row` has its neutral keys, `tasks` are all of its tasks."""
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
        execute=ctx.run,
        when_numbered=partial(_when_numbered, ctx, row),
    )
    return Environment(
        now=ctx.now,
        functions={
            name: partial(_read, name, f.run, call) for name, f in ctx.ports.functions.items()
        },
        service=partial(_serve, ctx, call),
        working_days=_working_days(ctx, row.subject_id),
        seal=ctx.ports.vault.seal,
        unseal=ctx.ports.vault.unseal,
        shuffle=secrets.SystemRandom().shuffle,
        rounds=partial(_rounds, tasks),
        bounds=ctx.ports.bounds,
        zone=ctx.ports.zone,
    )


def _when_numbered(ctx: Context, row: Any, then: Callable[[str], None]) -> None:
    if row.case_no:
        then(row.case_no)
    else:
        ctx.numbering.setdefault(row.id, []).append(then)


def _rounds(tasks: Iterable[Any], element_id: str) -> int:
    # The items of one multi-instance are opened at one moment, and are one round.
    return len({task.created_at for task in tasks if task.element_id == element_id})


def _read(name: str, run: Callable[..., Any], call: Call, *arguments: Any) -> Any:
    try:
        with reading(call.connection):
            return normalize(run(call, *arguments))
    except EngineError:
        raise
    except Exception as error:
        raise _failed(name, error) from error


def _serve(ctx: Context, call: Call, request: ServiceRequest) -> Any:
    task = ctx.ports.services.get(request.name)
    if task is None:
        raise ServiceTaskFailed(f"Expected a service task {request.name!r}, but the host has none.")
    bound = Call(**{**call.__dict__, "element_id": request.element_id})
    try:
        # Whatever the service wrote before it failed is undone; the case goes on without it.
        with ctx.attempt():
            return normalize(task.run(bound, **request.arguments))
    except BusinessError as error:
        if error.code not in task.errors:  # a model can only know of what was declared
            raise ServiceTaskFailed(error.message) from error
        raise
    except EngineError:
        raise
    except Exception as error:
        raise _failed(request.name, error) from error


def _failed(name: str, error: Exception) -> ServiceTaskFailed:
    # What was not meant to be read may quote answers, and incidents show none: only its kind.
    return ServiceTaskFailed(f"Expected {name} to succeed, but it failed ({type(error).__name__}).")


def _working_days(ctx: Context, subject_id: int | None) -> Callable[[datetime, int], datetime]:
    def add(start: datetime, days: int) -> datetime:
        return ctx.ports.calendar.add_working_days(ctx.connection, start, days, subject_id)

    return add
