"""Verbs of the training referral: needs, courses, seats, budget.  Reading ones first."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from engine.errors import ServiceTaskFailed
from engine.ports import Call
from hr.calendar.rules import local_day
from hr.development import queries, rules, store
from hr.development.queries import CourseView, ReferralView, SessionView
from hr.development.rules import Need
from hr.development.tables import Course, CourseSession
from hr.directory import queries as directory
from hr.evaluation.rules import number
from hr.followup import store as followup_store
from hr.process_bindings.arguments import about, contexts
from hr.statements import Row, add_one

SEAT, WAITING, NONE = "SEAT", "WAITING", "NONE"


def training_facts(call: Call) -> dict[str, Any]:
    """Give the inputs of DT14 for the subject."""
    person = about(call)
    found = queries.facts(call.connection, person, call.scope_path, call.period, call.now)
    return {f.name: getattr(found, f.name) for f in fields(found) if f.name != "topics"}


def suggested_course(call: Call, competence: Any, level: Any) -> dict[str, Any] | None:
    """Give the nearest course above a level with its next session that has a free seat."""
    offered = _offered(call, competence, level)
    if not offered:
        return None
    by_seat = [(c, s) for c in offered for s in c.sessions if s.left]
    course, session = by_seat[0] if by_seat else (offered[0], None)
    return _course(course) | _session(session)


def session_options(call: Call, competence: Any, level: Any) -> list[dict[str, str]]:
    """List the coming sessions of the courses in a competence, as options."""
    return [
        {"value": str(session.id), "label": _session_words(course, session)}
        for course in _offered(call, competence, level)
        for session in course.sessions
    ]


def course_options(call: Call, competence: Any) -> list[dict[str, str]]:
    """List the courses in a competence, as options."""
    offered = _offered(call, competence, 0)
    return [
        {"value": str(course.id), "label": f"{course.title} ({course.learning_hours} JP)"}
        for course in offered
    ]


def training_budget(call: Call) -> dict[str, Any]:
    """Give the budget that pays the referral: of the year of its session, else of this year."""
    found = _referral(call)
    seat = store.seat_of(call.connection, found.id) if found else None
    year = seat["starts_on"].year if seat else local_day(call.now).year
    view = queries.budget(call.connection, year)
    return {"year": year, "amount": view.amount, "booked": view.booked, "left": view.left}


def training_score(call: Call, cost: Any) -> Decimal | None:
    """Weigh the case's referral: priority x gap x reach / cost."""
    found = _referral(call)
    if found is None:
        return None
    office = directory.ancestors(call.scope_path)[-1:]
    reach = queries.reach(call.connection, "".join(office), found.competence, call.now)
    gap = found.level_needed - found.level_now
    return rules.score(found.priority, gap, reach, number(cost) or Decimal(0))


def merge_needs(call: Call, signals: Any, followup: Any = None) -> dict[str, Any]:
    """Merge DT14's signals per competence; open a referral for the most pressing new need.

    A need that has an open referral is added to it; further new needs become follow-ups.
    """
    person = about(call)
    store.lock_person(call.connection, person)
    known = _referral(call)
    facts = queries.facts(call.connection, person, call.scope_path, call.period, call.now)
    needs = rules.merge(contexts(signals), facts.topics)
    standing = {
        referral.competence: referral
        for referral in queries.standing_of(call.connection, person, call.now)
    }
    for need in needs:
        if need.competence in standing and known is None:
            _add_sources(call, standing[need.competence], need)
    new = [need for need in needs if need.competence not in standing]
    if known is not None:  # called again for the same case
        chosen = next((need for need in needs if need.competence == known.competence), None)
    else:
        chosen = new[0] if new else None
    if chosen is None:
        return {"found": False, "merged": [need.competence for need in needs]}
    if known is None:
        _open(call, person, chosen, number(followup))
        for need in new[1:]:
            _ask_for(call, person, need, number(followup))
    return {
        **_need(call, chosen, [need.competence for need in new if need is not chosen]),
        "referral": _referral_row(call)["id"],
    }


