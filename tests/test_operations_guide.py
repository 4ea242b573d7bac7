"""The guide for operators names tests, drills, settings and figures: all of them exist."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from engine.bounds import Bounds
from web import settings
from web.operations.words import INCIDENT_KINDS

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "operations.md").read_text()


def _rows(heading: str) -> list[list[str]]:
    part = GUIDE.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_every_test_and_drill_that_the_guide_names_exists():
    named = set(re.findall(r"`(test_\w+)`", GUIDE))
    written = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) > 20
    assert {name for name in named if f"def {name}(" not in written} == set()
    drills = {path.stem for path in (ROOT / "bench" / "drills").glob("*.py")}
    promised = {name for row in _rows("What is promised, and how it is tested") for name in
                re.findall(r"`(\w+)`", row[2])}  # fmt: skip
    assert promised
    assert promised <= drills


def test_every_setting_that_the_guide_names_exists():
    known = {row["name"] for row in settings.table(settings.read({}))} | {"ALUR_BOUND_"}
    assert set(re.findall(r"ALUR_[A-Z_]+", GUIDE)) <= known


def test_the_bounds_and_the_kinds_of_incidents_are_all_there():
    listed = dict(
        pair
        for row in _rows("Bounds")
        for pair in zip(re.findall(r"[A-Z_]+", row[0]), row[1].split(", "), strict=True)
    )
    assert listed == {item.name.upper(): str(item.default) for item in fields(Bounds)}
    kinds = {kind for row in _rows("When something stands still") for kind in
             re.findall(r"[A-Z_]{3,}", row[0])}  # fmt: skip
    assert kinds == set(INCIDENT_KINDS)


def test_the_figures_that_the_guide_names_are_given():
    named = set(re.findall(r"`(alur_\w+?)(?:_total)?[` ]", GUIDE))
    source = (ROOT / "web" / "metrics.py").read_text()
    assert {name for name in named if f'"{name}"' not in source} == set()
