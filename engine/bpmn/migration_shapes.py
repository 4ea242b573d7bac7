"""What single shapes remember of the drawing in a case: names of specs, and what may be undone."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.mapping import VersionMap
from engine.bpmn.migration_flow import ahead
from engine.bpmn.nodes import LIVE, SubProcess

_MOVING = LIVE | TaskState.FUTURE


def facts_fit(token: Any, new: Any, mapping: VersionMap) -> bool:
    """Tell whether everything that a token remembers by name is in the new version's scope."""
    specs = new._wf_spec.task_specs
    return all(name in specs for name in _named(token, mapping)) and _rest_fits(token, new, mapping)


def rename_facts(token: Any, mapping: VersionMap) -> None:
    """Call what a token remembers by name what it is called now."""
    facts = token.internal_data
    if "start_at" in facts:
        facts["start_at"] = mapping.name(facts["start_at"])
    if "taken" in facts:
        facts["taken"] = [mapping.name(name) for name in facts["taken"]]


def _named(token: Any, mapping: VersionMap) -> list[str]:
    facts = token.internal_data
    start = [facts["start_at"]] if "start_at" in facts else []
    return [mapping.name(name) for name in (*start, *facts.get("taken", ()))]


def _rest_fits(token: Any, new: Any, mapping: VersionMap) -> bool:
    """Tell whether a complex gateway in the middle of its round has the same ways into it."""
    if "taken" not in token.internal_data:
        return True
    before = {mapping.name(name) for name in token.task_spec.gateway._inputs}
    return before == set(new.gateway._inputs)


def same_scope_kind(old: Any, new: Any) -> bool:
    """Tell whether what runs inside a token works the same way: chosen freely, or as it flows."""
    if not (isinstance(old, SubProcess) and isinstance(new, SubProcess)):
        return True
    free = "adHocSubProcess"
    return bool((old.node.kind == free) == (new.node.kind == free))


def undone_too_late(workflow: Any, mapping: VersionMap) -> list[str]:
    """Name activities that can be undone in the new version only, and may have been done already.

    Nothing was kept of them, so that undoing everything would leave them out.
    """
    old, new = workflow.spec, mapping.scope(workflow.spec.name)
    known = {mapping.name(spec.name) for spec in old.task_specs.values() if spec.remembers}
    added = {s.activity for s in new.task_specs.values() if s.remembers and s.name not in known}
    back = {becomes: id_ for id_, becomes in mapping.elements.items()}
    places = {t.task_spec.name for t in workflow.tasks.values() if t._state & _MOVING}
    return [
        id_
        for activity in sorted(added)
        if (id_ := back.get(activity)) and places & ahead(old, f"e.{id_}")
    ]
