"""A change of a process from the drawing to the people: drawn, tried, sent, approved, in force."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from engine import Actor, ClaimTask, CompleteTask, SaveDraft
from engine.queries import cases, definitions, process_drafts, publications, standing
from hr.demo.cast import CAST
from tests.browser.conftest import PHONE, start_case
from tests.browser.test_studio import FORM, choose, crossing, field, ready, rules, saved
from tests.conftest import WORKFLOWS

if TYPE_CHECKING:
    from tests.browser.conftest import Site, Visit, Visits

KEY = "quarterly_evaluation"
STORY = "baik.toml"
WHY = "Sejak triwulan ini atasan dari atasan meninjau hasilnya sebelum dibaca pegawai."
REVIEWED = "Sudah sesuai dengan catatan triwulan ini."


def test_a_second_review_from_the_drawing_to_the_people(site: Site, visits: Visits):
    stays, goes = start_case(site, KEY, "PEER1"), start_case(site, KEY, "PEER2")
    typed(site, goes.instance_id, "PEER2", {"peers": ["1", "5"], "note": "Hanya berdua di loket."})
    designer = visits(site, "DSN")
    folder, made = the_designer_draws_it(site, designer)
    the_designer_mends_a_scenario_by_playing_it(site, designer, folder, made)
    the_designer_sends_it(designer, folder)
    for code, words in (("HRC", "Setujui perubahan proses"), ("ADM", "Setujui teknik perubahan")):
        approver = visits(site, code)
        approver.take_and_send(words, decision="APPROVE", reason="Sudah diperiksa dan dicoba.")
        site.work()
    (new, old) = site.engine.ask(definitions.versions, KEY)
    assert (new.version, old.version) == (2, 1)
    assert site.engine.ask(publications.of_version, new.id).authors == (CAST["DSN"],)
    a_new_case_takes_the_new_path(site, visits, made)
    one_case_is_taken_over_with_its_draft(site, visits, goes)
    assert site.engine.ask(cases.case, stays.instance_id).version == 1


def the_designer_draws_it(site: Site, designer: Visit) -> tuple[str, str]:
    page = designer.go("/studio")
    page.locator("#version").select_option(label="P04 · Evaluasi triwulan 360 (versi 1)")
    designer.press("Buat draf")
    folder = page.url.removeprefix(site.address)
    draft_id = int(folder.rpartition("/")[2])

    # A form, made in the editor: its preview is what people will get.
    page.locator("#kind").select_option("form")
    page.locator("#file-name").fill("second_review")
    designer.press("Tambah")
    page.wait_for_selector("body[data-ready]")
    page.locator("#canvas .fjs-element", has_text="Catatan").last.click()
    page.locator("#canvas .bio-properties-panel-group-header", has_text="General").click()
    label = page.locator("#bio-properties-panel-label")
    saved(page, lambda: label.fill("Hasil tinjauan kedua"))
    preview = page.frame_locator(".al-preview-phone")
    preview.get_by_text("Hasil tinjauan kedua").first.wait_for()
    designer.picture("studio_form")

    page = ready(designer, f"{folder}/edit?file=process.bpmn")
    # Keys work after load, without a click.
    page.keyboard.press("Control+a")
    many = "window.alurModeler.get('selection').get().length"
    assert page.evaluate(many) > 30
    page.keyboard.press("Escape")

    # A task of the palette, dropped onto the way to the person, where the lane is SU2's.
    page.locator("[data-action='create.user-task']").click()
    x, y = crossing(page, "disclose_to_acknowledge_result", "SU2")
    page.mouse.move(x + 4, y + 4)
    page.mouse.move(x, y, steps=3)
    said = saved(page, lambda: page.mouse.click(x, y))
    made = page.evaluate("window.alurModeler.get('selection').get()[0]?.id")
    lane = "id => window.alurModeler.get('elementRegistry').get(id).businessObject.lanes[0].name"
    assert page.evaluate(lane, made) == "SU2"
    page.keyboard.type("Tinjauan kedua")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    choose(page, made)
    page.locator("#bio-properties-panel-alur-form").wait_for()
    field(page, "form").select_option("second_review")
    field(page, "title").fill("Tinjauan kedua: {subject_name")
    said = saved(page, lambda: field(page, "due").fill("5 hari krja"))
    if rules(said) != ["feel-syntax", "title-braces"]:  # a save between two fields
        said = saved(page, lambda: page.locator("#bio-properties-panel-alur-due").blur())
    assert sorted(r for r in rules(said) if "unread" not in r) == ["feel-syntax", "title-braces"]
    page.get_by_text("Kurung kurawal pada judul tidak berpasangan.").wait_for()
    designer.picture("studio_findings")
    assert designer.trouble == []

    # Pressing a finding leads to its element.
    page.locator("#findings .al-finding-where").first.click()
    assert page.evaluate("window.alurModeler.get('selection').get()[0].id") == made
    field(page, "title").fill("Tinjauan kedua: {subject_name}")
    field(page, "due").fill("5 hari kerja")
    page.locator("#findings .al-finding-error").first.wait_for(state="detached")
    page.locator("#saved", has_text="Tersimpan").wait_for()

    # What was drawn is what would run.
    files = site.engine.ask(process_drafts.files, draft_id)
    variables = page.evaluate("window.alurModeler.get('alurChoices').variables")
    assert "final_rating.result_rating" in variables[made]
    assert b'name="due" value="5 hari kerja"' in files["process.bpmn"]
    assert b"Hasil tinjauan kedua" in files[FORM]
    return folder, made


def the_designer_mends_a_scenario_by_playing_it(
    site: Site, designer: Visit, folder: str, made: str
) -> None:
    page = designer.go(f"{folder}/scenarios")
    page.locator("summary", has_text="Ambil skenario bawaan").click()
    page.get_by_label(STORY, exact=True).check()
    designer.press("Ambil yang dicentang")
    designer.press("Putar semua")
    page.get_by_text("Langkah 16: tugas Tanggapi hasil seharusnya terbuka").wait_for()
    designer.picture("studio_scenario_broken")
    with page.expect_navigation():
        page.get_by_role("button", name=f"Buka scenarios/{STORY} di percobaan").click()
    page.get_by_text("Berhenti pada langkah 16").wait_for()
    # Its deadline nears and its holder is reminded; then it is filled in, and the rest goes on.
    with page.expect_navigation():
        page.get_by_role("button", name="Sampai yang berikut").click()
    page.get_by_text("Pengingat tenggat").first.wait_for()
    with page.expect_navigation():
        page.get_by_role("link", name="Tinjauan kedua").click()
    assert page.locator("#as").input_value() == "SU2"
    designer.fill(note=REVIEWED)
    designer.picture("studio_dry_run_form")
    designer.press("Lanjutkan")
    page.get_by_role("heading", name="Simpan sebagai skenario").wait_for()
    designer.picture("studio_dry_run")
    designer.press("Simpan skenario")
    designer.press("Putar semua")
    page.get_by_text("1 sesuai, 0 tidak sesuai").wait_for()
    designer.picture("studio_coverage")
    draft_id = int(folder.rpartition("/")[2])
    kept = site.engine.ask(process_drafts.files, draft_id)[f"scenarios/{STORY}"].decode()
    steps = tomllib.loads(kept)["step"]
    assert [step.get("complete") for step in steps][-3:] == [None, made, "acknowledge_result"]
    assert "# Orang luar tidak dapat mengisi." in kept


def the_designer_sends_it(designer: Visit, folder: str) -> None:
    page = designer.go(folder)
    assert page.locator(".al-finding-error, .al-finding-warning").count() == 0
    with page.expect_navigation():
        page.get_by_role("link", name="Ajukan untuk disetujui").click()
    page.locator("#reason").fill(WHY)
    designer.press("Periksa dan ajukan")
    page.get_by_text("Draf ini menunggu persetujuan").wait_for()
    assert designer.trouble == []


def a_new_case_takes_the_new_path(site: Site, visits: Visits, made: str) -> None:
    case = start_case(site, KEY, "EMP")
    story = tomllib.loads((WORKFLOWS / KEY / "scenarios" / STORY).read_text(encoding="utf-8"))
    for step in story["step"]:
        if "refused" not in step and step["complete"] != "acknowledge_result":
            complete(site, case.instance_id, step)
    (task,) = site.engine.ask(standing.open_tasks, case.instance_id)
    assert (task.element_id, task.assignee_id) == (made, CAST["SU2"])
    reviewer = visits(site, "SU2", width=PHONE)
    reviewer.open_and_send("Tinjauan kedua: Sari Wulandari", note=REVIEWED)
    (task,) = site.engine.ask(standing.open_tasks, case.instance_id)
    assert task.element_id == "acknowledge_result"


def one_case_is_taken_over_with_its_draft(site: Site, visits: Visits, case: Any) -> None:
    designer = visits(site, "DSN")
    page = designer.go(f"/studio/processes/{KEY}/migrate?from=1&to=2")
    page.locator("#which-some").check()
    page.locator("#cases").fill(site.engine.ask(cases.case, case.instance_id).case_no)
    page.locator("#ask #reason").fill(WHY)
    designer.press("Usulkan")
    administrator = visits(site, "ADM")
    administrator.go(f"/studio/processes/{KEY}")
    administrator.press("Setujui dan jalankan")
    site.work()
    assert site.engine.ask(cases.case, case.instance_id).version == 2
    visitor = visits(site, "PEER2", width=PHONE)
    page = visitor.go("/")
    with page.expect_navigation():
        page.locator("main").get_by_role("link").filter(has_text="rekan").first.click()
    assert page.locator("[name='note']").input_value() == "Hanya berdua di loket."


def typed(site: Site, case: int, code: str, answers: dict[str, Any]) -> None:
    """Keep answers in the one open task of a case, as somebody typed them."""
    (task,) = site.engine.ask(standing.open_tasks, case)
    site.engine.execute(SaveDraft(task_id=task.id, answers=answers), by=actor(code))


def complete(site: Site, case: int, step: dict[str, Any]) -> None:
    """Do a step of a scenario on the site."""
    person = CAST[step["as"]]
    found = site.engine.ask(standing.open_tasks, case)
    (task,) = [
        one
        for one in found
        if one.element_id == step["complete"] and one.assignee_id in (person, None)
    ]
    if task.assignee_id is None:
        site.engine.execute(ClaimTask(task_id=task.id), by=actor(step["as"]))
    answers = {key: str(v) if key == "held_on" else v for key, v in step["answers"].items()}
    command = CompleteTask(task_id=task.id, answers=answers, request_key=f"{task.id}")
    site.engine.execute(command, by=actor(step["as"]))
    site.work()


def actor(code: str) -> Actor:
    return Actor(person_id=CAST[code])
