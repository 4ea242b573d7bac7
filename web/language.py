"""The language of a page and how its dates are written.  The words: templates, translations."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import flask_babel
from flask import Flask, current_app, g, has_request_context, request
from flask_login import current_user

from hr.calendar.rules import ZONES

LANGUAGES = ("id", "en")
COOKIE = "alur_language"
_TRANSLATIONS = Path(__file__).parent / "translations"


def install(app: Flask, *, time_zone: ZoneInfo, default: str) -> None:
    """Set up translations, the choice of language and the filters for dates."""
    app.config["BABEL_DEFAULT_LOCALE"] = default
    app.config["BABEL_DEFAULT_TIMEZONE"] = time_zone.key
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(_TRANSLATIONS)
    flask_babel.Babel(app, locale_selector=language, timezone_selector=lambda: zone().key)
    app.add_template_filter(day)
    app.add_template_filter(month)
    app.add_template_filter(day_only)
    app.add_template_filter(moment)
    app.add_template_filter(moment_with_zone)
    app.add_template_filter(due_words)
    app.add_template_filter(due_hour)
    app.add_template_global(city_zone_name)


def language() -> str:
    """Choose between what this browser last chose, what the person set, and the city's own."""
    if request.path.startswith("/api/"):  # a program says it, or gets what its person set
        return request.accept_languages.best_match(LANGUAGES) or _known(_of_session())
    chosen = request.cookies.get(COOKIE, "") or _of_session()
    return _known(chosen)


def _known(chosen: str) -> str:
    return chosen if chosen in LANGUAGES else str(current_app.config["BABEL_DEFAULT_LOCALE"])


def _of_session() -> str:
    if g.get("broken"):
        return ""
    return str(getattr(current_user, "language", ""))


def other_language() -> str:
    """Give the language that the switch leads to."""
    return LANGUAGES[1 - LANGUAGES.index(language())]


def gettext(words: str, **values: object) -> str:
    """Say words of ours, written in Indonesian, in the language of the page."""
    return str(flask_babel.gettext(words, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Say words of ours about a number of things."""
    return str(flask_babel.ngettext(one, many, num, **values))


def day(at: datetime | None) -> str:
    """Write a day in the zone of the page: 3 Juli 2026."""
    return _written(at, "d MMMM y") if at else ""


def day_only(on: date) -> str:
    """Write a day that has no time: 3 Juli 2026."""
    return str(flask_babel.format_date(on, "d MMMM y"))


def month(first: date) -> str:
    """Write a month: September 2026."""
    return str(flask_babel.format_date(first, "MMMM y"))


def moment(at: datetime | None) -> str:
    """Write a moment in the zone of the page: 3 Juli 2026 09.14."""
    return f"{day(at)} {clock(at)}" if at else ""


def clock(at: datetime) -> str:
    """Write a time in the zone of the page; the Indonesian way is with a dot: 09.14."""
    return _written(at, "HH.mm" if language() == "id" else "HH:mm")


def moment_with_zone(at: datetime | None) -> str:
    """Write a moment that must not be missed, with its zone: 3 Juli 2026 09.14 WIB."""
    return f"{moment(at)} {zone_name()}" if at else ""


def zone() -> ZoneInfo:
    """Give the time zone of the person at the page: of his unit, else the city's."""
    if not has_request_context() or g.get("broken"):
        return _city_zone()
    if "zone" not in g:
        named = getattr(current_user, "time_zone", None)
        g.zone = ZoneInfo(named) if named else _city_zone()
    return cast(ZoneInfo, g.zone)


def zone_name() -> str:
    """Give the name by which people call the zone of this page: WIB, WITA, WIT."""
    return ZONES.get(zone().key, zone().key)


def city_zone_name() -> str:
    """Give the name of the city's zone, by which forms are read whoever fills them in."""
    return ZONES.get(_city_zone().key, _city_zone().key)


def _city_zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])


def _written(at: datetime, pattern: str) -> str:
    return str(flask_babel.format_datetime(at, pattern))


def due_words(due_at: datetime | None, now: datetime) -> str:
    """Say in words how a due date lies to now, by calendar days of the page's zone."""
    if due_at is None:
        return gettext("Tanpa tenggat")
    here = zone()
    days = (due_at.astimezone(here).date() - now.astimezone(here).date()).days
    if due_at < now and days < 0:
        return ngettext("Terlambat %(num)d hari", "Terlambat %(num)d hari", -days)
    if due_at < now:
        return gettext("Terlambat sejak hari ini")
    if days == 0:
        return gettext("Tenggat hari ini")
    if days == 1:
        return gettext("Tenggat besok")
    return gettext("Tenggat %(day)s", day=day(due_at))


def due_hour(due_at: datetime, now: datetime) -> str:
    """Say of a due date what `due_words` leaves out: the hour with its zone, and the day."""
    hour = f"{clock(due_at)} {zone_name()}"
    if day(due_at) in due_words(due_at, now):
        return gettext("pukul %(hour)s", hour=hour)
    if due_at < now:
        return gettext("sejak %(at)s", at=f"{day(due_at)} {hour}")
    return f"{day(due_at)} {hour}"


def span_words(span: timedelta) -> str:
    """Say how long something took: 3 hari 5 jam, 5 jam, 20 menit."""
    minutes = int(span.total_seconds() // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        said = ngettext("%(num)d hari", "%(num)d hari", days)
        return f"{said} {ngettext('%(num)d jam', '%(num)d jam', hours)}" if hours else said
    if hours:
        return ngettext("%(num)d jam", "%(num)d jam", hours)
    return ngettext("%(num)d menit", "%(num)d menit", minutes)


def due_kind(due_at: datetime | None, now: datetime) -> str:
    """Sort a due date into late, soon (within two days), or later."""
    if due_at is None:
        return "later"
    if due_at < now:
        return "late"
    return "soon" if (due_at - now).days < 2 else "later"
