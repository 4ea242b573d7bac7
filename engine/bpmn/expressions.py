"""Compiles every expression of a diagram at deploy time; a fault names the element it stands in."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.bpmn.diagram import Diagram, Flow, Node
from engine.bpmn.due import Due, is_cycle, is_literal
from engine.bpmn.nodes import Code
from engine.bpmn.template import Template, split
from engine.errors import Finding
from engine.feel import Expression, FeelError, FeelSyntaxError
from engine.feel import compile as compile_feel
from engine.feel.translate import in_feel, script_in_feel

if TYPE_CHECKING:
    from engine.dmn import Model


@dataclass
class Compiled:
    """What came of it: the code by element, conditions by flow, and the faults."""

    codes: dict[str, Code] = field(default_factory=dict)
    conditions: dict[str, Expression] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    reads: dict[str, set[str]] = field(default_factory=dict)
    """element id -> variables its expressions read"""


class Compiler:
    """Compiles the elements of one diagram."""

    def __init__(self, functions: Collection[str], decisions: Mapping[str, Model]) -> None:
        self.functions = frozenset(functions)
        self.decisions = decisions
        self.result = Compiled()
        self.main = ""

    def diagram(self, diagram: Diagram) -> Compiled:
        """Compile everything a case can reach."""
        self.main = diagram.main
        for scope in diagram.used():
            for node in scope.nodes.values():
                self.result.codes[node.id] = self.node(node)
            for flow in scope.flows.values():
                if flow.condition:
                    found = self._feel(flow, flow.condition, "condition")
                    if found is not None:
                        self.result.conditions[flow.id] = found
        return self.result

    def node(self, node: Node) -> Code:
        """Compile one element."""
        given = node.properties
        loop = node.loop
        event = node.event
        condition = "" if loop is None else loop.condition
        collection = ""
        if loop is not None and loop.kind != "standard":
            collection = given.get("collection", "") or loop.collection
        return Code(
            script=self._feel(node, node.script, "script") if node.kind == "scriptTask" else None,
            assignee=self._feel(node, given.get("assignee", ""), "assignee"),
            candidate_group=self._group(node, given.get("candidateGroup", "")),
            due=self._due(node, given.get("due", ""), "due", end_of_day=True),
            title=self._template(node, given.get("title", "")),
            collection=self._feel(node, collection, "collection"),
            cardinality=None
            if loop is None or collection
            else self._feel(node, loop.cardinality, "loopCardinality"),
            loop_condition=self._feel(node, condition, "loop condition"),
            until=self._feel(node, node.until, "condition"),
            # What starts cases in time has no case yet, so nothing to compute with.
            timer=self._due(node, event.text, "timer")
            if event and event.kind == "timer" and not self._begins(node)
            else None,
            condition=self._feel(node, event.text, "condition")
            if event and event.kind == "conditional"
            else None,
            correlation=self._feel(node, given.get("correlation", ""), "correlation"),
            payload=self._feel(node, given.get("payload", ""), "payload"),
            ttl=self._due(node, given.get("ttl", ""), "ttl"),
            arguments=self._arguments(node),
            decision=self.decisions.get(node.decision),
        )

    def _begins(self, node: Node) -> bool:
        return node.kind == "startEvent" and node.scope == self.main

    def _arguments(self, node: Node) -> dict[str, Expression]:
        found = {}
        if node.operator is not None:
            for name, text in node.operator.arguments.items():
                expression = self._feel(node, text, f"parameter {name}")
                if expression is not None:
                    found[name] = expression
        return found

    def _group(self, node: Node, text: str) -> Expression | None:
        # A group's key alone, such as HRC, is what designers choose from a list.
        if text and text.replace("_", "").isalnum() and text.isupper():
            text = f'"{text}"'
        return self._feel(node, text, "candidateGroup")

    def _due(self, node: Node, text: str, what: str, *, end_of_day: bool = False) -> Due | None:
        text = text.strip()
        # Timers written for the library are Python texts; the quotes say nothing more.
        if len(text) > 2 and text[0] == text[-1] == '"' and is_literal(text[1:-1]):
            text = text[1:-1]
        if not text:
            return None
        if is_literal(text):
            if is_cycle(text) and what in ("due", "ttl"):
                self._fault(node, "due-cycle", "Expected one moment, but found a cycle.")
            return Due(text, end_of_day=end_of_day)
        expression = self._feel(node, text, what)
        return None if expression is None else Due(text, expression, end_of_day)

    def _template(self, node: Node, text: str) -> Template | None:
        if not text:
            return None
        try:
            pieces = split(text)
        except ValueError as problem:
            self._fault(node, "title-braces", str(problem))
            return None
        parts: list[str | Expression] = []
        for is_hole, piece in pieces:
            if not is_hole:
                parts.append(piece)
                continue
            expression = self._feel(node, piece, "title")
            if expression is not None:
                parts.append(expression)
        return Template(text, tuple(parts))

    def _feel(self, owner: Node | Flow, text: str, what: str) -> Expression | None:
        text = text.strip()
        if not text:
            return None
        try:
            expression = compile_feel(text, functions=tuple(sorted(self.functions)))
        except FeelSyntaxError as problem:
            meant = script_in_feel(text) if what == "script" else in_feel(text)
            hint = f"In FEEL: {meant}" if meant else problem.suggestion
            self._fault(
                owner,
                "feel-syntax",
                f"Expected FEEL in the {what}, but: {problem.message}",
                line=problem.line,
                column=problem.column,
                hint=hint,
            )
            return None
        except FeelError as problem:
            self._fault(
                owner, "feel-limit", f"Expected a {what} of reasonable size, but: {problem.message}"
            )
            return None
        meant = in_feel(text, expression.tree)
        if meant:
            self._fault(
                owner,
                "feel-foreign",
                f"Expected FEEL in the {what}, but {text} was meant otherwise than FEEL reads it.",
                hint=f"In FEEL: {meant}",
            )
        # A variable never holds a function: an unknown name that is called means the host.
        for name in sorted(expression.unknown - expression.reads):
            close = difflib.get_close_matches(name, sorted(self.functions), 1)
            self._fault(
                owner,
                "unknown-function",
                f"Expected functions that exist, but the {what} calls {name}.",
                hint=f"Did you mean {close[0]}?" if close else "",
            )
        self.result.reads.setdefault(owner.id, set()).update(expression.reads)
        return expression

    def _fault(
        self,
        owner: Node | Flow,
        rule: str,
        message: str,
        *,
        line: int = 0,
        column: int = 0,
        hint: str = "",
    ) -> None:
        self.result.findings.append(
            Finding(
                severity="error",
                rule=rule,
                message=message,
                file=owner.file,
                element_id=owner.id,
                line=line or owner.line,
                column=column,
                hint=hint,
            )
        )


def compile_expressions(
    diagram: Diagram, functions: Collection[str], decisions: Mapping[str, Model]
) -> Compiled:
    """Compile every expression of a diagram."""
    return Compiler(functions, decisions).diagram(diagram)
