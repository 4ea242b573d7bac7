"""What `alur db upgrade` does; what goes beyond the schema is a command, and so in the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import URL
from sqlalchemy import Engine as Database

from engine import Actor, Channel, Command, Context, Engine, Noted, StreamKind
from hr.calendar.commands import AddHoliday, SetSeason
from hr.calendar.queries import holidays, removed_seasons, seasons
from hr.calendar.seed import fasting_months, national_holidays
from web.bootstrap import throwaway_ports
from web.migrations import schema


@dataclass(frozen=True, kw_only=True)
class SeedHolidays(Command[int]):
    """Fill the calendar of years without a holiday; a year that somebody edited is left alone.

    So is one with a season of its own; any other gets an estimate of Ramadan, unless somebody
    took away what stood on these days.
    """

    years: Sequence[int]

    def execute(self, ctx: Context) -> int:
        bare = [year for year in self.years if not holidays(ctx.connection, year)]
        rows = national_holidays(bare) if bare else []
        for row in rows:
            ctx.run(AddHoliday(**row, reason="seeded"))
        plain = [year for year in self.years if not seasons(ctx.connection, year)]
        for row in fasting_months(plain) if plain else ():
            gone = removed_seasons(ctx.connection, row["first_day"].year)
            if any(first <= row["last_day"] and row["first_day"] <= last for first, last in gone):
                continue
            ctx.run(SetSeason(**row, reason="seeded"))
        return len(rows)


@dataclass(frozen=True, kw_only=True)
class NoteRehoming(Command[None]):
    """Write down that stray events were given a month of their own."""

    events: int

    def execute(self, ctx: Context) -> None:
        stream = (StreamKind.NETWORK, f"upkeep/{ctx.now.date().isoformat()}")
        ctx.record(Noted(what="HISTORY_REHOMED", about={"events": self.events}), stream)


@dataclass(frozen=True)
class Upgraded:
    """What an upgrade did."""

    revision: str
    rehomed: int
    holidays: int


def upgrade(database: Database, *, app: URL, oldest: date | None = None) -> Upgraded:
    """Bring a database up to date: schema, partitions, guards, the app's login, the calendar."""
    now = datetime.now(UTC)
    moved = schema.upgrade(database, now, app=app, oldest=oldest)
    # Nothing is sealed here, so that the owner's machine needs no keys.
    engine = Engine(database, throwaway_ports())
    if moved:
        engine.execute(NoteRehoming(events=moved), by=Actor(channel=Channel.CLI))
    years = range(now.year - 1, now.year + 2)
    seeded = engine.execute(SeedHolidays(years=years), by=Actor(channel=Channel.CLI))
    return Upgraded(schema.head(), moved, seeded)
