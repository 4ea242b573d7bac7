"""What is left of a job that keeps failing: one incident, with what a person needs to decide."""

from __future__ import annotations

from typing import Any

from engine.commands.context import Context
from engine.feel.values import from_json
from engine.history.events import JobFailed
from engine.model import JobState, StreamKind

LONGEST_ERROR = 2000


def give_up(ctx: Context, job: Any, error: str, attempts: int) -> None:
    """Stop trying a locked job, and open its incident; on the case, where it is about one."""
    message = error[:LONGEST_ERROR]
    ctx.store.jobs.change(
        job.id,
        state=JobState.FAILED,
        finished_at=ctx.now,
        attempts=attempts,
        last_error=message,
        leased_until=None,
        worker=None,
    )
    about = from_json(job.payload)
    instance_id = about.get("instance_id") if isinstance(about, dict) else None
    element_id = about.get("element_id") if isinstance(about, dict) else None
    ctx.store.jobs.open_incident(
        job_id=job.id,
        instance_id=int(instance_id) if instance_id is not None else None,
        element_id=element_id or "",
        kind="JOB",
        message=message,
        opened_at=ctx.now,
    )
    ctx.record(
        JobFailed(job_id=job.id, job_kind=job.kind, message=message[:500], attempts=attempts),
        (StreamKind.NETWORK, f"jobs/{ctx.now.date().isoformat()}"),
    )
