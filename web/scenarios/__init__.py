"""Scenarios: a process told as a story and played from the start on a throw-away database."""

from web.scenarios.playing import OutOfTime, Stage, play, play_file
from web.scenarios.story import BadStory, Story, read

__all__ = ["BadStory", "OutOfTime", "Stage", "Story", "play", "play_file", "read"]
