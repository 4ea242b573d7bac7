"""Versions of a process on the screen: what runs, going back, retiring, taking cases over."""

from __future__ import annotations

import pytest

from engine import Deploy
from engine.folder import read_folder
from engine.queries import definitions, proposals, standing
from engine.worker import Worker
from hr.demo.cast import CAST
from hr.notices import queries as notices
from tests.conftest import WORKFLOWS
from tests.web.test_migrated_case import RENAME, newer
from tests.web.test_studio import post

ONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PAGE = "/studio/processes/two_step"
WHY = "Aturannya berlaku juga untuk yang berjalan."


@pytest.fixture
def running(engine, start_two_step):
    """Two cases on the first version; the second has other ids for its tasks."""
    engine.execute(read_folder(WORKFLOWS / "process_change"))
    cases = start_two_step("EMP"), start_two_step("EMP", "2026Q3")
    engine.execute(Deploy(files=newer(), reason="uji"))
    return cases


def work_off(engine):
    worker = Worker(engine)
    while worker.run_due():
        pass


def element(engine, case):
    (task,) = engine.ask(standing.open_tasks, case.instance_id)
    return task.element_id


def test_one_case_goes_over_with_its_draft_and_another_stays(client_as, engine, running):
    staying, going = running
    designer, officer = client_as("DSN"), client_as("HRC")
    employee = client_as("EMP")
    (task,) = engine.ask(standing.open_tasks, going.instance_id)
    path = f"/tasks/{task.id}"
    employee.submit(employee.get(path), path, do="save_draft", subject="Cuti tahunan")
    page = designer.get(PAGE)
    assert "2 perkara berjalan" in page.text
    assert "0 perkara berjalan" in page.text
    plan = designer.get(page.link("Pindahkan perkaranya"))
    assert "0 dari 2 yang diperiksa dapat pindah" in plan.text
    assert "Langkah ini tidak ada lagi." in plan.text
    mapped = f"{PAGE}/migrate?from=1&to=2&rename.request=submission&rename.review=assessment"
    plan = designer.get(mapped)
    assert "2 dari 2 yang diperiksa dapat pindah" in plan.text
    fields = {"from": "1", "to": "2", **{f"rename.{old}": new for old, new in RENAME.items()}}

    tried = post(designer, f"{PAGE}/migrate", **fields, do="try", request_key="k")
    assert post(designer, f"{PAGE}/migrate", **fields, do="try", request_key="k").location == (
        tried.location
    )
    work_off(engine)
    page = designer.get(tried.location)
    assert "dapat pindah: 2" in page.text
    assert {element(engine, case) for case in running} == {"request"}

    asked = {**fields, "do": "propose", "which": "some"}
    wrong = post(designer, f"{PAGE}/migrate", **asked, cases="P99-1", reason=WHY)
    assert wrong.status_code == 422
    assert "P99-1" in wrong.text
    assert post(designer, f"{PAGE}/migrate", **asked, cases=going.case_no).status_code == 422
    done = post(designer, f"{PAGE}/migrate", **asked, cases=going.case_no, reason=WHY)
    assert done.status_code == 303, done.text
    (proposal,) = engine.ask(proposals.waiting)
    own = post(designer, f"/studio/proposals/{proposal.id}", do="approve")
    assert own.status_code == 403
    assert [one.notice for one in engine.ask(notices.unread, CAST["ADM"])] == ["version_migrate"]
    page = officer.get(officer.get("/studio").link("Pindahkan perkara Permohonan dua langkah"))
    assert WHY in page.text
    done = post(officer, f"/studio/proposals/{proposal.id}", do="approve")
    work_off(engine)
    page = officer.get(done.location)
    assert "sudah pindah: 1" in page.text
    assert page.link(going.case_no) == f"/cases/{going.instance_id}"
    assert (element(engine, staying), element(engine, going)) == ("request", "submission")
    assert "Cuti tahunan" in employee.get(path).response.text
    back = post(officer, f"{done.location}/undo", reason="Ternyata belum perlu.")
    assert back.status_code == 303
    work_off(engine)
    assert element(engine, going) == "request"
    assert "sudah kembali: 1" in officer.get(done.location).text


@ONE
def test_an_earlier_version_is_published_again_as_a_draft(client_as, engine, running):
    designer = client_as("DSN")
    answer = post(designer, f"{PAGE}/again", version="1")
    assert answer.status_code == 303
    page = designer.get(answer.location)
    assert "Telaah permohonan" in page.text
    assert "Periksa permohonan" in page.text
    for version, status in (("7", 404), ("x", 404), ("", 404)):
        assert post(designer, f"{PAGE}/again", version=version).status_code == status
    assert post(client_as("HRC"), f"{PAGE}/again", version="1").status_code == 403


@ONE
def test_retiring_takes_two_and_the_page_says_so(client_as, engine, running):
    designer, officer = client_as("DSN"), client_as("ADM")
    assert post(designer, f"{PAGE}/retire").status_code == 422
    assert post(officer, f"{PAGE}/retire", reason=WHY).status_code == 403
    assert post(designer, f"{PAGE}/retire", reason=WHY).status_code == 303
    (proposal,) = engine.ask(proposals.waiting)
    assert post(officer, f"/studio/proposals/{proposal.id}", do="refuse").status_code == 422
    assert post(officer, f"/studio/proposals/{proposal.id}", do="approve").status_code == 303
    page = client_as("HRC").get(PAGE)
    assert "tidak memulai perkara baru" in page.text
    again = f"//form[@action='{PAGE}/again']"
    assert not page.all(again), "that is the designers'"
    assert len(designer.get(PAGE).all(again)) == 2
    assert next(r for r in engine.ask(definitions.latest) if r.key == "two_step").retired


@ONE
def test_addresses_of_nothing_are_not_found_and_strangers_come_nowhere(
    client_as, running, subtests
):
    designer, stranger = client_as("DSN"), client_as("STRANGER")
    paths = [
        "/studio/processes/nothing",
        "/studio/processes/nothing/migrate",
        "/studio/migrations/9",
    ]
    for path in paths:
        with subtests.test(path=path):
            assert designer.get(path).status == 404
    for path in [PAGE, f"{PAGE}/migrate", "/studio/migrations/1"]:
        with subtests.test(path=path):
            assert stranger.get(path).status == 403
    odd = [
        "?from=9&to=x",
        "?from=1&to=1",
        "?from=1&to=2&rename.request=nothing",
        "?from=1&to=2&rename.request=submission&rename.review=submission",
        "?from=1&to=2&rename.%3Cb%3E=submission&retime=x",
    ]
    for query in odd:
        with subtests.test(query=query):
            assert designer.get(f"{PAGE}/migrate{query}").status == 200
