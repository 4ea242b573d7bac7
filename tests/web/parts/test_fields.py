"""How forms look in HTML: labels, linked problems, scales, rows, nothing unescaped."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from engine.feel import evaluate
from engine.forms import Form, compile_form, localise
from engine.forms.messages import MESSAGES
from web.parts.fields import SENTENCES

from .conftest import READ, Draw

ROOT = Path(__file__).parents[3]
FORMS = sorted(ROOT.glob("workflows/*/forms/*.json"))
VOID = {"input", "br", "hr", "img", "use", "link", "meta"}


class Page(HTMLParser):
    """Every element of a page with its attributes; refuses tags that do not close."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        assert self.open == [], f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute twice in <{tag}>: {attrs}"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [
            attrs
            for name, attrs in self.elements
            if name == tag and all(attrs.get(key) == value for key, value in wanted.items())
        ]

    @property
    def ids(self) -> list[str]:
        return [str(attrs["id"]) for _, attrs in self.elements if "id" in attrs]


def form_of(*components: dict[str, Any]) -> Form:
    return compile_form({"id": "coba", "components": list(components)})


def text(key: str = "nama", **more: Any) -> dict[str, Any]:
    return {"type": "textfield", "key": key, "label": key.capitalize(), **more}


SCALE = {
    "type": "radio",
    "key": "akuntabel",
    "label": "Akuntabel",
    "validate": {"required": True},
    "properties": {"alur:scale": "1-5", "alur:anchors": ["a", "b", "c", "d", "e"]},
}
ROWS = {"type": "dynamiclist", "path": "results", "label": "Hasil", "components": [text("b")]}


def test_every_control_has_a_label_of_its_own(draw: Draw) -> None:
    page = Page(draw(form_of(text(), text("unit", description="Nama lengkap unit"))))
    labels = {label["for"] for label in page.all("label")}
    assert {field["id"] for field in page.all("input")} == labels
    assert page.all("input", id="f-unit")[0]["aria-describedby"] == "f-unit-help"


def test_a_problem_links_to_its_field_and_the_field_to_its_problem(draw: Draw) -> None:
    form = form_of(text(validate={"required": True}), ROWS, SCALE)
    html = draw(form, {"results": [{"b": "x" * 600}]}, checked=True)
    page = Page(html)
    assert [link["href"] for link in page.all("a")] == [
        "#f-nama",
        "#f-results-0-b",
        "#f-akuntabel",
    ]
    assert {str(link["href"])[1:] for link in page.all("a")} <= set(page.ids)
    field = page.all("input", id="f-nama")[0]
    assert field["aria-invalid"] == "true"
    assert str(field["aria-describedby"]).strip() == "f-nama-problem"
    assert "Nama wajib diisi." in html
    assert "Ada 3 isian yang perlu diperbaiki" in html


def test_problems_are_said_in_the_language_of_the_page(draw: Draw) -> None:
    form = localise(form_of(text(validate={"required": True})), {"nama": {"label": "Name"}})
    html = draw(form, checked=True, language="en")
    assert "Name must be filled in." in html
    assert "1 field needs attention" in html


def test_a_broken_rule_is_said_in_the_language_of_the_page(draw: Draw) -> None:
    rule = {"id": "r", "when": "=b = null", "message": "Isi b.", "field": "b"}
    rows = {**ROWS, "properties": {"alur:rules": [rule]}}
    form = localise(form_of(rows), {"_rules": {"results.r": "Fill in b."}})
    assert "Fill in b." in draw(form, {"results": [{}]}, checked=True, language="en")


def test_screens_know_every_sentence_that_the_check_can_say() -> None:
    said = {
        code: str(words).replace("%(", "{").replace(")s", "}") for code, words in MESSAGES.items()
    }
    ours = {
        code: words._args[0].replace("%(label)s", "{label}").replace("%(limit)s", "{limit}")
        for code, words in SENTENCES.items()
    }
    assert ours == said


