"""Scenarios: a process told as a story and played from the start on a throw-away database."""

from web.scenarios.expecting import Found, waiting
from web.scenarios.faults import BadStory, Fault
from web.scenarios.playing import Outcome, fault_of, outcome_of, play, play_file
from web.scenarios.rehearsing import Rehearsal, Told, rehearse
from web.scenarios.stage import OutOfTime, Stage
from web.scenarios.story import Step, Story, parse, read

__all__ = [
    "BadStory",
    "Fault",
    "Found",
    "OutOfTime",
    "Outcome",
    "Rehearsal",
    "Stage",
    "Step",
    "Story",
    "Told",
    "fault_of",
    "outcome_of",
    "parse",
    "play",
    "play_file",
    "read",
    "rehearse",
    "waiting",
]
