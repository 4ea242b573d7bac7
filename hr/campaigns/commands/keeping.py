"""Keeping a campaign going: reminders to many, a later deadline, and its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine import CancelInstance, Command, Context, ExtendTask
from engine.errors import Conflict, InvalidForm, InvalidState, NotAllowed, NotFound, Problem
from engine.ports import Told
from engine.queries import campaigns as engine_views
from hr.campaigns import queries, store
from hr.campaigns.commands.launching import authorize, note
from hr.statements import Row

MOVE_DUE, END_CASE = "campaign_move_due", "campaign_end_case"
REMINDED, EXTENDED, CLOSED = "REMINDED", "EXTENDED", "CLOSED"
NOTICE = "CAMPAIGN_REMINDED"
_EVERY = timedelta(hours=20)  # as for a single task
_SHORTEST_REASON = 10
_LOOKED_AT = 200


@dataclass(frozen=True, kw_only=True)
class RemindHolders(Command[int]):
    """Remind everybody who has open tasks of a campaign, with one notice each, once a day.

    Give how many may be named: whoever owes anonymous answers is reminded, and not counted.

    office_path -- empty for all; late_only -- only what is over its due date
    """

    campaign_id: int
    office_path: str = ""
    late_only: bool = False

    def execute(self, ctx: Context) -> int:
        row = _open(ctx, self.campaign_id)
        for one in store.acts(ctx.connection, self.campaign_id, _LOOKED_AT):
            same = one["kind"] == REMINDED and one["office_path"] in ("", self.office_path)
            if same and ctx.now - one["at"] < _EVERY:
                raise Conflict("Expected nobody to have reminded them today, but somebody has.")
        found = engine_views.holders(
            ctx.connection, _key(row), ctx.now, prefix=self.office_path, late_only=self.late_only
        )
        told = [
            Told(
                person_id=person,
                notice=NOTICE,
                process_key=row["process_key"],
                instance_id=0,
                case_no="",
                values={"tasks": tasks, "period": row["period"]},
            )
            for person, (tasks, _) in found.items()
        ]
        if ctx.ports.notices is not None and told:
            ctx.ports.notices.tell(ctx.connection, told, ctx.now)
        named = sum(may_be_named for _, may_be_named in found.values())
        _act(ctx, row, REMINDED, office_path=self.office_path, wanted=named, done=named)
        return named


@dataclass(frozen=True, kw_only=True)
class ExtendDeadline(Command[int]):
    """Give the open tasks of a step a later due date, a job for each; give how many there are."""

    campaign_id: int
    element_id: str
    until: datetime
    reason: str
    office_path: str = ""

    def execute(self, ctx: Context) -> int:
        row = _open(ctx, self.campaign_id)
        reason = _reason(self.reason)
        if self.until <= ctx.now:
            raise InvalidForm([Problem("until", "too_early", "Expected a day to come.")])
        tasks = engine_views.open_tasks(
            ctx.connection, _key(row), prefix=self.office_path, element_id=self.element_id
        )
        if not tasks:
            raise InvalidForm([Problem("element", "nothing", "Expected open tasks, but none is.")])
        number = _act(
            ctx,
            row,
            EXTENDED,
            reason=reason,
            office_path=self.office_path,
            element_id=self.element_id,
            until=self.until,
            wanted=len(tasks),
        )
        about = {"act_id": number, "until": self.until.isoformat(), "reason": reason}
        ctx.enqueue_all(MOVE_DUE, [{**about, "task_id": task} for task in tasks])
        return len(tasks)


@dataclass(frozen=True, kw_only=True)
class MoveDue(Command[None]):
    """Give one task of a campaign its later due date; what has moved on meanwhile is passed over.

    So is a step that the model itself ends by the clock: a later date would promise too much.
    """

    act_id: int
    task_id: int
    until: datetime
    reason: str

    def execute(self, ctx: Context) -> None:
        try:
            ctx.run(ExtendTask(task_id=self.task_id, due_at=self.until, reason=self.reason))
        except (InvalidState, NotAllowed, NotFound):
            store.count_act(ctx.connection, self.act_id, done=0, passed=1)
        else:
            store.count_act(ctx.connection, self.act_id, done=1, passed=0)


@dataclass(frozen=True, kw_only=True)
class CloseCampaign(Command[int]):
    """Close a campaign: nothing is reminded or extended any more; give how many cases are open.

    end_cases -- cancel those cases, too, for the same reason, a job for each; else they go on
    """

    campaign_id: int
    reason: str
    end_cases: bool = False

    def execute(self, ctx: Context) -> int:
        row = _open(ctx, self.campaign_id)
        reason = _reason(self.reason)
        if row["started"] < row["persons"]:
            raise InvalidState("Expected all cases to have begun, but some have not.")
        cases = engine_views.open_cases(ctx.connection, _key(row))
        store.set_campaign(ctx.connection, row["id"], {"closed_at": ctx.now})
        wanted = len(cases) if self.end_cases else 0
        number = _act(ctx, row, CLOSED, reason=reason, wanted=wanted)
        if self.end_cases:
            about = {"act_id": number, "reason": reason}
            ctx.enqueue_all(END_CASE, [{**about, "instance_id": one} for one in cases])
        return len(cases)


@dataclass(frozen=True, kw_only=True)
class EndCase(Command[None]):
    """Cancel one case of a closed campaign; one that has ended meanwhile is passed over."""

    act_id: int
    instance_id: int
    reason: str

    def execute(self, ctx: Context) -> None:
        try:
            ctx.run(CancelInstance(instance_id=self.instance_id, reason=self.reason))
        except InvalidState:
            store.count_act(ctx.connection, self.act_id, done=0, passed=1)
        else:
            store.count_act(ctx.connection, self.act_id, done=1, passed=0)


def _open(ctx: Context, campaign_id: int) -> Row:
    """Lock a campaign that is not closed, for whoever may launch it."""
    row = store.get(ctx.connection, campaign_id, lock=True)
    if row is None:
        raise NotFound(f"Expected a campaign {campaign_id}, but there is none.")
    authorize(ctx, row["process_key"])
    if row["closed_at"] is not None:
        raise InvalidState("Expected an open campaign, but it is closed.")
    return row


def _key(row: Row) -> str:
    return queries.campaign_key(row["process_key"], row["period"], row["round"])


def _reason(text: str) -> str:
    text = text.strip()
    if len(text) < _SHORTEST_REASON:
        limit = str(_SHORTEST_REASON)
        message = f"Expected a reason of {limit} letters or more, but got {len(text)}."
        raise InvalidForm([Problem("reason", "too_short", message, limit)])
    return text


def _act(ctx: Context, row: Row, kind: str, **values: Any) -> int:
    """Write an act down, and on the campaign's stream."""
    act = {
        "campaign_id": row["id"],
        "kind": kind,
        "at": ctx.now,
        "person_id": ctx.actor.person_id,
        "reason": "",
        "office_path": "",
        "element_id": "",
        "until": None,
        "wanted": 0,
        "done": 0,
        "passed": 0,
        **values,
    }
    said = {"reason", "office_path", "element_id", "until", "wanted"}
    about = {name: str(act[name]) for name in sorted(said) if act[name]}
    where = (row["process_key"], row["period"], row["round"])
    note(ctx, *where, f"CAMPAIGN_{kind}", {"campaign_id": row["id"], **about})
    return store.add_act(ctx.connection, act)
