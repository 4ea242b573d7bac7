"""What must not be deployed, and what should be looked at: element and reason, one finding each.

The rule of these modules: nothing that is drawn is ever silently ignored.  Structure is judged in
`lint_structure.py`, elements in `lint_elements.py` and `lint_events.py`, variables in
`lint_data.py`, lengths in `lint_lengths.py`, what would hang in `lint_soundness.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.bpmn.diagram import Diagram
from engine.bpmn.lint_data import lint_data
from engine.bpmn.lint_elements import lint_elements
from engine.bpmn.lint_lengths import lint_lengths
from engine.bpmn.lint_soundness import lint_soundness
from engine.bpmn.lint_structure import lint_structure
from engine.bpmn.lint_undoing import lint_undoing
from engine.bpmn.lint_ways import lint_ways
from engine.bpmn.models import ServiceSignature
from engine.errors import Finding


def lint(
    diagram: Diagram,
    *,
    files: Collection[str],
    services: Mapping[str, ServiceSignature],
    groups: Collection[str],
    decisions: Collection[str],
) -> list[Finding]:
    """List the findings of a diagram as drawn; the folder's file names say which forms exist."""
    found = [
        *lint_structure(diagram),
        *lint_elements(diagram, files=files, services=services, groups=groups, decisions=decisions),
        *lint_data(diagram),
        *lint_undoing(diagram),
        *lint_lengths(diagram),
    ]
    # A game on a board with holes tells nothing.
    if not any(finding.severity == "error" for finding in found):
        found += lint_soundness(diagram)
        found += lint_ways(diagram)
    return found
