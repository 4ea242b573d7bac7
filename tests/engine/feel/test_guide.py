"""The guide for designers says nothing that is not so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.feel import evaluate
from engine.feel.builtins import NAMES
from tests.engine.feel.vectors import plain, table

GUIDE = (Path(__file__).parents[3] / "docs" / "feel.md").read_text(encoding="utf-8")
EXAMPLES = "\n".join(
    re.sub(r"\s+=> ", " => ", line)
    for block in re.findall(r"```feel\n(.*?)```", GUIDE, re.DOTALL)
    for line in block.splitlines()
)
PEOPLE = re.search(r"With `pegawai = (\[.*?\])`", GUIDE)


@pytest.mark.parametrize(("expression", "value"), table(EXAMPLES))
def test_every_example_gives_what_stands_beside_it(expression: str, value: str) -> None:
    assert PEOPLE is not None
    context = {"pegawai": evaluate(PEOPLE.group(1), {})}
    assert plain(evaluate(expression, context)) == value


def test_every_function_is_listed() -> None:
    listed = GUIDE[GUIDE.index("## Functions") : GUIDE.index("Properties after a dot")]
    assert set(re.findall(r"`([a-z ]+)`", listed)) >= NAMES
