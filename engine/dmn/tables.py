"""Decision tables, compiled once and then run: inputs, matching rules, outputs, hit policy."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Protocol

from engine.dmn import elements as e
from engine.dmn.cells import read_constant
from engine.dmn.hits import AGGREGATORS, MULTIPLE, Hits, aggregate, decide
from engine.dmn.index import Column
from engine.dmn.misfits import show
from engine.dmn.trace import Session
from engine.dmn.types import MISFIT, Type, Types, allowing, bind
from engine.feel.values import Normalized

Scope = Normalized
"""The names an expression sees; their values are FEEL values already."""
Run = Callable[[Scope, Session], Any]
Unary = Callable[[Scope, Session, Any], Any]


class Texts(Protocol):
    """Compiles the FEEL texts of a table; a text that is no FEEL gives null, with a note."""

    types: Types

    def text(self, text: str, names: Collection[str], where: e.Boxed | str = "") -> Run: ...

    def unary(self, text: str, names: Collection[str], where: e.Boxed | str = "") -> Unary: ...


class Input:
    """One input column: where its value comes from, what is allowed, which rules catch it."""

    def __init__(
        self, clause: e.InputClause, cells: list[str], texts: Texts, names: Collection[str]
    ) -> None:
        self.label = clause.expression
        self.run = texts.text(clause.expression, names, clause.id)
        self.type: Type = texts.types.get(clause.type_ref)
        self.allows = allowing(clause.allowed) if clause.allowed else None
        self.allowed_text = clause.allowed
        self.column = Column(cells)

        def compile_cell(cell: str) -> Unary:
            return texts.unary(cell, names, clause.id)

        self._compile = compile_cell
        self._tests = {cell: compile_cell(cell) for cell in self.column.opaque}

    def value(self, scope: Scope, session: Session) -> Any:
        """Give the value of the column, or MISFIT with a note."""
        value = bind(self.run(scope, session), self.type)
        if value is MISFIT:
            session.note("wrong-type", f"Expected {self.label} to be a {self.type.name}.")
            return None
        if self.allows is not None and value is not None and not self.allows(value):
            session.note(
                "not-allowed",
                f"Expected {self.label} to be one of {self.allowed_text}, but it is {show(value)}.",
            )
            return MISFIT
        return value

    def match(self, value: Any, candidates: int, scope: Scope, session: Session) -> int:
        """Give the mask of those candidates whose cell catches the value."""

        def ask(text: str, value: Any) -> bool:
            test = self._tests.get(text)
            if test is None:
                # A cell of constants is asked only about values of another type than its own.
                test = self._tests[text] = self._compile(text)
            return test(scope, session, value) is True

        return self.column.match(value, candidates, ask)


class Output:
    """One output column: its cells, what is allowed, its default."""

    def __init__(
        self,
        clause: e.OutputClause,
        cells: list[str],
        allowed: str,
        texts: Texts,
        names: Collection[str],
    ) -> None:
        self.name = clause.name or clause.label
        self.type: Type = texts.types.get(clause.type_ref)
        self.allowed_text = clause.allowed
        self.allows = allowing(clause.allowed) if clause.allowed else None
        self.order = ranking(allowed, texts)
        runs = {cell: self._compile(cell, clause, texts, names) for cell in set(cells)}
        self.cells = [runs[cell] for cell in cells]
        self.default = (
            None if clause.default is None else self._compile(clause.default, clause, texts, names)
        )

    def _compile(
        self, text: str, clause: e.OutputClause, texts: Texts, names: Collection[str]
    ) -> Run:
        constant = read_constant(text)
        if constant is not None:
            value = bind(constant[0], self.type)
            if value is not MISFIT and (self.allows is None or self.allows(value)):
                return lambda scope, session: value
        run = texts.text(text, names, clause.id)

        def checked(scope: Scope, session: Session) -> Any:
            value = bind(run(scope, session), self.type)
            if value is MISFIT:
                session.note("wrong-type", f"Expected output {text} to be a {self.type.name}.")
                return None
            if self.allows is not None and value is not None and not self.allows(value):
                session.note(
                    "not-allowed",
                    f"Expected an output among {self.allowed_text}, but it is {show(value)}.",
                )
                return None
            return value

        return checked


class CompiledTable:
    """A decision table ready to run."""

    def __init__(
        self, table: e.Table, texts: Texts, names: Collection[str], result_type: str
    ) -> None:
        self.policy = table.hit_policy
        self.aggregation = table.aggregation if table.hit_policy == "COLLECT" else ""
        self.rule_ids = [rule.id or f"{i + 1}" for i, rule in enumerate(table.rules)]
        self.inputs = [
            Input(clause, [_cell(rule.tests, i) for rule in table.rules], texts, names)
            for i, clause in enumerate(table.inputs)
        ]
        self.outputs = [
            Output(
                clause,
                [_cell(rule.outputs, i) for rule in table.rules],
                _allowed(clause, len(table.outputs), result_type or table.type_ref, texts.types),
                texts,
                names,
            )
            for i, clause in enumerate(table.outputs)
        ]
        self._everything = (1 << len(table.rules)) - 1
        self._order = tuple(output.order for output in self.outputs)
        self._single = len(self.outputs) == 1
        self._names = [output.name for output in self.outputs]

    def run(self, scope: Scope, session: Session) -> Any:
        """Give the value of the table for the names in scope."""
        mask = self._everything
        columns = session.inputs
        fits = True
        for column in self.inputs:
            value = column.value(scope, session)
            if value is MISFIT:
                fits = False
                continue
            columns[column.label] = value
            if mask:
                mask = column.match(value, mask, scope, session)
        if not fits:
            return None
        if not mask:
            return self._nothing(scope, session)
        rules = _bits(mask)
        session.matched.extend(self.rule_ids[i] for i in rules)
        if len(rules) == 1 and self.policy not in MULTIPLE:
            return self._shape(tuple(o.cells[rules[0]](scope, session) for o in self.outputs))
        return decide(
            self.policy,
            self.aggregation,
            Hits(
                rules,
                self.rule_ids.__getitem__,
                lambda i: tuple(o.cells[i](scope, session) for o in self.outputs),
                self._shape,
                self._order,
                session.note,
            ),
        )

    def _shape(self, outputs: tuple[Any, ...]) -> Any:
        return outputs[0] if self._single else dict(zip(self._names, outputs, strict=True))

    def _nothing(self, scope: Scope, session: Session) -> Any:
        if any(output.default is not None for output in self.outputs):
            value = self._shape(
                tuple(o.default(scope, session) if o.default else None for o in self.outputs)
            )
            return [value] if self.policy in MULTIPLE and not self.aggregation else value
        if self.policy in MULTIPLE and not self.aggregation:
            return []
        if self.aggregation == "COUNT":
            return aggregate([], "COUNT", session.note)
        missing = ", ".join(c.label for c in self.inputs if session.inputs.get(c.label) is None)
        empty = f"; {missing} is null" if missing else ""
        session.note(
            "no-rule-matches", f"Expected a rule that catches these inputs, but none does{empty}."
        )
        return None


def supported(table: e.Table) -> str:
    """Give what is wrong with hit policy and aggregation, or an empty text."""
    if table.hit_policy not in MULTIPLE | {"UNIQUE", "ANY", "FIRST", "PRIORITY"}:
        return f"Expected one of the seven hit policies of DMN, but found {table.hit_policy!r}."
    if table.aggregation and table.aggregation not in AGGREGATORS:
        return f"Expected SUM, MIN, MAX or COUNT, but found {table.aggregation!r}."
    return ""


def ranking(allowed: str, texts: Texts) -> tuple[Any, ...]:
    """Give the allowed values in the order they are written, nothing when they are no list."""
    if not allowed:
        return ()
    values = texts.text(f"[{allowed}]", ())(Normalized(), Session({}, None))
    return tuple(values) if isinstance(values, list) else ()


def _allowed(clause: e.OutputClause, count: int, result_type: str, types: Types) -> str:
    if clause.allowed:
        return clause.allowed
    own = types.allowed(clause.type_ref)
    if own or count == 1:
        return own or types.allowed(result_type)
    return types.component(result_type, clause.name)


def _cell(cells: tuple[str, ...], i: int) -> str:
    return cells[i] if i < len(cells) else ""


def _bits(mask: int) -> tuple[int, ...]:
    if not mask & (mask - 1):
        return (mask.bit_length() - 1,)
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return tuple(found)
