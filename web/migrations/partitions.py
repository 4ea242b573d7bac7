"""Monthly partitions of the history on PostgreSQL, and the DEFAULT one that must stay empty."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import Connection, text

from web.migrations.guards import partitions_of

TABLE = "history"
REST = "history_rest"
MONTHS_AHEAD = 24
_COUNT = f"SELECT count(*) FROM {REST}"  # noqa: S608
_STRAY_MONTHS = f"SELECT DISTINCT date_trunc('month', at AT TIME ZONE 'UTC')::date FROM {REST}"  # noqa: S608


def ensure_partitions(connection: Connection, oldest: date, newest: date) -> None:
    """Make the DEFAULT partition and one for each month of the span, where missing."""
    if connection.dialect.name != "postgresql":
        return
    present = set(partitions_of(connection, TABLE))
    if REST not in present:
        connection.execute(text(f"CREATE TABLE {REST} PARTITION OF {TABLE} DEFAULT"))
    for month in _months(oldest, newest):
        if _name(month) not in present:
            connection.execute(text(_create(month)))


def stray_rows(connection: Connection) -> int:
    """Count the events in the DEFAULT partition: moments for which nobody made a month."""
    if connection.dialect.name != "postgresql" or REST not in partitions_of(connection, TABLE):
        return 0
    return int(connection.execute(text(_COUNT)).scalar_one())


def rehome(connection: Connection) -> int:
    """Move stray events into months of their own, and say how many; for the owner login alone.

    No event is rewritten and no guard is lifted: the old DEFAULT partition is taken out, its rows
    are inserted again through the parent, and the emptied table is dropped.
    """
    count = stray_rows(connection)
    if not count:
        return 0
    months = connection.execute(text(_STRAY_MONTHS)).scalars()
    connection.execute(text(f"ALTER TABLE {TABLE} DETACH PARTITION {REST}"))
    connection.execute(text(f"ALTER TABLE {REST} RENAME TO {REST}_old"))
    connection.execute(text(f"CREATE TABLE {REST} PARTITION OF {TABLE} DEFAULT"))
    present = set(partitions_of(connection, TABLE))
    for month in months:
        if _name(month) not in present:
            connection.execute(text(_create(month)))
    connection.execute(text(f"INSERT INTO {TABLE} SELECT * FROM {REST}_old"))  # noqa: S608
    connection.execute(text(f"DROP TABLE {REST}_old"))
    return count


def window(connection: Connection, now: datetime) -> tuple[date, date]:
    """Give the months that should exist: from the oldest event to 24 months ahead."""
    oldest = connection.execute(text(f"SELECT min(at) FROM {TABLE}")).scalar()  # noqa: S608
    first = min(oldest, now) if isinstance(oldest, datetime) else now
    return _first_day(first.astimezone(UTC)), _later(_first_day(now), MONTHS_AHEAD)


def _months(oldest: date, newest: date) -> list[date]:
    months, month = [], oldest.replace(day=1)
    while month <= newest:
        months.append(month)
        month = _later(month, 1)
    return months


def _create(month: date) -> str:
    # The bounds are dates in UTC, whatever the zone of the session is.
    return (
        f"CREATE TABLE {_name(month)} PARTITION OF {TABLE}"
        f" FOR VALUES FROM ('{month} 00:00+00') TO ('{_later(month, 1)} 00:00+00')"
    )


def _name(month: date) -> str:
    return f"{TABLE}_{month:%Y_%m}"


def _first_day(moment: datetime) -> date:
    return moment.date().replace(day=1)


def _later(month: date, count: int) -> date:
    years, index = divmod(month.month - 1 + count, 12)
    return date(month.year + years, index + 1, 1)
