"""Working on a draft of a process folder: begin, save, restore, put aside.  Nothing runs by it.

Two persons never overwrite each other: whoever saves a file says which content he started from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from engine.bpmn import key_of
from engine.commands.context import Command, Context
from engine.contents import deployed, require_name, require_size
from engine.errors import Conflict, InvalidState, NotFound
from engine.history.drafting import DraftChanged, DraftClosed, DraftCreated
from engine.model import Act, CaseFacts, StreamKind

ANY = "*"
"""As `FileChange.expected`: whatever the file says now."""
_LONGEST_NAME = 120
_ONE_SITTING = timedelta(minutes=10)
_ABOUT_NOW = timedelta(minutes=10)
_NEW_KEY = "new_process"


@dataclass(frozen=True)
class FileChange:
    """A file's new content, or None to remove it.

    expected -- SHA-256 of the content it was edited from; "" where there was no such file
    """

    path: str
    content: bytes | None
    expected: str = ANY


@dataclass(frozen=True)
class DraftSaved:
    """Where a draft stands; others -- who else changed it in the last minutes, with when."""

    draft_id: int
    revision: int
    files: Mapping[str, str]  # path -> SHA-256
    others: tuple[tuple[int, datetime], ...] = ()


class FileMoved(Conflict):
    """Expected the file as it was when you began, but somebody else has saved it since."""

    def __init__(self, path: str, sha256: str, person_id: int | None, at: datetime) -> None:
        super().__init__(
            f"Expected {path} as it was when you began, but somebody else saved it since."
        )
        self.path, self.sha256, self.person_id, self.at = path, sha256, person_id, at


@dataclass(frozen=True, kw_only=True)
class BeginDraft(Command[DraftSaved]):
    """Begin a draft: from a version (`definition_id`), from another draft, or of given files.

    files -- what there is beside or instead of that: imported files, scenarios of the folder
    """

    name: str = ""
    definition_id: int | None = None
    draft_id: int | None = None
    files: Mapping[str, bytes] | None = None

    def execute(self, ctx: Context) -> DraftSaved:
        authorize(ctx)
        files: dict[str, bytes] = {}
        base_id, name = self.definition_id, self.name.strip()
        if self.draft_id is not None:
            other = _locked(ctx, self.draft_id)
            base_id, name = other.base_id, name or other.name
            files = ctx.store.process_drafts.files(other.id, other.revision)
        elif base_id is not None:
            row = ctx.store.definitions.get(base_id)
            if row is None:
                raise NotFound(f"Expected a process definition {base_id}, but there is none.")
            name = name or row.name
            files = ctx.store.definitions.files(base_id) | _stories_of(ctx, base_id)
        files |= {require_name(path): content for path, content in (self.files or {}).items()}
        require_size({path: len(content) for path, content in files.items()})
        key = key_of(files) or _NEW_KEY
        hashes = _hashes(files)
        sha256 = draft_hash(hashes)
        draft_id = ctx.store.process_drafts.create(
            key=key,
            name=(name or key)[:_LONGEST_NAME],
            base_id=base_id,
            state="OPEN",
            revision=1,
            sha256=sha256,
            created_by=ctx.actor.person_id,
            created_at=ctx.now,
            changed_by=ctx.actor.person_id,
            changed_at=ctx.now,
        )
        ctx.store.process_drafts.put(draft_id, 1, files)
        _add_revision(ctx, draft_id, 1, "CREATED", files, sha256)
        ctx.record(
            DraftCreated(draft_id=draft_id, definition_id=base_id, name=name or key, sha256=sha256),
            (StreamKind.DEFINITION, key),
        )
        return DraftSaved(draft_id, 1, hashes)


@dataclass(frozen=True, kw_only=True)
class SaveDraftFiles(Command[DraftSaved]):
    """Save files of a draft; raises FileMoved where somebody else saved one of them since.

    what -- SAVED, or IMPORTED for files that come from outside; note -- in words, if any
    """

    draft_id: int
    changes: tuple[FileChange, ...]
    what: str = "SAVED"
    note: str = ""

    def execute(self, ctx: Context) -> DraftSaved:
        authorize(ctx)
        draft = open_draft(ctx, self.draft_id)
        sizes = ctx.store.process_drafts.hashes(draft.id, draft.revision)
        old = {path: sha256 for path, (sha256, _) in sizes.items()}
        wanted: dict[str, bytes | None] = {}
        for change in self.changes:
            now = old.get(change.path, "")
            new = "" if change.content is None else hashlib.sha256(change.content).hexdigest()
            if change.content is not None and not now:
                require_name(change.path)
            if new == now:
                continue  # a save that was repeated, or a file that says what it said
            if change.expected not in (ANY, now):
                raise FileMoved(change.path, now, draft.changed_by, draft.changed_at)
            wanted[change.path] = change.content
        after = {path: size for path, (_, size) in sizes.items()} | {
            path: len(content) for path, content in wanted.items() if content is not None
        }
        gone = {path for path, content in wanted.items() if content is None}
        require_size({path: size for path, size in after.items() if path not in gone})
        if not wanted:
            return DraftSaved(draft.id, draft.revision, old, _others(ctx, draft.id))
        put = {path: content for path, content in wanted.items() if content is not None}
        hashes = {p: h for p, h in old.items() if p not in gone} | _hashes(put)
        number = draft.revision + 1
        last = ctx.store.process_drafts.revision(draft.id, draft.revision)
        joined = _goes_on(ctx, last, self.what, wanted)
        if joined:
            ctx.store.process_drafts.drop_revision(draft.id, draft.revision)
            ctx.store.process_drafts.forget(draft.id, draft.revision, list(wanted))
        if gone:
            ctx.store.process_drafts.end(draft.id, number, gone)
        ctx.store.process_drafts.put(draft.id, number, put)
        began = last.began_at if joined else ctx.now
        _moved(ctx, draft, number, self.what, wanted, hashes, self.note, began, told=not joined)
        return DraftSaved(draft.id, number, hashes, _others(ctx, draft.id))


@dataclass(frozen=True, kw_only=True)
class RestoreDraft(Command[DraftSaved]):
    """Make a draft what it was in an earlier revision; what it is now stays in its history.

    seen -- the newest revision that whoever restores has seen
    """

    draft_id: int
    revision: int
    seen: int

    def execute(self, ctx: Context) -> DraftSaved:
        authorize(ctx)
        draft = open_draft(ctx, self.draft_id)
        if draft.revision != self.seen:
            raise FileMoved("the draft", draft.sha256, draft.changed_by, draft.changed_at)
        if ctx.store.process_drafts.revision(draft.id, self.revision) is None:
            raise NotFound(f"Expected a revision {self.revision} of the draft, but there is none.")
        was = _plain(ctx.store.process_drafts.hashes(draft.id, self.revision))
        now = _plain(ctx.store.process_drafts.hashes(draft.id, draft.revision))
        back = {path: sha256 for path, sha256 in was.items() if now.get(path) != sha256}
        gone = now.keys() - was.keys()
        if not back and not gone:
            return DraftSaved(draft.id, draft.revision, now)
        number = draft.revision + 1
        if gone:
            ctx.store.process_drafts.end(draft.id, number, gone)
        if back:
            ctx.store.process_drafts.point(draft.id, number, back)
        touched: dict[str, Any] = dict.fromkeys([*back, *gone])
        note = str(self.revision)
        _moved(ctx, draft, number, "RESTORED", touched, was, note, ctx.now, told=True)
        return DraftSaved(draft.id, number, was)


@dataclass(frozen=True, kw_only=True)
class RenameDraft(Command[None]):
    """Call a draft something else in lists; the process's own name stands in its model."""

    draft_id: int
    name: str

    def execute(self, ctx: Context) -> None:
        authorize(ctx)
        draft = open_draft(ctx, self.draft_id)
        name = self.name.strip()[:_LONGEST_NAME]
        if not name:
            raise InvalidState("Expected a name for the draft, but it is empty.")
        ctx.store.process_drafts.update(draft.id, name=name)
        ctx.record(
            DraftChanged(draft_id=draft.id, revision=draft.revision, what="RENAMED", reason=name),
            (StreamKind.DEFINITION, draft.key),
        )


