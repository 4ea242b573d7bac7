"""The rows of OWASP ASVS 5.0.0 that Alur keeps: each is a test, and a line of docs/security.md.

A test in test_asvs_*.py says by `@row` which requirements it checks; the table is made of that.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
BEGINS, ENDS = "<!-- asvs: made by tests/web/asvs.py -->", "<!-- end of asvs -->"


def row(ids: str, level: str, asked: str) -> Callable[[Any], Any]:
    """Mark a test as the check of requirements: their numbers, their levels, what they ask."""

    def mark(test: Any) -> Any:
        return test

    return mark


def rows() -> list[tuple[str, str, str, str]]:
    """Read the rows off the tests: numbers, levels, what is asked, the test's name."""
    found = []
    for file in sorted(HERE.glob("test_asvs_*.py")):
        for node in ast.parse(file.read_text()).body:
            if not isinstance(node, ast.FunctionDef):
                continue
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "row":
                    ids, level, asked = (ast.literal_eval(each) for each in mark.args)
                    found.append((ids, level, asked, node.name))
    return sorted(found, key=lambda one: [int(part) for part in one[0].split(",")[0].split(".")])


def table() -> str:
    """Write the rows as they stand in docs/security.md."""
    lines = ["| ASVS 5.0 | level | asked | checked by the test |", "|---|---|---|---|"]
    for ids, level, asked, name in rows():
        said = name.removeprefix("test_").replace("_s_", "'s ").replace("_", " ")
        lines.append(f"| {ids} | {level} | {asked} | {said} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
