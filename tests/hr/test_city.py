"""The synthetic city: its past is the same each time, and what is hidden in it can be found."""

from __future__ import annotations

from collections import Counter

from hr.demo import past
from hr.demo.offices import SIZES
from hr.demo.structure import lay_out
from hr.demo.traits import BIASED, LENIENT, STRICT, UNIFORM, traits
from hr.dossier.findings import findings


def test_the_past_is_the_same_each_time_and_fits_together() -> None:
    for person in (1, 77, 240):
        months = list(past.attendance(person))
        assert months == list(past.attendance(person))
        assert len({row["month"] for row in months}) == 24
        records = {"attendance_month": months, "leave": list(past.leaves(person))}
        who = {"joined_on": months[0]["month"], "left_on": months[-1]["month"], "kind": "PPPK"}
        found = findings({**who, "education": ""}, (), (), records, months[-1]["month"])
        wrong = {finding.code for finding in found if finding.kind in records}
        assert wrong == set()
        assert list(past.learning(person)) == list(past.learning(person))


def test_traits_are_hidden_in_the_same_people_each_time() -> None:
    city = lay_out(SIZES["small"])
    drawn = traits(city)
    assert drawn == traits(lay_out(SIZES["small"]))
    assert Counter(drawn.raters.values()) == {LENIENT: 3, STRICT: 2, UNIFORM: 1, BIASED: 1}
    leaders = set(city.heads.values())
    assert set(drawn.raters) <= leaders
    assert 0 < len(drawn.copying) < len(city.seats) / 10


def test_a_city_of_fifteen_thousand_is_laid_out_with_traits_of_its_size() -> None:
    city = lay_out(SIZES["city"])
    assert len(city.seats) == 15_000
    assert Counter(traits(city).raters.values())[LENIENT] > 100


def test_the_slow_unit_is_the_one_that_misses_its_target() -> None:
    city = lay_out(SIZES["small"])
    areas = [area for _, area in past.services(city) if area is not None]
    slow = {area["unit_id"] for area in areas if area["actual"] > area["target"]}
    assert slow == {traits(city).slow_unit}
    assert len([area for area in areas if area["unit_id"] in slow]) == 8
