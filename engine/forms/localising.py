"""A form in another language: labels, help, choices, anchors, texts, rules (messages.toml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.forms.model import PLACE, Field, Form, Option, Rule
from engine.forms.schema import schema_of

RULES = "_rules"


def localise(form: Form, translations: Mapping[str, Any]) -> Form:
    """Give the form with other words; what has no translation stays as it was drawn.

    translations -- `[forms.<form>]` of messages.toml: the key path of a field (`results.rating`),
    or the id of a text or group without a key, to `label`, `help`, `why`, `text`,
    `pattern_message`, `unit`, `prefix`, `options` (value to label) and `anchors` (value to text);
    `_rules` maps rule ids (of rows: `results.rule_1`) to messages.  A text's `{{ }}` must be those
    of the drawn text.
    """
    rules = _part(translations, RULES)
    fields = tuple(_field(item, translations, rules) for item in form.fields)
    return replace(
        form, fields=fields, rules=_rules(form.rules, rules, ""), schema=schema_of(fields)
    )


def untranslated(form: Form, translations: Mapping[str, Any]) -> tuple[str, ...]:
    """List the names of fields whose label or text has no translation."""
    return tuple(
        item.name
        for item in form.texts
        if (item.label and not _part(translations, item.name).get("label"))
        or (item.text and not _part(translations, item.name).get("text"))
    )


def _field(item: Field, translations: Mapping[str, Any], rules: Mapping[str, Any]) -> Field:
    words = _part(translations, item.name)
    labels, anchors = _part(words, "options"), _part(words, "anchors")
    return replace(
        item,
        label=str(words.get("label") or item.label),
        help=str(words.get("help") or item.help),
        why=str(words.get("why") or item.why),
        **_text(item, str(words.get("text") or item.text)),
        pattern_message=str(words.get("pattern_message") or item.pattern_message),
        unit=str(words.get("unit") or item.unit),
        prefix=str(words.get("prefix") or item.prefix),
        options=tuple(_option(option, labels, anchors) for option in item.options),
        fields=tuple(_field(part, translations, rules) for part in item.fields),
        rules=_rules(item.rules, rules, item.name + "."),
    )


def _text(item: Field, text: str) -> dict[str, Any]:
    compiled = dict(zip(PLACE.findall(item.text), item.places, strict=True))
    places = PLACE.findall(text)
    if not set(places) <= compiled.keys():
        return {}
    return {"text": text, "places": tuple(compiled[place] for place in places)}


def _option(option: Option, labels: Mapping[str, Any], anchors: Mapping[str, Any]) -> Option:
    value = str(option.value)
    return replace(
        option,
        label=str(labels.get(value) or option.label),
        anchor=str(anchors.get(value) or option.anchor),
    )


def _rules(rules: tuple[Rule, ...], words: Mapping[str, Any], prefix: str) -> tuple[Rule, ...]:
    return tuple(
        replace(rule, message=str(words.get(prefix + rule.id) or rule.message)) for rule in rules
    )


def _part(words: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = words.get(name)
    return found if isinstance(found, Mapping) else {}
