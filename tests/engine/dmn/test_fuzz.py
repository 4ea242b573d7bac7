"""Damaged files are refused in words, or evaluate to a value or null; nothing else comes out."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dmn import load
from engine.dmn.check import check, check_file
from engine.errors import InvalidProcess

WORKFLOWS = Path(__file__).resolve().parents[3] / "workflows"
FILES = [path.read_text() for path in sorted(WORKFLOWS.rglob("*.dmn"))]
WORDS = st.sampled_from(
    [
        "",
        "-",
        "null",
        "x",
        '"',
        "(",
        "for i in 1..9 return i",
        "UNIQUE",
        "number",
        "<a>",
        "\x00",
        "#",
    ]
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    text=st.sampled_from(FILES),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), WORDS), min_size=1, max_size=4),
)
def test_a_damaged_file_is_refused_or_evaluates_without_raising(
    text: str, cuts: list[tuple[float, int, str]]
) -> None:
    for place, length, word in cuts:
        start = int(place * len(text))
        text = text[:start] + word + text[start + length :]
    data = text.encode()
    findings = check_file(data)
    assert all(finding.message and finding.rule for finding in findings)
    try:
        model = load(data)
    except InvalidProcess:
        return
    check(model)
    for decision in model.decisions:
        if decision.name:
            model.inputs(decision.name)
            model.outputs(decision.name)
            model.explain(decision.name, {"predicate": "B", "minutes": 3, "results": [{}]})
