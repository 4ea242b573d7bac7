"""Who changed which rule, role or master datum, when, why, and what exactly differs."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for

from engine.queries import definitions, search
from engine.queries.search import Hit, Wanted
from hr.directory import queries as directory
from web import words
from web.audit.entrance import require_auditor
from web.audit.row_words import PERSONS, code_words, noun_words, part_words
from web.happenings import event_words
from web.parts.values import plain_value
from web.site import engine

rule_changes = Blueprint(
    "rule_changes", __name__, template_folder="templates", url_prefix="/audit/rules"
)
_PAGE = 25
_LARGEST_FILE = 400_000
_KINDS = search.NAMED["rules"]


@dataclass(frozen=True)
class Differing:
    """A file of a version against the one before: lines of a unified diff.

    state -- ADDED, CHANGED or REMOVED; lines -- (sign, text); empty where it is no text
    """

    path: str
    state: str
    lines: tuple[tuple[str, str], ...]


@rule_changes.get("")
def index() -> str:
    """Show one page of changes, newest first."""
    require_auditor()
    kind = request.args.get("kind", "")
    kinds = (kind,) if kind in _KINDS else _KINDS
    after = request.args.get("after", "").replace("\0", "")[:300] or None
    page = engine().ask(search.found, Wanted(kinds=kinds), after=after, limit=_PAGE)
    changed = {(hit.stream_id, hit.seq): changed_of(hit) for hit in page.rows}
    people = {hit.detail.get("person_id") for hit in page.rows if hit.kind == "ROLE_CHANGED"}
    people |= set(_persons(changed.values()))
    kept: dict[str, Any] = {"kind": kind} if kind in _KINDS else {}
    return render_template(
        "audit/rules.html",
        rows=page.rows,
        kinds=_KINDS,
        kind=kind,
        changed=changed,
        part_value=part_value,
        names=engine().ask(directory.names, frozenset(one for one in people if one)),
        noun_words=noun_words,
        part_words=part_words,
        event_words=event_words,
        drawn={each.key: each.name for each in words.latest()},
        next_url=url_for("rule_changes.index", after=page.next, **kept) if page.next else None,
        first_url=url_for("rule_changes.index", **kept) if after else None,
    )


@rule_changes.get("/<key>/<number:version>")
def version(key: str, version: int) -> str:
    """Show file by file what a version changed, against the one before or another."""
    require_auditor()
    found = engine().ask(definitions.version, key, version)
    said = request.args.get("against", "")
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 6 else version - 1
    return render_template(
        "audit/version.html",
        definition=found,
        version=version,
        against=number,
        files=tuple(_differing(key, version, number)),
    )


def changed_of(hit: Hit) -> list[tuple[str, Any, Any]]:
    """Give name, old and new value of what an event says was changed."""
    if hit.kind == "ROLE_CHANGED":
        said = (hit.detail.get("role", ""), hit.detail.get("old", ""), hit.detail.get("new", ""))
        return [said]
    if hit.kind != "ROW_CHANGED":
        return []
    old = hit.detail.get("old") or {}
    new = hit.detail.get("new") or {}
    return [
        (name, old.get(name), new.get(name))
        for name in [*new, *(name for name in old if name not in new)]
        if (old.get(name) or "") != (new.get(name) or "")
    ]


def _persons(changes: Iterable[list[tuple[str, Any, Any]]]) -> Iterator[int]:
    for change in changes:
        for name, *values in change:
            if name in PERSONS:
                yield from (int(one) for one in values if str(one).isdecimal())


def part_value(name: str, value: Any, names: Mapping[int, str]) -> str:
    """Say a part of a row: a person by name, a day as a day."""
    if name in PERSONS and str(value).isdecimal():
        return names.get(int(value), str(value))
    if isinstance(value, str) and len(value) == len("2026-12-31"):
        with suppress(ValueError):
            return plain_value(date.fromisoformat(value))
    return plain_value(code_words(value) if isinstance(value, str) else value)


def _differing(key: str, version: int, against: int) -> Iterator[Differing]:
    now, before = _files(key, version), _files(key, against) if against > 0 else {}
    for path in sorted({*now, *before}):
        if now.get(path) == before.get(path):
            continue
        state = "CHANGED" if path in now and path in before else "ADDED"
        state = "REMOVED" if path not in now else state
        yield Differing(path, state, tuple(_lines(before.get(path, b""), now.get(path, b""))))


def _files(key: str, version: int) -> Mapping[str, bytes]:
    found = engine().ask(definitions.version, key, version)
    return {path: engine().ask(definitions.file, found.row.id, path) for path in found.files}


def _lines(before: bytes, now: bytes) -> Iterator[tuple[str, str]]:
    if not before or max(len(before), len(now)) > _LARGEST_FILE:
        return  # a new file is read on the version's own page
    try:
        old, new = before.decode().splitlines(), now.decode().splitlines()
    except UnicodeDecodeError:
        return
    for line in difflib.unified_diff(old, new, lineterm="", n=2):
        if not line.startswith(("---", "+++")):
            yield line[:1], line[1:]
