"""Markdown of designers -> safe HTML: no HTML of their own, no pictures, links to the web only."""

from __future__ import annotations

from functools import lru_cache

from markdown_it import MarkdownIt
from markupsafe import Markup

_HIGHEST = 3  # a page has its h1 and h2 already

_reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


@lru_cache(maxsize=512)
def markdown(text: str) -> Markup:
    """Render a text; whatever looks like HTML in it is shown as text."""
    tokens = _reader.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + _HIGHEST - 1)}"
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("rel", "noopener noreferrer")
    return Markup(_reader.renderer.render(tokens, _reader.options, {}))
