"""A year from the report to the locked predicate: with its calibration, and with an objection."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from engine import (
    Actor,
    ClaimTask,
    CompleteTask,
    Engine,
    NewCase,
    PublishMessage,
    StartInstance,
)
from engine.errors import Conflict, InvalidForm, InvalidState, NotAllowed
from engine.folder import read_folder
from engine.queries import cases, standing
from engine.queries.history import check_chains
from engine.worker import Worker
from hr.appraisal import queries as appraisal
from hr.appraisal import store as appraisal_store
from hr.calibration import queries as calibration
from hr.calibration.commands import StartCalibration
from hr.demo.cast import CAST
from hr.development.queries import facts as facts_of
from hr.directory import queries as directory
from hr.followup import queries as followup
from hr.objection import queries as objections
from hr.records.tables import AnnualPredicate
from hr.siasn import queries as siasn
from hr.siasn.commands import MakeSiasnFile
from tests.conftest import WORKFLOWS
from tests.engine.stories import rows

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

OFFICER = Actor(person_id=CAST["HRC"])
WHY = "Angka triwulan kedua dicapai bersama tim lain, sumbangan sendiri berbeda."
GROUNDS = "Realisasi triwulan ketiga tidak dihitung, buktinya saya lampirkan."


class Case:
    """A case that people of the cast work on."""

    def __init__(self, engine: Engine, instance_id: int) -> None:
        self.engine, self.id = engine, instance_id

    def do(self, element: str, who: str, **answers: Any) -> None:
        """Complete a task and let the worker run."""
        person = CAST[who]
        open_now = self.engine.ask(standing.open_tasks, self.id)
        mine = [t for t in open_now if t.element_id == element and t.assignee_id in (person, None)]
        assert mine, [(t.element_id, t.assignee_id, t.candidate_group) for t in open_now]
        actor = Actor(person_id=person)
        if mine[0].assignee_id is None:
            self.engine.execute(ClaimTask(task_id=mine[0].id), by=actor)
        command = CompleteTask(task_id=mine[0].id, answers=answers, request_key=uuid4().hex)
        self.engine.execute(command, by=actor)
        work(self.engine)

    @property
    def waiting(self) -> list[str]:
        """Name the open tasks."""
        return sorted(task.element_id for task in self.engine.ask(standing.open_tasks, self.id))

    @property
    def state(self) -> str:
        """Give the state of the case."""
        return str(self.engine.ask(cases.case, self.id).state)


def work(engine: Engine) -> None:
    while Worker(engine).run_due():
        pass


def rated(engine: Engine, **ratings: str) -> Case:
    """Start PEER5's year and let it be proposed."""
    new = NewCase(subject_id=CAST["PEER5"], period="2026")
    case = Case(engine, engine.execute(StartInstance(key="annual_appraisal", case=new)).instance_id)
    done = {"plan": "Perekaman KTP", "result": "Perekaman tuntas sepanjang tahun."}
    case.do("write_report", "PEER5", achievements=[done], plans=[{"text": "Perekaman keliling."}])
    given = {"result_rating": "MEETS", "behaviour_rating": "MEETS", **ratings}
    reason = {"result_reason": WHY} if given["result_rating"] != "MEETS" else {}
    case.do("evaluate", "RTR", **given, **reason, feedback="Layanan terjaga sepanjang tahun.")
    return case


def calibrated(engine: Engine) -> Case:
    """Hold the calibration of PEER5's office without anything to look at, or with one case."""
    command = StartCalibration(office_path="/01/", period="2026")
    return Case(engine, engine.execute(command, by=OFFICER).instance_id)


@pytest.fixture
def city(engine: Engine) -> Engine:
    for key in ("annual_appraisal", "calibration_review", "objection"):
        engine.execute(read_folder(WORKFLOWS / key))
    return engine


def officer_of(case: Case) -> str:
    (task,) = case.engine.ask(standing.open_tasks, case.id)
    return next(code for code, number in CAST.items() if number == task.assignee_id)


