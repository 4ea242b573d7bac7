"""Cells of decision tables in words: `>= 90` is "at least 90"."""

from __future__ import annotations

import re
from collections.abc import Callable

from web.language import gettext

_COMPARED = re.compile(r"(<=|>=|<|>|!=|=)\s*(.+)")
_RANGE = re.compile(r"([\[(\]])\s*([^.\s][^.]*(?:\.\d+)?)\s*\.\.\s*(.+?)\s*([\])\[])")
_NOT = re.compile(r"not\s*\((.*)\)", re.DOTALL)


def cell_words(text: str, label: Callable[[str], str] = lambda code: code) -> str:
    """Say what a cell asks for; what is no simple test stays as the table has it.

    label -- puts words for a code such as "MEETS"
    """
    text = text.strip()
    refused = _NOT.fullmatch(text)
    if refused:
        return gettext("bukan %(what)s", what=cell_words(refused[1], label))
    parts = _split(text)
    if len(parts) > 1:
        return gettext(" atau ").join(cell_words(part, label) for part in parts)
    inside = _RANGE.fullmatch(text)
    if inside:
        opens, low, high, closes = inside.groups()
        return _range(opens, low, high, closes, label)
    compared = _COMPARED.fullmatch(text)
    if compared:
        sign, value = compared.groups()
        what = _value(value, label)
        return {
            "<=": gettext("paling banyak %(what)s", what=what),
            ">=": gettext("paling sedikit %(what)s", what=what),
            "<": gettext("di bawah %(what)s", what=what),
            ">": gettext("di atas %(what)s", what=what),
            "!=": gettext("bukan %(what)s", what=what),
            "=": what,
        }[sign]
    return _value(text, label)


def _range(opens: str, low: str, high: str, closes: str, label: Callable[[str], str]) -> str:
    least, most = _value(low, label), _value(high, label)
    first = (
        gettext("mulai %(what)s", what=least)
        if opens == "["
        else gettext("di atas %(what)s", what=least)
    )
    last = (
        gettext("sampai %(what)s", what=most)
        if closes == "]"
        else gettext("di bawah %(what)s", what=most)
    )
    return f"{first} {last}"


def _value(text: str, label: Callable[[str], str]) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"' and '"' not in text[1:-1]:
        return label(text[1:-1])
    return {"true": gettext("Ya"), "false": gettext("Tidak"), "null": gettext("kosong")}.get(
        text, text
    )


def _split(text: str) -> list[str]:
    """Split at commas outside quotes and brackets."""
    parts, depth, quoted, begun = [], 0, False, 0
    for place, sign in enumerate(text):
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign in "([{":
            depth += 1
        elif not quoted and sign in ")]}":
            depth -= 1
        elif sign == "," and not quoted and depth == 0:
            parts.append(text[begun:place])
            begun = place + 1
    return [*parts, text[begun:]]
