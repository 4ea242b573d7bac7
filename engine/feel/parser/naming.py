"""Names in expressions: the longest known one, entries after a dot, keys, declarations."""

from __future__ import annotations

from engine.feel import nodes as n
from engine.feel.builtins import NAMES
from engine.feel.complaints import FOREIGN_WORDS
from engine.feel.lexer import Token, unquote
from engine.feel.parser.stream import Stream
from engine.feel.scope import KEYWORDS, SYMBOLS, Scope, written

BUILTIN_NAMES = Scope(NAMES)


class Naming(Stream):
    """Reads names."""

    def declared_name(self) -> tuple[str, int] | None:
        best: tuple[str, int] | None = None
        for scope in reversed(self.scopes):
            found = scope.match(self.tokens, self.index)
            if found is not None and (best is None or found[1] > best[1]):
                best = found
            if scope.open:
                found = self.members.match(self.tokens, self.index)
                if found is not None and (best is None or found[1] > best[1]):
                    best = found
        return best

    def name(self) -> n.Node:
        token = self.peek
        best = self.declared_name()
        for scope in (self.functions, BUILTIN_NAMES):
            found = scope.match(self.tokens, self.index, loose=True)
            if (
                found is not None
                and (best is None or found[1] > best[1])
                and (best is None or self.tokens[found[1]].text == "(")
            ):
                best = found
        if best is None:
            best = self._loose_name()
        if best is None:
            return self._unknown_name(token)
        return self.named(token, *best)

    def named(self, token: Token, name: str, end: int) -> n.Node:
        self.index = end
        if self._name_goes_on() and any(scope.open for scope in self.scopes):
            return self._unknown_name(token)
        return n.Name(token.start, name)

    def _loose_name(self) -> tuple[str, int] | None:
        for scope in reversed(self.scopes):
            found = scope.match(self.tokens, self.index, loose=True)
            if found is not None:
                return found
        return None

    def _name_goes_on(self) -> bool:
        return self.peek.kind == "name" and self.peek.text not in KEYWORDS

    def _unknown_name(self, token: Token) -> n.Node:
        """Take an unknown name; in a filter, words in a row are one: keys are not known here."""
        if token.text in FOREIGN_WORDS:
            self.fail("an expression")
        if self.peek is token:
            self.advance()
        if any(scope.open for scope in self.scopes):
            while self._name_goes_on():
                self.advance()
        return n.Name(token.start, written(self.text, token, self.tokens[self.index - 1]))

    def member(self) -> str:
        """Read what stands after a dot."""
        first = self.peek
        if first.kind != "name":
            self.fail("the name of an entry")
        best: tuple[str, int] | None = self.members.match(self.tokens, self.index)
        for scope in self.scopes:
            found = scope.match(self.tokens, self.index)
            if found is not None and (best is None or found[1] > best[1]):
                best = found
        if best is not None:
            self.index = best[1]
            if not self._name_goes_on():
                return best[0]
        else:
            self.advance()
        while self._name_goes_on():
            self.advance()
        return written(self.text, first, self.tokens[self.index - 1])

    def new_name(self, *closing: str) -> str:
        """Read a name that is being declared, up to a closing word or sign."""
        first = self.index
        name = self.words(*closing)
        if name is None or self.tokens[first].kind != "name":
            self.index = first
            self.fail("a name")
        return name

    def key(self) -> str:
        """Read the key of an entry, with the colon after it."""
        key = unquote(self.advance().text) if self.peek.kind == "string" else self.words()
        if key is None:
            self.fail("the name of an entry")
        if not self.at_op(":"):
            self.fail("`:`")
        self.advance()
        return key

    def argument_name(self) -> str | None:
        i = self.index
        if self.tokens[i].kind == "string" and self.tokens[i + 1].text == ":":
            self.index = i + 2
            return unquote(self.tokens[i].text)
        if self.tokens[i].kind != "name":
            return None
        while self.tokens[i].kind in ("name", "number") or self.tokens[i].text in SYMBOLS:
            i += 1
        if self.tokens[i].text != ":" or self.tokens[i].kind != "op":
            return None
        name = written(self.text, self.tokens[self.index], self.tokens[i - 1])
        self.index = i + 1
        return name
