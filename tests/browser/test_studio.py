"""A designer at the editors; a whole change from the drawing on is in test_studio_walk.py."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from engine import Actor, BeginDraft, FileChange, SaveDraftFiles
from engine.queries import definitions, process_drafts
from hr.demo.cast import CAST

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Site, Visit, Visits

DESIGNER = Actor(person_id=CAST["DSN"])
FORM = "forms/second_review.json"
CATCHES_LITTLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="few" name="few"
 namespace="https://alur.test/few">
 <inputData id="kind_data" name="kind"><variable name="kind" typeRef="string"/></inputData>
 <decision id="few_decision" name="few"><variable name="few" typeRef="number"/>
  <informationRequirement id="needs"><requiredInput href="#kind_data"/></informationRequirement>
  <decisionTable id="few_table" hitPolicy="UNIQUE">
   <input id="in_kind" label="Jenis">
    <inputExpression id="ex_kind" typeRef="string"><text>kind</text></inputExpression>
    <inputValues id="values"><text>"A","B"</text></inputValues></input>
   <output id="out" name="few" typeRef="number"/>
   <rule id="only"><inputEntry id="cell"><text>"A"</text></inputEntry>
    <outputEntry id="told"><text>1</text></outputEntry></rule>
  </decisionTable>
 </decision>
</definitions>
"""


def ready(visit: Visit, path: str) -> Page:
    page = visit.go(path)
    page.wait_for_selector("body[data-ready]")
    return page


def saved(page: Page, act) -> dict:
    """Do something, and give what the server answers to the save that follows."""
    with page.expect_response(lambda r: r.request.method == "PUT", timeout=15_000) as told:
        act()
    assert told.value.ok, told.value.text()
    page.locator("#saved", has_text="Tersimpan").wait_for()
    return told.value.json()


def rules(said: dict) -> list[str]:
    return [one["rule"] for one in said["findings"]]


def choose(page: Page, element: str) -> None:
    page.evaluate(
        "id => { const m = window.alurModeler; const e = m.get('elementRegistry').get(id);"
        " m.get('canvas').scrollToElement(e, 200); m.get('selection').select(e) }",
        element,
    )


def crossing(page: Page, flow: str, lane: str) -> tuple[float, float]:
    """Give where in the window a flow runs downwards or upwards through a lane."""
    return tuple(
        page.evaluate(
            """([flow, lane]) => {
              const m = window.alurModeler, canvas = m.get('canvas');
              const all = m.get('elementRegistry');
              const ways = all.get(flow).waypoints, v = canvas.viewbox();
              const within = all.find(({ type, businessObject }) =>
                type === 'bpmn:Lane' && businessObject.name === lane);
              const y = within.y + within.height / 2;
              const x = ways.find((p, i) => i && p.x === ways[i - 1].x
                && Math.min(p.y, ways[i - 1].y) < y && y < Math.max(p.y, ways[i - 1].y)).x;
              const box = canvas.getContainer().getBoundingClientRect();
              return [box.x + (x - v.x) * v.scale, box.y + (y - v.y) * v.scale];
            }""",
            [flow, lane],
        )
    )


def field(page: Page, name: str):
    return page.locator(f"#bio-properties-panel-alur-{name}")


