"""How long what is kept, and what a person is given of himself: data, not code.

The years are defaults of this project until the city sets its own schedule (JRA); they count from
the row's own day where there is one, else from the last day of service.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

EVERYTHING = "*"
CORRECTABLE = ("name", "email", "phone", "education")
OTHER = "other"  # whatever comes in by files


@dataclass(frozen=True)
class Table:
    """A table of a series: the column that names the person, and the one that dates a row."""

    person: str = "person_id"
    dated: str | None = None


@dataclass(frozen=True)
class Series:
    """Records that are kept alike.

    years -- how long; basis -- why; erased -- whether they go when a person is erased, or stay as
    what an office did, with a name no more
    """

    name: str
    years: int
    basis: str
    tables: Mapping[str, Table] = field(default_factory=dict)
    erased: bool = True


def _dated(**columns: str | None) -> dict[str, Table]:
    return {name: Table(dated=column) for name, column in columns.items()}


_ALL = (
    Series(
        "identity",
        10,
        "UU 20/2023; UU 43/2009",
        {
            **_dated(person_rank=None, holding=None, acting_official=None, role_grant=None),
            **_dated(absence="valid_to", role_proposal=None),
            **_dated(proxy_entry="valid_to"),
        },
        erased=False,
    ),
    Series(
        "career",
        10,
        "UU 20/2023; UU 43/2009",
        {
            **_dated(education=None, qualification=None, functional_credit=None),
            **_dated(career_break=None, award=None),
        },
    ),
    Series("promotion", 10, "UU 43/2009", _dated(promotion=None, promotion_candidate=None), False),
    Series(
        "performance",
        5,
        "PermenPANRB 6/2022; UU 43/2009",
        {
            **_dated(annual_predicate=None, performance_plan="valid_to", evaluation_result=None),
            **_dated(monthly_report="month", activity_month="month", objection="closed_at"),
            **_dated(appraisal="locked_at", siasn_result="prepared_at"),
        },
        erased=False,
    ),
    # Photos before the entries that they belong to.
    Series("activity", 2, "UU 27/2022", _dated(activity_photo="day", activity_entry="day")),
    Series(
        "attendance",
        5,
        "PP 94/2021; UU 43/2009",
        _dated(attendance_month="month", attendance_mark="day", leave="valid_to"),
    ),
    Series("discipline", 10, "PP 94/2021", _dated(sanction="valid_to")),
    Series(
        "development",
        10,
        "UU 20/2023",
        {
            **_dated(learning_credit="completed_on", competence_level=None, course_seat=None),
            **_dated(course_wait=None, training_signal="noted_on", referral="closed_at"),
        },
        erased=False,
    ),
    Series("feedback", 5, "PermenPANRB 6/2022", _dated(feedback="at", coaching_note="at")),
    Series("correction", 5, "UU 27/2022", _dated(correction_request="asked_at")),
    Series(
        "convenience",
        1,
        "UU 27/2022",
        _dated(
            notice="at", saved_filter=None, calendar_feed=None, draft="saved_at", mail_choice=None
        ),
    ),
)
SERIES: Mapping[str, Series] = MappingProxyType({series.name: series for series in _ALL})
# What says something about a person, and is not handed to him as such.
WITHHELD: Mapping[str, str] = MappingProxyType(
    {
        "account": "how he logs in; the password's hash is nobody's business, his own neither",
        "rater_draw": "who rates him anonymously",
        "rater_invitation": "whom he was asked to rate anonymously",
        "rater_conflict": "names another person",
        "given_rating": "ratings that he gave: they are about others",
        "fairness_finding": "what was found in a rater's ratings, before anybody looked into it",
        "campaign_subject": "a list that a campaign worked through",
        "campaign_act": "what he did as an officer: the history has it",
        "followup": "work that waits in an office",
        "comment": "his cases have it",
        "instance": "his cases, which are given as such",
        "task": "his cases have it",
        "task_time": "how long his forms were open; kept for drafts only",
        "history": "his own history is given as such",
        "deployment": "what he did as an officer: the history has it",
        "process_draft_revision": "what he did as a designer: the history has it",
        "process_dry_run": "what he tries out as a designer, on persons that nobody is",
        "backtest_case": "where decisions of his cases stand; no values, and gone after 90 days",
        "legal_hold": "why his records are kept, decided by others",
        "audit_export": "what he did as an auditor: the history has it",
        "audit_paper": "what he did as an auditor: the history has it",
        "audit_search": "what he did as an auditor: the history has it",
        "webhook": "what he set up as an administrator",
    }
)
