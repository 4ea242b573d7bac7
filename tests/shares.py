"""What each part of Alur costs the suite: `python -m tests.shares junit.xml [WORKERS]`.

A part has seconds of the wall to spend, with as many workers as CI has; the file tells what every
worker spent.  Whatever belongs to no later part belongs to the first, the running house.  What
goes through all parts at once (types, imports, style, translations, all routes) and what a worker
sets up once for all its tests (a browser, a server, empty databases) is shared by all, by what each
may spend.
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
SET_UP = "set up once"
# These read the code, or knock at the pages, of every part in one go.
OF_ALL = re.compile(
    rf"{SET_UP}|test_architecture|test_translations|web\.test_routes|test_no_form_breaks|test_addresses"
    r"|hr\.test_demo_cases"
)
# The first that fits has it.  A part that comes later adds its line here, with its tests.
PARTS = (
    Part(
        "promotions, referrals, pictures",
        30,
        r"rank_promotion|training_referral|test_demo_referrals"
        r"|web\.test_(development|uploads|approvals|candidates|decrees|unsent)"
        r"|hr\.test_(development|career|records)|bpmn\.test_(layout|picture)|test_layout_command"
        r"|forms\.test_files|test_every_page.*\[careers-",
    ),
    Part(
        "the performance year",
        75,
        r"perf_planning|daily_activity|monthly_report|indicator_catalogue|hr\.test_(planning|activity|reporting)"
        r"|web\.test_(activity|reports|campaigns|my_page|team|boards)"
        r"|web\.test_(indicators|half_year|quarter_results)|hr\.test_(campaigns|talent)|browser\.test_(activity|planning)"
        r"|test_every_page.*\[year-|objection|annual_appraisal|calibration"
        r"|hr\.test_(fairness|appraisal)|web\.test_fairness|browser\.test_appraisal|workflows\.test_bad_input",
    ),
    Part(
        "a runtime that never loses a step",
        90,
        r"conformance\.bpmn|golden|releases|engine\.test_(migration|formats|jobs|faults|bounds|suspend"
        r"|resolving|operations|messages|signals|calls|calling|deadlines|racing|recurrence|worker"
        r"|beginning|beside|library|quick|schedules|alike|timed_starts)|engine\.bpmn\.test_(joins|state|repeating|ad_hoc)|web\.test_(celery|mail|watching|operations"
        r"|migrated|logs|metrics)|test_operations|web_and_worker|killed|bad_moment"
        r"|engine\.bpmn\.test_(event_scopes|undoing|choosing|complex|rebasing|conditions|business)"
        r"|workflows\.test_bytes"
        r"|test_every_page.*\[runtime-",
    ),
    Part(
        "people, records, permissions",
        60,
        r"matrix|web\.test_(anonymity|second_factor|first_run|sessions|asvs|accounts|access|passkeys"
        r"|oidc|own_tokens)|hr\.test_(second_factor|tokens|granting|weak|links)"
        r"|hr\.test_(intake|posting|dossier|registers|privacy|unmasking|city)|web\.test_(people|posting|bringing|proxy)"
        r"|engine\.test_separation|hr\.test_permissions|web\.test_field_readers"
        r"|browser\.test_people|quarter_segments"
        r"|browser\.test_passkeys"
        r"|test_every_page.*\[people-",
    ),
    Part(
        "the inbox people would choose",
        75,
        r"test_(inbox|desk|handing|absence|returning|minutes|api|webhooks|filing|spent)|browser\.test_tasks"
        r"|parts\.test_script|test_every_page.*\[inbox-",
    ),
    Part(
        "an auditor can trace everything",
        60,
        r"test_(merkle|checkpoint|tree|alur_verify|witness|receipts|exporting|search|trace|audit"
        r"|attacks|complaint)"
        r"|test_every_page.*\[audit-",
    ),
    Part(
        "the studio",
        60,
        r"studio|publishing|process_(change|draft)|test_(trying|scenario_writing|lint_ways|versions|backtests|proposals)"
        r"|test_every_page.*\[studio-",
    ),
    Part("the whole expression language", 60, r"conformance|engine\.(feel|dmn)\."),
)


def parts_of(test: str) -> tuple[Part, ...]:
    """Tell whose a test is, by `module.name[parameters]`."""
    if OF_ALL.search(test):
        return (HOUSE, *PARTS)
    return (next((part for part in PARTS if re.search(part.tests, test)), HOUSE),)


def spent(junit: Path) -> Iterator[tuple[str, float]]:
    """Give every test with the seconds that a worker spent on it, its own fixtures included."""
    for case in ElementTree.parse(junit).iter("testcase"):  # pytest wrote it
        found = case.iterfind("properties/property[@name='set_up_once']")
        once = sum(float(each.get("value", 0)) for each in found)
        yield SET_UP, once
        yield f"{case.get('classname')}.{case.get('name')}", float(case.get("time", 0)) - once


def main(junit: str, workers: str = str(WORKERS)) -> int:
    """Print what each part spent; 1 where one is over its limit."""
    totals: Counter[Part] = Counter()
    for test, seconds in spent(Path(junit)):
        parts = parts_of(test)
        room = sum(part.seconds for part in parts)
        for part in parts:
            totals[part] += seconds * part.seconds / room  # type: ignore[assignment]
    over = 0
    for part, seconds in totals.most_common():
        wall = seconds / int(workers)
        over |= wall > part.seconds
        print(f"{wall:7.1f} s of {part.seconds:3d}  {part.name}")
    return int(over)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
