"""Taking cases to another version of their definition: one, or many by jobs, and back again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.mapping import VersionMap, compare
from engine.bpmn.migration import Said
from engine.commands import moving_over
from engine.commands.case import Case
from engine.commands.context import Command, Context
from engine.commands.suspending import require_reason
from engine.errors import InvalidState, NotFound
from engine.history.events import MigrationAsked, MigrationUndone
from engine.library import Readied
from engine.model import Act, Actor, CaseFacts, Channel, MigrationState, StreamKind
from engine.ports import Again
from engine.store.migrations import tried

CHUNK = 50
MIGRATE_MANY, MIGRATE_ONE = "migrate_cases", "migrate_case"


@dataclass(frozen=True)
class Migrated:
    """What became of a case; the state is BLOCKED where something stands in its way."""

    instance_id: int
    batch_id: int | None
    state: MigrationState
    said: Said


@dataclass(frozen=True, kw_only=True)
class MigrateInstance(Command[Migrated]):
    """Take one case to another version of its definition, with everything it has.

    rename -- old id -> new id of elements, or of called processes, that are called otherwise now;
    retime -- ids, in the new version, of timers and tasks whose due dates count from now;
    dry_run -- say what would become of it, and change nothing
    """

    instance_id: int
    to_definition_id: int
    reason: str
    request_key: str
    rename: Mapping[str, str] = field(default_factory=dict)
    retime: Collection[str] = ()
    dry_run: bool = False

    def execute(self, ctx: Context) -> Migrated:
        case = Case.lock(ctx, self.instance_id)
        allow(ctx, case.row.process_key)
        require_reason(self.reason)
        digest = _digest(ctx, "one", self.instance_id, self.to_definition_id, self.request_key)
        before = ctx.store.migrations.case_of_request(digest)
        if before is not None:
            state = MigrationState(before.state)
            return Migrated(case.id, before.batch_id, state, Said.read(before.said))
        new, mapping = _versions(ctx, case.definition, self.to_definition_id, self.rename)
        if self.dry_run:
            state, said = _tried(case, new, mapping, self.retime)
            return Migrated(case.id, None, state, said)
        batch_id = _ask(ctx, self, case.definition.id, digest)
        case_id = ctx.store.migrations.add_case(batch_id, case.id)
        state, said = _taken(case, case_id, new, mapping, self.retime, self.reason)
        return Migrated(case.id, batch_id, state, said)


@dataclass(frozen=True, kw_only=True)
class MigrateInstances(Command[int]):
    """Take every open case of a version to another one, each by a job of its own; give the batch.

    instances -- only these; the rest as in MigrateInstance.  With `dry_run` each case is taken over
    and back again in one transaction, and its row says what would become of it.
    """

    from_definition_id: int
    to_definition_id: int
    reason: str
    request_key: str
    rename: Mapping[str, str] = field(default_factory=dict)
    retime: Collection[str] = ()
    dry_run: bool = False
    instances: Sequence[int] | None = None

    def execute(self, ctx: Context) -> int:
        key = ctx.library.get(ctx.store, self.from_definition_id).key
        if self.dry_run:
            ctx.authorize(Act.PROPOSE_VERSION, CaseFacts(None, key, None, ""))
        else:
            allow(ctx, key)
        return self.take_over(ctx)

    def take_over(self, ctx: Context) -> int:
        """Do it for whoever has seen to it that it may be done."""
        require_reason(self.reason)
        old = ctx.library.get(ctx.store, self.from_definition_id)
        digest = _digest(ctx, "many", old.id, self.to_definition_id, self.request_key)
        before = ctx.store.migrations.asked(digest)
        if before is not None:
            return before
        new = self.checked(ctx)
        batch_id = _ask(ctx, self, old.id, digest)
        count = ctx.store.migrations.add_open(batch_id, old.id, self.instances)
        ctx.record(
            MigrationAsked(
                definition_id=new.id,
                batch_id=batch_id,
                old_version=old.version,
                new_version=new.version,
                cases=count,
                rename=dict(self.rename),
                dry_run=self.dry_run,
                reason=self.reason,
            ),
            (StreamKind.DEFINITION, old.key),
        )
        if count:
            payload, group = {"batch_id": batch_id}, f"migration/{batch_id}"
            ctx.enqueue(MIGRATE_MANY, payload, group_key=group, progress_total=count)
        return batch_id

    def checked(self, ctx: Context) -> Readied:
        """Give the version to go to; raises InvalidState or InvalidForm where that can't be."""
        old = ctx.library.get(ctx.store, self.from_definition_id)
        return _versions(ctx, old, self.to_definition_id, self.rename)[0]


@dataclass(frozen=True, kw_only=True)
class HandOutCases(Command[Again | None]):
    """Write a job for each of the next cases of a batch, and come again for the rest.

    A command locks at most one case, so no job takes over more than one.
    """

    batch_id: int

    def execute(self, ctx: Context) -> Again | None:
        cases = ctx.store.migrations.hand_out(self.batch_id, CHUNK)
        ctx.enqueue_all(MIGRATE_ONE, [{"case_id": case_id} for case_id in cases])
        if len(cases) < CHUNK:
            return None
        return Again({"batch_id": self.batch_id}, done=len(cases))


