"""Every page, on a phone and on a desk, in both languages: usable by everybody, nothing broken."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import DESK, PHONE, Site, Visit, Visits, start_case
from tests.conftest import WORKFLOWS

if TYPE_CHECKING:
    from engine import Engine

# part (as tests/shares.py knows them) -> page -> who looks, and where; `{case}` and `{task}` are
# those of the one running evaluation
PAGES: dict[str, dict[str, tuple[str | None, str]]] = {
    "house": {
        "login": (None, "/login"),
        "password": ("EMP", "/password"),
        "task": ("EMP", "{task}"),
        "cases": ("HRC", "/cases"),
        "case": ("HRC", "/cases/{case}"),
        "start": ("HRC", "/start"),
        "start_one": ("HRC", "/start/quarterly_evaluation"),
        "followups": ("HRC", "/agency/followups"),
        "incidents": ("HRC", "/agency/incidents"),
        "facts": ("HRC", "/agency/facts?unit=/01/&period=2026Q2"),
        "definitions": ("EMP", "/processes"),
        "definition": ("EMP", "/processes/quarterly_evaluation/1"),
        "not_found": ("EMP", "/nothing"),
        "not_allowed": ("STRANGER", "/cases/{case}"),
    },
    "careers": {
        "decree": (None, "/periksa?nomor=800.1.3.2%2F2026-09-000001&kode=AAAA"),
        "training": ("TRN", "/training"),
    },
    "runtime": {
        "operations": ("ADM", "/operations"),
        "operations_jobs": ("HRC", "/operations/jobs"),
        "operations_incidents": ("ADM", "/operations/incidents"),
        "operations_proposals": ("HRC", "/operations/incidents?proposed=1"),
        "operations_cases": ("ADM", "/operations/cases?q=P04"),
    },
    "people": {
        "sessions": ("EMP", "/sessions"),
        "own_tokens": ("EMP", "/tokens"),
        "passkeys": ("EMP", "/passkeys"),
        "access": (None, "/access/none"),
        "accounts": ("ADM", "/accounts"),
        "account": ("ADM", "/accounts/1"),
        "account_sessions": ("ADM", "/accounts/sessions"),
        "roles": ("HRC", "/accounts/roles"),
        "calendar": ("HRC", "/accounts/calendar"),
        "settings": ("ADM", "/accounts/settings"),
        "second_factor": ("EMP", "/second-factor"),
        "people": ("HRC", "/people"),
        "person": ("HRC", "/people/1"),
        "person_own": ("EMP", "/people/me"),
        "unit": ("HRC", "/people/units/3"),
        "post": ("HRC", "/people/posts/4"),
        "checks": ("HRC", "/people/checks"),
        "files": ("HRC", "/people/files"),
        "corrections": ("HRC", "/people/corrections"),
        "unmask": ("AUD", "/people/unmask"),
    },
    "inbox": {
        "inbox": ("EMP", "/"),
        "inbox_groups": ("HRC", "/?tab=groups"),
        "inbox_taken": ("HRC", "/?tab=taken"),
        "inbox_waiting": ("EMP", "/?tab=waiting"),
        "done": ("EMP", "/?tab=done"),
        "notices": ("EMP", "/notices"),
        "mail": ("EMP", "/notices/mail"),
        "absence": ("HRC", "/absence"),
    },
    "year": {
        "campaigns": ("HRC", "/campaigns"),
        "campaign": ("HRC", "/campaigns/1"),
        "cadence": ("HRC", "/campaigns/cadence"),
        "peers": ("HRC", "/campaigns/peers"),
        "conflicts": ("HRC", "/me/conflicts"),
        "reports": (None, "/kinerja"),
        "calibrations": (None, "/kinerja/kalibrasi?tahun=2025"),
        "fairness": ("HRC", "/agency/fairness?year=2025"),
        "siasn": ("HRC", "/agency/siasn?year=2025"),
        "activities": ("EMP", "/activities"),
        "boards": ("HRC", "/boards?period=2026Q2"),
        "indicators": ("HRC", "/indicators"),
        "me": ("EMP", "/me"),
        "team": ("RTR", "/team"),
        "team_person": ("RTR", "/team/{person}"),
        "team_results": ("RTR", "/team/{person}/results"),
        "activities_review": ("RTR", "/activities/review"),
    },
    "studio": {
        "studio": ("DSN", "/studio"),
        "studio_draft": ("DSN", "/studio/drafts/{draft}"),
        "studio_submit": ("DSN", "/studio/drafts/{draft}/submit"),
        "studio_dry_run": ("DSN", "/studio/drafts/{draft}/dry-run"),
        "studio_begin_dry_run": ("DSN", "/studio/drafts/{fresh}/dry-run"),
        "studio_scenarios": ("DSN", "/studio/drafts/{draft}/scenarios"),
        "studio_history": ("HRC", "/studio/drafts/{draft}/history"),
        "studio_compare": ("HRC", "/studio/drafts/{draft}/compare"),
        "studio_versions": ("HRC", "/studio/processes/two_step"),
        "studio_migrate": ("DSN", "/studio/processes/two_step/migrate?rename.request=submission"),
        "studio_batch": ("HRC", "/studio/migrations/{batch}"),
        "studio_backtests": ("DSN", "/studio/drafts/{tables}/backtest"),
        "studio_backtest": ("DSN", "/studio/backtests/{backtest}"),
        "studio_bpmn": ("DSN", "/studio/drafts/{draft}/edit?file=process.bpmn"),
        "studio_dmn": ("DSN", "/studio/drafts/{draft}/edit?file=dt08_daily_reports.dmn"),
        "studio_form": ("DSN", "/studio/drafts/{draft}/edit?file=forms/review_entries.json"),
        "studio_words": ("DSN", "/studio/drafts/{draft}/edit?file=messages.toml"),
        "studio_text": ("DSN", "/studio/drafts/{draft}/edit?file=process.bpmn&as=text"),
    },
    "audit": {
        "verify": (None, "/verify?number=1-1&code=0000000000000000"),
        "search": ("AUD", "/audit?what=cases&process=quarterly_evaluation"),
        "population": ("AUD", "/audit/population"),
        "map": ("AUD", "/audit/map?process=quarterly_evaluation&step=propose_raters"),
        "rules": ("AUD", "/audit/rules"),
        "rules_version": ("AUD", "/audit/rules/quarterly_evaluation/1"),
        "exports": ("AUD", "/audit/exports"),
        "trace": ("AUD", "/cases/{case}/trace"),
    },
}


def note_stories(engine: Engine, draft_id: int) -> None:
    """Play a draft's scenarios, as its page of them does."""
    from engine import NoteStories
    from engine.queries import process_drafts
    from web.studio import stories

    files = engine.ask(process_drafts.files, draft_id)
    paths = [path for path in files if path.startswith("scenarios/")]
    result = {path: stories.outcome(path, files, until=None) for path in paths}
    sha256 = engine.ask(process_drafts.draft, draft_id).row.sha256
    passed = sum(not one["faults"] for one in result.values())
    left = len(paths) - passed
    engine.execute(
        NoteStories(
            draft_id=draft_id, sha256=sha256, passed=passed, failed=left, left=0, result=result
        )
    )


