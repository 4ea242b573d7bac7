"""Runs the DMN Technology Compatibility Kit where it lies beside the repository; never copied.

`python -m tests.conformance.tck [FOLDER...]` prints the failing cases and the counts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from engine.dmn import Model, load
from engine.dmn.xml import local_name, parse_xml
from engine.feel import evaluate

KIT = Path(__file__).resolve().parents[2].parent / "shared" / "dmn-tck"
TOLERANCE = Decimal("1e-8")
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_FUNCTIONS = {"date": "date", "time": "time", "dateTime": "date and time", "duration": "duration"}


@dataclass(frozen=True)
class Failure:
    """A case that did not give what the kit expects."""

    case: str
    node: str
    expected: Any
    found: Any
    reasons: tuple[str, ...] = ()

    def __str__(self) -> str:
        why = f" ({'; '.join(self.reasons)})" if self.reasons else ""
        return f"{self.case} {self.node}: expected {self.expected!r}, found {self.found!r}{why}"


def folders(level: int) -> list[Path]:
    """Give the folders of a level, none where the kit is absent."""
    return sorted(p for p in (KIT / f"compliance-level-{level}").glob("*") if p.is_dir())


def cases(folder: Path) -> Iterator[tuple[str, etree._Element, etree._Element]]:
    """Give (name, testCases, testCase) of every case of a folder."""
    for path in sorted(folder.glob("*.xml")):
        root = parse_xml(path.read_bytes(), path.name)
        for case in _all(root, "testCase"):
            yield f"{folder.name}/{path.name}#{case.get('id')}", root, case


def run_folder(folder: Path) -> tuple[int, list[Failure]]:
    """Run every case of a folder; give how many there are and which fail."""
    count, failures = 0, []
    for name, root, case in cases(folder):
        count += 1
        failures.extend(_run(folder, name, root, case)[:1])
    return count, failures


def _run(folder: Path, name: str, root: etree._Element, case: etree._Element) -> list[Failure]:
    wanted = _one(root, "modelName")
    model = _model(folder, (wanted.text or "").strip() if wanted is not None else "")
    inputs = {x.get("name", ""): _value(x) for x in _all(case, "inputNode")}
    failures = []
    for node in _all(case, "resultNode"):
        expected = _one(node, "expected")
        value = None if expected is None else _value(expected)
        asked = str(case.get("invocableName") or node.get("name", ""))
        try:
            said = model.explain(asked, inputs)
        except Exception as problem:
            failures.append(Failure(name, asked, value, problem))
            continue
        found = said.value
        if case.get("type") == "decisionService" and _has_many_outputs(model, asked):
            found = found.get(node.get("name", "")) if isinstance(found, dict) else found
        if not same(value, found):
            failures.append(Failure(name, node.get("name", ""), value, found, said.reasons))
    return failures


def _has_many_outputs(model: Model, service: str) -> bool:
    return any(
        s.name == service and len(s.output_decisions) > 1 for s in model.definitions.services
    )


def _model(folder: Path, name: str) -> Model:
    def resolve(namespace: str, location: str) -> bytes | None:
        for path in sorted(folder.glob("*.dmn")):
            data = path.read_bytes()
            if parse_xml(data).get("namespace") == namespace:
                return data
        return None

    return load((folder / name).read_bytes(), file=name, resolver=resolve)


def same(expected: Any, found: Any) -> bool:
    """Compare as the kit does: numbers to eight places, everything else exactly."""
    if isinstance(expected, Decimal) and isinstance(found, Decimal):
        return abs(expected - found) < TOLERANCE
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(same, expected, found))
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(
            same(value, found[key]) for key, value in expected.items()
        )
    return type(expected) is type(found) and (expected == found or str(expected) == str(found))


def _value(parent: etree._Element) -> Any:
    components = list(_all(parent, "component"))
    if components:
        return {x.get("name", ""): _value(x) for x in components if not _nil(x)} | {
            x.get("name", ""): None for x in components if _nil(x)
        }
    listed = _one(parent, "list")
    if listed is not None:
        return None if _nil(listed) else [_value(x) for x in _all(listed, "item")]
    value = _one(parent, "value")
    return None if value is None or _nil(value) else _simple(value)


def _simple(value: etree._Element) -> Any:
    text = value.text or ""
    kind = value.get(f"{_XSI}type", "string").rpartition(":")[2]
    if kind == "boolean":
        return text.strip() in ("true", "1")
    if kind in ("decimal", "double", "integer", "int", "float", "long"):
        return Decimal(text.strip())
    if kind in _FUNCTIONS:
        return evaluate(f'{_FUNCTIONS[kind]}("{text.strip()}")', {})
    return text


def _nil(element: etree._Element) -> bool:
    return element.get(f"{_XSI}nil") == "true"


def _all(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in parent if local_name(child) == name)


def _one(parent: etree._Element, name: str) -> etree._Element | None:
    return next(_all(parent, name), None)


def main(names: list[str]) -> int:
    """Print failures and counts; give 1 when something fails."""
    bad = 0
    for level in (2, 3):
        total, failed = 0, 0
        for folder in folders(level):
            if names and not any(folder.name.startswith(name) for name in names):
                continue
            count, failures = run_folder(folder)
            total += count
            failed += len(failures)
            for failure in failures:
                print(failure)
        print(f"level {level}: {total - failed} of {total}")
        bad += failed
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
