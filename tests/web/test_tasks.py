"""The task page: fill in, save, send, twice, wrongly, as somebody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import NewCase, StartInstance
from engine.folder import read_folder
from engine.queries import cases as case_queries
from engine.worker import Worker
from hr.demo.cast import CAST
from tests.web.conftest import TWO_STEP


@pytest.fixture
def task(client_as, start_two_step):
    """A task of EMP: the visitor, the page's path, and the case it belongs to."""
    case = start_two_step()
    visitor = client_as("EMP")
    path = visitor.get("/").link("Permohonan: ajukan").split("?")[0]
    return visitor, path, case


GOOD = {"subject": "Cuti tahunan", "days": "3", "reason": "Menengok orang tua."}


def send(visitor, path, **fields):
    return visitor.submit(visitor.get(path), path, do="complete", **fields)


def steps(engine, case):
    found = engine.ask(case_queries.case, case.instance_id).steps
    return {step.element_id: step.state for step in found}


def test_a_task_is_completed_and_the_person_reads_received(task, engine):
    visitor, path, case = task
    page = send(visitor, path, **GOOD)
    assert page.response.request.path == f"{path}/sent"
    assert "Periksa permohonan: Bambang Nugroho" in page.text
    assert "Tidak ada tugas lain" in page.text
    assert f"Diterima: {case.case_no}" in page.text
    assert steps(engine, case) == {"request": "DONE", "review": "CURRENT"}
    assert "Diterima" not in visitor.get("/").text


def test_after_one_task_the_next_is_one_tap_away(task, start_two_step, client_as):
    visitor, path, _ = task
    second = start_two_step()
    page = send(visitor, path, **GOOD)
    assert second.case_no in page.text
    assert second.case_no in visitor.get(page.link("Tugas berikutnya")).text
    assert client_as("STRANGER").get(f"{path}/sent").status == 404


def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(task, engine):
    visitor, path, case = task
    page = send(visitor, path, subject="", days="99", reason="Menengok <orang> tua.")
    assert page.status == 422
    links = page.all("//div[@id='al-summary']//a/@href")
    assert links == ["#f-subject", "#f-days"]
    for link in links:
        field = page.tree.get_element_by_id(link[1:])
        assert field.get("aria-invalid") == "true"
        problem = page.tree.get_element_by_id(field.get("aria-describedby").split()[-1])
        assert problem.text_content().strip()
    assert page.all("//textarea[@name='reason']")[0].text.strip() == "Menengok <orang> tua."
    assert page.all("//input[@name='days']/@value") == ["99"]
    assert steps(engine, case) == {"request": "CURRENT"}


def test_what_is_wrong_is_said_in_english_too(task):
    visitor, path, _ = task
    visitor.post("/language", {"language": "en"})
    page = send(visitor, path, subject="", days="2")
    assert page.status == 422
    assert "Subject must be filled in." in page.text


def test_after_an_error_the_same_form_can_be_sent(task):
    visitor, path, case = task
    page = send(visitor, path, subject="", days="2")
    page = visitor.submit(page, path, do="complete", subject="Cuti")
    assert f"Diterima: {case.case_no}" in page.text


def test_a_second_click_is_received_once(task, engine):
    visitor, path, case = task
    page = visitor.get(path)
    visitor.submit(page, path, do="complete", **GOOD)
    again = visitor.submit(page, path, do="complete", **GOOD)
    assert f"Sudah diterima sebelumnya: {case.case_no}" in again.text
    assert steps(engine, case) == {"request": "DONE", "review": "CURRENT"}


def test_sending_again_with_another_key_is_a_conflict_in_words(task):
    visitor, path, _ = task
    page = visitor.get(path)
    visitor.submit(page, path, do="complete", **GOOD)
    again = visitor.submit(page, path, do="complete", request_key="another", **GOOD)
    assert again.status == 409
    assert "Keadaannya sudah berubah" in again.text


def test_a_draft_is_kept_without_javascript_and_comes_back(task, client_as, engine):
    visitor, path, case = task
    page = visitor.submit(visitor.get(path), path, do="save_draft", subject="Setengah", days="x")
    assert page.status == 200
    assert "Draf tersimpan" in page.text
    page = client_as("EMP").get(path)
    assert page.all("//input[@name='subject']/@value") == ["Setengah"]
    assert page.all("//input[@name='days']/@value") == ["x"]
    assert "Ada draf" in client_as("EMP").get("/").text
    assert steps(engine, case) == {"request": "CURRENT"}


def test_a_draft_that_saves_itself_is_answered_in_a_few_words(task):
    visitor, path, _ = task
    fields = {"do": "save_draft", "subject": "Setengah"}
    page = visitor.post(path, fields, headers={"HX-Request": "true"})
    assert page.response.text == "Tersimpan 09.00"


