"""Every finding is said in words that a designer understands."""

from __future__ import annotations

import ast
import re

from tests.conftest import ROOT
from web.scenarios import BadStory
from web.scenarios.faults import SENTENCES
from web.studio import story_words
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


def test_every_fault_of_a_scenario_is_said_in_words_with_the_same_values():
    places = {code: set(re.findall(r"{(\w+)}", said)) for code, said in SENTENCES.items()}
    for code, wanted in places.items():
        words = story_words.WORDS[code]._args[0]
        assert set(re.findall(r"%\((\w+)\)s", words)) == wanted, code
    assert set(story_words.WORDS) == set(SENTENCES)


def test_every_fault_that_is_raised_has_its_sentence_and_its_values():
    met = set()
    for path in (ROOT / "web/scenarios").glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == BadStory.__name__:
                code = ast.literal_eval(call.args[0])
                met.add(code)
                named = {keyword.arg for keyword in call.keywords}
                assert named == set(re.findall(r"{(\w+)}", SENTENCES[code])), code
    assert len(met) > 10
