"""Lists, contexts, paths, filters, loops, quantifiers, functions, names."""

from __future__ import annotations

from typing import Any

import pytest

from engine.feel import evaluate
from tests.engine.feel.vectors import plain, table, value_of


@pytest.mark.parametrize(
    ("expression", "value"),
    table(
        """
        [1, 2, 3][1] => 1
        [1, 2, 3][-1] => 3
        [1, 2, 3][0] => null
        [1, 2, 3][4] => null
        [1, 2, 3][item > 1] => [2,3]
        [1, 2, 3][item > 1][1] => 2
        [1, 2, 3][1 + 1] => 2
        7[1] => 7
        7[item > 8] => []
        null[1] => null
        [{n: 1}, {n: 2}][n = 2] => [{"n":2}]
        [{n: 1}, {n: 2}][item.n = 2].n => [2]
        [{n: 1}, {m: 2}].n => [1,null]
        [{item: 1}, {item: 3}][item > 2] => [{"item":3}]
        [{n: null}, {n: 3}][n > 2] => [{"n":3}]
        [{first name: "A"}, {first name: "B"}][first name = "B"] => [{"first name":"B"}]
        [[1, 2], [3]][count(item) = 1] => [[3]]
        [{n: 1, k: [{n: 5}]}][k[n = 5][1].n = 5].n => [1]
        {a: 1, b: a + 1, c: {d: a + b}} => {"a":1,"b":2,"c":{"d":3}}
        {a: 1, a: 2} => null
        {"a b": 1, "c\\"d": 2} => {"a b":1,"c\\"d":2}
        {a: 1}.b => null
        {a: {b: {c: 3}}}.a.b.c => 3
        {pre-tax: 5, net: pre-tax - 1}.net => 4
        {a: 1, f: function(x) x + a, r: f(2)}.r => 3
        {fact: function(n) if n < 2 then 1 else n * fact(n - 1), r: fact(10)}.r => 3628800
        {} => {}
        [] => []
        """
    ),
)
def test_lists_contexts_paths_and_filters(expression: str, value: str) -> None:
    assert value_of(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    table(
        """
        for x in [1, 2, 3] return x * x => [1,4,9]
        for x in 1..3 return x => [1,2,3]
        for x in 3..1 return x => [3,2,1]
        for x in [1..3] return x => [1,2,3]
        for x in (1..3) return x => [2]
        for x in [3..1] return x => null
        for x in @"2026-06-29"..@"2026-07-01" return x.day => [29,30,1]
        for x in "a".."c" return x => null
        for x in 5 return x => [5]
        for x in null return x => null
        for x in [1, 2], y in [10, 20] return x + y => [11,21,12,22]
        for x in [[1, 2], [3]], y in x return y => [1,2,3]
        for x in 1..2 return for y in 1..x return y => [[1],[1,2]]
        for i in 0..4 return if i = 0 then 1 else i * partial[-1] => [1,1,2,6,24]
        for i in 1..3 return count(partial) => [0,1,2]
        for i in 1..3 return partial => [[],[[]],[[],[[]]]]
        some x in [1, 2] satisfies x > 1 => true
        some x in [] satisfies x > 1 => false
        some x in [1, null] satisfies x > 1 => null
        every x in [2, 3] satisfies x > 1 => true
        every x in [] satisfies x > 1 => true
        every x in [2, null] satisfies x > 1 => null
        every x in [0, null] satisfies x > 1 => false
        some x in 1..3, y in 1..3 satisfies x * y = 9 => true
        every x in null satisfies true => null
        """
    ),
)
def test_loops(expression: str, value: str) -> None:
    assert value_of(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    table(
        """
        (function(x, y) x - y)(5, 3) => 2
        (function(x, y) x - y)(y: 5, x: 3) => -2
        (function(x, y) x - y)(1) => null
        (function(x: number) x)("a") => null
        (function(x: number) x)([5]) => 5
        (function(x: list<number>) x)(5) => [5]
        (function() 7)() => 7
        (function(f, x) f(f(x)))(function(y) y * 2, 3) => 12
        (for k in 1..3 return function(x) x * k)[2](10) => 20
        null() => null
        "abs"(1) => null
        unheard_of(1) => null
        abs(n: -1) => 1
        abs(number: -1) => null
        abs(n: 1, n: 2) => null
        sort([3, 1, 2], function(a, b) a > b) => [3,2,1]
        {sum: function(x) x, r: sum(5)}.r => 5
        (function(sum) sum)(5) => 5
        substring(start position: 2, string: "abc") => "bc"
        """
    ),
)
def test_functions(expression: str, value: str) -> None:
    assert value_of(expression) == value


_CITY = {
    "Predikat Kinerja": "Baik",
    "Date-Time2": 7,
    "Date-Time": 1,
    "nilai": 92,
    "masa kerja": {"bulan": 52, "pre-service": 3},
    "not eligible": True,
    "days in weekend": ["sabtu", "minggu"],
    "date": "a variable",
    "x": 4,
    "x-1": 99,
}


@pytest.mark.parametrize(
    ("expression", "value"),
    table(
        """
        Predikat Kinerja = "Baik" => true
        Predikat   Kinerja + "!" => "Baik!"
        Date-Time2 - Date-Time => 6
        masa kerja.bulan >= 48 and nilai > 90 => true
        masa kerja.pre-service + 1 => 4
        not eligible => true
        not(not eligible) => false
        for d in days in weekend return upper case(d) => ["SABTU","MINGGU"]
        date => "a variable"
        date("2026-07-01").month => 7
        x-1 => 99
        x - 1 => 3
        [x-1, x -1] => [99,3]
        """
    ),
)
def test_declared_names_are_read_longest_first(expression: str, value: str) -> None:
    assert value_of(expression, _CITY) == value


def test_comments_and_a_leading_equals_sign_are_skipped() -> None:
    assert evaluate("= 1 + /* one */ 1 // two", {}) == 2


@pytest.mark.parametrize(
    ("expression", "value"),
    table(
        """
        @"2026-07-01".weekday => 3
        @"2026-07-01".year => 2026
        @"2026-07-01T10:11:12+07:00".time offset => "PT7H"
        @"2026-07-01T10:11:12@Asia/Jakarta".time offset => "PT7H"
        @"2026-07-01T10:11:12@Asia/Jakarta".timezone => "Asia/Jakarta"
        @"2026-07-01T10:11:12".timezone => null
        @"10:11:12.9".second => 12
        @"P1Y14M".years => 2
        @"P1Y14M".months => 2
        @"-P1DT2H3M4S".hours => -2
        @"P1D".years => null
        [1..5).start included => true
        [@"2026-07-01", @"2026-08-02"].day => [1,2]
        1.year => null
        """
    ),
)
def test_properties(expression: str, value: str) -> None:
    assert value_of(expression.replace("1.year", "(1).year")) == value


def test_host_functions_get_and_give_feel_values() -> None:
    def weight(role: str, points: Any = 1) -> Any:
        return {"role": role, "weight": 0.1 * 6 if role == "SU2" else points}

    functions = {"weight": weight}
    assert plain(evaluate('weight("EMP")', {}, functions)) == '{"role":"EMP","weight":1}'
    assert plain(evaluate('weight(points: 3, role: "RTR").weight', {}, functions)) == "3"
