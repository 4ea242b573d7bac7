"""Posted HTML fields -> raw answers.  Names are paths: `results.0.rating`.

Rows come and go by buttons named `_add.results` and `_remove.results.2`, without script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.forms.model import SOME_OF, Field, FieldKind, Form, answering

ADD, REMOVE = "_add.", "_remove."
UPLOAD = "_upload."  # before the name of a field: new files
SHOW = "_show"  # asks to draw the form anew because an answer decides what else is shown
ROW = "_row"  # hidden field `results.0._row`: the row exists, even if nothing in it was filled in

Posted = Mapping[str, Sequence[str]]


def read_submission(form: Form, fields: Posted) -> dict[str, Any]:
    """Give the raw answers that were posted, after the row button that was pressed, if one was."""
    return _read(form.fields, fields, "")


def asks_for_rows(form: Form, fields: Posted) -> bool:
    """Tell whether the form is to be drawn again, not submitted: a row came or went, say."""
    if SHOW in fields:
        return True
    lists = {
        item.name for item in form.texts if item.kind is FieldKind.ROWS and not item.fixed_rows
    }
    return any(_without_indexes(name) in lists for name in fields if name.startswith((ADD, REMOVE)))


def _without_indexes(name: str) -> str:
    parts = name.split(".")[1:]
    return ".".join(part for part in parts if not part.isdigit())


def _read(items: tuple[Field, ...], posted: Posted, prefix: str) -> dict[str, Any]:
    return {item.key: _one(item, posted, prefix + item.key) for item in answering(items)}


def _one(item: Field, posted: Posted, name: str) -> Any:
    if item.kind is FieldKind.GROUP:
        return _read(item.fields, posted, name + ".")
    if item.kind is FieldKind.ROWS:
        return _rows(item, posted, name)
    sent = posted.get(name, ())
    if item.kind in SOME_OF or item.kind is FieldKind.FILES:  # of files: those to be kept
        return [value for value in sent if value]
    if item.kind is FieldKind.CHECKBOX:
        return any(value not in ("", "false") for value in sent)
    return sent[-1] if sent else ""


def _rows(item: Field, posted: Posted, name: str) -> list[dict[str, Any]]:
    gone = set() if item.fixed_rows else _removed(posted, name)
    rows = [
        _read(item.fields, posted, f"{name}.{index}.")
        for index in _indexes(posted, name)
        if index not in gone
    ]
    rows = rows[: item.max_rows]
    if ADD + name in posted and not item.fixed_rows and len(rows) < item.max_rows:
        rows.append(_read(item.fields, {}, ""))
    return rows


def _indexes(posted: Posted, name: str) -> list[int]:
    """Find which rows were posted; their numbers may have gaps after a removal."""
    start = name + "."
    found = {key[len(start) :].split(".")[0] for key in posted if key.startswith(start)}
    return sorted(
        int(part) for part in found if part.isascii() and part.isdigit() and len(part) < 6
    )


def _removed(posted: Posted, name: str) -> set[int]:
    start = f"{REMOVE}{name}."
    parts = (key[len(start) :] for key in posted if key.startswith(start))
    return {int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 6}