@pytest.mark.parametrize(
    ("age", "kept"), [("600000", "Di meja"), ("1000", "Di ponsel"), ("-1", "Di ponsel")]
)
def test_a_copy_from_a_browser_never_replaces_what_was_typed_after_it(task, clock, age, kept):
    visitor, path, _ = task
    htmx = {"HX-Request": "true"}
    visitor.post(path, {"do": "save_draft", "subject": "Di meja"}, headers=htmx)
    clock.now += timedelta(minutes=5)
    fields = {"do": "save_draft", "subject": "Di ponsel", "_age": age}
    answer = visitor.post(path, fields, headers=htmx)
    assert answer.status == 200
    assert visitor.get(path).all("//input[@name='subject']/@value") == [kept]


def test_a_completed_task_says_so(task):
    visitor, path, _ = task
    send(visitor, path, **GOOD)
    page = visitor.get(path)
    assert page.status == 200
    assert "Tugas ini sudah selesai." in page.text
    assert not page.all("//form[@id='task-form']")


def test_the_superior_sees_the_request_beside_the_decision(task, client_as):
    visitor, path, _ = task
    send(visitor, path, **GOOD)
    superior = client_as("RTR")
    page = superior.get(superior.get("/").link("Permohonan: Cuti tahunan"))
    evidence = page.all("//aside")[0].text_content()
    assert "Cuti tahunan" in evidence
    assert "Menengok orang tua." in evidence
    assert "Sari Wulandari" in evidence


def test_a_rule_across_fields_stands_at_its_field(task, client_as):
    visitor, path, _ = task
    send(visitor, path, **GOOD)
    superior = client_as("RTR")
    page = superior.get(superior.get("/").link("Permohonan: Cuti tahunan"))
    page = superior.submit(page, page.response.request.path, do="complete", note="tidak")
    assert page.status == 422
    assert page.all("//div[@id='al-summary']//a/@href") == ["#f-note"]


def test_somebody_elses_task_is_neither_shown_nor_changed(task, client_as, engine, subtests):
    for code in ["STRANGER", "RTR", "PEER1", "ADM", "DSN"]:
        with subtests.test(code=str(code)[:60]):
            _, path, case = task
            other = client_as(code)
            fields = {"do": "complete", "request_key": "k", **GOOD}
            for page in (
                other.get(path),
                other.post(path, fields),
                other.post(path, {"do": "save_draft", **GOOD}),
                other.post(f"{path}/claim"),
                other.post(f"{path}/release"),
            ):
                assert page.status == 403
                assert "Anda tidak berwenang" in page.text
                assert "Permohonan" not in page.text
            assert steps(engine, case) == {"request": "CURRENT"}


def test_a_stranger_without_a_session_gets_nowhere(task, visitor):
    _, path, _ = task
    assert visitor.get(path).response.request.path == "/login"
    page = visitor.post(path, {"do": "complete", **GOOD})
    assert page.status == 403
    assert "Sesi Anda sudah berakhir" in page.text


def test_a_task_that_is_not_there_is_not_found(client_as, subtests):
    for number in ["999999", "0", "99999999999999999999", "9223372036854775808"]:
        with subtests.test(number=str(number)[:60]):
            visitor = client_as("EMP")
            assert visitor.get(f"/tasks/{number}").status == 404
            assert visitor.post(f"/tasks/{number}", {"do": "complete"}).status in (404, 405)
            assert visitor.post(f"/tasks/{number}/claim").status in (404, 405)


def test_strange_submissions_never_break_the_page(task, engine, subtests):
    for fields in [
        {},
        {"do": "unknown"},
        {"do": "complete", "request_key": "k" * 10_000},
        {"do": "complete", "subject": "x" * 100_000, "days": "1"},
        {"do": "complete", "subject": ["a", "b"], "days": ["1", "2", "x"]},
        {"do": "complete", "subject": "a\x00b", "days": "\x00"},
        {"do": "complete", "subject": "ok", "days": "1e400"},
        {"do": "complete", "subject": "ok", "days": "NaN"},
        {"do": "complete", "subject": "ok", "days": "-Infinity"},
        {"do": "complete", "subject": "ok", "days": "9" * 400},
        {"do": "complete", "subject.0.x": "y", "days": "1"},
        {"_add.subject": "", "days": "1"},
        {"_remove.x.999999999": ""},
        {"do": "save_draft", "subject": "\ud800".encode("utf-8", "surrogatepass")},
    ]:
        with subtests.test(fields=str(fields)[:60]):
            visitor, path, case = task
            page = visitor.post(path, fields)
            assert page.status in (200, 422)
            assert page.heading
            if page.status == 422:
                assert steps(engine, case) == {"request": "CURRENT"}


