"""What a draft would change: against the running version, element by element and cell by cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from flask import render_template, request
from markupsafe import Markup

from engine.queries import comparing, definitions, models
from engine.queries import process_drafts as views
from web.site import engine
from web.studio import checking
from web.studio.screen import studio

_MOST = 400  # differences on a page; a folder made anew has thousands


@studio.get("/drafts/<number:draft_id>/compare")
def compare(draft_id: int) -> str:
    """Show what a draft says otherwise than its process: the newest version, or one asked for."""
    draft = engine().ask(views.draft, draft_id)
    versions = engine().ask(definitions.versions, draft.row.key)
    asked = checking.number(request.args.get("version"))
    running = next((row for row in versions if asked in (None, row.version)), None)
    old = engine().ask(definitions.files, running.id) if running else {}
    new = engine().ask(views.files, draft_id)
    found = comparing.compare(old, new)
    return render_template(
        "studio/compare.html",
        draft=draft,
        running=running,
        versions=versions,
        count=len(found),
        groups=[(path, list(them)) for path, them in groupby(found[:_MOST], lambda d: d.path)],
        more=max(0, len(found) - _MOST),
        pictures=_pictures(old, new, found) if running else (),
    )


def _pictures(
    old: Mapping[str, bytes], new: Mapping[str, bytes], found: Sequence[comparing.Difference]
) -> list[dict[str, Any]]:
    """Draw both sides of every model that says something else, with what differs marked."""
    pictures = []
    for path in sorted({one.path for one in found if one.path.endswith(".bpmn")}):
        ids = {
            kind: [one.id for one in found if (one.path, one.kind) == (path, kind)]
            for kind in ("ADDED", "CHANGED", "REMOVED")
        }
        sides = {
            "old": models.picture(old[path], current=ids["CHANGED"], failed=ids["REMOVED"])
            if path in old
            else None,
            "new": models.picture(new[path], done=ids["ADDED"], current=ids["CHANGED"])
            if path in new
            else None,
        }
        # Drawn by engine.bpmn, which writes every text of the model as text.
        drawn = {side: Markup(svg) if svg else None for side, svg in sides.items()}
        pictures.append({"path": path, **drawn})
    return pictures
