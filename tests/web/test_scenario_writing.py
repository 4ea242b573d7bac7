"""Scenarios are written step by step; what nobody touched stays byte for byte."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.conftest import WORKFLOWS
from web.scenarios import BadStory, parse, writing

FILES = sorted(WORKFLOWS.glob("*/scenarios/*.toml"))
STORY = """# Tentang cuti.
description = "Cuti."

[start]
at = "2026-07-01T01:00:00Z"

# Yang pertama.
[[step]]
complete = "request"
as = "EMP"
[step.expect]
tasks = ["review@RTR"]

# Yang kedua.
[[step]]
advance = "P1D"

# Akhirnya.
[expect]
state = "ACTIVE"
variables.long = true
"""


def steps(text):
    return tomllib.loads(text).get("step", [])


def test_a_step_that_is_put_in_and_taken_out_leaves_every_scenario_as_it_was():
    assert len(FILES) > 100
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        place = min(1, len(steps(text)))
        longer = writing.with_step(text, place, {"advance": "P1D", "expect": {"tasks": []}})
        assert steps(longer)[place] == {"advance": "P1D", "expect": {"tasks": []}}
        assert writing.without_step(longer, place + 1) == text, file


def test_a_step_takes_its_comment_with_it():
    text = writing.without_step(STORY, 1)
    assert "Yang pertama" not in text
    assert text.count("#") == 3
    assert steps(writing.only_first(STORY, 1)) == steps(STORY)[:1]
    assert "# Akhirnya." in writing.only_first(STORY, 0)


def test_what_is_expected_is_replaced_by_name():
    text = writing.expecting(STORY, 1, {"tasks": ["decide@RTR"], "state": "ACTIVE"})
    text = writing.expecting(text, 2, {"incidents": []})
    text = writing.expecting(text, 0, {"state": "COMPLETED"})
    told = tomllib.loads(text)
    assert told["step"][0]["expect"] == {"tasks": ["decide@RTR"], "state": "ACTIVE"}
    assert told["step"][1]["expect"] == {"incidents": []}
    assert told["expect"] == {"state": "COMPLETED", "variables": {"long": True}}


def test_answers_are_written_so_that_they_read_the_same():
    answers = {
        "note": 'Dua baris,\ndan "kutip" \\ serta """tiga""".',
        "rows": [{"a": 1, "b": "x"}, {"a": 2}],
        "kosong": "",
        "ya": True,
        "rumah": "[[step]]\n[expect]",
    }
    text = writing.begun({"at": "2026-07-01T01:00:00Z", "subject": ""}, 'Uji "coba".')
    text = writing.with_step(text, 0, {"complete": "x", "as": "EMP", "answers": answers})
    assert steps(text) == [{"complete": "x", "as": "EMP", "answers": answers}]
    assert "subject" not in text
    assert len(steps(writing.with_step(text, 1, {"advance": "P1D"}))) == 2
    assert parse(text.encode(), Path("x"), unfinished=True).description == 'Uji "coba".'


@pytest.mark.parametrize(
    "text",
    [
        "step = [{ advance = 'P1D' }]",
        "[expect]\nstate = 'ACTIVE'\n[[step]]\nadvance = 'P1D'",
        "x = [",
        'note = """\n[[step]]\n"""',
        STORY.replace('"P1D"', '"P1D"\nbecause = """\n[expect]\n"""'),
        STORY + "[[other]]\nx = 1\n",
    ],
)
def test_what_is_written_otherwise_is_left_alone(text):
    with pytest.raises(BadStory):
        writing.with_step(text, 0, {"advance": "P1D"})


@pytest.mark.parametrize("number", [-1, 3, 99])
def test_a_step_that_is_not_there_is_told(number):
    with pytest.raises(BadStory):
        writing.without_step(STORY, number)
    with pytest.raises(BadStory):
        writing.with_step(STORY, number, {"advance": "P1D"}, instead=True)
