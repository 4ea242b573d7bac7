"""Uploads to a task: which files are kept, which are new, and what is wrong with those."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from engine.errors import Problem
from engine.forms import (
    MOST_BYTES,
    UPLOAD,
    Field,
    FieldKind,
    Form,
    answers_at_start,
    file_of,
    harmless_name,
    sniff,
)
from engine.ports import Files
from engine.queries.tasks import TaskView


@dataclass(frozen=True)
class Taken:
    """The answers with their files; `stored` says whether any of them is new."""

    answers: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()
    stored: bool = False


def file_fields(form: Form) -> list[Field]:
    """List the fields of a form that ask for files."""
    return [item for item in form.texts if item.kind is FieldKind.FILES and not item.read_only]


def take(
    task: TaskView,
    form: Form,
    answers: Mapping[str, Any],
    sent: MultiDict[str, FileStorage],
    files: Files,
    now: datetime,
) -> Taken:
    """Put the files into the answers: those kept of the draft, and those sent now.

    A posted name of a file counts only for one that this person's own draft holds.
    """
    known = task.draft
    if known is None:
        known = answers_at_start(form, context=task.variables, now=now)
    found = dict(answers)
    problems: list[Problem] = []
    stored = False
    for item in file_fields(form):
        kept = _kept(known.get(item.key), answers.get(item.key))
        new, wrong = _store(item, sent.getlist(UPLOAD + item.key), files, item.max_rows - len(kept))
        problems += wrong
        stored = stored or bool(new)
        found[item.key] = list({each["sha256"]: each for each in (*kept, *new)}.values())
    return Taken(found, tuple(problems), stored)


def _kept(known: object, wanted: object) -> list[dict[str, Any]]:
    chosen = set(wanted) if isinstance(wanted, (list, tuple)) else set()
    entries = known if isinstance(known, (list, tuple)) else []
    return [each for each in map(file_of, entries) if each is not None and each["sha256"] in chosen]


def _store(
    item: Field, sent: Sequence[FileStorage], files: Files, room: int
) -> tuple[list[dict[str, Any]], list[Problem]]:
    uploads = [upload for upload in sent if upload.filename]
    # A field for one file takes the newest.
    if item.max_rows == 1:
        uploads, room = uploads[-1:], 1
    most = str(item.max_rows)
    return receive(item.name, uploads, files, accept=item.accept, room=room, most=most)


def receive(
    path: str,
    sent: Iterable[FileStorage],
    files: Files,
    *,
    accept: Collection[str],
    room: int,
    most: str,
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Keep files of accepted types for now; give name, sha256, mime and size of each, and faults.

    room -- how many more there may be; whatever is beyond is not even looked at
    most -- how many there may be in all, for the words
    """
    new: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for upload in _at_most((one for one in sent if one.filename), room + 1):
        name = upload.filename or ""
        if len(new) >= room:
            problems.append(_problem(path, "too_many_files", most))
            break
        data = upload.stream.read(MOST_BYTES + 1)
        kind = sniff(data)
        if len(data) > MOST_BYTES:
            problems.append(_problem(path, "file_too_large", name[:80]))
        elif kind is None or kind not in accept:
            problems.append(_problem(path, "not_a_file", name[:80]))
        else:
            sha256 = files.put(data, unsent=True)
            plain = harmless_name(name, kind)
            new.append({"name": plain, "sha256": sha256, "mime": kind, "size": len(data)})
    return new, problems


def _at_most(uploads: Iterable[FileStorage], count: int) -> list[FileStorage]:
    return list(uploads)[: max(count, 0)]


def _problem(path: str, code: str, limit: str) -> Problem:
    return Problem(path, code, f"Expected another file for {path}: {code}.", limit)
