"""Requirement graphs: scoping, functions, services, imports, and what the explanation tells."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from engine.dmn import load
from engine.dmn.check import check
from engine.errors import NotFound
from engine.feel.budget import Budget
from tests.engine.dmn.files import decision, file, function, given, literal, model, table

GRAPH = (
    given("base salary", "number")
    + given("months", "number")
    + decision("yearly", literal("base salary * months"), "in:base salary", "in:months")
    + decision("raised", literal("yearly * 1.1"), "de:id_yearly", type_="number")
)


def test_a_decision_takes_what_it_requires_by_names_with_spaces() -> None:
    found = model(GRAPH)
    assert found.evaluate("raised", {"base salary": 100, "months": 12}) == Decimal("1320.0")


def test_decisions_are_found_by_name_and_by_id_and_nothing_else() -> None:
    found = model(GRAPH)
    inputs = {"base salary": 1, "months": 1}
    assert found.evaluate("id_yearly", inputs) == found.evaluate("yearly", inputs) == 1
    with pytest.raises(NotFound):
        found.evaluate("yealry", inputs)


def test_the_trace_tells_every_decision_in_order_with_inputs_and_value() -> None:
    said = model(GRAPH).explain("raised", {"base salary": 100, "months": 12})
    assert [step.name for step in said.trace] == ["yearly", "raised"]
    assert said.trace[0].inputs == {"base salary": 100, "months": 12}
    assert said.trace[1].inputs == {"yearly": 1200}
    assert said.trace[1].value == said.value


def test_a_decision_sees_only_what_it_requires() -> None:
    body = given("a") + given("b") + decision("d", literal("b"), "in:a")
    said = model(body).explain("d", {"a": 1, "b": 2})
    assert said.value is None
    assert "`b`" in said.reasons[0]


def test_a_table_drawn_without_input_data_reads_plain_variables() -> None:
    body = decision("d", table(["score:number", "kind of unit"], [([">= 1", '"a"'], ['"x"'])]))
    found = model(body)
    assert found.evaluate("d", {"score": 3, "kind of unit": "a", "other": object()}) == "x"
    assert [slot.name for slot in found.inputs("d")] == ["kind of unit", "score"]


def test_an_input_of_the_wrong_type_is_null_with_the_reason() -> None:
    said = model(GRAPH).explain("yearly", {"base salary": "much", "months": 1})
    assert said.value is None
    assert 'Expected base salary to be a number, but it is "much".' in said.reasons


def test_what_is_no_feel_value_is_null_with_the_reason() -> None:
    said = model(GRAPH).explain("yearly", {"base salary": {1, 2}, "months": 1})
    assert said.value is None
    assert any("base salary" in reason for reason in said.reasons)


def test_a_passed_value_does_not_stand_in_for_a_decision() -> None:
    found = model(GRAPH)
    assert found.evaluate("raised", {"base salary": 10, "months": 1, "yearly": 99}) == 11


def test_a_result_of_the_wrong_type_is_null_and_a_list_of_one_is_its_element() -> None:
    body = decision("a", literal('"x"'), type_="number") + decision(
        "b", literal("[1]"), type_="number"
    )
    found = model(body)
    said = found.explain("a", {})
    assert said.value is None
    assert said.reasons == ('Expected a to be a number, but it is "x".',)
    assert found.evaluate("b", {}) == 1


def test_a_circle_of_decisions_is_null_and_an_error_of_the_checker() -> None:
    body = decision("a", literal("b + 1"), "de:id_b") + decision("b", literal("a + 1"), "de:id_a")
    found = model(body)
    said = found.explain("a", {})
    assert said.value is None
    assert any("require itself" in reason for reason in said.reasons)
    assert [f.rule for f in check(found)] == ["cycle", "cycle"]


def test_a_text_that_is_no_feel_spoils_only_its_own_decision() -> None:
    found = model(decision("bad", literal("1 +")) + decision("good", literal("1")))
    assert found.evaluate("good", {}) == 1
    said = found.explain("bad", {})
    assert said.value is None
    assert said.reasons
    (finding,) = check(found)
    assert (finding.rule, finding.severity, finding.line) == ("feel-syntax", "error", 1)


def test_another_language_than_feel_never_runs() -> None:
    text = '<literalExpression expressionLanguage="javascript"><text>1</text></literalExpression>'
    found = model(decision("d", text))
    assert found.evaluate("d", {}) is None
    assert [f.rule for f in check(found)] == ["expression-language"]


def test_clock_and_host_functions_are_given_from_outside() -> None:
    body = decision("d", literal('if today() > date("2026-01-01") then days_of(7) else null'))
    now = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    functions = {"days_of": lambda n: n * 2}
    assert model(body).evaluate("d", {}, functions=functions, now=now) == 14
    assert model(body).evaluate("d", {}, functions={}, now=now) is None


def test_a_decision_beyond_its_budget_is_null_and_says_so() -> None:
    body = decision("d", literal("for i in 1..1000000 return i"))
    said = model(body + decision("e", literal("d"), "de:id_d")).explain(
        "e", {}, budget=Budget(steps=1000)
    )
    assert said.value is None
    assert any("Expected at most" in reason for reason in said.reasons)


def test_an_endless_recursion_ends_in_null() -> None:
    body = function("again", [("n", "number")], literal("again(n + 1)"))
    said = model(body + decision("d", literal("again(1)"), "kn:id_again")).explain("d", {})
    assert said.value is None
    assert said.reasons


# -- knowledge models ----------------------------------------------------------------------------

RATE = function(
    "rate",
    [("months", "number")],
    table(["months:number"], [(["< 12"], ["1"]), ([">= 12"], ["2"])]),
)


def test_knowledge_models_are_called_and_traced_with_their_rules() -> None:
    body = RATE + decision("d", literal("rate(6) + rate(months: 12)"), "kn:id_rate")
    said = model(body).explain("d", {})
    assert said.value == 3
    assert [(step.kind, step.matched) for step in said.trace] == [
        ("knowledge", ("r1",)),
        ("knowledge", ("r2",)),
        ("decision", ()),
    ]


@pytest.mark.parametrize("call", ['rate("6")', "rate()", "rate(1, 2)", "rate(n: 1)"])
def test_a_call_that_does_not_fit_is_null(call: str) -> None:
    said = model(RATE + decision("d", literal(call), "kn:id_rate")).explain("d", {})
    assert said.value is None
    assert said.reasons


def test_a_knowledge_model_is_an_instance_of_its_own_function_type_only() -> None:
    fits, not_ = (f"rate instance of function<{t}>->number" for t in ("number", "string"))
    body = decision("a", literal(fits), "kn:id_rate") + decision("b", literal(not_), "kn:id_rate")
    found = model(RATE + body)
    assert (found.evaluate("a", {}), found.evaluate("b", {})) == (True, False)


def test_a_knowledge_model_may_recurse() -> None:
    body = function("fact", [("n", "number")], literal("if n < 2 then 1 else n * fact(n - 1)"))
    assert model(body + decision("d", literal("fact(5)"), "kn:id_fact")).evaluate("d", {}) == 120


def test_an_invocation_binds_by_name() -> None:
    boxed = (
        "<invocation><literalExpression><text>rate</text></literalExpression><binding>"
        f'<parameter name="{{}}"/>{literal("24")}</binding></invocation>'
    )
    assert model(RATE + decision("d", boxed.format("months"), "kn:id_rate")).evaluate("d", {}) == 2
    wrong = model(RATE + decision("d", boxed.format("years"), "kn:id_rate")).explain("d", {})
    assert wrong.value is None
    assert any("months" in reason for reason in wrong.reasons)


# -- services ------------------------------------------------------------------------------------

SERVICE = (
    given("x", "number")
    + decision("twice", literal("x * 2"), "in:x")
    + decision("more", literal("twice + 1"), "de:id_twice")
    + decision("less", literal("twice - 1"), "de:id_twice")
    + '<decisionService id="one" name="one"><variable name="one"/><outputDecision href="#id_more"/>'
    '<encapsulatedDecision href="#id_twice"/><inputData href="#x"/></decisionService>'
    '<decisionService id="two" name="two"><outputDecision href="#id_more"/>'
    '<outputDecision href="#id_less"/><inputDecision href="#id_twice"/></decisionService>'
    + decision("caller", literal("one(5) + two(twice: 1).less"), "kn:one", "kn:two")
)


def test_a_service_with_one_output_gives_its_value_with_more_a_context() -> None:
    found = model(SERVICE)
    assert found.evaluate("one", {"x": 3}) == 7
    assert found.evaluate("two", {"twice": 10}) == {"more": 11, "less": 9}


def test_a_service_is_a_function_to_decisions() -> None:
    assert model(SERVICE).evaluate("caller", {}) == 11


def test_an_input_decision_of_a_service_is_given_not_computed() -> None:
    found = model(SERVICE)
    assert found.evaluate("two", {"x": 1, "twice": 100})["more"] == 101
    assert [slot.name for slot in found.inputs("two")] == ["twice"]


# -- imports -------------------------------------------------------------------------------------

SHARED = file(
    given("salary", "number")
    + decision("net pay", literal("salary - tax(salary)"), "in:salary", "kn:id_tax")
    + function("tax", [("amount", "number")], literal("amount * 0.1"))
    + '<itemDefinition name="money"><typeRef>number</typeRef><allowedValues><text>&gt;= 0</text>'
    "</allowedValues></itemDefinition>",
    namespace="urn:shared",
)
IMPORTING = file(
    '<import name="pay" namespace="urn:shared" locationURI="pay.dmn" '
    'importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'
    + decision(
        "yearly",
        literal("pay.net pay * 12 + pay.tax(10)"),
        "de:urn:shared#id_net pay",
        "kn:urn:shared#id_tax",
        type_="pay.money",
    )
)


def test_imported_decisions_and_functions_stand_under_the_name_of_the_import() -> None:
    found = load(IMPORTING, resolver=lambda namespace, location: SHARED)
    assert found.evaluate("yearly", {"salary": 100}) == 1081
    assert found.evaluate("yearly", {"pay": {"salary": 100}}) == 1081
    assert [slot.name for slot in found.inputs("yearly")] == ["pay.salary"]
    assert found.evaluate("yearly", {"salary": -100}) is None


def test_a_missing_import_is_an_error_of_the_checker_and_null_when_used() -> None:
    found = load(IMPORTING)
    assert found.evaluate("yearly", {"salary": 100}) is None
    assert "import-missing" in [f.rule for f in check(found)]


# -- what a model offers -------------------------------------------------------------------------


def test_a_model_lists_decisions_inputs_outputs_and_properties() -> None:
    extension = (
        '<extensionElements><s:properties xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core">'
        '<s:property name="legal_basis" value="PP 30/2019"/></s:properties></extensionElements>'
    )
    grade = (
        '<itemDefinition name="grade"><typeRef>string</typeRef><allowedValues>'
        '<text>"A", "B"</text></allowedValues></itemDefinition>'
    )
    body = extension + grade + given("g", "grade")
    body += decision(
        "d", table(["g"], [(["-"], ['"x"', "1"])], outputs=("word:string", "n:number")), "in:g"
    )
    found = model(body)
    (info,) = found.decisions
    assert (info.id, info.name, info.kind, info.hit_policy) == ("id_d", "d", "table", "UNIQUE")
    (slot,) = found.inputs("d")
    assert (slot.name, slot.type, slot.allowed) == ("g", "grade", '"A", "B"')
    assert [(s.name, s.type) for s in found.outputs("d")] == [("word", "string"), ("n", "number")]
    assert found.properties == {"legal_basis": "PP 30/2019"}
    assert found.evaluate("d", {"g": "C"}) == {"word": "x", "n": 1}
    assert found.explain("d", {"g": "C"}).reasons == (
        'Expected g to be one of "A", "B", but it is "C".',
    )
