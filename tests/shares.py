"""What each part of Alur costs the suite: `python -m tests.shares junit.xml [WORKERS]`.

A part has seconds of the wall to spend, with as many workers as CI has; the file tells what every
worker spent.  Whatever belongs to no later part belongs to the first, the running house.
"""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WORKERS = 2


@dataclass(frozen=True)
class Part:
    """A part of the system: its limit in seconds, and how the ids of its tests look."""

    name: str
    seconds: int
    tests: str = ""


HOUSE = Part("the running house", 75)
# The first that fits has it.  A part that comes later adds its line here, with its tests.
PARTS = (
    Part(
        "promotions, referrals, pictures",
        30,
        r"rank_promotion|training_referral|test_demo_promotions|test_demo_referrals"
        r"|web\.test_(development|uploads|approvals|candidates|decrees|unsent)"
        r"|hr\.test_(development|career|records)|bpmn\.test_(layout|picture)|test_layout_command"
        r"|forms\.test_files",
    ),
    Part(
        "the performance year",
        75,
        r"perf_planning|daily_activity|monthly_report|hr\.test_(planning|activity|reporting)"
        r"|web\.test_(activity|reports)|browser\.test_(activity|planning)",
    ),
    Part(
        "a runtime that never loses a step",
        90,
        r"conformance\.bpmn|golden|releases|engine\.test_(migration|formats|jobs|faults|bounds|suspend"
        r"|resolving|operations|messages|signals|calls|calling|deadlines|racing|recurrence|worker"
        r"|beginning|beside|library|quick|schedules)|web\.test_(celery|mail|watching|operations"
        r"|migrated|logs|metrics)|test_operations|web_and_worker|killed|bad_moment"
        r"|engine\.bpmn\.test_(event_scopes|undoing|choosing|complex|rebasing|conditions|business)",
    ),
    Part(
        "people, records, permissions",
        60,
        r"matrix|web\.test_(anonymity|second_factor|first_run|sessions)|hr\.test_second_factor",
    ),
    Part(
        "the inbox people would choose",
        75,
        r"test_(inbox|desk|handing|absence|returning|minutes)|browser\.test_tasks"
        r"|parts\.test_script",
    ),
    Part(
        "an auditor can trace everything",
        60,
        r"test_(merkle|checkpoint|tree|alur_verify|witness|receipts|exporting)",
    ),
    Part("objections and the year", 75, r"objection"),
    Part("the whole expression language", 60, r"conformance|engine\.(feel|dmn)\."),
)


def part_of(test: str) -> Part:
    """Tell whose a test is, by `module.name[parameters]`."""
    return next((part for part in PARTS if re.search(part.tests, test)), HOUSE)


def spent(junit: Path) -> Iterator[tuple[str, float]]:
    """Give every test with the seconds that a worker spent on it, fixtures included."""
    for case in ElementTree.parse(junit).iter("testcase"):  # pytest wrote it
        yield f"{case.get('classname')}.{case.get('name')}", float(case.get("time", 0))


def main(junit: str, workers: str = str(WORKERS)) -> int:
    """Print what each part spent; 1 where one is over its limit."""
    totals: Counter[Part] = Counter()
    for test, seconds in spent(Path(junit)):
        totals[part_of(test)] += seconds  # type: ignore[assignment]
    over = 0
    for part, seconds in totals.most_common():
        wall = seconds / int(workers)
        over |= wall > part.seconds
        print(f"{wall:7.1f} s of {part.seconds:3d}  {part.name}")
    return int(over)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