def test_a_year_is_calibrated_contested_changed_and_locked(city: Engine, clock: Any) -> None:
    case = rated(city, result_rating="BELOW")
    case.do(
        "team_evaluate", "TRN", result_rating="BELOW", behaviour_rating="MEETS",
        reason="Realisasi memang di bawah target.",
    )  # fmt: skip
    assert case.waiting == []
    held = calibrated(city)
    work(city)
    held.do("set_org_predicate", "PPK", org_predicate="BAIK", basis="Perjanjian Kinerja tercapai.")
    found = city.ask(appraisal.of_case, case.id)
    assert found is not None
    assert (found.predicate, found.flags, found.sampled_because) == ("BP", ("FX8",), "FLAG")
    held.do("set_agenda", officer_of(held), appraisals=[str(found.id)])
    keep = {"decision": "KEEP", "reason": "Realisasi dan bukti dibaca bersama tim penilai kinerja."}
    held.do("justify", "RTR", lines=[keep])
    held.do("hold_session", "SU2", lines=[{"decision": "KEEP"}])
    for voter in ("SU2", "TRN", "PPPK"):
        held.do("vote", voter, lines=[{"vote": "AGREE"}])
    held.do("publish_report", officer_of(held), report="Satu penilaian dibahas dan dipertahankan.")
    assert held.state == "COMPLETED"
    assert case.waiting == ["sign_rater"]
    case.do("sign_rater", "RTR", signed=True)
    case.do("sign_superior", "SU2", signed=True)
    case.do("acknowledge_result", "PEER5", response="OBJECTION", comment=GROUNDS)
    (row,) = rows(city, "SELECT id FROM instance WHERE process_key = 'objection'")
    contested = Case(city, row.id)
    assert contested.waiting == ["file_objection"]
    contested.do(
        "file_objection", "PEER5", items=["RESULT"], grounds="FACT", statement=GROUNDS,
        requested="Hasil kerja dinilai sesuai ekspektasi.",
    )  # fmt: skip
    # SU2 led the calibration, so the next superior decides.
    contested.do("check_objection", "PPK", decision="ADMIT", ask_team=False)
    contested.do("explain", "RTR", explanation="Bukti triwulan ketiga belum saya terima waktu itu.")
    contested.do("state_case", "PEER5", answer="ENOUGH")
    clock.move(timedelta(days=20))  # the fourteen days are over, the objection is not
    work(city)
    assert case.state == "ACTIVE"
    contested.do(
        "decide_objection", "PPK", decision="CHANGE", result_rating="MEETS",
        behaviour_rating="MEETS", reason=GROUNDS,
    )  # fmt: skip
    work(city)
    assert (contested.state, case.state) == ("COMPLETED", "COMPLETED")
    final = city.ask(appraisal.of_case, case.id)
    assert final is not None
    assert (final.state, final.predicate, final.proposed) == ("LOCKED", "B", "BP")
    with city.database.connect() as connection:
        mine = AnnualPredicate.person_id == CAST["PEER5"]
        wanted = select(AnnualPredicate.predicate).where(mine, AnnualPredicate.year == 2026)
        assert connection.execute(wanted).scalar_one() == "B"
    # What follows from the old predicate never began.
    assert city.ask(followup.of_case, case.id) == ()
    (first,) = rows(city, "SELECT id FROM evaluation_result WHERE case_no LIKE 'P05%'")
    (objection,) = city.ask(objections.of_result, first.id)
    assert objection.outcome == "CHANGED"
    # Answering with an objection began its case and opened it in one step, before it had a number.
    assert objection.case_no == city.ask(cases.case, contested.id).case_no != ""
    assert (final.potential, final.talent_box) == (100, 9)  # DT13: B counts 80
    assert city.ask(facts_of, CAST["PEER5"], "/01/", "2026", clock()).talent_box == 9  # T10
    assert handed_out(city) == siasn_row(city, "BAIK", "2", "SESUAI EKSPEKTASI", "2")
    assert rows(city, "SELECT id FROM incident") == []
    assert city.ask(check_chains) == ()


def handed_out(engine: Engine) -> dict[str, str]:
    """Make the agency's file; a second one has nothing left.  Give its only row."""
    with pytest.raises(NotAllowed):
        engine.execute(MakeSiasnFile(year=2026), by=Actor(person_id=CAST["HRO"]))
    number = engine.execute(MakeSiasnFile(year=2026), by=OFFICER)
    with pytest.raises(InvalidState, match="none waits"):
        engine.execute(MakeSiasnFile(year=2026), by=OFFICER)
    content = engine.ask(siasn.content, number, "csv")
    assert sha256(content).hexdigest() == engine.ask(siasn.file, number).sha256
    (line,) = csv.DictReader(content.decode("utf-8-sig").splitlines())
    assert json.loads(engine.ask(siasn.content, number, "json")) == [line]
    return line


def siasn_row(engine: Engine, *said: str) -> dict[str, str]:
    """Give PEER5's row of `rw_skp22` (domain.md §2.3): predicate and result in words and codes."""
    known = engine.ask(directory.persons, [CAST["PEER5"], CAST["RTR"]], engine.clock())
    own, rater = known[CAST["PEER5"]], known[CAST["RTR"]]
    predicate, predicate_code, result, result_code = said
    return {
        "nipBaru": own.nip,
        "pnsDinilaiId": "",
        "tahun": "2026",
        "hasilKinerja": result,
        "hasilKinerjaNilai": result_code,
        "perilakuKerja": "SESUAI EKSPEKTASI",
        "PerilakuKerjaNilai": "2",
        "kuadranKinerja": predicate,
        "KuadranKinerjaNilai": predicate_code,
        "statusPenilai": "ASN",
        "nipNrpPenilai": rater.nip,
        "namaPenilai": rater.name,
        "penilaiGolonganId": "34",
        "penilaiJabatanNm": rater.post,
        "penilaiUnorNm": rater.unit_name,
    }


