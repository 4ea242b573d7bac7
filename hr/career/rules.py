"""What the promotion tables (domain.md DT10, DT11, DT18) ask about a person, worked out: pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal

from hr.directory.queries import RankStanding
from hr.records.queries import CareerRecord, Dated
from hr.records.rules import LEVELS

RANKS = (*(f"{group}/{step}" for group in ("I", "II", "III", "IV") for step in "abcd"), "IV/e")
REGULAR, STRUCTURAL, FUNCTIONAL = "REGULAR", "STRUCTURAL", "FUNCTIONAL"
DIPLOMA, EXCEPTIONAL = "DIPLOMA", "EXCEPTIONAL"
PASSED, EXEMPT, NOT_PASSED = "PASSED", "EXEMPT", "NOT_PASSED"
EXAM_1, EXAM_2, DIPLOMA_EXAM = "SERVICE_EXAM_1", "SERVICE_EXAM_2", "DIPLOMA_EXAM"
COMPETENCE, VACANCY, DECREE = "COMPETENCE_TEST", "VACANCY", "EXCEPTIONAL_DECREE"
# domain.md §2.4: lowest and highest rank of leading posts, over both echelons of a kind.
BANDS = {
    "JPT": ("IV/b", "IV/d"),
    "ADMINISTRATOR": ("III/d", "IV/b"),
    "PENGAWAS": ("III/b", "III/d"),
}
# The highest rank of each functional level: above it, a promotion needs the next level.
_TOPS = {
    "PEMULA": "II/a",
    "TERAMPIL": "II/d",
    "MAHIR": "III/b",
    "PENYELIA": "III/d",
    "PERTAMA": "III/b",
    "MUDA": "III/d",
    "MADYA": "IV/c",
    "UTAMA": "IV/e",
}
_SKILLED, _EXPERT = ("PEMULA", "TERAMPIL", "MAHIR", "PENYELIA"), ("PERTAMA", "MUDA", "MADYA")
# DT10: months in rank that each kind of promotion asks for.
_MONTHS = {REGULAR: 48, STRUCTURAL: 48, FUNCTIONAL: 24, DIPLOMA: 12, EXCEPTIONAL: 0}
LEAD = 2  # candidates are looked for two months before the promotion


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The inputs of DT10 and DT18, by their names in the tables.

    missing -- what is not recorded though it must be; DT10 then says E07
    """

    employment: str
    on_unpaid_leave: bool
    active_discipline: str
    open_objection: bool
    predicate_last_year: str
    predicate_year_before: str
    promotion_type: str
    current_rank: str
    education: str
    months_in_rank: int
    months_in_post: int
    service_exam: str
    band_position: str
    functional_level: str | None
    credit: Decimal
    level_rise: bool
    competence_test_and_vacancy: bool
    diploma_exam_passed: bool
    exceptional_decree: bool
    documents_complete: bool
    missing: tuple[str, ...]

    def inputs(self) -> dict[str, object]:
        """Give the facts as a decision takes them."""
        return {**asdict(self), "missing": list(self.missing)}


def month_of(period: str) -> date:
    """Read the promotion month of a case, such as `2026-09`: its first day."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", period):
        raise ValueError(f"Expected a promotion month such as 2026-09, but got {period!r}.")
    return date(int(period[:4]), int(period[5:]), 1)


def period_of(tmt: date) -> str:
    """Name the promotion month that begins on a day."""
    return f"{tmt:%Y-%m}"


def add_months(day: date, months: int) -> date:
    """Give the first day of the month so many months later."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def searched_on(day: date) -> date:
    """Give the promotion month that is searched in the month of a day."""
    return add_months(day, LEAD)


def facts(who: RankStanding, record: CareerRecord, tmt: date) -> Facts:
    """Work out what the tables ask about a person for a promotion on a day.

    A predicate that is not recorded stands as B, with the documents incomplete: the table would
    take its absence for a good one.
    """
    found = [record.predicates.get(tmt.year - back) for back in (1, 2)]
    missing = tuple(
        f"predicate {tmt.year - back}" for back, one in enumerate(found, start=1) if one is None
    )
    kind = promotion_type(who, record)
    level, rise = _level(who, record) if kind == FUNCTIONAL else (None, False)
    return Facts(
        employment=who.kind,
        on_unpaid_leave=record.break_until is not None,
        active_discipline=record.sanction,
        open_objection=bool(record.objected),
        predicate_last_year=found[0] or "B",
        predicate_year_before=found[1] or "B",
        promotion_type=kind,
        current_rank=who.rank,
        education=education(who, record),
        months_in_rank=_months(who.rank_since, tmt, record),
        months_in_post=_months(who.post_since or tmt, tmt, record),
        service_exam=_exam(who, record),
        band_position=_band(who),
        functional_level=level,
        credit=sum(
            (each.credit for each in record.credits if each.until >= who.rank_since), Decimal(0)
        ),
        level_rise=rise,
        competence_test_and_vacancy=all(
            _newest(record.qualifications, one, who.rank_since) == PASSED
            for one in (COMPETENCE, VACANCY)
        ),
        diploma_exam_passed=_newest(record.qualifications, DIPLOMA_EXAM, who.rank_since) == PASSED,
        exceptional_decree=_newest(record.qualifications, DECREE, who.rank_since) == PASSED,
        documents_complete=not missing,
        missing=missing,
    )


