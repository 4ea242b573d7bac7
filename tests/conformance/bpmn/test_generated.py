"""Random sound processes on random ways: they end, and all four modes agree on every step."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conformance.bpmn.generating import Block, drawn, processes, wandering
from tests.conformance.bpmn.player import assert_same, play

SETTINGS = settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    # Shrinking takes long, and whoever looks into a failure can turn it on.
    phases=[Phase.explicit, Phase.generate],
)


@SETTINGS
@given(processes(more=True), st.integers(0, 10_000))
def test_a_random_process_goes_the_same_way_in_all_modes(block: Block, seed: int) -> None:
    assert_same(play(drawn(block), wandering(seed)))
