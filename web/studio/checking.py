"""What is wrong with a draft and what can be mended by itself; asked once per content."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from engine import contents
from engine.errors import Finding
from engine.queries import models
from engine.queries.process_drafts import DraftRow
from web.site import engine, now
from web.studio import finding_words

_ID_AND_NAME = re.compile(rb'<[^<>]*?\sid="([^"<>]{1,120})"[^<>]*?\sname="([^"<>]{1,200})"')
_DIGITS = re.compile(r"\d{1,15}")
_MOST_FINDINGS = 200
_EDITORS = {"bpmn": "bpmn", "dmn": "dmn", "json": "form"}


class _Files(dict[str, bytes]):
    """A folder's files, known by the hash over them."""

    def __init__(self, sha256: str, files: Mapping[str, bytes]) -> None:
        super().__init__(files)
        self.sha256 = sha256

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(self.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Files) and other.sha256 == self.sha256


def findings(sha256: str, files: Mapping[str, bytes]) -> Sequence[Finding]:
    """Say everything that is wrong with a draft of this hash; never raises for what files hold."""
    return _checked(_Files(sha256, files), now().date().isoformat())


@lru_cache(maxsize=32)
def _checked(files: _Files, _day: str) -> tuple[Finding, ...]:
    # What the day changes is only which moments have passed.
    found = models.check_files(contents.deployed(files), engine().ports, notes=True, now=now())
    return tuple(found[:_MOST_FINDINGS])


def rows(found: Sequence[Finding], files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Give findings in words, with the names of what they are about."""
    wanted = {one.element_id for one in found}
    names = {
        key.decode("utf-8", "replace"): name.decode("utf-8", "replace")
        for path, content in files.items()
        if path.endswith((".bpmn", ".dmn"))
        for key, name in _ID_AND_NAME.findall(content)
    }
    return finding_words.as_rows(found, {key: names[key] for key in wanted & names.keys()})


def fixes(files: Mapping[str, bytes]) -> tuple[models.Fix, ...]:
    """Give what can be mended by itself in files that other tools wrote."""
    return models.fixes(files)


def kind_of(path: str) -> str:
    """Say which editor a file has: bpmn, dmn, form, words or text."""
    if path == "messages.toml":
        return "words"
    return _EDITORS.get(path.rpartition(".")[2], "text")


def number(text: str | None) -> int | None:
    """Read a number that a form or an address holds; None for anything else."""
    return int(text) if text and _DIGITS.fullmatch(text) else None


def place(text: str) -> tuple[datetime, int] | None:
    """Read where a list goes on; None for what is no such place."""
    at, _, id_ = text.rpartition("_")
    known = number(id_)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment, known) if known is not None and moment.tzinfo else None


def placed(row: DraftRow) -> str:
    """Write where a list goes on after this draft."""
    return f"{row.changed_at.isoformat()}_{row.id}"
