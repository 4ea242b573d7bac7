"""Translates conditions of Python, JUEL `${...}`, simple Groovy and JavaScript to FEEL.

What could mean two things is not guessed; its result is offered to a person, never applied.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from engine.feel.errors import FeelError
from engine.feel.parser import parse_text

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)[LlFfDd]?(?![\w.])"
    r"|(?P<string>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<op>===|!==|==|!=|<>|<=|>=|&&|\|\||\*\*|[-+*/%<>!?:.,()\[\]]))",
    re.DOTALL,
)
_WRAPPED = re.compile(r"\s*[$#]\{(.*)\}\s*;?\s*", re.DOTALL)
_EQUALS = {"==": "=", "===": "=", "!=": "!=", "!==": "!=", "<>": "!="}
_WORD_OPERATORS = {"eq": "=", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_CONSTANTS = {
    "True": "true",
    "False": "false",
    "None": "null",
    "true": "true",
    "false": "false",
    "null": "null",
    "nil": "null",
    "undefined": "null",
}
_RESERVED = {"and", "or", "not", "in", "is", "if", "else", "empty", "instanceof", *_WORD_OPERATORS}
_FUNCTIONS = {
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
_MAX_DEPTH = 40
# how tightly FEEL binds: if, or, and, comparison, + -, * /, **, minus, the rest
_IF, _OR, _AND, _COMPARE, _ADD, _MULTIPLY, _POWER, _MINUS, _ATOM = range(9)


class _NotTranslatable(Exception):
    """The text says something that has no certain equal in FEEL."""


class _Token(NamedTuple):
    kind: str
    text: str


class _Feel(NamedTuple):
    """A piece of FEEL and how tightly it binds; `kind` is string, list or empty."""

    text: str
    binding: int
    kind: str = ""

    def within(self, binding: int) -> str:
        return self.text if self.binding >= binding else f"({self.text})"


def translate(text: str) -> str | None:
    """Give a condition of another language in FEEL; None where it is FEEL or has no equal."""
    try:
        found = _Translator(text).whole()
    except _NotTranslatable:
        return None
    if found.split() == text.split() and _is_feel(text):
        return None
    return found if _is_feel(found) else None


def _is_feel(text: str) -> bool:
    try:
        parse_text(text)
    except FeelError:
        return False
    return True


def _tokens(text: str) -> list[_Token]:
    if len(text) > _MAX_TEXT:
        raise _NotTranslatable
    found: list[_Token] = []
    position = 0
    text = text.rstrip().rstrip(";").rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise _NotTranslatable
        found.append(_Token(match.lastgroup, match.group(match.lastgroup)))
        position = match.end()
    return [*found, _Token("end", "")]


class _Translator:
    """Reads the foreign expression by precedence and writes FEEL on the way."""

    def __init__(self, text: str) -> None:
        wrapped = _WRAPPED.fullmatch(text)
        self.tokens = _tokens(wrapped.group(1) if wrapped else text)
        self.index = 0
        self.depth = 0

    def whole(self) -> str:
        result = self.ternary()
        if self.peek.kind != "end":
            raise _NotTranslatable
        return result.text

    @property
    def peek(self) -> _Token:
        return self.tokens[self.index]

    def skip(self, *texts: str) -> bool:
        """Pass over a sign or word if it is one of these."""
        if self.peek.kind in ("op", "name") and self.peek.text in texts:
            self.index += 1
            return True
        return False

    def need(self, text: str) -> None:
        if not self.skip(text):
            raise _NotTranslatable

    def ternary(self) -> _Feel:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise _NotTranslatable
        value = self.disjunction()
        if self.skip("?"):
            then = self.ternary()
            self.need(":")
            value = self._if(value, then, self.ternary())
        elif self.skip("if"):
            condition = self.disjunction()
            self.need("else")
            value = self._if(condition, value, self.ternary())
        self.depth -= 1
        return value

    def _if(self, condition: _Feel, then: _Feel, otherwise: _Feel) -> _Feel:
        text = f"if {condition.text} then {then.within(_OR)} else {otherwise.text}"
        return _Feel(text, _IF)

    def disjunction(self) -> _Feel:
        return self._joined(self.conjunction, ("||", "or"), "or", _OR)

    def conjunction(self) -> _Feel:
        return self._joined(self.negation, ("&&", "and"), "and", _AND)

    def _joined(
        self, operand: Callable[[], _Feel], signs: tuple[str, ...], word: str, binding: int
    ) -> _Feel:
        first = operand()
        parts = [first]
        while self.skip(*signs):
            parts.append(operand())
        if len(parts) == 1:
            return first
        return _Feel(f" {word} ".join(part.within(binding + 1) for part in parts), binding)

    def negation(self) -> _Feel:
        """Python's `not` binds more loosely than comparisons, unlike `!`."""
        if self.peek.text == "not" and self.peek.kind == "name":
            self.index += 1
            return _Feel(f"not({self.negation().text})", _ATOM)
        return self.comparison()

    def comparison(self) -> _Feel:
        left = self.addition()
        parts: list[str] = []
        while True:
            compared = self._compared(left)
            if compared is None:
                break
            text, left = compared
            parts.append(text)
        if not parts:
            return left
        return _Feel(" and ".join(parts), _COMPARE if len(parts) == 1 else _AND)

    def _compared(self, left: _Feel) -> tuple[str, _Feel] | None:
        token = self.peek
        operator = _EQUALS.get(token.text) or _WORD_OPERATORS.get(token.text)
        if token.kind == "op" and token.text in ("<", "<=", ">", ">="):
            operator = token.text
        if operator is None or token.kind == "string":
            return self._worded(left)
        self.index += 1
        right = self.addition()
        return f"{left.within(_ADD)} {operator} {right.within(_ADD)}", right

    def _worded(self, left: _Feel) -> tuple[str, _Feel] | None:
        if self.skip("is"):
            operator = "!=" if self.skip("not") else "="
            right = self.addition()
            return f"{left.within(_ADD)} {operator} {right.within(_ADD)}", right
        negated = self.peek.text == "not" and self.tokens[self.index + 1].text == "in"
        if negated:
            self.index += 1
        if not self.skip("in"):
            return None
        right = self.addition()
        if right.kind == "string" or (left.kind == "string" and right.kind != "list"):
            raise _NotTranslatable  # part of a text, or element of a list? only its value tells
        text = f"{left.within(_ADD)} in {right.within(_ADD)}"
        return (f"not({text})" if negated else text), right

    def addition(self) -> _Feel:
        value = self.multiplication()
        while self.peek.kind == "op" and self.peek.text in ("+", "-"):
            sign = self._advance()
            right = self.multiplication()
            value = _Feel(f"{value.within(_ADD)} {sign} {right.within(_MULTIPLY)}", _ADD)
        return value

    def multiplication(self) -> _Feel:
        value = self.unary()
        while self.peek.kind == "op" and self.peek.text in ("*", "/", "%"):
            sign = self._advance()
            right = self.unary()
            if sign == "%":
                value = _Feel(f"modulo({value.text}, {right.text})", _ATOM)
            else:
                value = _Feel(f"{value.within(_MULTIPLY)} {sign} {right.within(_POWER)}", _MULTIPLY)
        return value

    def unary(self) -> _Feel:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise _NotTranslatable
        if self.skip("!"):
            value = _Feel(f"not({self.unary().text})", _ATOM)
        elif self.skip("-"):
            value = _Feel(f"-{self.unary().within(_MINUS)}", _MINUS)
        elif self.skip("empty"):
            value = _empty(self.unary())
        else:
            value = self.power()
        self.depth -= 1
        return value

    def power(self) -> _Feel:
        base = self.postfix()
        if not self.skip("**"):
            return base
        exponent = self.unary()  # from right to left elsewhere, from left to right in FEEL
        return _Feel(f"{base.within(_MINUS)} ** {exponent.within(_MINUS)}", _POWER)

    def postfix(self) -> _Feel:
        value = self.primary()
        while self.peek.kind == "op":
            if self.skip("."):
                value = self._member(value)
            elif self.skip("["):
                value = self._indexed(value)
            elif self.peek.text == "(":
                value = self._called(value)
            else:
                break
        return value

    def _member(self, value: _Feel) -> _Feel:
        if self.peek.kind != "name":
            raise _NotTranslatable
        name = self._advance()
        if self.peek.text != "(":
            if name == "length":
                raise _NotTranslatable  # of a text or of a list?
            return _Feel(f"{value.within(_ATOM)}.{name}", _ATOM)
        if f"{value.text}.{name}" in _FUNCTIONS or f"{value.text}.{name}" == "Math.round":
            return _Feel(f"{value.text}.{name}", _ATOM)
        return _method(value, name, self.arguments())

    def _indexed(self, value: _Feel) -> _Feel:
        index = self.ternary()
        self.need("]")
        if index.kind == "string" and re.fullmatch(r'"[A-Za-z_]\w*"', index.text):
            return _Feel(f"{value.within(_ATOM)}.{index.text[1:-1]}", _ATOM)
        if not re.fullmatch(r"-?\d+", index.text):
            raise _NotTranslatable  # elsewhere lists begin at 0
        number = int(index.text)
        return _Feel(f"{value.within(_ATOM)}[{number + 1 if number >= 0 else number}]", _ATOM)

    def _called(self, value: _Feel) -> _Feel:
        arguments = self.arguments()
        texts = ", ".join(argument.text for argument in arguments)
        if value.text == "Math.round":
            return _Feel(f"round half up({texts}, 0)", _ATOM)
        if value.text not in _FUNCTIONS:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", value.text) or value.text in ("len", "round"):
                raise _NotTranslatable
            return _Feel(f"{value.text}({texts})", _ATOM)
        return _Feel(f"{_FUNCTIONS[value.text]}({texts})", _ATOM)

    def arguments(self) -> list[_Feel]:
        self.need("(")
        return self._until(")")

    def _until(self, closing: str) -> list[_Feel]:
        found: list[_Feel] = []
        while not self.skip(closing):
            if found:
                self.need(",")
                if self.skip(closing):
                    break
            found.append(self.ternary())
        return found

    def primary(self) -> _Feel:
        token = self.peek
        self.index += 1
        if token.kind == "number":
            return _Feel(token.text, _ATOM)
        if token.kind == "string":
            return _Feel(_quoted(token.text), _ATOM, "string")
        if token.kind == "name":
            if token.text in _CONSTANTS:
                return _Feel(_CONSTANTS[token.text], _ATOM)
            if token.text in _RESERVED:
                raise _NotTranslatable
            return _Feel(token.text, _ATOM)
        if token.text == "(":
            return self._parenthesis()
        if token.text == "[":
            items = ", ".join(item.text for item in self._until("]"))
            return _Feel(f"[{items}]", _ATOM, "list")
        raise _NotTranslatable

    def _parenthesis(self) -> _Feel:
        """An expression in parentheses, or Python's tuple."""
        first = self.ternary()
        if self.skip(")"):
            return first
        self.need(",")
        rest = [first, *self._until(")")]
        return _Feel(f"[{', '.join(item.text for item in rest)}]", _ATOM, "list")

    def _advance(self) -> str:
        token = self.peek
        self.index += 1
        return token.text