def test_two_people_on_one_file_are_told_and_the_first_is_not_overwritten(
    site: Site, visits: Visits
):
    (version,) = site.engine.ask(definitions.versions, "quarterly_evaluation")
    draft = site.engine.execute(BeginDraft(definition_id=version.id), by=DESIGNER)
    designer = visits(site, "DSN")
    page = ready(designer, f"/studio/drafts/{draft.draft_id}/edit?file=dt01_predicate.dmn")
    path = "dt01_predicate.dmn"
    content = site.engine.ask(process_drafts.files, draft.draft_id)[path] + b"<!-- lain -->\n"
    change = FileChange(path, content, draft.files[path])
    site.engine.execute(SaveDraftFiles(draft_id=draft.draft_id, changes=(change,)), by=DESIGNER)

    page.locator("#canvas .add-rule").first.click()
    page.locator("#moved").wait_for()
    assert "tidak ada yang tertimpa" in page.locator("#moved").inner_text()
    assert site.engine.ask(process_drafts.files, draft.draft_id)[path] == content
    with page.expect_navigation():
        page.get_by_role("button", name="Muat yang baru").click()
    page.wait_for_selector("body[data-ready]")

    # A new rule without cells matches everything: the checker's overlaps stand beside the table.
    said = saved(page, lambda: page.locator("#canvas .add-rule").first.click())
    assert "overlap" in rules(said) or "rule-unreachable" in rules(said), rules(said)
    page.locator("#canvas .al-row-faulty").first.wait_for()
    assert not page.locator("#gaps").is_visible()

    # What no row catches is told above the table, with an example.
    table = CATCHES_LITTLE.encode()
    change = FileChange("few.dmn", table, "")
    site.engine.execute(SaveDraftFiles(draft_id=draft.draft_id, changes=(change,)), by=DESIGNER)
    page = ready(designer, f"/studio/drafts/{draft.draft_id}/edit?file=few.dmn")
    assert "Ada masukan yang tidak kena aturan mana pun. Misalnya: " in (
        page.locator("#gaps").inner_text()
    )
    assert '"B"' in page.locator("#gaps").inner_text()
    designer.picture("studio_gaps")
    assert designer.trouble == []


def test_the_lists_of_a_repetition_stay_and_formulas_are_completed_member_by_member(
    site: Site, visits: Visits
):
    (version,) = site.engine.ask(definitions.versions, "indicator_catalogue")
    draft = site.engine.execute(BeginDraft(definition_id=version.id), by=DESIGNER)
    page = ready(visits(site, "DSN"), f"/studio/drafts/{draft.draft_id}/edit?file=process.bpmn")
    choose(page, "offices_draft")
    assert field(page, "output").input_value() == "office_indicators"
    assert field(page, "output-item").input_value() == "submitted"
    saved(page, lambda: field(page, "item").fill("one_office"))
    content = site.engine.ask(process_drafts.files, draft.draft_id)["process.bpmn"]
    assert b"<bpmn:loopDataOutputRef>office_indicators</bpmn:loopDataOutputRef>" in content
    assert b'name="one_office"' in content

    known = page.evaluate("window.alurModeler.get('alurChoices').variables.offices_draft")
    owner, _, member = next(name for name in known if "." in name).partition(".")
    page.locator("[data-entry-id='alur-cardinality'] .cm-content").click()
    page.keyboard.type(f"{owner}.")
    page.locator(".cm-tooltip-autocomplete", has_text=member.partition(".")[0]).wait_for()


def test_a_form_that_is_edited_keeps_what_the_editor_does_not_know(site: Site, visits: Visits):
    (version,) = site.engine.ask(definitions.versions, "quarterly_evaluation")
    draft = site.engine.execute(BeginDraft(definition_id=version.id), by=DESIGNER)
    path = "forms/self_assessment.json"
    before = json.loads(site.engine.ask(process_drafts.files, draft.draft_id)[path])
    page = ready(visits(site, "DSN"), f"/studio/drafts/{draft.draft_id}/edit?file={path}")
    page.evaluate(
        "window.alurEditor.get('selection').set(window.alurEditor.get('formFieldRegistry')"
        ".getAll().find(field => field.key === 'remark'))"
    )
    page.locator("#canvas .bio-properties-panel-group-header", has_text="Alur").click()
    why = page.locator("#bio-properties-panel-alur-why")
    said = saved(page, lambda: why.fill("Agar atasan tahu konteksnya."))
    assert rules(said) == []
    after = json.loads(site.engine.ask(process_drafts.files, draft.draft_id)[path])
    (remark,) = [one for one in before["components"] if one.get("key") == "remark"]
    remark["properties"]["alur:why"] = "Agar atasan tahu konteksnya."
    assert after == before
