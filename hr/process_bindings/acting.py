"""Verbs of daily activity (P02): open somebody's month, close it, what it added up to."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from engine.errors import ServiceTaskFailed
from engine.ports import Call
from hr.activity import queries, rules, store
from hr.calendar import queries as calendar
from hr.calendar.rules import city_zone
from hr.directory import queries as directory
from hr.process_bindings.arguments import about

CLOSES_AFTER = 2  # working days after the month's last day
_FOUR_PLACES = Decimal("0.0001")


def _first_day(call: Call) -> date | None:
    try:
        return rules.month_of(call.period)[0]
    except ValueError:
        return None


def _month(call: Call) -> tuple[date, date]:
    try:
        return rules.month_of(call.period)
    except ValueError:
        raise ServiceTaskFailed(
            f"Expected a month such as 2026-07 as period, but it is {call.period!r}."
        ) from None


def open_activity_month(call: Call) -> dict[str, Any]:
    """Open the subject's month; give its days, when it closes, and its working days."""
    first, last = _month(call)
    store.lock_month(call.connection, about(call), first)
    store.set_month(call.connection, about(call), first, {"instance_id": call.instance_id})
    evening = datetime.combine(last, time(12), city_zone()).astimezone(UTC)
    closes = calendar.add_working_days(call.connection, evening, CLOSES_AFTER)
    return {
        "first_day": first,
        "last_day": last,
        "closes_at": closes.astimezone(city_zone()),
        "working_days": calendar.working_days_between(call.connection, first, last),
    }


def close_activity_month(call: Call) -> dict[str, Any]:
    """Close the subject's month: accept what nobody reviewed, sum up; the same when repeated."""
    first, last = _month(call)
    subject = about(call)
    known = store.lock_month(call.connection, subject, first)
    if known["closed_at"] is None:
        store.accept_unreviewed(call.connection, subject, first, last)
        found = queries.month(call.connection, subject, first).totals
        values = {
            "minutes": found.minutes,
            "entries": found.entries,
            "days_filed": found.days_filed,
            "days_non_conforming": found.days_non_conforming,
            "unreviewed": found.unreviewed,
            "rater_id": directory.superior(call.connection, subject, call.now),
            "closed_at": call.now,
        }
        store.set_month(call.connection, subject, first, values)
        known = {**known, **values}
    return {
        "minutes": known["minutes"],
        "entries": known["entries"],
        "days_filed": known["days_filed"],
        "days_non_conforming": known["days_non_conforming"],
        "unreviewed": known["unreviewed"],
    }


def activity_totals(call: Call) -> dict[str, Any] | None:
    """Give what the subject's month adds up to so far; None where the period is no month."""
    first = _first_day(call)
    if first is None:
        return None
    found = queries.month(call.connection, about(call), first)
    return {
        "minutes": found.totals.minutes,
        "entries": found.totals.entries,
        "days_filed": found.totals.days_filed,
        "days_non_conforming": found.totals.days_non_conforming,
        "unreviewed": found.totals.unreviewed,
        "copied": sum(each.copied for each in found.entries),
    }


def unreviewed_share(call: Call) -> Decimal | None:
    """Give which share (0-1) of the closed entries of the month the subject left unreviewed."""
    first = _first_day(call)
    if first is None:
        return None
    left, everything = store.reviewed_share(call.connection, about(call), first)
    share = Decimal(left) / Decimal(everything) if everything else Decimal(0)
    return share.quantize(_FOUR_PLACES, ROUND_HALF_UP)