@dataclass(frozen=True, kw_only=True)
class DiscardDraft(Command[None]):
    """Put a draft aside, or take it up again with `back`; nothing of it is lost."""

    draft_id: int
    back: bool = False

    def execute(self, ctx: Context) -> None:
        authorize(ctx)
        draft = _locked(ctx, self.draft_id)
        before, after = ("DISCARDED", "OPEN") if self.back else ("OPEN", "DISCARDED")
        if draft.state == after:
            return
        if draft.state != before:
            raise InvalidState(f"Expected a draft that is {before}, but it is {draft.state}.")
        close(ctx, draft, after)


def _stories_of(ctx: Context, definition_id: int) -> dict[str, bytes]:
    """Give what a version's draft held beside what it deployed: its scenarios, its README."""
    sent = ctx.store.publications.of_version(definition_id)
    if sent is None:
        return {}
    files = ctx.store.process_drafts.files(sent.draft_id, sent.revision)
    return {path: content for path, content in files.items() if path not in deployed(files)}


def close(ctx: Context, draft: Any, state: str) -> None:
    """Move a locked draft to another state, and tell its history."""
    ctx.store.process_drafts.update(draft.id, state=state)
    ctx.record(DraftClosed(draft_id=draft.id, state=state), (StreamKind.DEFINITION, draft.key))


