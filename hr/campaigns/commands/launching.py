"""Launching a process for many people: rows now, cases by chunk jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import Command, Context, NewCase, Noted, Started, StartMany
from engine.errors import Conflict, InvalidForm, NotFound, Problem
from engine.model import Act, CaseFacts, StreamKind
from hr.campaigns import rules, store
from hr.campaigns.queries import Preview, campaign_key, preview
from hr.campaigns.rules import WHOLE_CITY, Reach
from hr.directory import queries as directory

START_CHUNK = "start_chunk"


@dataclass(frozen=True, kw_only=True)
class LaunchCampaign(Command[int]):
    """Launch a process for everybody within reach in a period; cases start in chunks of 50.

    Once more for the same period, it reaches whom no round before has reached.

    key -- the process; period -- such as 2026Q2; cadence_id -- where it begins by itself
    """

    key: str
    period: str
    reach: Reach = WHOLE_CITY
    cadence_id: int | None = None

    def execute(self, ctx: Context) -> int:
        authorize(ctx, self.key)
        require_period(self.key, self.period)
        ctx.library.startable(ctx.store, self.key)
        round_ = store.rounds(ctx.connection, self.key, self.period) + 1
        seen = preview(
            ctx.connection, self.period, process_key=self.key, reach=self.reach, at=ctx.now
        )
        if not seen.reached and rules.ALREADY in seen.left_out.values():
            raise Conflict(f"Expected somebody new for {self.period}, but all have a case.")
        chunks = rules.in_chunks(seen.reached)
        campaign_id = self._write(ctx, round_, chunks, seen)
        for chunk in sorted(set(chunks.values())):
            ctx.enqueue(
                START_CHUNK,
                {"campaign_id": campaign_id, "chunk": chunk},
                dedup_key=f"campaign/{campaign_id}/{chunk}",
                group_key=f"campaign/{campaign_id}",
                priority=7,  # what single persons wait for comes before
            )
        about = {
            "campaign_id": campaign_id,
            "persons": len(chunks),
            "left_out": len(seen.left_out),
            "reach": self.reach.text(),
        }
        note(ctx, self.key, self.period, round_, "CAMPAIGN_LAUNCHED", about)
        return campaign_id

    def _write(self, ctx: Context, round_: int, chunks: Mapping[int, int], seen: Preview) -> int:
        row = {
            "process_key": self.key,
            "period": self.period,
            "round": round_,
            "reach": self.reach.text(),
            "cadence_id": self.cadence_id,
            "launched_at": ctx.now,
            "launched_by": ctx.actor.person_id,
            "persons": len(chunks),
            "started": 0,
        }
        reached = [
            {"person_id": person, "chunk": chunk, "left_out": ""}
            for person, chunk in chunks.items()
        ]
        others = [
            {"person_id": person, "chunk": -1, "left_out": reason}
            for person, reason in seen.left_out.items()
        ]
        return store.add_campaign(ctx.connection, row, reached + others)


@dataclass(frozen=True, kw_only=True)
class StartChunk(Command[tuple[Started, ...]]):
    """Start the cases of one chunk of a campaign; whom it has reached already is passed over."""

    campaign_id: int
    chunk: int

    def execute(self, ctx: Context) -> tuple[Started, ...]:
        campaign = store.get(ctx.connection, self.campaign_id)
        if campaign is None:
            raise NotFound(f"Expected a campaign {self.campaign_id}, but there is none.")
        ids = store.chunk(ctx.connection, self.campaign_id, self.chunk)
        people = directory.persons(ctx.connection, ids, ctx.now)
        cases = [
            NewCase(
                subject_id=each,
                scope_path=people[each].unit_path,
                period=campaign["period"],
                title=people[each].name,
                search_text=directory.search_text(people[each]),
            )
            for each in ids
        ]
        key = campaign_key(campaign["process_key"], campaign["period"], campaign["round"])
        begun = ctx.run(StartMany(key=campaign["process_key"], campaign=key, cases=cases))
        store.count_started(ctx.connection, self.campaign_id, len(begun))
        return begun


def authorize(ctx: Context, key: str) -> None:
    """Refuse whoever may not start this process for the whole city."""
    ctx.authorize(Act.START, CaseFacts(None, key, None, ""))


def require_period(key: str, period: str) -> None:
    """Refuse a period that is none, or not of the kind the process is launched for."""
    try:
        kind = rules.rhythm(period)
    except ValueError as error:
        raise InvalidForm([Problem("period", "pattern", str(error))]) from error
    wanted = rules.rhythm_of(key)
    if wanted and kind != wanted:
        message = f"Expected a period of the kind {wanted} for {key}, but {period} is a {kind}."
        raise InvalidForm([Problem("period", "kind", message, wanted)])


def note(
    ctx: Context, key: str, period: str, round_: int, what: str, about: Mapping[str, Any]
) -> None:
    """Write on the campaign's own stream what became of it."""
    stream = (StreamKind.CAMPAIGN, campaign_key(key, period, round_))
    ctx.record(Noted(what=what, about=dict(about)), stream)
