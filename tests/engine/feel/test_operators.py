"""Literals, arithmetic, comparison, three-valued logic, ranges, `in`, `between`, `instance of`."""

from __future__ import annotations

import pytest

from tests.engine.feel.vectors import table, value_of


@pytest.mark.parametrize(
    ("expression", "value"),
    table(
        r"""
        0.1 + 0.2 => 0.3
        1.10 + 1.1 => 2.20
        .5 * 4 => 2.0
        1.5e3 + 1 => 1501
        1 / 3 => 0.3333333333333333333333333333333333
        2 / 3 => 0.6666666666666666666666666666666667
        10 - 4 - 3 => 3
        2 + 3 * 4 ** 2 => 50
        (2 + 3) * 4 => 20
        2 ** 3 ** 2 => 64
        -3 ** 2 => 9
        --3 => 3
        2 ** 0.5 => 1.414213562373095048801688724209698
        2 ** -2 => 0.25
        0 ** 0 => 1
        0 ** -1 => null
        1 / 0 => null
        5600000 * (0.6 * 0.90 + 0.4 * 0.94) => 5129600.000
        "ab" + "cd" => "abcd"
        "a" + 1 => null
        null + 1 => null
        true + true => null
        [1] + [2] => null
        "\"quoted\" \\ \u00e9 \U01F40E \d" => "\"quoted\" \\ é 🐎 \\d"
        "\ud83d\udc0e" = "\U01F40E" => true
        """
    ),
)
def test_arithmetic_and_literals(expression: str, value: str) -> None:
    assert value_of(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    table(
        """
        date("2024-02-29") + duration("P1Y") => "2025-02-28"
        date("2026-01-31") + duration("P1M") => "2026-02-28"
        date("2026-03-31") - duration("P1M") => "2026-02-28"
        date("2026-07-01") + duration("PT36H") => "2026-07-02"
        date("2026-07-01") - duration("PT1H") => "2026-06-30"
        date("2026-07-01") - date("2026-06-01") => "P30D"
        @"2026-07-01T08:00:00" - @"2026-06-30T16:30:00" => "PT15H30M"
        @"2026-07-01T08:00:00+07:00" - @"2026-07-01T00:00:00Z" => "PT1H"
        @"2026-07-01T08:00:00@Asia/Jakarta" - @"2026-07-01T08:00:00@Asia/Makassar" => "PT1H"
        @"2026-07-01T08:00:00+07:00" - @"2026-07-01T00:00:00" => null
        @"2026-03-28T12:00:00@Europe/Paris" + @"P1D" => "2026-03-29T13:00:00@Europe/Paris"
        @"23:30:00" + @"PT45M" => "00:15:00"
        @"23:30:00" - @"22:00:00" => "PT1H30M"
        @"P1Y" + @"P2M" => "P1Y2M"
        @"P1D" + @"P1Y" => null
        @"P1D" * 1.5 => "P1DT12H"
        2 * @"P7M" => "P1Y2M"
        @"P1Y" * 0.3 => "P3M"
        @"P10D" / @"P4D" => 2.5
        @"P10D" / 4 => "P2DT12H"
        @"P1D" / 0 => null
        -@"P1DT2H" => "-P1DT2H"
        @"2026-07-01" + @"2026-07-02" => null
        @"not a date" => null
        @"2026-02-30" => null
        """
    ),
)
def test_arithmetic_with_dates_and_durations(expression: str, value: str) -> None:
    assert value_of(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    table(
        """
        1 = 1.00 => true
        "a" < "b" => true
        "Z" < "a" => true
        1 = "1" => null
        1 < "2" => null
        null = null => true
        null != 1 => true
        1 = null => false
        null < 1 => null
        [1, 2] = [1, 2.0] => true
        [1, 2] = [2, 1] => false
        {a: 1, b: [2]} = {b: [2], a: 1} => true
        {a: 1} = {a: 1, b: null} => false
        @"P1Y" = @"P12M" => true
        @"P1Y" = @"P365D" => null
        @"P1D" < @"PT25H" => true
        @"2026-07-01" < @"2026-07-02" => true
        @"2026-07-01T10:00:00+07:00" = @"2026-07-01T03:00:00Z" => true
        @"2026-07-01T10:00:00" = @"2026-07-01T10:00:00Z" => null
        @"10:00:00.5" = @"10:00:00" => true
        [1..5] = [1..5] => true
        [1..5) = [1..5] => false
        1 < 2 and 2 < 3 => true
        """
    ),
)
def test_comparison(expression: str, value: str) -> None:
    assert value_of(expression) == value