def take_seat(call: Call, course: Any = None, session: Any = None) -> dict[str, Any]:
    """Give the referral a seat, or a place in the queue; repeated, what it has."""
    row = _open_row(call)
    held = store.seat_of(call.connection, row["id"])
    if held is None:
        wanted = _wanted(call, number(course), number(session))
        if wanted is None:
            return {"kind": NONE}
        course_id, sessions = wanted
        for each in sessions:
            if store.give_seat(call.connection, each, row, call.now) is not None:
                break
        else:
            place = store.wait(call.connection, course_id, row, call.now)
            return {"kind": WAITING, "queue": place, **_course_of(call, course_id)}
        held = store.seat_of(call.connection, row["id"])
        assert held is not None
    return _seated(call, held)


def plan_course(
    call: Call,
    title: Any,
    modality: Any,
    learning_hours: Any,
    cost: Any,
    starts_on: Any,
    place: Any,
    seats: Any,
) -> dict[str, Any]:
    """Put a new course with one session into the catalogue, and give the referral a seat in it."""
    row = _open_row(call)
    held = store.seat_of(call.connection, row["id"])
    if held is None:
        course = {
            "code": f"REN-{call.instance_id}",
            "title": str(title),
            "competence": row["competence"],
            "level": row["level_needed"],
            "modality": str(modality),
            "learning_hours": int(number(learning_hours) or 0),
            "cost": number(cost) or Decimal(0),
        }
        _check_course(course)
        day = starts_on if isinstance(starts_on, date) else date.fromisoformat(str(starts_on))
        session = {
            "course_id": add_one(call.connection, Course, course),
            "starts_on": day,
            "ends_on": day,
            "place": str(place),
            "seats": int(number(seats) or 1),
        }
        session_id = add_one(call.connection, CourseSession, session)
        store.give_seat(call.connection, session_id, row, call.now)
        held = store.seat_of(call.connection, row["id"])
        assert held is not None
    return _seated(call, held)


def set_referral(call: Call) -> dict[str, Any]:
    """Set the referral and book its cost and learning hours, if the year's budget has room."""
    row = _referral_row(call)
    held = store.seat_of(call.connection, row["id"])
    if held is None:
        raise ServiceTaskFailed("Expected a referral with a seat, but it has none.")
    course = _course_row(call, held["course_id"])
    year = held["starts_on"].year
    amount = store.budget(call.connection, year, lock=True) or Decimal(0)
    left = amount - store.booked(call.connection, year)
    if row["state"] == rules.SET:
        return {"booked": True, "left": left}
    if course["cost"] > left:
        return {"booked": False, "left": left}
    store.change_referral(
        call.connection,
        row["id"],
        state=rules.SET,
        open_key=None,
        course_id=course["id"],
        year=year,
        learning_hours=course["learning_hours"],
        cost=course["cost"],
        closed_at=call.now,
    )
    return {"booked": True, "left": left - course["cost"]}


def close_referral(call: Call, state: Any, reason: Any = "") -> dict[str, Any]:
    """End the referral without training; its seat goes to the next in the queue, who is named."""
    if state not in (rules.REJECTED, rules.POSTPONED):
        raise ServiceTaskFailed(f"Expected REJECTED or POSTPONED, but got {state!r}.")
    row = _referral_row(call)
    held = store.seat_of(call.connection, row["id"])
    store.drop_seat(call.connection, row["id"])
    store.change_referral(
        call.connection,
        row["id"],
        state=state,
        open_key=None,
        reason=str(reason or ""),
        closed_at=call.now,
    )
    following = store.pass_on(call.connection, held["id"], call.now) if held else None
    return {
        "state": state,
        "next": f"referral/{following or 0}",
        "session": held["id"] if held else None,
    }


# ---- what they share


def _referral(call: Call) -> ReferralView | None:
    return queries.referral_of_case(call.connection, call.instance_id)


def _referral_row(call: Call) -> Row:
    row = store.referral_of_case(call.connection, call.instance_id)
    if row is None:
        raise ServiceTaskFailed("Expected a case with a referral, but no need was merged yet.")
    return row


def _open_row(call: Call) -> Row:
    row = _referral_row(call)
    if row["state"] != rules.OPEN:
        raise ServiceTaskFailed(f"Expected an open referral, but it is {row['state']}.")
    return row


def _open(call: Call, person: int, need: Need, followup: Decimal | None) -> None:
    store.add_referral(
        call.connection,
        {
            "person_id": person,
            "scope_path": call.scope_path,
            "period": call.period,
            "competence": need.competence,
            "state": rules.OPEN,
            "open_key": f"{person}/{need.competence}",
            "sources": ",".join(need.sources),
            "priority": need.priority,
            "mandatory": need.mandatory,
            "level_now": need.level_now,
            "level_needed": need.level_needed,
            "followup_id": None if followup is None else int(followup),
            "instance_id": call.instance_id,
            "opened_at": call.now,
        },
    )


