"""When something comes again, by rules that an administrator writes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.recurrence import Place, before, following, is_rule, latest

JAKARTA = ZoneInfo("Asia/Jakarta")
HOLIDAYS = {date(2026, 7, 1), date(2026, 7, 31)}


def add_working_days(start: datetime, days: int) -> datetime:
    day, step, left = start.astimezone(JAKARTA).date(), 1 if days > 0 else -1, abs(days)
    while left:
        day += timedelta(days=step)
        left -= day.weekday() < 5 and day not in HOLIDAYS
    return datetime.combine(day, time(16), JAKARTA)


HERE = Place(JAKARTA, add_working_days)


def at(text: str) -> datetime:
    """Read a moment of the city's."""
    return datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("rule", "after", "expected"),
    [
        ("daily 06:00", "2026-07-02 05:59", "2026-07-02 06:00"),
        ("daily 06:00", "2026-07-02 06:00", "2026-07-03 06:00"),
        ("every 10 minutes", "2026-07-02 06:00", "2026-07-02 06:10"),
        ("every 2 hours", "2026-07-02 23:00", "2026-07-03 01:00"),
        ("weekly mon 07:30", "2026-07-02 06:00", "2026-07-06 07:30"),
        ("weekly thu 07:30", "2026-07-02 08:00", "2026-07-09 07:30"),
        ("workday 06:00", "2026-07-03 07:00", "2026-07-06 06:00"),
        ("workday 06:00", "2026-06-30 07:00", "2026-07-02 06:00"),
        ("monthly 1 00:05", "2026-07-01 00:05", "2026-08-01 00:05"),
        ("monthly 31 06:00", "2026-02-01 00:00", "2026-02-28 06:00"),
        ("monthly workday 1 06:00", "2026-06-30 23:00", "2026-07-02 06:00"),
        ("monthly workday 1 06:00", "2026-07-02 06:00", "2026-08-03 06:00"),
        ("monthly workday -1 06:00", "2026-07-02 06:00", "2026-07-30 06:00"),
        ("monthly workday -1 06:00", "2026-12-31 06:00", "2027-01-29 06:00"),
    ],
)
def test_a_rule_says_when_it_comes_next(rule: str, after: str, expected: str) -> None:
    assert is_rule(rule)
    found = following(rule, at(after), HERE)
    assert found == at(expected)
    assert found.tzinfo is UTC


def test_what_is_no_rule_is_refused() -> None:
    for text in (
        "",
        "hourly",
        "daily 24:00",
        "monthly workday 0 06:00",
        "every 0 minutes",
        "* * *",
    ):
        assert not is_rule(text)
        with pytest.raises(ValueError, match="Expected a rule"):
            following(text, at("2026-07-01 00:00"), HERE)


def test_after_a_standstill_the_last_time_that_was_missed_counts() -> None:
    first, now = at("2026-04-01 00:05"), at("2026-07-15 00:00")
    assert latest("monthly 1 00:05", first, now, HERE) == at("2026-07-01 00:05")
    assert latest("every 10 minutes", first, now, HERE) == at("2026-07-14 23:55")
    assert before("monthly 1 00:05", now, HERE) == at("2026-07-01 00:05")
    assert latest("monthly 1 00:05", now, now, HERE) == now


def test_a_zone_with_summer_time_keeps_the_time_of_day() -> None:
    berlin = Place(ZoneInfo("Europe/Berlin"), add_working_days)
    winter = datetime(2026, 3, 28, 5, 0, tzinfo=UTC)  # 06:00 there
    assert following("daily 06:00", winter, berlin) == datetime(2026, 3, 29, 4, 0, tzinfo=UTC)
