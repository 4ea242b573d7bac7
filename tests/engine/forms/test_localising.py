"""A form in English: words change, keys and checks do not."""

from __future__ import annotations

from engine.forms import localise, shown_fields, untranslated

from .drawn import NOW, compiled, rating, rows, textfield

RULE = {"id": "ada", "when": "=nama = null", "message": "Isi nama.", "field": "nama"}
FORM = compiled(
    textfield(),
    rows(rating(), path="results"),
    {"type": "text", "id": "intro", "text": "Nilai **{{nilai}}**"},
    properties={"alur:rules": [RULE]},
)
ENGLISH = {
    "nama": {"label": "Name", "help": "In full"},
    "results": {"label": "Results"},
    "results.akuntabel": {
        "label": "Accountable",
        "options": {"5": "Role model"},
        "anchors": {"5": "Others follow the example."},
    },
    "intro": {"text": "Score **{{nilai}}**"},
    "_rules": {"ada": "Fill in the name."},
}


def test_every_word_can_be_said_in_english() -> None:
    form = localise(FORM, ENGLISH)
    name, results, _ = form.fields
    assert (name.label, name.help, name.key) == ("Name", "In full", "nama")
    assert results.fields[0].label == "Accountable"
    assert results.fields[0].options[4].label == "Role model"
    assert results.fields[0].options[4].anchor == "Others follow the example."
    assert form.rules[0].message == "Fill in the name."
    assert untranslated(FORM, ENGLISH) == ()


def test_texts_keep_their_places_in_translation() -> None:
    form = localise(FORM, ENGLISH)
    text = shown_fields(form, {}, context={"nilai": "a*b"}, now=NOW)[2].text
    assert text == r"Score **a\*b**"


def test_a_translation_cannot_smuggle_in_an_expression() -> None:
    form = localise(FORM, {"intro": {"text": "Score {{rahasia}}"}})
    assert form.fields[2].text == FORM.fields[2].text


def test_what_is_missing_stays_as_drawn_and_is_listed() -> None:
    assert localise(FORM, {}) == FORM
    assert untranslated(FORM, {}) == ("nama", "results", "results.akuntabel", "intro")


def test_why_something_is_asked_is_said_in_both_languages() -> None:
    form = compiled(textfield(properties={"alur:why": "Supaya jelas."}))
    assert form.fields[0].why == "Supaya jelas."
    assert localise(form, {"nama": {"why": "To be clear."}}).fields[0].why == "To be clear."
