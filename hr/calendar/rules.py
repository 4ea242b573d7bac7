"""Working-day arithmetic, pure: holidays come in as a set of days, moments as aware datetimes.

A day's work is done by the hours of its season (Perpres 21/2023): 450 minutes from 07:30 with a
break of 60 minutes end at 16:00, on Fridays with one of 90 at 16:30; in Ramadan 390 minutes from
08:00 with half an hour of break less end at 15:00 and 15:30.  Moments come back as UTC.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Jakarta")
ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
"""The country's zones, by the names that people use."""
_city = [ZONE]
MOST_DAYS = 2_000
_FRIDAY, _SATURDAY = 4, 5


@dataclass(frozen=True)
class Hours:
    """When offices are open on a working day; on Fridays they close at another hour."""

    opens: time
    closes: time
    closes_on_friday: time

    def end_of(self, day: date) -> time:
        """Give the hour at which this day's work is done."""
        return self.closes_on_friday if day.weekday() == _FRIDAY else self.closes


USUAL = Hours(time(7, 30), time(16, 0), time(16, 30))
RAMADAN = Hours(time(8, 0), time(15, 0), time(15, 30))


@dataclass(frozen=True)
class Season:
    """Days, both included, that have hours of their own."""

    first_day: date
    last_day: date
    hours: Hours


def hours_of(day: date, seasons: Collection[Season]) -> Hours:
    """Give a day's hours: those of its season, else the usual ones."""
    found = (each.hours for each in seasons if each.first_day <= day <= each.last_day)
    return next(found, USUAL)


def city_zone() -> ZoneInfo:
    """Give the zone where the city is: that of its days, and of who works nowhere else."""
    return _city[0]


def use_zone(zone: ZoneInfo) -> None:
    """Say where the city is; a process serves one city, and says so once, when it is put together.

    An argument through every rule about days would say the same thing a hundred times.
    """
    _city[0] = zone


def local_day(at: datetime, zone: ZoneInfo | None = None) -> date:
    """Give the calendar day of a moment, where the city is unless another zone is given."""
    if at.tzinfo is None:
        raise ValueError(f"Expected a moment with its zone, but {at!r} has none.")
    return at.astimezone(zone or city_zone()).date()


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Tell whether offices are open: Monday to Friday, no holiday."""
    return day.weekday() < _SATURDAY and day not in holidays


def working_day_after(day: date, days: int, holidays: Collection[date]) -> date:
    """Give the `days`-th working day after `day` (negative: before; 0: that day or the next)."""
    if abs(days) > MOST_DAYS:
        raise ValueError(f"Expected at most {MOST_DAYS} working days, but got {days}.")
    step = timedelta(days=-1 if days < 0 else 1)
    left = abs(days)
    while left:
        day += step
        left -= is_working_day(day, holidays)
    while not is_working_day(day, holidays):
        day += step
    return day


def end_of_day(
    day: date, seasons: Collection[Season] = (), zone: ZoneInfo | None = None
) -> datetime:
    """Give the moment a day's work is done, as UTC."""
    closes = hours_of(day, seasons).end_of(day)
    return datetime.combine(day, closes, zone or city_zone()).astimezone(UTC)


def add_working_days(
    start: datetime,
    days: int,
    holidays: Collection[date],
    seasons: Collection[Season] = (),
    zone: ZoneInfo | None = None,
) -> datetime:
    """Give the end of the `days`-th working day after `start`'s day: the day itself is not counted.

    What comes in on Friday at 16:30 is counted from Monday, as is what came at 08:00 (DT16).
    """
    end = working_day_after(local_day(start, zone), days, holidays)
    return end_of_day(end, seasons, zone)


def working_days_between(first: date, last: date, holidays: Collection[date]) -> int:
    """Count working days from `first` to `last`, both included; 0 when `last` comes before."""
    days = (last - first).days + 1
    return sum(is_working_day(first + timedelta(days=n), holidays) for n in range(max(days, 0)))


def span_to_read(start: date, days: int) -> tuple[date, date]:
    """Bound the days whose holidays can matter for `days` working days from `start`.

    Twice the days plus six weeks covers the longest run of holidays the country has had.
    """
    reach = timedelta(days=2 * min(abs(days), MOST_DAYS) + 42)
    return start - reach, start + reach


def quarter_days(period: str) -> tuple[date, date]:
    """Give first and last day of a period such as `2026Q2`."""
    if len(period) != 6 or period[4] != "Q" or not period[:4].isdigit() or period[5] not in "1234":
        raise ValueError(f"Expected a quarter such as 2026Q2, but got {period!r}.")
    year, quarter = int(period[:4]), int(period[5])
    first = date(year, 3 * quarter - 2, 1)
    after = date(year + quarter // 4, 3 * quarter % 12 + 1, 1)
    return first, after - timedelta(days=1)
