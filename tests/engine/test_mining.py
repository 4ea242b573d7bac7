"""The process as it was lived: frequencies, times, what followed what, variants, deviations."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from engine import Engine, SendBack
from engine.errors import NotFound
from engine.queries.mining import MapFilter, drawn, given_again, process_map, times_of
from tests.conftest import MovableClock
from tests.engine.stories import REQUEST, begin, complete, open_task, person, request_made

HOUR = timedelta(hours=1)


def test_median_and_ninetieth_percentile_are_times_that_were_taken() -> None:
    assert times_of([]).median is None
    ten = times_of(HOUR * n for n in range(1, 11))
    assert (ten.number, ten.median, ten.p90) == (10, 5 * HOUR, 9 * HOUR)
    one = times_of([HOUR])
    assert (one.median, one.p90) == (HOUR, HOUR)
    assert times_of([3 * HOUR, HOUR, 2 * HOUR]).median == 2 * HOUR


@pytest.fixture
def lived(host_engine: Engine, clock: MovableClock) -> Engine:
    """Three cases: one straight through, one sent back once, one still open."""
    _, review = request_made(host_engine)
    clock.move(4 * HOUR)
    complete(host_engine, review.id, 2, {"approved": True})
    second = begin(host_engine, "two_step").instance_id
    clock.move(HOUR)
    complete(host_engine, open_task(host_engine, "request", second).id, 1, REQUEST)
    clock.move(2 * HOUR)
    back = SendBack(
        task_id=open_task(host_engine, "review", second).id, to_element="request", reason="Kurang"
    )
    host_engine.execute(back, by=person(2))
    complete(host_engine, open_task(host_engine, "request", second).id, 1, REQUEST)
    clock.move(3 * HOUR)
    complete(host_engine, open_task(host_engine, "review", second).id, 2, {"approved": True})
    begin(host_engine, "two_step", subject=3)
    return host_engine


def test_a_map_counts_runs_repeats_ways_and_variants(lived: Engine) -> None:
    found = lived.ask(process_map, MapFilter(process_key="two_step"))
    by_id = {one.element_id: one for one in found.elements}
    assert (found.total, found.cases) == (3, 3)
    request, review = by_id["request"], by_id["review"]
    assert (request.runs, request.cases, request.again, request.open_now) == (3, 2, 1, 1)
    assert review.waiting.p90 == 4 * HOUR
    assert len(review.by_unit) == 1
    assert found.flows["submitted_to_request"] == 3
    ways = {(way.source, way.target): way for way in found.ways}
    assert ways["request", "review"].number == 2
    assert not ways["request", "review"].backward
    assert ways["request", "request"].backward
    assert {variant.steps for variant in found.variants} == {
        ("request", "review"),
        ("request", "request", "review"),
    }
    (left,) = found.deviations
    assert left.kinds == ("TASK_SENT_BACK",)
    assert found.strange_flows == 0
    assert found.slowest()[0].element_id == "review"


@pytest.mark.parametrize(
    ("steps", "again"),
    [
        ("a0-1 b1-2 c2-3", ""),  # straight on, whether the case has ended or not
        ("a0-1 a0-2 b0-3 a0-4", ""),  # several people's step, given out at once
        ("a0-1 b1-2 a2-3 b3-4", "ab"),
    ],
)
def test_only_what_was_done_before_is_done_again(steps: str, again: str) -> None:
    order = [
        SimpleNamespace(id=place, element_id=name, created_at=int(given), ended_at=int(done))
        for place, (name, given, _, done) in enumerate(steps.split())
    ]
    found = given_again(order)
    assert "".join(row.element_id for row in order if row.id in found) == again


def test_the_map_is_drawn_over_the_model_s_own_diagram(lived: Engine) -> None:
    found = lived.ask(process_map, MapFilter(process_key="two_step"))
    svg = lived.ask(drawn, found, titles={"review": "Lama"})
    assert "al-warm" in svg
    assert "<title>Lama</title>" in svg
    assert ">3</text>" in svg or ">3</tspan>" in svg


def test_filters_leave_out_what_does_not_fit(lived: Engine) -> None:
    assert lived.ask(process_map, MapFilter(process_key="two_step", period="1999")).cases == 0
    now = lived.clock()
    ago = MapFilter(process_key="two_step", until=now - timedelta(days=1))
    assert lived.ask(process_map, ago).cases == 0
    with pytest.raises(NotFound):
        lived.ask(process_map, MapFilter(process_key="two_step", version=9))