def test_an_objection_admitted_after_the_lock_changes_the_year_and_goes_to_siasn_again(
    city: Engine, clock: Any
) -> None:
    case = rated(city, result_rating="BELOW")
    case.do(
        "team_evaluate", "TRN", result_rating="BELOW", behaviour_rating="MEETS",
        reason="Realisasi memang di bawah target.",
    )  # fmt: skip
    city.execute(PublishMessage(name="calibrated", correlation="/01/2026"))
    work(city)
    case.do("sign_rater", "RTR", signed=True)
    case.do("sign_superior", "SU2", signed=True)
    case.do("acknowledge_result", "PEER5", response="ACKNOWLEDGED")
    clock.move(timedelta(days=15))
    work(city)
    assert case.state == "COMPLETED"
    row = siasn_row(city, "BUTUH PERBAIKAN", "3", "DIBAWAH EKSPEKTASI", "3")
    assert handed_out(city) == row
    new = NewCase(subject_id=CAST["PEER5"], period="2026")
    late = Case(city, city.execute(StartInstance(key="objection", case=new)).instance_id)
    late.do(
        "file_objection", "PEER5", items=["RESULT"], grounds="FACT", statement=GROUNDS,
        requested="Hasil kerja dinilai sesuai ekspektasi.", late_reason="Saya dirawat sebulan.",
    )  # fmt: skip
    late.do("check_lateness", "HRC", decision="ADMIT", reason="Surat rumah sakit terlampir.")
    late.do("check_objection", officer_of(late), decision="ADMIT", ask_team=False)
    late.do("explain", "RTR", explanation="Bukti triwulan ketiga belum saya terima waktu itu.")
    late.do("state_case", "PEER5", answer="ENOUGH")
    late.do(
        "decide_objection", officer_of(late), decision="CHANGE", result_rating="MEETS",
        behaviour_rating="MEETS", reason=GROUNDS,
    )  # fmt: skip
    assert late.state == "COMPLETED"
    final = city.ask(appraisal.of_case, case.id)
    assert final is not None
    assert (final.state, final.predicate) == ("LOCKED", "B")
    with city.database.connect() as connection:
        assert appraisal_store.annual_predicate(connection, CAST["PEER5"], 2026) == "B"
    assert handed_out(city) == siasn_row(city, "BAIK", "2", "SESUAI EKSPEKTASI", "2")
    assert len(city.ask(siasn.files, 2026)) == 2
    made = "FROM history h JOIN stream s ON s.id = h.stream_id WHERE s.key = 'siasn/2026'"
    assert len(rows(city, f"SELECT h.seq {made}")) == 2
    assert city.ask(check_chains) == ()


@on_sqlite
def test_whoever_is_too_new_has_a_year_without_a_predicate_and_its_number(city: Engine) -> None:
    new = NewCase(subject_id=CAST["EMP"], period="2014")
    started = city.execute(StartInstance(key="annual_appraisal", case=new))
    found = city.ask(appraisal.of_case, started.instance_id)
    assert found is not None
    assert (found.state, found.reason_code) == ("UNRATED", "TOO_NEW")
    assert found.case_no == started.case_no


@on_sqlite
def test_a_proposal_that_comes_after_the_calibration_goes_on_as_late(city: Engine) -> None:
    first = rated(city)
    held = calibrated(city)
    held.do("set_org_predicate", "PPK", org_predicate="ISTIMEWA", basis="Target kota terlampaui.")
    held.do("publish_report", officer_of(held), report="Tidak ada yang dibahas tahun ini.")
    assert first.waiting == ["sign_rater"]
    second = rated(city)
    if second.waiting == ["team_evaluate"]:  # drawn by the number of the case
        same = {"result_rating": "MEETS", "behaviour_rating": "MEETS"}
        second.do("team_evaluate", "TRN", **same, reason="Bukti mendukung seluruh capaian.")
    assert second.waiting == ["sign_rater"]
    late = city.ask(standing.variables, second.id)["calibrated"]
    assert (late["late"], late["changed"]) == (True, False)


@on_sqlite
def test_an_office_of_one_person_is_only_advised(city: Engine) -> None:
    rated(city)
    held = calibrated(city)
    held.do("set_org_predicate", "PPK", org_predicate="BAIK", basis="Perjanjian Kinerja tercapai.")
    found = city.ask(standing.variables, held.id)
    assert (found["distribution"]["advisory"], found["breached"]) == (True, False)
    assert held.waiting == ["publish_report"]
    assert (found["figures"]["shown"], found["figures"]["counts"]) == (False, None)


