"""The decision tables give what domain.md §2.6 says, and the checker finds nothing in them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.dmn import Model, load
from engine.dmn.check import check

WORKFLOWS = Path(__file__).resolve().parents[2] / "workflows"
FILES = sorted(WORKFLOWS.glob("*/*.dmn"))


def model(name: str) -> Model:
    """Load one table of the city by the beginning of its name; each process has its own copy."""
    copies = {p.name: p.read_bytes() for p in FILES if p.name.startswith(name)}
    ((file, content),) = copies.items()
    return load(content, file=file)


def test_the_copies_of_a_table_are_the_same() -> None:
    contents: dict[str, set[bytes]] = {}
    for path in FILES:
        contents.setdefault(path.name, set()).add(path.read_bytes())
    assert {name for name, found in contents.items() if len(found) > 1} == set()


def decide(file: str, decision: str, **inputs: Any) -> Any:
    """Evaluate, and say why when nothing comes out."""
    said = model(file).explain(decision, inputs)
    assert said.value is not None, said.reasons
    return said.value


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_the_checker_finds_nothing(path: Path) -> None:
    assert check(load(path.read_bytes(), file=path.name)) == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_every_file_says_since_when_and_why_it_holds(path: Path) -> None:
    properties = load(path.read_bytes()).properties
    assert properties["legal_basis"]
    assert dt.date.fromisoformat(properties["valid_from"])
    assert "valid_to" in properties


def test_every_table_of_the_domain_has_its_file() -> None:
    named = {path.name[:4].upper() for path in FILES}
    assert {f"DT{n:02d}" for n in range(21)} - {"DT11"} <= named
    assert "dt11_rank_ceiling" in [d.id for d in model("dt10").decisions]


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_rule_ids_speak_and_are_unique(path: Path) -> None:
    text = path.read_text()
    ids = [part.split('"')[0] for part in text.split('<rule id="')[1:]]
    assert len(ids) == len(set(ids))
    assert all(rule.startswith("DT") and "-" in rule for rule in ids)


# -- DT01 to DT04: the quarterly evaluation ------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "behaviour", "predicate", "rule"),
    [
        ("ABOVE", "BELOW", "K", "DT01-3"),
        ("BELOW", "ABOVE", "BP", "DT01-7"),
        ("MEETS", "ABOVE", "B", "DT01-4"),
        ("BELOW", "BELOW", "SK", "DT01-9"),
        ("ABOVE", "ABOVE", "SB", "DT01-1"),
    ],
)
def test_quadrant_to_predicate(result: str, behaviour: str, predicate: str, rule: str) -> None:
    inputs = {"result_rating": result, "behaviour_rating": behaviour}
    said = model("dt01").explain("dt01_predicate", inputs)
    assert (said.value, said.matched) == (predicate, (rule,))


def row(dimension: str, actual: str, **more: Any) -> dict[str, Any]:
    return {
        "dimension": dimension,
        "direction": "HIGHER",
        "target": 1,
        "actual": Decimal(actual),
        **more,
    }


ROWS = [
    row("contribution", "1.05"),
    row("quality", "0.95"),
    row("quantity", "1.40"),
    row("time", "1.00"),
    row("attendance", "0.98"),
    row("innovation", "1.00"),
    row("service", "0.90"),
]


def test_composite_of_the_example_is_102_55_and_meets() -> None:
    found = decide("dt02", "dt02_result_rating", results=ROWS, public_facing=True)
    assert found == {"score": Decimal("102.55"), "rating": "MEETS"}


def test_a_unit_without_public_gives_the_weight_of_service_to_contribution() -> None:
    found = decide("dt02", "dt02_result_rating", results=ROWS, public_facing=False)
    assert found["score"] == Decimal("103.30")


@pytest.mark.parametrize(
    ("target", "actual", "score"),
    [(10, 8, "120.00"), (10, 10, "100.00"), (8, 10, "80.00"), (5, 0, "120.00")],
)
def test_lower_is_better_turns_the_ratio_round(target: int, actual: int, score: str) -> None:
    rows = [{"dimension": "time", "direction": "LOWER", "target": target, "actual": actual}]
    found = decide("dt02", "dt02_result_rating", results=rows, public_facing=True)
    assert found["score"] == Decimal(score)


def test_a_project_on_time_and_good_gains_five_per_cent() -> None:
    rows = [row("quality", "1.00", on_time=True, quality_rating="MEETS")]
    found = decide("dt02", "dt02_result_rating", results=rows, public_facing=True)
    assert found["score"] == Decimal("105.00")
    late = [row("quality", "1.00", on_time=False, quality_rating="ABOVE")]
    assert decide("dt02", "dt02_score", results=late, public_facing=True) == 100


@pytest.mark.parametrize(
    ("actual", "rating"),
    [("1.10", "ABOVE"), ("1.0999", "MEETS"), ("0.90", "MEETS"), ("0.8999", "BELOW")],
)
def test_bands_of_the_composite(actual: str, rating: str) -> None:
    found = decide("dt02", "dt02_result_rating", results=[row("time", actual)], public_facing=True)
    assert found["rating"] == rating


def test_a_target_of_zero_gives_no_score_and_says_why() -> None:
    said = model("dt02").explain(
        "dt02_result_rating", {"results": [row("time", "1") | {"target": 0}], "public_facing": True}
    )
    assert said.value is None
    assert any("results" in reason for reason in said.reasons)


PUBLIC = {
    "position_kind": "STAFF_PUBLIC",
    "subordinate_count": 0,
    "skm_index": 82,
    "superior_mean": Decimal("4.20"),
    "peer_mean": Decimal("3.80"),
    "subordinate_mean": None,
    "self_mean": 5,
}


def test_the_weighted_mean_of_the_example_is_4_08_and_above() -> None:
    score = decide("dt04", "dt04_behaviour_score", **PUBLIC, peer_count=5)
    assert score == Decimal("4.08")
    rating = decide(
        "dt03",
        "dt03_behaviour_rating",
        behaviour_score=score,
        lowest_value_mean=3,
        active_discipline="NONE",
    )
    assert rating == "ABOVE"


def test_fewer_than_three_peers_are_suppressed() -> None:
    weights = decide("dt04", "dt04_rater_weights", **PUBLIC, peer_count=2)
    assert weights == {"superior": 85, "peers": 0, "subordinates": 0, "public": 15, "self": 0}
    assert decide("dt04", "dt04_behaviour_score", **PUBLIC, peer_count=2) == Decimal("4.18")


@pytest.mark.parametrize("kind", ["LEADER", "STAFF_PUBLIC", "STAFF_INTERNAL"])
@pytest.mark.parametrize("peers", [0, 3])
@pytest.mark.parametrize("skm", [None, 90])
def test_weights_always_sum_to_a_hundred(kind: str, peers: int, skm: int | None) -> None:
    weights = decide(
        "dt04",
        "dt04_rater_weights",
        position_kind=kind,
        peer_count=peers,
        subordinate_count=peers,
        skm_index=skm,
    )
    assert sum(weights.values()) == 100


@pytest.mark.parametrize(
    ("score", "lowest", "discipline", "rating"),
    [
        ("4.00", "2.00", "NONE", "ABOVE"),
        ("4.50", "1.99", "NONE", "MEETS"),
        ("3.99", "1.50", "LIGHT", "MEETS"),
        ("2.99", "2.50", "NONE", "BELOW"),
        ("4.80", "4.50", "MEDIUM", "BELOW"),
    ],
)
def test_behaviour_rating(score: str, lowest: str, discipline: str, rating: str) -> None:
    found = decide(
        "dt03",
        "dt03_behaviour_rating",
        behaviour_score=Decimal(score),
        lowest_value_mean=Decimal(lowest),
        active_discipline=discipline,
    )
    assert found == rating


# -- DT00, DT05 to DT09 --------------------------------------------------------------------------


def test_indicators_of_a_public_office_need_speed_and_satisfaction() -> None:
    inputs = {
        "missions_without_indicator": 0,
        "outcome_indicators": 1,
        "public_facing": True,
        "has_service_speed": False,
        "has_satisfaction": False,
    }
    found = decide("dt00", "dt00_missing_indicators", **inputs)
    assert found == ["NO_SERVICE_SPEED", "NO_SATISFACTION"]
    complete = inputs | {"has_service_speed": True, "has_satisfaction": True}
    assert decide("dt00", "dt00_missing_indicators", **complete) == []


def counts(**given: int) -> dict[str, int]:
    return {"SB": 0, "B": 0, "BP": 0, "K": 0, "SK": 0} | given


@pytest.mark.parametrize(
    ("given", "breaches"),
    [
        (counts(B=15, SB=5), ["B_ABOVE_70", "NO_BP_OR_K"]),
        (counts(B=14, SB=6), ["NO_BP_OR_K"]),
        (counts(B=14, SB=5, BP=1), []),
    ],
)
def test_distribution_in_a_good_office_of_twenty(
    given: dict[str, int], breaches: list[str]
) -> None:
    found = decide("dt05", "dt05_distribution", org_predicate="BAIK", predicate_counts=given)
    assert found == {"breaches": breaches, "advisory": False, "passes": not breaches}


def test_distribution_of_a_small_unit_only_advises() -> None:
    given = counts(B=9)
    found = decide("dt05", "dt05_distribution", org_predicate="BAIK", predicate_counts=given)
    assert found["advisory"] is True


@pytest.mark.parametrize(
    ("org", "given", "passes"),
    [
        ("ISTIMEWA", counts(SB=7, B=3), True),
        ("ISTIMEWA", counts(SB=8, B=2), False),
        ("BUTUH_PERBAIKAN", counts(BP=6, B=3, SB=1), True),
        ("KURANG", counts(K=6, BP=1, B=3), True),
        ("KURANG", counts(K=6, B=4), False),
        ("SANGAT_KURANG", counts(SK=6, K=1, B=3), True),
        ("SANGAT_KURANG", counts(SK=6, K=2, SB=2), False),
    ],
)
def test_distribution_in_other_offices(org: str, given: dict[str, int], passes: bool) -> None:
    found = decide("dt05", "dt05_distribution", org_predicate=org, predicate_counts=given)
    assert found["passes"] is passes


def events() -> list[dict[str, Any]]:
    def event(day: int, kind: str, minutes: int | None) -> dict[str, Any]:
        return {
            "date": dt.date(2026, 3, day),
            "kind": kind,
            "minutes": minutes,
            "excused": False,
        }

    return [
        event(2, "LATE", 10),
        event(3, "LATE", 30),
        event(4, "LATE", 45),
        event(5, "ABSENT", None),
    ]


def test_the_allowance_of_the_example_is_5_129_600() -> None:
    factor = decide("dt06", "dt06_performance_factor", predicate="B", profile="klh")
    report = decide("dt08", "dt08_report_factor", reports_filed=60, non_conforming_reports=3)
    deduction = decide("dt07", "dt07_attendance_deduction", attendance_events=events())
    assert (factor, report, deduction) == (1, Decimal("0.90"), 6)
    amount = {
        "base_amount": 5_600_000,
        "status_factor": 1,
        "performance_factor": factor,
        "report_factor": report,
        "deduction_percent": deduction,
    }
    assert decide("allowance", "allowance_amount", **amount, sanction_percent=0) == 5_129_600
    assert decide("allowance", "allowance_amount", **amount, sanction_percent=25) == 3_847_200


def test_at_most_one_deduction_of_a_kind_counts_per_day() -> None:
    twice = [*events(), events()[0] | {"minutes": 95}]
    assert decide("dt07", "dt07_attendance_deduction", attendance_events=twice) == Decimal("7.5")
    excused = [event | {"excused": True} for event in events()]
    assert decide("dt07", "dt07_attendance_deduction", attendance_events=excused) == 0
    assert decide("dt07", "dt07_attendance_deduction", attendance_events=[]) == 0


@pytest.mark.parametrize(
    ("kind", "minutes", "code"),
    [("LATE", 30, "TL1"), ("LATE", 31, "TL2"), ("EARLY_LEAVE", 90, "PSW3"), ("LATE", None, "TL4")],
)
def test_codes_of_lateness(kind: str, minutes: int | None, code: str) -> None:
    found = decide("dt07", "dt07_event_deduction", event_kind=kind, minutes=minutes, excused=False)
    assert found["code"] == code


@pytest.mark.parametrize(
    ("filed", "wrong", "factor"),
    [(20, 0, "1"), (20, 5, "0.9"), (20, 6, "0.85"), (20, 11, "0.8"), (0, 0, "0.65")],
)
def test_daily_reports(filed: int, wrong: int, factor: str) -> None:
    found = decide("dt08", "dt08_report_factor", reports_filed=filed, non_conforming_reports=wrong)
    assert found == Decimal(factor)


@pytest.mark.parametrize(
    ("total", "running", "measure", "cut", "months"),
    [
        (2, 2, "NONE", 0, 0),
        (10, 1, "WRITTEN_DISSATISFACTION", 0, 0),
        (11, 1, "ALLOWANCE_CUT", 25, 6),
        (17, 9, "ALLOWANCE_CUT", 25, 12),
        (28, 3, "DISMISSAL", 0, 0),
        (10, 10, "DISMISSAL_PAY_STOPPED", 0, 0),
    ],
)
def test_ladder_of_unexcused_absence(
    total: int, running: int, measure: str, cut: int, months: int
) -> None:
    found = decide("dt09", "dt09_unexcused_absence", unexcused_days=total, consecutive_days=running)
    assert (found["measure"], found["allowance_cut_percent"], found["months"]) == (
        measure,
        cut,
        months,
    )


# -- DT10 to DT13 --------------------------------------------------------------------------------

CANDIDATE: dict[str, Any] = {
    "employment": "PNS",
    "on_unpaid_leave": False,
    "active_discipline": "NONE",
    "open_objection": False,
    "predicate_last_year": "B",
    "predicate_year_before": "B",
    "promotion_type": "REGULAR",
    "current_rank": "II/d",
    "education": "SLTA",
    "months_in_rank": 52,
    "months_in_post": 52,
    "service_exam": "PASSED",
    "band_position": "IN_BAND",
    "credit": 0,
    "credit_needed": 0,
    "level_rise": False,
    "competence_test_and_vacancy": False,
    "diploma_exam_passed": False,
    "exceptional_decree": False,
    "documents_complete": True,
}


@pytest.mark.parametrize(
    ("changed", "result", "code", "next_rank"),
    [
        ({}, "ELIGIBLE", None, "III/a"),
        ({"current_rank": "III/b"}, "NOT", "E03", None),
        ({"predicate_last_year": "BP"}, "NOT", "E02", None),
        ({"predicate_year_before": "BP"}, "NOT", "E02", None),
        ({"employment": "PPPK"}, "NOT", "E10", None),
        ({"on_unpaid_leave": True}, "NOT", "E08", None),
        ({"active_discipline": "MEDIUM"}, "NOT", "E04", None),
        ({"open_objection": True}, "NOT", "E09", None),
        ({"months_in_rank": 47}, "NOT", "E01", None),
        ({"service_exam": "NOT_PASSED"}, "NOT", "E05", None),
        ({"documents_complete": False}, "NOT", "E07", None),
        (
            {"promotion_type": "STRUCTURAL", "band_position": "ONE_BELOW", "months_in_rank": 12},
            "ELIGIBLE",
            None,
            "III/a",
        ),
        (
            {"promotion_type": "FUNCTIONAL", "months_in_rank": 24, "credit_needed": 50},
            "NOT",
            "E06",
            None,
        ),
        (
            {
                "promotion_type": "EXCEPTIONAL",
                "predicate_last_year": "SB",
                "predicate_year_before": "K",
                "exceptional_decree": True,
                "months_in_rank": 1,
            },
            "ELIGIBLE",
            None,
            "III/a",
        ),
    ],
)
def test_rank_promotion(
    changed: dict[str, Any], result: str, code: str | None, next_rank: str | None
) -> None:
    found = decide("dt10", "dt10_promotion_case", **(CANDIDATE | changed))
    assert found == {"result": result, "code": code, "next_rank": next_rank}


@pytest.mark.parametrize(
    ("education", "ceiling"),
    [("SD", "II/a"), ("D2", "III/b"), ("D3", "III/c"), ("S1", "III/d"), ("S3", "IV/b")],
)
def test_ceiling_of_education(education: str, ceiling: str) -> None:
    assert decide("dt10", "dt11_rank_ceiling", education=education) == ceiling


POST_CANDIDATE: dict[str, Any] = {
    "target_post": "JPT_PRATAMA",
    "education": "S1",
    "feeder_years": 2,
    "related_years": 5,
    "age": 56,
    "predicates_good": True,
    "competence_met": True,
    "integrity_met": True,
    "healthy": True,
    "selected": True,
}


@pytest.mark.parametrize(
    ("changed", "result", "code"),
    [
        ({}, "ELIGIBLE", None),
        ({"age": 57}, "NOT", "P07"),
        ({"selected": False}, "NOT", "P08"),
        ({"education": "D3"}, "NOT", "P01"),
        ({"target_post": "PENGAWAS", "education": "D3", "feeder_years": 4}, "ELIGIBLE", None),
        ({"target_post": "PENGAWAS", "education": "SLTA", "feeder_years": 9}, "NOT", "P01"),
        ({"target_post": "ADMINISTRATOR", "feeder_years": 2}, "NOT", "P02"),
        ({"predicates_good": False}, "NOT", "P03"),
    ],
)
def test_post_promotion(changed: dict[str, Any], result: str, code: str | None) -> None:
    found = decide("dt12", "dt12_post_promotion", **(POST_CANDIDATE | changed))
    assert found == {"result": result, "code": code}


@pytest.mark.parametrize(
    ("y", "x", "box"), [("100", "69.58", 7), ("80", "93.47", 9), ("59.99", "80", 6), ("60", "0", 2)]
)
def test_talent_box(y: str, x: str, box: int) -> None:
    found = decide(
        "dt13", "dt13_talent_box", performance_score=Decimal(y), potential_score=Decimal(x)
    )
    assert found["box"] == box


# -- DT14 to DT20 --------------------------------------------------------------------------------

EMPLOYEE: dict[str, Any] = {
    "predicate": "B",
    "lowest_value_mean": 4,
    "quarters_service_below_target": 0,
    "competence_gap": 0,
    "learning_hours": 20,
    "month": 10,
    "service_change": False,
    "new_managerial_post": False,
    "competence_finding": False,
    "upheld_behaviour_complaints": 0,
    "talent_box": 5,
    "months_since_course": 3,
}


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({}, []),
        ({"predicate": "BP"}, ["T1"]),
        ({"predicate": "K", "lowest_value_mean": Decimal("2.9")}, ["T1", "T2"]),
        ({"learning_hours": 19}, ["T5"]),
        ({"learning_hours": 19, "month": 8}, []),
        ({"talent_box": 7, "months_since_course": 25}, ["T10", "T11"]),
    ],
)
def test_training_referrals(changed: dict[str, Any], codes: list[str]) -> None:
    found = decide("dt14", "dt14_training_referral", **(EMPLOYEE | changed))
    assert [one["code"] for one in found] == codes


def test_nobody_can_refuse_a_mandatory_referral() -> None:
    (found,) = decide("dt14", "dt14_training_referral", **(EMPLOYEE | {"predicate": "SK"}))
    assert (found["refusable"], found["due_working_days"]) == (False, 14)


@pytest.mark.parametrize(
    ("predicate", "before", "lowest", "type_"),
    [
        ("BP", "B", 3, "BIMBINGAN"),
        ("BP", "BP", 3, "RENCANA_6_BULAN"),
        ("K", "NONE", 3, "KONSELING"),
        ("SK", "SB", 3, "RENCANA_6_BULAN"),
        ("SB", "SB", 2, "VOLUNTARY"),
        ("B", "BP", 3, "NONE"),
    ],
)
def test_coaching(predicate: str, before: str, lowest: int, type_: str) -> None:
    found = decide(
        "dt15",
        "dt15_coaching",
        predicate=predicate,
        previous_predicate=before,
        lowest_value_mean=lowest,
    )
    assert found["type"] == type_


def test_a_complaint_filed_on_friday_afternoon_starts_on_monday_and_skips_holidays() -> None:
    inputs = {
        "complaint_class": "NON_OVERSIGHT",
        "filed_at": dt.datetime(2026, 11, 20, 16, 30),
        "holidays": [],
    }
    found = decide("dt16", "dt16_complaint_sla", **inputs)
    assert found["clock_start"].to_python() == dt.date(2026, 11, 23)
    assert found["answer_by"].to_python() == dt.date(2026, 12, 10)
    with_holiday = inputs | {"holidays": [dt.date(2026, 12, 9)]}
    later = decide("dt16", "dt16_complaint_sla", **with_holiday)
    assert later["answer_by"].to_python() == dt.date(2026, 12, 11)


@pytest.mark.parametrize(
    ("index", "grade"),
    [("88.30", "B"), ("88.31", "A"), ("76.605", "B"), ("76.604", "C"), ("64.99", "D")],
)
def test_satisfaction_grade(index: str, grade: str) -> None:
    found = decide("dt17", "dt17_satisfaction_grade", skm_index=Decimal(index))
    assert found["grade"] == grade


@pytest.mark.parametrize(
    ("predicate", "level", "months", "credit"),
    [("SB", "PERTAMA", 12, "18.75"), ("B", "PERTAMA", 2, "2.08"), ("K", "MADYA", 12, "18.75")],
)
def test_credit(predicate: str, level: str, months: int, credit: str) -> None:
    found = decide(
        "dt18", "dt18_credit", predicate=predicate, functional_level=level, months=months
    )
    assert found == Decimal(credit)


@pytest.mark.parametrize(
    ("level", "rise", "need"),
    [("PERTAMA", False, 50), ("PERTAMA", True, 100), ("UTAMA", True, 200), (None, False, 0)],
)
def test_credit_needed(level: str | None, rise: bool, need: int) -> None:
    assert decide("dt18", "dt18_credit_needed", functional_level=level, level_rise=rise) == need


@pytest.mark.parametrize(
    ("score", "integrity", "result"),
    [
        (90, False, "COMPLY"),
        (89, False, "MINOR"),
        (74, False, "MAJOR"),
        (59, False, "SEVERE"),
        (99, True, "SEVERE"),
    ],
)
def test_inspection(score: int, integrity: bool, result: str) -> None:
    found = decide(
        "dt19", "dt19_inspection_result", inspection_score=score, integrity_finding=integrity
    )
    assert found["result"] == result


CALM: dict[str, Any] = {
    "rater_mean_difference": Decimal("0.1"),
    "rated_people": 10,
    "rater_deviation": Decimal("0.5"),
    "self_superior_gap": 0,
    "superior_peers_gap": None,
    "predicate_change": 0,
    "predicate": "B",
    "unexcused_days": 0,
    "active_sanction": False,
    "group_ratio": 1,
    "group_size": 40,
    "differs_from_recommendation": False,
    "distribution_breach": False,
    "conflict_declared": False,
    "forms_within_ten_minutes": 3,
}


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({}, []),
        ({"rater_mean_difference": Decimal("0.76")}, ["FX1"]),
        ({"rater_mean_difference": Decimal("0.76"), "rated_people": 4}, []),
        ({"rater_mean_difference": Decimal("-0.8")}, ["FX12"]),
        (
            {"rater_deviation": Decimal("0.19"), "self_superior_gap": Decimal("-1.5")},
            ["FX2", "FX3"],
        ),
        ({"unexcused_days": 11, "active_sanction": True}, ["FX6"]),
        ({"active_sanction": True}, ["FX6"]),
        ({"group_ratio": Decimal("0.79"), "predicate_change": -2}, ["FX5", "FX7"]),
        ({"forms_within_ten_minutes": 16}, ["FX11"]),
    ],
)
def test_fairness_flags(changed: dict[str, Any], codes: list[str]) -> None:
    found = decide("dt20", "dt20_fairness_flags", **(CALM | changed))
    assert [flag["code"] for flag in found] == codes
