"""Makes findings about drawn elements."""

from __future__ import annotations

from engine.bpmn.diagram import Flow, Node, Scope
from engine.errors import Finding


def error(rule: str, at: Node | Flow | Scope, message: str, hint: str = "") -> Finding:
    """Refuse something that is drawn."""
    return _finding("error", rule, at, message, hint)


def warning(rule: str, at: Node | Flow | Scope, message: str, hint: str = "") -> Finding:
    """Ask to look at something."""
    return _finding("warning", rule, at, message, hint)


def note(rule: str, at: Node | Flow | Scope, message: str, hint: str = "") -> Finding:
    """Mention what is worth a look and may well be meant so."""
    return _finding("note", rule, at, message, hint)


def _finding(severity: str, rule: str, at: Node | Flow | Scope, message: str, hint: str) -> Finding:
    return Finding(
        severity=severity,
        rule=rule,
        message=message,
        file=at.file,
        element_id=at.id,
        line=at.line,
        hint=hint,
    )
