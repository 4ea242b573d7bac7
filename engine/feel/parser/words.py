"""Expressions that begin with a word: if, for, some, every, function."""

from __future__ import annotations

from abc import abstractmethod

from engine.feel import nodes as n
from engine.feel.parser.type_names import TypeNames
from engine.feel.scope import Scope


class Words(TypeNames):
    """Reads them."""

    @abstractmethod
    def expression(self) -> n.Node:
        """Read one whole expression."""

    def conditional(self) -> n.Node:
        token = self.advance()
        condition = self.expression()
        self.take("then")
        then = self.expression()
        if not self.at_word("else"):
            self.fail("`else` (every `if` needs one)")
        self.advance()
        return n.If(token.start, condition, then, self.expression())

    def loop(self) -> n.Node:
        token = self.advance()
        with self.scope(Scope()) as scope:
            iterations = self.iterations(scope, "return")
            scope.add("partial")
            self.take("return")
            return n.For(token.start, iterations, self.expression())

    def quantified(self) -> n.Node:
        token = self.advance()
        with self.scope(Scope()) as scope:
            iterations = self.iterations(scope, "satisfies")
            self.take("satisfies")
            return n.Quantified(token.start, token.text, iterations, self.expression())

    def iterations(self, scope: Scope, closing: str) -> tuple[n.Iteration, ...]:
        found: list[n.Iteration] = []
        while True:
            at = self.peek.start
            name = self.new_name("in")
            self.take("in")
            source = self.expression()
            end: n.Node | None = None
            if self.at_op(".."):
                self.advance()
                end = self.expression()
            found.append(n.Iteration(at, name, source, end))
            scope.add(name)
            if not self.at_op(","):
                break
            self.advance()
        if not self.at_word(closing):
            self.fail(f"`,` or `{closing}`")
        return tuple(found)

    def function(self) -> n.Node:
        token = self.advance()
        self.take("(")
        parameters: list[tuple[str, n.TypeName | None]] = []
        while not self.at_op(")"):
            if parameters:
                if not self.at_op(","):
                    self.fail("`,` or `)`")
                self.advance()
            name = self.new_name(",", ")", ":")
            declared: n.TypeName | None = None
            if self.at_op(":"):
                self.advance()
                declared = self.type_name()
            parameters.append((name, declared))
        self.advance()
        with self.scope(Scope(name for name, _ in parameters)):
            if self.at_word("external"):
                self.advance()
                self.expression()
                return n.FunctionLiteral(token.start, tuple(parameters), None)
            return n.FunctionLiteral(token.start, tuple(parameters), self.expression())
