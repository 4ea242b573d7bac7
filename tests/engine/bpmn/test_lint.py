"""Nothing that is drawn is silently ignored: what cannot run is refused, by element and reason."""

# One row per construct: a table reads better than calls wrapped over six lines.
# ruff: noqa: E501

from __future__ import annotations

import pytest

from engine.bpmn import ServiceSignature, check, compile_definition
from engine.errors import Finding, InvalidProcess
from tests.engine.bpmn.drawing import (
    HEAD,
    boundary,
    catch,
    chain,
    conditional,
    decision,
    document,
    end,
    event,
    extension,
    flow,
    gateway,
    loop,
    model,
    node,
    process,
    properties,
    rule,
    script,
    service,
    several,
    start,
    throw,
    timer,
    user,
)
from tests.engine.bpmn.stage import FUNCTIONS

SERVICES = {"pay": ServiceSignature("pay", {"amount": "number", "note": "string?"}, "Any", "Pays.")}
MESSAGE = '<bpmn:message id="m1" name="paid" />'


def findings(files: dict[str, bytes]) -> list[Finding]:
    return check(files, services=SERVICES, functions=FUNCTIONS, groups=("HRC",))


def around(body: str, key: str, *more: str, extra: str = "") -> dict[str, bytes]:
    return model(start(), body, end(), chain("begin", key, "finish"), *more, extra=extra)


def told(files: dict[str, bytes], severity: str = "error") -> set[tuple[str, str]]:
    return {(f.rule, f.element_id) for f in findings(files) if f.severity == severity}


