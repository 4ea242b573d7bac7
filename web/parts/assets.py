"""The built bundle: names with hashes from its manifest, files that browsers may keep for ever."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from flask import Response, request, send_from_directory, url_for
from markupsafe import Markup
from werkzeug.security import safe_join

BUNDLE = Path(__file__).parents[1] / "static/dist"
_A_YEAR = 365 * 24 * 3600
_PACKED = (("br", ".br"), ("gzip", ".gz"))  # the smallest first
_known: dict[Path, tuple[int, dict[str, Any]]] = {}


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
    """Answer with a bundled file, packed as the build has packed it where the browser unpacks that.

    A name with a hash in it never changes its content.  Pages are not packed: they hold secrets.
    """
    encoding, ending = next(filter(lambda each: _is_there(name + each[1]), _accepted()), ("", ""))
    kind = guess_type(name)[0]
    response = send_from_directory(BUNDLE, name + ending, mimetype=kind, max_age=_A_YEAR)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.vary.add("Accept-Encoding")
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response


def imported(name: str) -> Sequence[str]:
    """Give the addresses of what a bundled script imports, for a page to ask for them at once."""
    files = _manifest(BUNDLE).get("imported", {}).get(name, ())
    return [url_for("static", name=file) for file in files]


def _accepted() -> Iterator[tuple[str, str]]:
    if "Range" not in request.headers:
        yield from (each for each in _PACKED if request.accept_encodings[each[0]] > 0)


def _is_there(name: str) -> bool:
    path = safe_join(str(BUNDLE), name)
    return path is not None and Path(path).is_file()


def _manifest(bundle: Path) -> dict[str, Any]:
    """Read the manifest anew only when it was written anew; without a bundle there is none."""
    file = bundle / "manifest.json"
    try:
        written = file.stat().st_mtime_ns
    except FileNotFoundError:
        return {}
    if _known.get(bundle, (0, {}))[0] != written:
        _known[bundle] = (written, json.loads(file.read_text()))
    return _known[bundle][1]
