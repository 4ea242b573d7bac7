"""Words for codes, and a process's own words in the reader's language (its messages.toml).

Words of pages stand in templates; words of forms are put in by engine.forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import Flask, current_app, g

from engine.queries import definitions
from engine.queries.definitions import DefinitionRow
from engine.queries.inbox import TaskRow
from web.language import gettext, language
from web.site import engine

_KEY = "alur_messages"


def install(app: Flask) -> None:
    """Give templates the words."""
    app.extensions[_KEY] = {}
    app.add_template_filter(state_words)
    app.add_template_filter(followup_words)
    app.add_template_global(process_name)
    app.add_template_global(element_name)
    app.add_template_global(task_title)


def state_words(state: str) -> str:
    """Say the state of a case."""
    return {
        "ACTIVE": gettext("Berjalan"),
        "COMPLETED": gettext("Selesai"),
        "CANCELLED": gettext("Dibatalkan"),
    }.get(state, state)


def followup_words(kind: str) -> str:
    """Say what kind of follow-up an evaluation asked for."""
    return {
        "COACHING": gettext("Pembinaan kinerja"),
        "REFERRAL": gettext("Rujukan pelatihan"),
        "SERVICE_GAP": gettext("Perbaikan layanan"),
        "NOMINATION": gettext("Usulan penghargaan"),
        "FAIRNESS_REVIEW": gettext("Telaah kewajaran"),
    }.get(kind, kind)


def latest() -> tuple[DefinitionRow, ...]:
    """Give the newest version of each process, asked once per request."""
    if "latest" not in g:
        g.latest = tuple(engine().ask(definitions.latest))
    return cast(tuple[DefinitionRow, ...], g.latest)


def process_name(key: str, drawn: str) -> str:
    """Give a process's name in the reader's language; `drawn` is what the model itself says."""
    return str(_part(key, "process").get("name") or drawn)


def element_name(key: str, element_id: str, drawn: str) -> str:
    """Give an element's name in the reader's language."""
    return str(_part(key, "elements").get(element_id) or drawn)


def task_title(task: TaskRow) -> str:
    """Give a task's title; in another language than the model's that is the name of its step."""
    return element_name(task.process_key, task.element_id, task.title)


def messages(definition_id: int) -> Mapping[str, Any]:
    """Give the parsed messages.toml of a version; a version never changes, so it is read once."""
    known = cast(dict[int, Mapping[str, Any]], current_app.extensions[_KEY])
    if definition_id not in known:
        known[definition_id] = engine().ask(definitions.messages, definition_id)
    return known[definition_id]


def _part(key: str, name: str) -> Mapping[str, Any]:
    if language() == "id":
        return {}  # models are drawn in Indonesian
    found = next((row for row in latest() if row.key == key), None)
    return messages(found.id).get(name, {}) if found else {}
