"""What all of the parser stands on: tokens, levels of names, nesting, and complaining."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

from engine.feel.budget import MAX_NESTING, MAX_TOKENS, too_deep
from engine.feel.complaints import complain
from engine.feel.lexer import Token, tokenize, too_long
from engine.feel.nodes import TypeName
from engine.feel.scope import SYMBOLS, Scope, written

_PROPERTIES = ("time offset", "start included", "end included")


class Stream:
    """The tokens of one text, and the names known at the current one."""

    def __init__(
        self,
        text: str,
        names: Iterable[str],
        functions: Iterable[str],
        members: Iterable[str] = (),
        types: Mapping[str, TypeName] | None = None,
    ) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.index = 0
        self.depth = 0
        self.declared = frozenset(names)
        self.functions = Scope(functions)
        self.members = Scope([*_PROPERTIES, *members])
        self.types = types or {}
        self.type_names = Scope(self.types)
        self.scopes: list[Scope] = [Scope(self.declared)]

    @property
    def peek(self) -> Token:
        return self.tokens[self.index]

    def advance(self) -> Token:
        token = self.tokens[self.index]
        self.index += 1
        return token

    def at_word(self, word: str) -> bool:
        token = self.peek
        return token.text == word and token.kind == "name"

    def at_op(self, *ops: str) -> bool:
        token = self.peek
        return token.kind == "op" and token.text in ops

    def take(self, text: str) -> Token:
        token = self.peek
        if token.text != text or token.kind == "string":
            self.fail(f"`{text}`")
        return self.advance()

    def fail(self, expected: str) -> NoReturn:
        if self.peek.kind == "more":
            raise too_long(f"{MAX_TOKENS:,} words and signs")
        raise complain(self.text, self.tokens, self.index, expected)

    def deeper(self) -> None:
        """Go one level in; a failure gives up the whole parse, so nobody need come back."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise too_deep(MAX_NESTING)

    @contextmanager
    def scope(self, scope: Scope) -> Iterator[Scope]:
        """Know some more names for a while."""
        self.scopes.append(scope)
        yield scope
        self.scopes.pop()

    def words(self, *closing: str) -> str | None:
        """Read the tokens that may make a name, up to a closing word; None where there is none."""
        first = self.index
        while self.peek.text not in closing and (
            self.peek.kind in ("name", "number")
            or (self.peek.kind == "op" and self.peek.text in SYMBOLS)
        ):
            self.advance()
        if first == self.index:
            return None
        return written(self.text, self.tokens[first], self.tokens[self.index - 1])
