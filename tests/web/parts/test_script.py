"""What the script adds to a form: drafts, rows and conditions without a reload, one submit a press.

The pages come straight from the application: the browser's requests are answered in the test.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, Response, g, render_template_string, request
from playwright.sync_api import ConsoleMessage, Error, Page, Route, expect, sync_playwright

from engine.forms import asks_for_rows, compile_form, read_submission, shown_fields
from tests.missing import browser as find_browser
from web.headers import CONTENT_SECURITY_POLICY
from web.parts import assets

from .conftest import NOW

SITE = "http://alur.test"
FORM = compile_form(
    {
        "id": "coba",
        "components": [
            {
                "type": "radio",
                "key": "hadir",
                "label": "Hadir",
                "values": [{"value": "ya", "label": "Ya"}, {"value": "tidak", "label": "Tidak"}],
            },
            {
                "type": "textarea",
                "key": "alasan",
                "label": "Alasan",
                "conditional": {"hide": '=hadir != "tidak"'},
            },
            {
                "type": "dynamiclist",
                "path": "hasil",
                "label": "Hasil",
                "components": [{"type": "textfield", "key": "nama", "label": "Nama"}],
            },
        ],
    }
)
PAGE = """<!doctype html><html lang="id"><head><title>Coba</title>
<script type="module" src="{{ asset('app.js') }}"></script></head><body>
{% import "parts/fields.html" as fields with context %}
<a class="al-row-title" href="#a">a</a><a class="al-row-title" href="#b">b</a>
<form method="post" action="/form" id="task-form" novalidate
  data-draft-url="/form" data-draft-failed="Gagal">
{{ fields.form(shown, ()) }}
<button type="submit" name="do" value="complete">Kirim</button>
<span id="draft-status" role="status"></span></form></body></html>"""


@dataclass
class Desk:
    """A browser at the page, and what it sent."""

    page: Page
    sent: list[dict[str, list[str]]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    broken: bool = False
    meanwhile: Callable[[], None] | None = None  # what the person does while an answer travels

    @property
    def drafts(self) -> list[dict[str, list[str]]]:
        return [form for form in self.sent if form.get("do") == ["save_draft"]]

    @property
    def completed(self) -> list[dict[str, list[str]]]:
        return [form for form in self.sent if form.get("do") == ["complete"]]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """One page for all tests here: a new one takes longer than they do."""
    path = find_browser()
    if path is None or not (assets.BUNDLE / "manifest.json").is_file():
        if os.environ.get("ALUR_REQUIRE_BROWSER") == "1":
            pytest.fail("Expected Chromium and a built front end, but one is missing.")
        pytest.skip("no Chromium, or no built front end")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = opened.new_context(locale="id-ID").new_page()
        page.clock.install(time=NOW)
        yield page
        opened.close()


@pytest.fixture
def desk(app: Flask, page: Page) -> Iterator[Desk]:
    desk = Desk(page)
    _add_form(app, desk)
    page.unroute_all()
    page.route("**/*", lambda route: _answer(app, desk, route))
    page.goto(f"{SITE}/form")
    page.wait_for_selector("html.al-js")

    def complain(what: ConsoleMessage | Error) -> None:
        desk.complaints.append(str(what))

    page.on("console", complain)
    page.on("pageerror", complain)
    yield desk
    page.remove_listener("console", complain)
    page.remove_listener("pageerror", complain)


def _add_form(app: Flask, desk: Desk) -> None:
    def form() -> Any:
        g.language = "id"
        answers: dict[str, Any] = {"hasil": [{}]}
        if request.method == "POST":
            posted = request.form.to_dict(flat=False)
            desk.sent.append(posted)
            if posted.get("do") == ["save_draft"]:
                return "Tersimpan 09.14"
            answers = read_submission(FORM, posted)
            if not asks_for_rows(FORM, posted):
                return "<!doctype html><title>Terima kasih</title>"
        shown = shown_fields(FORM, answers, context={}, now=NOW)
        return render_template_string(PAGE, shown=shown)

    app.add_url_rule("/form", view_func=form, methods=["GET", "POST"])

    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        return response

    app.after_request(protect)


def _answer(app: Flask, desk: Desk, route: Route) -> None:
    asked = route.request
    if desk.broken and asked.method == "POST":
        route.abort()
        return
    answer = app.test_client().open(
        urlsplit(asked.url).path,
        method=asked.method,
        data=asked.post_data_buffer,
        content_type=asked.headers.get("content-type"),
    )
    if desk.meanwhile and asked.method == "POST":
        desk.meanwhile()
    route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.get_data())


def test_a_draft_saves_itself_five_seconds_after_typing(desk: Desk) -> None:
    desk.page.fill("#f-hasil-0-nama", "Peta")
    desk.page.clock.fast_forward(4900)
    assert desk.drafts == []
    desk.page.clock.fast_forward(200)
    expect(desk.page.locator("#draft-status")).to_have_text("Tersimpan 09.14")
    assert [draft["hasil.0.nama"] for draft in desk.drafts] == [["Peta"]]
    assert desk.complaints == []


def test_a_draft_that_cannot_be_saved_says_so_and_is_tried_again(desk: Desk) -> None:
    desk.broken = True
    desk.page.fill("#f-hasil-0-nama", "Peta")
    desk.page.clock.fast_forward(5100)
    expect(desk.page.locator("#draft-status")).to_have_text("Gagal")
    desk.broken = False
    desk.page.clock.fast_forward(10_100)
    expect(desk.page.locator("#draft-status")).to_have_text("Tersimpan 09.14")


def test_nothing_is_saved_that_was_not_changed(desk: Desk) -> None:
    desk.page.focus("#f-hasil-0-nama")
    desk.page.focus("a.al-row-title")
    desk.page.clock.fast_forward(20_000)
    assert desk.sent == []


def test_leaving_the_form_saves_the_draft_at_once(desk: Desk) -> None:
    desk.page.fill("#f-hasil-0-nama", "Peta")
    desk.page.focus("a.al-row-title")
    expect(desk.page.locator("#draft-status")).to_have_text("Tersimpan 09.14")


def test_rows_come_and_go_without_a_reload_and_keep_what_was_typed(desk: Desk) -> None:
    page = desk.page
    page.evaluate("window.stayed = true")
    page.fill("#f-hasil-0-nama", "satu")
    page.click("[name='_add.hasil']")
    expect(page.locator("#f-hasil-1-nama")).to_be_focused()
    page.keyboard.type("dua")
    page.click("[name='_remove.hasil.0']")
    expect(page.locator("#f-hasil-1-nama")).to_have_count(0)
    expect(page.locator("#f-hasil-0-nama")).to_have_value("dua")
    expect(page.locator("[name='_add.hasil']")).to_be_focused()
    assert page.evaluate("window.stayed") is True
    assert desk.completed == []
    assert desk.complaints == []


def test_an_answer_shows_what_depends_on_it(desk: Desk) -> None:
    page = desk.page
    page.evaluate("window.stayed = true")
    page.check("[name=hadir][value=tidak]")
    expect(page.locator("#f-alasan")).to_be_visible()
    expect(page.locator("[name=hadir][value=tidak]")).to_be_checked()
    page.check("[name=hadir][value=ya]")
    expect(page.locator("#f-alasan")).to_have_count(0)
    assert page.evaluate("window.stayed") is True


def test_what_is_typed_while_the_answer_travels_is_not_lost(desk: Desk) -> None:
    page = desk.page
    page.check("[name=hadir][value=tidak]")
    page.fill("#f-alasan", "sakit")
    page.fill("#f-hasil-0-nama", "peta")

    def go_on() -> None:
        page.fill("#f-alasan", "sakit gigi")
        page.fill("#f-hasil-0-nama", "peta jabatan")

    desk.meanwhile = go_on
    page.click("[name='_add.hasil']")
    expect(page.locator("#f-hasil-1-nama")).to_be_visible()
    expect(page.locator("#f-alasan")).to_have_value("sakit gigi")
    expect(page.locator("#f-hasil-0-nama")).to_have_value("peta jabatan")


def test_pressing_twice_sends_once(desk: Desk) -> None:
    desk.page.evaluate(
        "() => { const b = document.querySelector('[value=complete]'); b.click(); b.click(); }"
    )
    expect(desk.page).to_have_title("Terima kasih")
    assert len(desk.completed) == 1


def test_j_and_k_move_through_a_list_but_not_while_typing(desk: Desk) -> None:
    page = desk.page
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".al-row-title").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator(".al-row-title").nth(0)).to_be_focused()
    page.focus("#f-hasil-0-nama")
    page.keyboard.type("jk")
    expect(page.locator("#f-hasil-0-nama")).to_have_value("jk")


def test_the_bundle_says_what_it_is_made_of(page: Page) -> None:
    names = json.loads((assets.BUNDLE / "manifest.json").read_text())
    assert {"app.css", "app.js", "icons.svg"} <= names.keys()
    licences = (assets.BUNDLE / "licences.txt").read_text()
    for package in ("htmx.org 4.0.1", "bootstrap 5.3.9", "bootstrap-icons"):
        assert package in licences
