"""Packing of what a script asks for.

Never of pages: they hold secrets beside what others wrote (CRIME, BREACH); such an answer does not.
"""

from __future__ import annotations

import gzip

from flask import Response, request

_LEAST = 1_000  # bytes; less is not worth it


def packed(response: Response) -> Response:
    """Pack an answer without secrets in it where the browser unpacks gzip."""
    response.vary.add("Accept-Encoding")
    content = response.get_data()
    if len(content) >= _LEAST and request.accept_encodings["gzip"] > 0:
        response.set_data(gzip.compress(content, 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
