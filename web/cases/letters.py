"""The notices that went out about a case, as an auditor reads them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from engine.queries.cases import CaseView
from engine.queries.trace import Trace
from hr.directory import queries as directory
from hr.notices import queries as notices
from hr.notices.queries import Sent
from web.language import gettext, moment
from web.notice_words import is_of_the_platform, notice_words
from web.site import engine


@dataclass(frozen=True)
class Letter:
    """A notice in words: to whom, when, what it said, and when it was read, if it was."""

    to: str
    at: str
    subject: str
    body: str
    read: str


def letters(case: CaseView, told: Trace) -> list[Letter]:
    """Tell the notices of a case, the oldest first.

    A reminder leads to whoever was asked.  Where a case asks without names, only its person is told
    of by the platform's own notices, and of the process's own only who stands in the case by name.
    """
    sent = engine().ask(notices.of_case, case.id)
    if asks_without_names(told):
        named = {case.subject_id, *_named(told)}
        sent = tuple(one for one in sent if _may_be_told(case, one))
    else:
        named = {one.person_id for one in sent}
    names = engine().ask(directory.names, frozenset(one for one in named if one))
    return [_letter(case, one, names.get(one.person_id, "")) for one in sent]


def asks_without_names(told: Trace) -> bool:
    """Tell whether anonymous tasks were made; of a case too long to be told whole, assume so."""
    kinds = (one.anonymous or one.kind == "ANONYMOUS_TASKS_CREATED" for one in told.happenings)
    return not told.whole or any(kinds)


def _named(told: Trace) -> Collection[int]:
    return {one.person_id for one in told.happenings if one.person_id and not one.anonymous}


def _may_be_told(case: CaseView, one: Sent) -> bool:
    return one.person_id == case.subject_id or not is_of_the_platform(one.notice)


def _letter(case: CaseView, one: Sent, name: str) -> Letter:
    subject, body = notice_words(one.notice, case.messages)
    return Letter(
        to=name or gettext("Tidak disebutkan"),
        at=moment(one.notice.at),
        subject=subject,
        body=body,
        read=moment(one.notice.read_at) if one.notice.read_at and name else "",
    )
