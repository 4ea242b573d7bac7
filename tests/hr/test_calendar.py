"""Working days: pure rules, the seeded holidays, and rows that people edit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine as Database

from engine import Actor, Channel, Engine, NewCase, Scope, StartInstance
from engine.errors import Conflict, InvalidForm, NotAllowed, NotFound
from engine.folder import read_folder
from engine.model import StreamKind
from engine.queries import history, inbox
from hr.calendar import queries, rules, store
from hr.calendar.commands import (
    AddHoliday,
    ChangeHoliday,
    RemoveHoliday,
    RemoveSeason,
    SetSeason,
)
from hr.calendar.seed import fasting_months, national_holidays
from hr.calendar.tables import Holiday
from hr.demo.cast import CAST
from hr.directory import queries as directory
from hr.directory.commands import SetUnitZone
from hr.statements import add
from web.upkeep import SeedHolidays

FRIDAY_LATE = datetime(2026, 7, 3, 9, 30, tzinfo=UTC)  # 16:30 in Jakarta
FRIDAY_EARLY = datetime(2026, 7, 3, 1, 0, tzinfo=UTC)
MONDAY_END = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
TWO_STEP = Path(__file__).parents[1] / "engine/models/two_step"
RAMADAN = rules.Season(date(2026, 2, 19), date(2026, 3, 20), rules.RAMADAN)


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


@pytest.mark.parametrize(
    ("day", "closes"),
    [
        (date(2026, 2, 18), time(16, 0)),  # Wednesday before Ramadan
        (date(2026, 2, 13), time(16, 30)),  # a Friday
        (date(2026, 2, 19), time(15, 0)),  # its first day
        (date(2026, 2, 20), time(15, 30)),  # a Friday in it
        (date(2026, 3, 25), time(16, 0)),  # after Lebaran
    ],
)
def test_a_day_ends_by_the_hours_of_its_season(day: date, closes: time) -> None:
    end = rules.end_of_day(day, [RAMADAN])
    assert end.astimezone(rules.ZONE) == datetime.combine(day, closes, rules.ZONE)


def test_the_same_hour_comes_earlier_in_the_east() -> None:
    ends = [rules.end_of_day(date(2026, 7, 6), (), ZoneInfo(zone)) for zone in rules.ZONES]
    assert [f"{end:%H:%M}" for end in ends] == ["09:00", "08:00", "07:00"]


def test_late_in_the_evening_the_east_counts_from_the_next_day() -> None:
    evening = datetime(2026, 7, 6, 15, 30, tzinfo=UTC)  # 22:30 in Jakarta, 00:30 in Jayapura
    ends = [rules.add_working_days(evening, 1, (), (), ZoneInfo(zone)) for zone in rules.ZONES]
    assert [rules.local_day(end).day for end in ends] == [7, 7, 8]


def test_ramadan_is_reckoned_from_lebaran_and_says_that_it_is_an_estimate() -> None:
    rows = fasting_months([2025, 2026])
    assert [(row["first_day"], row["last_day"]) for row in rows] == [
        (date(2025, 3, 1), date(2025, 3, 30)),
        (date(2026, 2, 19), date(2026, 3, 20)),
    ]
    assert all(row["estimated"] for row in rows)


def test_the_seed_marks_what_no_decree_has_fixed() -> None:
    lebaran = [row for row in national_holidays([2026, 2027]) if "Hari Raya Idul" in row["name"]]
    assert not any("perkiraan" in row["name"] for row in lebaran)
    moon = {(row["day"].year, row["estimated"]) for row in lebaran if row["kind"] == "NATIONAL"}
    assert moon == {(2026, False), (2027, True)}


def test_five_working_days_over_lebaran_are_five_working_days(engine: Engine, clock: Any) -> None:
    """18-24 March 2026 are closed: Nyepi, Lebaran, and the joint leave around them."""
    engine.execute(read_folder(TWO_STEP))
    found = {}
    for day in (9, 16, 17, 25):
        clock.now = datetime(2026, 3, day, 3, 0, tzinfo=UTC)
        subject = engine.ask(engine.ports.people.subject, CAST["EMP"], clock.now)
        case = NewCase(subject_id=CAST["EMP"], scope_path=subject.scope_path, period=f"2026D{day}")
        engine.execute(StartInstance(key="two_step", case=case))
        scope = Scope(person_id=CAST["EMP"])
        rows = engine.ask(inbox.open_tasks, scope, now=clock.now, period=f"2026D{day}").rows
        found[day] = f"{rows[0].due_at.astimezone(rules.ZONE):%a %d %b %H:%M}"
    assert found == {
        9: "Mon 16 Mar 15:00",  # 10 11 12 13 16, and Ramadan closes at 15
        16: "Mon 30 Mar 16:00",  # 17 25 26 27 30
        17: "Tue 31 Mar 16:00",  # 25 26 27 30 31
        25: "Wed 01 Apr 16:00",  # 26 27 30 31 1
    }


def test_a_due_date_ends_with_the_day_where_the_subject_works(engine: Engine) -> None:
    agency = Actor(person_id=CAST["HRC"], channel=Channel.WEB)
    with pytest.raises(InvalidForm):
        engine.execute(SetUnitZone(path="/01/", zone="Europe/Paris", reason="x"), by=agency)
    with pytest.raises(NotFound):
        engine.execute(SetUnitZone(path="/99/", zone=None, reason="x"), by=agency)
    engine.execute(SetUnitZone(path="/01/", zone="Asia/Jayapura", reason="Perwakilan"), by=agency)
    ask, days = engine.ask, engine.ports.calendar.add_working_days
    assert ask(directory.zone_of, "/01/01/01/") == "Asia/Jayapura"
    assert ask(directory.zone_of, "/02/") is None
    assert ask(days, FRIDAY_EARLY, 1, CAST["EMP"]) == MONDAY_END - timedelta(hours=2)
    assert ask(days, FRIDAY_EARLY, 1, CAST["HRC"]) == MONDAY_END
    assert ask(days, FRIDAY_EARLY, 1, None) == MONDAY_END
    engine.execute(SetUnitZone(path="/01/", zone=None, reason="Kembali"), by=agency)
    assert ask(days, FRIDAY_EARLY, 1, CAST["EMP"]) == MONDAY_END


def test_the_agency_confirms_and_moves_what_was_an_estimate(engine: Engine) -> None:
    agency = Actor(person_id=CAST["HRC"], channel=Channel.WEB)
    old = next(each for each in engine.ask(queries.holidays, 2027) if each.estimated)
    moved = ChangeHoliday(
        day=old.day,
        to_day=old.day + timedelta(days=60),
        name=old.name,
        kind=old.kind,
        reason="SKB 3 Menteri",
    )
    engine.execute(moved, by=agency)
    known = {each.day: each for each in engine.ask(queries.holidays, 2027)}
    assert old.day not in known
    assert not known[moved.to_day].estimated
    with pytest.raises(NotFound):
        engine.execute(moved, by=agency)
    taken = AddHoliday(day=moved.to_day, name="Lain", reason="-")
    with pytest.raises(Conflict):
        engine.execute(taken, by=agency)


def test_the_agency_sets_hours_of_their_own_for_some_days(engine: Engine) -> None:
    agency = Actor(person_id=CAST["HRC"], channel=Channel.WEB)
    week = SetSeason(
        first_day=date(2026, 7, 6),
        last_day=date(2026, 7, 10),
        name="Pekan olahraga",
        opens=time(7, 0),
        closes=time(14, 0),
        closes_on_friday=time(11, 0),
        reason="SE 7/2026",
    )
    engine.execute(week, by=agency)
    assert engine.ask(queries.add_working_days, FRIDAY_EARLY, 1) == MONDAY_END - timedelta(hours=2)
    assert engine.ask(queries.end_of_day, date(2026, 7, 10)).hour == 4
    with pytest.raises(Conflict):
        engine.execute(week, by=agency)
    changed = replace(week, closes=time(15, 0), replaces=week.first_day)
    engine.execute(changed, by=agency)
    assert engine.ask(queries.add_working_days, FRIDAY_EARLY, 1) == MONDAY_END - timedelta(hours=1)
    for wrong in (
        {"last_day": date(2026, 7, 5)},
        {"closes": time(6, 0)},
        {"name": " "},
    ):
        with pytest.raises(InvalidForm):
            engine.execute(replace(changed, **wrong), by=agency)
    engine.execute(RemoveSeason(first_day=week.first_day, reason="Selesai"), by=agency)
    assert engine.ask(queries.add_working_days, FRIDAY_EARLY, 1) == MONDAY_END


def test_a_ramadan_that_was_removed_stays_removed(engine: Engine) -> None:
    agency = Actor(person_id=CAST["HRC"], channel=Channel.WEB)
    seed = SeedHolidays(years=range(2026, 2029))
    engine.execute(seed)
    assert [each.estimated for each in engine.ask(queries.seasons, 2028)] == [True]
    removed = engine.ask(queries.seasons, 2028)[0].first_day
    engine.execute(RemoveSeason(first_day=removed, reason="Jam biasa tahun ini"), by=agency)
    engine.execute(seed)  # as every `alur db upgrade` does
    assert engine.ask(queries.seasons, 2028) == ()
    assert len(engine.ask(queries.seasons, 2027)) == 1


@pytest.mark.parametrize("code", ["EMP", "RTR", "HRO", "AUD", "ADM"])
def test_nobody_else_changes_the_calendar(engine: Engine, code: str) -> None:
    stranger = Actor(person_id=CAST[code], channel=Channel.WEB)
    ramadan = fasting_months([2029])[0]
    for act in (
        AddHoliday(day=date(2026, 7, 6), name="Libur", reason="-"),
        SetSeason(**ramadan, reason="-"),
        SetUnitZone(path="/01/", zone="Asia/Jayapura", reason="-"),
    ):
        with pytest.raises(NotAllowed):
            engine.execute(act, by=stranger)