def promotion_type(who: RankStanding, record: CareerRecord) -> str:
    """Choose the kind of promotion that a person is looked at for (DT10)."""
    if _newest(record.qualifications, DECREE, who.rank_since) == PASSED:
        return EXCEPTIONAL
    degree = any(each.on > who.rank_since for each in record.educations)
    if degree and _newest(record.qualifications, DIPLOMA_EXAM, who.rank_since):
        return DIPLOMA
    if who.post_kind in BANDS:
        return STRUCTURAL
    return FUNCTIONAL if who.post_kind == "JF" else REGULAR


def education(who: RankStanding, record: CareerRecord) -> str:
    """Give the highest degree on record, else the one in the directory."""
    known = [each.kind for each in record.educations if each.kind in LEVELS]
    return max(known, key=LEVELS.index, default=who.education)


def next_rank(rank: str) -> str | None:
    """Give the rank above one, or None at the top."""
    place = RANKS.index(rank) + 1 if rank in RANKS else len(RANKS)
    return RANKS[place] if place < len(RANKS) else None


def becomes_true(
    code: str | None, known: Facts, who: RankStanding, record: CareerRecord, tmt: date
) -> date | None:
    """Say from which promotion month on a refusal no longer holds; None where no date can be told.

    Records may change meanwhile: a date is when what is known today stops standing in the way.
    """
    if code == "E01":
        return _enough_months(known, who, tmt)
    if code == "E02":
        bad = [year for year, one in record.predicates.items() if one in ("BP", "K", "SK")]
        return date(max(bad) + 3, 1, 1) if bad else date(tmt.year + 1, 1, 1)
    if code == "E04" and record.sanction_until is not None:
        return _month_after(record.sanction_until)
    if code == "E08" and record.break_until is not None:
        return _month_after(record.break_until)
    return None


def refusal_notice(code: str, since: date | None) -> str:
    """Name the notice that tells somebody why he is not proposed."""
    return f"not_eligible_{code.lower()}" + ("" if since is None else "_until")


def refusal_values(tmt: date, code: str, since: date | None) -> dict[str, str]:
    """Give what such a notice says beside its reason."""
    return {
        "tmt": tmt.isoformat(),
        "code": code,
        "eligible_on": "" if since is None else since.isoformat(),
    }


def _enough_months(known: Facts, who: RankStanding, tmt: date) -> date:
    if known.promotion_type == STRUCTURAL and known.band_position == "ONE_BELOW":
        lacking = max(12 - known.months_in_rank, 12 - known.months_in_post)
    else:
        lacking = _MONTHS[known.promotion_type] - known.months_in_rank
    return add_months(tmt, max(lacking, 1))


def _month_after(day: date) -> date | None:
    return None if day.year >= 9999 else add_months(day, 1)


def _months(since: date, until: date, record: CareerRecord) -> int:
    """Count whole months between two days; leave without pay does not count."""
    whole = (until.year - since.year) * 12 + until.month - since.month - (until.day < since.day)
    away = sum(
        max((min(last + timedelta(days=1), until) - max(first, since)).days, 0)
        for first, last in record.break_spans
    )
    return max(whole - -(-away // 30), 0)


def _newest(found: Sequence[Dated], kind: str, since: date) -> str:
    """Give the newest result of a kind since a day, or nothing."""
    return next((e.result for e in reversed(found) if e.kind == kind and e.on >= since), "")


def _exam(who: RankStanding, record: CareerRecord) -> str:
    """Give how the exam ended that the next rank asks for (II/d to III/a, III/d to IV/a)."""
    wanted = EXAM_2 if who.rank == "III/d" else EXAM_1
    results = {e.result for e in record.qualifications if e.kind == wanted}
    return PASSED if PASSED in results else EXEMPT if EXEMPT in results else NOT_PASSED


def _band(who: RankStanding) -> str:
    """Place somebody in the band of ranks of his post; people without one are inside."""
    band, above = BANDS.get(who.post_kind), next_rank(who.rank)
    if band is None:
        return "IN_BAND"
    if above is None:
        return "OUTSIDE"
    lowest, highest = (RANKS.index(rank) for rank in band)
    if RANKS.index(above) == lowest:
        return "ONE_BELOW"
    return "IN_BAND" if lowest < RANKS.index(above) <= highest else "OUTSIDE"


def _level(who: RankStanding, record: CareerRecord) -> tuple[str, bool]:
    """Give the functional level, and whether the next rank belongs to the level above it."""
    level = record.credits[-1].level if record.credits else _usual_level(who, record)
    above = next_rank(who.rank)
    rises = above is not None and RANKS.index(above) > RANKS.index(_TOPS[level])
    return level, rises


def _usual_level(who: RankStanding, record: CareerRecord) -> str:
    expert = LEVELS.index("D4") <= LEVELS.index(education(who, record))
    place = RANKS.index(who.rank) if who.rank in RANKS else 0
    names = _EXPERT if expert else _SKILLED
    return next((name for name in names if place <= RANKS.index(_TOPS[name])), names[-1])
