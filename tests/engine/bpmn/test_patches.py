"""What stands in for the library for speed alone changes nothing but the speed."""

from __future__ import annotations

import pytest

from engine.bpmn import patches
from engine.bpmn.nodes import Spec
from engine.bpmn.token import Token
from tests.engine.bpmn.test_random_paths import play

OWNERS: dict[str, type] = {"Token": Token, "Spec": Spec}


@pytest.mark.parametrize("mode", ["memory", "restored"])
@pytest.mark.parametrize("seed", range(3))
def test_a_case_goes_the_same_way_on_the_library_alone(
    seed: int, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = play(seed, mode)
    for owner, names in patches.FOR_SPEED.items():
        for name in names:
            monkeypatch.delattr(OWNERS[owner], name)
    library = play(seed, mode)
    assert library.completed
    assert (library.done(), library.flows()) == (ours.done(), ours.flows())
    assert library.variables == ours.variables
    assert library.header == ours.header
