"""Logging in and out: sessions, tokens, where one lands, the language."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hr.demo.cast import CAST, DEMO_PASSWORD, LOGINS
from hr.directory import queries as directory
from tests.web.visitor import Visitor
from web import create_app
from web.clock import DemoClock

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

NAMES = {code: name for name, code in LOGINS.items()}
EMP = NAMES["EMP"]


def cookies(response):
    return {line.split("=", 1)[0]: line for line in response.headers.getlist("Set-Cookie")}


def test_a_person_logs_in_and_lands_in_the_inbox(visitor):
    page = visitor.log_in(EMP, DEMO_PASSWORD)
    assert page.status == 200
    assert page.response.request.path == "/"
    assert page.heading == "Tugas"


def test_a_wrong_password_is_said_and_keeps_the_name(visitor):
    page = visitor.log_in(EMP, "salah sekali")
    assert page.status == 401
    assert "tidak cocok" in page.text
    assert page.form("/login").fields["username"] == EMP
    assert visitor.get("/", follow=False).status == 302


def test_an_unknown_name_reads_the_same_as_a_wrong_password(visitor):
    assert visitor.log_in("tidak-ada", "salah").text.replace("tidak-ada", EMP) == (
        visitor.log_in(EMP, "salah").text
    )


def test_a_log_in_with_nothing_to_check_is_refused_with_words(visitor, subtests):
    for name, password in [("", ""), (EMP, ""), ("", "x"), (EMP, "x" * 2000)]:
        with subtests.test(name=str(name)[:60], password=str(password)[:60]):
            page = visitor.log_in(name, password)
            assert page.status == 422
            assert "Isi nama pengguna" in page.text


def test_trying_and_trying_again_is_slowed_down(visitor):
    pages = [visitor.log_in(EMP, f"salah {number}") for number in range(15)]
    assert pages[0].status == 401
    assert pages[-1].status == 429
    assert "Terlalu banyak percobaan" in pages[-1].text


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(visitor):
    page = visitor.log_in(EMP, DEMO_PASSWORD, follow=False)
    cookie = cookies(page.response)["alur"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_over_https_cookies_are_host_cookies(app):
    platform = app.extensions["alur"]
    settings = platform.settings.but(public_url="https://alur.example")
    client = create_app(replace(platform, settings=settings)).test_client()
    visitor = Visitor(client)
    page = visitor.get("/login", base_url="https://alur.example")
    assert "__Host-alur_form" in cookies(page.response)
    token = page.form("/login").fields["csrf_token"]
    fields = {"username": EMP, "password": DEMO_PASSWORD, "csrf_token": token}
    done = client.post("/login", data=fields, base_url="https://alur.example")
    assert "Secure" in cookies(done)["__Host-alur"]
    assert "max-age" in done.headers["Strict-Transport-Security"]


def test_a_session_that_was_there_before_the_log_in_is_not_taken_over(app):
    client = app.test_client()
    client.set_cookie("alur", "chosen-by-somebody-else")
    page = Visitor(client).log_in(EMP, DEMO_PASSWORD, follow=False)
    assert "chosen-by-somebody-else" not in cookies(page.response)["alur"]


def test_each_log_in_gives_another_session(visitor):
    first = visitor.log_in(EMP, DEMO_PASSWORD, follow=False)
    token = cookies(first.response)["alur"]
    visitor.post("/logout")
    second = visitor.log_in(EMP, DEMO_PASSWORD, follow=False)
    assert cookies(second.response)["alur"] != token


def test_logging_out_ends_the_session_on_the_server(app, client_as):
    visitor = client_as("EMP")
    stolen = visitor.client.get_cookie("alur").value
    page = visitor.post("/logout")
    assert "Anda sudah keluar" in page.text
    thief = app.test_client()
    thief.set_cookie("alur", stolen)
    assert thief.get("/").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "\t//e",
        "x",
    ],
)
def test_log_in_never_leads_to_another_site(visitor, target):
    page = visitor.get("/login", query_string={"next": target})
    done = visitor.submit(page, "/login", follow=False, username=EMP, password=DEMO_PASSWORD)
    assert done.response.headers["Location"] == "/"


def test_after_the_log_in_one_is_where_one_wanted_to_be(visitor):
    page = visitor.get("/cases?q=ali")
    assert page.response.request.path == "/login"
    done = visitor.submit(page, "/login", follow=False, username=EMP, password=DEMO_PASSWORD)
    assert done.response.headers["Location"] == "/cases?q=ali"


def test_a_post_without_the_token_changes_nothing(client_as):
    visitor = client_as("EMP")
    response = visitor.client.post("/logout")
    assert response.status_code == 403
    assert "kedaluwarsa" in response.text
    assert visitor.get("/").heading == "Tugas"


def test_the_token_of_somebody_else_is_no_good(client_as):
    other = client_as("RTR").token()
    visitor = client_as("EMP")
    assert visitor.client.post("/logout", data={"csrf_token": other}).status_code == 403


def test_a_post_from_another_site_is_refused_even_with_the_token(client_as, subtests):
    visitor = client_as("EMP")
    for headers in [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ]:
        with subtests.test(headers=str(headers)[:60]):
            assert visitor.post("/logout", headers=headers).status == 403
            assert visitor.get("/").heading == "Tugas"


def test_log_in_itself_cannot_be_forged(visitor):
    fields = {"username": EMP, "password": DEMO_PASSWORD, "csrf_token": "x"}
    response = visitor.client.post("/login", data=fields)
    assert response.status_code == 403
    assert "alur" not in cookies(response)


def test_an_idle_session_ends_with_words(client_as, clock):
    visitor = client_as("EMP")
    token = visitor.token()
    clock.move(timedelta(hours=13))
    assert visitor.get("/", follow=False).status == 302
    response = visitor.client.post("/logout", data={"csrf_token": token})
    assert response.status_code == 403
    assert "Sesi Anda sudah berakhir" in response.text


def test_working_keeps_a_session_alive(client_as, clock):
    visitor = client_as("EMP")
    for _ in range(4):
        clock.move(timedelta(minutes=20))
        assert visitor.get("/", follow=False).status == 200


def test_the_language_is_one_click_away_and_stays(client_as, visitor):
    page = visitor.get("/login")
    assert page.heading == "Masuk"
    page = visitor.submit(page, "/language")
    assert page.heading == "Sign in"
    person = client_as("EMP")
    page = person.submit(person.get("/"), "/language")
    assert page.heading == "Tasks"
    assert page.tree.get("lang") == "en"
    assert client_as("EMP").get("/").heading == "Tasks"


def test_a_language_that_we_do_not_speak_changes_nothing(client_as, subtests):
    visitor = client_as("EMP")
    for language in ["", "xx", "../../etc", "en\r\nX: y"]:
        with subtests.test(language=str(language)[:60]):
            page = visitor.post("/language", {"language": language, "next": "/"})
            assert page.status == 200
            assert page.tree.get("lang") == "id"


def test_a_made_up_session_is_a_stranger(app, subtests):
    for cookie in ["", "x" * 5000, "'; DROP TABLE session", "\x00", "é"]:
        with subtests.test(cookie=str(cookie)[:60]):
            response = app.test_client().get("/", headers={"Cookie": f"alur={cookie}"})
            assert response.status_code == 302


def test_a_remember_cookie_of_the_login_library_means_nothing(app):
    client = app.test_client()
    client.set_cookie("remember_token", "1|abc")
    assert client.get("/").status_code == 302


def test_a_demo_shows_its_logins_and_no_other_site_does(platform, visitor):
    demo = replace(platform, clock=DemoClock(timedelta(days=-140)))
    page = Visitor(create_app(demo).test_client()).get("/login")
    assert "Akun contoh" in page.text
    assert DEMO_PASSWORD in page.text
    assert "Basis data contoh. Di sini sekarang" in page.text
    page = visitor.get("/login")
    assert DEMO_PASSWORD not in page.text
    assert "Basis data contoh" not in page.text


def change(visitor, old=DEMO_PASSWORD, new="Kereta pagi ke Bogor", again=None):
    page = visitor.get("/password")
    return visitor.submit(
        page, "/password", old=old, new=new, again=new if again is None else again
    )


def test_a_password_is_changed_from_the_persons_menu_and_every_session_ends(client_as, visitor):
    person, elsewhere = client_as("EMP"), client_as("EMP")
    assert person.get("/").link("Ganti kata sandi") == "/password"
    after = change(person)
    assert after.path == "/login"
    assert "Kata sandi sudah diganti" in after.text
    assert elsewhere.get("/", follow=False).status == 302
    assert visitor.log_in(EMP, DEMO_PASSWORD).status == 401
    assert visitor.log_in(EMP, "Kereta pagi ke Bogor").heading == "Tugas"


def test_a_password_that_may_not_be_is_refused_at_its_field(client_as, visitor, engine, subtests):
    person = client_as("EMP")
    refused = {
        "old": {"old": "salah sekali"},
        "new": {"new": "pendek"},
        "again": {"again": "lain sama sekali"},
    }
    for field, fields in refused.items():
        with subtests.test(field=field):
            page = change(person, **fields)
            assert page.status == 422
            assert page.all("//input[contains(@class, 'is-invalid')]/@id") == [field]
    nip = engine.ask(directory.person, CAST["EMP"], engine.clock()).nip
    assert change(person, new=f"{nip} yang baru").status == 422
    assert change(person, new="aaaaaaaaaaaa").status == 422
    assert visitor.log_in(EMP, DEMO_PASSWORD).status == 200


def test_a_stranger_is_asked_to_log_in_before_any_password(visitor):
    assert visitor.get("/password", follow=False).status == 302
    assert visitor.post("/password", {"old": "a", "new": "b", "again": "b"}).status == 403


def test_a_person_sees_where_he_is_signed_in_and_signs_the_others_out(client_as, visitor):
    person, lost, other = (client_as("EMP") for _ in range(3))
    assert person.get("/").link("Perangkat yang masuk") == "/sessions"
    page = person.get("/sessions")
    assert page.text.count("Perangkat lain") == 2
    ends = [one for one in page.all("//form/@action") if one.endswith("/end")]
    assert len(ends) == 3
    (own,) = page.all("//li[contains(., 'Perangkat ini')]//form/@action")
    assert client_as("RTR").post(own).status == 404
    after = person.submit(page, next(one for one in ends if one != own))
    assert "sudah dikeluarkan" in after.text
    assert after.text.count("Perangkat lain") == 1
    person.submit(after, "/sessions/end-others")
    assert [one.get("/", follow=False).status for one in (lost, other)] == [302, 302]
    assert person.submit(person.get("/sessions"), own).path == "/login"
    assert person.get("/", follow=False).status == 302
    assert visitor.get("/sessions", follow=False).status == 302
    assert visitor.post(own).status == 403
