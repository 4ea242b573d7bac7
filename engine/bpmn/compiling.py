"""From the files of a folder to findings, and to a `CompiledDefinition` that runs."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from types import MappingProxyType

from engine.bpmn.diagram import FLOW_NODES, Diagram, Node
from engine.bpmn.expressions import Compiled, compile_expressions
from engine.bpmn.lint import lint
from engine.bpmn.lint_data import lint_reads
from engine.bpmn.lint_readers import lint_readers
from engine.bpmn.lint_ways import lint_notes, lint_past
from engine.bpmn.models import (
    CallModel,
    CompiledDefinition,
    ElementModel,
    ServiceSignature,
    UserTaskModel,
)
from engine.bpmn.nodes import Code
from engine.bpmn.normalize import normalize
from engine.bpmn.parse import read
from engine.bpmn.parse_parts import flow_names
from engine.bpmn.repeating import is_anonymous
from engine.bpmn.specs import build
from engine.bpmn.ways import known_at, members
from engine.dmn import Model, Slot, load
from engine.dmn.check import check as check_model
from engine.dmn.xml import parse_xml
from engine.errors import EngineError, Finding, InvalidProcess

_LONGEST_KEY = 80


class _Folder:
    """One folder, read and compiled as far as it goes, not yet judged."""

    def __init__(self, files: Mapping[str, bytes], functions: Collection[str]) -> None:
        self.files = files
        self.functions = functions
        self.decisions, self.findings = _decisions(files)
        self.diagram: Diagram | None
        self.compiled: Compiled | None = None
        self.diagram, found = read(files)
        self.findings += found
        if self.diagram is not None:
            self.compiled = compile_expressions(self.diagram, functions, self.decisions)
            self.findings += self.compiled.findings

    def judge(self, services: Mapping[str, ServiceSignature], groups: Collection[str]) -> None:
        """Add what lint and the tables' checker say."""
        for name, model in self.named_models():
            self.findings += [_in_file(finding, name) for finding in check_model(model)]
        if self.diagram is None or self.compiled is None:
            return
        self.findings += lint(
            self.diagram,
            files=self.files.keys(),
            services=services,
            groups=groups,
            decisions=self.decisions.keys(),
        )
        self.findings += lint_reads(self.diagram, self.compiled.reads)
        self.findings += lint_readers(self.diagram, self.files)

    def named_models(self) -> Iterator[tuple[str, Model]]:
        """Give each decision model with the name of its file."""
        for name in sorted(name for name in self.files if name.endswith(".dmn")):
            with suppress(EngineError):
                yield name, load(self.files[name])

    @property
    def is_sound(self) -> bool:
        return not any(finding.severity == "error" for finding in self.findings)


def check(
    files: Mapping[str, bytes],
    *,
    services: Mapping[str, ServiceSignature],
    functions: Collection[str],
    groups: Collection[str],
) -> list[Finding]:
    """List every finding of a process folder; whatever the files hold, it never raises."""
    folder = _Folder(files, functions)
    folder.judge(services, groups)
    order = {"error": 0, "warning": 1}
    return sorted(
        dict.fromkeys(folder.findings),
        key=lambda finding: (
            order.get(finding.severity, 2),
            finding.file,
            finding.line,
            finding.rule,
        ),
    )


def compile_definition(
    files: Mapping[str, bytes],
    *,
    services: Mapping[str, ServiceSignature],
    functions: Collection[str],
    groups: Collection[str],
) -> CompiledDefinition:
    """Make a folder ready to run; raises InvalidProcess with all findings when one is an error."""
    folder = _Folder(files, functions)
    folder.judge(services, groups)
    return _built(folder)


def compile_deployed(files: Mapping[str, bytes], functions: Collection[str]) -> CompiledDefinition:
    """Make a folder ready to run that was judged when it was deployed.

    A rule that came later, or a service the host lost, must not stop the cases that run on it.
    """
    return _built(_Folder(files, functions))


