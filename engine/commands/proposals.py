"""What is done to versions after they were published: proposed by one person, done by another.

Retiring: a process starts nothing new, and what runs goes on, also as a case called by another.
Migrating: cases go to another version, as docs/decisions/migrations.md says.  A retired process
comes back by publishing one of its versions again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.commands.context import Command, Context
from engine.commands.migrating import MigrateInstances
from engine.commands.publishing import PROCESS_CHANGE
from engine.commands.suspending import require_reason
from engine.commands.timed_starts import set_timers
from engine.errors import Conflict, InvalidForm, InvalidState, NotAllowed, NotFound, Problem
from engine.history.versioning import DefinitionRetired, VersionDecided, VersionProposed
from engine.library import Readied
from engine.model import Act, CaseFacts, StreamKind

RETIRE, MIGRATE = "RETIRE", "MIGRATE"
MOST_NAMED = 500
"""How many cases a proposal may name; whoever wants more wants all of them."""


@dataclass(frozen=True, kw_only=True)
class ProposeRetirement(Command[int]):
    """Propose that a process starts nothing new any more; give the proposal's id."""

    key: str
    reason: str

    def execute(self, ctx: Context) -> int:
        _authorize(ctx, Act.PROPOSE_VERSION, self.key)
        require_reason(self.reason)
        if self.key == PROCESS_CHANGE:
            raise InvalidState("Expected another process, but nothing could be published any more.")
        return _propose(ctx, RETIRE, ctx.library.startable(ctx.store, self.key), self.reason)


@dataclass(frozen=True, kw_only=True)
class ProposeMigration(Command[int]):
    """Propose that open cases of a version go to another one; give the proposal's id.

    instances -- only these; rename and retime as in MigrateInstance
    """

    from_definition_id: int
    to_definition_id: int
    reason: str
    rename: Mapping[str, str] = field(default_factory=dict)
    retime: Collection[str] = ()
    instances: Sequence[int] | None = None

    def execute(self, ctx: Context) -> int:
        old = ctx.library.get(ctx.store, self.from_definition_id)
        _authorize(ctx, Act.PROPOSE_VERSION, old.key)
        require_reason(self.reason)
        if self.instances is not None and not 0 < len(self.instances) <= MOST_NAMED:
            message = f"Expected 1 to {MOST_NAMED} cases, but there are {len(self.instances)}."
            raise InvalidForm([Problem("instances", "range", message)])
        new = self._asked().checked(ctx)
        return _propose(ctx, MIGRATE, old, self.reason, new=new, asked=self)

    def _asked(self) -> MigrateInstances:
        return MigrateInstances(
            from_definition_id=self.from_definition_id,
            to_definition_id=self.to_definition_id,
            reason=self.reason,
            request_key="",
            rename=self.rename,
            retime=self.retime,
        )


@dataclass(frozen=True)
class VersionDecision:
    """What became of a proposal; batch_id -- of the cases that now go over, if any."""

    state: str
    batch_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class DecideProposal(Command[VersionDecision]):
    """Approve a proposal about a version, and do it, or refuse it.

    Nobody approves his own; whoever refuses his own withdraws it.
    """

    proposal_id: int
    approve: bool
    reason: str = ""

    def execute(self, ctx: Context) -> VersionDecision:
        asked = ctx.store.proposals.lock(self.proposal_id)
        if asked is None:
            raise NotFound(f"Expected a proposal {self.proposal_id}, but there is none.")
        own = ctx.actor.person_id is not None and asked.proposed_by == ctx.actor.person_id
        withdrawn = own and not self.approve
        if not withdrawn:
            _authorize(ctx, Act.DECIDE_VERSION, asked.key)
        if asked.state != "PROPOSED":
            raise InvalidState("Expected a proposal that waits, but it is decided already.")
        if own and self.approve:
            raise NotAllowed(
                "Expected somebody else's proposal, but it is yours.", reason="SAME_PERSON"
            )
        if not self.approve and not withdrawn:
            require_reason(self.reason)
        state = "WITHDRAWN" if withdrawn else "APPROVED" if self.approve else "REFUSED"
        version = ctx.library.get(ctx.store, asked.definition_id).version
        ctx.record(
            VersionDecided(
                definition_id=asked.definition_id,
                proposal_id=asked.id,
                what=asked.kind,
                state=state,
                version=version,
                proposed_by=asked.proposed_by,
                reason=self.reason,
            ),
            (StreamKind.DEFINITION, asked.key),
        )
        batch_id = self._do(ctx, asked) if self.approve else None
        ctx.store.proposals.decide(
            asked.id,
            state=state,
            decided_by=ctx.actor.person_id,
            decided_at=ctx.now,
            decision_reason=self.reason,
            batch_id=batch_id,
        )
        return VersionDecision(state, batch_id)

    def _do(self, ctx: Context, asked: Any) -> int | None:
        if asked.kind == RETIRE:
            _retire(ctx, asked)
            return None
        return MigrateInstances(
            from_definition_id=asked.definition_id,
            to_definition_id=asked.to_id,
            reason=asked.reason,
            request_key=f"proposal/{asked.id}",
            rename=json.loads(asked.rename),
            retime=json.loads(asked.retime),
            instances=json.loads(asked.instances),
        ).take_over(ctx)


def _propose(
    ctx: Context,
    kind: str,
    old: Readied,
    reason: str,
    *,
    new: Readied | None = None,
    asked: ProposeMigration | None = None,
) -> int:
    if ctx.actor.person_id is None:
        raise NotAllowed("Expected a person to propose this, but nobody is named.")
    if ctx.store.proposals.is_waiting(old.id, kind):
        raise Conflict("Expected no proposal about this version, but one waits already.")
    rename = {} if asked is None else dict(asked.rename)
    named = None if asked is None or asked.instances is None else sorted(set(asked.instances))
    proposed = ctx.store.proposals.propose(
        kind=kind,
        key=old.key,
        definition_id=old.id,
        to_id=None if new is None else new.id,
        rename=json.dumps(rename, sort_keys=True),
        retime=json.dumps([] if asked is None else sorted(asked.retime)),
        instances=json.dumps(named),
        reason=reason,
        proposed_by=ctx.actor.person_id,
        proposed_at=ctx.now,
    )
    event = VersionProposed(
        definition_id=old.id,
        proposal_id=proposed,
        what=kind,
        version=old.version,
        to_version=0 if new is None else new.version,
        rename=rename,
        cases=len(named or ()),
        reason=reason,
    )
    ctx.record(event, (StreamKind.DEFINITION, old.key))
    return proposed


def _retire(ctx: Context, asked: Any) -> None:
    newest = ctx.library.startable(ctx.store, asked.key)
    if newest.id != asked.definition_id:
        raise InvalidState("Expected the newest version, but another one was published since.")
    set_timers(ctx, asked.key, newest.timers, {})
    ctx.store.messages.set_starts(asked.key, [])
    event = DefinitionRetired(
        definition_id=newest.id,
        proposal_id=asked.id,
        version=newest.version,
        proposed_by=asked.proposed_by,
        reason=asked.reason,
    )
    ctx.record(event, (StreamKind.DEFINITION, asked.key))


def _authorize(ctx: Context, act: Act, key: str) -> None:
    ctx.authorize(act, CaseFacts(None, key, None, ""))