def test_unknown_keys_are_not_taken_in(task, client_as):
    visitor, path, case = task
    send(visitor, path, **GOOD, approved="true", subject_id="99", role="admin")
    page = client_as("AUD").get(f"/cases/{case.instance_id}")
    assert "admin" not in page.text


def test_markup_that_was_typed_is_text_everywhere(task, client_as):
    visitor, path, case = task
    send(visitor, path, subject="<img src=x onerror=alert(1)>", days="1")
    superior = client_as("RTR")
    for page in (
        superior.get("/"),
        superior.get(superior.get("/").link("Permohonan:")),
        superior.get(f"/cases/{case.instance_id}"),
    ):
        assert "<img src=x" in page.text
        assert not page.all("//main//img")


def test_when_the_system_is_busy_nothing_typed_is_lost(task, engine, monkeypatch):
    from engine.errors import Busy

    visitor, path, _ = task
    page = visitor.get(path)

    def busy(*_args, **_kwargs):
        raise Busy

    monkeypatch.setattr(engine, "execute", busy)
    page = visitor.submit(page, path, do="complete", **GOOD)
    assert page.status == 503
    assert page.all("//input[@name='subject']/@value") == ["Cuti tahunan"]
    assert "Sistem sedang sibuk" in page.text


def test_the_page_leads_back_to_where_one_came_from(task):
    visitor, path, _ = task
    page = visitor.get(visitor.get("/?q=sari").link("Permohonan: ajukan"))
    number = path.rpartition("/")[2]
    assert page.link("Kembali ke daftar") == f"/?q=sari#task-{number}"
    page = visitor.get(f"{path}?back=https://evil.example")
    assert page.link("Kembali ke daftar") == "/"


def test_a_later_failure_still_reads_received(failed_case):
    _, page, case = failed_case
    assert f"Diterima: {case.case_no}" in page.text
    assert "sedang diperiksa badan kepegawaian" in page.text


def test_a_page_costs_a_bounded_number_of_statements(task, statements):
    visitor, path, _ = task
    visitor.get(path)
    with statements() as seen:
        visitor.get(path)
    assert len(seen) <= 25, "\n".join(seen)


def test_a_task_that_came_by_escalation_can_be_handed_back(task, client_as, engine, clock):
    _, path, case = task
    clock.move(timedelta(days=13))  # due after 5 working days, escalated 3 later
    Worker(engine).run_due()
    superior = client_as("RTR")
    assert "Dialihkan ke Anda" in superior.get("/").text
    assert client_as("EMP").get(path).status == 403
    page = superior.get(path)
    assert "Kembalikan kepada Sari Wulandari" in page.text
    assert superior.post(f"{path}/hand-back", {"reason": ""}).status == 422
    page = superior.submit(page, f"{path}/hand-back", reason="Sudah kembali dari cuti")
    assert "dikembalikan kepada yang semula" in page.text
    assert client_as("EMP").get(path).status == 200
    assert superior.post(f"{path}/hand-back", {"reason": "lagi"}).status == 403
    assert steps(engine, case) == {"request": "CURRENT"}


def test_a_task_that_was_always_mine_is_handed_to_nobody(task):
    visitor, path, _ = task
    page = visitor.post(f"{path}/hand-back", {"reason": "tidak mau"})
    assert page.status == 409


def test_a_task_of_a_group_is_taken_and_given_back(client_as, engine):
    """HRC's dialogue of a case that has no rater: whoever takes it is named to the others."""
    engine.execute(read_folder(TWO_STEP))
    subject = engine.ask(engine.ports.people.subject, CAST["PPK"], engine.clock())
    case = NewCase(subject_id=CAST["PPK"], scope_path=subject.scope_path, title=subject.title)
    engine.execute(StartInstance(key="two_step", case=case))
    head = client_as("PPK")
    path = head.get("/").link("Permohonan: ajukan").split("?")[0]
    send(head, path, **GOOD)
    first, second = client_as("HRC"), client_as("HRC2")
    path = first.get("/?tab=groups").link("Permohonan: Cuti tahunan").split("?")[0]
    page = first.get(path)
    assert "milik kelompok Anda" in page.text
    assert not page.all("//form[@id='task-form']")
    page = first.submit(page, f"{path}/claim")
    assert page.all("//form[@id='task-form']")
    assert second.post(f"{path}/claim").status in (403, 409)
    assert "Cuti tahunan" not in second.get("/?tab=groups").text
    page = first.submit(page, f"{path}/release")
    assert "dikembalikan ke kelompok" in page.text
    assert "Cuti tahunan" in second.get("/?tab=groups").text
    assert client_as("STRANGER").post(f"{path}/claim").status == 403
