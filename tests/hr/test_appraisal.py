"""Rules of a year: months served, segments of raters, the sample, votes, and bad input."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hr.appraisal import rules
from hr.calibration import rules as calibration

YEAR_END = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("joined", "left", "months"),
    [
        (date(2020, 3, 1), date(9999, 12, 31), 12),
        (date(2026, 10, 1), date(9999, 12, 31), 3),
        (date(2026, 10, 2), date(9999, 12, 31), 2),
        (date(2020, 3, 1), date(2026, 3, 31), 3),
        (date(2020, 3, 1), date(2026, 3, 30), 2),
        (date(2027, 1, 1), date(9999, 12, 31), 0),
        (date(2020, 3, 1), date(2025, 12, 31), 0),
    ],
)
def test_months_of_service_are_full_months(joined, left, months):
    assert rules.service_months(joined, left, "2026") == months


@pytest.mark.parametrize("period", ["", "26", "2026Q1", "abcd", "0000", "２０２６"])
def test_what_is_no_year_is_refused_in_words(period):
    with pytest.raises(ValueError, match="Expected a year such as 2026"):
        rules.year_days(period)


def test_a_transfer_on_the_last_day_leaves_the_year_to_whoever_saw_it():
    parts = rules.segments([(date(2026, 1, 1), 1), (YEAR_END, 2)], YEAR_END)
    assert [(part.rater_id, part.days) for part in parts] == [(1, 364), (2, 1)]
    assert rules.main_rater(parts) == 1


def test_of_two_raters_of_equal_days_the_later_one_rates():
    half = [(date(2026, 1, 1), 1), (date(2026, 1, 11), 2)]
    assert rules.main_rater(rules.segments(half, date(2026, 1, 20))) == 2


def test_days_without_a_rater_and_changes_on_one_day_are_told_apart():
    changes = [(date(2026, 1, 1), 1), (date(2026, 2, 1), None), (date(2026, 3, 1), 1)]
    parts = rules.segments(changes, YEAR_END)
    assert [part.days for part in parts] == [31, 306]
    twice = [(date(2026, 1, 1), 1), (date(2026, 2, 1), 2), (date(2026, 2, 1), 3)]
    assert [part.rater_id for part in rules.segments(twice, YEAR_END)] == [1, 3]
    assert rules.main_rater(rules.segments([], YEAR_END)) is None


def test_scores_are_weighted_by_days():
    parts = [(Decimal("4.00"), 90), (Decimal("3.00"), 30), (Decimal("1.00"), 0)]
    assert rules.weighted(parts) == Decimal("3.75")
    assert rules.weighted([]) is None
    assert rules.weighted([(Decimal(4), 0)]) is None


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("SB", "B", 1), ("SK", "SB", 4), ("B", "B", 0), ("B", "", 0), ("X", "B", 0)],
)
def test_levels_apart(one, other, apart):
    assert rules.levels_apart(one, other) == apart


def test_the_team_looks_at_every_extreme_and_flag_and_a_fifth_of_the_rest():
    assert {rules.sampled_because(code, (), "x") for code in ("SB", "K", "SK")} == {"PREDICATE"}
    assert rules.sampled_because("B", ("FX8",), "x") == "FLAG"
    numbers = [f"P05-2026-{n:06}" for n in range(2_000)]
    drawn = [rules.sampled_because("B", (), number) for number in numbers]
    assert set(drawn) == {"", "DRAWN"}
    assert drawn == [rules.sampled_because("B", (), number) for number in numbers]
    assert abs(drawn.count("DRAWN") / len(drawn) - 0.20) < 0.03


def test_a_vote_needs_three_and_a_tie_keeps():
    agree, disagree, abstain = "AGREE", "DISAGREE", "ABSTAIN"
    assert not calibration.count([agree, agree]).carried
    assert calibration.count([agree, abstain, abstain]).carried
    assert not calibration.count([agree, disagree, abstain]).carried
    assert not calibration.count([]).carried
    assert calibration.count([agree, "None", "x"]).voters == 1


def test_nobody_votes_on_his_own_case_or_rating():
    assert calibration.voters(1, [5, 3, 1, 4], {3}) == (1, 4, 5)
    assert calibration.voters(1, [2], {1, 2}) == ()
    assert len(calibration.voters(1, range(2, 40), ())) == calibration.MOST_VOTERS


def test_officers_are_drawn_without_those_who_are_appraised():
    found = calibration.officers([1, 2, 3, 4], {2}, "calibration:/01/2026")
    assert sorted(found) == [1, 3, 4]
    assert found == calibration.officers([4, 3, 2, 1], {2}, "calibration:/01/2026")
    other = {calibration.officers([1, 3, 4], (), f"calibration:/{n}/2026") for n in range(20)}
    assert len(other) > 1


def test_predicates_are_counted_with_those_nobody_has():
    assert calibration.tally(["B", "SB", "B"]) == {"SB": 1, "B": 2, "BP": 0, "K": 0, "SK": 0}
    lines = [{"before": "SB", "after": "B"}, {"before": "B", "after": "SB"}]
    moved = calibration.moved([*lines, {"before": "K", "after": "K"}])
    assert moved == {"raised": 1, "lowered": 1, "kept": 1}
