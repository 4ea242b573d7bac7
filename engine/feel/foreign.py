"""Words and signs of Python, JUEL, Groovy and JavaScript, and FEEL's for them; no grammar."""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)[LlFfDd]?(?![\w.])"
    r"|(?P<string>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<op>===|!==|==|!=|<>|<=|>=|&&|\|\||\*\*|[-+*/%<>=!?:.,()\[\]]))",
    re.DOTALL,
)
WRAPPED = re.compile(r"\s*[$#]\{(.*)\}\s*;?\s*", re.DOTALL)
# a single `=` is what people write who have heard of FEEL
EQUALS = {"=": "=", "==": "=", "===": "=", "!=": "!=", "!==": "!=", "<>": "!="}
WORD_OPERATORS = {"eq": "=", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
CONSTANTS = {
    "True": "true",
    "False": "false",
    "None": "null",
    "true": "true",
    "false": "false",
    "null": "null",
    "nil": "null",
    "undefined": "null",
}
RESERVED = {"and", "or", "not", "in", "is", "if", "else", "empty", "instanceof", *WORD_OPERATORS}
FUNCTIONS = {
    "abs": "abs",
    "min": "min",
    "max": "max",
    "sum": "sum",
    "Math.abs": "abs",
    "Math.min": "min",
    "Math.max": "max",
    "Math.floor": "floor",
    "Math.ceil": "ceiling",
    "math.floor": "floor",
    "math.ceil": "ceiling",
    "math.sqrt": "sqrt",
    "Math.sqrt": "sqrt",
}
_METHODS = {
    "startsWith": "starts with",
    "startswith": "starts with",
    "endsWith": "ends with",
    "endswith": "ends with",
    "toUpperCase": "upper case",
    "upper": "upper case",
    "toLowerCase": "lower case",
    "lower": "lower case",
    "size": "count",
}
_MAX_TEXT = 4_000
# how tightly FEEL binds: if, or, and, comparison, + -, * /, **, minus, the rest
IF, OR, AND, COMPARE, ADD, MULTIPLY, POWER, MINUS, ATOM = range(9)


class NotTranslatable(Exception):
    """The text says something that has no certain equal in FEEL."""


class Token(NamedTuple):
    """One token: `kind` is number, string, name, op or end."""

    kind: str
    text: str


class Feel(NamedTuple):
    """A piece of FEEL and how tightly it binds; `kind` is string, list or empty."""

    text: str
    binding: int
    kind: str = ""

    def within(self, binding: int) -> str:
        """Give the text as a part of something that binds so tightly."""
        return self.text if self.binding >= binding else f"({self.text})"


def tokens(text: str) -> list[Token]:
    """Cut a text into tokens; raises NotTranslatable."""
    if len(text) > _MAX_TEXT:
        raise NotTranslatable
    found: list[Token] = []
    position = 0
    text = text.rstrip().rstrip(";").rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise NotTranslatable
        found.append(Token(match.lastgroup, match.group(match.lastgroup)))
        position = match.end()
    return [*found, Token("end", "")]


def method(value: Feel, name: str, arguments: list[Feel]) -> Feel:
    """Give what `value.name(arguments)` is in FEEL; raises NotTranslatable."""
    texts = [argument.text for argument in arguments]
    if name in _METHODS and len(texts) == (1 if name.lower()[-4:] == "with" else 0):
        return Feel(f"{_METHODS[name]}({', '.join([value.text, *texts])})", ATOM)
    if name == "equals" and len(texts) == 1:
        return Feel(f"{value.within(ADD)} = {arguments[0].within(ADD)}", COMPARE)
    if name == "equalsIgnoreCase" and len(texts) == 1:
        return Feel(f"lower case({value.text}) = lower case({texts[0]})", COMPARE)
    if name in ("contains", "includes") and len(texts) == 1 and value.kind:
        function = "list contains" if value.kind == "list" else "contains"
        return Feel(f"{function}({value.text}, {texts[0]})", ATOM)
    if name == "length" and not texts:
        return Feel(f"string length({value.text})", ATOM)
    if name == "isEmpty" and not texts:
        return empty(value)
    if name in ("getVariable", "get") and len(texts) == 1 and arguments[0].kind == "string":
        key = texts[0][1:-1]
        if re.fullmatch(r"[A-Za-z_]\w*", key):
            return Feel(key if value.text == "execution" else f"{value.within(ATOM)}.{key}", ATOM)
    raise NotTranslatable


def empty(value: Feel) -> Feel:
    """Give JUEL's `empty value`."""
    return Feel(f'{value.within(ADD)} in (null, "", [])', COMPARE)


def quoted(literal: str) -> str:
    """Give a text literal in double quotes."""
    inner = literal[1:-1].replace("\\'", "'")
    if literal[0] == "'":
        inner = re.sub(r'(?<!\\)"', lambda _: '\\"', inner)
    return f'"{inner}"'
