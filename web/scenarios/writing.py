"""Writes a scenario step by step; what nobody touched keeps its words, comments and order."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import pairwise
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from web.scenarios.faults import BadStory

_STEP = re.compile(r"\[\[\s*step\s*\]\]")
_END = re.compile(r"\[\s*expect\b")
_DIGITS = 18  # of a whole number that is written in full
_LOOKS = re.compile(r"^[\[#]", re.MULTILINE)
_SHORT = 200  # characters of a table that still reads well on one line


def begun(start: Mapping[str, Any], description: str) -> str:
    """Give a scenario that only begins; start -- as [start] has it, empty values are left out."""
    document = tomlkit.document()
    document.add("description", tomlkit.string(description))
    document.add(
        "start", _table({key: said for key, said in start.items() if said not in ("", {})})
    )
    return tomlkit.dumps(document)


def with_step(text: str, place: int, step: Mapping[str, Any], *, instead: bool = False) -> str:
    """Put a step behind the first `place` ones, or in the place of the one that follows them."""
    blocks = _blocks(text)
    if instead:
        _require(blocks, place + 1)
        del blocks.steps[place]
    elif not 0 <= place <= len(blocks.steps):
        raise BadStory("no_step", number=place, count=len(blocks.steps))
    document = tomlkit.document()
    array = tomlkit.aot()
    array.append(_table(step))
    document.add("step", array)
    blocks.steps.insert(place, tomlkit.dumps(document))
    return blocks.text()


def without_step(text: str, number: int) -> str:
    """Take a step out; number -- from 1."""
    blocks = _blocks(text)
    _require(blocks, number)
    del blocks.steps[number - 1]
    return blocks.text()


def only_first(text: str, count: int) -> str:
    """Take out every step behind the first ones."""
    blocks = _blocks(text)
    del blocks.steps[count:]
    return blocks.text()


def expecting(text: str, number: int, expected: Mapping[str, Any]) -> str:
    """Say what a step is to bring, or the end of the story where `number` is 0.

    What is named replaces what was expected of the same; the rest stays.
    """
    blocks = _blocks(text)
    if number:
        _require(blocks, number)
        document = tomlkit.parse(blocks.steps[number - 1])
        _expect(document.get("step", [{}])[0], expected)
        blocks.steps[number - 1] = tomlkit.dumps(document)
    else:
        document = tomlkit.parse(blocks.end)
        _expect(document, expected)
        blocks.end = tomlkit.dumps(document)
    return blocks.text()


def _expect(place: Any, expected: Mapping[str, Any]) -> None:
    known = place.get("expect")
    if known is None:
        place["expect"] = _table(expected)
        return
    for key, value in expected.items():
        known[key] = _item(value)


def described(text: str, description: str) -> str:
    """Say what a scenario is about."""
    document = _parsed(text)
    document["description"] = tomlkit.string(description)
    return tomlkit.dumps(document)


def _parsed(text: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except (TOMLKitError, ValueError) as error:
        raise BadStory("unreadable", said=str(error)) from error


@dataclass
class _Blocks:
    """A scenario's text cut at its steps, each with the comment above it."""

    head: str
    steps: list[str]
    end: str

    def text(self) -> str:
        """Put the text together again, an empty line between the parts."""
        parts = [part.strip("\n") for part in (self.head, *self.steps, self.end)]
        return "\n\n".join(part for part in parts if part) + "\n"


def _blocks(text: str) -> _Blocks:
    steps = len(_parsed(text).get("step", []))
    lines = text.splitlines()
    heads = [number for number, line in enumerate(lines) if _STEP.match(line)]
    last = heads[-1] if heads else -1
    ends = [number for number, line in enumerate(lines) if number > last and _END.match(line)]
    cuts = [_with_comment(lines, number) for number in (*heads, *ends[:1])]
    parts = ["\n".join(lines[a:b]) for a, b in pairwise([0, *cuts, len(lines)])]
    found = _Blocks(parts[0], parts[1 : len(heads) + 1], "".join(parts[len(heads) + 1 :]))
    if len(found.steps) != steps or not _stands_alone(found):
        raise BadStory("no_blocks")
    return found


def _stands_alone(blocks: _Blocks) -> bool:
    """Tell whether each part is what it looks like, and no cut went through a text."""
    try:
        head, *told = [tomllib.loads(part) for part in (blocks.head, *blocks.steps, blocks.end)]
    except tomllib.TOMLDecodeError:
        return False
    *made, end = told
    return (
        not head.keys() & {"step", "expect"}
        and all(part.keys() == {"step"} and len(part["step"]) == 1 for part in made)
        and end.keys() <= {"expect"}
    )


def _with_comment(lines: Sequence[str], number: int) -> int:
    while number and lines[number - 1].startswith("#"):
        number -= 1
    return number


def _require(blocks: _Blocks, number: int) -> None:
    if not 1 <= number <= len(blocks.steps):
        raise BadStory("no_step", number=number, count=len(blocks.steps))


def _table(value: Mapping[str, Any]) -> Any:
    table = tomlkit.table()
    for key, item in value.items():
        if key == "expect":
            table.add(key, _table(item))
        else:
            table.add(key, _item(item))
    return table


def _item(value: Any) -> Any:
    match value:
        case Mapping():
            made = tomlkit.inline_table()
            for key, item in value.items():
                if item is not None:
                    made.add(str(key), _item(item))
            return made
        case list() | tuple():
            array = tomlkit.array()
            for item in value:
                array.append(_item(item))
            long = len(array.as_string()) > _SHORT
            return array.multiline(True) if long else array
        case bool() | int() | float() | datetime() | date() | time():
            return tomlkit.item(value)
        case Decimal():
            whole = value.adjusted() < _DIGITS and value == value.to_integral_value()
            return tomlkit.integer(int(value)) if whole else tomlkit.float_(str(value))
        case _:
            text = str(value)
            # A line that looks like a step would be taken for one when the text is cut.
            plain = '"""' not in text and not _LOOKS.search(text)
            return tomlkit.string(text, multiline="\n" in text and plain)
