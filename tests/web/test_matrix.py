"""Every route, with every id that there is, asked for by every role, against the matrix of roles.

A page of these screens without a line in `PAGES` is a failure: whoever adds one says whose it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import url_for
from sqlalchemy import insert, text

from engine import BeginDraft, CompleteTask
from engine.folder import read_files
from engine.model import Actor, Scope
from engine.queries import inbox
from hr.absence.commands import SetAbsence
from hr.activity.commands import LogActivity
from hr.activity.rules import Draft
from hr.campaigns.commands import LaunchCampaign
from hr.demo.cast import CAST
from hr.evaluation.tables import Result
from hr.permissions import matrix
from tests.conftest import ROOT

ROLES = ("EMP", "RTR", "SU2", "PEER1", "HRO", "HRC", "PPK", "TRN", "DSN", "AUD", "ADM", "STRANGER")
EVERYBODY = frozenset(ROLES)
# Who may what is decided in Python; the other database is asked by those who get most pages.
ON_POSTGRESQL = ("HRC", "AUD")
NOBODY = frozenset[str]()


def by(actions: str, noun: str) -> frozenset[str]:
    """Name the roles to whom the matrix gives one of these actions by what they were granted."""
    return frozenset().union(*(matrix.roles(action, noun) for action in actions)) & EVERYBODY


# Not here: what everybody has of his own account (log-in, sessions, tokens, passkeys), and the
# inbox, where no id is anybody else's: see test_routes, those screens' tests, test_api_rights.
SWEPT = {
    "agency",
    "boards",
    "campaigns",
    "operations",
    "people",
    "development",
    "start",
    "cases",
    "tasks",
    "handing",
    "receipts",
    "accounts",
    "roles",
    "setup",
    "audit",
    "population",
    "process_map",
    "rule_changes",
    "audit_exports",
    "trace",
    "studio",
    "team",
    "me",
    "activity",
    "indicators",
    "absence",
    "definitions",
    "decrees",
    "reports",
}
# Who rates whom in the cast; the others have nobody below them.
RATED_BY = {"EMP": "RTR", "PEER1": "RTR", "RTR": "SU2", "HRC": "PPK"}
RATING = frozenset(RATED_BY.values())
ADMINISTERING = by("C", "roles") - {"HRO"}  # who gives roles for the whole city
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
            "me.index", "me.plans", "activity.index", "absence.index", "indicators.index",
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
    **dict.fromkeys(
        ("campaigns.index", "campaigns.show", "campaigns.sheet", "campaigns.cadence"),
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
# The rest of the rows of the matrix: who is what to the person whom a case is about.
RELATED = {
    "EMP": {"EMP": "EMP", "RTR": "RTR", "SU2": "SU2"},
    "HRC": {"HRC": "EMP", "PPK": "RTR"},  # the posts between are vacant
}
NUMBERED = ("campaign_id", "draft_id", "batch_id", "backtest_id")
OFFICE_OF_HRO = {"EMP"}  # of the subjects of the cases below
CHANGING = {
    **dict.fromkeys(("people.propose_unmask", "people.decide_unmask"), frozenset({"AUD"})),
    "people.ask_correction": EVERYBODY,  # about themselves
    **dict.fromkeys(("me.give", "activity.write", "absence.add"), EVERYBODY),
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
        ),
        by("A", "calibration"),
    ),
    "agency.record_facts": by("A", "calibration"),
    "agency.compute_fairness": by("A", "calibration"),
    "agency.calibrate": by("A", "calibration"),
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
QUERY = {
    "agency.unit_facts": {"unit": "/01/", "period": "2026Q2"},
    "studio.download": {"file": "process.bpmn"},
    "studio.try_table": {"file": "table.dmn"},
    "studio.edit": {"file": "process.bpmn"},
    "studio.begins": {"file": "process.bpmn"},
    "studio.form_words": {"file": "forms/request.json"},
    "studio.preview": {"file": "forms/request.json"},
}
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
    "feedback",
    "coaching_note",
    "evaluation_result",
    "job",
    "schedule",
    "incident",
    "process_draft",
    "process_draft_file",
    "version_proposal",
    "backtest",
)


@dataclass(frozen=True)
class World:
    """Cases by subject, the open task of each, and one that was sent."""

    cases: dict[str, int]
    tasks: dict[str, int]
    sent: int
    entry: int  # of EMP's activity, as are result and absence
    result: int
    absence: int


@pytest.fixture
def world(engine: Any, start_two_step: Any) -> World:
    cases = {code: start_two_step(code).instance_id for code in RELATED}
    engine.execute(LaunchCampaign(key="two_step", period="2026Q1"))  # of which nothing has begun
    designer = Actor(person_id=CAST["DSN"])
    files = read_files(ROOT / "tests/engine/models/two_step")
    files["table.dmn"] = (ROOT / "workflows/_shared/dt13_talent_box.dmn").read_bytes()
    engine.execute(BeginDraft(files=files), by=designer)
    open_now = {code: _mine(engine, code) for code in RELATED}
    other = start_two_step("EMP", "2026Q3").instance_id
    (sent,) = [row.id for row in _rows(engine, "EMP") if row.instance_id == other]
    answers = {"subject": "Cuti", "days": 2}
    command = CompleteTask(task_id=sent, answers=answers, request_key="sweep")
    emp = Actor(person_id=CAST["EMP"])
    engine.execute(command, by=emp)
    return World(cases, open_now, sent, *_own_things(engine, emp, cases["EMP"]))


def _own_things(engine: Any, emp: Actor, case: int) -> tuple[int, int, int]:
    """Give EMP an activity, a result and a substitute."""
    today = engine.clock().date()
    draft = Draft(day=today, starts=480, ends=540, text="Melayani pemohon akta kelahiran")
    entry = engine.execute(LogActivity(draft=draft, request_key="sweep"), by=emp)
    away = SetAbsence(
        person_id=CAST["EMP"], substitute_id=CAST["PEER1"], kind="PLH",
        valid_from=today, valid_to=today,
    )  # fmt: skip
    row = {
        "person_id": CAST["EMP"], "period": "2025Q4", "instance_id": case, "case_no": "P04-1",
        "predicate": "B", "result_rating": "SESUAI", "behaviour_rating": "SESUAI",
        "result_score": 100, "behaviour_score": 100, "note": "", "disclosed_at": engine.clock(),
    }  # fmt: skip
    with engine.database.begin() as connection:
        result = connection.execute(insert(Result).returning(Result.id), row).scalar_one()
    return entry, result, engine.execute(away, by=emp)


def _rows(engine: Any, code: str) -> Any:
    return engine.ask(inbox.open_tasks, Scope(person_id=CAST[code]), now=engine.clock()).rows


def _mine(engine: Any, code: str) -> int:
    return int(_rows(engine, code)[0].id)


def readers(subject: str) -> frozenset[str]:
    """Name who may read a case about somebody, cell by cell."""
    found = set(by("R", "rating"))
    if subject not in OFFICE_OF_HRO:
        found.discard("HRO")
    for code, role in RELATED[subject].items():
        scopes = frozenset({matrix.OWN if role == "EMP" else matrix.TEAM})
        if matrix.can(role, "R", "rating", scopes):
            found.add(code)
    return frozenset(found)


def seen_by(subject: str) -> frozenset[str]:
    """Name who may see somebody, cell by cell."""
    found = set(by("R", "person"))
    if subject not in OFFICE_OF_HRO:
        found.discard("HRO")
    return frozenset(found | RELATED[subject].keys() | {subject})


def pages(app: Any, world: World) -> Iterator[tuple[str, frozenset[str]]]:
    """Give the address and who gets it, for every GET route with every id there is.

    What everybody gets is looked at in test_routes.
    """
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or _screen(rule) not in SWEPT:
            continue
        name = rule.endpoint
        for values, allowed in _ids(name, rule.arguments, world):
            if allowed != EVERYBODY:
                with app.test_request_context():
                    yield url_for(name, **values, **QUERY.get(name, {})), allowed


def _screen(rule: Any) -> str:
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
    elif name == "team.show":
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
    elif name == "accounts.show":
        yield {"account_id": CAST["EMP"]}, ADMINISTERING
    else:
        assert name in PAGES, f"Expected to know whose page {name} is."
        yield (
            {arg: 1 if arg in NUMBERED else "two_step" for arg in arguments},
            PAGES[name],
        )


def test_every_role_gets_what_the_matrix_gives_it_and_changes_nothing_else(
    app, client_as, world, database
):
    seen, changed = list(pages(app, world)), list(_posts(app, world))
    before = _everything(database)
    wrong: list[tuple[str, str, int]] = []
    for code in ROLES if database.dialect.name == "sqlite" else ON_POSTGRESQL:
        visitor = client_as(code)
        for path, allowed in seen:
            status = visitor.client.get(path).status_code
            if (status not in (403, 404)) != (code in allowed) or status >= 500:
                wrong.append((code, path, status))
        body = {**BODY, "csrf_token": visitor.token(), "person": "Oki Firmansyah"}
        for path, allowed in changed:
            if code not in allowed:
                answer = visitor.client.post(path, data=body)
                # Back to the task's page, which this person does not get either, refuses, too.
                to_task = "/tasks/" in answer.headers.get("Location", "")
                if not to_task and answer.status_code not in (403, 404, 409, 422):
                    wrong.append((code, path, answer.status_code))
    assert wrong == []
    assert _everything(database) == before


def _posts(app: Any, world: World) -> Iterator[tuple[str, frozenset[str]]]:
    for rule in app.url_map.iter_rules():
        name = rule.endpoint
        if "POST" not in rule.methods or _screen(rule) not in SWEPT - {"receipts"}:
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
    elif name in ("team.give", "team.note"):
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


def _everything(database: Any) -> dict[str, Any]:
    with database.connect() as connection:
        return {
            name: connection.execute(text(f'SELECT * FROM "{name}" ORDER BY 1')).all()
            for name in TABLES
        }
