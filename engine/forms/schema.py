"""The JSON Schema (2020-12) of a form's answers, as they travel in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.forms.files import MOST_BYTES
from engine.forms.model import ONE_OF, SOME_OF, TEXTUAL, Field, FieldKind, answering

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FORMATS = {FieldKind.DATE: "date", FieldKind.TIME: "time", FieldKind.DATETIME: "date-time"}


def schema_of(fields: tuple[Field, ...]) -> Mapping[str, Any]:
    """Describe the answers to these fields; nothing beside them is allowed."""
    return {"$schema": DIALECT, **_object(fields)}


def _object(fields: tuple[Field, ...]) -> dict[str, Any]:
    asked = tuple(answering(fields))
    sure = {item.name for item in _always_asked(fields)}
    return {
        "type": "object",
        "properties": {item.key: _property(item, item.name in sure) for item in asked},
        "required": [item.key for item in asked if item.required and item.name in sure],
        "additionalProperties": False,
    }


def _always_asked(fields: tuple[Field, ...]) -> list[Field]:
    found: list[Field] = []
    for item in fields:
        if item.hide is not None:
            continue
        if item.has_answer:
            found.append(item)
        elif item.kind is FieldKind.GROUP:
            found += _always_asked(item.fields)
    return found


def _property(item: Field, sure: bool) -> dict[str, Any]:
    said: dict[str, Any] = {"title": item.label} if item.label else {}
    if item.help:
        said["description"] = item.help
    if item.kind in (FieldKind.GROUP, FieldKind.ROWS):
        return said | _nested(item)
    if item.kind is FieldKind.CHECKBOX:
        return said | ({"const": True} if item.required and sure else {"type": "boolean"})
    if item.kind in SOME_OF:
        return said | _several(item)
    if item.kind is FieldKind.FILES:
        return said | _files(item, sure)
    empty_too = not (item.required and sure)
    return said | _single(item, empty_too)


def _files(item: Field, sure: bool) -> dict[str, Any]:
    file = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "mime": {"enum": list(item.accept)},
            "size": {"type": "integer", "minimum": 1, "maximum": MOST_BYTES},
        },
        "required": ["name", "sha256", "mime", "size"],
        "additionalProperties": False,
    }
    least = {"minItems": 1} if item.required and sure else {}
    return {"type": "array", "items": file, "maxItems": item.max_rows, **least}


def _nested(item: Field) -> dict[str, Any]:
    if item.kind is FieldKind.GROUP:
        return _object(item.fields)
    least = max(item.min_rows, 1 if item.required else 0)
    return {
        "type": "array",
        "items": _object(item.fields),
        "minItems": least,
        "maxItems": item.max_rows,
    }


def _several(item: Field) -> dict[str, Any]:
    least = max(item.min_rows, 1 if item.required else 0)
    choice = (
        {"enum": [_plain(option.value) for option in item.options]}
        if item.options
        else {"type": "string"}
    )
    return {
        "type": "array",
        "items": choice,
        "uniqueItems": True,
        "minItems": least,
        "maxItems": item.max_rows,
    }


def _single(item: Field, empty_too: bool) -> dict[str, Any]:
    if item.kind in ONE_OF and item.options:
        choices: list[Any] = [_plain(option.value) for option in item.options]
        return {"enum": [*choices, None] if empty_too else choices}
    kind = "number" if item.kind is FieldKind.NUMBER else "string"
    said: dict[str, Any] = {"type": [kind, "null"] if empty_too else kind}
    limits = {"minimum": item.minimum, "maximum": item.maximum} if kind == "number" else {}
    said |= {name: _plain(value) for name, value in limits.items() if value is not None}
    if item.kind is FieldKind.NUMBER and item.decimals == 0:
        said["type"] = ["integer", "null"] if empty_too else "integer"
    if item.kind in TEXTUAL:
        said |= _letters(item)
    if item.kind in FORMATS:
        said["format"] = FORMATS[item.kind]
    return said


def _letters(item: Field) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if item.min_length or item.required:
        said["minLength"] = item.min_length or 1
    if item.max_length:
        said["maxLength"] = item.max_length
    if item.pattern:
        said["pattern"] = item.pattern
    if item.email:
        said["format"] = "email"
    return said


def _plain(value: str | Decimal) -> str | int | float:
    """Give what JSON can write; the schema is for others to read, the check itself is exact."""
    if isinstance(value, str):
        return value
    return int(value) if value == value.to_integral_value() else float(value)