def authorize(ctx: Context) -> None:
    """Refuse whoever may not change drafts."""
    ctx.authorize(Act.DRAFT, CaseFacts(None, "", None, ""))


def open_draft(ctx: Context, draft_id: int) -> Any:
    """Lock a draft that may still be changed, and give its row."""
    draft = _locked(ctx, draft_id)
    if draft.state != "OPEN":
        raise InvalidState(f"Expected a draft that is open, but it is {draft.state}.")
    return draft


def draft_hash(hashes: Mapping[str, str]) -> str:
    """Give the SHA-256 by which a draft's content is known, from those of its files."""
    total = hashlib.sha256()
    for path in sorted(hashes):
        total.update(f"{path}\0{hashes[path]}\n".encode())
    return total.hexdigest()


def _locked(ctx: Context, draft_id: int) -> Any:
    draft = ctx.store.process_drafts.lock(draft_id)
    if draft is None:
        raise NotFound(f"Expected a draft {draft_id}, but there is none.")
    return draft


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    return {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}


def _plain(hashes: Mapping[str, tuple[str, int]]) -> dict[str, str]:
    return {path: sha256 for path, (sha256, _) in hashes.items()}


def _goes_on(ctx: Context, last: Any, what: str, wanted: Mapping[str, Any]) -> bool:
    """Tell whether a save belongs to the newest revision: same person, same files, minutes ago."""
    if last is None or last.what != "SAVED" or what != "SAVED":
        return False
    alone = last.person_id == ctx.actor.person_id and ctx.now - last.began_at < _ONE_SITTING
    return alone and set(wanted) == set(ctx.store.process_drafts.paths_of(last))


def _moved(
    ctx: Context,
    draft: Any,
    number: int,
    what: str,
    touched: Mapping[str, Any],
    hashes: Mapping[str, str],
    note: str,
    began: datetime,
    *,
    told: bool,
) -> None:
    sha256 = draft_hash(hashes)
    key = draft.key
    if any(path.endswith(".bpmn") for path in touched):
        key = key_of(ctx.store.process_drafts.files(draft.id, number)) or key
    ctx.store.process_drafts.update(
        draft.id,
        revision=number,
        sha256=sha256,
        key=key,
        changed_by=ctx.actor.person_id,
        changed_at=ctx.now,
    )
    _add_revision(ctx, draft.id, number, what, touched, sha256, note=note, began=began)
    if told:
        event = DraftChanged(
            draft_id=draft.id,
            revision=number,
            what=what,
            files={path: hashes.get(path, "") for path in touched},
        )
        event = replace(event, reason=note) if note else event
        ctx.record(event, (StreamKind.DEFINITION, draft.key))


def _add_revision(
    ctx: Context,
    draft_id: int,
    number: int,
    what: str,
    paths: Mapping[str, Any],
    sha256: str,
    *,
    note: str = "",
    began: datetime | None = None,
) -> None:
    ctx.store.process_drafts.add_revision(
        draft_id=draft_id,
        number=number,
        what=what,
        person_id=ctx.actor.person_id,
        began_at=began or ctx.now,
        at=ctx.now,
        paths=paths,
        note=note,
        sha256=sha256,
    )


def _others(ctx: Context, draft_id: int) -> tuple[tuple[int, datetime], ...]:
    since = ctx.now - _ABOUT_NOW
    rows = ctx.store.process_drafts.others_since(draft_id, ctx.actor.person_id, since)
    return tuple((row.person_id, row.at) for row in rows)
