"""What an auditor writes.  Nothing here touches a case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from engine import Command, Context, Exported, Noted
from engine.errors import Conflict, InvalidForm, NotAllowed, NotFound, Problem
from engine.model import StreamKind
from engine.queries.population import cases_of
from hr.audit import rules, store
from hr.permissions import queries as permissions

EXPORT_JOB = "audit_export"
_LONGEST_NAME, _LONGEST_QUERY, _LONGEST_NOTE, _LONGEST_SEED = 60, 600, 4000, 40
_MOST_SEARCHES = 50
_MOST_EXPORTS_A_DAY = 20


@dataclass(frozen=True, kw_only=True)
class SaveSearch(Command[None]):
    """Keep a search under a name; an older one of that name is replaced."""

    name: str
    query: str

    def execute(self, ctx: Context) -> None:
        person = _auditor(ctx)
        name = self.name.strip()
        if not name or len(name) > _LONGEST_NAME or len(self.query) > _LONGEST_QUERY:
            raise _invalid("name", f"Expected a name of 1 to {_LONGEST_NAME} letters.")
        if len(store.searches(ctx.connection, person)) >= _MOST_SEARCHES:
            raise _invalid("name", f"Expected fewer than {_MOST_SEARCHES} searches.")
        store.save_search(ctx.connection, person, name, self.query)


@dataclass(frozen=True, kw_only=True)
class DropSearch(Command[None]):
    """Forget a search of one's own."""

    name: str

    def execute(self, ctx: Context) -> None:
        if not store.drop_search_named(ctx.connection, _auditor(ctx), self.name):
            raise NotFound("Expected a search of yours, but there is none of that name.")


@dataclass(frozen=True, kw_only=True)
class DrawSample(Command[int]):
    """Draw cases of a process and period at random, by a seed that draws them again.

    seed -- any text, such as thrown dice; it is recorded with the size of the population
    """

    process_key: str
    period: str
    size: int
    seed: str

    def execute(self, ctx: Context) -> int:
        person = _auditor(ctx)
        seed = self.seed.strip()
        if not seed or len(seed) > _LONGEST_SEED:
            raise _invalid("seed", f"Expected a seed of 1 to {_LONGEST_SEED} letters.")
        if not 1 <= self.size <= rules.LARGEST_SAMPLE:
            raise _invalid("size", f"Expected a size from 1 to {rules.LARGEST_SAMPLE}.")
        cases = list(cases_of(ctx.connection, self.process_key, self.period))
        population, chosen = rules.drawn(seed, self.size, cases)
        if not chosen:
            raise _invalid("process_key", "Expected a process and period with cases.")
        sample = {
            "process_key": self.process_key,
            "period": self.period,
            "seed": seed,
            "size": len(chosen),
            "population": population,
            "until": cases[-1][0],
            "drawn_by": person,
            "drawn_at": ctx.now,
        }
        sample_id = store.add_sample(ctx.connection, sample, chosen)
        about = {
            "sample_id": sample_id,
            "process_key": self.process_key,
            "period": self.period,
            "seed": seed,
            "size": len(chosen),
            "population": population,
        }
        ctx.record(Noted(what="SAMPLE_DRAWN", about=about), (StreamKind.PERSON, str(person)))
        return sample_id


@dataclass(frozen=True, kw_only=True)
class WritePaper(Command[None]):
    """Write note and conclusion about a case of a sample."""

    sample_id: int
    place: int
    note: str
    conclusion: str

    def execute(self, ctx: Context) -> None:
        person = _auditor(ctx)
        known = store.paper(ctx.connection, self.sample_id, self.place)
        if known is None:
            raise NotFound("Expected a working paper, but there is none at this place.")
        if self.conclusion not in ("", *rules.CONCLUSIONS):
            raise _invalid("conclusion", "Expected one of the conclusions.")
        if len(self.note) > _LONGEST_NOTE:
            raise _invalid("note", f"Expected at most {_LONGEST_NOTE} letters.")
        if self.conclusion == "FINDING" and not self.note.strip():
            raise _invalid("note", "Expected words about the finding, but there are none.")
        written = {
            "note": self.note.strip(),
            "conclusion": self.conclusion,
            "written_by": person,
            "written_at": ctx.now,
        }
        store.write_paper(ctx.connection, self.sample_id, self.place, written)
        about = {
            "sample_id": self.sample_id,
            "case_no": known["case_no"],
            "old": known["conclusion"],
            "new": self.conclusion,
        }
        ctx.record(Noted(what="PAPER_WRITTEN", about=about), (StreamKind.PERSON, str(person)))


