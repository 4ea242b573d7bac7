"""Forms as a designer draws them, for the tests beside."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

from engine.forms import Form, compile_form

JAKARTA = timezone(timedelta(hours=7))
NOW = datetime(2026, 7, 6, 9, 0, tzinfo=JAKARTA)


def drawn(*components: dict[str, Any], **root: Any) -> bytes:
    """Give the bytes that the drawing tool would save."""
    form = {"type": "default", "id": "coba", "schemaVersion": 19, "components": list(components)}
    return json.dumps({**form, **root}).encode()


def compiled(*components: dict[str, Any], **root: Any) -> Form:
    """Compile a form of these components."""
    return compile_form(drawn(*components, **root))


def textfield(key: str = "nama", **more: Any) -> dict[str, Any]:
    return {"type": "textfield", "key": key, "label": key.capitalize(), **more}


def number(key: str = "nilai", **more: Any) -> dict[str, Any]:
    return {"type": "number", "key": key, "label": key.capitalize(), **more}


def rating(key: str = "akuntabel", **more: Any) -> dict[str, Any]:
    return {
        "type": "radio",
        "key": key,
        "label": key.capitalize(),
        "properties": {"alur:scale": "1-5"},
        **more,
    }


def rows(*components: dict[str, Any], path: str = "results", **more: Any) -> dict[str, Any]:
    return {
        "type": "dynamiclist",
        "path": path,
        "label": "Hasil",
        "components": list(components),
        **more,
    }


def choice(kind: str, key: str, *values: str, **more: Any) -> dict[str, Any]:
    options = [{"label": value.capitalize(), "value": value} for value in values]
    return {"type": kind, "key": key, "label": key.capitalize(), "values": options, **more}
