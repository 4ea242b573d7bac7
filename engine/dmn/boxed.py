"""Boxed expressions, compiled to functions of (scope, session); tables are in `tables.py`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from engine.dmn import elements as e
from engine.dmn.cells import read_constant
from engine.dmn.functions import elements_of, fit, function_value, invoke
from engine.dmn.tables import CompiledTable, Run, Scope, Unary, supported
from engine.dmn.trace import Session
from engine.dmn.types import ANY, Callable_, Type, Types
from engine.errors import Finding
from engine.feel import Expression, FeelError, FeelSyntaxError, compile
from engine.feel.translate import in_feel
from engine.feel.values import Function, Normalized

MAX_NESTING = 50
"""Boxed expressions inside each other."""

Names = frozenset[str]


class Compiler:
    """Compiles the expressions of one file; collects what is wrong with them and what they read."""

    def __init__(self, types: Types, members: Collection[str], file: str = "") -> None:
        self.types = types
        self.members = frozenset(members)
        self.file = file
        self.findings: list[Finding] = []
        self.reads: set[str] = set()
        self._depth = 0
        self._element = ""

    # -- texts -----------------------------------------------------------------------------------

    def text(self, text: str, names: Collection[str], where: e.Boxed | str = "") -> Run:
        """Compile one FEEL expression; an empty text is null."""
        text = text.strip()
        if text in ("", "-"):
            return _null
        constant = read_constant(text)
        if constant is not None:
            value = constant[0]
            return lambda scope, session: value
        if text in names:
            self.reads.add(text)
            return lambda scope, session: scope.get(text)
        expression = self._feel(text, names, False, where)
        if isinstance(expression, FeelError):
            return _failing(expression)
        evaluate = expression.evaluate

        def run(scope: Scope, session: Session) -> Any:
            return evaluate(
                scope,
                session.functions,
                now=session.now,
                notes=session.notes,
                budget=session.budget,
            )

        return run

    def unary(self, text: str, names: Collection[str], where: e.Boxed | str = "") -> Unary:
        """Compile the unary tests of a cell; `?` is the input."""
        expression = self._feel(text, names, True, where)
        if isinstance(expression, FeelError):
            fail = _failing(expression)
            return lambda scope, session, value: fail(scope, session)
        evaluate = expression.evaluate

        def run(scope: Scope, session: Session, value: Any) -> Any:
            # A cell that is null just does not match; its notes would drown the reasons that count.
            return evaluate(
                scope, session.functions, now=session.now, budget=session.budget, input=value
            )

        return run

    def _feel(
        self, text: str, names: Collection[str], unary: bool, where: e.Boxed | str
    ) -> Expression | FeelError:
        types = self.types.feel if "instance" in text or "function" in text else {}
        try:
            expression = compile(text, names, unary=unary, members=self.members, types=types)
        except FeelError as problem:
            self._report(text, problem, where)
            return problem
        meant = in_feel(text, expression.tree)
        if meant:
            message = f"Expected FEEL, but {text} was meant otherwise than FEEL reads it."
            self._find("warning", "feel-foreign", message, where, hint=f"In FEEL: {meant}")
        self.reads |= expression.reads
        return expression

    def _report(self, text: str, problem: FeelError, where: e.Boxed | str) -> None:
        line = column = 0
        hint = ""
        if isinstance(problem, FeelSyntaxError):
            meant = in_feel(text)
            line, column = problem.line, problem.column
            hint = f"In FEEL: {meant}" if meant else problem.suggestion
        message = f"{problem.message} ({text})"
        self._find("error", "feel-syntax", message, where, line, column, hint)

    def report(self, rule: str, message: str, where: e.Boxed) -> None:
        """Add an error about an expression."""
        self._find("error", rule, message, where, where.line)

    def _find(
        self,
        severity: str,
        rule: str,
        message: str,
        where: e.Boxed | str,
        line: int = 0,
        column: int = 0,
        hint: str = "",
    ) -> None:
        element = where if isinstance(where, str) else where.id
        self.findings.append(
            Finding(severity, rule, message, self.file, element, line, column, hint)
        )

    # -- boxes -----------------------------------------------------------------------------------

    def compile(self, box: e.Boxed | None, names: Names, result_type: str = "") -> Run:
        """Compile an expression; its value is converted to its own type, or null."""
        if box is None:
            return _null
        self._depth += 1
        try:
            if self._depth > MAX_NESTING:
                self.report(
                    "too-deep", f"Expected at most {MAX_NESTING} boxes inside each other.", box
                )
                return _noted("too-deep", "Expected fewer boxes inside each other.")
            run = _COMPILERS[type(box)](self, box, names, result_type)
        finally:
            self._depth -= 1
        return self.typed(run, box.type_ref, box.label or "the value")

    def typed(self, run: Run, type_ref: str, what: str) -> Run:
        """Convert a value to a type where it is bound; one that does not fit becomes null."""
        type_ = self.types.get(type_ref)
        if type_ is ANY or isinstance(type_, Callable_):
            return run

        def typed(scope: Scope, session: Session) -> Any:
            value = run(scope, session)
            return None if value is None else fit(value, type_, what, session)

        return typed

    def _literal(self, box: e.Literal, names: Names, _: str) -> Run:
        if box.language:
            message = f"Expected FEEL, but the expression is written in {box.language}."
            self.report("expression-language", message, box)
            return _noted("expression-language", message)
        return self.text(box.text, names, box)

    def _table(self, box: e.Table, names: Names, result_type: str) -> Run:
        wrong = supported(box)
        if wrong:
            self.report("hit-policy", wrong, box)
            return _noted("hit-policy", wrong)
        return CompiledTable(box, self, names, result_type).run

    def _context(self, box: e.Context, names: Names, _: str) -> Run:
        entries: list[tuple[str | None, Run]] = []
        for entry in box.entries:
            run = self.compile(entry.value, names, entry.type_ref)
            entries.append(
                (entry.name, self.typed(run, entry.type_ref, entry.name or "the result"))
            )
            if entry.name:
                names = names | {entry.name}

        def run_context(scope: Scope, session: Session) -> Any:
            inner = Normalized(scope)
            made: dict[str, Any] = {}
            for name, run in entries:
                value = run(inner, session)
                if not name:
                    return value
                inner[name] = made[name] = value
            return made

        return run_context

    def _relation(self, box: e.Relation, names: Names, _: str) -> Run:
        columns = [name for name, _ in box.columns]
        rows = [
            [
                self.typed(self.compile(cell, names), type_ref, name)
                for cell, (name, type_ref) in zip(row, box.columns, strict=False)
            ]
            for row in box.rows
        ]
        return lambda scope, session: [
            {name: run(scope, session) for name, run in zip(columns, row, strict=False)}
            for row in rows
        ]

    def _list(self, box: e.ListOf, names: Names, _: str) -> Run:
        items = [self.compile(item, names) for item in box.items]
        return lambda scope, session: [run(scope, session) for run in items]

    def _conditional(self, box: e.Conditional, names: Names, _: str) -> Run:
        condition = self.compile(box.condition, names)
        then = self.compile(box.then, names)
        otherwise = self.compile(box.otherwise, names)

        def run(scope: Scope, session: Session) -> Any:
            chosen = then if condition(scope, session) is True else otherwise
            return chosen(scope, session)

        return run

    def _filter(self, box: e.Filter, names: Names, _: str) -> Run:
        collection = self.compile(box.collection, names)
        match = self.compile(box.match, names | {"item"} | self.members)

        def run(scope: Scope, session: Session) -> Any:
            items = elements_of(collection(scope, session), session)
            if items is None:
                return None
            kept = []
            for item in items:
                inner = Normalized(scope)
                if isinstance(item, dict):
                    inner.update(item)
                inner["item"] = item
                found = match(inner, session)
                if not isinstance(found, bool):
                    session.note("not-a-boolean", "Expected the match of a filter to be a boolean.")
                    return None
                if found:
                    kept.append(item)
            return kept

        return run

    def _iterator(self, box: e.Iterator, names: Names, _: str) -> Run:
        collection = self.compile(box.collection, names)
        variable, kind = box.variable, box.kind
        inside = names | {variable, "partial"} if kind == "for" else names | {variable}
        body = self.compile(box.body, inside)

        def run(scope: Scope, session: Session) -> Any:
            items = elements_of(collection(scope, session), session)
            if items is None:
                return None
            results: list[Any] = []
            inner = Normalized(scope)
            for item in items:
                inner[variable] = item
                if kind == "for":
                    inner["partial"] = list(results)
                results.append(body(inner, session))
            if kind == "for":
                return results
            if not all(isinstance(x, bool) for x in results):
                session.note("not-a-boolean", f"Expected `{kind}` to test with booleans.")
                return None
            return all(results) if kind == "every" else any(results)

        return run

    # -- functions -------------------------------------------------------------------------------

    def _function(self, box: e.FunctionOf, names: Names, _: str) -> Run:
        make = self.function(box, names)
        return lambda scope, session: make(box.label, scope, session)

    def function(
        self, box: e.FunctionOf, names: Names, result: Type = ANY, traced: e.Node | None = None
    ) -> Callable[[str, Scope, Session], Function]:
        """Compile a boxed function to a maker of function values; `traced` calls become steps."""
        parameters = tuple(parameter.name for parameter in box.parameters)
        types = tuple(self.types.get(parameter.type_ref) for parameter in box.parameters)
        if box.kind.upper() != "FEEL":
            body = _noted("external-function", f"Expected a FEEL function, but it is {box.kind}.")
            self.report("external-function", "Expected a FEEL function; others do not run.", box)
        else:
            body = self.compile(box.body, names | set(parameters))

        def make(name: str, scope: Scope, session: Session) -> Function:
            def call(*arguments: Any) -> Any:
                inner = Normalized(scope)
                inner.update(zip(parameters, arguments, strict=True))

                def compute() -> Any:
                    return fit(body(inner, session), result, f"the result of {name}", session)

                if traced is None:
                    return compute()
                given = dict(zip(parameters, arguments, strict=True))
                return session.record(traced, "knowledge", given, compute)

            return function_value(name, parameters, types, call, session)

        return make

    def _invocation(self, box: e.Invocation, names: Names, _: str) -> Run:
        function = self.compile(box.function, names)
        bindings = [
            (p.name, self.typed(self.compile(value, names), p.type_ref, p.name))
            for p, value in box.bindings
        ]

        def run(scope: Scope, session: Session) -> Any:
            called = function(scope, session)
            if not isinstance(called, Function):
                session.note("not-a-function", "Expected an invocation to name a function.")
                return None
            arguments = {name: value(scope, session) for name, value in bindings}
            return invoke(called, arguments, session)

        return run


_COMPILERS: dict[type[e.Boxed], Callable[[Compiler, Any, Names, str], Run]] = {
    e.Literal: Compiler._literal,
    e.Table: Compiler._table,
    e.Context: Compiler._context,
    e.Relation: Compiler._relation,
    e.ListOf: Compiler._list,
    e.Conditional: Compiler._conditional,
    e.Filter: Compiler._filter,
    e.Iterator: Compiler._iterator,
    e.FunctionOf: Compiler._function,
    e.Invocation: Compiler._invocation,
}


def _null(scope: Scope, session: Session) -> Any:
    return None


def _noted(code: str, message: str) -> Run:
    def run(scope: Scope, session: Session) -> Any:
        session.note(code, message)
        return None

    return run


def _failing(problem: FeelError) -> Run:
    return _noted("feel-syntax", problem.message)
