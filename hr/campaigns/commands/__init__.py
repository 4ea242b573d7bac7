"""Launching a process for many people, keeping it going, ending it, and beginning by itself."""

from hr.campaigns.commands.cadence import OPEN, OPEN_PERIODS, OpenPeriods, SetCadence
from hr.campaigns.commands.keeping import (
    END_CASE,
    MOVE_DUE,
    CloseCampaign,
    EndCase,
    ExtendDeadline,
    MoveDue,
    RemindHolders,
)
from hr.campaigns.commands.launching import (
    START_CHUNK,
    LaunchCampaign,
    StartChunk,
    require_period,
)
from hr.campaigns.commands.starting import StartCase

__all__ = [
    "END_CASE",
    "MOVE_DUE",
    "OPEN",
    "OPEN_PERIODS",
    "START_CHUNK",
    "CloseCampaign",
    "EndCase",
    "ExtendDeadline",
    "LaunchCampaign",
    "MoveDue",
    "OpenPeriods",
    "RemindHolders",
    "SetCadence",
    "StartCase",
    "StartChunk",
    "require_period",
]
