"""Translates conditions of Python, JUEL `${...}`, simple Groovy and JavaScript to FEEL.

What could mean two things is not guessed; its result is offered to a person, never applied.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from engine.feel import nodes as n
from engine.feel.errors import FeelError
from engine.feel.foreign import (
    ADD,
    AND,
    ATOM,
    COMPARE,
    CONSTANTS,
    EQUALS,
    FUNCTIONS,
    IF,
    MINUS,
    MULTIPLY,
    OR,
    POWER,
    RESERVED,
    WORD_OPERATORS,
    WRAPPED,
    Feel,
    NotTranslatable,
    Token,
    empty,
    method,
    quoted,
    tokens,
)
from engine.feel.parser import parse_text

_MAX_DEPTH = 40
_ASSIGNMENT = re.compile(
    r"(?:(?:def|var|let|const)\s+)?(?P<name>[A-Za-z_]\w*)\s*=(?!=)\s*(?P<value>.+)"
)
_BARE_DATE = re.compile(
    r'"(?:[^"\\]|\\.)*"|(?<![\w.-])@?(\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d)?)(?![\w.-])'
)
_FOREIGN_NAMES = frozenset({"Math", "math", "execution"})


def translate(text: str) -> str | None:
    """Give a condition of another language in FEEL; None where it is FEEL or has no equal."""
    try:
        found = _Translator(text).whole()
    except NotTranslatable:
        return None
    if found.split() == text.split() and _is_feel(text):
        return None
    return found if _is_feel(found) else None


def in_feel(text: str, tree: n.Node | None = None) -> str:
    """Give what was meant in FEEL, for a hint; empty where nobody can tell.

    tree -- of a text that can be read as FEEL: it was meant so unless it has forms that FEEL gives
        null for, such as `name.startsWith("B")`, or a date without quotes, which is a subtraction
    """
    dated = _BARE_DATE.sub(lambda found: f'@"{found[1]}"' if found[1] else found[0], text)
    if dated != text and _is_feel(dated):
        return dated
    if tree is not None and not _looks_foreign(tree):
        return ""
    return translate(text) or ""


def script_in_feel(text: str) -> str:
    """Give assignments such as `a = 1; b = a * 2` as a context; empty where there is more to it."""
    entries: list[str] = []
    for statement in filter(None, map(str.strip, re.split(r"[;\n]", text))):
        match = _ASSIGNMENT.fullmatch(statement)
        if match is None:
            return ""
        value = match["value"]
        entries.append(f"{match['name']}: {translate(value) or value}")
    context = f"{{ {', '.join(entries)} }}"
    return context if entries and _is_feel(context) else ""


def _looks_foreign(node: Any) -> bool:
    """Find a method, a text or 0 as an index, or a name that only other languages know."""
    if isinstance(node, tuple):
        return any(_looks_foreign(part) for part in node)
    if not isinstance(node, n.Node):
        return False
    if isinstance(node, n.Call) and isinstance(node.function, n.Path):
        return True
    if isinstance(node, n.Filter) and isinstance(node.condition, n.Literal):
        return node.condition.value == 0 or isinstance(node.condition.value, str)
    if isinstance(node, n.Name) and node.name in _FOREIGN_NAMES:
        return True
    return any(_looks_foreign(getattr(node, field.name)) for field in fields(node))


def _is_feel(text: str) -> bool:
    try:
        parse_text(text)
    except FeelError:
        return False
    return True


class _Translator:
    """Reads the foreign expression by precedence and writes FEEL on the way."""

    def __init__(self, text: str) -> None:
        wrapped = WRAPPED.fullmatch(text)
        self.tokens = tokens(wrapped.group(1) if wrapped else text)
        self.index = 0
        self.depth = 0

    def whole(self) -> str:
        result = self.ternary()
        if self.peek.kind != "end":
            raise NotTranslatable
        return result.text

    @property
    def peek(self) -> Token:
        return self.tokens[self.index]

    def skip(self, *texts: str) -> bool:
        """Pass over a sign or word if it is one of these."""
        if self.peek.kind in ("op", "name") and self.peek.text in texts:
            self.index += 1
            return True
        return False

    def need(self, text: str) -> None:
        if not self.skip(text):
            raise NotTranslatable

    def ternary(self) -> Feel:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise NotTranslatable
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

    def _if(self, condition: Feel, then: Feel, otherwise: Feel) -> Feel:
        text = f"if {condition.text} then {then.within(OR)} else {otherwise.text}"
        return Feel(text, IF)

    def disjunction(self) -> Feel:
        return self._joined(self.conjunction, ("||", "or"), "or", OR)

    def conjunction(self) -> Feel:
        return self._joined(self.negation, ("&&", "and"), "and", AND)

    def _joined(
        self, operand: Callable[[], Feel], signs: tuple[str, ...], word: str, binding: int
    ) -> Feel:
        first = operand()
        parts = [first]
        while self.skip(*signs):
            parts.append(operand())
        if len(parts) == 1:
            return first
        return Feel(f" {word} ".join(part.within(binding + 1) for part in parts), binding)

    def negation(self) -> Feel:
        """Python's `not` binds more loosely than comparisons, unlike `!`."""
        if self.peek.text == "not" and self.peek.kind == "name":
            self.index += 1
            return Feel(f"not({self.negation().text})", ATOM)
        return self.comparison()

    def comparison(self) -> Feel:
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
        return Feel(" and ".join(parts), COMPARE if len(parts) == 1 else AND)

    def _compared(self, left: Feel) -> tuple[str, Feel] | None:
        token = self.peek
        operator = EQUALS.get(token.text) or WORD_OPERATORS.get(token.text)
        if token.kind == "op" and token.text in ("<", "<=", ">", ">="):
            operator = token.text
        if operator is None or token.kind == "string":
            return self._worded(left)
        self.index += 1
        right = self.addition()
        return f"{left.within(ADD)} {operator} {right.within(ADD)}", right

    def _worded(self, left: Feel) -> tuple[str, Feel] | None:
        if self.skip("is"):
            operator = "!=" if self.skip("not") else "="
            right = self.addition()
            return f"{left.within(ADD)} {operator} {right.within(ADD)}", right
        negated = self.peek.text == "not" and self.tokens[self.index + 1].text == "in"
        if negated:
            self.index += 1
        if not self.skip("in"):
            return None
        right = self.addition()
        if right.kind == "string" or (left.kind == "string" and right.kind != "list"):
            raise NotTranslatable  # part of a text, or element of a list? only its value tells
        text = f"{left.within(ADD)} in {right.within(ADD)}"
        return (f"not({text})" if negated else text), right

    def addition(self) -> Feel:
        value = self.multiplication()
        while self.peek.kind == "op" and self.peek.text in ("+", "-"):
            sign = self._advance()
            right = self.multiplication()
            value = Feel(f"{value.within(ADD)} {sign} {right.within(MULTIPLY)}", ADD)
        return value

    def multiplication(self) -> Feel:
        value = self.unary()
        while self.peek.kind == "op" and self.peek.text in ("*", "/", "%"):
            sign = self._advance()
            right = self.unary()
            if sign == "%":
                value = Feel(f"modulo({value.text}, {right.text})", ATOM)
            else:
                value = Feel(f"{value.within(MULTIPLY)} {sign} {right.within(POWER)}", MULTIPLY)
        return value

    def unary(self) -> Feel:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise NotTranslatable
        if self.skip("!"):
            value = Feel(f"not({self.unary().text})", ATOM)
        elif self.skip("-"):
            value = Feel(f"-{self.unary().within(MINUS)}", MINUS)
        elif self.skip("empty"):
            value = empty(self.unary())
        else:
            value = self.power()
        self.depth -= 1
        return value

    def power(self) -> Feel:
        base = self.postfix()
        if not self.skip("**"):
            return base
        exponent = self.unary()  # from right to left elsewhere, from left to right in FEEL
        return Feel(f"{base.within(MINUS)} ** {exponent.within(MINUS)}", POWER)

    def postfix(self) -> Feel:
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

    def _member(self, value: Feel) -> Feel:
        if self.peek.kind != "name":
            raise NotTranslatable
        name = self._advance()
        if self.peek.text != "(":
            if name == "length":
                raise NotTranslatable  # of a text or of a list?
            return Feel(f"{value.within(ATOM)}.{name}", ATOM)
        if f"{value.text}.{name}" in FUNCTIONS or f"{value.text}.{name}" == "Math.round":
            return Feel(f"{value.text}.{name}", ATOM)
        return method(value, name, self.arguments())

    def _indexed(self, value: Feel) -> Feel:
        index = self.ternary()
        self.need("]")
        if index.kind == "string" and re.fullmatch(r'"[A-Za-z_]\w*"', index.text):
            return Feel(f"{value.within(ATOM)}.{index.text[1:-1]}", ATOM)
        if not re.fullmatch(r"-?\d+", index.text):
            raise NotTranslatable  # elsewhere lists begin at 0
        number = int(index.text)
        return Feel(f"{value.within(ATOM)}[{number + 1 if number >= 0 else number}]", ATOM)

    def _called(self, value: Feel) -> Feel:
        arguments = self.arguments()
        texts = ", ".join(argument.text for argument in arguments)
        if value.text == "Math.round":
            return Feel(f"round half up({texts}, 0)", ATOM)
        if value.text not in FUNCTIONS:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", value.text) or value.text in ("len", "round"):
                raise NotTranslatable
            return Feel(f"{value.text}({texts})", ATOM)
        return Feel(f"{FUNCTIONS[value.text]}({texts})", ATOM)

    def arguments(self) -> list[Feel]:
        self.need("(")
        return self._until(")")

    def _until(self, closing: str) -> list[Feel]:
        found: list[Feel] = []
        while not self.skip(closing):
            if found:
                self.need(",")
                if self.skip(closing):
                    break
            found.append(self.ternary())
        return found

    def primary(self) -> Feel:
        token = self.peek
        self.index += 1
        if token.kind == "number":
            return Feel(token.text, ATOM)
        if token.kind == "string":
            return Feel(quoted(token.text), ATOM, "string")
        if token.kind == "name":
            if token.text in CONSTANTS:
                return Feel(CONSTANTS[token.text], ATOM)
            if token.text in RESERVED:
                raise NotTranslatable
            return Feel(token.text, ATOM)
        if token.text == "(":
            return self._parenthesis()
        if token.text == "[":
            items = ", ".join(item.text for item in self._until("]"))
            return Feel(f"[{items}]", ATOM, "list")
        raise NotTranslatable

    def _parenthesis(self) -> Feel:
        """An expression in parentheses, or Python's tuple."""
        first = self.ternary()
        if self.skip(")"):
            return first
        self.need(",")
        rest = [first, *self._until(")")]
        return Feel(f"[{', '.join(item.text for item in rest)}]", ATOM, "list")

    def _advance(self) -> str:
        token = self.peek
        self.index += 1
        return token.text