REFUSED = {
    "task without a type": (around(node("task", "x"), "x"), "not-run"),
    "conditional event without a condition": (around(catch("x", event("conditional")), "x"), "condition"),
    "start timer that has to be computed": (
        model(start("x", timer("=date(2026, 9, 1)", "Date")), end(), chain("x", "finish")), "timer"),
    "start timer that stands still": (
        model(start("x", timer("every 0 minutes", "Cycle")), end(), chain("x", "finish")), "timer"),
    "conditional start": (
        model(start(), start("x", conditional("true")), end(), chain("begin", "finish"), chain("x", "finish")), "not-run"),
    "two starts by one signal": (
        model(start("a", event("signal", "s")), start("b", event("signal", "s")), end(), chain("a", "finish"), chain("b", "finish"),
              extra='<bpmn:signal id="s" name="s" />', key="x"), "start-twice"),
    "plain catch": (around(catch("x", ""), "x"), "not-run"),
    "input and output specification": (
        around(node("userTask", "x", "<bpmn:ioSpecification />"), "x"), "not-run"),
    "data association": (
        around(node("userTask", "x", '<bpmn:dataInputAssociation id="d" />'), "x"), "not-run"),
    "two tokens at a time": (around(node("userTask", "x", completionQuantity="2"), "x"), "not-run"),
    "receive task that starts a case": (
        around(node("receiveTask", "x", messageRef="m1", instantiate="true"), "x", extra=MESSAGE), "not-run"),
    "event gateway that waits for all": (
        model(start(), node("eventBasedGateway", "x", eventGatewayType="Parallel"), catch("c", timer("P1D")),
              catch("d", timer("P2D")), end(), chain("begin", "x", "c", "finish"), chain("x", "d", "finish")),
        "not-run"),
    "attribute that is not read": (
        around('<bpmn:userTask id="x" spiffworkflow:scriptsOnInstances="true" />', "x"), "not-run"),
    "resource role": (around(node("userTask", "x", '<bpmn:potentialOwner id="p" />'), "x"), "not-run"),
    "script before": (
        around(node("userTask", "x", extension("<spiffworkflow:preScript>x=1</spiffworkflow:preScript>")),
               "x"), "not-run"),
    "data store": (around(user("u"), "u", node("dataStoreReference", "x")), "data-not-run"),
    "several event definitions": (
        around(catch("x", timer("P1D") + event("message", "m1")), "x", extra=MESSAGE), "several-events"),
    "unknown property": (around(user("x", asignee="1"), "x"), "unknown-property"),
    "property of another element": (
        around(node("scriptTask", "x", extension(properties(due="P1D")) + "<bpmn:script>{a: 1}</bpmn:script>"),
               "x"), "unknown-property"),
    "variable name": (around(user("x", result="Nilai Diri"), "x"), "variable-name"),
    "script variable name": (around(script("x", '{ "Nilai Diri": 1 }'), "x"), "variable-name"),
    "missing form": (around(user("x", form="not_there"), "x"), "form-missing"),
    "form name": (around(user("x", form="../secret"), "x"), "form-name"),
    "unknown group": (around(user("x", candidateGroup="HRX"), "x"), "unknown-group"),
    "not same as nobody": (around(user("x", notSameAs="nobody"), "x"), "not-same-as"),
    "anonymous alone": (around(user("x", anonymous="true"), "x"), "anonymous"),
    "anonymous in sequence": (
        around(user("x", several("p", item="i", sequential=True), anonymous="true"), "x"), "anonymous"),
    "anonymous maybe": (around(user("x", anonymous="perhaps"), "x"), "anonymous"),
    "repeat over nothing": (around(user("x", several()), "x"), "multi-instance"),
    "repeat over both": (around(user("x", several("p", count="2")), "x"), "multi-instance"),
    "loop without end": (around(user("x", loop()), "x"), "loop"),
    "loop maximum": (around(user("x", loop(maximum="many")), "x"), "loop"),
    "service without operator": (around(node("serviceTask", "x"), "x"), "service"),
    "unknown service": (around(service("x", "pey", amount="1"), "x"), "unknown-service"),
    "unknown parameter": (around(service("x", "pay", amount="1", sum="1"), "x"), "service"),
    "missing parameter": (around(service("x", "pay"), "x"), "service"),
    "no decision": (around(node("businessRuleTask", "x"), "x"), "decision"),
    "unknown decision": (around(rule("x", "grade"), "x"), "decision"),
    "python script": (
        around(node("scriptTask", "x", "<bpmn:script>{a: 1}</bpmn:script>", scriptFormat="python"), "x"),
        "script-language"),
    "script without context": (around(script("x", "a = 1"), "x"), "script-context"),
    "empty script": (around(script("x", ""), "x"), "script-empty"),
    "feel syntax": (around(script("x", "{ a: 1 + }"), "x"), "feel-syntax"),
    "title": (around(user("x", title="Nilai {"), "x"), "title-braces"),
    "time to live that comes again": (
        around(throw("x", event("message", "m1"), correlation="1", ttl="R3/P1D"), "x", extra=MESSAGE), "due-cycle"),
    "due cycle": (around(user("x", due="R3/P1D"), "x"), "due-cycle"),
    "no timer": (around(catch("x", "<bpmn:timerEventDefinition />"), "x"), "timer"),
    "cycle as duration": (around(catch("x", timer("R3/P1D")), "x"), "timer"),
    "cycle on a catch": (around(catch("x", timer("R3/P1D", "Cycle")), "x"), "timer"),
    "cycle that interrupts": (
        around(user("u"), "u", boundary("x", "u", timer("R3/P1D", "Cycle")), flow("x", "finish")), "timer"),
    "dangling message": (around(catch("x", event("message", "gone")), "x"), "reference-dangling"),
    "message without name": (
        around(catch("x", event("message", "m")), "x", extra='<bpmn:message id="m" />'), "event-without-name"),
    "receive without message": (around(node("receiveTask", "x"), "x"), "event-without-name"),
    "error on a task": (
        around(user("u"), "u", boundary("x", "u", event("error")), flow("x", "finish")), "boundary"),
    "error that a service does not declare": (
        around(service("u", "pay", amount="1"), "u", boundary("x", "u", event("error", "e1")), flow("x", "finish"),
               extra='<bpmn:error id="e1" errorCode="E" />'), "boundary"),
    "cancel on a sub-process": (
        around(node("subProcess", "u", start("b2") + end("e2") + chain("b2", "e2")), "u",
               boundary("x", "u", event("cancel")), flow("x", "finish")), "boundary"),
    "uncaught error": (
        model(start(), end("x", event("error", "e1")), chain("begin", "x"),
              extra='<bpmn:error id="e1" errorCode="E" />'), "uncaught"),
    "cancel outside a transaction": (model(start(), end("x", event("cancel")), chain("begin", "x")), "event"),
    "boundary on nothing": (
        around(user("u"), "u", boundary("x", "gone", timer("P1D"))), "boundary-dangling"),
    "no way to it": (around(user("u"), "u", user("x")), "unreachable"),
    "link without target": (
        model(start(), throw("x", '<bpmn:linkEventDefinition name="on" />'), chain("begin", "x")), "link"),
    "call of nothing": (around(node("callActivity", "x", calledElement="gone"), "x"), "call-dangling"),
    "call bound to nothing": (around(node("callActivity", "x", extension(properties(binding="new")), calledElement="p"), "x"), "call-binding"),
    "call of no key": (around(node("callActivity", "x", extension(properties(binding="latest"))), "x"), "call-dangling"),
    "people of a call": (around(node("callActivity", "x", extension(properties(binding="1", people="all")), calledElement="p"), "x"), "call-people"),
    "call of itself": (around(node("callActivity", "x", calledElement="test"), "x"), "endless-call"),
    "two plain starts": (
        model(start(), start("x"), end(), chain("begin", "finish"), chain("x", "finish")), "several-starts"),
    "start that leads nowhere": (model(start("x")), "start-leads-nowhere"),
    "event inside start": (
        around(node("subProcess", "p", start("x", event("message", "m1")) + end("e2") + chain("x", "e2")),
               "p", extra=MESSAGE), "inner-start"),
    "default elsewhere": (
        around(gateway("exclusive", "x", "gone"), "x"), "default-dangling"),
    "event gateway before a task": (
        model(start(), gateway("eventBased", "g"), user("x"), catch("c", timer("P1D")), end(),
              chain("begin", "g", "x", "finish"), chain("g", "c", "finish")), "event-gateway"),
    "result twice": (
        model(start(), user("u", result="same"), user("x", result="same"), end(),
              chain("begin", "u", "x", "finish")), "result-twice"),
    "result written by a script": (
        model(start(), user("u", result="same"), script("x", "{ same: 1 }"), end(),
              chain("begin", "u", "x", "finish")), "result-twice"),
    "unknown function": (around(script("x", "{ a: os_system(1) }"), "x"), "unknown-function"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_cannot_run_is_refused(name: str) -> None:
    files, expected = REFUSED[name]
    assert (expected, "x") in told(files), findings(files)
    with pytest.raises(InvalidProcess):
        compile_definition(files, services=SERVICES, functions=FUNCTIONS, groups=("HRC",))


FLOWS = {
    "flow to nothing": (flow("u", "gone", key="f"), "flow-dangling"),
    "flow into start": (flow("u", "begin", key="f"), "flow-into-start"),
    "flow out of the end": (flow("finish", "u", key="f"), "flow-out-of-end"),
    "empty condition": (flow("u", "finish", " ", key="f"), "condition-empty"),
}


@pytest.mark.parametrize("name", sorted(FLOWS))
def test_a_flow_that_cannot_be_followed_is_refused(name: str) -> None:
    drawn, expected = FLOWS[name]
    files = model(start(), user("u"), end(), chain("begin", "u"), drawn)
    assert (expected, "f") in told(files)


def test_another_expression_language_is_refused() -> None:
    drawn = flow("u", "finish", "x", key="f").replace(
        "Expression>x", 'Expression language="python">x'
    )
    files = model(start(), user("u"), end(), chain("begin", "u"), drawn)
    assert ("expression-language", "f") in told(files)
    said = document(process(start(), end(), chain("begin", "finish"))).replace(
        b"targetNamespace", b'expressionLanguage="http://python.org" targetNamespace'
    )
    assert [f.rule for f in findings({"process.bpmn": said})] == ["expression-language"]


def test_conditions_stand_where_they_have_an_effect() -> None:
    files = model(
        start(),
        gateway("parallel", "fork"),
        gateway("exclusive", "pick", "d"),
        user("a", assignee="1"),
        user("b", assignee="1"),
        end(),
        chain("begin", "fork", "pick"),
        flow("fork", "a", "x", key="f1"),
        flow("pick", "a", key="f2"),
        flow("pick", "b", "x", key="d"),
        flow("pick", "finish", "y", key="f3"),
        chain("a", "finish"),
        chain("b", "finish"),
    )
    assert told(files) == {
        ("condition-without-effect", "f1"),
        ("condition-without-effect", "d"),
        ("flow-without-condition", "f2"),
    }


@pytest.mark.parametrize("kind", ["exclusive", "inclusive"])
def test_a_gateway_without_default_is_a_warning(kind: str) -> None:
    files = model(
        start(), gateway(kind, "pick"), end(), end("other"), chain("begin", "pick"),
        flow("pick", "finish", "x"), flow("pick", "other", "y"),
    )  # fmt: skip
    assert told(files) == set()
    assert told(files, "warning") == {("gateway-without-default", "pick")}


def test_a_variable_written_on_two_branches_is_a_warning() -> None:
    files = model(
        start(), gateway("parallel", "fork"), script("a", "{ x: 1 }"), script("b", "{ x: 2, y: 1 }"),
        gateway("parallel", "join"), script("c", "{ y: 2 }"), end(),
        chain("begin", "fork", "a", "join", "c", "finish"), chain("fork", "b", "join"),
    )  # fmt: skip
    assert told(files, "warning") == {("written-on-both-branches", "fork")}


def test_a_reminder_that_writes_what_the_main_way_writes_is_a_warning() -> None:
    files = model(
        start(), user("u", assignee="1"), script("a", "{ x: 1 }"), end(), chain("begin", "u", "a", "finish"),
        boundary("late", "u", timer("P1D"), interrupting=False), script("b", "{ x: 2 }"), end("e2"),
        chain("late", "b", "e2"),
    )  # fmt: skip
    assert told(files, "warning") == {("written-on-both-branches", "u")}


@pytest.mark.parametrize(
    ("text", "warned"), [("now() > due", 1), ("= today( ) > due", 1), ("n > 1", 0)]
)
def test_a_condition_that_asks_for_the_time_is_a_warning(text: str, warned: int) -> None:
    """It is looked at when the case moves, and time passing moves no case."""
    files = model(start(), script("s", "{ n: 1, due: null }"), catch("x", conditional(text)), end(),
                  chain("begin", "s", "x", "finish"))  # fmt: skip
    assert told(files) == set()
    assert told(files, "warning") == ({("condition-of-time", "x")} if warned else set())


def test_other_things_to_look_at_are_warnings() -> None:
    foreign = '<camunda:x xmlns:camunda="http://camunda.org/schema/1.0/bpmn" />'
    task = node("userTask", "u", extension(foreign)).replace(
        'id="u"', 'id="u" xmlns:c="http://camunda.org/schema/1.0/bpmn" c:assignee="demo"'
    )
    files = around(task, "u")
    files["shared.bpmn"] = document(process(user("w"), key="unused"))
    assert told(files, "warning") == {
        ("foreign-extension", "u"),
        ("task-for-nobody", "u"),
        ("not-run", "unused"),
    }
    files = model(extension(properties(owner="HRC")), start(), end(), chain("begin", "finish"))
    assert told(files, "warning") == {("process-extension", "test")}
    files = around(catch("c", event("message", "m1")), "c", extra=MESSAGE)
    assert told(files, "warning") == {("message-without-correlation", "c")}


def test_a_clean_folder_has_no_findings() -> None:
    files = around(user("u", form="ask", assignee="1"), "u", rule("r", "grade"))
    files = model(
        start(), user("u", form="ask", assignee="1"), rule("r", "grade"), service("s", "pay", amount="u.n"),
        end(), chain("begin", "u", "r", "s", "finish"),
    )  # fmt: skip
    files |= {
        "forms/ask.json": b"{}",
        "grade.dmn": decision("grade", (">= 1", '"A"'), ("< 1", '"B"'), reads="u"),
    }
    assert findings(files) == []


def test_a_slip_in_a_variable_name_is_a_warning() -> None:
    files = model(
        start(), user("self_rating", assignee="owner"), script("s", "{ n: self_ratng.n + base }"), end(),
        chain("begin", "self_rating", "s", "finish"),
    )  # fmt: skip
    assert told(files, "warning") == {("unknown-variable", "s")}


def test_a_hint_says_what_was_probably_meant() -> None:
    (found,) = [f for f in findings(around(user("x", asignee="1"), "x")) if f.severity == "error"]
    assert found.hint == "Did you mean assignee?"
    assert found.file == "process.bpmn"


def test_a_syntax_error_names_line_and_column_in_the_expression() -> None:
    (found,) = findings(around(script("x", "{ a: 1,\n  b: 2 + }"), "x"))
    assert (found.rule, found.line) == ("feel-syntax", 2)
    assert found.column > 1


@pytest.mark.parametrize(
    ("text", "feel"),
    [
        ("${total >= 90 && !late}", "total >= 90 and not(late)"),
        ("name == 'Budi' and total is not None", 'name = "Budi" and total != null'),
        ('name.startsWith("B")', 'starts with(name, "B")'),
        ('execution.getVariable("total") > 3', "total > 3"),
    ],
)
def test_a_condition_of_another_language_is_offered_in_feel(text: str, feel: str) -> None:
    files = model(
        start(), gateway("exclusive", "way", "way_to_finish"), end(), end("other"),
        flow("begin", "way"), flow("way", "finish"), flow("way", "other", text),
    )  # fmt: skip
    found = [f for f in findings(files) if f.hint.startswith("In FEEL")]
    assert [(f.severity, f.element_id, f.hint) for f in found] == [
        ("error", "way_to_other", f"In FEEL: {feel}")
    ]


def test_a_script_of_another_language_is_offered_in_feel() -> None:
    found = findings(around(script("x", "total = 5 % 3\nname = 'Budi'"), "x"))
    assert {f.hint for f in found if f.severity == "error"} == {
        'In FEEL: { total: modulo(5, 3), name: "Budi" }'
    }


def test_feel_that_reads_like_another_language_is_left_alone() -> None:
    text = "{ a: [4, 5][1] > 3, b: [{c: 1}][c = 1].c, d: {f: function(x) x}.f(1) }"
    assert not [f for f in findings(around(script("x", text), "x")) if f.severity == "error"]


def forked(kind: str, join: str) -> dict[str, bytes]:
    return model(
        start(), gateway(kind, "fork", "fork_to_b" if kind != "parallel" else ""),
        user("a", assignee="1"), user("b", assignee="1"), gateway(join, "join"), end(),
        chain("begin", "fork"), flow("fork", "a", None if kind == "parallel" else "x"),
        flow("fork", "b"), chain("a", "join"), chain("b", "join"), chain("join", "finish"),
    )  # fmt: skip


def test_a_join_of_alternatives_that_never_fires_is_refused() -> None:
    assert told(forked("exclusive", "parallel")) == {("join-waits-forever", "join")}


def test_a_join_that_may_wait_for_ever_is_a_warning() -> None:
    assert told(forked("inclusive", "parallel"), "warning") == {("join-may-wait", "join")}


@pytest.mark.parametrize("kind", ["exclusive", "inclusive", "parallel"])
def test_a_join_like_its_fork_is_sound(kind: str) -> None:
    assert findings(forked(kind, kind)) == []
    assert findings(forked(kind, "inclusive")) == []


def test_a_fork_that_is_reached_again_as_a_join_is_refused() -> None:
    files = model(
        start(), gateway("parallel", "fork"), user("a", assignee="1"), user("b", assignee="1"),
        gateway("parallel", "join"), gateway("exclusive", "again", "again_to_finish"), end(),
        chain("begin", "fork", "a", "join", "again"), chain("fork", "b", "join"),
        flow("again", "fork", "b.more"), flow("again", "finish"),
    )  # fmt: skip
    assert told(files) == {("join-waits-forever", "fork")}


BODY = process(start(), end(), chain("begin", "finish"))


def nested(depth: int) -> str:
    inner = ""
    for number in range(depth):
        inner = node(
            "subProcess", f"p{number}",
            start(f"b{number}") + inner + end(f"e{number}"),
        )  # fmt: skip
    return inner


HOSTILE = {
    "nothing": b"",
    "no XML": b"not xml at all",
    "half a tag": b"<bpmn:definitions",
    "zero bytes": b"\x00" * 100,
    "random bytes": bytes(range(256)) * 4,
    "another root": b"<html><body/></html>",
    "no process": document(""),
    "doctype": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + document(BODY),
    "billion laughs": b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>',
    "three megabytes": document(BODY, f"<!-- {'x' * 3_000_000} -->"),
    "deep elements": document(process("<bpmn:subProcess>" * 300 + "</bpmn:subProcess>" * 300)),
    "deep sub-processes": document(process(start(), nested(40))),
    "process without id": (HEAD + "<bpmn:process /></bpmn:definitions>").encode(),
    "empty process": document(process()),
    "two processes": document(BODY, process(start("b2"), end("e2"), chain("b2", "e2"), key="other")),
    "not executable": document(BODY.replace('isExecutable="true"', 'isExecutable="false"')),
    "same id twice": document(process(start(), user("u"), user("u"), end())),
    "flow without ends": document(process(start(), end(), '<bpmn:sequenceFlow id="f" />')),
    "element without id": document(process(start(), "<bpmn:userTask />", end(), chain("begin", "finish"))),
    "flow in a circle": document(process(user("a"), user("b"), chain("a", "b", "a"))),
    "calls in a circle": document(
        process(start(), node("callActivity", "c", calledElement="q"), end(), chain("begin", "c", "finish")),
        process(start("b2"), node("callActivity", "d", calledElement="test"), end("e2"),
                chain("b2", "d", "e2"), key="q"),
    ),
    "attached to itself": document(
        process(start(), end(), chain("begin", "finish"), boundary("x", "x", timer("P1D")))),
    "too many elements": document(
        process(start(), *(script(f"s{n}", "{ a: 1 }") for n in range(2_000)), end(),
                chain("begin", *(f"s{n}" for n in range(2_000)), "finish"))),
    "too many gateways": document(
        process(start(), *(gateway("inclusive", f"g{n}") for n in range(301)), end(),
                chain("begin", *(f"g{n}" for n in range(301)), "finish"))),
    "half a character": document(process(start(), user("u", title="x"), end())).replace(b"x", b"\xff"),
    "huge expression": document(
        process(start(), script("s", "{ a: " + "(" * 20_000 + "1" + ")" * 20_000 + " }"), end(),
                chain("begin", "s", "finish"))),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_file_gets_findings_and_never_a_traceback(name: str) -> None:
    found = findings({"process.bpmn": HOSTILE[name]})
    assert [f for f in found if f.severity == "error"], found
    assert all(f.message.startswith("Expected") for f in found)


def test_a_gateway_of_a_hundred_ways_is_judged_at_once() -> None:
    ways = [f"u{number}" for number in range(100)]
    files = model(
        start(), gateway("inclusive", "fork", "fork_to_u0"), gateway("parallel", "join"), end(), chain("begin", "fork"),
        flow("fork", "u0"), *(flow("fork", way, "x") for way in ways[1:]),
        *(user(way, assignee="1") + chain(way, "join") for way in ways), chain("join", "finish"),
    )  # fmt: skip
    assert findings(files) == []


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_other_encodings_are_read_as_bytes(encoding: str) -> None:
    text = document(process(start(), user("u", title="Penilaian café", assignee="1"), end(),
                            chain("begin", "u", "finish"))).decode()  # fmt: skip
    data = (f'<?xml version="1.0" encoding="{encoding}"?>' + text).encode(encoding)
    files = {"process.bpmn": data}
    assert findings(files) == []
    compiled = compile_definition(files, services={}, functions=(), groups=())
    title = compiled.user_tasks["u"].title
    assert title is not None
    assert title.text == "Penilaian café"
    assert compiled.picture_source == data


def test_a_folder_without_a_bpmn_file_is_refused() -> None:
    assert [f.rule for f in findings({"messages.toml": b""})] == ["no-bpmn"]


def test_a_broken_decision_table_is_told_with_its_file() -> None:
    files = around(rule("r", "grade"), "r") | {"grade.dmn": b"<broken"}
    rules = {(f.rule, f.file) for f in findings(files)}
    assert ("xml-syntax", "grade.dmn") in rules


def test_every_error_of_a_file_is_told_at_once() -> None:
    files = model(
        start(), user("a", asignee="1"), user("b", due="P1X"), node("task", "c"), end(),
        chain("begin", "a", "b", "c", "finish"),
    )  # fmt: skip
    assert {element for _, element in told(files)} >= {"a", "c"}
