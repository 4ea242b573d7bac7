"""Every act that a page can send, at every id that there is, and who may by the matrix of roles.

An act of these screens without a line in `CHANGING` is a failure, as a page is in sweep_pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import url_for
from sqlalchemy import text

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
    seen_by,
)
from tests.web.sweep_pages import SWEPT, screen

CHANGING = {
    **dict.fromkeys(("people.propose_unmask", "people.decide_unmask"), frozenset({"AUD"})),
    "people.ask_correction": EVERYBODY,  # about themselves
    **dict.fromkeys(("me.give", "activity.write", "absence.add"), EVERYBODY),
    # About whom, and who ends one: test_conflicts.
    **dict.fromkeys(("me.declare_conflict", "me.end_conflict"), EVERYBODY),
    "activity.review": RATING,
    "indicators.begin": by("A", "goals"),
    "people.decide_correction": by("U", "person"),
    "people.bring_in": by("C", "directory_file"),
    "people.hand_out": by("R", "directory_file"),
    **dict.fromkeys(
        (
            "audit.save_search",
            "audit.drop_search",
            "population.draw",
            "population.write",
            "population.take",
            "audit_exports.ask",
        ),
        by("C", "working_paper"),
    ),
    **dict.fromkeys(
        (
            "accounts.open_one",
            "accounts.make_link",
            "accounts.close",
            "accounts.reopen",
            "accounts.end_sessions",
            "accounts.end_session",
            "accounts.end_token",
            "accounts.unlink",
        ),
        by("U", "roles"),
    ),
    **dict.fromkeys(
        ("roles.decide", "roles.give", "roles.take", "roles.give_group", "roles.drop_group"),
        ADMINISTERING,
    ),
    **dict.fromkeys(
        (
            "setup.calendar_add",
            "setup.calendar_change",
            "setup.calendar_remove",
            "setup.calendar_hours",
            "setup.calendar_usual_hours",
            "setup.calendar_zone",
        ),
        by("A", "repair"),
    ),
    **dict.fromkeys(
        (
            "studio.begin",
            "studio.upload",
            "studio.add",
            "studio.remove",
            "studio.rename",
            "studio.discard",
            "studio.fix",
            "studio.restore",
            "studio.submit",
            "studio.reopen",
            "studio.write",
            "studio.write_words",
            "studio.begin_dry_run",
            "studio.play_step",
            "studio.edit_dry_run",
            "studio.save_scenario",
            "studio.drop_dry_run",
            "studio.take_scenarios",
            "studio.publish_again",
        ),
        by("CU", "process_draft"),
    ),
    "start.begin": by("C", "promotion"),
    "agency.assign": by("A", "repair"),
    "agency.retry": by("A", "repair"),
    **dict.fromkeys(
        (
            "campaigns.launch",
            "campaigns.remind",
            "campaigns.extend",
            "campaigns.close",
            "campaigns.set_cadence",
            "campaigns.set_peers",
        ),
        by("A", "calibration"),
    ),
    "agency.record_facts": by("A", "calibration"),
    "agency.compute_fairness": by("A", "calibration"),
    "agency.calibrate": by("A", "calibration"),
    "agency.make_siasn": by("A", "calibration"),
    "agency.hand_out_siasn": by("A", "calibration"),
    "agency.start_referral": by("A", "referral"),
    "agency.start_referrals": by("A", "referral"),
    "agency.import_approvals": by("A", "promotion"),
    "development.add_session": by("A", "training"),
    "operations.act_on_case": by("CA", "repair"),
    "operations.cancel_job": by("CA", "repair"),
    "operations.change_schedule": by("CA", "repair"),
    "operations.retry": by("CA", "repair"),
    "operations.retry_many": by("CA", "repair"),
    "operations.propose": by("C", "repair"),
    "operations.decide": by("A", "repair"),
    "studio.play_scenarios": by("R", "process_draft"),  # changes nothing that anybody sees
    "studio.retire": by("C", "deployment"),
    "studio.begin_backtest": by("R", "process_draft"),
    "studio.differing": NOBODY,
    "studio.ask_migration": by("C", "deployment"),
    "studio.decide_proposal": by("A", "deployment"),
    "studio.undo_batch": by("A", "deployment"),
}
OF_TASK = frozenset(
    {
        "tasks.submit", "tasks.claim", "tasks.release", "tasks.hand_back", "handing.withdraw",
        "handing.send_back", "handing.take_over", "handing.delegate", "handing.give_back",
        "handing.recall", "handing.comment", "handing.ask_extension",
    }
)  # fmt: skip
ABOVE = frozenset({"handing.assign", "handing.remind"})  # the officer's and the agency's, too
BODY = {
    "reason": "x", "text": "x", "question": "x", "opinion": "x", "wanted": "2026-07-30",
    "do": "suspend", "action": "SKIP", "values": "a = 1", "enabled": "no", "period": "2026Q2",
}  # fmt: skip
TABLES = (
    "account",
    "role_grant",
    "role_proposal",
    "group_role",
    "access_link",
    "person",
    "correction_request",
    "holiday",
    "hours_season",
    "instance",
    "task",
    "draft",
    "comment",
    "extension",
    "activity_entry",
    "absence",
    "acting_official",
    "holding",
    "plan_result",
    "feedback",
    "coaching_note",
    "rater_conflict",
    "office_rule",
    "evaluation_result",
    "job",
    "schedule",
    "incident",
    "process_draft",
    "process_draft_file",
    "version_proposal",
    "backtest",
)


def acts(app: Any, world: World) -> Iterator[tuple[str, frozenset[str]]]:
    for rule in app.url_map.iter_rules():
        name = rule.endpoint
        if "POST" not in rule.methods or screen(rule) not in SWEPT - {"receipts"}:
            continue
        for values, allowed in _targets(name, rule.arguments, world):
            with app.test_request_context():
                yield url_for(name, **values), allowed


def _targets(
    name: str, arguments: set[str], world: World
) -> Iterator[tuple[dict[str, Any], frozenset[str]]]:
    if name == "people.records":
        for code in RELATED:
            yield {"person_id": CAST[code]}, seen_by(code)
    elif name in ("team.give", "team.note", "team.note_results"):
        yield from (({"person_id": CAST[who]}, frozenset({by})) for who, by in RATED_BY.items())
    elif name in ("activity.mend", "activity.repeat"):
        yield {"entry_id": world.entry}, frozenset({"EMP"})
    elif name == "absence.end":
        yield {"absence_id": world.absence}, frozenset({"EMP", "HRC"})
    elif name == "people.correct":
        yield {"person_id": CAST["EMP"]}, by("U", "person")
        yield {"person_id": CAST["HRC"]}, by("U", "person") - {"HRC"}
    elif name == "people.proxy":
        yield {"person_id": CAST["EMP"]}, by("C", "record_attendance")
        yield {"person_id": CAST["HRC"]}, by("C", "record_attendance") - {"HRC", "HRO"}
    elif name in ("people.appoint_acting", "people.end_acting"):
        acting = {"acting_id": world.acting} if name == "people.end_acting" else {}
        yield {"post_id": 4, **acting}, by("C", "acting_official")
        if not acting:
            yield {"post_id": 8}, by("C", "acting_official") - {"HRO"}
    elif name == "people.move_here":
        yield {"post_id": 4}, by("C", "person")
    elif name in ("cases.dossier", "trace.print_out"):
        for subject, instance_id in world.cases.items():
            able = by("R", "audit_log") & {"AUD", "HRC"} - {subject}
            yield {"instance_id": instance_id}, able | {"HRO", "PPK"}  # as strict, or stricter
    elif name in OF_TASK | ABOVE:
        for subject, task_id in world.tasks.items():
            above = {"HRC", "HRO", *RELATED[subject]} if name in ABOVE else {subject}
            yield {"task_id": task_id}, frozenset(above)
    else:
        assert name in CHANGING, f"Expected to know whose act {name} is."
        yield {arg: "two_step" if arg == "key" else 1 for arg in arguments}, CHANGING[name]


def everything(database: Any) -> dict[str, Any]:
    with database.connect() as connection:
        return {
            name: connection.execute(text(f'SELECT * FROM "{name}" ORDER BY 1')).all()
            for name in TABLES
        }
