"""Finding who may rise in rank (a monthly job in chunks, nobody else), and noting approvals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from engine import (
    ClaimTask,
    Command,
    CompleteTask,
    Context,
    NewCase,
    Noted,
    Receipt,
    StartMany,
    StreamKind,
)
from engine.errors import NotAllowed, NotFound
from engine.ports import Recurring
from engine.queries.standing import active
from hr.calendar.rules import local_day
from hr.career import rules, store
from hr.career.queries import Aspirant, aspirants
from hr.directory.queries import civil_servants
from hr.notices.commands import Tell

PROCESS = "rank_promotion"
FIND, LIST = "find_candidates", "list_candidates"
CHUNK = 100
# A search that was missed before the platform first ran is made up for.
MONTHLY = Recurring("find_candidates", FIND, "monthly 1 00:05", makes_up=True)


@dataclass(frozen=True, kw_only=True)
class FindCandidates(Command[int]):
    """Look for the candidates of a promotion month, in chunks."""

    tmt: date

    def execute(self, ctx: Context) -> int:
        _refuse_persons(ctx)
        if not _is_deployed(ctx) or self.tmt <= local_day(ctx.now):
            return 0
        people = civil_servants(ctx.connection, self.tmt)
        for place in range(0, len(people), CHUNK):
            ctx.enqueue(
                LIST,
                {"tmt": self.tmt.isoformat(), "people": people[place : place + CHUNK]},
                dedup_key=f"{LIST}/{self.tmt}/{people[place]}",
            )
        about = {"tmt": self.tmt.isoformat(), "people": len(people)}
        stream = (StreamKind.CAMPAIGN, _campaign(self.tmt))
        ctx.record(Noted(what="CANDIDATES_SOUGHT", about=about), stream)
        return len(people)


@dataclass(frozen=True, kw_only=True)
class ListCandidates(Command[int]):
    """List these persons for a promotion month, and start a case for each who is eligible.

    Whoever is listed already is passed over, so that a person gets one case per month at most;
    whose case for an earlier month has not ended gets none.
    """

    tmt: date
    people: Sequence[int]

    def execute(self, ctx: Context) -> int:
        _refuse_persons(ctx)
        listed = store.listed(ctx.connection, self.people, self.tmt)
        fresh = [one for one in self.people if one not in listed]
        known = aspirants(ctx.connection, fresh, self.tmt)
        begun = store.begun(ctx.connection, list(known), self.tmt)
        # A case that somebody cancelled has no outcome, but keeps nobody from the next month.
        running = {begun[case] for case in active(ctx.connection, begun)}
        before = store.newest(ctx.connection, list(known), self.tmt)
        rows = [self._row(ctx, each, each.who.id in running) for each in known.values()]
        store.add_candidates(ctx.connection, rows)
        self._start(ctx, [known[r["person_id"]] for r in rows if r["state"] == store.ELIGIBLE])
        refused = [row for row in rows if row["state"] == store.NOT_ELIGIBLE]
        news = [row for row in refused if _is_news(row, before.get(row["person_id"]))]
        ctx.run(Tell(process_key=PROCESS, told=[_notice(row) for row in news]))
        return len(rows)

    def _row(self, ctx: Context, one: Aspirant, runs: bool) -> dict[str, Any]:
        definition = ctx.library.startable(ctx.store, PROCESS)
        inputs = one.facts.inputs()
        needed = definition.decide("dt18_credit_needed", inputs)
        said = definition.decide("dt10_promotion_case", {**inputs, "credit_needed": needed})
        code = said["code"] or ""
        state = store.NOT_ELIGIBLE if code else store.RUNNING if runs else store.ELIGIBLE
        return {
            "person_id": one.who.id,
            "tmt": self.tmt,
            "promotion_type": one.facts.promotion_type,
            "rank_old": one.who.rank,
            "rank_new": said["next_rank"] or "",
            "state": state,
            "code": code,
            "eligible_on": one.becomes_true(code),
            "reason": ", ".join(one.facts.missing),
            "definition_id": definition.id,
            "instance_id": None,
            "found_at": ctx.now,
            "changed_at": ctx.now,
        }

    def _start(self, ctx: Context, chosen: Sequence[Aspirant]) -> None:
        cases = [
            NewCase(
                subject_id=one.who.id,
                scope_path=one.who.unit_path,
                period=rules.period_of(self.tmt),
                title=one.who.name,
                search_text=" ".join(
                    (one.who.name, one.who.nip, one.who.post, one.who.unit_name)
                ).lower(),
            )
            for one in chosen
        ]
        if cases:
            ctx.run(StartMany(key=PROCESS, campaign=_campaign(self.tmt), cases=cases))


@dataclass(frozen=True, kw_only=True)
class NoteApproval(Command[Receipt]):
    """Take the task that waits for a technical approval and complete it, both or neither.

    The task's own form, group and separation of duties decide, as they do by hand.

    letter -- the entry of an uploaded file, or None; listed_in -- the file the number came from
    """

    task_id: int
    number: str
    approved_on: date
    listed_in: str
    letter: Mapping[str, Any] | None = None

    def execute(self, ctx: Context) -> Receipt:
        ctx.run(ClaimTask(task_id=self.task_id))
        key = sha256(f"{self.number}|{self.approved_on}".encode()).hexdigest()
        return ctx.run(CompleteTask(task_id=self.task_id, answers=self.answers(), request_key=key))

    def answers(self) -> dict[str, Any]:
        """Give what the form of the task is filled in with."""
        return {
            "number": self.number,
            "approved_on": self.approved_on.isoformat(),
            "listed_in": self.listed_in,
            "letter": [] if self.letter is None else [dict(self.letter)],
        }


def _notice(row: Mapping[str, Any]) -> tuple[int, str, Mapping[str, Any]]:
    values = rules.refusal_values(row["tmt"], row["code"], row["eligible_on"])
    return row["person_id"], rules.refusal_notice(row["code"], row["eligible_on"]), values


def _is_news(row: Mapping[str, Any], before: Mapping[str, Any] | None) -> bool:
    """Tell whether somebody has not been told this yet: nobody reads the same each month."""
    return before is None or any(row[name] != before[name] for name in ("code", "eligible_on"))


def _is_deployed(ctx: Context) -> bool:
    try:
        ctx.library.latest(ctx.store, PROCESS)
    except NotFound:
        return False
    return True


def _campaign(tmt: date) -> str:
    return f"{PROCESS}/{rules.period_of(tmt)}"


def _refuse_persons(ctx: Context) -> None:
    if not ctx.actor.is_platform:
        raise NotAllowed("Expected the monthly search, but a person asked.", reason="NO_ROLE")
