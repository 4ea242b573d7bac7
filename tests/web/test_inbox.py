"""The inbox: what waits, in which order, page by page, and at what price."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, insert, select, update

from engine.store.tables import History, Task
from engine.worker import Worker
from hr.demo.cast import CAST
from hr.notices.commands import Tell


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


def test_what_is_late_says_so_in_words_and_can_be_looked_at_alone(client_as, start_two_step, clock):
    start_two_step()
    assert "Tidak ada yang terlambat." in client_as("EMP").get("/?late=1").text
    clock.move(timedelta(days=12))
    visitor = client_as("EMP")
    page = visitor.get(visitor.get("/").link("Terlambat: 1"))
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
    assert page.all("//input[@type='search']/@value") == ["budi"]
    assert page.all("//option[@selected]/@value") == ["two_step", "2026Q2"]
    assert "Triwulan II 2026" in page.text
    assert visitor.get("/?period=lama").all("//option[@selected]/@value") == ["lama"]
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
    assert len(few) == len(many) <= 15, "\n".join(many)


def test_what_is_done_is_listed_and_leads_to_the_case(client_as, start_two_step):
    case = start_two_step()
    visitor = client_as("EMP")
    page = visitor.get(visitor.get("/").link("Permohonan: ajukan"))
    visitor.submit(page, page.response.request.path, do="complete", subject="Cuti", days="2")
    done = visitor.get("/done")
    assert done.path == "/?tab=done"
    assert "Permohonan: ajukan" in done.text
    assert done.link("Permohonan: ajukan") == f"/cases/{case.instance_id}"
    assert CAST["EMP"] == 1


def test_in_english_the_task_has_its_english_name(client_as, start_two_step):
    start_two_step()
    visitor = client_as("EMP")
    page = visitor.post("/language", {"language": "en", "next": "/"})
    assert "Request: make it" in page.text
    assert "Two-step request" in page.text


# ---- the lists of a group, and what is done with several rows


def to_group(engine, database, code=None):
    """Make the one review a task of the agency, claimed by somebody of it or free."""
    table = Task.__table__
    with database.begin() as connection:
        given = {"candidate_group": "HRC", "assignee_id": CAST[code] if code else None}
        given["claimed_at"] = engine.clock() if code else None
        connection.execute(update(table).where(table.c.state == "CREATED").values(**given))


@pytest.fixture
def review(client_as, start_two_step, engine):
    """A request of EMP that waits for a decision: the case."""
    case = start_two_step()
    visitor = client_as("EMP")
    path = visitor.get("/").link("Permohonan: ajukan").split("?")[0]
    visitor.submit(visitor.get(path), path, do="complete", subject="Cuti", days="2")
    return case


def ticked(page):
    return page.all("//input[@name='task']/@value")


def test_what_one_sent_says_who_has_it_and_he_can_be_reminded(review, client_as, engine):
    visitor = client_as("EMP")
    page = visitor.get("/?tab=waiting")
    assert "Bambang Nugroho" in page.text
    (task,) = ticked(page)
    result = visitor.submit(page, "/bulk", act="remind", task=task)
    assert "Sudah diingatkan." in result.text
    again = visitor.submit(page, "/bulk", act="remind", task=task)
    assert "Hari ini sudah diingatkan" in again.text
    told = client_as("RTR").get("/")
    assert "Tugas ini menunggu Anda: Permohonan: Cuti" in told.text
    assert client_as("STRANGER").get("/?tab=waiting").all("//li[@id]") == []


def test_a_group_sees_what_is_free_what_a_colleague_has_and_takes_several(
    review, client_as, engine, database
):
    to_group(engine, database)
    agency = client_as("HRC")
    page = agency.get("/?tab=groups")
    assert "Badan kepegawaian" in page.text
    result = agency.submit(page, "/bulk", act="claim", task=ticked(page))
    assert "Sekarang Anda kerjakan." in result.text
    taken = client_as("HRC2").get("/?tab=taken")
    assert "Dikerjakan Indra Wijaya sejak" in taken.text
    refused = client_as("STRANGER").post("/bulk", {"act": "claim", "task": ticked(taken)})
    assert "Anda tidak berhak" in refused.text
    assert "Belum ada tugas" in agency.post("/bulk", {"act": "claim"}).text


def test_several_tasks_are_handed_to_somebody_for_a_reason(review, client_as, engine, database):
    to_group(engine, database)
    agency = client_as("HRC")
    page = agency.get("/?tab=groups")
    fields = {"act": "assign", "task": ticked(page), "person": "Putri Maharani"}
    assert "Tulis alasannya." in agency.submit(page, "/bulk", **fields).text
    fields["reason"] = "Indra cuti."
    assert "tidak dikenal" in agency.submit(page, "/bulk", **{**fields, "person": "x"}).text
    assert "Sudah diserahkan." in agency.submit(page, "/bulk", **fields).text
    assert ticked(client_as("HRC2").get("/")) == ticked(page)


def test_a_list_leaves_as_a_file_and_that_is_noted(client_as, start_two_step, database, engine):
    start_two_step()
    copies(database, 3, case_title="=1+1")
    visitor = client_as("EMP")
    answer = visitor.submit(visitor.get("/"), "/export").response
    assert answer.mimetype == "text/csv"
    assert len(answer.text.splitlines()) == 5
    assert "'=1+1" in answer.text
    with database.connect() as connection:
        kinds = connection.execute(select(History.kind)).scalars().all()
    assert "EXPORTED" in kinds


def test_a_calendar_finds_due_dates_at_a_secret_address_without_names(
    client_as, start_two_step, visitor
):
    case = start_two_step()
    person = client_as("EMP")
    page = person.post("/calendar")
    address = page.all("//input[@id='address']/@value")[0]
    feed = visitor.get(urlsplit(address).path).response
    assert feed.mimetype == "text/calendar"
    assert f"({case.case_no})" in feed.text.replace("\r\n ", "")
    assert "DTSTART:2026" in feed.text
    assert "Sari" not in feed.text
    assert all(len(line.encode()) <= 75 for line in feed.text.split("\r\n"))
    assert visitor.get("/calendar/wrong.ics").status == 404
    person.post("/calendar/drop")
    assert visitor.get(urlsplit(address).path).status == 404


def test_a_calendar_leads_to_the_city_whatever_host_asked_for_it(
    app, client_as, start_two_step, visitor
):
    start_two_step()
    address = client_as("EMP").post("/calendar").all("//input[@id='address']/@value")[0]
    platform = app.extensions["alur"]
    settings = platform.settings.but(public_url="https://alur.kota.test/")
    app.extensions["alur"] = replace(platform, settings=settings)
    try:
        feed = visitor.get(urlsplit(address).path, base_url="http://elsewhere.test").response.text
    finally:
        app.extensions["alur"] = platform
    assert "URL:https://alur.kota.test/tasks/" in feed
    assert "elsewhere" not in feed


def test_a_filter_is_kept_by_name_shared_with_a_group_and_dropped(client_as, start_two_step):
    start_two_step()
    agency = client_as("HRC")
    page = agency.get("/?tab=groups&process=two_step&late=1")
    page = agency.submit(page, "/filters", name="Cuti terlambat", group="HRC")
    assert page.link("Cuti terlambat") == "/?tab=groups&process=two_step&late=1"
    assert "Cuti terlambat" in client_as("HRC2").get("/").text
    assert "Cuti terlambat" not in client_as("EMP").get("/").text
    assert client_as("EMP").post("/filters", {"name": "x", "group": "HRC"}).status == 403
    (number,) = {
        action.split("/")[2]
        for action in page.all("//form/@action")
        if action.endswith("/drop") and action.startswith("/filters")
    }
    assert client_as("HRC2").post(f"/filters/{number}/drop").status == 404
    agency.post(f"/filters/{number}/drop")
    assert "Cuti terlambat" not in agency.get("/").text


def test_a_reminder_and_what_came_up_by_it_stand_in_the_inbox(
    engine, clock, client_as, start_two_step
):
    start_two_step()  # on Wednesday, due Wednesday 8 July 16:00 in UTC+7
    clock.set(datetime(2026, 7, 8, 9, 0, tzinfo=UTC))
    Worker(engine).run_due()
    page = client_as("EMP").get("/")
    assert "Tenggat 8 Juli 2026: Permohonan: ajukan" in page.text
    clock.set(datetime(2026, 7, 13, 9, 0, tzinfo=UTC))
    Worker(engine).run_due()
    superior = client_as("RTR")
    assert "Lewat tenggat 8 Juli 2026: Permohonan: ajukan" in superior.get("/").text
    page = superior.post("/language", {"language": "en", "next": "/"})
    assert "Was due 8 July 2026: Request: make it" in page.text


def test_notices_are_put_away_one_by_one_or_all_at_once_and_found_again(
    engine, client_as, start_two_step
):
    start_two_step()
    told = [(CAST["EMP"], "draft_left", {"name": f"Nomor {each}"}) for each in range(7)]
    told.append((CAST["RTR"], "draft_left", {"name": "Bukan dia"}))
    engine.execute(Tell(process_key="two_step", told=told))
    visitor = client_as("EMP")
    page = visitor.get("/")
    assert "Lebih dari 5 pemberitahuan" in page.text
    assert len(page.all("//*[starts-with(@id, 'notice-')]")) == 5
    assert not page.all("//section//details[@open]")  # tasks come first
    first = page.all("//*[starts-with(@id, 'notice-')]/@id")[0].partition("-")[2]
    visitor.post(f"/notices/{first}/read", {"back": "/"})
    shown = visitor.get("/notices")
    assert len(shown.all("//*[starts-with(@id, 'notice-')]")) == 7
    assert len(shown.all("//form[contains(@action, '/read')]")) == 7  # six, and all at once
    said = visitor.submit(shown, "/notices/read", back="/notices")
    assert "Semua pemberitahuan sudah dibaca." in said.text
    assert (
        "pemberitahuan"
        not in visitor.get("/").all("//main")[0].text_content().partition("Tugas saya")[0]
    )
    assert not visitor.get("/notices").all("//form[contains(@action, '/read')]")
    assert "1 pemberitahuan" in client_as("RTR").get("/").text
    assert "Belum ada pemberitahuan" in client_as("STRANGER").get("/notices").text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("code", "second"),
    [("EMP", "Perkara"), ("RTR", "Tim"), ("HRC", "Badan"), ("AUD", "Telusuri"), ("DSN", "Studio")],
)
def test_a_phone_shows_what_a_role_is_about_and_keeps_every_other_word_within_reach(
    client_as, code, second
):
    page = client_as(code).get("/")
    shown = [one.text_content().strip() for one in page.all("//nav[@class='al-nav']/ul/li")]
    slim = page.all("//nav[@class='al-nav']/ul/li[not(contains(@class, 'al-wide'))]")
    assert len(slim) <= 5
    assert [one.split()[0] for one in shown[:2]] == ["Tugas", second]
    links = page.all("//nav[@class='al-nav']//a/@href")
    on_phones = page.all("//nav[@class='al-nav']//li[not(contains(@class, 'al-wide'))]/a/@href")
    on_desks = page.all("//nav[@class='al-nav']//li[not(contains(@class, 'al-slim'))]/a/@href")
    for each in (on_phones, on_desks):
        assert sorted(each) == sorted(set(links))
