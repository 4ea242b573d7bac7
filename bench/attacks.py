"""Expressions that try to run away, and the limit that each must meet; tests assert the limits.

`s` is a text of 900,000 characters, `l` a list of 20,000 numbers (`VALUES`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from engine.feel import FeelLimitExceeded, evaluate
from engine.feel.values import normalize_context

ALLOWED_MS = 50
VALUES = normalize_context({"s": "x" * 900_000, "l": list(range(20_000))})
_ROUNDS = 5


@dataclass(frozen=True)
class Attack:
    """What one attack met and the CPU milliseconds until then; `met` is empty for a value."""

    name: str
    met: str
    cpu_ms: float
    allowed_ms: int = ALLOWED_MS


def doubling(step: str, first: str, last: str) -> str:
    """Write a context whose 60 entries each double the one before."""
    entries = ", ".join(f"a{i}: " + step.replace("?", f"a{i - 1}") for i in range(1, 60))
    return f"{{a0: {first}, {entries}, r: {last}}}.r"


def many(expression: str) -> str:
    """Write a loop that would evaluate an expression a hundred thousand times."""
    return f"for i in 1..100000 return {expression}"


_MOMENT = '@"2026-01-01T00:00:00@Asia/Jakarta"'
_RUNAWAY = '"' + "a" * 60 + 'b", "^(a|aa)+$"'

ATTACKS: dict[str, tuple[str, str]] = {
    # counting
    "for i in 1..1000000000": ("for i in 1..1000000000 return i", "steps"),
    "some i in 1..1000000000": ("some i in 1..1000000000 satisfies i < 0", "steps"),
    "a thousand times a thousand": ("for i in 1..1000, j in 1..1000 return 1", "steps"),
    "a range to 1e300": ("for i in [1..1e300] return i", "steps"),
    "counting through dates": ('for d in @"0001-01-01"..@"9999-12-31" return d', "steps"),
    # functions
    "Fibonacci": ("{f: function(n) if n = 0 then 1 else f(n - 1) + f(n - 1), r: f(40)}.r", "steps"),
    "deep recursion": ("{f: function(n) f(n + 1), r: f(1)}.r", "depth"),
    "sorting by a function": (
        "sort(for i in 1..20000 return i, function(a, b) a > b)",
        "steps",
    ),
    "sorting by a built-in function": ("sort(l, before)", "steps"),
    # numbers
    "9**9**9 (is from left to right)": ("9**9**9", ""),
    "9**9**9**9": ("9**9**9**9", "number"),
    "1e999": ("1e999", "number"),
    "exp(99999)": ("exp(99999)", "number"),
    "2 ** 1e6": ("2 ** 1e6", "number"),
    "1e500 * 1e500": ("1e500 * 1e500", "number"),
    'number("1e999")': ('number("1e999")', "number"),
    "long roots": (many("i ** 0.333"), "steps"),
    "logarithms": (many("log(i)"), "steps"),
    "exponentials": (many("exp(i / 1000)"), "steps"),
    "square roots": (many("sqrt(i)"), "steps"),
    "rounding": (many("decimal(i / 7, 10)"), "steps"),
    "deviations": (many("stddev([i, 1, 2, 3])"), "steps"),
    # lists
    "lists that double": (doubling("[?, ?]", "[1]", "a59"), "size"),
    "lists that double, compared": (doubling("[?, ?]", "[1]", "[a59] = [[a58, a58]]"), "steps"),
    "lists that double, the same": (doubling("[?, ?]", "[1]", "a59 = a58"), ""),
    "lists that double, written": (doubling("[?, ?]", "[1]", "string(a59)"), "steps"),
    "lists that double, flattened": (doubling("[?, ?]", "[1]", "count(flatten(a59))"), "steps"),
    "lists that double, joined": (doubling("concatenate(?, ?)", "[1]", "a59"), "size"),
    "contexts that double": (doubling("{l: ?, r: ?}", "1", "a59"), "size"),
    "lists inside each other": ("for i in 1..500 return [partial[-1]]", "depth"),
    "a list summed for each element": ("for i in l return sum(l)", "steps"),
    "a list cut for each element": ("for i in l return sublist(l, 2)", "steps"),
    "a list judged for each element": ("for i in l return l instance of list<Any>", "steps"),
    "lists told apart": ("distinct values(for i in 1..5000 return [i])", "steps"),
    "contexts merged": (many("context merge([{a: 1}, {b: 2}])"), "steps"),
    # texts
    "texts that double": (doubling("? + ?", '"x"', "a59"), "size"),
    "texts that double by pattern": (doubling('replace(?, "x", "$0$0")', '"x"', "a59"), "steps"),
    "a long text, many times": ("for i in 1..20000 return s", "size"),
    "a long text, written": ("string(for i in 1..20000 return s)", "steps"),
    "a long text, joined": ("string join(for i in 1..10000 return s)", "size"),
    "a long text, cut": ("for i in 1..20000 return substring(s, 2)", "steps"),
    "a long text, in capitals": (
        "for i in 1..20000 return string length(upper case(s))",
        "steps",
    ),
    "long texts, compared": ('{a: s + "y", b: s + "y", r: for i in l return a = b}.r', "steps"),
    "long texts, in order": ('{a: s + "y", b: s + "z", r: for i in l return a < b}.r', "steps"),
    "long texts, in a range": ('{a: s + "y", r: for i in l return s in [a..a]}.r', "steps"),
    "small numbers, written": ("for i in 1..5000 return string(1e-6000)", "steps"),
    # patterns
    "a runaway pattern": (f"matches({_RUNAWAY})", "time"),
    "a runaway pattern, many times": (f"for i in 1..1000 return matches({_RUNAWAY})", "time"),
    "a pattern of repetitions": ('matches("a", "(((a{1000}){1000}){1000}){1000}")', "size"),
    "a{99999}": ('matches("a", "a{99999}")', "size"),
    "a thousand groups": ('matches("a", "' + "(a)" * 1_000 + '")', "size"),
    "patterns made anew": (
        'for i in 1..5000 return matches("a", "a{4000}" + string(i))',
        "steps",
    ),
    "patterns replaced": (many('replace("abc" + string(i), "[a-c]+[0-9]*", "$0$0")'), "steps"),
    "a replacement that explodes": ('replace(s, "^.+$", "' + "$0" * 500 + '")', "size"),
    # dates
    "a zone's clock": (
        many(f'({_MOMENT} + duration("PT" + string(i) + "H")).time offset'),
        "steps",
    ),
    "dates, written": (many('string(@"2026-01-01" + duration("P" + string(i) + "D"))'), "steps"),
    "dates, made": (many("date(2000 + modulo(i, 1000), 1, 1)"), "steps"),
    "weeks": (many('week of year(@"2026-01-01")'), "steps"),
    "ranges, compared": (many("overlaps([1..i], [2..4])"), "steps"),
    # texts of expressions
    "10,000 parentheses": ("(" * 10_000 + "1" + ")" * 10_000, "depth"),
    "10,000 brackets": ("[" * 10_000, "depth"),
    "10,000 signs": ("-" * 10_000 + "1", "depth"),
    "10,000 entries of entries": ("a" + ".b" * 10_000, "depth"),
    "1,000 ifs": ("if true then " * 1_000 + "1", "depth"),
    "1,000 contexts": ("{a: " * 1_000, "depth"),
    "1,000 functions": ("function(a) " * 1_000 + "1", "depth"),
    "1,000 types": ("x instance of " + "list<" * 1_000, "depth"),
    "40,000 characters: a sum": ("1" + " + 1" * 9_999, "size"),
    "40,000 characters: a list": ("[" + "1," * 19_998 + "1]", "size"),
    "40,000 characters: tests": ("1 in (" + ">1," * 13_000 + ">1)", "size"),
    "40,000 characters: functions": ("[" + "function(x) x," * 2_800 + "1]", "size"),
    "40,000 characters: names alike": (
        "{a 0: 0, " + ", ".join(f"a {i}: a {i // 2}" for i in range(1, 2_300)) + "}",
        "size",
    ),
    "40,000 characters: one text": ('"' + "x" * 39_998 + '"', ""),
    "200,000 characters": ("1" + " + 1" * 50_000, "size"),
    "4,000 signs that are read: functions": (
        "count([" + ",".join(["function(x) x"] * 650) + "])",
        "",
    ),
    "4,000 signs that are read: names alike": (
        "{a 0: 0, " + ", ".join(f"a {i}: a {i // 2}" for i in range(1, 650)) + "}",
        "",
    ),
}


def figures() -> Iterator[Attack]:
    """Measure every attack, compiling included."""
    for name, (text, _) in ATTACKS.items():
        taken: list[float] = []
        met = ""
        for turn in range(_ROUNDS):
            fresh = text + " " * turn if len(text) < 39_000 else text  # not compiled before
            begun = time.process_time()
            try:
                evaluate(fresh, VALUES)
            except FeelLimitExceeded as error:
                met = error.limit
            taken.append((time.process_time() - begun) * 1e3)
        yield Attack(name, met, round(sorted(taken)[1], 1))
