"""What other languages write, in FEEL; what could mean two things is left alone."""

from __future__ import annotations

import pytest

from engine.feel import evaluate
from engine.feel.translate import translate


@pytest.mark.parametrize(
    ("foreign", "feel"),
    [
        ("score == 90 and name != 'Budi'", 'score = 90 and name != "Budi"'),
        ("${score >= 90 && !late}", "score >= 90 and not(late)"),
        ("#{empty nip}", 'nip in (null, "", [])'),
        ("x is not None or y", "x != null or y"),
        ("a if b > 1 else c", "if b > 1 then a else c"),
        ("b > 1 ? 'a' : 'b'", 'if b > 1 then "a" else "b"'),
        ("not a == b", "not(a = b)"),
        ("!(a || b) && c", "not(a or b) and c"),
        ("a && (b || c)", "a and (b or c)"),
        ("x % 2 == 0", "modulo(x, 2) = 0"),
        ("0 <= x < 5", "0 <= x and x < 5"),
        ("status in ('A', 'B')", 'status in ["A", "B"]'),
        ("status not in ['A']", 'not(status in ["A"])'),
        ("name.startsWith('B')", 'starts with(name, "B")'),
        ("execution.getVariable('skor') > 3", "skor > 3"),
        ("items[0].a == 1", "items[1].a = 1"),
        ("d['nilai'] >= 80L", "d.nilai >= 80"),
        ("x gt 5 and y le 3", "x > 5 and y <= 3"),
        ("-x ** 2", "-(x ** 2)"),
        ("2 ** 3 ** 2", "2 ** (3 ** 2)"),
        ("Math.max(a, b) === 3", "max(a, b) = 3"),
        ("['a', 'b'].contains(x)", 'list contains(["a", "b"], x)'),
        ("a == 'it\\'s \"q\"'", 'a = "it\'s \\"q\\""'),
        ("status.equals('DONE');", 'status = "DONE"'),
        ("True", "true"),
    ],
)
def test_conditions_are_translated(foreign: str, feel: str) -> None:
    assert translate(foreign) == feel


@pytest.mark.parametrize(
    "text",
    [
        "score >= 90",
        "if a then b else c",
        "lambda x: x",
        "import os",
        "x = 5; y = 6",
        "a.contains('x')",
        "len(x) > 3",
        "x.length > 3",
        "items[i]",
        "f'{x}'",
        "x instanceof Foo",
        "",
        "${",
        "(" * 200 + "a" + ")" * 200,
        "a += 1",
    ],
)
def test_feel_and_what_has_no_certain_equal_are_left_alone(text: str) -> None:
    assert translate(text) is None


@pytest.mark.parametrize(
    ("foreign", "context"),
    [
        ("a == 1 and not b == 2", {"a": 1, "b": 3}),
        ("-a ** 2 == -9", {"a": 3, "b": 0}),
        ("1 - (2 - a) == 2", {"a": 3, "b": 0}),
        ("a / (b / 2) == 3", {"a": 6, "b": 4}),
        ("(a if b > 1 else 0) + 1 == 7", {"a": 6, "b": 4}),
        ("a % b == 2", {"a": 6, "b": 4}),
        ("0 < a <= 6 and a in (6, 7)", {"a": 6, "b": 4}),
    ],
)
def test_a_translation_means_what_python_means(foreign: str, context: dict[str, int]) -> None:
    feel = translate(foreign) or foreign
    assert evaluate(feel, context) is eval(foreign, dict(context)) is True  # noqa: S307
