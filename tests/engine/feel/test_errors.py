"""What a designer is told: where, what was expected, what to write, and why a value is null."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import EngineError
from engine.feel import FeelError, FeelSyntaxError, Note, compile, evaluate


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("score == 90", "="),
        ("a && b", "and"),
        ("a || b", "or"),
        ("True", "true"),
        ("x = None", "null"),
        ("${score}", "score"),
        ("#{score > 1}", "score > 1"),
        ("!late", "not(late)"),
        ("a <> b", "!="),
        ("a => b", ">="),
        ("x = 'Baik'", '"Baik"'),
        ("a % 2", "modulo(a, b)"),
        ("a gt 5", ">"),
        ("“Baik”", '"'),
        ("not late", "not(late)"),
        ("x >= 90,5", "90.5"),
        ("x >= 5 000", "5000"),
        ("x ≥ 5", ">="),
        ("a ? 1 : 2", "if ... then ... else ..."),
    ],
)
def test_foreign_syntax_gets_a_suggestion(text: str, suggestion: str) -> None:
    with pytest.raises(FeelSyntaxError) as raised:
        compile(text, ["score", "a", "b", "x", "late"])
    assert raised.value.suggestion == suggestion


@pytest.mark.parametrize(
    ("text", "line", "column", "expected"),
    [
        ("1 +", 1, 4, "an expression"),
        ("(1", 1, 3, "`)`"),
        ("[1, 2", 1, 6, "`,` or `]`"),
        ("{a: 1", 1, 6, "`,` or `}`"),
        ("{a 1}", 1, 5, "`:`"),
        ("if a then b", 1, 12, "`else` (every `if` needs one)"),
        ("for x in y", 1, 11, "`,` or `return`"),
        ("a\n  == b", 2, 3, "an operator or the end of the expression"),
        ("f(a: 1, 2)", 1, 10, "either only named arguments or only arguments by position"),
        ('"open', 1, 1, '"'),
        ("1 + /* open", 1, 5, "*/"),
        ("", 1, 1, "an expression"),
        ('"a\udc80"', 1, 3, "an expression"),
        ("1 2", 1, 3, "an operator or the end of the expression"),
        ("x.5", 1, 2, "an operator or the end of the expression"),
        ("a instance of 5", 1, 15, "a type, such as number or list<string>"),
        ("function(1) 2", 1, 10, "a name"),
    ],
)
def test_an_error_says_where_and_what_was_expected(
    text: str, line: int, column: int, expected: str
) -> None:
    with pytest.raises(FeelSyntaxError) as raised:
        compile(text, ["a", "b", "x", "y"])
    error = raised.value
    assert (error.line, error.column, error.expected) == (line, column, expected)
    assert error.message.startswith("Expected ")


def test_an_error_is_an_engine_error() -> None:
    with pytest.raises(EngineError):
        evaluate("1 +", {})


def notes_of(text: str, **context: Any) -> list[Note]:
    notes: list[Note] = []
    assert evaluate(text, context, notes=notes) is None
    return notes


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("nilai + 1", "unknown-name", "nilai"),
        ('1 < "a"', "type", "number < string"),
        ("1 / 0", "division-by-zero", "0"),
        ("[1][5]", "index", "1 to 1"),
        ("{a: 1}.b", "unknown-entry", "`b`"),
        ("unheard_of(1)", "unknown-function", "unheard_of"),
        ("substring(5, 1)", "arguments", "substring(string: string, start position: number"),
        ("sqrt(-1)", "no-result", "negative"),
        ('@"never"', "at-literal", "never"),
        ("{a: 1, a: 2}", "duplicate-key", "twice"),
        ("false or 1", "type", "number"),
        ("1(2)", "not-a-function", "number"),
    ],
)
def test_a_null_has_its_reason(text: str, code: str, words: str) -> None:
    found = notes_of(text)
    assert (code, True) in [(note.code, words in note.message) for note in found]


def test_a_note_says_where() -> None:
    note = notes_of("if true\nthen 1 + nilai\nelse 0")[0]
    assert (note.line, note.column) == (2, 10)


def test_notes_are_bounded() -> None:
    notes: list[Note] = []
    evaluate("for i in 1..1000 return nilai", {}, notes=notes)
    assert 0 < len(notes) <= 100


@pytest.mark.parametrize("value", [{1}, object(), float("nan"), {"a": {1: 2}}, 10**2000, "\ud800"])
def test_what_is_no_feel_value_is_refused_by_name(value: Any) -> None:
    with pytest.raises(FeelError, match="thing"):
        evaluate("thing", {"thing": value})


def test_a_failing_host_function_is_a_feel_error() -> None:
    def broken() -> None:
        raise RuntimeError("no directory")

    with pytest.raises(FeelError, match="no directory"):
        evaluate("broken()", {}, {"broken": broken})


def test_a_host_function_gives_feel_values_or_an_error() -> None:
    with pytest.raises(FeelError, match="odd"):
        evaluate("odd_thing()", {}, {"odd_thing": lambda: {1, 2}})