@dataclass(frozen=True, kw_only=True)
class AskExport(Command[int]):
    """Have a job write an event log; what is to be in it: engine.queries.event_log.LogFilter."""

    form: str
    filter: Mapping[str, str] = field(default_factory=dict)
    anonymous: bool = False

    def execute(self, ctx: Context) -> int:
        person = _auditor(ctx)
        if self.form not in rules.FORMS:
            raise _invalid("form", "Expected one of the formats.")
        words = json.dumps({k: v for k, v in self.filter.items() if v}, ensure_ascii=False)
        if len(words) > _LONGEST_QUERY:
            raise _invalid("filter", "Expected a shorter filter.")
        day = ctx.now - timedelta(days=1)
        if store.count_asked(ctx.connection, person, day) >= _MOST_EXPORTS_A_DAY:
            raise Conflict(f"Expected fewer than {_MOST_EXPORTS_A_DAY} exports in a day.")
        asked = {
            "person_id": person,
            "form": self.form,
            "filter": words,
            "anonymous": self.anonymous,
            "state": "ASKED",
            "asked_at": ctx.now,
        }
        export_id = store.add_export(ctx.connection, asked)
        ctx.enqueue(EXPORT_JOB, {"export_id": export_id})
        return export_id


@dataclass(frozen=True, kw_only=True)
class ProgressExport(Command[None]):
    """Say how far an export is; only the platform does."""

    export_id: int
    done: int
    total: int

    def execute(self, ctx: Context) -> None:
        _only_platform(ctx)
        changed = {"done": self.done, "total": self.total}
        store.change_export(ctx.connection, self.export_id, changed)


@dataclass(frozen=True, kw_only=True)
class FinishExport(Command[None]):
    """Note an export that is written: who asked, which filter, how many rows, which digest."""

    export_id: int
    rows: int
    sha256: str

    def execute(self, ctx: Context) -> None:
        _only_platform(ctx)
        known = store.export(ctx.connection, self.export_id)
        if known is None or known["state"] == "DONE":
            return  # a second run after a crash
        changed = {
            "state": "DONE",
            "ended_at": ctx.now,
            "rows": self.rows,
            "sha256": self.sha256,
            "done": known["total"],
        }
        store.change_export(ctx.connection, self.export_id, changed)
        words = known["filter"] + " anonymous" * known["anonymous"]
        event = Exported(what=known["form"], filter=words, rows=self.rows, sha256=self.sha256)
        ctx.record(event, (StreamKind.PERSON, str(known["person_id"])))


@dataclass(frozen=True, kw_only=True)
class NotePapersTaken(Command[None]):
    """Note that somebody took the working papers of a sample out of the house."""

    sample_id: int
    rows: int
    sha256: str

    def execute(self, ctx: Context) -> None:
        words = f"sample_id={self.sample_id}"
        event = Exported(what="papers", filter=words, rows=self.rows, sha256=self.sha256)
        ctx.record(event, (StreamKind.PERSON, str(_auditor(ctx))))


def _auditor(ctx: Context) -> int:
    person = ctx.actor.person_id
    if person is None or not permissions.may_audit(ctx.connection, person, ctx.now):
        raise NotAllowed("Expected an auditor, but you are none.", reason="NO_ROLE")
    return person


def _only_platform(ctx: Context) -> None:
    if not ctx.actor.is_platform:
        raise NotAllowed("Expected the platform itself, but somebody asked.", reason="NO_ROLE")


def _invalid(field: str, message: str) -> InvalidForm:
    return InvalidForm([Problem(field, "invalid", message)])