def test_what_was_typed_comes_back_and_is_never_read_as_html(draw: Draw) -> None:
    html = draw(
        form_of(text(), {"type": "textarea", "key": "isi", "label": "<b>Isi</b>"}),
        {
            "nama": '"><script>alert(1)</script>',
            "isi": "</textarea><script>",
        },
    )
    assert "<script" not in html
    assert "<b>" not in html
    assert Page(html).all("input", id="f-nama")[0]["value"] == '"><script>alert(1)</script>'


def test_a_scale_shows_its_steps_with_anchors_and_the_chosen_one(draw: Draw) -> None:
    page = Page(draw(form_of(SCALE), {"akuntabel": "4"}))
    radios = page.all("input", type="radio", name="akuntabel")
    assert [radio["value"] for radio in radios] == ["1", "2", "3", "4", "5"]
    assert [radio["value"] for radio in radios if "checked" in radio] == ["4"]
    assert radios[0]["id"] == "f-akuntabel"
    assert len(page.all("span", **{"class": "al-step-anchor"})) == 5


def test_rows_have_buttons_that_need_no_script(draw: Draw) -> None:
    page = Page(draw(form_of(ROWS), {"results": [{"b": "satu"}, {"b": "dua"}]}))
    names = [button["name"] for button in page.all("button", type="submit")]
    assert names == ["_remove.results.0", "_remove.results.1", "_add.results"]
    assert page.all("input", name="results.1._row", type="hidden")
    assert page.all("input", name="results.1.b")[0]["value"] == "dua"


def test_a_full_list_offers_no_further_row(draw: Draw) -> None:
    rows = {**ROWS, "properties": {"alur:max_rows": 1}}
    assert "_add.results" not in draw(form_of(rows), {"results": [{}]})


def test_read_only_fields_are_text_and_not_inputs(draw: Draw) -> None:
    form = form_of(
        {
            "type": "number",
            "key": "n",
            "label": "N",
            "readonly": True,
            "properties": {"alur:from": "=x"},
        }
    )
    html = draw(form, context={"x": 1234.5})
    assert Page(html).all("input") == []
    assert "1.234,5" in html


def test_only_fields_on_which_others_depend_ask_the_server_when_they_change(draw: Draw) -> None:
    form = form_of(text("a"), text("b", conditional={"hide": '=a != "x"'}))
    html = draw(form, {"a": "x"})
    assert html.count("data-decides") == 1
    assert 'id="f-b"' in html
    assert 'id="f-b"' not in draw(form, {"a": "y"})


def test_texts_are_markdown_and_cannot_bring_html_or_scripts(draw: Draw) -> None:
    form = form_of(
        {
            "type": "text",
            "id": "t",
            "text": "# Judul\n**tebal** <script>x</script> [a](javascript:x) ![g](//x) {{isi}}",
        }
    )
    html = draw(form, context={"isi": "<i>*miring*</i>"})
    assert "<strong>tebal</strong>" in html
    assert "<h3>Judul</h3>" in html
    for bad in ("<script", 'href="javascript', "<img", "<i>", "<em>"):
        assert bad not in html
    assert "*miring*" in html


def test_answers_are_read_in_words(draw: Draw) -> None:
    tick = {"type": "checkbox", "key": "setuju", "label": "Setuju"}
    date = {"type": "datetime", "subtype": "date", "key": "tgl", "dateLabel": "Tanggal"}
    choice = {
        "type": "select",
        "key": "tempat",
        "label": "Tempat",
        "values": [{"value": "K", "label": "Kantor"}],
    }
    hour = {"type": "datetime", "subtype": "time", "key": "jam", "timeLabel": "Jam"}
    both = {"type": "datetime", "subtype": "datetime", "key": "saat", "dateLabel": "Saat"}
    answers = {"setuju": True, "tgl": evaluate('date("2026-07-06")', {}), "tempat": "K"}
    answers |= {"jam": evaluate('time("09:30:00")', {}), "results": [{"b": "satu"}]}
    answers["saat"] = evaluate('date and time("2026-07-08T14:05:00")', {})
    html = draw(form_of(tick, date, choice, hour, both, ROWS), answers, page=READ)
    for words in ("Ya", "Kantor", "satu", "6 Juli 2026", ">09.30<", "8 Juli 2026 14.05"):
        assert words in html
    assert Page(html).all("input") == []


