"""Takes a case of tests/engine/bpmn/stage.py to another version of its process."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from engine.bpmn import load
from engine.bpmn.mapping import compare
from engine.bpmn.migration import obstacles
from engine.bpmn.rebasing import rebase, standing
from tests.engine.bpmn.stage import Case, compiled


def hindered(
    case: Case, files: Mapping[str, bytes], rename: Mapping[str, str] | None = None
) -> list[tuple[str, str]]:
    """Give (code, element) of everything that keeps a restored case from another version."""
    run = load(case.definition, case.header, case.values.__getitem__, case.stage.env)
    found = obstacles(run, compare(case.definition, compiled(files), rename))
    assert all(o.message.startswith("Expected ") and ", but " in o.message for o in found)
    return [(obstacle.code, obstacle.element_id) for obstacle in found]


def migrate(
    case: Case,
    files: Mapping[str, bytes],
    rename: Mapping[str, str] | None = None,
    retime: Collection[str] = (),
) -> Case:
    """Take a restored case to another version, as the command does."""
    assert (found := hindered(case, files, rename)) == [], found
    new = compiled(files)
    run = load(case.definition, case.header, case.values.__getitem__, case.stage.env)
    rebase(run, compare(case.definition, new, rename), retime)
    case.run, case.files, case.definition = run, files, new
    outcome = run.outcome()
    case._follow(outcome)
    now = standing(run)
    assert now.tasks.keys() == case.tasks.keys()
    assert now.timers.keys() == case.timers.keys()
    assert now.catches.keys() == case.catches.keys()
    for token, task in now.tasks.items():
        case.tasks[token] = replace(case.tasks[token], element_id=task.element_id)
    case.timers, case.catches = dict(now.timers), dict(now.catches)
    case.facts += outcome.facts
    case.reload()
    case.outcome = outcome
    return case
