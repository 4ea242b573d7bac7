"""From text to tokens; which tokens together make a name is the parser's business."""

from __future__ import annotations

import re
from typing import NamedTuple

from engine.feel.budget import MAX_TEXT, MAX_TOKENS
from engine.feel.errors import FeelLimitExceeded, FeelSyntaxError, place

# DMN 1.5 grammar rules 27-30 and 61
_START = (
    "?A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u167f\u1681-\u180d"
    "\u180f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe"
    "\uff00-\ufffd\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_SPACE = "\t\n\x0b\x0c\r \x85\xa0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"

_TOKEN = re.compile(
    rf"(?P<space>[{_SPACE}]+|//[^\n\r]*|/\*.*?\*/)"
    r"|(?P<open>/\*)"
    r'|(?P<string>"(?:[^"\\]|\\.)*")'
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    rf"|(?P<name>[{_START}][{_PART}]*)"
    r"|(?P<op>\.\.|\*\*|<=|>=|!=|==|<>|=>|&&|\|\||->|\$\{|\#\{|[-+*/=<>()\[\]{},:.@';!%&|^~])",
    re.DOTALL,
)
_HALF = re.compile("[\ud800-\udfff]")  # half of a character, which no file can hold
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.DOTALL)
_LOOKALIKES = {"“": '"', "”": '"', "‘": '"', "’": '"', "≥": ">=", "≤": "<=", "≠": "!="}
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


class Token(NamedTuple):
    """One token: `kind` is name, number, string, op or end; `text` as written.

    Where a text has too many, the last of those that are read is of kind `more`.
    """

    kind: str
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """Cut a text into tokens, the last of kind `end`; raises FeelSyntaxError."""
    if len(text) > MAX_TEXT:
        raise too_long(f"{MAX_TEXT:,} characters")
    half = _HALF.search(text)
    if half is not None:
        raise _stranger(text, half.start())
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _stranger(text, position)
        kind = match.lastgroup or ""
        if kind == "open":
            raise _never_closed(text, position, "comment", "*/")
        if kind != "space":
            tokens.append(Token(kind, match.group(), position, match.end()))
            if len(tokens) > MAX_TOKENS:
                tokens[-1] = Token("more", "", match.start(), position)
                break
        position = match.end()
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


def too_long(most: str) -> FeelLimitExceeded:
    """Say that an expression is longer than anybody would write."""
    return FeelLimitExceeded("size", f"Expected an expression of at most {most}, but it is longer.")


def unquote(literal: str) -> str:
    """Give the characters of a string literal; an unknown escape such as `\\d` stays as written."""
    inner = literal[1:-1]
    if "\\" not in inner:
        return inner
    written = _ESCAPE.sub(_unescape, inner)
    if any("\ud800" <= c <= "\udfff" for c in written):  # pairs of \u escapes are one character
        return written.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return written


def _unescape(match: re.Match[str]) -> str:
    four, six, plain = match.groups()
    if plain is not None:
        return _PLAIN.get(plain, match.group())
    code = int(four or six, 16)
    return chr(code) if code <= 0x10FFFF else match.group()


def _never_closed(text: str, position: int, what: str, closing: str) -> FeelSyntaxError:
    line, column = place(text, position)
    return FeelSyntaxError(
        f"Expected `{closing}` at the end of the {what}, but the expression ends before it"
        f" (line {line}, column {column}).",
        line=line,
        column=column,
        expected=closing,
        suggestion=text[position:] + closing,
    )


def _stranger(text: str, position: int) -> FeelSyntaxError:
    line, column = place(text, position)
    found = text[position]
    if found == '"':
        return _never_closed(text, position, "text", '"')
    suggestion = _LOOKALIKES.get(found, "")
    hint = f" Write `{suggestion}`." if suggestion else ""
    return FeelSyntaxError(
        f"Expected an expression, but {found!r} has no meaning in FEEL"
        f" (line {line}, column {column}).{hint}",
        line=line,
        column=column,
        expected="an expression",
        suggestion=suggestion,
    )
