"""The inbox: what waits, in which order, page by page, and at what price."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, insert, select

from engine.store.tables import Task
from hr.demo.cast import CAST


def copies(database, number, **columns):
    """Multiply the one task there is, to have a long inbox."""
    table = Task.__table__
    with database.begin() as connection:
        row = dict(connection.execute(select(table)).mappings().first())
        first = connection.execute(select(func.max(table.c.id))).scalar_one() + 1
        rows = []
        for index in range(number):
            due = row["due_at"] + timedelta(minutes=index)
            values = {"id": first + index, "title": f"Tugas {index:05}", "due_at": due}
            rows.append({**row, **values, "order_at": due, **columns})
        connection.execute(insert(table), rows)


def test_the_inbox_says_what_waits_for_whom_and_until_when(client_as, start_two_step):
    case_no = start_two_step().case_no
    page = client_as("EMP").get("/")
    assert "Permohonan: ajukan" in page.text
    assert case_no in page.text
    assert "Sari Wulandari" in page.text
    assert "Tenggat" in page.text


def test_a_stranger_has_an_empty_inbox(client_as, start_two_step):
    start_two_step()
    page = client_as("STRANGER").get("/")
    assert "Tidak ada tugas yang menunggu Anda." in page.text
    assert not page.all("//*[contains(@class, 'al-row-title')]")


def test_without_a_session_one_is_asked_to_log_in(visitor):
    assert visitor.get("/").response.request.path == "/login"
    assert visitor.get("/done").response.request.path == "/login"


def test_what_is_late_says_so_in_words_and_has_its_tab(client_as, start_two_step, clock):
    start_two_step()
    assert "Tidak ada yang terlambat." in client_as("EMP").get("/?tab=overdue").text
    clock.move(timedelta(days=12))
    page = client_as("EMP").get("/?tab=overdue")
    assert "Terlambat" in page.all("//*[contains(@class, 'al-row-side')]")[0].text_content()


def test_a_long_inbox_comes_in_pages_that_lose_and_repeat_nothing(
    client_as, start_two_step, database
):
    start_two_step()
    copies(database, 60)
    visitor = client_as("EMP")
    seen, path = [], "/"
    for _ in range(10):
        page = visitor.get(path)
        seen += page.all("//li[starts-with(@id, 'task-')]/@id")
        following = page.all("//a[@rel='next']/@href")
        if not following:
            break
        path = following[0]
    assert len(seen) == len(set(seen)) == 61


def test_the_filters_stand_in_the_address_and_on_the_page(client_as, start_two_step, database):
    start_two_step()
    copies(database, 30, case_title="Budi Santoso")
    visitor = client_as("EMP")
    page = visitor.get("/?q=budi&process=two_step&period=2026Q2")
    assert len(page.all("//li[starts-with(@id, 'task-')]")) == 25
    assert "q=budi" in page.all("//a[@rel='next']/@href")[0]
    assert page.all("//input[@name='q']/@value") == ["budi"]
    assert page.all("//option[@selected]/@value") == ["two_step"]
    assert "Tidak ada tugas yang cocok" in visitor.get("/?q=nobody").text
    assert "Tidak ada tugas yang cocok" in visitor.get("/?period=1999Q1").text


def test_a_percent_sign_is_a_percent_sign(client_as, start_two_step):
    start_two_step()
    assert "Tidak ada tugas yang cocok" in client_as("EMP").get("/?q=%25").text


def test_markup_in_names_is_text(client_as, start_two_step, database):
    start_two_step()
    copies(database, 1, case_title="<script>alert(1)</script>", title="<b>x</b>")
    page = client_as("EMP").get("/")
    assert "<script>alert(1)</script>" in page.text
    assert not page.all("//script[not(@src)]")
    assert not page.all("//main//b")


def test_a_page_costs_the_same_for_ten_tasks_as_for_five_thousand(
    client_as, start_two_step, database, statements
):
    start_two_step()
    copies(database, 10)
    visitor = client_as("EMP")
    visitor.get("/")
    with statements() as few:
        visitor.get("/")
    copies(database, 5000)
    with statements() as many:
        page = visitor.get("/")
    assert len(page.all("//li[starts-with(@id, 'task-')]")) == 25
    assert len(few) == len(many) <= 12, "\n".join(many)


def test_what_is_done_is_listed_and_leads_to_the_case(client_as, start_two_step):
    case = start_two_step()
    visitor = client_as("EMP")
    page = visitor.get(visitor.get("/").link("Permohonan: ajukan"))
    visitor.submit(page, page.response.request.path, do="complete", subject="Cuti", days="2")
    done = visitor.get("/done")
    assert "Permohonan: ajukan" in done.text
    assert done.link("Permohonan: ajukan") == f"/cases/{case.instance_id}"
    assert CAST["EMP"] == 1


def test_in_english_the_task_has_its_english_name(client_as, start_two_step):
    start_two_step()
    visitor = client_as("EMP")
    page = visitor.post("/language", {"language": "en", "next": "/"})
    assert "Request: make it" in page.text
    assert "Two-step request" in page.text
