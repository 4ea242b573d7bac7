"""From tokens to the syntax tree, by precedence climbing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from engine.feel import nodes as n
from engine.feel.budget import MAX_NESTING, too_deep
from engine.feel.lexer import Token, unquote
from engine.feel.numbers import NUMBERS, read_number
from engine.feel.parser.words import Words
from engine.feel.scope import KEYWORDS, Scope

_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_CHAINS: dict[str, int] = {"+": 4, "-": 4, "*": 5, "/": 5, "**": 6}
_MAX_POSTFIX = 200  # parts of one path
_AFTER_INTERVAL = (
    frozenset(
        [
            ")",
            "]",
            ",",
            "}",
            ".",
            "and",
            "or",
            "then",
            "else",
            "return",
            "satisfies",
            "instance",
            "in",
            "between",
        ]
    )
    | _COMPARISONS
)


class Parser(Words):
    """One pass over one text."""

    _closing = 0  # intervals whose end is being read

    # ----- entry points

    def whole_expression(self) -> n.Node:
        if self.tokens[0].text == "=":
            self.index = 1
        node = self.expression()
        self._finish()
        return node

    def whole_unary_tests(self) -> n.UnaryTests:
        at = self.peek.start
        if self.peek.text == "-" and self.tokens[self.index + 1].kind == "end":
            return n.UnaryTests(at, False, ())
        if self._negation_ahead():
            self.index += 2
            tests = self.tests()
            self.take(")")
            self._finish()
            return n.UnaryTests(at, True, tests)
        tests = self.tests()
        self._finish()
        return n.UnaryTests(at, False, tests)

    def _negation_ahead(self) -> bool:
        """Tell whether the whole cell is `not( ... )`, not an expression that begins with it."""
        if self.peek.text != "not" or self.tokens[self.index + 1].text != "(":
            return False
        depth = 0
        for i in range(self.index + 1, len(self.tokens)):
            depth += {"(": 1, ")": -1}.get(self.tokens[i].text, 0)
            if depth == 0:
                return self.tokens[i + 1].kind == "end"
        return False

    def _finish(self) -> None:
        if self.peek.kind != "end":
            self.fail("an operator or the end of the expression")

    # ----- expressions, loosest first

    def expression(self) -> n.Node:
        self.deeper()
        node = self.binary(1)
        self.depth -= 1
        return node

    def binary(self, level: int, left: n.Node | None = None) -> n.Node:
        """Parse operators that bind at least as tightly as a level.

        1 or, 2 and, 3 comparison, 4 + -, 5 * /, 6 **; `left` is an operand already read.
        """
        node = self.unary() if left is None else left
        while True:
            token = self.peek
            if token.kind == "op" and token.text in _CHAINS:
                precedence = _CHAINS[token.text]
                if precedence < level:
                    return node
                node = self.chain(node, precedence)
            elif level <= 3 and token.kind == "op" and token.text in _COMPARISONS:
                self.advance()
                node = n.Compare(token.start, token.text, node, self.binary(4))
            elif level <= 3 and self.at_word("between"):
                self.advance()
                low = self.binary(4)
                self.take("and")
                node = n.Between(token.start, node, low, self.binary(4))
            elif level <= 3 and self.at_word("in"):
                self.advance()
                node = n.In(token.start, node, self.in_tests())
            elif level <= 2 and self.at_word("and"):
                node = self.logic("and", node, 3)
            elif level <= 1 and self.at_word("or"):
                node = self.logic("or", node, 2)
            else:
                return node

    def chain(self, first: n.Node, precedence: int) -> n.Node:
        rest: list[tuple[str, n.Node]] = []
        while self.peek.kind == "op" and _CHAINS.get(self.peek.text) == precedence:
            operator = self.advance().text
            rest.append((operator, self.binary(precedence + 1)))
        return n.Chain(first.at, first, tuple(rest))

    def logic(self, operator: str, first: n.Node, level: int) -> n.Node:
        operands = [first]
        while self.at_word(operator):
            self.advance()
            operands.append(self.binary(level))
        return n.Logic(first.at, operator, tuple(operands))

    def unary(self) -> n.Node:
        token = self.peek
        if token.kind == "op" and token.text == "-":
            self.advance()
            self.deeper()
            operand = self.unary()
            self.depth -= 1
            if isinstance(operand, n.Literal) and type(operand.value) is Decimal:
                return n.Literal(token.start, NUMBERS.minus(operand.value))
            return n.Negate(token.start, operand)
        node = self.postfix(self.primary())
        while self.at_word("instance"):
            self.advance()
            self.take("of")
            node = n.InstanceOf(token.start, node, self.type_name())
        return node

    def postfix(self, node: n.Node) -> n.Node:
        for _ in range(_MAX_POSTFIX):
            token = self.peek
            if token.kind != "op":
                return node
            if token.text == ".":
                self.advance()
                node = n.Path(token.start, node, self.member())
            elif token.text == "[" and not self._interval_bracket():
                self.advance()
                with self.scope(Scope(["item"], open_=True)):
                    condition = self.expression()
                self.take("]")
                node = n.Filter(token.start, node, condition)
            elif token.text == "(":
                node = self.call(node)
            else:
                return node
        raise too_deep(_MAX_POSTFIX)

    def _interval_bracket(self) -> bool:
        """Tell whether a `[` closes an interval such as `]1..5[`; only where one is open."""
        if not self._closing:
            return False
        follower = self.tokens[self.index + 1]
        return follower.kind == "end" or follower.text in _AFTER_INTERVAL

    # ----- primaries

    def primary(self) -> n.Node:
        token = self.peek
        kind, text = token.kind, token.text
        if kind == "number":
            self.advance()
            return n.Literal(token.start, read_number(token.text))
        if kind == "string":
            self.advance()
            return n.Literal(token.start, unquote(text))
        if kind == "name":
            known = self.declared_name()
            if known is not None and (text in KEYWORDS or text == "not"):
                return self.named(token, *known)
            return self._word(token)
        if kind == "op":
            if text == "(":
                return self.parenthesis()
            if text == "[":
                return self.bracket()
            if text == "]":
                return self.interval(self.advance(), False)
            if text == "{":
                return self.context()
            if text == "@":
                self.advance()
                if self.peek.kind != "string":
                    self.fail('a text in quotes, such as @"2026-07-01"')
                return n.AtLiteral(token.start, unquote(self.advance().text))
        self.fail("an expression")

    def _word(self, token: Token) -> n.Node:
        text = token.text
        if text in ("true", "false", "null"):
            self.advance()
            return n.Literal(token.start, {"true": True, "false": False, "null": None}[text])
        if text == "if":
            return self.conditional()
        if text == "for":
            return self.loop()
        if text in ("some", "every"):
            return self.quantified()
        if text == "function" and self.tokens[self.index + 1].text == "(":
            return self.function()
        if text == "?":
            self.advance()
            return n.Input(token.start)
        if text in KEYWORDS:
            self.fail("an expression")
        return self.name()

    def parenthesis(self) -> n.Node:
        """`(e)`, the interval `(a..b)`, or the comparison range `(< a)`."""
        opening = self.advance()
        if self.at_op(*_COMPARISONS):
            operator = self.advance().text
            node: n.Node = n.ComparisonRange(opening.start, operator, self.expression())
            self.take(")")
            return node
        node = self.expression()
        if self.at_op(".."):
            return self._interval_end(opening, node, False)
        self.take(")")
        return node

    def bracket(self) -> n.Node:
        """A list, or an interval that includes its start."""
        opening = self.advance()
        if self.at_op("]"):
            self.advance()
            return n.ListLiteral(opening.start, ())
        items = [self.expression()]
        if self.at_op(".."):
            return self._interval_end(opening, items[0], True)
        while self.at_op(","):
            self.advance()
            items.append(self.expression())
        if not self.at_op("]"):
            self.fail("`,` or `]`")
        self.advance()
        return n.ListLiteral(opening.start, tuple(items))

    def interval(self, opening: Token, start_included: bool) -> n.Node:
        start = self.expression()
        if not self.at_op(".."):
            self.fail("`..`")
        return self._interval_end(opening, start, start_included)

    def _interval_end(self, opening: Token, start: n.Node, start_included: bool) -> n.Node:
        self.advance()
        self._closing += 1
        end = self.expression()
        self._closing -= 1
        if not self.at_op(")", "]", "["):
            self.fail("`)` or `]`")
        end_included = self.advance().text == "]"
        return n.RangeLiteral(opening.start, start, end, start_included, end_included)

    def context(self) -> n.Node:
        opening = self.advance()
        entries: list[tuple[str, n.Node]] = []
        with self.scope(Scope()) as scope:
            while not self.at_op("}"):
                if entries:
                    if not self.at_op(","):
                        self.fail("`,` or `}`")
                    self.advance()
                key = self.key()
                entries.append((key, self.expression()))
                scope.add(key)
                self.members.add(key)
        self.advance()
        return n.ContextLiteral(opening.start, tuple(entries))

    # ----- calls

    def call(self, function: n.Node) -> n.Node:
        opening = self.advance()
        arguments: list[n.Node] = []
        names: list[str] = []
        while not self.at_op(")"):
            if arguments:
                if not self.at_op(","):
                    self.fail("`,` or `)`")
                self.advance()
            name = self.argument_name()
            if name is not None:
                names.append(name)
            arguments.append(self.expression())
        self.advance()
        if names and len(names) != len(arguments):
            self.index -= 1
            self.fail("either only named arguments or only arguments by position")
        at = function.at if isinstance(function, n.Name) else opening.start
        return n.Call(at, function, tuple(arguments), tuple(names) if names else None)

    # ----- unary tests

    def tests(self) -> tuple[n.Test, ...]:
        found = [self.test()]
        while self.at_op(","):
            self.advance()
            found.append(self.test())
        return tuple(found)

    def test(self) -> n.Test:
        token = self.peek
        if token.kind == "op" and token.text in _COMPARISONS:
            self.advance()
            return n.Test(token.start, token.text, self.binary(4))
        return n.Test(token.start, "", self.expression())

    def in_tests(self) -> tuple[n.Test, ...]:
        """Read what follows `in`: one test, or several in parentheses."""
        token = self.peek
        if self.at_op(*_COMPARISONS):
            self.advance()
            return (n.Test(token.start, token.text, self.binary(4)),)
        if not self.at_op("("):
            return (n.Test(token.start, "", self.binary(4)),)
        opening = self.advance()
        self.deeper()
        tests = [self.test()]
        self.depth -= 1
        if self.at_op("..") and not tests[0].operator:
            range_ = self._interval_end(opening, tests[0].operand, False)
            return (n.Test(token.start, "", self._continued(range_)),)
        while self.at_op(","):
            self.advance()
            tests.append(self.test())
        if not self.at_op(")"):
            self.fail("`,` or `)`")
        self.advance()
        if len(tests) == 1 and not tests[0].operator:
            return (n.Test(token.start, "", self._continued(tests[0].operand)),)
        return tuple(tests)

    def _continued(self, operand: n.Node) -> n.Node:
        """Go on with what may follow an operand in parentheses: `(a) + 1`, `(a)[1]`."""
        return self.binary(4, self.postfix(operand))


def parse_text(
    text: str,
    names: Iterable[str] = (),
    functions: Iterable[str] = (),
    members: Iterable[str] = (),
    types: Mapping[str, n.TypeName] | None = None,
) -> n.Node:
    """Parse an expression; raises FeelSyntaxError or FeelLimitExceeded."""
    try:
        return Parser(text, names, functions, members, types).whole_expression()
    except RecursionError:
        raise too_deep(MAX_NESTING) from None


def parse_tests(
    text: str,
    names: Iterable[str] = (),
    functions: Iterable[str] = (),
    members: Iterable[str] = (),
    types: Mapping[str, n.TypeName] | None = None,
) -> n.UnaryTests:
    """Parse unary tests, a cell of a decision table; raises FeelSyntaxError, FeelLimitExceeded."""
    try:
        return Parser(text, names, functions, members, types).whole_unary_tests()
    except RecursionError:
        raise too_deep(MAX_NESTING) from None
