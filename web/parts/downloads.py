"""Files that people uploaded or were given: always as attachments, never shown by the browser."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import Any

from flask import Response, send_file

from engine.errors import NotFound
from engine.forms import file_of
from engine.ports import Files


def files_in(value: Any) -> Iterator[Mapping[str, Any]]:
    """Give every uploaded file that stands somewhere in a value."""
    one = file_of(value)
    if one is not None:
        yield one
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from files_in(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from files_in(inner)


def send(files: Files | None, allowed: Iterable[Mapping[str, Any]], sha256: str) -> Response:
    """Answer with one of the files that the reader may see; any other does not exist for him."""
    found = next((each for each in allowed if each["sha256"] == sha256), None)
    if found is None or files is None:
        raise NotFound("Expected a file that you may see, but there is none.")
    return send_file(
        BytesIO(files.get(sha256)),
        mimetype=found["mime"],
        as_attachment=True,
        download_name=found["name"],
        max_age=0,
    )


def shown_name(name: str, longest: int = 120) -> str:
    """Give the last part of the name of a file that was sent, in one line."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return " ".join(last.split())[:longest]


def size_words(size: int) -> str:
    """Write the size of a file: 340 kB, 2.1 MB."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{size / 1_000_000:.1f} MB"
