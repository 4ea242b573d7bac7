"""Working-day arithmetic, pure: holidays come in as a set of days, moments as aware datetimes.

A working day ends at 16:00 on every day of the week, Ramadan and Fridays included: one hour that
everybody can remember beats four that are right to the half-hour (Perpres 21/2023 gives 16:00 for
a standard day of 450 minutes plus break from 07:30).  Moments come back as UTC.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Jakarta")
END_OF_DAY = time(16, 0)
MOST_DAYS = 2_000
_SATURDAY = 5


def local_day(at: datetime, zone: ZoneInfo = ZONE) -> date:
    """Give the calendar day of a moment where the city is."""
    if at.tzinfo is None:
        raise ValueError(f"Expected a moment with its zone, but {at!r} has none.")
    return at.astimezone(zone).date()


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


def end_of_day(day: date, zone: ZoneInfo = ZONE) -> datetime:
    """Give the moment a working day ends, as UTC."""
    return datetime.combine(day, END_OF_DAY, zone).astimezone(UTC)


def add_working_days(
    start: datetime, days: int, holidays: Collection[date], zone: ZoneInfo = ZONE
) -> datetime:
    """Give the end of the `days`-th working day after `start`'s day: the day itself is not counted.

    What comes in on Friday at 16:30 is counted from Monday, as is what came at 08:00 (DT16).
    """
    return end_of_day(working_day_after(local_day(start, zone), days, holidays), zone)


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