def _add_sources(call: Call, referral: ReferralView, need: Need) -> None:
    both = dict.fromkeys((*referral.sources, *need.sources))
    if referral.state == rules.OPEN and tuple(both) != referral.sources:
        store.change_referral(call.connection, referral.id, sources=",".join(both))


def _ask_for(call: Call, person: int, need: Need, followup: Decimal | None) -> None:
    origin = followup_store.get(call.connection, int(followup)) if followup is not None else None
    names = queries.competence_names(call.connection, [need.competence])
    row = {
        "kind": "REFERRAL",
        "subject_id": person,
        "scope_path": call.scope_path,
        "period": call.period,
        "source_id": call.instance_id,
        "source_no": call.case_no or (origin["source_no"] if origin else ""),
        "detail": f"{names.get(need.competence, need.competence)} ({', '.join(need.sources)})",
        "dedup_key": f"REFERRAL/{person}/{need.competence}/{local_day(call.now).year}",
        "opened_at": call.now,
    }
    followup_store.open_one(call.connection, row)


def _need(call: Call, need: Need, further: list[str]) -> dict[str, Any]:
    names = queries.competence_names(call.connection, [need.competence, *further])
    return {
        "found": True,
        "competence": need.competence,
        "name": names.get(need.competence, need.competence),
        "sources": list(need.sources),
        "priority": need.priority,
        "mandatory": need.mandatory,
        "level_now": need.level_now,
        "level_needed": need.level_needed,
        "further": [names.get(code, code) for code in further],
    }


def _offered(call: Call, competence: Any, level: Any) -> tuple[CourseView, ...]:
    above = int(number(level) or 0)
    return queries.courses(call.connection, call.now, competence=str(competence), above=above)


def _wanted(
    call: Call, course: Decimal | None, session: Decimal | None
) -> tuple[int, list[int]] | None:
    """Give the course that is wanted and the sessions to try; None where no course exists."""
    if session is not None:
        course_id = store.course_of(call.connection, int(session))
        if course_id is None:
            raise ServiceTaskFailed(f"Expected a session {session}, but there is none.")
        store.course(call.connection, course_id, lock=True)
        return course_id, [int(session)]
    if course is None:
        return None
    store.course(call.connection, int(course), lock=True)
    coming = store.sessions(call.connection, [int(course)], local_day(call.now))
    return int(course), [row["id"] for row in coming]


def _course_row(call: Call, course_id: int) -> Row:
    row = store.course(call.connection, course_id)
    if row is None:
        raise ServiceTaskFailed(f"Expected a course {course_id}, but there is none.")
    return row


def _course_of(call: Call, course_id: int) -> dict[str, Any]:
    row = _course_row(call, course_id)
    return {
        "course": row["id"],
        "title": row["title"],
        "learning_hours": row["learning_hours"],
        "cost": row["cost"],
    }


def _seated(call: Call, held: Row) -> dict[str, Any]:
    return {
        "kind": SEAT,
        **_course_of(call, held["course_id"]),
        "session": held["id"],
        "seat": held["number"],
        "starts_on": held["starts_on"],
        "place": held["place"],
    }


def _course(course: CourseView) -> dict[str, Any]:
    return {
        "course": course.id,
        "title": course.title,
        "learning_hours": course.learning_hours,
        "cost": course.cost,
    }


def _session(session: SessionView | None) -> dict[str, Any]:
    return {
        "session": session.id if session else None,
        "starts_on": session.starts_on if session else None,
        "place": session.place if session else None,
        "left": session.left if session else 0,
    }


def _session_words(course: CourseView, session: SessionView) -> str:
    seats = f"{session.left} kursi" if session.left else "penuh: daftar tunggu"
    return f"{session.starts_on:%d-%m-%Y} · {course.title} · {session.place} · {seats}"


def _check_course(course: Row) -> None:
    if course["modality"] not in rules.MODALITIES:
        raise ServiceTaskFailed(f"Expected a known modality, but got {course['modality']!r}.")
    if not 1 <= course["learning_hours"] <= rules.MOST_HOURS or course["cost"] < 0:
        raise ServiceTaskFailed("Expected 1 to 300 learning hours and a cost, but got others.")
