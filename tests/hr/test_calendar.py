"""Working days: pure rules, the seeded holidays, and rows that people edit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine as Database

from engine import Actor, Channel, Engine
from engine.errors import Conflict, NotAllowed, NotFound
from engine.model import StreamKind
from engine.queries import history
from hr.calendar import queries, rules, store
from hr.calendar.commands import AddHoliday, RemoveHoliday
from hr.calendar.seed import national_holidays
from hr.calendar.tables import Holiday
from hr.demo.cast import CAST
from hr.statements import add

FRIDAY_LATE = datetime(2026, 7, 3, 9, 30, tzinfo=UTC)  # 16:30 in Jakarta
FRIDAY_EARLY = datetime(2026, 7, 3, 1, 0, tzinfo=UTC)
MONDAY_END = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("start", [FRIDAY_EARLY, FRIDAY_LATE])
def test_what_comes_on_a_friday_is_counted_from_monday(start: datetime) -> None:
    assert rules.add_working_days(start, 1, ()) == MONDAY_END


def test_a_complaint_of_friday_afternoon_is_due_on_the_fourteenth_working_day() -> None:
    due = rules.add_working_days(FRIDAY_LATE, 14, ())
    assert rules.local_day(due) == date(2026, 7, 23)
    skipped = rules.add_working_days(FRIDAY_LATE, 14, {date(2026, 7, 8)})
    assert rules.local_day(skipped) == date(2026, 7, 24)


def test_days_before_are_counted_backwards() -> None:
    due = rules.end_of_day(date(2026, 7, 8))
    assert rules.local_day(rules.add_working_days(due, -2, ())) == date(2026, 7, 6)
    assert rules.local_day(rules.add_working_days(due, -5, ())) == date(2026, 7, 1)


def test_a_moment_late_in_utc_belongs_to_the_next_day_in_the_city() -> None:
    assert rules.local_day(datetime(2026, 7, 2, 18, 0, tzinfo=UTC)) == date(2026, 7, 3)


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        rules.local_day(datetime(2026, 7, 2))


@given(
    st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    st.integers(1, 60),
    st.sets(st.dates(date(2024, 1, 1), date(2029, 6, 30)), max_size=40),
)
def test_there_are_n_working_days_up_to_the_nth(day: date, days: int, closed: set[date]) -> None:
    end = rules.working_day_after(day, days, closed)
    assert rules.is_working_day(end, closed)
    assert rules.working_days_between(day + timedelta(days=1), end, closed) == days


@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.integers(1, 60))
def test_going_back_undoes_going_forward(day: date, days: int) -> None:
    start = rules.working_day_after(day, 0, ())
    forward = rules.working_day_after(start, days, ())
    assert rules.working_day_after(forward, -days, ()) == start


def test_the_seed_knows_national_days_and_joint_leave() -> None:
    kinds = {row["day"]: row["kind"] for row in national_holidays([2026])}
    assert kinds[date(2026, 8, 17)] == "NATIONAL"
    assert kinds[date(2026, 12, 24)] == "JOINT"


def test_a_quarter_has_its_first_and_last_day() -> None:
    assert rules.quarter_days("2026Q2") == (date(2026, 4, 1), date(2026, 6, 30))
    assert rules.quarter_days("2026Q4") == (date(2026, 10, 1), date(2026, 12, 31))
    with pytest.raises(ValueError, match="2026Q5"):
        rules.quarter_days("2026Q5")


def test_a_day_added_by_hand_counts_from_the_next_transaction_on(database: Database) -> None:
    with database.begin() as connection:
        add(connection, Holiday, national_holidays([2026]))
        assert queries.add_working_days(connection, FRIDAY_EARLY, 1) == MONDAY_END
    with database.begin() as connection:
        local = {"day": date(2026, 7, 6), "name": "Hari jadi kota", "kind": "LOCAL"}
        add(connection, Holiday, [local])
    with database.begin() as connection:
        later = queries.add_working_days(connection, FRIDAY_EARLY, 1)
        assert rules.local_day(later) == date(2026, 7, 7)
        assert "Hari jadi kota" in [each.name for each in queries.holidays(connection, 2026)]
        store.remove(connection, date(2026, 7, 6))
    with database.begin() as connection:
        assert queries.add_working_days(connection, FRIDAY_EARLY, 1) == MONDAY_END


def test_the_years_that_an_interval_crosses_are_all_read(database: Database) -> None:
    with database.begin() as connection:
        add(connection, Holiday, national_holidays([2026, 2027]))
        eve = datetime(2026, 12, 23, 3, 0, tzinfo=UTC)
        end = queries.add_working_days(connection, eve, 5)
    # 24 joint leave, 25 Christmas, 26-27 weekend, 28-31 four days, 1 January a holiday, 4 January
    assert rules.local_day(end) == date(2027, 1, 4)


def test_the_agency_closes_and_opens_days_and_says_why(engine: Engine) -> None:
    agency = Actor(person_id=CAST["HRC"], channel=Channel.WEB)
    day = date(2026, 7, 6)
    close = AddHoliday(day=day, name="Hari jadi kota", reason="SK 5/2026")
    engine.execute(close, by=agency)
    assert engine.ask(queries.add_working_days, FRIDAY_EARLY, 1) > MONDAY_END
    with pytest.raises(Conflict):
        engine.execute(close, by=agency)
    engine.execute(RemoveHoliday(day=day, reason="Dibatalkan"), by=agency)
    assert engine.ask(queries.add_working_days, FRIDAY_EARLY, 1) == MONDAY_END
    with pytest.raises(NotFound):
        engine.execute(RemoveHoliday(day=day, reason="Dibatalkan"), by=agency)
    events = engine.ask(history.events, StreamKind.NETWORK, "calendar/2026")
    assert [event.kind for event in events] == ["ROW_CHANGED", "ROW_CHANGED"]


@pytest.mark.parametrize("code", ["EMP", "RTR", "HRO", "AUD", "ADM"])
def test_nobody_else_changes_the_calendar(engine: Engine, code: str) -> None:
    close = AddHoliday(day=date(2026, 7, 6), name="Libur", reason="-")
    with pytest.raises(NotAllowed):
        engine.execute(close, by=Actor(person_id=CAST[code], channel=Channel.WEB))