def notes(
    files: Mapping[str, bytes], *, functions: Collection[str], reads: Collection[str]
) -> list[Finding]:
    """List what is worth a look in a folder; reads -- the variables that its forms read."""
    folder = _Folder(files, functions)
    if folder.diagram is None or folder.compiled is None:
        return []
    asked = {
        slot.name.partition(".")[0]
        for key, model in folder.decisions.items()
        for slot in _inputs(model, key)
    }
    return list(lint_notes(folder.diagram, folder.compiled.reads, asked | set(reads)))


def timers_in_past(files: Mapping[str, bytes], now: datetime, zone: tzinfo) -> list[Finding]:
    """List the dates of a folder's timers and due dates that are over."""
    diagram, _ = read(files)
    return [] if diagram is None else list(lint_past(diagram, now, zone))


def _inputs(model: Model, decision_id: str) -> tuple[Slot, ...]:
    try:
        return model.inputs(decision_id)
    except EngineError:
        return ()


@dataclass(frozen=True)
class DrawnWords:
    """The words of a process as drawn: by id, lanes by name; titles are templates."""

    name: str = ""
    documentation: str = ""
    elements: Mapping[str, str] = field(default_factory=dict)
    flows: Mapping[str, str] = field(default_factory=dict)
    lanes: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)


def drawn_words(files: Mapping[str, bytes]) -> DrawnWords:
    """Give the words of a folder's process, faults or not."""
    diagram, _ = read(files)
    if diagram is None:
        return DrawnWords()
    nodes = [node for _, node in diagram.nodes()]
    return DrawnWords(
        name=diagram.process.name,
        documentation=diagram.process.documentation,
        elements={node.id: node.name for node in nodes if node.name},
        flows=flow_names(files[diagram.process.file]),
        lanes={node.lane: node.lane for node in nodes if node.lane},
        titles={n.id: n.properties["title"] for n in nodes if n.properties.get("title")},
    )


@dataclass(frozen=True)
class DrawnPart:
    """A flow node or sequence flow that a case may pass; source and target are of flows."""

    id: str
    name: str
    kind: str
    file: str
    source: str = ""
    target: str = ""


def drawn_parts(files: Mapping[str, bytes]) -> tuple[DrawnPart, ...]:
    """Give what a case of a folder's process may pass, in the order of the drawing."""
    diagram, _ = read(files)
    if diagram is None:
        return ()
    names = flow_names(files[diagram.process.file])
    nodes = [
        DrawnPart(node.id, node.name, node.kind, node.file)
        for _, node in diagram.nodes()
        if node.drawn and node.kind in FLOW_NODES and node.event_kind != "compensate"
    ]
    flows = [
        DrawnPart(
            each.id, names.get(each.id, ""), "sequenceFlow", each.file, each.source, each.target
        )
        for scope in diagram.used()
        for each in scope.flows.values()
        if each.drawn
    ]
    return (*nodes, *flows)


def is_xml(content: bytes) -> bool:
    """Tell whether bytes are XML that may be read."""
    try:
        parse_xml(content)
    except EngineError:
        return False
    return True


def key_of(files: Mapping[str, bytes]) -> str | None:
    """Give the id of a folder's process, faults or not; None where no model can be read."""
    diagram, _ = read(files)
    return diagram.process.id[:_LONGEST_KEY] if diagram is not None else None


def variables_at(
    files: Mapping[str, bytes],
    *,
    forms: Mapping[str, Collection[str]],
    functions: Collection[str],
) -> dict[str, list[str]]:
    """Give what may be known at each element and flow: variables, and `result.field` of forms.

    forms -- the keys of the fields by form key; a folder that cannot be read has no elements
    """
    diagram = _Folder(files, functions).diagram
    if diagram is None:
        return {}
    return {drawn.id: members(diagram, known, forms) for drawn, known in known_at(diagram)}


