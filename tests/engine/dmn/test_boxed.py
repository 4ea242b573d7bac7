"""Boxed expressions of every kind, and values that must conform to item definitions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.engine.dmn.files import decision, given, literal, model


def value(logic: str, *, type_: str = "", items: str = "", **inputs: Any) -> Any:
    needs = "".join(given(name) for name in inputs)
    required = [f"in:{name}" for name in inputs]
    return model(items + needs + decision("d", logic, *required, type_=type_)).evaluate("d", inputs)


def entry(name: str, text: str, type_: str = "") -> str:
    kind = f' typeRef="{type_}"' if type_ else ""
    variable = f'<variable name="{name}"{kind}/>' if name else ""
    return f"<contextEntry>{variable}{literal(text)}</contextEntry>"


def test_entries_of_a_context_see_those_above_and_the_last_may_be_the_result() -> None:
    entries = entry("first part", "x + 1") + entry("second", "first part * 2")
    assert value(f"<context>{entries}</context>", x=1) == {"first part": 2, "second": 4}
    assert value(f"<context>{entries}{entry('', 'second - 1')}</context>", x=1) == 3


def test_an_entry_of_the_wrong_type_is_null() -> None:
    assert value(f"<context>{entry('n', 'x', 'number')}</context>", x="a") == {"n": None}


def test_a_relation_is_a_list_of_contexts() -> None:
    rows = "".join(f"<row>{literal(a)}{literal(b)}</row>" for a, b in [("1", '"a"'), ("x", '"b"')])
    boxed = f'<relation><column name="n"/><column name="word"/>{rows}</relation>'
    assert value(boxed, x=2) == [{"n": 1, "word": "a"}, {"n": 2, "word": "b"}]


def test_a_list_holds_its_items() -> None:
    assert value(f"<list>{literal('x')}{literal('x + 1')}</list>", x=1) == [1, 2]


@pytest.mark.parametrize(("x", "found"), [(True, 1), (False, 2), (None, 2), ("a", 2)])
def test_a_conditional_takes_the_else_unless_true(x: Any, found: int) -> None:
    boxed = (
        f"<conditional><if>{literal('x')}</if><then>{literal('1')}</then>"
        f"<else>{literal('2')}</else></conditional>"
    )
    assert value(boxed, x=x) == found


@pytest.mark.parametrize(
    ("collection", "match", "found"),
    [
        ("[1, 2, 3]", "item > 1", [2, 3]),
        ("[{a: 1}, {a: 2}]", "a = 2", [{"a": 2}]),
        ("[1, 2]", "item + 1", None),
        ("null", "true", None),
        ("[]", "true", []),
    ],
)
def test_a_filter_keeps_what_matches(collection: str, match: str, found: Any) -> None:
    boxed = f"<filter><in>{literal(collection)}</in><match>{literal(match)}</match></filter>"
    assert value(boxed) == found


def iterator(kind: str, collection: str, body: str) -> str:
    tag = "return" if kind == "for" else "satisfies"
    inner = f"<in>{literal(collection)}</in><{tag}>{literal(body)}</{tag}>"
    return f'<{kind} iteratorVariable="one value">{inner}</{kind}>'


@pytest.mark.parametrize(
    ("kind", "collection", "body", "found"),
    [
        ("for", "[1, 2]", "one value * 2", [2, 4]),
        ("for", "[1..3]", "one value", [1, 2, 3]),
        ("for", "[1, 2, 3]", "sum(concatenate(partial, [one value]))", [1, 3, 7]),
        ("some", "[1, 2]", "one value > 1", True),
        ("some", "[1, 2]", "one value > 2", False),
        ("some", "[1, 2]", '"x"', None),
        ("every", "[1, 2]", "one value > 0", True),
        ("every", "[]", "false", True),
    ],
)
def test_iterators(kind: str, collection: str, body: str, found: Any) -> None:
    assert value(iterator(kind, collection, body)) == found


def test_a_boxed_function_is_a_value_that_can_be_called() -> None:
    boxed = (
        '<context><contextEntry><variable name="plus"/><functionDefinition>'
        f'<formalParameter name="a" typeRef="number"/>{literal("a + x")}</functionDefinition>'
        f"</contextEntry>{entry('', 'plus(2)')}</context>"
    )
    assert value(boxed, x=1) == 3


def test_a_function_of_another_kind_never_runs() -> None:
    boxed = f'<functionDefinition kind="Java">{literal("1")}</functionDefinition>'
    first = f'<contextEntry><variable name="f"/>{boxed}</contextEntry>'
    assert value(f"<context>{first}{entry('', 'f()')}</context>") is None


# -- item definitions ----------------------------------------------------------------------------

PERSON = (
    '<itemDefinition name="person"><itemComponent name="full name"><typeRef>string</typeRef>'
    '</itemComponent><itemComponent name="age"><typeRef>number</typeRef><allowedValues>'
    "<text>[0..150]</text></allowedValues></itemComponent></itemDefinition>"
    '<itemDefinition name="people" isCollection="true"><typeRef>person</typeRef></itemDefinition>'
    '<itemDefinition name="tree"><itemComponent name="value"><typeRef>number</typeRef>'
    '</itemComponent><itemComponent name="left"><typeRef>tree</typeRef></itemComponent>'
    "</itemDefinition>"
    '<itemDefinition name="pair" isCollection="true"><typeRef>number</typeRef>'
    "<typeConstraint><text>count(?) = 2</text></typeConstraint></itemDefinition>"
)


@pytest.mark.parametrize(
    ("type_", "text", "fits"),
    [
        ("person", '{full name: "A", age: 3}', True),
        ("person", '{full name: "A", age: 3, more: 1}', True),
        ("person", '{full name: "A", age: null}', True),
        ("person", '{full name: "A"}', False),
        ("person", '{full name: "A", age: 151}', False),
        ("people", '[{full name: "A", age: 1}]', True),
        ("people", '[{full name: "A", age: "1"}]', False),
        ("tree", "{value: 1, left: {value: 2, left: null}}", True),
        ("tree", '{value: 1, left: {value: "2", left: null}}', False),
        ("pair", "[1, 2]", True),
        ("pair", "[1, 2, 3]", False),
    ],
)
def test_values_conform_to_item_definitions_or_are_null(type_: str, text: str, fits: bool) -> None:
    assert (value(literal(text), type_=type_, items=PERSON) is not None) is fits


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{full name: "A", age: 1} instance of person', True),
        ('{full name: "A"} instance of person', False),
        ('[{full name: "A", age: 1}] instance of people', True),
        ("[1] instance of list<person>", False),
        ("{value: 1, left: null} instance of tree", True),
        ("1 instance of number", True),
    ],
)
def test_item_definitions_stand_after_instance_of(text: str, found: bool) -> None:
    assert value(literal(text), items=PERSON) is found


def test_a_single_value_becomes_a_list_where_a_list_is_wanted() -> None:
    found = value(literal('{full name: "A", age: 1}'), type_="people", items=PERSON)
    assert found == [{"full name": "A", "age": Decimal(1)}]


def test_a_date_becomes_midnight_where_a_date_and_time_is_wanted() -> None:
    found = value(literal('date("2026-01-02")'), type_="date and time")
    assert str(found) == "2026-01-02T00:00:00Z"


def test_paths_go_through_components_with_spaces() -> None:
    body = PERSON + given("p", "person") + decision("d", literal("p.full name"), "in:p")
    assert model(body).evaluate("d", {"p": {"full name": "Siti", "age": 30}}) == "Siti"