@dataclass(frozen=True, kw_only=True)
class MigrateCase(Command[MigrationState]):
    """Take over one case of a batch, in the name of who asked for it."""

    case_id: int

    def execute(self, ctx: Context) -> MigrationState:
        asked = ctx.store.migrations.case(self.case_id)
        if asked is None:
            raise NotFound(f"Expected a case {self.case_id} of a batch, but there is none.")
        case = Case.lock(ctx, asked.instance_id)
        asked = ctx.store.migrations.case(self.case_id)  # as it is under the lock
        if asked.state not in (MigrationState.WAITING, MigrationState.HANDED_OUT):
            return MigrationState(asked.state)
        if asked.asked_by is not None:
            ctx.actor = Actor(person_id=asked.asked_by, channel=Channel.WORKER)
        if case.row.definition_id != asked.from_id:
            said = Said.of("VERSION", "Expected the case on the old version, but it has left it.")
            return _told(ctx, asked.id, MigrationState.BLOCKED, said)
        rename, retime = json.loads(asked.rename), json.loads(asked.retime)
        new, mapping = _versions(ctx, case.definition, asked.to_id, rename)
        if asked.dry_run:
            state, said = _tried(case, new, mapping, retime)
            return _told(ctx, asked.id, state, said)
        return _taken(case, asked.id, new, mapping, retime, asked.reason)[0]


@dataclass(frozen=True, kw_only=True)
class UndoMigration(Command[None]):
    """Let a case go back to the version it came from, as it was; only where nothing moved since."""

    instance_id: int
    reason: str

    def execute(self, ctx: Context) -> None:
        case = Case.lock(ctx, self.instance_id)
        allow_back(ctx, case.row.process_key)
        require_reason(self.reason)
        last = ctx.store.migrations.newest(case.id)
        if last is None or last.state != MigrationState.MIGRATED:
            raise InvalidState("Expected a case that came from another version, but it did not.")
        if last.previous is None or last.revision != case.row.revision:
            raise InvalidState("Expected nothing to have moved since, but the case has gone on.")
        old = ctx.library.get(ctx.store, last.from_id)
        moving_over.go_back(case, last)
        ctx.store.migrations.change(
            last.id, state=MigrationState.UNDONE, at=ctx.now, previous=None, waited=None
        )
        case.events.append(
            MigrationUndone(
                definition_id=old.id,
                old_version=case.definition.version,
                new_version=old.version,
                new_sha256=old.sha256,
                reason=self.reason,
            )
        )
        case.write_events()


def allow(ctx: Context, key: str) -> None:
    """Raise NotAllowed for whoever may not take cases over alone: a person proposes it."""
    ctx.authorize(Act.DEPLOY, CaseFacts(None, key, None, ""))


def allow_back(ctx: Context, key: str) -> None:
    """Raise NotAllowed for whoever may not let cases go back: one of those who may approve may.

    It opens nothing that was not approved before, and it may be urgent.
    """
    ctx.authorize(Act.DECIDE_VERSION, CaseFacts(None, key, None, ""))


def _versions(
    ctx: Context, old: Readied, to_id: int, rename: Mapping[str, str]
) -> tuple[Readied, VersionMap]:
    new = ctx.library.get(ctx.store, to_id)
    if new.key != old.key:
        raise InvalidState(f"Expected a version of {old.key}, but this is one of {new.key}.")
    if new.id == old.id:
        raise InvalidState("Expected another version, but it is the one that the case runs on.")
    return new, compare(old.compiled, new.compiled, rename)


def _digest(ctx: Context, *parts: object) -> str:
    text = "|".join(str(part) for part in (ctx.actor.person_id, *parts))
    return hashlib.sha256(text.encode()).hexdigest()


def _ask(ctx: Context, asked: MigrateInstance | MigrateInstances, from_id: int, digest: str) -> int:
    return ctx.store.migrations.ask(
        from_id=from_id,
        to_id=asked.to_definition_id,
        rename=json.dumps(dict(asked.rename), sort_keys=True),
        retime=json.dumps(sorted(asked.retime)),
        dry_run=asked.dry_run,
        reason=asked.reason,
        request_digest=digest,
        asked_by=ctx.actor.person_id,
        asked_at=ctx.now,
    )


def _tried(
    case: Case, new: Readied, mapping: VersionMap, retime: Collection[str]
) -> tuple[MigrationState, Said]:
    with tried(case.ctx.connection):
        taken = moving_over.take(case, new, mapping, retime, "")
    return (MigrationState.FEASIBLE if taken.went else MigrationState.BLOCKED), taken.said


def _taken(
    case: Case,
    case_id: int,
    new: Readied,
    mapping: VersionMap,
    retime: Collection[str],
    reason: str,
) -> tuple[MigrationState, Said]:
    taken = moving_over.take(case, new, mapping, retime, reason)
    state = MigrationState.MIGRATED if taken.went else MigrationState.BLOCKED
    kept = {"revision": taken.revision, "previous": taken.previous, "waited": taken.waited}
    _told(case.ctx, case_id, state, taken.said, **(kept if taken.went else {}))
    return state, taken.said


def _told(
    ctx: Context, case_id: int, state: MigrationState, said: Said, **columns: Any
) -> MigrationState:
    ctx.store.migrations.change(case_id, state=state, said=said.text, at=ctx.now, **columns)
    return state