def _method(value: _Feel, name: str, arguments: list[_Feel]) -> _Feel:
    texts = [argument.text for argument in arguments]
    if name in _METHODS and len(texts) == (1 if name.lower()[-4:] == "with" else 0):
        return _Feel(f"{_METHODS[name]}({', '.join([value.text, *texts])})", _ATOM)
    if name == "equals" and len(texts) == 1:
        return _Feel(f"{value.within(_ADD)} = {arguments[0].within(_ADD)}", _COMPARE)
    if name == "equalsIgnoreCase" and len(texts) == 1:
        return _Feel(f"lower case({value.text}) = lower case({texts[0]})", _COMPARE)
    if name in ("contains", "includes") and len(texts) == 1 and value.kind:
        function = "list contains" if value.kind == "list" else "contains"
        return _Feel(f"{function}({value.text}, {texts[0]})", _ATOM)
    if name == "length" and not texts:
        return _Feel(f"string length({value.text})", _ATOM)
    if name == "isEmpty" and not texts:
        return _empty(value)
    if name in ("getVariable", "get") and len(texts) == 1 and arguments[0].kind == "string":
        key = texts[0][1:-1]
        if re.fullmatch(r"[A-Za-z_]\w*", key):
            return _Feel(
                key if value.text == "execution" else f"{value.within(_ATOM)}.{key}", _ATOM
            )
    raise _NotTranslatable


def _empty(value: _Feel) -> _Feel:
    return _Feel(f'{value.within(_ADD)} in (null, "", [])', _COMPARE)


def _quoted(literal: str) -> str:
    inner = literal[1:-1].replace("\\'", "'")
    if literal[0] == "'":
        inner = re.sub(r'(?<!\\)"', lambda _: '\\"', inner)
    return f'"{inner}"'
