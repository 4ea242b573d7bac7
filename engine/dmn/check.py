"""The static checker: gaps, overlaps, rules never reached, types, names; it runs no decision."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from engine.dmn import elements as e
from engine.dmn.boxed import Compiler
from engine.dmn.check_tables import Report, TableCheck
from engine.dmn.graph import names_of
from engine.dmn.model import Model, Resolver, load
from engine.errors import Finding, InvalidProcess


def check_file(data: bytes, file: str = "", *, resolver: Resolver | None = None) -> list[Finding]:
    """Give every finding of a DMN file; never raises for bad input."""
    try:
        return check(load(data, file=file, resolver=resolver))
    except InvalidProcess as problem:
        return list(problem.findings)


def check(model: Model) -> list[Finding]:
    """Give every finding of a loaded model, in the order of the file."""
    return _Checker(model).run()


class _Checker:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.report = Report(model.definitions.file)
        self.say = self.report.say

    def run(self) -> list[Finding]:
        d = self.model.definitions
        self._imports()
        self._names()
        self._types()
        for decision in d.decisions:
            self._references(decision)
            self._cycle(decision)
            self._node(decision, decision.logic, self._scope(decision))
        for knowledge in d.knowledge:
            self._references(knowledge)
            parameters = (
                {p.name: p.type_ref for p in knowledge.logic.parameters} if knowledge.logic else {}
            )
            self._node(knowledge, knowledge.logic, parameters)
        for service in d.services:
            self._references(service)
        return self.report.found

    def _imports(self) -> None:
        for one in self.model.definitions.imports:
            if "DMN" in (one.kind or "DMN") and one.name not in self.model.imported:
                message = f"Expected the imported model {one.namespace}, but it is missing."
                self.say("error", "import-missing", message, one.name)

    # -- the graph -------------------------------------------------------------------------------

    def _names(self) -> None:
        d = self.model.definitions
        seen: dict[str, str] = {}
        ids: set[str] = set()
        for node in (*d.inputs, *d.decisions, *d.knowledge, *d.services):
            if node.id in ids:
                self.say(
                    "error", "duplicate-id", f"Expected one element {node.id}.", node.id, node.line
                )
            ids.add(node.id)
            if not node.name:
                self.say("error", "no-name", "Expected a name.", node.id, node.line)
            elif node.variable in seen:
                self.say(
                    "error",
                    "duplicate-name",
                    f"Expected one element named {node.variable}, but there are two.",
                    node.id,
                    node.line,
                )
            seen[node.variable] = node.id

    def _types(self) -> None:
        d = self.model.definitions
        for node in (*d.inputs, *d.decisions, *d.knowledge, *d.services):
            self.report.type(self.model.types, node.type_ref, node.id, node.line)
        parts = list(d.items)
        while parts:
            item = parts.pop()
            parts.extend(item.components)
            self.report.type(self.model.types, item.type_ref, item.name, 0)

    def _references(self, node: e.Node) -> None:
        hrefs: list[str] = []
        for name in (
            "required_inputs",
            "required_decisions",
            "required_knowledge",
            "output_decisions",
            "encapsulated_decisions",
            "input_decisions",
            "input_data",
        ):
            hrefs.extend(getattr(node, name, ()))
        for href in hrefs:
            if self.model.follow(href) is None:
                self.say(
                    "error",
                    "dangling-reference",
                    f"Expected {href} to be an element, but there is none.",
                    node.id,
                    node.line,
                )

    def _cycle(self, decision: e.Decision) -> None:
        waiting, seen = [decision], set()
        while waiting:
            current = waiting.pop()
            for r in self.model.required(current.required_decisions):
                if r.node is decision:
                    message = f"Expected {decision.name} not to require itself, but it does."
                    self.say("error", "cycle", message, decision.id, decision.line)
                    return
                if isinstance(r.node, e.Decision) and id(r.node) not in seen:
                    seen.add(id(r.node))
                    waiting.append(r.node)

    def _scope(self, node: e.Decision) -> dict[str, str]:
        required = self.model.required(
            node.required_inputs + node.required_decisions + node.required_knowledge
        )
        return {r.node.variable: r.node.type_ref for r in required if not r.prefix}

    # -- expressions -----------------------------------------------------------------------------

    def _node(
        self, node: e.Decision | e.Knowledge, logic: e.Boxed | None, scope: Mapping[str, str]
    ) -> None:
        compiler = self.model.graph.compiler(node)
        self.report.found.extend(compiler.findings)
        if logic is None:
            self.say(
                "warning",
                "no-logic",
                f"Expected {node.name} to say how it is decided.",
                node.id,
                node.line,
            )
            return
        if isinstance(node, e.Decision):
            self._reads(node, compiler)
        for table in _tables(logic):
            TableCheck(self.report, self.model.types, table, scope, node).run()

    def _reads(self, node: e.Decision, compiler: Compiler) -> None:
        required = self.model.required(
            node.required_inputs + node.required_decisions + node.required_knowledge
        )
        for name in sorted(compiler.reads - names_of(required) - _inner_names(node.logic)):
            if name in self.model.declared and name != node.variable:
                self.say(
                    "error",
                    "missing-requirement",
                    f"Expected {node.name} to require {name}, since it reads it.",
                    node.id,
                    node.line,
                    hint="Draw the requirement, or the value is null.",
                )
            elif node.required_inputs and not _is_member(name, self.model.members):
                self.say(
                    "warning",
                    "unknown-name",
                    f"Expected {name} to be a required input or decision of {node.name}.",
                    node.id,
                    node.line,
                )


def _tables(box: e.Boxed | None) -> Iterator[e.Table]:
    if isinstance(box, e.Table):
        yield box
    elif isinstance(box, e.Context):
        for entry in box.entries:
            yield from _tables(entry.value)
    elif isinstance(box, e.FunctionOf):
        yield from _tables(box.body)
    elif isinstance(box, e.ListOf):
        for item in box.items:
            yield from _tables(item)
    elif isinstance(box, e.Conditional):
        for part in (box.condition, box.then, box.otherwise):
            yield from _tables(part)


def _inner_names(box: e.Boxed | None) -> set[str]:
    """Give the names that a boxed expression itself brings into scope."""
    names: set[str] = set()
    waiting: list[e.Boxed | None] = [box]
    while waiting:
        part = waiting.pop()
        if isinstance(part, e.Context):
            names |= {entry.name for entry in part.entries if entry.name}
            waiting.extend(entry.value for entry in part.entries)
        elif isinstance(part, e.FunctionOf):
            names |= {p.name for p in part.parameters}
            waiting.append(part.body)
        elif isinstance(part, e.Iterator):
            names |= {part.variable, "partial"}
            waiting += [part.collection, part.body]
        elif isinstance(part, e.Filter):
            names.add("item")
            waiting += [part.collection, part.match]
        elif isinstance(part, e.Conditional):
            waiting += [part.condition, part.then, part.otherwise]
        elif isinstance(part, e.Invocation):
            waiting += [part.function, *(value for _, value in part.bindings)]
        elif isinstance(part, e.ListOf):
            waiting.extend(part.items)
        elif isinstance(part, e.Relation):
            waiting.extend(cell for row in part.rows for cell in row)
    return names


def _is_member(name: str, members: Collection[str]) -> bool:
    return name in members
