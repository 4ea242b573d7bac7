"""The civil-service number: domain.md §2.4 and its vectors of §2.6."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hr.directory import nip


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("199004122015031901", []),
        ("199013012015031901", ["NO_BIRTH_DATE"]),
        ("19900412201503190", ["NOT_18_DIGITS"]),
        ("200604122015031901", ["TOO_YOUNG"]),
        ("199004122015131901", ["NO_START_MONTH"]),
        ("199004122015033901", ["NO_SEX"]),
        ("199004122015031000", ["NO_SEQUENCE"]),
        ("197004122015031901", ["TOO_OLD"]),
    ],
)
def test_the_vectors_of_the_domain_are_judged_as_written(number: str, found: list[str]) -> None:
    assert nip.problems(number) == found


def test_too_old_is_a_warning_that_does_not_hinder() -> None:
    assert nip.is_valid("197004122015031901")
    assert not nip.is_valid("200604122015031901")


def test_a_number_that_contradicts_the_profile_is_refused() -> None:
    other_day = date(1990, 4, 13)
    found = nip.problems("199004122015031901", born_on=other_day, sex="F")
    assert found == ["OTHER_BIRTH_DATE", "OTHER_SEX"]


def test_contract_staff_have_a_code_where_others_have_a_month() -> None:
    assert nip.is_valid("199004122023211901", kind="PPPK")
    assert nip.problems("199004122023031901", kind="PPPK") == ["NO_CONTRACT_CODE"]


@given(
    st.dates(date(1965, 1, 1), date(2000, 12, 31)),
    st.integers(18, 35),
    st.sampled_from("MF"),
    st.integers(900, 999),
    st.sampled_from(("PNS", "PPPK")),
)
def test_every_synthetic_number_passes_the_rules(
    born_on: date, age: int, sex: str, sequence: int, kind: str
) -> None:
    started_on = date(born_on.year + age, 12, 1)
    made = nip.synthetic(born_on, started_on, sex, sequence, kind=kind)
    assert nip.problems(made, kind=kind, born_on=born_on, sex=sex) == []
    assert int(made[15:]) >= 900


def test_a_sequence_that_somebody_could_have_is_never_made() -> None:
    with pytest.raises(ValueError, match="900-999"):
        nip.synthetic(date(1990, 1, 1), date(1990, 1, 1) + timedelta(days=9000), "M", 1)
