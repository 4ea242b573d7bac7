"""Turns an unexpected token into a sentence: where, what was expected, what to write instead."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.feel.errors import FeelSyntaxError, place
from engine.feel.lexer import Token

FOREIGN_WORDS = {
    "True": "true",
    "False": "false",
    "None": "null",
    "undefined": "null",
    "nil": "null",
    "TRUE": "true",
    "FALSE": "false",
    "NULL": "null",
    "AND": "and",
    "OR": "or",
    "NOT": "not",
}
_SIGNS = {
    "==": "=",
    "&&": "and",
    "||": "or",
    "<>": "!=",
    "=>": ">=",
    "!": "not( ... )",
    "%": "modulo(a, b)",
    "^": "**",
    "&": "and",
    "|": "or",
    "'": '"',
    ";": ",",
    "?": "if ... then ... else ...",
}
_WORDS = {
    "eq": "=",
    "ne": "!=",
    "gt": ">",
    "ge": ">=",
    "lt": "<",
    "le": "<=",
    "is": "=",
    "elif": "else if",
}


def complain(text: str, tokens: Sequence[Token], index: int, expected: str) -> FeelSyntaxError:
    """Say what is wrong at a token; the caller raises it."""
    token = tokens[index]
    line, column = place(text, token.start)
    found = "the expression ends" if token.kind == "end" else f"found `{_short(token.text)}`"
    suggestion = suggest(text, tokens, index)
    hint = f" Write `{suggestion}`." if suggestion else ""
    return FeelSyntaxError(
        f"Expected {expected}, but {found} (line {line}, column {column}).{hint}",
        line=line,
        column=column,
        expected=expected,
        suggestion=suggestion,
    )


def suggest(text: str, tokens: Sequence[Token], index: int) -> str:
    """Guess what a person used to another language meant by a token; empty: no idea."""
    token = tokens[index]
    if token.text in ("${", "#{"):
        inner = re.match(r"[$#]\{(.*?)\}", text[token.start :], re.DOTALL)
        return inner.group(1).strip() if inner else ""
    if token.text == "'":
        quoted = re.match(r"'([^'\"]*)'", text[token.start :])
        if quoted:
            return f'"{quoted.group(1)}"'
    if token.text == "!" and index + 1 < len(tokens) and tokens[index + 1].kind == "name":
        return f"not({tokens[index + 1].text})"
    before = tokens[index - 1] if index else token
    if before.text == "not" and token.kind == "name":
        return f"not({token.text})"
    if before.kind == "number" and token.text == "," and tokens[index + 1].kind == "number":
        return f"{before.text}.{tokens[index + 1].text}"
    if before.kind == "number" and token.kind == "number":
        return before.text + token.text
    if token.text == "=" and index and tokens[index - 1].text == "=":
        return "="
    for known in (_SIGNS, FOREIGN_WORDS, _WORDS):
        if token.kind in ("op", "name") and token.text in known:
            return known[token.text]
    return ""


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
