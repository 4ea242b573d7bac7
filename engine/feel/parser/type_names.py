"""Types as written after `instance of` and in function literals."""

from __future__ import annotations

from engine.feel import nodes as n
from engine.feel.lexer import Token
from engine.feel.parser.naming import Naming
from engine.feel.scope import KEYWORDS, written
from engine.feel.types import NAMED_TYPES


class TypeNames(Naming):
    """Reads types."""

    def type_name(self) -> n.TypeName:
        token = self.peek
        if token.kind != "name":
            self.fail("a type, such as number or list<string>")
        self.deeper()
        built = self._built_type(token)
        self.depth -= 1
        if built is not None:
            return built
        matched = NAMED_TYPES.match(self.tokens, self.index)
        declared = self.type_names.match(self.tokens, self.index)
        if declared is not None and (matched is None or declared[1] >= matched[1]):
            name, self.index = declared
            return self.types[name]
        if matched is not None:
            name, self.index = matched
            return n.TypeName(token.start, name)
        self.advance()
        while self.peek.kind == "name" and self.peek.text not in KEYWORDS:
            self.advance()
        return n.TypeName(token.start, written(self.text, token, self.tokens[self.index - 1]))

    def _built_type(self, token: Token) -> n.TypeName | None:
        following = self.tokens[self.index + 1].text
        if token.text in ("list", "range") and following == "<":
            self.index += 2
            part = self.type_name()
            self.take(">")
            return n.TypeName(token.start, token.text, (("", part),))
        if token.text == "context" and following in ("<", "<>"):
            return self._context_type(token)
        if token.text == "function" and following in ("<", "<>", "->"):
            return self._function_type(token)
        return None

    def _context_type(self, token: Token) -> n.TypeName:
        self.advance()
        parts: list[tuple[str, n.TypeName]] = []
        while self._more_parts(parts):
            key = self.key()
            parts.append((key, self.type_name()))
        return n.TypeName(token.start, "context", tuple(parts))

    def _function_type(self, token: Token) -> n.TypeName:
        self.advance()
        parts: list[tuple[str, n.TypeName]] = []
        if not self.at_op("->"):
            while self._more_parts(parts):
                parts.append(("", self.type_name()))
        self.take("->")
        return n.TypeName(token.start, "function", tuple(parts), self.type_name())

    def _more_parts(self, parts: list[tuple[str, n.TypeName]]) -> bool:
        """Read what stands before the next part of a type, or after the last."""
        if not parts:
            opening = self.advance().text
            if opening == "<>":
                return False
        if self.at_op(">"):
            self.advance()
            return False
        if parts:
            self.take(",")
        return True
