"""What a folder says otherwise than another: element by element, cell by cell, word by word.

Where things stand on the drawing is no difference: a drawing that was only tidied says the same.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.bpmn.saying import Said, said_by_elements
from engine.dmn.saying import said_by_decisions
from engine.errors import EngineError

Kind = Literal["ADDED", "CHANGED", "REMOVED"]
Facts = dict[str, str]

LONGEST = 2_000  # characters of a value that are worth showing


@dataclass(frozen=True, slots=True)
class Detail:
    """A property (`lane`, `rule 3 · Predikat`, `label`) as it was and as it is; empty for none."""

    what: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of a file (an element, a decision, a field, a text) that is new, gone or other."""

    kind: Kind
    path: str
    id: str
    name: str
    type: str
    details: tuple[Detail, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    type: str
    facts: Facts


_Parts = dict[str, _Part]


def compare(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> tuple[Difference, ...]:
    """Give what `new` says otherwise than `old`, by file and in the order of the new one."""
    return tuple(
        found
        for path in sorted({*old, *new})
        if old.get(path) != new.get(path)
        for found in _of_file(path, old.get(path), new.get(path))
    )


def _of_file(path: str, old: bytes | None, new: bytes | None) -> Iterator[Difference]:
    before, after = _parts(path, old), _parts(path, new)
    for key, part in after.items():
        was = before.get(key)
        if was is None:
            details = tuple(Detail(what, "", said) for what, said in part.facts.items())
            yield Difference("ADDED", path, key, part.name, part.type, details)
            continue
        names = [*part.facts, *(name for name in was.facts if name not in part.facts)]
        changed = tuple(
            Detail(name, was.facts.get(name, ""), part.facts.get(name, ""))
            for name in names
            if was.facts.get(name) != part.facts.get(name)
        )
        if changed:
            yield Difference("CHANGED", path, key, part.name or was.name, part.type, changed)
    for key, part in before.items():
        if key not in after:
            details = tuple(Detail(what, said, "") for what, said in part.facts.items())
            yield Difference("REMOVED", path, key, part.name, part.type, details)


def _parts(path: str, content: bytes | None) -> _Parts:
    """Take a file apart; one that cannot be read, or of another kind, is its lines."""
    if content is None:
        return {}
    for ending, read in _READERS.items():
        if path.endswith(ending):
            try:
                return read(content)
            except (EngineError, ValueError, RecursionError):
                break
    text = content.decode("utf-8", "replace")
    return {
        "": _Part("", "text", {str(n): _cut(line) for n, line in enumerate(text.splitlines(), 1)})
    }


def _cut(text: str) -> str:
    text = text.strip()
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


# ----- forms and words


def _of_form(content: bytes) -> _Parts:
    form = json.loads(content)
    if not isinstance(form, dict):
        raise ValueError("a form is an object")
    own = {k: v for k, v in form.items() if k not in ("components", "id", "exporter")}
    found = {"": _Part("", "form", dict(_flat(own)))}
    for component in _components(form, 0):
        key = str(component.get("key") or component.get("path") or component.get("id") or "")
        own = {k: v for k, v in component.items() if k not in ("components", "id", "layout")}
        kind = str(component.get("type") or "")
        found[key] = _Part(str(component.get("label") or ""), kind, dict(_flat(own)))
    return found


def _components(parent: Mapping[str, Any], depth: int) -> Iterator[Mapping[str, Any]]:
    inside = parent.get("components")
    for component in inside if isinstance(inside, list) and depth < 20 else ():
        if isinstance(component, dict):
            yield component
            yield from _components(component, depth + 1)


def _of_words(content: bytes) -> _Parts:
    return {
        key: _Part("", "text", {"text": said})
        for key, said in _flat(tomllib.loads(content.decode()))
    }


def _flat(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from _flat(inner, f"{place}.{key}" if place else str(key))
        case list():
            for number, inner in enumerate(value, 1):
                yield from _flat(inner, f"{place} {number}")
        case _:
            yield place, _cut(str(value))


def _of(
    read: Callable[[bytes], Mapping[str, Said]],
) -> Callable[[bytes], _Parts]:
    return lambda content: {
        key: _Part(name, kind, {what: _cut(text) for what, text in facts.items()})
        for key, (name, kind, facts) in read(content).items()
    }


_READERS: dict[str, Callable[[bytes], _Parts]] = {
    ".bpmn": _of(said_by_elements),
    ".dmn": _of(said_by_decisions),
    ".json": _of_form,
    ".toml": _of_words,
}
