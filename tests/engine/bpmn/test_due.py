"""Moments as models write them: calendar time, working time, dates, cycles, FEEL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from engine.bpmn.due import Due, Moment, add_duration, is_cycle, is_literal, next_round, resolve
from engine.feel import compile as compile_feel
from tests.engine.bpmn.stage import Stage

ENV = Stage().env
JAKARTA = timezone(timedelta(hours=7))


def at(text: str, *, end_of_day: bool = False, **data: object) -> Moment:
    from dataclasses import replace

    expression = None if is_literal(text) else compile_feel(text)
    due = Due(text, expression, end_of_day)
    return resolve(
        due,
        data,
        replace(ENV, zone=JAKARTA),
        lambda code, values: code.evaluate(values, now=ENV.now),
    )


@pytest.mark.parametrize(
    ("start", "text", "end"),
    [
        ("2026-01-31T00:00:00", "P1M", "2026-02-28T00:00:00"),
        ("2024-02-29T00:00:00", "P1Y", "2025-02-28T00:00:00"),
        ("2026-01-31T10:00:00", "P1M1DT2H", "2026-03-01T12:00:00"),
        ("2026-03-31T00:00:00", "-P1M", "2026-02-28T00:00:00"),
        ("2026-12-31T23:59:59", "PT1S", "2027-01-01T00:00:00"),
        ("2026-07-01T00:00:00", "P2W", "2026-07-15T00:00:00"),
        ("2026-07-01T00:00:00", "PT1.5S", "2026-07-01T00:00:01.500000"),
    ],
)
def test_calendar_durations_know_the_length_of_months(start: str, text: str, end: str) -> None:
    assert add_duration(datetime.fromisoformat(start), text) == datetime.fromisoformat(end)


@pytest.mark.parametrize("text", ["", "P", "PT", "P1", "1D", "P1H", "PT1D", "P1D2M", "P99999Y"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Expected"):
        add_duration(datetime(2026, 1, 1, tzinfo=UTC), text)


def test_a_date_alone_is_its_first_moment_for_a_timer_and_its_last_for_a_due_date() -> None:
    assert at("2026-09-01").at == datetime(2026, 8, 31, 17, 0, tzinfo=UTC)
    assert at("2026-09-01", end_of_day=True).at == datetime(2026, 9, 1, 16, 59, 59, tzinfo=UTC)
    assert at('date("2026-09-01")', end_of_day=True).at == datetime(
        2026, 9, 1, 16, 59, 59, tzinfo=UTC
    )


def test_a_time_without_zone_is_in_the_zone_of_the_host() -> None:
    assert at("2026-09-01T08:00:00").at == datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
    assert at('date and time("2026-09-01T08:00:00")').at == datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
    assert at("2026-09-01T08:00:00Z").at == datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["5 hari kerja", "5 Hari Kerja", '"5 hari kerja"'])
def test_working_days_are_the_hosts_business(text: str) -> None:
    assert at(text).at == ENV.now + timedelta(days=10)


def test_a_duration_may_be_computed() -> None:
    assert at("span", span=timedelta(days=3)).at == ENV.now + timedelta(days=3)
    assert at('duration("P1M")').at == datetime(2026, 8, 1, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["null", "5", "true", '"soon"', "[1]", 'time("10:00:00")'])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Expected"):
        at(text)


@pytest.mark.parametrize(
    ("text", "first", "left", "second"),
    [
        ("R3/P1D", "2026-07-02T02:00:00+00:00", 2, "2026-07-03T02:00:00+00:00"),
        ("R/PT1H", "2026-07-01T03:00:00+00:00", None, "2026-07-01T04:00:00+00:00"),
        (
            "R2/2026-08-01T00:00:00Z/P1M",
            "2026-08-01T00:00:00+00:00",
            1,
            "2026-09-01T00:00:00+00:00",
        ),
        ("R2/2 hari kerja", "2026-07-05T02:00:00+00:00", 1, "2026-07-09T02:00:00+00:00"),
    ],
)
def test_a_cycle_has_a_first_time_a_count_and_a_step(
    text: str, first: str, left: int | None, second: str
) -> None:
    moment = at(text)
    assert moment.at.isoformat() == first
    assert moment.left == left
    assert next_round(moment.at, moment.step, ENV).isoformat() == second


@pytest.mark.parametrize("text", ["R0/P1D", "R2/P0D", "R2/-P1D"])
def test_a_cycle_that_does_not_move_on_is_refused(text: str) -> None:
    assert is_cycle(text)
    with pytest.raises(ValueError, match="Expected a cycle"):
        at(text)


def test_a_date_is_never_taken_for_a_subtraction() -> None:
    assert is_literal("2026-09-01")
    assert not is_literal("2026 - 9 - 1")
