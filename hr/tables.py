"""Imports every table of hr, so that migrations and fresh test databases know them all."""

from hr.accounts import tables as accounts
from hr.calendar import tables as calendar
from hr.campaigns import tables as campaigns
from hr.directory import tables as directory
from hr.evaluation import tables as evaluation
from hr.followup import tables as followup
from hr.notices import tables as notices
from hr.planning import tables as planning
from hr.records import tables as records
from hr.service import tables as service

__all__ = [
    "accounts",
    "calendar",
    "campaigns",
    "directory",
    "evaluation",
    "followup",
    "notices",
    "planning",
    "records",
    "service",
]
