"""Documents that keep (PDF/A-2b): data goes into a template as JSON, nothing is pasted into it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

_NOT_SHOWN = re.compile(r'the text `(".*?")` could not be displayed', re.DOTALL)
_MOST = 40


def pdf(template: bytes, data: Mapping[str, Any], at: datetime) -> bytes:
    """Give the document as PDF/A-2b; at -- the moment that it bears.

    PDF/A refuses a sign that no font of ours has (a face, a foreign script): what somebody typed
    must not keep a document from being made, so such a sign is written as its code, `[U+1F600]`.
    """
    import typst  # takes its time, and few people print

    said = json.dumps(data, ensure_ascii=False)
    for _ in range(_MOST):
        try:
            made = typst.compile(
                template,
                format="pdf",
                ignore_system_fonts=True,
                sys_inputs={"data": said},
                pdf_standards="a-2b",
                timestamp=int(at.timestamp()),
            )
        except typst.TypstError as error:
            spelled = _spelled(said, str(error))
            if spelled == said:
                raise
            said = spelled
            continue
        assert isinstance(made, bytes)
        return made
    return pdf(template, json.loads(_ascii(said)), at)


def _spelled(said: str, trouble: str) -> str:
    """Write the signs out that an error names."""
    for shown in _NOT_SHOWN.findall(trouble):
        for sign in set(shown):
            if not sign.isascii():
                said = said.replace(sign, f"[U+{ord(sign):04X}]")
    return said


def _ascii(said: str) -> str:
    return "".join(sign if sign.isascii() else f"[U+{ord(sign):04X}]" for sign in said)
