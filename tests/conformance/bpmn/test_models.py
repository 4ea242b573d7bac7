"""Every model ends as its driver says, and the same in all four modes, step by step."""

from __future__ import annotations

import pytest

from tests.conformance.bpmn import models
from tests.conformance.bpmn.player import MODELS, assert_same, play


@pytest.mark.parametrize("name", MODELS)
def test_a_model_goes_the_same_way_in_all_modes(name: str) -> None:
    assert models
    model = MODELS[name]
    assert_same(play(model.files, model.drive))
