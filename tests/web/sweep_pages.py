"""Every page that there is, with every id that there is, and who gets it by the matrix of roles.

A page of these screens without a line in `PAGES` is a failure: whoever adds one says whose it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import url_for

from hr.demo.cast import CAST
from tests.web.sweep import (
    ADMINISTERING,
    EVERYBODY,
    NOBODY,
    RATED_BY,
    RATING,
    RELATED,
    World,
    by,
    readers,
    seen_by,
)

SWEPT = {
    "absence", "accounts", "activity", "agency", "audit", "audit_exports", "boards", "campaigns",
    "cases", "decrees", "definitions", "development", "handing", "indicators", "me", "operations",
    "people", "population", "process_map", "receipts", "reports", "roles", "rule_changes",
    "setup", "start", "studio", "tasks", "team", "trace",
}  # fmt: skip
# What everybody has of his own account, and the inbox, where no id is anybody else's: see
# test_routes and those screens' tests; the API: test_api_rights.
ELSEWHERE = {
    "access", "account", "first_run", "health", "inbox", "outside", "own_tokens", "passkeys",
    "second_factor",
}  # fmt: skip
# Endpoint -> who gets it whatever its id.  Where the id decides, `_ids` says so.
PAGES: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            "audit.index", "population.index", "process_map.index", "rule_changes.index",
            "rule_changes.version", "audit_exports.index",
        ),
        by("C", "working_paper"),
    ),
    **dict.fromkeys(
        (
            "cases.index", "handing.sent_without_name", "receipts.verify", "receipts.script",
            "receipts.checkpoint",
        ),
        EVERYBODY,
    ),
    **dict.fromkeys(("start.index", "start.process"), by("C", "promotion")),
    **dict.fromkeys(("accounts.index", "roles.index"), ADMINISTERING),
    **dict.fromkeys(("studio.ask_approval", "studio.dry_run"), by("CU", "process_draft")),
    "studio.batch": NOBODY,  # there is none; one that is: test_versions
    "studio.backtest": NOBODY,  # likewise: test_backtests
    **dict.fromkeys(
        (
            "me.index", "me.plans", "me.conflicts", "activity.index", "absence.index",
            "indicators.index",
            "definitions.index", "decrees.check", "reports.offices", "reports.calibrations",
        ),
        EVERYBODY,
    ),
    **dict.fromkeys(("team.index", "activity.waiting"), RATING),
    "accounts.sessions": by("U", "roles"),
    "setup.show_settings": by("U", "roles"),
    "setup.calendar_year": ADMINISTERING,
    "agency.followups": by("A", "referral"),
    "agency.unit_facts": by("A", "calibration"),
    "agency.fairness": by("A", "calibration"),
    "agency.siasn": by("A", "calibration"),
    **dict.fromkeys(
        (
            "campaigns.index", "campaigns.show", "campaigns.sheet", "campaigns.cadence",
            "campaigns.peers",
        ),
        by("A", "calibration"),
    ),
    # An office's board is its personnel officer's, too; nobody of the cast heads a whole office but
    # the head of the city.
    **dict.fromkeys(("boards.index",), by("R", "rating")),
    "boards.sheet": NOBODY,  # there is no such table; those there are: test_boards
    "agency.incidents": by("A", "repair"),
    "agency.candidates": by("A", "promotion") | {"AUD"},
    "agency.approvals": by("A", "promotion"),
    "development.courses": by("A", "training"),
    **dict.fromkeys(("people.index", "people.own"), EVERYBODY),
    "people.units": by("R", "person"),
    "people.unmask": frozenset({"AUD"}),  # Rx: two of them, together
    **dict.fromkeys(
        ("people.checks", "people.corrections", "people.file_form"), by("R", "directory_file")
    ),
    "operations.incidents": by("CAR", "repair"),
    **dict.fromkeys(
        (
            "studio.index", "studio.show", "studio.history", "studio.download", "studio.export",
            "studio.edit", "studio.begins", "studio.form_words",
            "studio.preview", "studio.findings", "studio.try_table",
            "studio.compare", "studio.versions", "studio.plan", "studio.ask_backtest",
            "studio.list_scenarios",
        ),
        by("R", "process_draft"),
    ),
    **dict.fromkeys(
        ("operations.index", "operations.jobs", "operations.cases"), by("CA", "repair")
    ),
}  # fmt: skip
NUMBERED = ("campaign_id", "draft_id", "batch_id", "backtest_id")
QUERY = {
    "agency.unit_facts": {"unit": "/01/", "period": "2026Q2"},
    "studio.download": {"file": "process.bpmn"},
    "studio.try_table": {"file": "table.dmn"},
    "studio.edit": {"file": "process.bpmn"},
    "studio.begins": {"file": "process.bpmn"},
    "studio.form_words": {"file": "forms/request.json"},
    "studio.preview": {"file": "forms/request.json"},
}


def pages(app: Any, world: World) -> Iterator[tuple[str, frozenset[str]]]:
    """Give the address and who gets it, for every GET route with every id there is.

    What everybody gets is looked at in test_routes.
    """
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or screen(rule) not in SWEPT:
            continue
        name = rule.endpoint
        for values, allowed in _ids(name, rule.arguments, world):
            if allowed != EVERYBODY:
                with app.test_request_context():
                    yield url_for(name, **values, **QUERY.get(name, {})), allowed


def screen(rule: Any) -> str:
    return str(rule.endpoint.rpartition(".")[0])


def _ids(
    name: str, arguments: set[str], world: World
) -> Iterator[tuple[dict[str, Any], frozenset[str]]]:
    if name in ("cases.show", "cases.download"):
        extra = {"sha256": "0" * 64} if "sha256" in arguments else {}
        for subject, instance_id in world.cases.items():
            allowed = NOBODY if extra else readers(subject)  # there is no such file
            yield {"instance_id": instance_id, **extra}, allowed
    elif name == "trace.show":
        for subject, instance_id in world.cases.items():
            able = by("R", "audit_log") & {"AUD", "HRC"} - {subject}
            yield {"instance_id": instance_id}, able
    elif name in ("population.sample", "audit_exports.fetch"):  # there is none
        yield dict.fromkeys(arguments, "1"), NOBODY
    elif name == "rule_changes.version":
        yield {"key": "two_step", "version": 1}, PAGES[name]
    elif "task_id" in arguments:
        extra = {"sha256": "0" * 64} if "sha256" in arguments else {}
        after = name.startswith("receipts") or name == "handing.sent"
        for subject, task_id in world.tasks.items():
            yield {"task_id": task_id, **extra}, NOBODY if after or extra else frozenset({subject})
        if after and name != "receipts.print_out":  # typeset in test_receipts
            yield {"task_id": world.sent}, frozenset({"EMP"})
    elif name in ("team.show", "team.results"):
        yield from (({"person_id": CAST[who]}, frozenset({by})) for who, by in RATED_BY.items())
    elif name == "me.result":
        yield {"result_id": world.result}, frozenset({"EMP"})
    elif name in ("activity.entry", "activity.photo"):
        extra = {"sha256": "0" * 64} if "sha256" in arguments else {}
        yield {"entry_id": world.entry, **extra}, NOBODY if extra else frozenset({"EMP"})
    elif name == "indicators.sheet":
        yield {"catalogue_id": 1}, NOBODY  # none is published
    elif name == "definitions.show":
        yield {"key": "two_step", "version": 1}, EVERYBODY
    elif name == "people.show":
        for code in RELATED:
            yield {"person_id": CAST[code]}, seen_by(code)
    elif name == "people.unit":
        yield {"unit_id": 3}, by("R", "person")
        yield {"unit_id": 4}, by("R", "person") - {"HRO"}  # another office than his
    elif name == "people.post":
        yield {"post_id": 4}, by("R", "person")
        yield {"post_id": 8}, by("R", "person") - {"HRO"}  # of another office than his
    elif name == "accounts.show":
        yield {"account_id": CAST["EMP"]}, ADMINISTERING
    else:
        assert name in PAGES, f"Expected to know whose page {name} is."
        yield (
            {arg: 1 if arg in NUMBERED else "two_step" for arg in arguments},
            PAGES[name],
        )
