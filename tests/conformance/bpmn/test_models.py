"""Every model ends as its driver says, and the same in all four modes, step by step."""

from __future__ import annotations

import pytest

from tests.conformance.bpmn import models
from tests.conformance.bpmn.player import MODELS, assert_same, play
from tests.conformance.bpmn.unpatched import played, record_elsewhere


@pytest.mark.parametrize("name", MODELS)
def test_a_model_goes_the_same_way_in_all_modes(name: str) -> None:
    assert models
    model = MODELS[name]
    assert_same(play(model.files, model.drive))


SAMPLE = (
    "a_closed_survey",
    "a_cycle_reminds_as_often_as_it_says",
    "a_join_loses_no_change_of_either_branch",
    "a_loop_without_people",
    "a_transaction_is_cancelled",
    "an_interrupted_scope_leaves_nothing_behind",
    "crossing_forks_and_joins",
    "event_based_gateway",
    "everything_inside_every_item",
    "service_task",
    "a_winding_way_1",
    "two_tokens_through_the_same_task",
)


def test_what_stands_in_for_the_library_for_speed_changes_nothing_but_the_speed() -> None:
    """A sample of the models; `alur drill processes --without-patches` plays all."""
    alone = record_elsewhere(SAMPLE)
    assert alone == {name: played(MODELS[name]) for name in SAMPLE}
