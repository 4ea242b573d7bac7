"""Asking a draft's table about the decisions of a past period: a job, part by part, read only."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine import Command, Context, Noted
from engine.errors import InvalidForm, NotAllowed, NotFound, Problem
from engine.model import Act, CaseFacts, StreamKind
from engine.ports import Again
from engine.queries import process_drafts, recorded
from engine.queries.recorded import Recorded, Replayed, Table
from hr.backtest import queries, store
from hr.directory import queries as directory

REPLAY = "replay_decisions"
MOST_AT_ONCE = 1_000
LONGEST = timedelta(days=3 * 366)
KEPT = timedelta(days=90)
PAGE = 25
_MOST_MOVES = 60
_SHORT = 40
_NO_CASE = CaseFacts(None, "", None, "")


@dataclass(frozen=True, kw_only=True)
class AskBacktest(Command[int]):
    """Have a decision of a draft asked about what was decided in a time; give the backtest."""

    draft_id: int
    path: str
    decision: str
    since: datetime
    until: datetime

    def execute(self, ctx: Context) -> int:
        ctx.authorize(Act.READ_DRAFT, _NO_CASE)
        if not self.since < self.until <= self.since + LONGEST:
            message = "Expected a time of at most three years, but it is longer or empty."
            raise InvalidForm([Problem("until", "range", message)])
        draft = process_drafts.draft(ctx.connection, self.draft_id).row
        files = process_drafts.files(ctx.connection, draft.id, draft.revision)
        Table(files, self.path, self.decision)  # raises where there is none
        store.forget(ctx.connection, ctx.now - KEPT)
        elements = recorded.asking(ctx.connection, ctx.library, draft.key, self.decision)
        time = self.since, self.until
        total = recorded.count_decisions(ctx.connection, draft.key, elements, *time)
        number = store.add_run(
            ctx.connection,
            {
                "draft_id": draft.id,
                "revision": draft.revision,
                "key": draft.key,
                "path": self.path,
                "decision": self.decision,
                "since": self.since,
                "until": self.until,
                "asked_by": ctx.actor.person_id,
                "asked_at": ctx.now,
                "total": total,
            },
        )
        ctx.enqueue(REPLAY, {"backtest_id": number}, progress_total=total, priority=7)
        about = {"backtest_id": number, "draft_id": draft.id, "decision": self.decision}
        ctx.record(Noted(what="BACKTEST_ASKED", about=about), (StreamKind.DEFINITION, draft.key))
        return number


@dataclass(frozen=True, kw_only=True)
class ReplayDecisions(Command[Again | None]):
    """Ask about the next part of a backtest; come again for the rest."""

    backtest_id: int
    after: tuple[str, int, int] | None = None

    def execute(self, ctx: Context) -> Again | None:
        run = store.run(ctx.connection, self.backtest_id)
        if run is None:
            raise NotFound(f"Expected a backtest {self.backtest_id}, but there is none.")
        files = process_drafts.files(ctx.connection, run["draft_id"], run["revision"])
        table = Table(files, run["path"], run["decision"])
        place = None
        if self.after is not None:
            place = (datetime.fromisoformat(self.after[0]), *self.after[1:])
        part, following = recorded.decisions(
            ctx.connection,
            run["key"],
            recorded.asking(ctx.connection, ctx.library, run["key"], run["decision"]),
            run["since"],
            run["until"],
            after=place,
            most=MOST_AT_ONCE,
        )
        replayed = [table.replay(one) for one in part]
        store.add_cases(ctx.connection, [_row(self.backtest_id, one) for one in replayed])
        done_at = None if following is not None else ctx.now
        store.change(ctx.connection, self.backtest_id, _tally(run, replayed, done_at))
        if following is None:
            return None
        at, stream, seq = following
        payload = {"backtest_id": self.backtest_id, "after": [at.isoformat(), stream, seq]}
        return Again(payload, done=len(part))


@dataclass(frozen=True)
class Differing:
    """A decision that comes out otherwise, for those who may read it; `erased`: no more."""

    recorded: Recorded
    old: Any
    new: Any
    erased: bool


@dataclass(frozen=True, kw_only=True)
class ReadDiffering(Command[tuple[tuple[Differing, ...], tuple[int, int] | None]]):
    """Give a page of those who come out otherwise, with both values; that it was read is noted."""

    backtest_id: int
    after: tuple[int, int] = (0, 0)

    def execute(self, ctx: Context) -> tuple[tuple[Differing, ...], tuple[int, int] | None]:
        run = store.run(ctx.connection, self.backtest_id)
        if run is None:
            raise NotFound("Expected a backtest of that number, but there is none.")
        person = ctx.actor.person_id or 0
        if not queries.reads_all(ctx.connection, person, ctx.now):
            raise NotAllowed("Expected somebody who reads ratings of the city, but you do not.")
        places = store.changed_places(ctx.connection, self.backtest_id, self.after, PAGE + 1)
        page, more = places[:PAGE], len(places) > PAGE
        files = process_drafts.files(ctx.connection, run["draft_id"], run["revision"])
        table = Table(files, run["path"], run["decision"])
        found = recorded.at_places(ctx.connection, page)
        about = {"backtest_id": self.backtest_id, "cases": [one.case_no for one in found]}
        ctx.record(
            Noted(what="BACKTEST_LIST_READ", about=about), (StreamKind.DEFINITION, run["key"])
        )
        rows = tuple(_differing(table.replay(one)) for one in found)
        return rows, page[-1] if more else None


def _differing(one: Replayed) -> Differing:
    return Differing(
        one.recorded, one.recorded.value, one.value, erased=one.recorded.inputs is None
    )


def _row(number: int, one: Replayed) -> dict[str, Any]:
    path = one.recorded.scope_path
    return {
        "backtest_id": number,
        "stream_id": one.recorded.stream_id,
        "seq": one.recorded.seq,
        "person_id": one.recorded.subject_id,
        "office_path": directory.ancestors(path)[-1] if path.strip("/") else "",
        "changed": one.outcome == recorded.CHANGED,
    }


def _tally(
    run: Mapping[str, Any], replayed: list[Replayed], done_at: datetime | None
) -> dict[str, Any]:
    counted = Counter(one.outcome for one in replayed)
    moves = Counter(json.loads(run["moves"]))
    for one in replayed:
        if one.outcome == recorded.CHANGED:
            moves[_move(one)] += 1
    most = dict(moves.most_common(_MOST_MOVES))
    missing = next((one.missing for one in replayed if one.missing), "")
    return {
        "done": run["done"] + len(replayed),
        "done_at": done_at,
        "same": run["same"] + counted[recorded.SAME],
        "changed": run["changed"] + counted[recorded.CHANGED],
        "failed": run["failed"] + counted[recorded.FAILED],
        "unreadable": run["unreadable"] + counted[recorded.UNREADABLE],
        "missing": run["missing"] or missing,
        "moves": json.dumps(most, ensure_ascii=False),
    }


def _move(one: Replayed) -> str:
    """Name a change by what differs: of a context only its parts that do, of numbers nothing."""
    old, new = one.recorded.value, one.value
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        parts = (f"{each}: {_short(old.get(each))} → {_short(new.get(each))}" for each in names)
        return "; ".join(parts)
    return f"{_short(old)} → {_short(new)}"


def _short(value: Any) -> str:
    # Numbers and long values would name each person by himself.
    if value is None or isinstance(value, bool):
        return str(value).lower() if value is not None else "null"
    return value[:_SHORT] if isinstance(value, str) else "…"
