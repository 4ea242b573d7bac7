"""Takes a case of tests/engine/bpmn/stage.py to another version of its process."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache

from engine.bpmn import CompiledDefinition, load
from engine.bpmn.mapping import compare
from engine.bpmn.migration import obstacles
from engine.bpmn.rebasing import rebase, standing
from tests.engine.bpmn.stage import Case, compiled


class Stored(Case):
    """Restored after each step on the same definition; others prove that a rebuilt one does too."""

    def reload(self) -> None:
        """Save and restore."""
        saved = self.run.save()
        self.values.update(saved.values)
        self.header = saved.header
        self.run = load(self.definition, saved.header, self.values.__getitem__, self.stage.env)
        assert self.run.save().header == saved.header, "loading and saving changed the state"


@cache
def _compiled(files: tuple[tuple[str, bytes], ...]) -> CompiledDefinition:
    return compiled(dict(files))


def version(files: Mapping[str, bytes]) -> CompiledDefinition:
    """Compile a version once."""
    return _compiled(tuple(sorted(files.items())))


def hindered(
    case: Case, files: Mapping[str, bytes], rename: Mapping[str, str] | None = None
) -> list[tuple[str, str]]:
    """Give (code, element) of everything that keeps a restored case from another version."""
    run = load(case.definition, case.header, case.values.__getitem__, case.stage.env)
    found = obstacles(run, compare(case.definition, version(files), rename))
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
    new = version(files)
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