def fixed_rows(*components: dict[str, Any]) -> Form:
    return form_of(
        {
            "type": "dynamiclist",
            "path": "results",
            "label": "Hasil",
            "allowAddRemove": False,
            "components": list(components),
            "properties": {"alur:from": "=plan"},
        }
    )


PLAN = {"plan": [{"nama": "Peta", "unit": "A"}, {"nama": "Jalan", "unit": "B"}]}


def test_rows_that_are_only_read_become_a_table(draw: Draw) -> None:
    form = fixed_rows(text(readonly=True), text("unit", readonly=True))
    page = Page(draw(form, context=PLAN))
    assert len(page.all("th", scope="col")) == 2
    assert len(page.all("th", scope="row")) == 2
    assert len(page.all("td")) == 2


def test_given_rows_are_called_by_their_first_value(draw: Draw) -> None:
    html = draw(fixed_rows(text(readonly=True), text("unit")), context=PLAN)
    assert "2. Jalan</h3>" in html
    assert len(Page(html).all("input", type="text")) == 2


def test_a_group_named_like_its_field_is_not_said_twice(draw: Draw) -> None:
    group = {"type": "group", "label": "Nama", "components": [text()]}
    assert Page(draw(form_of(group))).all("legend")[0]["class"] == "visually-hidden"


def test_answered_rows_are_read_in_a_line_each_and_what_only_explains_is_left_out(
    draw: Draw,
) -> None:
    notes = {"type": "group", "label": "Bahan", "components": [{"type": "text", "text": "Baca."}]}
    rows = {**ROWS, "components": [text("b"), text("unit"), text("kosong")]}
    html = draw(form_of(notes, rows), {"results": [{"b": "Peta", "unit": "A"}]}, page=READ)
    assert "<strong>Peta</strong> <span>Unit A</span>" in html
    assert "Bahan" not in html
    long = {**ROWS, "components": [text("b"), {**text("unit"), "type": "textarea"}]}
    html = draw(form_of(long), {"results": [{"b": "Peta", "unit": "A" * 200}]}, page=READ)
    assert "al-lines" not in html


@pytest.mark.parametrize("file", FORMS, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_form_of_every_process_can_be_drawn(draw: Draw, file: Path, language: str) -> None:
    page = Page(draw(compile_form(file.read_bytes()), checked=True, language=language))
    assert len(page.ids) == len(set(page.ids))
    assert {str(link["href"])[1:] for link in page.all("a") if str(link["href"])[0] == "#"} <= set(
        page.ids
    )


def money(**more: Any) -> dict[str, Any]:
    look = {"prefixAdorner": "Rp", "suffixAdorner": "/ orang"}
    return {"type": "number", "key": "biaya", "label": "Biaya", "appearance": look, **more}


def test_what_stands_before_a_number_is_written_before_it(draw: Draw) -> None:
    asked = draw(form_of(money()), answers={"biaya": 500000})
    before, after = asked.split('id="f-biaya"')
    assert before.index("<span>Rp</span>") < asked.index("<span>/ orang</span>")
    assert "Rp</span>" not in after
    given = draw(form_of(money(readonly=True, properties={"alur:from": "500000"})))
    assert "Rp500.000 / orang" in given


def test_a_sign_before_a_number_has_its_words_in_other_languages() -> None:
    form = localise(form_of(money()), {"biaya": {"prefix": "IDR "}})
    assert form.fields[0].prefix == "IDR "