def _built(folder: _Folder) -> CompiledDefinition:
    if not folder.is_sound or folder.diagram is None:
        raise InvalidProcess(folder.findings)
    files, drawn = folder.files, folder.diagram
    runnable = normalize(drawn)
    # Again, since normalising adds conditions; the same texts come from the cache.
    compiled = compile_expressions(runnable, folder.functions, folder.decisions)
    spec, sub_specs, flow_of = build(runnable, compiled.codes, compiled.conditions)
    nodes = {node.id: node for _, node in drawn.nodes()}
    process = drawn.process
    return CompiledDefinition(
        process_id=process.id,
        name=process.name or process.id,
        documentation=process.documentation,
        elements=MappingProxyType({key: _element(node) for key, node in nodes.items()}),
        user_tasks=MappingProxyType(
            {
                key: _user_task(node, compiled.codes[key])
                for key, node in nodes.items()
                if node.kind in ("userTask", "manualTask")
            }
        ),
        decisions=MappingProxyType(folder.decisions),
        calls=tuple(
            CallModel(key, node.called, node.properties["binding"].strip())
            for key, node in nodes.items()
            if node.kind == "calledCase"
        ),
        lanes=tuple(dict.fromkeys(node.lane for node in nodes.values() if node.lane)),
        messages=_messages(
            {k: n for k, n in nodes.items() if n.kind != "startEvent" or n.scope != drawn.main},
            {"intermediateCatchEvent", "boundaryEvent", "receiveTask", "startEvent"},
        ),
        start_messages=_messages(
            {key: node for key, node in nodes.items() if node.scope == drawn.main}, {"startEvent"}
        ),
        flows=MappingProxyType(
            {
                flow.id: (flow.source, flow.target)
                for scope in drawn.used()
                for flow in scope.flows.values()
            }
        ),
        picture_source=files[process.file],
        sha256=_digest(files),
        spec=spec,
        sub_specs=MappingProxyType(sub_specs),
        flow_of=MappingProxyType(flow_of),
    )


def _decisions(files: Mapping[str, bytes]) -> tuple[dict[str, Model], list[Finding]]:
    found: dict[str, Model] = {}
    findings: list[Finding] = []
    for name in sorted(name for name in files if name.endswith(".dmn")):
        try:
            model = load(files[name])
        except InvalidProcess as problem:
            findings += [_in_file(finding, name) for finding in problem.findings]
            continue
        except EngineError as problem:
            findings.append(
                Finding(severity="error", rule="dmn", message=problem.message, file=name)
            )
            continue
        for decision in model.decisions:
            if decision.id in found:
                findings.append(
                    Finding(
                        severity="error",
                        rule="duplicate-decision",
                        message=f"Expected decision ids once, but {decision.id} is there twice.",
                        file=name,
                        element_id=decision.id,
                    )
                )
            found[decision.id] = model
    return found, findings


def _in_file(finding: Finding, name: str) -> Finding:
    return finding if finding.file else Finding(**{**finding.__dict__, "file": name})


def _element(node: Node) -> ElementModel:
    return ElementModel(
        id=node.id,
        kind=node.kind,
        name=node.name,
        lane=node.lane,
        properties=MappingProxyType(dict(node.properties)),
        attached_to=node.attached_to,
        documentation=node.documentation,
    )


def _user_task(node: Node, code: Code) -> UserTaskModel:
    given = node.properties
    return UserTaskModel(
        element_id=node.id,
        name=node.name,
        lane=node.lane,
        form=given.get("form", ""),
        result=node.result,
        assignee=code.assignee,
        candidate_group=code.candidate_group,
        due=code.due,
        escalation=given.get("escalation", "") or "R",
        title=code.title,
        not_same_as=names(given.get("notSameAs", "")),
        visible_to=names(given.get("visibleTo", "")),
        anonymous=is_anonymous(node),
        multi_instance=node.loop is not None,
    )


def names(text: str) -> tuple[str, ...]:
    """Split a list that a designer wrote with commas or blanks."""
    return tuple(text.replace(",", " ").split())


def _messages(nodes: Mapping[str, Node], kinds: set[str]) -> tuple[str, ...]:
    found = (
        node.event.name
        for node in nodes.values()
        if node.kind in kinds and node.event is not None and node.event.kind == "message"
    )
    return tuple(dict.fromkeys(found))


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(hashlib.sha256(name.encode()).digest())
        digest.update(hashlib.sha256(files[name]).digest())
    return digest.hexdigest()
