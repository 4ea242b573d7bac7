"""Every word of ours has an English one, and no page holds words that nobody can translate."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

WEB = Path(__file__).parents[2] / "web"
CATALOGUE = WEB / "translations" / "en" / "LC_MESSAGES" / "messages.po"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}
TEMPLATES = sorted(WEB.glob("*/templates/**/*.html"))


@cache
def said():
    """Give everything that is marked for translation."""
    found = extract_from_dir(
        WEB,
        METHODS,
        options_map={"**/templates/**.html": {"trimmed": "true"}},
        keywords=KEYWORDS,
        directory_filter=lambda path: Path(path).name not in {"frontend", "static", "migrations"},
    )
    return {tuple(m[2]) if isinstance(m[2], tuple) else m[2] for m in found}


@cache
def catalogue():
    with CATALOGUE.open("rb") as file:
        entries = [message for message in read_po(file, locale="en") if message.id]
    return {tuple(m.id) if isinstance(m.id, list | tuple) else m.id: m for m in entries}


def test_every_sentence_has_an_english_one():
    known = catalogue()
    missing = [one for one in said() if one not in known]
    assert not missing
    empty = [key for key, m in known.items() if not all(m.string if m.pluralizable else [m.string])]
    assert not empty


def test_no_translation_is_left_over_or_unsure():
    known = catalogue()
    assert not [key for key in known if key not in said()]
    assert not [key for key, message in known.items() if message.fuzzy]


def test_placeholders_are_the_same_in_both_languages():
    names = re.compile(r"%\((\w+)\)[sd]")
    for key, message in catalogue().items():
        original = key[0] if isinstance(key, tuple) else key
        for text in message.string if message.pluralizable else [message.string]:
            assert set(names.findall(text)) <= set(names.findall(original)), text
            assert set(names.findall(original)) == set(names.findall(text)), text


def bare_words(source):
    """Give the words of a template that stand outside of `_()`."""
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    attributes = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"{]+)"', source)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", " ", text)
    text = re.sub(r"&\w+;", " ", text)
    text = re.sub(r'\S*[="]\S*|\bal-[\w-]+', " ", text)  # parts of attributes that a macro gives
    return [word for word in [*attributes, *text.split()] if re.search(r"[A-Za-z]{2}", word)]


ALLOWED = {"Alur", "English", "Indonesia", "2026Q2"}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_words_outside_of_the_translation(template):
    assert set(bare_words(template.read_text())) <= ALLOWED


def test_a_bare_word_would_be_found():
    assert bare_words('<p title="Halo">Selamat {{ _("pagi") }}</p>') == ["Halo", "Selamat"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_inline_script_style_or_handlers(template):
    source = template.read_text()
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", source)
    # Data for a script is no script.
    assert not re.search(r"<script(?![^>]*\ssrc=| type=\"application/json\")", source)
