"""The quarterly evaluation as the office runs it: vectors of domain.md §2.6, and who sees what."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from engine import Actor, Channel, CompleteTask, Engine, NewCase, RetryIncident, StartInstance
from engine.errors import InvalidForm, InvalidState, NotAllowed, NotFound
from engine.folder import read_folder
from engine.queries import cases, standing
from engine.queries.standing import OpenTask
from engine.worker import Worker
from hr.demo.cast import CAST, DEMO_PASSWORD, LOGINS
from hr.evaluation.commands import SetPeerQuarters
from hr.followup.queries import open_followups
from hr.service.commands import RecordUnitFacts
from hr.service.queries import Area
from tests.conftest import WORKFLOWS, MovableClock
from tests.web.visitor import Visitor
from web import create_app
from web.bootstrap import Platform
from web.settings import Settings

# The stories in scenarios/ run on both databases; numbers and rights are the same on either.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

VALUES = (
    "service_oriented",
    "accountable",
    "competent",
    "harmonious",
    "loyal",
    "adaptive",
    "collaborative",
)
WHY = "Sumbangan pegawai sendiri berbeda dari angka rencana, lihat berita acara bulan Juni."
PEERS = ("PEER1", "PEER2", "PEER3", "PEER4", "PEER5")


def ratings(*given: int) -> dict[str, Any]:
    """Give seven ratings (one stands for all), with the examples that 1, 2 and 5 need."""
    seven = given if len(given) == len(VALUES) else given * len(VALUES)
    answers: dict[str, Any] = dict(zip(VALUES, seven, strict=True))
    notes = {f"{key}_note": "Contoh nyata." for key, n in answers.items() if n in (1, 2, 5)}
    return answers | notes


class Evaluation:
    """One case, acted by the cast."""

    def __init__(self, engine: Engine, subject: str = "EMP", period: str = "2026Q2") -> None:
        self.engine = engine
        key = engine.execute(read_folder(WORKFLOWS / "quarterly_evaluation")).key
        case = NewCase(subject_id=CAST[subject], period=period)
        self.id = engine.execute(StartInstance(key=key, case=case), by=Actor()).instance_id
        self.work()

    def work(self) -> None:
        while Worker(self.engine).run_due():
            pass

    def open(self) -> tuple[OpenTask, ...]:
        return self.engine.ask(standing.open_tasks, self.id)

    def waiting(self) -> set[str]:
        return {task.element_id for task in self.open()}

    def task(self, element: str, who: str) -> OpenTask:
        found = [t for t in self.open() if t.element_id == element]
        own = [t for t in found if t.assignee_id == CAST[who]]
        assert found, (element, self.waiting())
        return (own or found)[0]

    def do(self, element: str, who: str, **answers: Any) -> None:
        self.submit(self.task(element, who).id, who, answers)

    def submit(self, task_id: int, who: str, answers: dict[str, Any]) -> None:
        actor = Actor(person_id=CAST[who], channel=Channel.WEB, session_id="test")
        command = CompleteTask(task_id=task_id, answers=answers, request_key=uuid4().hex)
        self.engine.execute(command, by=actor)
        self.work()

    def asked(self) -> Evaluation:
        """Bring the case to where everybody is asked."""
        self.do("propose_raters", "EMP", peers=["4", "5", "6"])
        self.do("check_raters", "RTR")
        return self

    def drafted(self, own: tuple[int, ...], peers: dict[str, tuple[int, ...]]) -> Evaluation:
        """Bring the case to where the superior settles the rating."""
        self.asked()
        self.do("self_assessment", "EMP", **ratings(4))
        for who, given in peers.items():
            self.do("peer_feedback", who, **ratings(*given))
        self.work()
        if "draft_rating" not in self.waiting():
            self.later(days=10)
        self.do("draft_rating", "RTR", **ratings(*own))
        return self

    def settled(
        self, own: tuple[int, ...], result: str, behaviour: str, **reasons: str
    ) -> Evaluation:
        """Settle the rating, past the review where one is called for."""
        self.do(
            "final_rating",
            "RTR",
            **ratings(*own),
            result_rating=result,
            behaviour_rating=behaviour,
            **reasons,
        )
        if "fairness_review" in self.waiting():
            note = "Alasan dan bukti cukup."
            self.do("fairness_review", "SU2", decision="KEEP", note=note)
        return self

    def finished(self) -> Evaluation:
        """Talk it over, disclose, acknowledge."""
        steps = [{"action": "Pendampingan laporan", "owner": "RTR", "until": "2026-08-31"}]
        feedback = "Pelayanan loket sudah baik, laporan perlu dijaga."
        self.do("dialogue", "RTR", held_on="2026-07-09", feedback=feedback, actions=steps)
        self.do("acknowledge_result", "EMP", dialogue_held="YES", response="ACKNOWLEDGED")
        return self

    def later(self, **span: int) -> None:
        clock = self.engine.clock
        assert isinstance(clock, MovableClock)
        clock.move(timedelta(**span))
        self.work()

    @property
    def variables(self) -> Any:
        return self.engine.ask(standing.variables, self.id)

    @property
    def state(self) -> str:
        return str(self.engine.ask(cases.case, self.id).state)

    @property
    def incidents(self) -> list[Any]:
        return list(self.engine.ask(cases.case, self.id).incidents)


def everybody(*given: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """Give the five peers their answers."""
    return dict(zip(PEERS, given, strict=True))


def test_dt02_and_dt04_give_the_vectors_for_the_plan_of_the_cast_and_five_peers(
    engine: Engine,
) -> None:
    peers = everybody((4,), (4,), (4,), (4,), (3,))
    case = Evaluation(engine).drafted((4, 4, 4, 4, 4, 5, 5), peers)
    assert case.variables["result_advice"] == {"score": Decimal("102.55"), "rating": "MEETS"}
    assert case.variables["peer_mean"] == Decimal("3.80")
    # 0.60 x 4.29 + 0.25 x 3.80 + 0.15 x 4.04 (SKM 82)
    assert case.variables["behaviour_score"] == Decimal("4.13")
    assert case.variables["behaviour_advice"] == "ABOVE"


def test_dt02_adds_five_percent_to_a_project_on_time_and_of_quality(engine: Engine) -> None:
    with engine.database.begin() as connection:
        mine = "SELECT id FROM plan_row WHERE plan_id = 1 AND dimension = 'contribution'"
        project = f"UPDATE plan_row SET project = TRUE WHERE id IN ({mine})"
        connection.execute(text(project))
        connection.execute(text(f"UPDATE plan_result SET on_time = TRUE WHERE row_id IN ({mine})"))
    case = Evaluation(engine).asked()
    case.do("self_assessment", "EMP", **ratings(4))
    case.later(days=10)
    with pytest.raises(InvalidForm) as refused:
        case.do("draft_rating", "RTR", **ratings(4))
    assert [p.path for p in refused.value.problems] == ["projects.0.quality_rating"]
    case.do("draft_rating", "RTR", **ratings(4), projects=[{"quality_rating": "MEETS"}])
    # contribution 30 x 1.05 x 1.05 instead of 30 x 1.05
    assert case.variables["result_advice"]["score"] == Decimal("104.13")


def test_dt04_gives_the_weight_of_two_peers_to_the_superior(engine: Engine) -> None:
    case = Evaluation(engine).drafted((4, 4, 4, 4, 4, 5, 5), {"PEER1": (3,), "PEER2": (3,)})
    assert case.variables["peer_view"]["suppressed"] is True
    assert case.variables["peer_view"]["mean"] is None
    # 0.85 x 4.29 + 0.15 x 4.04
    assert case.variables["behaviour_score"] == Decimal("4.25")


def test_dt03_caps_behaviour_at_meets_for_one_value_below_two(engine: Engine) -> None:
    peers = everybody(*[(5, 5, 5, 5, 5, 5, 1)] * 5)
    case = Evaluation(engine).drafted((5, 5, 5, 5, 5, 5, 1), peers)
    assert case.variables["behaviour_score"] >= 4
    assert case.variables["lowest_value_mean"] == Decimal("1.00")
    assert case.variables["behaviour_advice"] == "MEETS"


def test_dt01_calls_good_results_with_poor_behaviour_poor(engine: Engine) -> None:
    """The other corners of the quadrant are stories in scenarios/."""
    case = Evaluation(engine).drafted((3,), everybody(*[(3,)] * 5))
    case.settled((3,), "ABOVE", "BELOW", result_reason=WHY, behaviour_reason=WHY).finished()
    assert case.variables["predicate"] == "K"
    assert case.variables["flags"] == ["FX8"]
    found = engine.ask(open_followups, _everything(), after=None, limit=50)
    assert {row.kind for row in found.rows} == {"COACHING", "REFERRAL"}


def test_a_service_area_below_target_opens_one_gap_per_unit_and_period(engine: Engine) -> None:
    area = Area(
        indicator="Waktu tunggu di loket",
        measure="menit",
        direction="LOWER",
        target=Decimal(20),
        actual=Decimal(35),
    )
    officer = Actor(person_id=CAST["HRC"], channel=Channel.WEB)
    facts = RecordUnitFacts(
        unit_path="/01/",
        period="2026Q2",
        public_facing=True,
        skm_index=Decimal(82),
        areas=[area],
        reason="Rekap Juni",
    )
    engine.execute(facts, by=officer)
    case = Evaluation(engine).drafted((3,), everybody(*[(3,)] * 5))
    case.settled((3,), "MEETS", "MEETS").finished()
    found = engine.ask(open_followups, _everything(), after=None, limit=50)
    assert {row.kind for row in found.rows} == {"SERVICE_GAP"}


def test_facts_that_nobody_recorded_wait_for_the_agency(engine: Engine) -> None:
    case = Evaluation(engine, period="2026Q3").asked()
    assert [i.element_id for i in case.incidents] == ["fetch_facts"]
    officer = Actor(person_id=CAST["HRC"], channel=Channel.WEB)
    facts = RecordUnitFacts(
        unit_path="/01/", period="2026Q3", public_facing=True, skm_index=Decimal(80)
    )
    engine.execute(facts, by=officer)
    engine.execute(RetryIncident(incident_id=case.incidents[0].id), by=officer)
    assert case.incidents == []
    assert case.variables["facts"]["skm_index"] == 80


def test_an_office_that_spares_people_asks_no_peers_in_the_third_quarter(engine: Engine) -> None:
    officer = Actor(person_id=CAST["HRC"], channel=Channel.WEB)
    engine.execute(
        SetPeerQuarters(
            unit_id=1, peer_quarters="24", valid_from=date(2026, 1, 1), reason="Hemat waktu"
        ),
        by=officer,
    )
    case = Evaluation(engine, period="2026Q3")
    assert case.waiting() == {"self_assessment"}
    assert case.variables["raters"]["peers"] == []


def test_an_answer_after_the_closing_is_refused_and_changes_nothing(engine: Engine) -> None:
    case = Evaluation(engine).asked()
    late = case.task("peer_feedback", "PEER2")
    case.later(days=10)
    with pytest.raises((InvalidState, NotFound, NotAllowed)):
        case.submit(late.id, "PEER2", ratings(1))
    assert "peer_feedback" not in case.waiting()


def test_nobody_but_the_chosen_peer_may_answer(engine: Engine) -> None:
    case = Evaluation(engine).asked()
    task = case.task("peer_feedback", "PEER1")
    for who in ("EMP", "RTR", "PEER2", "HRC", "STRANGER"):
        with pytest.raises((NotAllowed, NotFound)):
            case.submit(task.id, who, ratings(4))


def test_a_strict_rating_without_a_reason_is_refused_and_keeps_the_task(engine: Engine) -> None:
    case = Evaluation(engine).drafted((3,), everybody(*[(3,)] * 5))
    with pytest.raises(InvalidForm) as refused:
        case.settled((3,), "BELOW", "MEETS", result_reason="Terlalu pendek")
    assert [problem.path for problem in refused.value.problems] == ["result_reason"]
    assert case.waiting() == {"final_rating"}


def test_the_superior_reads_the_self_assessment_only_after_a_draft_of_his_own(
    engine: Engine, clock: MovableClock
) -> None:
    case = Evaluation(engine).asked()
    case.do("self_assessment", "EMP", **ratings(4), proud_of="Loket Sabtu yang saya usulkan")
    for who in PEERS:
        comment = {"loyal": 5, "loyal_note": f"Komentar rahasia {who}"}
        case.do("peer_feedback", who, **(ratings(4) | comment))
    app = create_app(Platform(Settings(second_factor_roles="none"), engine.database, engine, clock))
    assert "Loket Sabtu" not in read(app, case, "RTR", "draft_rating")
    own_view = {"loyal": 5, "loyal_note": "Catatan rancangan atasan"}
    case.do("draft_rating", "RTR", **(ratings(4) | own_view))
    assert "Loket Sabtu" in read(app, case, "RTR", "final_rating")
    for who in ("EMP", "RTR", "HRC", "AUD", "PEER1"):
        assert "Komentar rahasia" not in read(app, case, who)
    assert "Rancangan penilaian" in read(app, case, "EMP")  # that it happened, not what it says
    assert "Catatan rancangan" not in read(app, case, "EMP")
    assert "Catatan rancangan" in read(app, case, "HRC")


def read(app: Flask, case: Evaluation, who: str, element: str = "") -> str:
    """Give what somebody sees of the case, and of the open task of an element."""
    visitor = Visitor(app.test_client())
    names = {code: login for login, code in LOGINS.items()}
    visitor.log_in(names[who], DEMO_PASSWORD)
    seen = visitor.get(f"/cases/{case.id}").text
    return seen + visitor.get(f"/tasks/{case.task(element, who).id}").text if element else seen


def test_the_disclosure_starts_fourteen_days_of_objection(engine: Engine) -> None:
    case = Evaluation(engine).drafted((3,), everybody(*[(3,)] * 5)).settled((3,), "MEETS", "MEETS")
    feedback = "Pelayanan loket sudah baik, laporan perlu dijaga."
    case.do("dialogue", "RTR", held_on="2026-07-09", feedback=feedback)
    disclosure = case.variables["disclosure"]
    disclosed, until = (
        date.fromisoformat(str(disclosure[key])) for key in ("disclosed_on", "objection_until")
    )
    assert until - disclosed == timedelta(days=14)
    case.later(days=13)
    assert case.waiting() == {"acknowledge_result"}
    case.later(days=2)
    assert case.state == "COMPLETED"


def _everything() -> Any:
    from engine import Scope

    return Scope(path_prefixes=frozenset({"/"}))
