"""Every state that an earlier engine stored loads, and its case goes on as it did then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from engine.bpmn.header import FORMAT
from engine.feel.values import to_json
from tests.golden.states import FOLDER, NAMES, finished, goldens

GOLDENS = dict(goldens())


@pytest.mark.parametrize("golden", GOLDENS.values(), ids=GOLDENS)
def test_a_state_of_an_earlier_engine_goes_on_as_it_did_then(golden: Mapping[str, Any]) -> None:
    run = finished(golden)
    assert run.outcome().incidents == ()
    assert run.outcome().completed == golden["completed"]
    assert to_json(dict(run.variables())) == golden["variables"]


def test_there_are_states_of_the_present_format() -> None:
    assert (FOLDER / f"state_format_{FORMAT}.json").exists()
    assert sum(name.startswith(f"state_format_{FORMAT}-") for name in GOLDENS) == len(NAMES)
