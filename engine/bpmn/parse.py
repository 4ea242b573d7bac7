"""Reads BPMN files into a `Diagram`.  What cannot run is recorded, and judged in `lint.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from engine.bpmn.diagram import (
    FLOW_NODES,
    SCOPES,
    Diagram,
    EventDefinition,
    Flow,
    Node,
    Scope,
)
from engine.bpmn.parse_parts import (
    associations,
    bpmn_children,
    clean,
    decision_of,
    documentation_of,
    inner_ids,
    lanes_of,
    line_of,
    loop_of,
    odd_attributes,
    operator_of,
    properties_of,
    qualified,
    tag_of,
    text_of,
    unknown_extensions,
    until_of,
)
from engine.dmn.xml import parse_xml
from engine.errors import Finding, InvalidProcess

MAX_DEPTH = 12

# Parts of a node that carry no behaviour of their own or are read here.
_READ = frozenset(
    {
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "script",
        "standardLoopCharacteristics",
        "multiInstanceLoopCharacteristics",
        "laneSet",
        "sequenceFlow",
        "association",
        "activationCondition",
        "textAnnotation",
        "group",
        "category",
        "auditing",
        "monitoring",
    }
)
_DRAWING = frozenset({"dataObject", "dataObjectReference"})


class Reader:
    """Collects the scopes of all files, and the findings on the way."""

    def __init__(self) -> None:
        self.scopes: dict[str, Scope] = {}
        self.findings: list[Finding] = []
        self._ids: set[str] = set()
        self._names: dict[str, dict[str, str]] = {}
        self._codes: dict[str, str] = {}
        self._associated: dict[str, list[str]] = {}
        self._file = ""

    def fault(
        self,
        rule: str,
        message: str,
        element: etree._Element | None = None,
        *,
        severity: str = "error",
    ) -> None:
        """Add a finding about an element of the file being read."""
        self.findings.append(
            Finding(
                severity=severity,
                rule=rule,
                message=message,
                file=self._file,
                element_id=(element.get("id") or "") if element is not None else "",
                line=line_of(element),
            )
        )

    def file(self, name: str, data: bytes) -> None:
        """Read one file."""
        self._file = name
        try:
            root = parse_xml(data, name)
        except InvalidProcess as problem:
            self.findings.extend(problem.findings)
            return
        if root.tag != qualified("definitions"):
            self.fault(
                "bpmn-root", "Expected a BPMN 2.0 file, but its root is no bpmn:definitions."
            )
            return
        language = (root.get("expressionLanguage") or "").lower()
        # XPath is what BPMN takes for granted where nothing is said, and some editors say it.
        if language and "feel" not in language and "xpath" not in language:
            self.fault(
                "expression-language", f"Expected FEEL in every expression, but found {language}."
            )
        self._references(root)
        self._associated = associations(root)
        processes = [child for child in root if child.tag == qualified("process")]
        if not processes:
            self.fault("bpmn-no-process", "Expected a process in the file, but it draws none.")
        for process in processes:
            self._scope(process, "", {}, 0)

    def _references(self, root: etree._Element) -> None:
        self._names = {}
        self._codes = {}
        for kind, code in (
            ("message", ""),
            ("signal", ""),
            ("error", "errorCode"),
            ("escalation", "escalationCode"),
        ):
            found: dict[str, str] = {}
            for element in root.iterchildren(qualified(kind)):
                identifier = element.get("id") or ""
                found[identifier] = element.get("name") or ""
                if code:
                    self._codes[identifier] = element.get(code) or element.get("name") or ""
            self._names[kind] = found

    def _scope(
        self, element: etree._Element, parent: str, lanes: Mapping[str, str], depth: int
    ) -> None:
        key = element.get("id") or ""
        if not key:
            self.fault("element-without-id", f"Expected an id on {tag_of(element)}.", element)
            return
        if depth == 0 and not self._claim(element):
            return
        if depth > MAX_DEPTH:
            self.fault(
                "too-deep", f"Expected at most {MAX_DEPTH} sub-processes in each other.", element
            )
            return
        extension = element.find(qualified("extensionElements"))
        if depth == 0 and extension is not None and len(extension):
            self.fault(
                "process-extension",
                f"Expected extensions on elements, but {key} has some that nothing reads.",
                element,
                severity="warning",
            )
        lanes = {**lanes, **lanes_of(element)}
        nodes: dict[str, Node] = {}
        flows: dict[str, Flow] = {}
        inner: list[etree._Element] = []
        for child in bpmn_children(element):
            tag = tag_of(child)
            if tag == "sequenceFlow":
                if self._claim(child):
                    flow = self._flow(child, key)
                    flows[flow.id] = flow
            elif tag in FLOW_NODES:
                if self._claim(child):
                    node = self._node(child, key, lanes)
                    nodes[node.id] = node
                    if tag in SCOPES:
                        inner.append(child)
            elif tag.startswith("data") and tag not in _DRAWING:
                self.fault("data-not-run", f"Expected only what can run, but {tag} can't.", child)
        self.scopes[key] = Scope(
            id=key,
            kind=tag_of(element),
            nodes=nodes,
            flows=flows,
            parent=parent,
            name=clean(element.get("name")),
            file=self._file,
            line=line_of(element),
            executable=element.get("isExecutable") != "false",
            by_event=element.get("triggeredByEvent") == "true",
            documentation=documentation_of(element),
        )
        for child in inner:
            own = lanes.get(child.get("id") or "", "")
            inherited = dict.fromkeys(inner_ids(child), own) if own else {}
            self._scope(child, key, {**inherited, **lanes}, depth + 1)

    def _claim(self, element: etree._Element) -> bool:
        identifier = element.get("id") or ""
        if not identifier:
            self.fault("element-without-id", f"Expected an id on {tag_of(element)}.", element)
            return False
        if identifier in self._ids:
            self.fault(
                "duplicate-id", f"Expected every id once, but {identifier} is there twice.", element
            )
            return False
        self._ids.add(identifier)
        return True

    def _flow(self, element: etree._Element, scope: str) -> Flow:
        condition = element.find(qualified("conditionExpression"))
        return Flow(
            id=element.get("id") or "",
            source=element.get("sourceRef") or "",
            target=element.get("targetRef") or "",
            scope=scope,
            condition=None if condition is None else text_of(condition),
            language="" if condition is None else (condition.get("language") or ""),
            line=line_of(element),
            file=self._file,
        )

    def _node(self, element: etree._Element, scope: str, lanes: Mapping[str, str]) -> Node:
        tag = tag_of(element)
        identifier = element.get("id") or ""
        extension = element.find(qualified("extensionElements"))
        script = element.find(qualified("script"))
        extras = [
            tag_of(child)
            for child in bpmn_children(element)
            if tag_of(child) not in _READ
            and not tag_of(child).endswith("EventDefinition")
            and not (
                tag in SCOPES and (tag_of(child) in FLOW_NODES or tag_of(child).startswith("data"))
            )
            and (tag, tag_of(child)) != ("adHocSubProcess", "completionCondition")
        ]
        given = properties_of(extension)
        return Node(
            id=identifier,
            kind="calledCase" if tag == "callActivity" and "binding" in given else tag,
            scope=scope,
            name=clean(element.get("name")),
            lane=lanes.get(identifier, ""),
            line=line_of(element),
            file=self._file,
            documentation=documentation_of(element),
            events=tuple(self._events(element, tag)),
            properties=given,
            attached_to=element.get("attachedToRef") or "",
            interrupting="false"
            not in (element.get("cancelActivity"), element.get("isInterrupting")),
            default=element.get("default") or "",
            script="" if script is None else text_of(script),
            language=element.get("scriptFormat") or "",
            loop=loop_of(element),
            called=element.get("calledElement") or "",
            decision=decision_of(extension),
            operator=operator_of(extension),
            by_event=element.get("triggeredByEvent") == "true",
            for_compensation=element.get("isForCompensation") == "true",
            until=until_of(element),
            sequential=element.get("ordering") == "Sequential",
            cancels_rest=element.get("cancelRemainingInstances") != "false",
            associated=tuple(self._associated.get(identifier, ())),
            extras=(
                *extras,
                *unknown_extensions(extension),
                *odd_attributes(element),
            ),
        )

    def _events(self, element: etree._Element, tag: str) -> Iterator[EventDefinition]:
        if tag in ("sendTask", "receiveTask"):
            reference = element.get("messageRef") or ""
            if reference or element.find(qualified("messageEventDefinition")) is None:
                yield self._named("message", reference)
                return
        if tag in SCOPES:
            return
        for child in bpmn_children(element):
            kind = tag_of(child).removesuffix("EventDefinition")
            if kind == tag_of(child):
                continue
            yield self._event(child, kind)

    def _event(self, element: etree._Element, kind: str) -> EventDefinition:
        if kind in ("message", "signal", "error", "escalation"):
            return self._named(kind, element.get(f"{kind}Ref") or "")
        if kind == "compensate":
            return EventDefinition(
                kind=kind,
                activity=element.get("activityRef") or "",
                waits=element.get("waitForCompletion") != "false",
            )
        if kind == "link":
            return EventDefinition(kind=kind, name=clean(element.get("name")))
        if kind == "conditional":
            condition = element.find(qualified("condition"))
            return EventDefinition(kind=kind, text="" if condition is None else text_of(condition))
        if kind == "timer":
            for timer in ("timeDate", "timeDuration", "timeCycle"):
                child = element.find(qualified(timer))
                if child is not None:
                    return EventDefinition(kind=kind, timer=timer[4:].lower(), text=text_of(child))
        return EventDefinition(kind=kind)

    def _named(self, kind: str, reference: str) -> EventDefinition:
        known = self._names.get(kind, {})
        if reference and reference.rpartition(":")[2] in known:
            reference = reference.rpartition(":")[2]
        return EventDefinition(
            kind=kind,
            name=known.get(reference, ""),
            code=self._codes.get(reference, ""),
            dangling="" if not reference or reference in known else reference,
        )


def read(files: Mapping[str, bytes]) -> tuple[Diagram | None, list[Finding]]:
    """Read the BPMN files of a folder; the Diagram is None where no process can be told apart."""
    reader = Reader()
    names = sorted(name for name in files if name.endswith(".bpmn") and "/" not in name)
    if not names:
        return None, [
            Finding(
                severity="error",
                rule="no-bpmn",
                message="Expected a file process.bpmn, but the folder has no BPMN file.",
            )
        ]
    for name in names:
        reader.file(name, files[name])
    if any(finding.severity == "error" for finding in reader.findings) and not reader.scopes:
        return None, reader.findings
    main = _main(reader, names)
    return (None if main is None else Diagram(main=main, scopes=reader.scopes)), reader.findings


def _main(reader: Reader, names: list[str]) -> str | None:
    """Choose the process that a case runs: executable, in process.bpmn, called by no other."""
    first = "process.bpmn" if "process.bpmn" in names else names[0]
    called = {
        node.called
        for scope in reader.scopes.values()
        for node in scope.nodes.values()
        if node.kind == "callActivity"
    }
    processes = [s for s in reader.scopes.values() if s.kind == "process" and s.file == first]
    runnable = [scope for scope in processes if scope.executable and scope.nodes]
    top = [scope for scope in runnable if scope.id not in called] or runnable
    if len(top) == 1:
        return top[0].id
    if processes:
        said = "none is" if not top else f"{', '.join(scope.id for scope in top)} are"
        reader.findings.append(
            Finding(
                severity="error",
                rule="main-process",
                message=f"Expected exactly one executable process, but {said}.",
                file=first,
                element_id=(top or processes)[0].id,
            )
        )
    return None