_TRUTH = {"true": True, "false": False, "null": None}


@pytest.mark.parametrize("left", _TRUTH)
@pytest.mark.parametrize("right", _TRUTH)
def test_logic_has_three_values(left: str, right: str) -> None:
    one, other = _TRUTH[left], _TRUTH[right]
    both = False if False in (one, other) else None if None in (one, other) else True
    either = True if True in (one, other) else None if None in (one, other) else False
    written = {True: "true", False: "false", None: "null"}
    assert value_of(f"{left} and {right}") == written[both]
    assert value_of(f"{left} or {right}") == written[either]
    assert value_of(f"not({left} and {right})") == written[None if both is None else not both]
    assert value_of(f"{left} and {right} and true") == written[both]
    assert value_of(f"false or {left} or {right}") == written[either]


@pytest.mark.parametrize(
    ("expression", "value"),
    table(
        """
        true and 1 => null
        false and 1 => false
        true or "x" => true
        not(1) => null
        if null then 1 else 2 => 2
        if 1 then 1 else 2 => 2
        if 1 = 1 then "yes" else "no" => "yes"
        if true then 1 else if true then 2 else 3 => 1
        5 between 1 and 5 => true
        5 between 6 and null => false
        5 between 1 and null => null
        5 between 1 and 3 or true => true
        5 in [1..5] => true
        5 in [1..5) => false
        5 in ]5..9] => false
        5 in (1, 5, 9) => true
        5 in (< 3, > 4) => true
        5 in [1, 5] => true
        5 in [[1..3], [4..6]] => true
        5 in < 6 => true
        5 in != 5 => false
        5 in (4 + 1) => true
        5 in (4) + 1 => true
        [1] in [[1], [2]] => true
        "b" in ["a".."c"] => true
        @"2026-07-01" in [@"2026-01-01"..@"2026-12-31"] => true
        5 in [1..null] => null
        5 in (>= 5) => true
        [1..5[.end included => false
        (> 5).start => 5
        (> 5).end => null
        [1.."a"] => null
        [5, "a", null][item in (5, null)] => [5,null]
        1 instance of number => true
        null instance of number => false
        null instance of Any => false
        "a" instance of Any => true
        @"2026-07-01" instance of date => true
        @"2026-07-01T00:00:00" instance of date and time => true
        @"P1D" instance of days and time duration => true
        @"P1M" instance of years and months duration => true
        [1, 2] instance of list<number> => true
        [1, "a"] instance of list<number> => false
        {a: 1, b: "x"} instance of context<a: number> => true
        {b: "x"} instance of context<a: number> => false
        [1..2] instance of range<number> => true
        (function(a: number) a) instance of function<number> -> number => true
        (function(a: string) a) instance of function<number> -> number => false
        abs instance of function<number> -> number => true
        {} instance of context<> => true
        (function(a: number) a + 1) instance of function<number> -> number => true
        (function(a: number) a > 1) instance of function<number> -> number => false
        (function(a) "x") instance of function<number> -> string => true
        (function(a) "x") instance of function<number> -> Any => true
        (function(a) unheard) instance of function<number> -> string => true
        (function() 1) instance of function<> -> number => true
        (function(f) f) instance of function<function<number> -> number> -> Any => true
        1 instance of unheard of => null
        1 instance of number and true => true
        """
    ),
)
def test_conditions_ranges_and_types(expression: str, value: str) -> None:
    assert value_of(expression) == value