def note_versions(site: Site) -> dict[str, str]:
    """Bring a process to a second version, try its cases there, propose it; and a backtest."""
    from engine import Actor, Deploy, MigrateInstances, ProposeMigration
    from engine.folder import read_folder
    from engine.queries import definitions
    from hr.backtest.commands import AskBacktest
    from hr.demo.cast import CAST
    from tests.web.test_backtests import recorded
    from tests.web.test_migrated_case import TWO_STEP, newer

    engine, by = site.engine, Actor(person_id=CAST["DSN"])
    old = engine.execute(read_folder(TWO_STEP)).definition_id
    start_case(site, "two_step")
    new = engine.execute(Deploy(files=newer())).definition_id
    way: dict[str, Any] = {"from_definition_id": old, "to_definition_id": new, "reason": "Uji"}
    batch = engine.execute(MigrateInstances(request_key="k", dry_run=True, **way), by=by)
    engine.execute(ProposeMigration(rename={"request": "submission"}, **way), by=by)
    draft, _ = recorded(engine)
    now = site.clock()
    asked = AskBacktest(
        draft_id=draft,
        path="grades.dmn",
        decision="grade",
        since=now - timedelta(days=9),
        until=now + timedelta(days=9),
    )
    backtest = engine.execute(asked, by=by)
    site.work()
    assert len(engine.ask(definitions.versions, "two_step")) == 2
    return {"batch": str(batch), "backtest": str(backtest), "tables": str(draft)}


