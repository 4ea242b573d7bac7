"""Drawing raters and summing up ratings: pure rules."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from hr.evaluation import rules

PEOPLE = st.sets(st.integers(1, 60), max_size=40)


def _choose(**given: object) -> rules.Choice:
    usual: dict[str, object] = {
        "proposed": [1, 2, 3],
        "struck": [],
        "candidates": range(1, 10),
        "subordinates": [],
        "blocked": {},
        "random": 2,
        "seed": "s",
    }
    return rules.choose(**{**usual, **given})  # type: ignore[arg-type]


def test_three_are_proposed_and_two_drawn() -> None:
    choice = _choose()
    assert {1, 2, 3} <= set(choice.peers)
    assert len(choice.peers) == 5
    assert choice.pool == (4, 5, 6, 7, 8, 9)


def test_a_struck_peer_is_replaced_and_never_drawn() -> None:
    choice = _choose(struck=[2])
    assert 2 not in choice.peers
    assert len(choice.peers) == 5
    assert choice.refused == {2: "STRUCK"}


def test_a_fourth_proposal_is_too_many() -> None:
    choice = _choose(proposed=[1, 2, 3, 4])
    assert choice.refused == {4: "TOO_MANY_PROPOSED"}


def test_who_is_no_peer_or_hindered_is_refused_with_the_reason() -> None:
    choice = _choose(proposed=[99, 1, 2], blocked={1: "CONFLICT"})
    assert choice.refused == {99: "NOT_A_PEER", 1: "CONFLICT"}
    assert 1 not in choice.peers


def test_all_subordinates_are_asked_or_eight_of_many() -> None:
    assert _choose(subordinates=[20, 21]).subordinates == (20, 21)
    many = _choose(subordinates=range(20, 60)).subordinates
    assert len(many) == 8


def test_a_small_unit_asks_whom_it_has() -> None:
    assert _choose(proposed=[], candidates=[5, 6]).peers == (5, 6)


@settings(max_examples=50)
@given(PEOPLE, st.integers(0, 10), st.text(max_size=12))
def test_a_draw_can_be_repeated_by_anybody(pool: set[int], count: int, seed: str) -> None:
    drawn = rules.draw(seed, pool, count)
    assert drawn == rules.draw(seed, sorted(pool, reverse=True), count)
    assert len(drawn) == min(count, len(pool))
    assert set(drawn) <= pool


def test_the_draw_stays_what_it_was_when_it_was_recorded() -> None:
    assert rules.draw("00ff", range(1, 11), 3) == (9, 8, 5)  # sha256sum says so too


@given(
    st.lists(st.integers(1, 60), max_size=6),
    PEOPLE,
    PEOPLE,
    PEOPLE,
    st.dictionaries(st.integers(1, 60), st.just("ON_LEAVE"), max_size=5),
)
def test_nobody_unfit_is_ever_chosen(
    proposed: list[int],
    struck: set[int],
    candidates: set[int],
    subordinates: set[int],
    blocked: dict[int, str],
) -> None:
    choice = _choose(
        proposed=proposed,
        struck=struck,
        candidates=candidates,
        subordinates=subordinates,
        blocked=blocked,
    )
    chosen = {*choice.peers, *choice.subordinates}
    assert not chosen & (struck | set(blocked))
    assert set(choice.peers) <= candidates
    assert len(choice.peers) <= 5
    assert len(choice.subordinates) <= 8


def test_fewer_than_three_answers_show_nothing_but_their_number() -> None:
    two = rules.summarise([{"a": Decimal(5)}, {"a": Decimal(1)}], ["a"])
    assert two == {
        "count": 2,
        "suppressed": True,
        "means": {"a": None},
        "mean": None,
        "lowest": None,
    }


def test_three_answers_are_averaged_with_halves_up() -> None:
    answers = [{"a": 4, "b": 1}, {"a": 4, "b": 2}, {"a": 3, "b": 2}]
    summary = rules.summarise(answers, ["a", "b"])
    assert summary["means"] == {"a": Decimal("3.67"), "b": Decimal("1.67")}
    assert summary["mean"] == Decimal("2.67")
    assert summary["lowest"] == Decimal("1.67")


def test_what_fewer_than_three_of_a_group_rated_is_suppressed_for_itself() -> None:
    answers = [{"a": 4, "b": 1}, {"a": 4, "b": 2}, {"a": 3, "b": "?"}]
    summary = rules.summarise(answers, ["a", "b"])
    assert summary["means"] == {"a": Decimal("3.67"), "b": None}
    assert (summary["lowest"], summary["suppressed"]) == (Decimal("3.67"), False)
    own = rules.summarise(answers[:1], ["a", "b", "c"], fewest=0)
    assert own["means"] == {"a": Decimal(4), "b": Decimal(1), "c": None}


def test_a_truth_value_is_no_rating() -> None:
    assert rules.summarise([{"a": True}] * 3, ["a"])["mean"] is None


@given(st.lists(st.integers(1, 5), min_size=3, max_size=8))
def test_a_mean_lies_between_the_lowest_and_the_highest(ratings: list[int]) -> None:
    summary = rules.summarise([{"a": rating} for rating in ratings], ["a"])
    assert min(ratings) <= summary["mean"] <= max(ratings)


def test_an_objection_of_the_fifteenth_is_in_time() -> None:
    assert rules.objection_until(date(2026, 3, 1)) == date(2026, 3, 15)
