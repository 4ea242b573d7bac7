"""The grid of a folder's words: Indonesian as drawn, English as messages.toml has it.

Only what was changed is written; comments and order of the file stay.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from engine.errors import InvalidState
from engine.queries import models
from web.language import gettext
from web.studio.choices import form_words

FILE = "messages.toml"
_DEEPEST = 6  # names of a text's place
_LONGEST = 4_000
_PLACES = re.compile(r"\{+[^{}]*\}+")


@dataclass(frozen=True)
class Row:
    """One text: where it stands (`section/section/key`), what is drawn, what it is in English."""

    path: str
    what: str
    drawn: str
    english: str
    long: bool = False


@dataclass(frozen=True)
class Section:
    title: str
    rows: tuple[Row, ...]

    @property
    def missing(self) -> int:
        """Count the texts without English."""
        return sum(bool(row.drawn) and not row.english for row in self.rows)


def sections(files: Mapping[str, bytes]) -> list[Section]:
    """Give every text of a folder that has English words or may have; raises ValueError."""
    known = _parsed(files.get(FILE, b""))
    drawn = models.drawn_words(files)
    found = [
        Section(
            gettext("Proses"),
            tuple(
                _row(known, ("process", key), what, said)
                for key, what, said in (
                    ("code", gettext("Kode nomor perkara"), ""),
                    ("name", gettext("Nama"), drawn.name),
                    ("documentation", gettext("Keterangan"), drawn.documentation),
                )
            ),
        ),
        _plain(known, "elements", gettext("Langkah"), drawn.elements),
        _plain(known, "flows", gettext("Panah"), drawn.flows),
        _plain(known, "lanes", gettext("Jalur"), drawn.lanes),
        _plain(known, "titles", gettext("Judul tugas"), drawn.titles),
    ]
    for path in sorted(path for path in files if path.startswith("forms/")):
        key = path.removeprefix("forms/").removesuffix(".json")
        rows = tuple(_of_fields(known, key, files[path]))
        if rows:
            found.append(Section(gettext("Formulir %(name)s", name=key), rows))
    told = {("process",), ("elements",), ("flows",), ("lanes",), ("titles",), ("forms",)}
    rest = tuple(
        Row("/".join(path), ".".join(path), "", text, len(text) > 60)
        for path, text in _leaves(known, ())
        if path[:1] not in told
    )
    if rest:
        found.append(Section(gettext("Pemberitahuan dan kata lain"), rest))
    return [section for section in found if section.rows]


def of_fields(files: Mapping[str, bytes], path: str) -> tuple[Row, ...]:
    """Give the words of the form at a path; raises ValueError where messages.toml is no TOML."""
    known = _parsed(files.get(FILE, b""))
    return tuple(_of_fields(known, path.removeprefix("forms/").removesuffix(".json"), files[path]))


def of_form(content: bytes, key: str) -> Mapping[str, Any]:
    """Give the English words of one form."""
    try:
        found = _parsed(content).get("forms", {}).get(key, {})
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def written(before: bytes, given: Mapping[str, str]) -> bytes:
    """Give the file with texts put in place; an empty text takes its line away."""
    try:
        document = tomlkit.parse(before.decode())
    except (TOMLKitError, UnicodeDecodeError) as broken:
        raise InvalidState(f"Expected TOML in {FILE}, but: {broken}") from broken
    for address, text in given.items():
        path = tuple(address.split("/"))
        if not all(path) or len(path) > _DEEPEST or len(text) > _LONGEST:
            raise InvalidState(f"Expected a text of a place in {FILE}, but found {address[:80]!r}.")
        _put(document, path, text.strip())
    return tomlkit.dumps(document).encode()


def _put(document: Any, path: tuple[str, ...], text: str) -> None:
    *outer, key = path
    table = document
    for name in outer:
        if name not in table:
            if not text:
                return
            table[name] = tomlkit.table()
        table = table[name]
        if not isinstance(table, dict):
            raise InvalidState(f"Expected a table at {name} in {FILE}, but there is a value.")
    old = table.get(key)
    if isinstance(old, dict) or text == (old or ""):
        return
    if text:
        table[key] = tomlkit.string(text, multiline="\n" in text)
    elif key in table:
        del table[key]


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise ValueError(str(broken)) from broken


def _plain(known: Mapping[str, Any], key: str, title: str, drawn: Mapping[str, str]) -> Section:
    there = known.get(key, {})
    names = list(drawn)
    if isinstance(there, dict):
        names += [name for name, text in there.items() if name not in drawn and _is_text(text)]
    return Section(
        title, tuple(_row(known, (key, name), name, drawn.get(name, "")) for name in names)
    )


def _of_fields(known: Mapping[str, Any], key: str, content: bytes) -> Iterator[Row]:
    kinds = {
        "label": gettext("label"),
        "help": gettext("bantuan"),
        "why": gettext("mengapa ditanyakan"),
        "text": gettext("teks"),
        "pattern_message": gettext("pesan pola"),
        "unit": gettext("satuan"),
    }
    for entry in form_words(content):
        name = entry["name"]
        for word, said in entry["words"].items():
            path = ("forms", key, name, word)
            yield _row(known, path, f"{name} – {kinds[word]}", said)
        for value, said in entry["options"].items():
            choice = ("forms", key, name, "options", value)
            yield _row(known, choice, f"{name} – {value}", said)


def _row(known: Mapping[str, Any], path: tuple[str, ...], what: str, drawn: str) -> Row:
    here: Any = known
    for name in path:
        here = here.get(name, "") if isinstance(here, dict) else ""
    english = str(here) if _is_text(here) else ""
    return Row("/".join(path), what, drawn, english, len(drawn) > 60 or len(english) > 60)


def _leaves(known: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[Any, str]]:
    for key, value in known.items():
        if "/" in key:
            continue
        if isinstance(value, dict):
            if len(path) + 1 < _DEEPEST:  # what lies deeper has no place that could be written
                yield from _leaves(value, (*path, key))
        elif isinstance(value, str):
            yield (*path, key), value


def _is_text(value: object) -> bool:
    return isinstance(value, str)
