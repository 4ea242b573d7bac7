"""Service tasks of the rank promotion: facts, what became of it, the decree, the new rank."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from engine.errors import ServiceTaskFailed
from engine.feel.temporal import Date
from engine.ports import Call, Files
from engine.queries.standing import doer
from hr.calendar.rules import local_day
from hr.career import decree, rules
from hr.career import queries as career
from hr.career import store as career_store
from hr.directory import queries as directory
from hr.directory import store as directory_store
from hr.directory.tables import PersonRank
from hr.process_bindings.arguments import about
from hr.process_bindings.writing import notify

_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # nothing that is misread
_OUTCOMES = {
    "NOT_ELIGIBLE": career_store.NOT_ELIGIBLE,
    "REFUSED": career_store.REFUSED,
    "CLOSED": career_store.CLOSED,
}


def open_promotion(call: Call) -> dict[str, Any]:
    """Gather the facts that the tables decide by; a person has one case per month at most."""
    subject, tmt = about(call), _month(call)
    listed = career_store.candidate(call.connection, subject, tmt)
    if listed is not None and listed["instance_id"] not in (None, call.instance_id):
        raise ServiceTaskFailed(
            f"Expected one case of a person for {call.period}, but there is another one."
        )
    one = _aspirant(call, subject, tmt)
    career_store.set_candidate(
        call.connection,
        subject,
        tmt,
        state=career_store.OPENED,
        promotion_type=one.facts.promotion_type,
        rank_old=one.who.rank,
        instance_id=call.instance_id,
        changed_at=call.now,
    )
    return {**one.facts.inputs(), "tmt": tmt}


def close_promotion(call: Call, outcome: Any, code: Any = "", reason: Any = "") -> dict[str, Any]:
    """End a case without a promotion, and tell its subject why and until when."""
    subject, tmt = about(call), _month(call)
    if outcome not in _OUTCOMES:
        raise ServiceTaskFailed(f"Expected one of {', '.join(_OUTCOMES)}, but got {outcome!r}.")
    since = _aspirant(call, subject, tmt).becomes_true(str(code or ""))
    if outcome == "CLOSED":  # nothing but the papers was missing
        since = rules.add_months(tmt, 1)
    career_store.set_candidate(
        call.connection,
        subject,
        tmt,
        state=_OUTCOMES[outcome],
        code=str(code or ""),
        eligible_on=since,
        reason=str(reason or ""),
        instance_id=call.instance_id,
        changed_at=call.now,
    )
    values = rules.refusal_values(tmt, str(code or ""), since) | {"reason": str(reason or "")}
    notice = {"REFUSED": "refused", "CLOSED": "closed"}.get(
        outcome, rules.refusal_notice(str(code or ""), since)
    )
    notify(call, subject, notice, values)
    return {"outcome": outcome, "code": code or None, "eligible_on": since}


def issue_decree(
    files: Files | None,
    city: str,
    call: Call,
    rank_new: Any,
    approval_number: Any,
    approval_date: Any,
    signature: Any,
) -> dict[str, Any]:
    """Typeset the decree that somebody has signed at a step, and keep it; once per case."""
    subject, tmt = about(call), _month(call)
    # Right after the signature its task is not written yet; who retries later has not signed.
    signer = doer(call.connection, call.instance_id, str(signature)) or call.actor.person_id
    if files is None or signer is None:
        raise ServiceTaskFailed("Expected a signer and a place for files, but one is missing.")
    known = career.promotion_of_case(call.connection, call.instance_id)
    if known is not None:
        raise ServiceTaskFailed(f"Expected no decree yet, but there is {known.decree_no}.")
    one = _aspirant(call, subject, tmt)
    if rules.next_rank(one.who.rank) != rank_new:
        raise ServiceTaskFailed(
            f"Expected the rank after {one.who.rank}, but it is to be {rank_new}."
        )
    row = {
        "person_id": subject,
        "instance_id": call.instance_id,
        "rank_old": one.who.rank,
        "rank_new": str(rank_new),
        "tmt": tmt,
        "approval_no": str(approval_number),
        "approval_date": _day(approval_date),
        "decree_no": f"800.1.3.2/{call.case_no.removeprefix('P11-')}",
        "decree_date": local_day(call.now),
        "code": _code(),
        "signed_by": signer,
        "signed_at": call.now,
    }
    made = decree.typeset(_texts(city, call, one, row), call.now)
    row |= {"sha256": files.put(made), "size": len(made)}
    career_store.add_promotion(call.connection, row)
    _note(call, subject, tmt, career_store.DECREED, rank_new=rank_new)
    known = career.promotion_of_case(call.connection, call.instance_id)
    assert known is not None
    return {
        "number": row["decree_no"],
        "date": row["decree_date"],
        "code": row["code"],
        "signed_by": signer,
        "files": [known.file],
    }


def _code() -> str:
    """Make up the code with which anybody checks a decree: three groups of four."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))


