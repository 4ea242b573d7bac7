"""Findings in plain words, by their rule; the engine's own sentence stands below them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from engine.errors import Finding
from web.language import gettext
from web.studio.rule_words import RULES

ORDER = {"error": 0, "warning": 1, "note": 2}
SEVERITIES: dict[str, LazyString] = {
    "error": _("Harus diperbaiki"),
    "warning": _("Perlu diperiksa"),
    "note": _("Patut dilihat"),
}


def words(rule: str) -> str:
    """Say in a sentence what is wrong; empty for a rule without words."""
    return str(RULES.get(rule, ""))


def _told(found: Finding) -> str:
    said = words(found.rule)
    if not said or not found.example:
        return said or found.message
    return said + " " + gettext("Misalnya: %(example)s.", example=found.example)


def as_rows(findings: Iterable[Finding], names: dict[str, str]) -> list[dict[str, Any]]:
    """Give findings as JSON rows, the worst first; names -- of elements, by id."""
    rows = [
        {
            "severity": found.severity,
            "kind": str(SEVERITIES.get(found.severity, found.severity)),
            "rule": found.rule,
            "words": _told(found),
            "message": found.message,
            "hint": found.hint,
            "file": found.file,
            "element": found.element_id,
            "name": names.get(found.element_id, ""),
            "line": found.line,
        }
        for found in findings
    ]
    return sorted(rows, key=lambda row: (ORDER.get(str(row["severity"]), 3), row["file"]))
