"""The built bundle: names with hashes from its manifest, files that browsers may keep for ever."""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from pathlib import Path

from flask import Response, request, send_from_directory, url_for
from markupsafe import Markup

BUNDLE = Path(__file__).parents[1] / "static/dist"
_A_YEAR = 365 * 24 * 3600
_TEXT = {".css", ".js", ".svg"}
_known: dict[Path, tuple[int, dict[str, str]]] = {}


def asset(name: str) -> str:
    """Give the address of a bundled file by its plain name: app.css, app.js, icons.svg."""
    return url_for("static", name=_manifest(BUNDLE).get(name, name))


def icon(name: str) -> Markup:
    """Draw an icon of the sprite; it says nothing to a screen reader, the words beside it do."""
    sheet = asset("icons.svg")
    return Markup(
        '<svg class="al-icon" width="16" height="16" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"/></svg>'
    ).format(sheet, name)


def send(name: str) -> Response:
    """Answer with a bundled file, packed where the browser can unpack it.

    A name with a hash in it never changes its content.  Pages are not packed: they hold secrets.
    """
    response = send_from_directory(BUNDLE, name, max_age=_A_YEAR)
    response.vary.add("Accept-Encoding")
    if request.accept_encodings.best_match(("gzip",)) and Path(name).suffix in _TEXT:
        response.direct_passthrough = False
        if response.status_code == 200 and "Range" not in request.headers:
            response.set_data(_packed(response.get_data()))
            response.headers["Content-Encoding"] = "gzip"
            response.headers.pop("ETag", None)
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response


@lru_cache(maxsize=16)
def _packed(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)


def _manifest(bundle: Path) -> dict[str, str]:
    """Read the manifest anew only when it was written anew; without a bundle there is none."""
    file = bundle / "manifest.json"
    try:
        written = file.stat().st_mtime_ns
    except FileNotFoundError:
        return {}
    if _known.get(bundle, (0, {}))[0] != written:
        _known[bundle] = (written, json.loads(file.read_text()))
    return _known[bundle][1]