def _texts(city: str, call: Call, one: career.Aspirant, row: Mapping[str, Any]) -> dict[str, str]:
    """Give what stands in a decree; row -- as it is kept."""
    signer = directory.persons(call.connection, [row["signed_by"]], call.now)[row["signed_by"]]
    return {
        "title": f"Keputusan kenaikan pangkat {one.who.name}",
        "authority": f"Wali {city}",
        "case_no": call.case_no,
        "code": row["code"],
        "decree_no": row["decree_no"],
        "decree_date": decree.day_words(row["decree_date"]),
        "legal_basis": decree.LEGAL_BASIS,
        "approval_no": row["approval_no"],
        "approval_date": decree.day_words(row["approval_date"]),
        "name": one.who.name,
        "nip": one.who.nip,
        "post": one.who.post,
        "unit": one.who.unit_name,
        "promotion_type": decree.kind_words(one.facts.promotion_type),
        "rank_old": decree.rank_words(row["rank_old"]),
        "rank_new": decree.rank_words(row["rank_new"]),
        "tmt": decree.day_words(row["tmt"]),
        "signed_by": signer.name,
        "signed_post": signer.post,
        "signed_at": decree.moment_words(call.now),
    }


def apply_promotion(call: Call) -> dict[str, Any]:
    """Close the old rank and open the new one on its day, and tell both; once per case."""
    known = career.promotion_of_case(call.connection, call.instance_id)
    if known is None:
        raise ServiceTaskFailed("Expected a decree, but this case has none.")
    if known.applied_at is None:
        _change_rank(call, known)
        career_store.set_applied(call.connection, known.id, call.now)
        _note(call, known.person_id, known.tmt, career_store.APPLIED)
        values = {
            "rank_old": decree.rank_words(known.rank_old),
            "rank_new": decree.rank_words(known.rank_new),
            "tmt": known.tmt.isoformat(),
            "decree_no": known.decree_no,
        }
        notify(call, known.person_id, "promoted", values)
    return {"rank_old": known.rank_old, "rank_new": known.rank_new, "tmt": known.tmt}


def _change_rank(call: Call, known: career.PromotionView) -> None:
    old = directory_store.rank_on(call.connection, known.person_id, known.tmt)
    if old is None or old["rank"] != known.rank_old or old["valid_from"] >= known.tmt:
        found = "none" if old is None else f"{old['rank']} since {old['valid_from']}"
        raise ServiceTaskFailed(f"Expected rank {known.rank_old} until {known.tmt}, found {found}.")
    last_day = known.tmt - timedelta(days=1)
    directory_store.end(call.connection, PersonRank, old["id"], last_day)
    directory_store.add_rank(call.connection, known.person_id, known.rank_new, known.tmt)


def _note(call: Call, subject: int, tmt: date, state: str, **values: Any) -> None:
    career_store.set_candidate(
        call.connection, subject, tmt, state=state, changed_at=call.now, **values
    )


def _aspirant(call: Call, subject: int, tmt: date) -> career.Aspirant:
    found = career.aspirants(call.connection, [subject], tmt).get(subject)
    if found is None:
        raise ServiceTaskFailed(f"Expected somebody in service with a rank on {tmt}, found nobody.")
    return found


def _month(call: Call) -> date:
    try:
        return rules.month_of(call.period)
    except ValueError as error:
        raise ServiceTaskFailed(str(error)) from error


def _day(value: Any) -> date:
    found = value.to_python() if isinstance(value, Date) else value
    if not isinstance(found, date):
        raise ServiceTaskFailed(f"Expected a date, but got {value!r}.")
    return found