@on_sqlite
def test_a_calibration_is_started_once_by_the_agency_for_an_office(city: Engine) -> None:
    command = StartCalibration(office_path="/01/", period="2026")
    with pytest.raises(NotAllowed):
        city.execute(command, by=Actor(person_id=CAST["RTR"]))
    with pytest.raises(InvalidState):  # nothing is proposed yet
        city.execute(command, by=OFFICER)
    rated(city)
    city.execute(command, by=OFFICER)
    with pytest.raises(Conflict):
        city.execute(command, by=OFFICER)
    for office, period in (("/01/01/", "2026"), ("/99/", "2026"), ("", "2026"), ("/01/", "2026Q1")):
        with pytest.raises(InvalidForm):
            city.execute(StartCalibration(office_path=office, period=period), by=OFFICER)


@on_sqlite
def test_a_second_calibration_by_hand_is_an_incident_in_words(city: Engine) -> None:
    rated(city)
    calibrated(city)
    new = NewCase(scope_path="/01/", period="2026")
    city.execute(StartInstance(key="calibration_review", case=new), by=OFFICER)
    (incident,) = rows(city, "SELECT message FROM incident")
    assert "Expected no calibration of /01/ for 2026" in incident.message


@on_sqlite
def test_offices_are_listed_with_how_far_they_are(city: Engine) -> None:
    assert city.ask(calibration.offices, "2026") == ()
    rated(city)
    (office,) = city.ask(calibration.offices, "2026")
    assert (office.name[:5], office.proposed, office.people) == ("Dinas", 1, 1)
    assert office.calibration is None


def _move(engine: Engine, on: date) -> None:
    """Let PEER5 hold a post under another rater from a day on."""
    with engine.database.begin() as connection:
        end = {"d": on - timedelta(days=1), "p": CAST["PEER5"]}
        connection.execute(text("UPDATE holding SET valid_to = :d WHERE person_id = :p"), end)
        connection.execute(
            text(
                "INSERT INTO holding (person_id, post_id, valid_from, valid_to)"
                " VALUES (:p, 8, :d, '9999-12-31')"
            ),
            {"p": CAST["PEER5"], "d": on},
        )
        connection.execute(
            text(
                "INSERT INTO holding (person_id, post_id, valid_from, valid_to)"
                " VALUES (:p, 7, '2022-01-01', '9999-12-31')"
            ),
            {"p": CAST["HRC2"]},
        )


@on_sqlite
@pytest.mark.parametrize(
    ("moved_on", "rater"), [(date(2026, 12, 31), "RTR"), (date(2026, 2, 1), "HRC2")]
)
def test_whoever_rated_most_of_the_year_rates_it(
    city: Engine, clock: Any, moved_on: date, rater: str
) -> None:
    _move(city, moved_on)
    clock.set(datetime(2027, 1, 4, 2, tzinfo=UTC))
    new = NewCase(subject_id=CAST["PEER5"], period="2026")
    case = Case(city, city.execute(StartInstance(key="annual_appraisal", case=new)).instance_id)
    basis = city.ask(standing.variables, case.id)["basis"]
    assert basis["rater"] == CAST[rater]
    assert sum(part["days"] for part in basis["segments"]) == 365
    assert len(basis["segments"]) == 2


@on_sqlite
def test_who_rated_is_known_to_the_day_also_where_only_the_superior_changed(
    city: Engine, clock: Any
) -> None:
    with city.database.begin() as connection:
        took_over = {"p": CAST["RTR"], "q": CAST["HRC2"], "d": date(2026, 9, 17)}
        connection.execute(
            text(
                "INSERT INTO holding (person_id, post_id, valid_from, valid_to)"
                " SELECT :q, post_id, :d, '9999-12-31' FROM holding WHERE person_id = :p"
            ),
            took_over,
        )
        ended = {"p": CAST["RTR"], "d": date(2026, 9, 16)}
        connection.execute(text("UPDATE holding SET valid_to = :d WHERE person_id = :p"), ended)
    clock.set(datetime(2027, 1, 4, 2, tzinfo=UTC))
    new = NewCase(subject_id=CAST["PEER5"], period="2026")
    case = Case(city, city.execute(StartInstance(key="annual_appraisal", case=new)).instance_id)
    basis = city.ask(standing.variables, case.id)["basis"]
    told = [(part["rater"], part["days"]) for part in basis["segments"]]
    assert told == [(CAST["RTR"], 259), (CAST["HRC2"], 106)]  # until and from 17 September
    assert basis["rater"] == CAST["RTR"]
