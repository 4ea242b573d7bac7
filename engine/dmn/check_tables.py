"""The checks of one decision table: types, gaps, overlaps, rules never reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.dmn import elements as e
from engine.dmn.cells import FINITE, ORDERED, kind_of, read_cell, read_constant
from engine.dmn.hits import MULTIPLE
from engine.dmn.regions import OTHER, Piece, Space, TooLarge, pieces
from engine.dmn.tables import supported
from engine.dmn.types import MISFIT, Types, allowing, bind
from engine.errors import Finding


class Report:
    """The findings of one file so far."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Finding] = []

    def say(
        self,
        severity: str,
        rule: str,
        message: str,
        element: str,
        line: int = 0,
        hint: str = "",
        example: str = "",
    ) -> None:
        """Add a finding."""
        self.found.append(
            Finding(
                severity=severity,
                rule=rule,
                message=message,
                file=self.file,
                element_id=element,
                line=line,
                hint=hint,
                example=example,
            )
        )

    def type(self, types: Types, type_ref: str, element: str, line: int) -> None:
        """Add an error unless the name of a type means something."""
        if not types.known(type_ref):
            message = f"Expected a type, but {type_ref} is none."
            self.say("error", "unknown-type", message, element, line)


class TableCheck:
    """The findings of one decision table."""

    def __init__(
        self,
        report: Report,
        types: Types,
        table: e.Table,
        scope: Mapping[str, str],
        node: e.Node,
    ) -> None:
        self.report = report
        self.types = types
        self.table = table
        self.scope = scope
        self.node = node
        self.names = [rule.id or str(i + 1) for i, rule in enumerate(table.rules)]

    def say(
        self,
        severity: str,
        rule: str,
        message: str,
        element: str = "",
        line: int = 0,
        example: str = "",
    ) -> None:
        self.report.say(
            severity,
            rule,
            message,
            element or self.table.id or self.node.id,
            line or self.table.line,
            example=example,
        )

    def run(self) -> None:
        if supported(self.table):
            return
        self._shape()
        self._outputs()
        kinds = [self._kind(i) for i in range(len(self.table.inputs))]
        fits = [self._cells(i, kind) for i, kind in enumerate(kinds)]
        if not self.table.rules or not all(fits):
            if not self.table.rules:
                self.say("error", "no-rules", "Expected at least one rule, but there is none.")
            return
        space = Space(
            [pieces(self._column(i), kind, self._allowed(i)) for i, kind in enumerate(kinds)],
            len(self.table.rules),
        )
        try:
            self._never(space)
            self._gap(space)
            self._overlaps(space)
            self._hidden(space)
        except TooLarge:
            self.say("warning", "not-checked", "Expected a table small enough to check for gaps.")

    # -- shape and types -------------------------------------------------------------------------

    def _shape(self) -> None:
        seen: set[str] = set()
        for rule in self.table.rules:
            if len(rule.tests) != len(self.table.inputs) or len(rule.outputs) != len(
                self.table.outputs
            ):
                self.say("error", "rule-shape", "Expected one cell per column.", rule.id, rule.line)
            if rule.id and rule.id in seen:
                self.say(
                    "error", "duplicate-id", f"Expected one rule {rule.id}.", rule.id, rule.line
                )
            seen.add(rule.id)
        names = [output.name for output in self.table.outputs]
        if len(names) > 1 and (len(set(names)) < len(names) or not all(names)):
            self.say("error", "output-names", "Expected a name of its own for every output.")
        clauses: list[e.InputClause | e.OutputClause] = [*self.table.inputs, *self.table.outputs]
        for clause in clauses:
            self.report.type(self.types, clause.type_ref, clause.id, clause.line)

    def _type_ref(self, i: int) -> str:
        clause = self.table.inputs[i]
        return clause.type_ref or self.scope.get(clause.expression, "")

    def _kind(self, i: int) -> str:
        kind = self.types.base(self._type_ref(i))
        if kind in ORDERED or kind in FINITE:
            return kind
        kinds = {c.kind for t in self._column(i) if (c := read_cell(t)) is not None and c.kind}
        return kinds.pop() if len(kinds) == 1 else ""

    def _allowed(self, i: int) -> str:
        clause = self.table.inputs[i]
        return (
            clause.allowed
            or self.types.allowed(clause.type_ref)
            or self.types.allowed(self.scope.get(clause.expression, ""))
        )

    def _column(self, i: int) -> list[str]:
        return [rule.tests[i] if i < len(rule.tests) else "" for rule in self.table.rules]

    def _cells(self, i: int, kind: str) -> bool:
        fits = True
        for rule, text in zip(self.table.rules, self._column(i), strict=True):
            cell = read_cell(text)
            if cell is not None and cell.kind and kind and cell.kind != kind:
                fits = False
                what = self.table.inputs[i].label or self.table.inputs[i].expression
                element = rule.test_ids[i] if i < len(rule.test_ids) else rule.id
                self.say(
                    "error",
                    "wrong-type",
                    f"Expected a {kind} for {what} in rule {rule.id}, but {text} is a {cell.kind}.",
                    element,
                    rule.line,
                )
        return fits

    def _outputs(self) -> None:
        for i, clause in enumerate(self.table.outputs):
            type_ref = clause.type_ref
            if (
                not type_ref
                and len(self.table.outputs) == 1
                and self.table.hit_policy not in MULTIPLE
            ):
                type_ref = self.node.type_ref
            type_ = self.types.get(type_ref)
            allows = allowing(clause.allowed) if clause.allowed else None
            for rule in self.table.rules:
                constant = read_constant(rule.outputs[i]) if i < len(rule.outputs) else None
                if constant is None or constant[0] is None:
                    continue
                element = rule.output_ids[i] if i < len(rule.output_ids) else rule.id
                if bind(constant[0], type_) is MISFIT:
                    message = (
                        f"Expected a {type_.name} as output of rule {rule.id}, "
                        f"but {rule.outputs[i]} is a {kind_of(constant[0]) or 'value'}"
                        " that is not allowed."
                    )
                    self.say("error", "wrong-type", message, element, rule.line)
                elif allows is not None and not allows(constant[0]):
                    message = (
                        f"Expected rule {rule.id} to give one of {clause.allowed}, "
                        f"but it gives {rule.outputs[i]}."
                    )
                    self.say("error", "not-allowed", message, element, rule.line)

    # -- coverage --------------------------------------------------------------------------------

    def _never(self, space: Space) -> None:
        for i, rule in enumerate(self.table.rules):
            if not space.possible >> i & 1:
                self.say(
                    "error",
                    "rule-never-matches",
                    f"Expected rule {self.names[i]} to catch some input, but it catches none.",
                    rule.id,
                    rule.line,
                )

    def _gap(self, space: Space) -> None:
        if self.table.hit_policy in MULTIPLE or any(o.default for o in self.table.outputs):
            return
        place = space.uncovered(space.all)
        if place is None:
            return
        if any(piece.example is OTHER for piece in place):
            message = f"Expected a rule for all other inputs, but none catches {self._show(place)}."
            self.say("warning", "missing-catch-all", message, example=self._show(place))
            return
        # Where nobody says which values are possible, the gap may be one of impossible ones.
        severity = "error" if all(piece.declared for piece in place) else "warning"
        message = f"Expected a rule for every input, but none catches {self._show(place)}."
        self.say(severity, "gap", message, example=self._show(place))

    def _overlaps(self, space: Space) -> None:
        if self.table.hit_policy not in ("UNIQUE", "ANY"):
            return
        for i, rule in enumerate(self.table.rules):
            mask = space.overlapping(i) >> (i + 1)
            j = i + 1
            while mask:
                if mask & 1 and not self._agree(i, j):
                    example = self._show(space.shared(i, j))
                    self.say(
                        "error",
                        "overlap",
                        f"Expected one rule to match ({self.table.hit_policy}), "
                        f"but {self.names[i]} and {self.names[j]} both catch {example}.",
                        rule.id,
                        rule.line,
                        example,
                    )
                    break
                mask >>= 1
                j += 1

    def _agree(self, i: int, j: int) -> bool:
        if self.table.hit_policy != "ANY":
            return False
        pairs = zip(self.table.rules[i].outputs, self.table.rules[j].outputs, strict=False)
        return all(a == b or _same_constant(a, b) for a, b in pairs)

    def _hidden(self, space: Space) -> None:
        if self.table.hit_policy != "FIRST":
            return
        for i, rule in enumerate(self.table.rules):
            above = (1 << i) - 1 & ~space.opaque
            known = not space.opaque >> i & 1 and space.possible >> i & 1
            if above and known and space.uncovered(above, 1 << i) is None:
                self.say(
                    "error",
                    "rule-unreachable",
                    f"Expected rule {self.names[i]} to be reached, "
                    "but the rules above it catch all that it catches.",
                    rule.id,
                    rule.line,
                )

    def _show(self, place: tuple[Piece, ...]) -> str:
        return ", ".join(
            f"{clause.expression} = {_written(piece.example)}"
            for clause, piece in zip(self.table.inputs, place, strict=True)
        )


def _same_constant(a: str, b: str) -> bool:
    one, other = read_constant(a), read_constant(b)
    return one is not None and one == other


def _written(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)
