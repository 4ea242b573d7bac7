"""The table of docs/bpmn.md tells the truth: what it says runs is played, what it names exists."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.conformance.bpmn import models
from tests.conformance.bpmn.modes import ROOT
from tests.conformance.bpmn.player import MODELS

STATES = {"runs", "run", "rewritten", "refused", "drawn only"}
LEAST_MODELS = 60


@dataclass(frozen=True)
class Row:
    """A line of the table; `proofs` are what its last column names."""

    element: str
    state: str
    proofs: tuple[str, ...]


def table() -> list[Row]:
    """Read the table of elements."""
    text = (ROOT / "docs" / "bpmn.md").read_text()
    lines = text.partition("\n## Elements\n")[2].partition("\n## ")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    rows = [row for line, row in zip(lines, cells, strict=True) if line.startswith("| ")]
    return [Row(row[0], row[1], tuple(re.findall(r"`([^`]+)`", row[-1]))) for row in rows[1:]]


def exists(proof: str) -> bool:
    """Tell whether a model, a test file, or a test (or one of its examples) has this name."""
    file, _, words = proof.partition(": ")
    if not file.endswith(".py"):
        return file in MODELS and not words
    path = ROOT / file if "/" in file else ROOT / "tests" / "engine" / "bpmn" / file
    if not path.is_file():
        return False
    text = path.read_text()
    name = words.replace(" ", "_")
    return not words or f"def test_{name}(" in text or f'"{words}": ' in text


@pytest.mark.parametrize("row", table(), ids=lambda row: row.element)
def test_an_element_has_a_state_and_what_proves_it(row: Row) -> None:
    assert models
    assert row.state in STATES
    assert row.proofs, f"nothing proves {row.element}"
    assert [proof for proof in row.proofs if not exists(proof)] == []
    if row.state != "refused":
        assert any(proof in MODELS for proof in row.proofs), f"no model plays {row.element}"


def test_the_table_is_whole_and_the_suite_is_not_small() -> None:
    elements = [row.element for row in table()]
    assert len(elements) == len(set(elements)) > 35
    assert len(MODELS) >= LEAST_MODELS