@pytest.fixture(scope="session")
def running(shared_site: Site) -> tuple[Site, dict[str, str]]:
    """A site with one evaluation about EMP, and the addresses in it."""
    from engine import Actor, BeginDraft, SaveDryRun
    from engine.queries import definitions, inbox
    from hr.campaigns.commands import LaunchCampaign
    from hr.campaigns.rules import Reach
    from hr.demo.cast import CAST
    from hr.permissions.queries import scope_of

    started = start_case(shared_site)
    engine = shared_site.engine
    heads = Reach(kinds=("JPT",))
    engine.execute(LaunchCampaign(key="quarterly_evaluation", period="2026Q1", reach=heads))
    shared_site.work()
    scope = engine.ask(scope_of, CAST["EMP"], shared_site.clock())
    row = engine.ask(inbox.open_tasks, scope, now=shared_site.clock()).rows[0]
    by = Actor(person_id=CAST["DSN"])
    (version,) = engine.ask(definitions.versions, "daily_activity")
    story = WORKFLOWS / "daily_activity/scenarios/selesai_lebih_awal.toml"
    files = {"scenarios/selesai.toml": story.read_bytes()}
    draft = engine.execute(BeginDraft(definition_id=version.id, files=files), by=by)
    fresh = engine.execute(BeginDraft(definition_id=version.id), by=by)
    note_stories(engine, draft.draft_id)
    engine.execute(SaveDryRun(draft_id=draft.draft_id, story=story.read_text()), by=by)
    addresses = {"draft": str(draft.draft_id), "fresh": str(fresh.draft_id)}
    addresses |= note_versions(shared_site)
    addresses |= {"case": str(started.instance_id), "task": f"/tasks/{row.id}"}
    return shared_site, {**addresses, "person": str(CAST["EMP"])}


@pytest.mark.parametrize(("language", "width", "other"), [("id", PHONE, DESK), ("en", DESK, PHONE)])
@pytest.mark.parametrize("part", PAGES)
def test_every_page_is_usable_by_everybody(running, visits: Visits, part, language, width, other):
    """Each page is fetched once per language, read by axe, and seen at the other width too."""
    site, addresses = running
    people: dict[str | None, Visit] = {}
    wrong: dict[str, list[str]] = {}
    # All pages of one person after the other: the next one has other cookies.
    for name, (code, path) in sorted(PAGES[part].items(), key=lambda page: str(page[1][0])):
        visit = people.get(code) or visits(site, code, width=width, language=language)
        people[code] = visit
        visit.trouble.clear()
        visit.go(path.format(**addresses))
        if visit.page.locator("#given").count():  # an editor says when it has drawn what it got
            visit.page.wait_for_selector("body[data-ready]")
        visit.picture(f"{name}-{language}")
        found = visit.check_page()
        if visit.page.locator("h1").count() != 1:
            found.append("has not one main heading")
        if visit.page.locator("html").get_attribute("lang") != language:
            found.append("is in the other language")
        visit.resize(other)
        found += visit.check_layout()
        visit.resize(width)
        if found:
            wrong[name] = found
    assert wrong == {}


def test_a_form_with_errors_is_usable_by_everybody(running, visits: Visits):
    site, addresses = running
    visit = visits(site, "EMP", width=PHONE)
    visit.go(addresses["task"])
    visit.send()
    visit.picture("task_errors")
    assert visit.page.locator("#al-summary").is_visible()
    assert visit.check_page() == []
    visit.resize(DESK)
    assert visit.check_layout() == []
