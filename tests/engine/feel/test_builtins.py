"""The built-in functions, topic by topic."""

from __future__ import annotations

import datetime as dt

import pytest

from engine.feel import evaluate
from tests.engine.feel.vectors import plain, table, value_of


@pytest.mark.parametrize(
    ("expression", "value"),
    table(
        """
        decimal(2.5, 0) => 2
        decimal(3.5, 0) => 4
        decimal(1 / 3, 2) => 0.33
        decimal(5, 2) => 5.00
        decimal(1234, -2) => 1.2E+3
        decimal(1, 9999) => null
        floor(-1.5) => -2
        floor(1.56, 1) => 1.5
        ceiling(-1.5) => -1
        ceiling(1.51, 1) => 1.6
        round up(5.1, 0) => 6
        round up(-5.1, 0) => -6
        round down(-5.9, 0) => -5
        round half up(76.605, 2) => 76.61
        round half up(-2.5, 0) => -3
        round half down(2.5, 0) => 2
        round half down(2.51, 0) => 3
        round half up(-0.4, 0) => 0
        abs(-5) => 5
        abs(-1.234567890123456789012345678901234) => 1.234567890123456789012345678901234
        abs(@"-P3D") => "P3D"
        modulo(-12, 5) => 3
        modulo(12, -5) => -3
        modulo(10.1, 4.5) => 1.1
        modulo(1, 0) => null
        sqrt(16) => 4
        sqrt(-1) => null
        log(1) => 0
        exp(0) => 1
        odd(5) => true
        odd(-2) => false
        even(0) => true
        even(2.5) => false
        sum([1, 2, 3]) => 6
        sum(1, 2, 3) => 6
        sum([]) => null
        sum([1, null]) => null
        mean([1, 2, 4]) => 2.333333333333333333333333333333333
        median([8, 2, 5, 3]) => 4
        median([]) => null
        mode([6, 3, 9, 6, 3]) => [3,6]
        mode([]) => []
        stddev([2, 4, 7, 5]) => 2.081665999466132735282297706979931
        stddev([1]) => null
        product([2, 3, 4]) => 24
        min([3, 1, 2]) => 1
        max("a", "c", "b") => "c"
        max([@"2026-07-01", @"2026-07-02"]) => "2026-07-02"
        min([1, "a"]) => null
        min([]) => null
        count([1, null]) => 2
        count(5) => 1
        all([true, null]) => null
        all([false, null]) => false
        all([]) => true
        any([true, 1]) => true
        any([]) => false
        """
    ),
)
def test_numbers_and_statistics(expression: str, value: str) -> None:
    assert value_of(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    table(
        r"""
        substring("foobar", 3) => "obar"
        substring("foobar", -2, 1) => "a"
        substring("foobar", 3, 100) => "obar"
        substring("foobar", 0) => null
        substring("foobar", 7) => null
        substring("a🐎b", 2, 1) => "🐎"
        string length("a🐎b") => 3
        upper case("aBc é") => "ABC É"
        lower case("ABC") => "abc"
        substring before("foobar", "bar") => "foo"
        substring before("foobar", "x") => ""
        substring after("foobar", "o") => "obar"
        substring after("foobar", "") => "foobar"
        contains("foobar", "ob") => true
        starts with("foobar", "fo") => true
        ends with("foobar", "ba") => false
        split("a;b;;c", ";") => ["a","b","","c"]
        split("satu  dua", "\s+") => ["satu","dua"]
        split("abc", "") => null
        string join(["a", null, "b"], "-") => "a-b"
        string join(["a", "b"]) => "ab"
        string join([]) => ""
        string join(["a", 1]) => null
        matches("19870512 201001 1 004", "^[0-9]{8} [0-9]{6} [12] [0-9]{3}$") => true
        matches("a\nb", "a.b") => false
        matches("a\nb", "a.b", "s") => true
        matches("a\nb", "^b$", "m") => true
        matches("line\n", "^line$") => false
        matches("hello world", "hello\ sworld", "x") => true
        matches("a+b", "a+b", "q") => true
        matches("ABC", "b", "i") => true
        matches("b", "^[a-z-[aeiou]]$") => true
        matches("e", "^[a-z-[aeiou]]$") => false
        matches("é", "^\p{L}$") => true
        matches("x", "(?=x)") => null
        matches("x", "[") => null
        matches("x", "x", "z") => null
        matches("abab", "^(ab)\1$") => true
        matches("q", "\p{Lu}", "i") => false
        matches("\u212a", "k", "i") => true
        replace("abcd", "(ab)|(a)", "[1=$1][2=$2]") => "[1=ab][2=]cd"
        replace("a.b", "\.", "\$") => "a$b"
        replace("abc", "b", "$") => null
        replace("abc", "x*", "-") => null
        replace("0812", "^0", "+62 ") => "+62 812"
        """
    ),
)
def test_texts_and_patterns(expression: str, value: str) -> None:
    assert value_of(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    table(
        """
        list contains([1, null], null) => true
        list contains([1, "a"], "a") => true
        sublist([1, 2, 3], 2) => [2,3]
        sublist([1, 2, 3], -2, 1) => [2]
        sublist([1, 2, 3], 3, 2) => null
        append([1], 2, 3) => [1,2,3]
        append(null, 1) => null
        concatenate([1], [2, 3], []) => [1,2,3]
        insert before([1, 3], 2, 2) => [1,2,3]
        insert before([1], 5, 2) => null
        remove([1, 2, 3], -1) => [1,2]
        list replace([1, 2, 3], 2, 9) => [1,9,3]
        list replace([1, 2, 3], function(item, newItem) item > 1, 9) => [1,9,9]
        list replace([1], function(item) true, 9) => null
        reverse([1, 2, 3]) => [3,2,1]
        index of([1, 2, 1], 1) => [1,3]
        union([1, 2], [2, 3]) => [1,2,3]
        distinct values([1, 1.0, "1", null, null, [1], [1]]) => [1,"1",null,[1]]
        distinct values([{a: 1}, {a: 1}]) => [{"a":1}]
        flatten([1, [2, [3, []]]]) => [1,2,3]
        sort([3, 1, 2]) => [1,2,3]
        sort(["b", "a"], function(x, y) x < y) => ["a","b"]
        sort([{n: 2}, {n: 1}], function(x, y) x.n < y.n).n => [1,2]
        sort([1, "a"]) => null
        get value({a: 1}, "a") => 1
        get value({a: {b: 2}}, ["a", "b"]) => 2
        get value({a: 1}, "b") => null
        get entries({a: 1}) => [{"key":"a","value":1}]
        context([{key: "a", value: 1}, {key: "b", value: null}]) => {"a":1,"b":null}
        context([{key: "a", value: 1}, {key: "a", value: 2}]) => null
        context put({a: 1}, "b", 2) => {"a":1,"b":2}
        context put({a: {b: 1}}, ["a", "c"], 2) => {"a":{"b":1,"c":2}}
        context put({a: 1}, ["a", "c"], 2) => null
        context merge([{a: 1, b: 1}, {b: 2}]) => {"a":1,"b":2}
        context merge([]) => {}
        """
    ),
)
def test_lists_and_contexts(expression: str, value: str) -> None:
    assert value_of(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    table(
        """
        date("2026-07-01") => "2026-07-01"
        date("2026-7-1") => null
        date(2026, 7, 1) => "2026-07-01"
        date(2026, 2, 29) => null
        date(@"2026-07-01T10:00:00") => "2026-07-01"
        date("-0044-03-15").year => -44
        time("10:20:30.25+07:00") => "10:20:30.25+07:00"
        time("24:00:00") => "00:00:00"
        time("10:20:60") => null
        time(10, 20, 30.5, @"PT7H") => "10:20:30.5+07:00"
        time(@"2026-07-01T10:00:00@Asia/Jakarta") => "10:00:00@Asia/Jakarta"
        date and time("2026-07-01T24:00:00") => "2026-07-02T00:00:00"
        date and time("2026-07-01T10:00:00@Mars/Base") => null
        date and time(@"2026-07-01", @"10:00:00Z") => "2026-07-01T10:00:00Z"
        date and time(2026, 7, 1, 10, 0, 0, 7) => "2026-07-01T10:00:00+07:00"
        duration("P1DT26H") => "P2DT2H"
        duration("P18M") => "P1Y6M"
        duration("P1Y1D") => null
        years and months duration(@"2022-03-15", @"2026-07-14") => "P4Y3M"
        years and months duration(@"2026-07-14", @"2022-03-15") => "-P4Y3M"
        day of week(@"2026-07-01") => "Wednesday"
        month of year(@"2026-07-01") => "July"
        day of year(@"2026-12-31") => 365
        week of year(@"2027-01-01") => 53
        week of year(@"999999999-12-31") => 52
        date and time(@"2026-07-01T00:00:00Z", "Asia/Jakarta") => "2026-07-01T07:00:00@Asia/Jakarta"
        @"999999999-12-31" + @"P1D" => null
        @"999999999-12-31T23:59:59" + @"PT1S" => null
        number("1.234,5", ".", ",") => 1234.5
        number("1 000", " ", null) => 1000
        number("1,5", ",", ",") => null
        number("abc") => null
        string(1.50) => "1.50"
        string(1e3) => "1000"
        string(@"P1D") => "P1D"
        string([1, "a", {b: null}]) => "[1, \\"a\\", {b: null}]"
        string([1..5)) => "[1..5)"
        string(null) => null
        not(false) => true
        is(@"10:00:00Z", @"10:00:00+00:00") => true
        is(@"10:00:00Z", @"10:00:00") => false
        is(1, "1") => false
        """
    ),
)
def test_dates_and_conversions(expression: str, value: str) -> None:
    assert value_of(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    table(
        """
        before(1, 10) => true
        before([1..5), 5) => true
        before([1..5], 5) => false
        before([1..5), [5..9]) => true
        after(10, [1..10)) => true
        after([5..9], [1..5)) => true
        meets([1..5], [5..9]) => true
        meets([1..5), [5..9]) => false
        met by([5..9], [1..5]) => true
        overlaps([1..5], [5..9]) => true
        overlaps([1..5), [5..9]) => false
        overlaps before([1..5], [3..9]) => true
        overlaps before([3..9], [1..5]) => false
        overlaps after([3..9], [1..5]) => true
        finishes(5, [1..5]) => true
        finishes([3..5], [1..5]) => true
        finished by([1..5], [3..5]) => true
        includes([1..5], 3) => true
        includes([1..5), 5) => false
        includes([1..9], (1..9)) => true
        during((1..9), [1..9]) => true
        during([1..9], (1..9)) => false
        starts(1, [1..5]) => true
        starts((1..5], [1..5]) => false
        started by([1..9], [1..5]) => true
        coincides([1..5], [1..5]) => true
        coincides(3, 3) => true
        includes((>= 3), 5) => true
        before(1, "a") => null
        range("[1..5)") = [1..5) => true
        range("[date(\\"2026-01-01\\")..@\\"2026-12-31\\"]").start => "2026-01-01"
        range("[5..1]") => null
        range("(..5)") = (< 5) => true
        range("[5..)") = (>= 5) => true
        range("[..5]") => null
        range("[1 + 1..5]") => null
        """
    ),
)
def test_ranges(expression: str, value: str) -> None:
    assert value_of(expression) == value


def test_the_clock_is_the_one_that_is_given() -> None:
    jakarta = dt.timezone(dt.timedelta(hours=7))
    now = dt.datetime(2026, 7, 1, 0, 30, tzinfo=jakarta)
    assert plain(evaluate("today()", {}, now=now)) == '"2026-07-01"'
    assert plain(evaluate("now()", {}, now=now)) == '"2026-07-01T00:30:00+07:00"'
    assert evaluate('now() - @"2026-06-30T17:00:00Z" = @"PT30M"', {}, now=now) is True
