"""The scenario player itself: it sees what goes wrong, and says where."""

import shutil

import pytest

from tests.conftest import ROOT
from web import scenarios

HAPPY = """
description = "The employee asks, the superior agrees."

[start]
at = "2026-07-01T01:00:00Z"
subject = "EMP"
period = "2026Q2"

[[step]]
complete = "request"
as = "EMP"
answers = { subject = "Cuti", days = 5, reason = "Menjenguk orang tua di kampung halaman." }
[step.expect]
tasks = ["review@RTR"]
variables = { long = true, request = { subject = "Cuti", days = 5 } }

[[step]]
complete = "review"
as = "RTR"
answers = { approved = true }

[expect]
state = "COMPLETED"
tasks = []
incidents = []
path = ["request", "prepare", "review"]
never = ["declined"]
"""


@pytest.fixture
def story(tmp_path):
    """Writes a scenario beside a copy of the two-step reference model, and plays it."""
    folder = tmp_path / "two_step"
    shutil.copytree(ROOT / "tests/engine/models/two_step", folder)
    (folder / "scenarios").mkdir()

    def play(text):
        file = folder / "scenarios" / "story.toml"
        file.write_text(text, encoding="utf-8")
        return scenarios.play_file(file)

    return play


def test_a_story_that_comes_out_as_written_has_no_faults(story):
    assert story(HAPPY) == []


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('state = "COMPLETED"', 'state = "ACTIVE"', "expected state ACTIVE"),
        ("review@RTR", "review@SU2", "review@SU2"),
        ("long = true", "long = false", "expected long to be 'false', but it is 'true'"),
        ('never = ["declined"]', 'never = ["prepare"]', "never to be completed"),
        ('path = ["request", "prepare"', 'path = ["prepare", "request"', "request to be completed"),
        ('as = "RTR"', 'as = "STRANGER"', "NotAllowed"),
        ("days = 5, reason", "days = -5, reason", "InvalidForm"),
        ('complete = "review"', 'complete = "request"', "expected an open task request"),
        ("incidents = []", 'incidents = ["prepare"]', "expected incidents"),
        ("tasks = []", 'tasks = ["review"]', "expected open tasks"),
    ],
)
def test_what_does_not_come_out_is_named(story, written, instead, said):
    assert written in HAPPY
    faults = story(HAPPY.replace(written, instead, 1))
    assert faults
    assert said in " ".join(faults)


def test_a_refusal_that_is_expected_is_no_fault_and_an_acceptance_then_is(story):
    stranger = HAPPY.replace(
        '[[step]]\ncomplete = "request"',
        '[[step]]\ncomplete = "request"\nas = "STRANGER"\nrefused = "NotAllowed"\n\n'
        '[[step]]\ncomplete = "request"',
        1,
    )
    assert story(stranger) == []
    accepted = HAPPY.replace('as = "RTR"', 'as = "RTR"\nrefused = "NotAllowed"')
    assert "but it was accepted" in story(accepted)[0]


def test_time_moves_and_what_falls_due_on_the_way_happens(story):
    late = HAPPY.replace(
        '[[step]]\ncomplete = "review"',
        '[[step]]\nadvance = "9 hari kerja"\n[step.expect]\ntasks = ["review@SU2"]\n\n'
        '[[step]]\ncomplete = "review"',
    ).replace('as = "RTR"', 'as = "SU2"')
    assert story(late) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "moment with its zone"),
        ('description = "x"\n[start]\nat = "2026-07-01T01:00:00"', "zone"),
        (HAPPY + '\nmood = "sad"', "mood"),
        (
            HAPPY.replace('complete = "request"', 'complete = "request"\nclaim = "request"'),
            "one verb",
        ),
        (HAPPY.replace('complete = "request"', 'finish = "request"'), "one verb"),
        ("description = [", "in TOML"),
        ('description = "x"\n[start]\nat = "2026-07-01T01:00:00Z"', "cannot fail"),
    ],
)
def test_a_file_that_is_not_a_scenario_is_refused_with_the_reason(story, text, said):
    faults = story(text)
    assert len(faults) == 1
    assert said in faults[0]
