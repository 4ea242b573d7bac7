"""Launching a process for many people: rows now, cases by chunk jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine import Command, Context, NewCase, Noted, Started, StartMany
from engine.errors import Conflict, InvalidForm, NotFound, Problem
from engine.model import Act, CaseFacts, StreamKind
from hr.calendar.rules import quarter_days
from hr.campaigns import rules, store
from hr.campaigns.queries import campaign_key, preview
from hr.directory import queries as directory

START_CHUNK = "start_chunk"


@dataclass(frozen=True, kw_only=True)
class LaunchCampaign(Command[int]):
    """Launch a process for everybody who can be rated in a quarter; cases start in chunks of 50.

    key -- the process; period -- such as 2026Q2; scope_path -- a unit, empty for the whole city
    """

    key: str
    period: str
    scope_path: str = ""

    def execute(self, ctx: Context) -> int:
        ctx.authorize(Act.START, CaseFacts(None, self.key, None, ""))
        try:
            quarter_days(self.period)
        except ValueError as error:
            raise InvalidForm([Problem("period", "pattern", str(error))]) from error
        if store.find(ctx.connection, self.key, self.period) is not None:
            raise Conflict(f"Expected no campaign for {self.period}, but there is one.")
        seen = preview(ctx.connection, self.period, scope_path=self.scope_path, at=ctx.now)
        chunks = rules.in_chunks(seen.reached)
        campaign_id = self._write(ctx, chunks, seen.left_out)
        for chunk in sorted(set(chunks.values())):
            ctx.enqueue(
                START_CHUNK,
                {"campaign_id": campaign_id, "chunk": chunk},
                dedup_key=f"campaign/{campaign_id}/{chunk}",
                group_key=f"campaign/{campaign_id}",
                priority=7,  # what single persons wait for comes before
            )
        about = {"campaign_id": campaign_id, "persons": len(chunks), "left_out": len(seen.left_out)}
        stream = (StreamKind.CAMPAIGN, campaign_key(self.key, self.period))
        ctx.record(Noted(what="CAMPAIGN_LAUNCHED", about=about), stream)
        return campaign_id

    def _write(self, ctx: Context, chunks: Mapping[int, int], left_out: Mapping[int, str]) -> int:
        row = {
            "process_key": self.key,
            "period": self.period,
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
            for person, reason in left_out.items()
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
        key = campaign_key(campaign["process_key"], campaign["period"])
        begun = ctx.run(StartMany(key=campaign["process_key"], campaign=key, cases=cases))
        store.count_started(ctx.connection, self.campaign_id, len(begun))
        return begun
