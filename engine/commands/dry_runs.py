"""What is played on a draft before it is sent: dry runs, and how its scenarios came out.

The playing itself happens on a throw-away database, outside of any command.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from engine.commands.context import Command, Context
from engine.commands.process_drafts import authorize, open_draft
from engine.errors import Conflict, InvalidState, LimitExceeded, NotAllowed

LONGEST_STORY = 128 * 1024
"""How many characters a scenario that is being played may have."""
_KEPT = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class SaveDryRun(Command[int]):
    """Keep what the actor plays on a draft, and give its revision; others do not see it.

    story -- a scenario as TOML; source -- the file of the draft that it came from, if any
    seen -- the revision it was played from, None to begin anew; raises Conflict for another
    """

    draft_id: int
    story: str
    source: str = ""
    seen: int | None = None

    def execute(self, ctx: Context) -> int:
        authorize(ctx)
        draft = open_draft(ctx, self.draft_id)
        if len(self.story) > LONGEST_STORY:
            raise LimitExceeded(
                f"Expected a dry run of at most {LONGEST_STORY} characters,"
                f" but it has {len(self.story)}."
            )
        person = _person(ctx)
        known = ctx.store.dry_runs.get(draft.id, person)
        revision = 0 if known is None else known.revision
        if self.seen is not None and self.seen != revision:
            raise Conflict(
                "Expected the dry run as it was shown, but it went on in another window."
            )
        ctx.store.dry_runs.sweep(ctx.now - _KEPT)
        ctx.store.dry_runs.put(
            draft.id,
            person,
            story=self.story,
            source=self.source,
            revision=revision + 1,
            changed_at=ctx.now,
        )
        return revision + 1


@dataclass(frozen=True, kw_only=True)
class DropDryRun(Command[None]):
    """Forget what the actor plays on a draft."""

    draft_id: int

    def execute(self, ctx: Context) -> None:
        authorize(ctx)
        ctx.store.dry_runs.drop(open_draft(ctx, self.draft_id).id, _person(ctx))


@dataclass(frozen=True, kw_only=True)
class NoteStories(Command[None]):
    """Write down how the scenarios of a draft came out; only the platform itself may.

    sha256 -- of the draft that was played: the note is worth nothing for any other content
    result -- faults and coverage, ready for JSON
    """

    draft_id: int
    sha256: str
    passed: int
    failed: int
    left: int
    result: Mapping[str, Any]

    def execute(self, ctx: Context) -> None:
        if ctx.actor.person_id is not None:
            raise NotAllowed(
                "Expected the platform to say how scenarios came out, but it is a person."
            )
        draft = ctx.store.process_drafts.lock(self.draft_id)
        if draft is None or draft.sha256 != self.sha256:
            return  # somebody saved meanwhile: what was played is not what there is
        ctx.store.dry_runs.put_check(
            draft.id,
            sha256=self.sha256,
            passed=self.passed,
            failed=self.failed,
            left=self.left,
            result=json.dumps(self.result, ensure_ascii=False),
            at=ctx.now,
        )


def require_green(ctx: Context, draft: Any) -> int:
    """Give how many scenarios came out; refuse a draft of which any has not, or was not played."""
    check = ctx.store.dry_runs.check(draft.id)
    if check is None or check.sha256 != draft.sha256 or check.left:
        raise InvalidState(
            "Expected every scenario of the draft to be played on what it says now,"
            " but some were not; play them on its page of scenarios."
        )
    if check.failed:
        raise InvalidState(
            "Expected every scenario of the draft to come out as written,"
            f" but {check.failed} did not; its page of scenarios says at which step."
        )
    if not check.passed:
        raise InvalidState("Expected at least one scenario in the draft, but there is none.")
    return int(check.passed)


def _person(ctx: Context) -> int:
    person = ctx.actor.person_id
    if person is None:
        raise NotAllowed("Expected a person who plays on the draft, but it is the platform.")
    return person
