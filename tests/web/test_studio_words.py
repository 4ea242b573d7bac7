"""Every finding is said in words that a designer understands."""

from __future__ import annotations

import ast
import re

from tests.conftest import ROOT
from web.studio.rule_words import RULES


def test_every_rule_that_a_checker_has_is_said_in_words():
    found = set()
    for path in [*(ROOT / "engine/bpmn").glob("*.py"), ROOT / "engine/library.py"]:
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            given = [k.value for k in call.keywords if k.arg == "rule"]
            if name in ("error", "warning", "note", "_fault"):
                given += call.args[:2]
            elif name == "Finding":
                given += call.args[1:2]
            found |= {
                one.value
                for one in given
                if isinstance(one, ast.Constant)
                and isinstance(one.value, str)
                and re.fullmatch(r"[a-z]+(-[a-z]+)*", one.value)
            }
    assert len(found) > 50
    assert found - set(RULES) == set()
