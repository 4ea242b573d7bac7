"""Plans, attendance, discipline and unit facts: what an evaluation reads."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Actor, Channel, Engine
from engine.errors import InvalidForm, NotAllowed
from hr.demo.cast import CAST
from hr.planning import queries as planning
from hr.planning.commands import RecordResult
from hr.planning.rules import CAP, ratio
from hr.records import queries as records
from hr.records.tables import Leave, Sanction
from hr.service import queries as service
from hr.service.commands import RecordUnitFacts
from hr.service.queries import Area
from hr.statements import add

NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
EMP = CAST["EMP"]


def _as(code: str) -> Actor:
    return Actor(person_id=CAST[code], channel=Channel.WEB)


@pytest.mark.parametrize(
    ("direction", "target", "actual", "expected"),
    [
        ("HIGHER", "400", "420", "1.0500"),
        ("HIGHER", "500", "700", "1.20"),
        ("LOWER", "18", "20", "0.9000"),
        ("LOWER", "18", "0", "1.20"),
        ("HIGHER", "3", "2", "0.6667"),
    ],
)
def test_the_ratio_of_a_row_is_capped(
    direction: str, target: str, actual: str, expected: str
) -> None:
    assert ratio(direction, Decimal(target), Decimal(actual)) == Decimal(expected)


def test_a_target_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        ratio("HIGHER", Decimal(0), Decimal(1))


@given(
    st.sampled_from(("HIGHER", "LOWER")),
    st.decimals("0.01", 10**6, places=2),
    st.decimals(0, 10**6, places=2),
)
def test_a_ratio_is_never_negative_nor_above_the_cap(
    direction: str, target: Decimal, actual: Decimal
) -> None:
    assert 0 <= ratio(direction, target, actual) <= CAP


def test_the_cast_has_the_result_rows_of_the_domains_vector(engine: Engine) -> None:
    rows = engine.ask(planning.result_rows, EMP, "2026Q2")
    found = {row.dimension: row.ratio for row in rows}
    assert found == {
        "contribution": Decimal("1.05"),
        "quality": Decimal("0.95"),
        "quantity": Decimal("1.20"),
        "time": Decimal(1),
        "innovation": Decimal(1),
        "service": Decimal("0.90"),
    }
    assert sum(row.weight for row in rows) == 100
    assert engine.ask(planning.result_rows, EMP, "2026Q3") == ()


def test_decimals_keep_their_digits(engine: Engine) -> None:
    row = engine.ask(planning.result_rows, EMP, "2026Q2")[0]
    exact = RecordResult(
        row_id=row.id, period="2026Q2", target=Decimal("0.1"), actual=Decimal("0.30000000000000001")
    )
    engine.execute(exact, by=_as("RTR"))
    again = engine.ask(planning.result_rows, EMP, "2026Q2")[0]
    assert (again.target, again.actual) == (Decimal("0.1"), Decimal("0.30000000000000001"))


def test_only_the_rater_confirms_a_result(engine: Engine) -> None:
    row = engine.ask(planning.result_rows, EMP, "2026Q2")[0]
    own = RecordResult(row_id=row.id, period="2026Q2", target=Decimal(1), actual=Decimal(9))
    for code in ("EMP", "SU2", "STRANGER"):
        with pytest.raises(NotAllowed):
            engine.execute(own, by=_as(code))


def test_attendance_counts_due_days_without_leave(engine: Engine) -> None:
    found = engine.ask(records.attendance, EMP, "2026Q2")
    assert found is not None
    assert (found.due_days, found.present_days, found.absent_days) == (50, 49, 1)
    assert found.ratio == Decimal("0.98")
    assert engine.ask(records.attendance, EMP, "2026Q3") is None


def test_the_heaviest_running_sanction_counts(engine: Engine) -> None:
    assert engine.ask(records.active_sanction, EMP, NOW) == "NONE"
    span = {"valid_from": date(2026, 6, 1), "valid_to": date(2026, 7, 1)}
    decided = {"person_id": EMP, "measure": "Teguran", "decree": "SK 9/2026", **span}
    with engine.database.begin() as connection:
        levels = ("LIGHT", "HEAVY", "MEDIUM")
        add(connection, Sanction, [{**decided, "level": level} for level in levels])
    assert engine.ask(records.active_sanction, EMP, NOW) == "HEAVY"
    after = datetime(2026, 7, 2, 2, 0, tzinfo=UTC)
    assert engine.ask(records.active_sanction, EMP, after) == "NONE"


def test_who_is_on_leave_is_known_by_the_day(engine: Engine) -> None:
    span = {"valid_from": date(2026, 7, 1), "valid_to": date(2026, 7, 3)}
    with engine.database.begin() as connection:
        add(connection, Leave, [{"person_id": EMP, "kind": "ANNUAL", **span}])
    assert engine.ask(records.on_leave, [EMP, CAST["PEER1"]], NOW) == {EMP}
    after = datetime(2026, 7, 4, 2, 0, tzinfo=UTC)
    assert engine.ask(records.on_leave, [EMP, CAST["PEER1"]], after) == frozenset()


def test_facts_of_the_nearest_unit_above_count(engine: Engine) -> None:
    found = engine.ask(service.unit_facts, "/01/01/01/", "2026Q2")
    assert found is not None
    assert (found.unit_path, found.public_facing, found.skm_index) == ("/01/", True, Decimal(82))
    assert [area.met for area in found.areas] == [True]
    assert engine.ask(service.unit_facts, "/01/01/01/", "2026Q3") is None


def test_a_units_own_facts_come_before_those_above(engine: Engine) -> None:
    late = Area("Waktu tunggu", "menit", "LOWER", Decimal(20), Decimal(31))
    command = RecordUnitFacts(
        unit_path="/01/01/",
        period="2026Q2",
        public_facing=True,
        skm_index=Decimal(75),
        areas=[late],
    )
    engine.execute(command, by=_as("HRO"))
    found = engine.ask(service.unit_facts, "/01/01/01/", "2026Q2")
    assert found is not None
    assert (found.unit_path, found.skm_index, found.areas) == ("/01/01/", Decimal(75), (late,))
    assert not found.areas[0].met


def test_facts_out_of_range_or_from_strangers_are_refused(engine: Engine) -> None:
    wrong = RecordUnitFacts(
        unit_path="/01/", period="2026Q2", public_facing=True, skm_index=Decimal(101)
    )
    with pytest.raises(InvalidForm):
        engine.execute(wrong, by=_as("HRC"))
    with pytest.raises(NotAllowed):
        engine.execute(wrong, by=_as("STRANGER"))
