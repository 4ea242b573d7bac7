"""No sentence of ours without its English; no English that nobody says any more."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

WEB = Path(__file__).parents[3] / "web"
PLACE = re.compile(r"%\((\w+)\)s|%\((\w+)\)d")
CALLS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}


def said() -> dict[str, list[str]]:
    """Give every sentence of the templates and modules with its singular and plural."""
    found = extract_from_dir(
        WEB,
        [("**.py", "python"), ("**/templates/**.html", "jinja2")],
        {"**/templates/**.html": {"trimmed": "true"}},
        keywords=CALLS,
    )
    sentences = {}
    for _, _, words, _, _ in found:
        forms = [words] if isinstance(words, str) else [word for word in words if word]
        sentences[forms[0]] = forms
    return sentences


def english() -> dict[str, list[str]]:
    with (WEB / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        catalog = read_po(file, locale="en")
    return {
        entry.id if isinstance(entry.id, str) else entry.id[0]: [entry.string]
        if isinstance(entry.string, str)
        else list(entry.string)
        for entry in catalog
        if entry.id
    }


def test_every_sentence_of_ours_is_said_in_english() -> None:
    known = english()
    assert sorted(s for s in said() if not all(known.get(s, [""]))) == []


def test_no_english_is_left_over() -> None:
    assert sorted(english().keys() - said().keys()) == []


def test_translations_keep_the_places_of_their_sentence() -> None:
    for sentence, forms in english().items():
        for form in forms:
            assert set(PLACE.findall(form)) == set(PLACE.findall(sentence)), sentence


def test_no_words_stand_in_templates_untranslated() -> None:
    """Take out tags, expressions and statements: no letters may be left between them."""
    allowed = {"Alur", "English", "Indonesia"}
    left = {}
    for file in WEB.glob("**/templates/**/*.html"):
        text = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", " ", file.read_text(), flags=re.DOTALL)
        text = re.sub(r"[\w:-]+=\"[^\"]*\"|\bal-[\w-]*", " ", text)  # macros that write attributes
        text = re.sub(r"<!?[a-zA-Z/][^>]*>", " ", text)
        text = re.sub(r"&\w+;", " ", text)
        words = set(re.findall(r"[^\W\d_]{2,}", text)) - allowed
        if words:
            left[file.relative_to(WEB).as_posix()] = sorted(words)
    assert left == {}
