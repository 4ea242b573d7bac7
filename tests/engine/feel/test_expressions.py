"""Compiled expressions: what they read and call, and that they can be shared."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from engine.feel import FeelSyntaxError, compile, parse, parse_unary_tests
from engine.feel.values import Function


def test_what_an_expression_reads_and_calls_is_known() -> None:
    found = compile(
        "nilai > batas and weight(role) = 1 and count(pegawai[unit = bagian]) > 1",
        ["nilai", "role", "pegawai", "bagian"],
        functions=["weight", "holder"],
    )
    assert found.reads == {"nilai", "batas", "role", "pegawai", "bagian"}
    assert found.calls == {"weight"}
    assert found.unknown == {"batas"}


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("for x in xs return x + y", {"xs", "y"}),
        ("{a: b, c: a + d}", {"b", "d"}),
        ("function(p) p + q", {"q"}),
        ("a.b.c", {"a"}),
        ("some i in 1..n satisfies partial", {"n", "partial"}),
        ("for i in 1..n return count(partial)", {"n"}),
        ("sort(l, f)", {"l", "f"}),
        ("date", set()),
        ("?", set()),
    ],
)
def test_local_names_are_not_read_from_outside(text: str, reads: set[str]) -> None:
    assert compile(text).reads == reads


def test_compiling_twice_gives_the_same_expression() -> None:
    assert compile("a + 1", ["a"]) is compile("a + 1", {"a"})
    assert compile("a", ["a"]) is not compile("a", ["a"], unary=True)


def test_an_expression_can_be_used_by_many_threads() -> None:
    expression = compile("for i in 1..50 return i * n")

    def total(n: int) -> Decimal:
        return sum(expression.evaluate({"n": n}), Decimal(0))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(total, range(40))) == [1275 * n for n in range(40)]


def test_a_value_given_in_is_never_changed() -> None:
    people = [{"n": 1}]
    expression = compile('[context put(people[1], "n", 2), append(people, 3), people]', ["people"])
    changed, appended, same = expression.evaluate({"people": people})
    assert (changed, len(appended), same) == ({"n": 2}, 2, [{"n": 1}])
    assert people == [{"n": 1}]


def test_functions_of_the_host_are_values_too() -> None:
    double = Function("double", ("n",), lambda n: n * 2)
    context = {"double": double}
    assert compile("double(4)", context).evaluate(context) == 8
    assert compile("double(n: 4)").evaluate(context) == 8
    assert compile("double(4, 5)", context).evaluate(context) is None
    assert compile("(for f in [double] return f(1))[1]", context).evaluate(context) == 2


def test_a_function_made_by_one_expression_works_in_another() -> None:
    add = compile("function(x) x + base", ["base"]).evaluate({"base": 100})
    assert compile("add(1) + base", ["add", "base"]).evaluate({"add": add, "base": 5}) == 106


def test_parsing_gives_a_tree_or_an_error() -> None:
    assert parse("1 + 1") == parse("1 + 1")
    assert parse_unary_tests("-").tests == ()
    assert parse_unary_tests("not(1, 2)").negated
    with pytest.raises(FeelSyntaxError):
        parse_unary_tests("1,")


def test_entries_with_signs_need_to_be_announced() -> None:
    context = {"a": {"pre-tax": 5}, "tax": 1}
    assert compile("a.pre-tax", context, members=["pre-tax"]).evaluate(context) == 5
    assert compile("a.pre-tax", context).evaluate(context) is None
