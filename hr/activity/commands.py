"""Writing an activity down, mending it, reviewing many at once, telling who has filed nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from engine import Command, Context, Noted, RowChanged, StreamKind
from engine.errors import InvalidForm, InvalidState, NotAllowed, NotFound, Problem
from engine.ports import Recurring
from hr.activity import queries, rules, store
from hr.activity.rules import Draft, Photo
from hr.calendar import queries as calendar
from hr.calendar.rules import city_zone, is_working_day, local_day
from hr.directory.queries import superiors
from hr.notices.commands import Tell
from hr.planning.queries import plan_on
from hr.records.queries import on_leave
from hr.statements import Row

PROCESS = "daily_activity"
REMIND_SILENT, TELL_RATERS = "remind_silent", "tell_raters"
DAILY = Recurring("remind_silent", REMIND_SILENT, "workday 16:00")
WEEKLY = Recurring("tell_raters", TELL_RATERS, "weekly fri 16:30")
DECISIONS = {"APPROVE": rules.APPROVED, "RETURN": rules.RETURNED, "REJECT": rules.REJECTED}
SHORTEST_NOTE = 10
UNREVIEWED_AFTER = 3  # working days
_NOON = time(12)


@dataclass(frozen=True, kw_only=True)
class LogActivity(Command[int]):
    """Write down what the actor did; the same request key writes it once.  Gives the entry."""

    draft: Draft
    request_key: str

    def execute(self, ctx: Context) -> int:
        me = _me(ctx)
        _lock_open(ctx, me, self.draft.day)
        known = store.of_key(ctx.connection, me, self.request_key)
        if known is not None:
            return known
        _refuse(ctx, me, self.draft, None)
        row = {
            **_values(ctx, self.draft),
            "person_id": me,
            "filed_at": ctx.now,
            "request_key": self.request_key,
        }
        number = store.add_entry(ctx.connection, row)
        _keep_photos(ctx, me, number, self.draft)
        _record(ctx, me, number, None, _shown(row, self.draft.photos))
        return number


@dataclass(frozen=True, kw_only=True)
class RepeatActivity(Command[int]):
    """Write an own entry down again on another day, at its time or after what is there."""

    entry_id: int
    day: date
    request_key: str

    def execute(self, ctx: Context) -> int:
        me = _me(ctx)
        old = _own(ctx, me, self.entry_id)
        known = queries.month(ctx.connection, me, self.day).entries
        others = [one for one in known if one.day == self.day]
        starts, ends = rules.free_slot(others, old["starts"], old["ends"])
        plan = plan_on(ctx.connection, me, self.day)
        rows = () if plan is None else {row.id for row in plan.rows}
        draft = Draft(
            day=self.day,
            starts=starts,
            ends=ends,
            text=old["text"],
            row_id=old["row_id"] if old["row_id"] in rows else None,
            quantity=old["quantity"],
            measure=old["measure"],
            place=old["place"],
        )
        return ctx.run(LogActivity(draft=draft, request_key=self.request_key))


@dataclass(frozen=True, kw_only=True)
class MendActivity(Command[None]):
    """Change an own entry that is not approved or rejected; a returned one waits for review anew.

    A returned entry may be mended for two working days.
    """

    entry_id: int
    draft: Draft

    def execute(self, ctx: Context) -> None:
        me = _me(ctx)
        old = _own(ctx, me, self.entry_id)
        for day in sorted({old["day"], self.draft.day}):
            _lock_open(ctx, me, day)
        (old,) = store.by_ids(ctx.connection, [self.entry_id], lock=True)
        if old["state"] not in (rules.FILED, rules.RETURNED):
            raise InvalidState(f"Expected an entry still to be mended, but it is {old['state']}.")
        if old["state"] == rules.RETURNED and _is_over(ctx, old["reviewed_at"]):
            raise InvalidState("Expected a returned entry within two working days, but it is late.")
        _refuse(ctx, me, self.draft, self.entry_id)
        new = _values(ctx, self.draft)
        before = queries.photos(ctx.connection, [self.entry_id]).get(self.entry_id, ())
        store.set_entries(ctx.connection, [self.entry_id], new)
        _keep_photos(ctx, me, self.entry_id, self.draft)
        shown = _shown(new, self.draft.photos)
        _record(ctx, me, self.entry_id, _shown(old, before), shown)


@dataclass(frozen=True, kw_only=True)
class ReviewActivities(Command[frozenset[int]]):
    """Approve, return or reject entries of the actor's own people at once; gives which it did.

    What was reviewed meanwhile is passed over.  A note is needed but for approval.  Each entry has
    its own event in the history of whose it is.
    """

    entry_ids: Sequence[int]
    decision: str
    note: str = ""

    def execute(self, ctx: Context) -> frozenset[int]:
        me = _me(ctx)
        if self.decision not in DECISIONS:
            raise InvalidForm(
                [Problem("decision", "unknown", "Expected a decision, but got none.")]
            )
        if self.decision != "APPROVE" and len(self.note.strip()) < SHORTEST_NOTE:
            raise InvalidForm(
                [Problem("note", "too_short", "Expected a note, but it is too short.", "10")]
            )
        found = store.by_ids(ctx.connection, sorted(set(self.entry_ids)), lock=True)
        if len(found) < len(set(self.entry_ids)):
            raise NotFound("Expected entries, but some are not there.")
        above = superiors(ctx.connection, {row["person_id"] for row in found}, ctx.now)
        if any(above.get(row["person_id"]) != me for row in found):
            raise NotAllowed("Expected the entries of your own people, but some are not.")
        fresh = [row for row in found if row["state"] == rules.FILED]
        if fresh:
            self._write(ctx, me, fresh)
        return frozenset(row["id"] for row in fresh)

    def _write(self, ctx: Context, me: int, fresh: Sequence[Row]) -> None:
        state, note = DECISIONS[self.decision], self.note.strip()
        values = {"state": state, "note": note, "reviewed_at": ctx.now, "reviewed_by": me}
        store.set_entries(ctx.connection, [row["id"] for row in fresh], values)
        for row in sorted(fresh, key=lambda row: (row["person_id"], row["id"])):
            about = {"decision": self.decision, "entry": row["id"], "note": note}
            stream = (StreamKind.PERSON, str(row["person_id"]))
            ctx.record(Noted(what="ACTIVITY_REVIEWED", about=about), stream)


@dataclass(frozen=True, kw_only=True)
class RemindSilent(Command[int]):
    """On a working day, tell everybody who has an open month and wrote nothing down today."""

    def execute(self, ctx: Context) -> int:
        _platform(ctx)
        today = local_day(ctx.now)
        if not is_working_day(today, calendar.closed_days(ctx.connection, today, today)):
            return 0
        found = store.silent(ctx.connection, today.replace(day=1), today, today)
        away = on_leave(ctx.connection, found, ctx.now) if found else frozenset()
        values = {"day": today.isoformat()}
        told = [(one, "nothing_filed", values) for one in found if one not in away]
        ctx.run(Tell(process_key=PROCESS, told=told))
        return len(told)


@dataclass(frozen=True, kw_only=True)
class TellRaters(Command[int]):
    """Tell raters whose people filed nothing this week, and their superiors what waits too long."""

    def execute(self, ctx: Context) -> int:
        _platform(ctx)
        today = local_day(ctx.now)
        monday = max(today - timedelta(days=today.weekday()), today.replace(day=1))
        silent = store.silent(ctx.connection, today.replace(day=1), monday, today)
        before = calendar.add_working_days(ctx.connection, ctx.now, -UNREVIEWED_AFTER)
        backlog = store.backlog(ctx.connection, before)
        above = superiors(ctx.connection, {*silent, *backlog}, ctx.now)
        quiet = Counter(above[one] for one in silent if one in above)
        late: Counter[int] = Counter()
        for one, count in backlog.items():
            if one in above:
                late[above[one]] += count
        higher = superiors(ctx.connection, set(late), ctx.now)
        told: list[tuple[int, str, dict[str, Any]]] = [
            (rater, "team_filed_nothing", {"people": people}) for rater, people in quiet.items()
        ]
        told += [
            (higher[rater], "review_is_late", {"entries": count})
            for rater, count in late.items()
            if rater in higher
        ]
        ctx.run(Tell(process_key=PROCESS, told=told))
        return len(told)


def _platform(ctx: Context) -> None:
    if not ctx.actor.is_platform:
        raise NotAllowed("Expected the platform itself, but a person asked.")


def _me(ctx: Context) -> int:
    if ctx.actor.person_id is None:
        raise NotAllowed("Expected somebody logged in, but nobody is.")
    return ctx.actor.person_id


def _own(ctx: Context, me: int, entry_id: int) -> Row:
    found = store.by_ids(ctx.connection, [entry_id])
    if not found or found[0]["person_id"] != me:
        raise NotFound(f"Expected an own entry {entry_id}, but there is none.")
    return found[0]


def _lock_open(ctx: Context, person_id: int, day: date) -> None:
    month = store.lock_month(ctx.connection, person_id, day.replace(day=1))
    if month["closed_at"] is not None:
        raise InvalidState(f"Expected an open month, but {day:%Y-%m} is closed.")


def _is_over(ctx: Context, since: datetime) -> bool:
    return ctx.now > calendar.add_working_days(ctx.connection, since, rules.DAYS_IN_TIME)


def _last_day_in_time(ctx: Context, day: date) -> date:
    noon = datetime.combine(day, _NOON, city_zone()).astimezone(UTC)
    return local_day(calendar.add_working_days(ctx.connection, noon, rules.DAYS_IN_TIME))


def _refuse(ctx: Context, me: int, draft: Draft, but: int | None) -> None:
    noon = datetime.combine(draft.day, _NOON, city_zone())
    plan = plan_on(ctx.connection, me, draft.day)
    others = queries.month(ctx.connection, me, draft.day).entries
    found = rules.problems(
        draft,
        [one for one in others if one.day == draft.day and one.id != but],
        today=local_day(ctx.now),
        last_day_in_time=_last_day_in_time(ctx, draft.day),
        on_leave=me in on_leave(ctx.connection, [me], noon),
        rows=frozenset() if plan is None else {row.id for row in plan.rows},
    )
    if found:
        raise InvalidForm(found)


def _values(ctx: Context, draft: Draft) -> dict[str, Any]:
    late = rules.is_late(draft.day, local_day(ctx.now), _last_day_in_time(ctx, draft.day))
    return {
        "day": draft.day,
        "starts": draft.starts,
        "ends": draft.ends,
        "row_id": draft.row_id,
        "text": draft.text.strip(),
        "digest": rules.digest(draft.text),
        "quantity": draft.quantity,
        "measure": draft.measure,
        "place": draft.place,
        "late_reason": draft.late_reason.strip() if late else "",
        "overtime_order": draft.overtime_order.strip(),
        "state": rules.FILED,
        "note": "",
        "changed_at": ctx.now,
        "reviewed_at": None,
        "reviewed_by": None,
    }


def _keep_photos(ctx: Context, me: int, number: int, draft: Draft) -> None:
    """Let an entry have the draft's photos.

    A file is kept before the commit: one kept for an entry that failed is waste, one swept is lost.
    """
    new = list({one.sha256: one for one in draft.photos}.values())
    if ctx.ports.files is not None:
        for one in new:
            ctx.ports.files.keep(one.sha256)
    whose = {"entry_id": number, "person_id": me, "day": draft.day}
    store.set_photos(ctx.connection, number, [{**whose, **asdict(one)} for one in new])


def _shown(row: Row, photos: Sequence[Photo] = ()) -> dict[str, Any]:
    """Give what the history keeps of an entry; of a photo its digest, where there is one."""
    kept = ("starts", "ends", "row_id", "text", "quantity", "late_reason", "state", "note")
    shown = {"day": row["day"].isoformat(), **{name: row[name] for name in kept}}
    return shown | ({"photos": [one.sha256 for one in photos]} if photos else {})


def _record(ctx: Context, me: int, number: int, old: Any, new: Any) -> None:
    event = RowChanged(noun="activity", key=str(number), old=old, new=new)
    ctx.record(event, (StreamKind.PERSON, str(me)))
