"""Every model of the conformance suite goes to a version where all is called otherwise, and back.

After each step of its driver; the case must not have changed by a single byte, nor go another way.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest

from engine.bpmn import CompiledDefinition, Outcome, load
from engine.bpmn.mapping import compare, nodes_of
from engine.bpmn.migration import obstacles
from engine.bpmn.rebasing import rebase
from tests.conformance.bpmn import models
from tests.conformance.bpmn.modes import Pruned, checked
from tests.conformance.bpmn.player import MODELS, Player
from tests.conformance.bpmn.steps import Act, Files, Seen, rebuilt
from tests.engine.bpmn.stage import Stage

ID = re.compile(r'\b(id|sourceRef|targetRef|attachedToRef|activityRef)="([^"]*)"')


def called_otherwise(files: Files) -> tuple[Files, dict[str, str]]:
    """Give the folder with another id for every flow node, and which became which."""
    rename = {id_: f"other_{id_}" for id_ in nodes_of(checked(files))}

    def other(found: re.Match[str]) -> str:
        return f'{found[1]}="{rename.get(found[2], found[2])}"'

    drawn = {
        name: ID.sub(other, data.decode()).encode() if name.endswith(".bpmn") else data
        for name, data in files.items()
    }
    return drawn, rename


@cache
def versions(
    files: tuple[tuple[str, bytes], ...],
) -> tuple[CompiledDefinition, CompiledDefinition, dict[str, str]]:
    drawn, rename = called_otherwise(dict(files))
    return checked(dict(files)), rebuilt(drawn), rename


class Wandering(Pruned):
    """Restored, and taken to the other version and back after every step."""

    def __init__(self, files: Files, stage: Stage) -> None:
        super().__init__(files, stage)
        self.here, self.there, self.rename = versions(tuple(sorted(files.items())))
        self.wanderings = 0

    def do(self, act: Act) -> Seen:
        seen = super().do(act)
        if not seen.completed:
            before = self.stored.header
            back = {there: here for here, there in self.rename.items()}
            over = self.goes(before, self.here, self.there, self.rename)
            assert self.goes(over, self.there, self.here, back) == before
            self.wanderings += 1
        return seen

    def goes(
        self,
        header: bytes,
        old: CompiledDefinition,
        new: CompiledDefinition,
        rename: dict[str, str],
    ) -> bytes:
        run = load(old, header, self.stored.values.__getitem__, self.stage.env)
        mapping = compare(old, new, rename)
        assert obstacles(run, mapping) == ()
        rebase(run, mapping)
        outcome = run.outcome()
        assert outcome == replace(Outcome(), completed=outcome.completed)
        return run.save().header


@pytest.mark.parametrize("name", MODELS)
def test_a_model_goes_over_and_back_at_every_step(name: str) -> None:
    assert models
    model = MODELS[name]
    mode = Wandering(model.files, Stage())
    model.drive(Player(mode))
