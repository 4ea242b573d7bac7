"""Rules that hold for every route there is."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PUBLIC = {
    "account.log_in",
    "account.check_log_in",
    "account.set_language",
    "first_run.show",
    "first_run.accept",
    "outside.go",
    "passkeys.ask",
    "passkeys.log_in",
    "outside.back",
    "outside.end",
    "access.show",
    "access.forgot",
    "access.ask",
    "access.accept",
    "second_factor.code",
    "second_factor.check_code",
    "health.alive",
    "inbox.calendar_file",
    "health.ready",
    "receipts.verify",
    "receipts.verify_file",
    "receipts.script",
    "receipts.checkpoint",
    "decrees.check",
    "reports.offices",
    "reports.calibrations",
    "openapi",
    "static",
}


def paths(app):
    """Give every route of a page as an address that could be asked for (API: test_api_rights)."""
    for rule in _pages(app):
        values = {
            name: "1" if "id" in name or name in ("version", "place") else "x"
            for name in rule.arguments
        }
        with app.test_request_context():
            from flask import url_for

            yield rule, url_for(rule.endpoint, **values)


def _pages(app):
    return [rule for rule in app.url_map.iter_rules() if not rule.rule.startswith("/api/")]


def test_only_these_pages_are_there_for_strangers(app):
    found = {
        name
        for name, view in app.view_functions.items()
        if name == "static" or getattr(view, "public", False)
    }
    assert found == PUBLIC


def test_every_other_page_asks_a_stranger_to_log_in(app, visitor):
    for rule, path in paths(app):
        if rule.endpoint in PUBLIC:
            continue
        if "GET" in rule.methods:
            page = visitor.get(path, follow=False)
            assert page.status == 302, path
            assert page.response.headers["Location"].startswith("/login?next="), path
        elif "POST" in rule.methods:
            assert visitor.post(path).status == 403, path
        else:
            method = (rule.methods - {"OPTIONS"}).pop()
            assert visitor.client.open(path, method=method).status_code == 403, path


def test_nothing_changes_by_looking(app):
    """Views that execute commands answer to POST only; the names say which they are."""
    changing = {
        "audit.save_search",
        "audit.drop_search",
        "population.draw",
        "population.write",
        "population.take",
        "audit_exports.ask",
        "trace.print_out",
        "account.check_log_in",
        "account.log_out",
        "account.set_language",
        "account.change_password",
        "account.end_session",
        "account.end_other_sessions",
        "first_run.accept",
        "access.accept",
        "access.ask",
        "passkeys.begin",
        "passkeys.add",
        "passkeys.remove",
        "passkeys.ask",
        "passkeys.log_in",
        "own_tokens.make",
        "own_tokens.end",
        "accounts.open_one",
        "accounts.make_link",
        "accounts.close",
        "accounts.reopen",
        "accounts.end_sessions",
        "accounts.end_session",
        "accounts.end_token",
        "accounts.unlink",
        "roles.decide",
        "roles.give",
        "roles.take",
        "roles.give_group",
        "roles.drop_group",
        "setup.calendar_add",
        "setup.calendar_change",
        "setup.calendar_hours",
        "setup.calendar_remove",
        "setup.calendar_usual_hours",
        "setup.calendar_zone",
        "second_factor.check_code",
        "second_factor.begin",
        "second_factor.confirm",
        "second_factor.remove",
        "tasks.submit",
        "tasks.claim",
        "tasks.release",
        "tasks.hand_back",
        "absence.add",
        "activity.mend",
        "activity.repeat",
        "activity.review",
        "activity.write",
        "absence.end",
        "handing.withdraw",
        "handing.send_back",
        "handing.take_over",
        "handing.delegate",
        "handing.give_back",
        "handing.recall",
        "handing.assign",
        "handing.remind",
        "handing.ask_extension",
        "handing.comment",
        "cases.dossier",
        "start.begin",
        "inbox.read_notice",
        "inbox.read_notices",
        "inbox.choose_mail",
        "inbox.many",
        "inbox.export_list",
        "inbox.save_filter",
        "inbox.drop_filter",
        "inbox.make_calendar",
        "inbox.drop_calendar",
        "inbox.decide_extension",
        "agency.record_facts",
        "agency.compute_fairness",
        "agency.calibrate",
        "agency.make_siasn",
        "agency.hand_out_siasn",
        "agency.retry",
        "agency.assign",
        "agency.import_approvals",
        "me.give",
        "me.declare_conflict",
        "me.end_conflict",
        "indicators.begin",
        "team.give",
        "team.note",
        "team.note_results",
        "campaigns.close",
        "campaigns.extend",
        "campaigns.launch",
        "campaigns.remind",
        "campaigns.set_cadence",
        "campaigns.set_peers",
        "agency.start_referral",
        "agency.start_referrals",
        "development.add_session",
        "people.appoint_acting",
        "people.ask_correction",
        "people.bring_in",
        "people.correct",
        "people.decide_correction",
        "people.decide_unmask",
        "people.end_acting",
        "people.hand_out",
        "people.move_here",
        "people.propose_unmask",
        "people.proxy",
        "people.records",
        "operations.act_on_case",
        "operations.cancel_job",
        "operations.change_schedule",
        "operations.decide",
        "operations.propose",
        "operations.retry",
        "operations.retry_many",
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
        "studio.play_scenarios",
        "studio.publish_again",
        "studio.begin_backtest",
        "studio.differing",
        "studio.retire",
        "studio.decide_proposal",
        "studio.ask_migration",
        "studio.undo_batch",
    }
    posting = {r.endpoint for r in _pages(app) if "POST" in r.methods}
    assert posting == changing | {"receipts.verify_file"}  # a file is looked at and forgotten
    for rule in _pages(app):
        if "POST" in rule.methods:
            assert "GET" not in rule.methods, rule.endpoint


def test_no_post_works_without_its_token(app, client_as):
    visitor = client_as("HRC")
    for rule, path in paths(app):
        if "POST" in rule.methods and rule.endpoint != "account.log_out":
            assert visitor.client.post(path, data={"x": "y"}).status_code == 403, path


def test_no_page_breaks_for_anybody(app, client_as, start_two_step):
    start_two_step()
    for code in ("EMP", "RTR", "HRC", "AUD", "ADM", "STRANGER"):
        visitor = client_as(code)
        for rule, path in paths(app):
            if "GET" in rule.methods and rule.endpoint not in ("static", "health.ready"):
                page = visitor.get(path)
                assert page.status in (200, 403, 404, 410), (code, path, page.text)
