"""Trying a decision table of a draft: inputs in, matched rules and value out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, render_template, request

from engine.errors import EngineError, NotFound
from engine.feel import FeelError, evaluate
from engine.queries import models
from engine.queries import process_drafts as views
from web import headers
from web.language import gettext, language
from web.site import engine
from web.studio import checking
from web.studio.screen import studio
from web.trying import Tried

_LONGEST = 400
_CHOICES = re.compile(r'\s*"[^"]*"(?:\s*,\s*"[^"]*")*\s*')
_WORDS = re.compile(r'"([^"]*)"')


@dataclass(frozen=True)
class Asked:
    """One input: what it is called, what was typed, and the values it may have, if they are few."""

    name: str
    label: str
    kind: str
    typed: str
    choices: tuple[str, ...]


@studio.get("/drafts/<number:draft_id>/try")
def try_table(draft_id: int) -> Response:
    """Try a decision of a draft's table; what was typed stands in the address, nothing is kept."""
    path = request.args.get("file", "")
    files = engine().ask(views.files, draft_id)
    if path not in files or checking.kind_of(path) != "dmn":
        raise NotFound("Expected a decision table of that name in the draft, but there is none.")
    decisions = models.decisions_of({path: files[path]})
    wanted = request.args.get("decision", "")
    decision = wanted if wanted in decisions else next(iter(decisions), "")
    asked = tuple(_asked(files[path], decision)) if decision else ()
    lines: list[str] = []
    wrong = ""
    if any(one.typed for one in asked):
        try:
            tried = Tried(path, files[path], decision, dict(_values(asked)))
            lines = list(tried.words())
        except (EngineError, FeelError) as error:
            wrong = str(error)
    page = render_template(
        "studio/try.html",
        draft_id=draft_id,
        path=path,
        decisions=decisions,
        decision=decision,
        asked=asked,
        lines=lines,
        wrong=wrong,
    )
    return headers.allow(make_response(page), headers.PREVIEWED)


def _asked(content: bytes, decision: str) -> Iterator[Asked]:
    for slot in models.inputs_of(content, decision):
        listed = _CHOICES.fullmatch(slot.allowed or "")
        yield Asked(
            name=slot.name,
            label=_label(slot.name, slot.label),
            kind=slot.type,
            typed=request.args.get(f"in.{slot.name}", "")[:_LONGEST].replace("\0", ""),
            choices=tuple(_WORDS.findall(slot.allowed)) if listed else (),
        )


def _label(name: str, drawn: str) -> str:
    """Call an input as it is drawn, in Indonesian; tables have no English but their names."""
    return drawn if drawn and language() == "id" else name.replace("_", " ")


def _values(asked: tuple[Asked, ...]) -> Iterator[tuple[str, Any]]:
    """Read what was typed: texts as they are, anything else as FEEL; what is empty is null."""
    for one in asked:
        if not one.typed:
            yield one.name, None
        elif one.choices or one.kind == "string":
            yield one.name, one.typed.strip('"')
        else:
            yield one.name, _read(one)


def _read(one: Asked) -> Any:
    try:
        return evaluate(one.typed, {})
    except FeelError as fault:
        raise EngineError(
            gettext("%(name)s tidak terbaca: %(fault)s", name=one.label, fault=str(fault))
        ) from fault
