"""Try it: a draft is played with chosen people, answers and time, and becomes a scenario."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest

from engine import Actor, BeginDraft, FileChange, SaveDraftFiles, SaveDryRun
from engine.errors import Conflict
from engine.folder import read_files, read_folder
from engine.queries import process_drafts
from hr.demo.cast import CAST
from tests.web.conftest import TWO_STEP
from tests.web.test_scenarios import HAPPY
from tests.web.test_studio import post
from web import scenarios

ONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

DESIGNER = Actor(person_id=CAST["DSN"])
ASK = {"subject": "Cuti", "days": "5", "reason": "Menjenguk orang tua di kampung halaman."}


@pytest.fixture
def draft(engine):
    made = engine.execute(read_folder(TWO_STEP))
    files = read_files(TWO_STEP) | {"scenarios/happy.toml": HAPPY.encode()}
    command = BeginDraft(definition_id=made.definition_id, files=files)
    return engine.execute(command, by=DESIGNER).draft_id


@pytest.fixture
def designer(client_as):
    return client_as("DSN")


@pytest.fixture
def act(designer, draft):
    """Presses a button of the page of the dry run, and gives what comes then."""

    def do(action, /, **fields):
        seen = designer.get(f"/studio/drafts/{draft}/dry-run").all("//input[@name='seen']/@value")
        given = {"seen": seen[0]} if seen else {}
        return post(designer, f"/studio/drafts/{draft}/dry-run/{action}", **(given | fields))

    return do


def saved(engine, draft, path="scenarios/coba.toml"):
    return engine.ask(process_drafts.files, draft)[path].decode()


def waiting(page):
    links = page.all("//a[@class='al-row-title']/@href")
    return [parse_qs(urlsplit(link).query)["task"][0] for link in links]


def run(engine, draft):
    return engine.ask(process_drafts.dry_run, draft, CAST["DSN"])


@ONE
def test_a_draft_is_played_and_saved_as_a_scenario(designer, draft, engine, act, database):
    def live():
        with database.connect() as connection:
            return connection.exec_driver_sql("SELECT count(*) FROM instance").scalar()

    assert "Coba jalankan" in designer.get(f"/studio/drafts/{draft}").text
    assert act("begin", subject="EMP", period="2026Q2", at="2026-07-01T01:00").status_code == 303
    page = designer.get(f"/studio/drafts/{draft}/dry-run")
    assert waiting(page) == ["request@EMP"]

    # What the form refuses is told on the form; that it is refused may be part of the story.
    wrong = act(
        "step", verb="complete", task="request@EMP", at="0", **{"as": "EMP"}, **ASK | {"days": "-5"}
    )
    assert wrong.status_code == 422
    assert "Catat: harus ditolak" in wrong.text
    noted = act(
        "step",
        verb="complete",
        task="request@EMP",
        at="0",
        refused="yes",
        **{"as": "EMP"},
        **ASK | {"days": "-5"},
    )
    assert noted.status_code == 303
    strange = act("step", verb="complete", task="request@EMP", at="1", **{"as": "STRANGER"}, **ASK)
    assert strange.status_code == 422
    done = act("step", verb="complete", task="request@EMP", at="1", **{"as": "EMP"}, **ASK)
    assert done.status_code == 303, done.text
    page = designer.get(f"/studio/drafts/{draft}/dry-run")
    assert waiting(page) == ["review@RTR"]
    assert page.all("//*[local-name()='svg'][contains(@class, 'al-diagram')]")

    # Time moves, and nothing of it is real.
    assert act("step", verb="advance", what="P1D", at="2").status_code == 303
    assert "2 Juli 2026" in designer.get(f"/studio/drafts/{draft}/dry-run").text
    done = act("step", verb="complete", task="review@RTR", at="3", **{"as": "RTR"}, approved="true")
    assert done.status_code == 303
    assert live() == 0
    answer = act("save", name="coba", about="Cuti disetujui.", variable="long")
    assert answer.status_code == 303, answer.text
    text = saved(engine, draft)
    story = scenarios.parse(text.encode(), TWO_STEP / "scenarios" / "coba.toml")
    assert [step.given.get("refused") for step in story.steps] == ["InvalidForm", None, None, None]
    assert story.steps[1].given["expect"] == {"tasks": ["review@RTR"]}
    assert story.expect["state"] == "COMPLETED"
    assert story.expect["variables"] == {"long": True}
    assert run(engine, draft) is None
    assert post(designer, f"/studio/drafts/{draft}/scenarios").status_code == 303
    page = designer.get(f"/studio/drafts/{draft}/scenarios")
    assert "2 sesuai, 0 tidak sesuai" in page.text
    assert "Belum pernah dilalui" in page.text  # the way on which it is declined


@ONE
def test_a_task_is_taken_given_back_handed_over_and_kept_as_a_draft(designer, draft, engine, act):
    model = engine.ask(process_drafts.files, draft)["process.bpmn"]
    change = FileChange("process.bpmn", model.replace(b'name="RTR"', b'name="HRC"'))
    engine.execute(SaveDraftFiles(draft_id=draft, changes=(change,)), by=DESIGNER)
    act("begin", subject="EMP", period="2026Q2")

    half = act("step", verb="complete", task="request@EMP", at="0", keep="draft", subject="Cuti")
    assert half.status_code == 303, half.text
    page = designer.get(f"/studio/drafts/{draft}/dry-run?task=request@EMP")
    assert page.all("//input[@name='subject']/@value") == ["Cuti"]

    asked = act("step", verb="complete", task="request@EMP", at="1", **{"as": "EMP"}, **ASK)
    assert asked.status_code == 303, asked.text
    assert waiting(designer.get(f"/studio/drafts/{draft}/dry-run")) == ["review@HRC"]
    strange = act("step", verb="claim", task="review@HRC", at="2", **{"as": "PEER1"})
    assert strange.status_code == 422
    assert "tidak boleh melakukannya" in strange.text
    for at, (verb, fields) in enumerate(
        [
            ("claim", {"as": "HRC2"}),
            ("unclaim", {"as": "HRC2"}),
            ("assign", {"as": "HRC", "to": "HRC2", "because": "Ia yang memegang berkasnya."}),
        ],
        2,
    ):
        key = waiting(designer.get(f"/studio/drafts/{draft}/dry-run"))[0]
        done = act("step", verb=verb, task=key, at=str(at), **fields)
        assert done.status_code == 303, done.text
    page = designer.get(f"/studio/drafts/{draft}/dry-run")
    assert waiting(page) == ["review@HRC2"]
    story = scenarios.parse(run(engine, draft).story.encode(), TWO_STEP / "x.toml", unfinished=True)
    assert [step.verb for step in story.steps] == [
        *("draft", "complete", "claim", "unclaim", "assign"),
    ]


@ONE
def test_a_scenario_that_an_edit_breaks_says_where_and_is_mended_there(
    designer, draft, engine, act
):
    # The task has another id now: the second step does not find it.
    model = engine.ask(process_drafts.files, draft)["process.bpmn"]
    for place in (b'id="review"', b'Ref="review"', b'Element="review"', b">review<"):
        model = model.replace(place, place.replace(b"review", b"decide"))
    change = FileChange("process.bpmn", model)
    engine.execute(SaveDraftFiles(draft_id=draft, changes=(change,)), by=DESIGNER)
    post(designer, f"/studio/drafts/{draft}/scenarios")
    page = designer.get(f"/studio/drafts/{draft}/scenarios")
    assert (
        "Langkah 1: tugas yang terbuka seharusnya review@RTR, ternyata Periksa permohonan@RTR."
        in page.text
    )

    assert act("begin", source="scenarios/happy.toml").status_code == 303
    page = designer.get(f"/studio/drafts/{draft}/dry-run")
    assert "Berhenti pada langkah 1" in page.text
    assert act("edit", do="accept", number="1").status_code == 303
    page = designer.get(f"/studio/drafts/{draft}/dry-run")
    assert "Berhenti pada langkah 2" in page.text
    answer = act(
        "step",
        verb="complete",
        task="decide@RTR",
        at="1",
        instead="yes",
        **{"as": "RTR"},
        approved="true",
    )
    assert answer.status_code == 303, answer.text
    page = designer.get(f"/studio/drafts/{draft}/dry-run")
    assert "Akhirnya tidak seperti yang tertulis" in page.text
    assert act("edit", do="accept", number="0").status_code == 303
    assert act("save", name="happy", about="Permohonan disetujui.").status_code == 303
    text = saved(engine, draft, "scenarios/happy.toml")
    assert 'tasks = ["decide@RTR"]' in text
    assert "Menjenguk orang tua" in text  # what was not touched is as it was
    post(designer, f"/studio/drafts/{draft}/scenarios")
    assert "1 sesuai, 0 tidak sesuai" in designer.get(f"/studio/drafts/{draft}/scenarios").text


def test_steps_are_taken_out_and_what_follows_forgotten(designer, draft, engine, act):
    act("begin", source="scenarios/happy.toml")
    page = designer.get(f"/studio/drafts/{draft}/dry-run?at=1")
    assert "1 langkah berikut belum diputar." in page.text
    assert act("save", name="x", about="y").status_code == 303  # the whole story comes out
    act("begin", source="scenarios/happy.toml")
    assert act("edit", do="forget", number="1").status_code == 303
    assert run(engine, draft).story.count("[[step]]") == 1
    assert act("edit", do="remove", number="1").status_code == 303
    assert act("edit", do="remove", number="1").status_code == 422
    assert act("drop").status_code == 303
    assert run(engine, draft) is None


def test_two_windows_do_not_overwrite_each_other(designer, draft, engine, act):
    act("begin", source="scenarios/happy.toml")
    stale = run(engine, draft)
    act("edit", do="forget", number="1")
    command = SaveDryRun(draft_id=draft, story=stale.story, seen=stale.revision)
    with pytest.raises(Conflict):
        engine.execute(command, by=DESIGNER)


@ONE
@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"variables": "x ="}, 422),
        ({"at": "kemarin"}, 422),
        ({"source": "process.bpmn"}, 404),
        ({"source": "scenarios/none.toml"}, 404),
    ],
)
def test_what_cannot_begin_is_told(draft, act, fields, status):
    assert act("begin", **fields).status_code == status


@ONE
def test_what_cannot_be_done_is_told(designer, draft, act):
    act("begin", subject="EMP", period="2026Q2")
    for fields, said in (
        ({"verb": "advance", "what": "nanti"}, "Jangka waktu nanti tidak dikenal"),
        ({"verb": "advance", "what": ""}, "Isi dahulu"),
        ({"verb": "advance", "what": "P99999999D"}, "melampaui kalender"),
        ({"verb": "advance", "what": "999999999 hari kerja"}, "tidak dapat diputar"),
        ({"verb": "advance", "what": "-P1D"}, "Jangka waktu -P1D tidak dikenal"),
        ({"verb": "explode", "what": "x"}, ""),
        ({"verb": "retry", "what": "request"}, "Seharusnya ada gangguan pada request"),
        ({"verb": "complete", "task": "review@RTR"}, ""),
        ({"verb": "complete", "task": "request@EMP", "as": "NOBODY"}, ""),
    ):
        answer = act("step", at="0", **fields)
        assert answer.status_code == (422 if said else 409), (fields, answer.status_code)
        assert said in answer.text


@ONE
def test_a_model_that_cannot_run_says_so_and_a_broken_scenario_too(designer, draft, engine, act):
    act("begin", subject="EMP", period="2026Q2")
    change = FileChange("process.bpmn", b"<not-bpmn/>")
    engine.execute(SaveDraftFiles(draft_id=draft, changes=(change,)), by=DESIGNER)
    page = designer.get(f"/studio/drafts/{draft}/dry-run")
    assert "Perkara tidak dapat dimulai" in page.text
    broken = FileChange("scenarios/happy.toml", b"\xff\xfe[[step]]")
    engine.execute(SaveDraftFiles(draft_id=draft, changes=(broken,)), by=DESIGNER)
    refused = act("begin", source="scenarios/happy.toml")
    assert refused.status_code == 422
    assert "Bukan TOML yang dapat dibaca" in refused.text
    post(designer, f"/studio/drafts/{draft}/scenarios")
    assert "0 sesuai, 1 tidak sesuai" in designer.get(f"/studio/drafts/{draft}/scenarios").text


@ONE
def test_only_designers_play_and_whoever_reads_drafts_sees_how_scenarios_came_out(client_as, draft):
    officer = client_as("HRC")
    assert officer.get(f"/studio/drafts/{draft}/dry-run").status == 403
    assert post(officer, f"/studio/drafts/{draft}/scenarios").status_code == 303
    assert "1 sesuai" in officer.get(f"/studio/drafts/{draft}/scenarios").text
    assert client_as("EMP").get(f"/studio/drafts/{draft}/scenarios").status == 403


@ONE
def test_scenarios_that_came_with_the_platform_are_offered(designer, engine, draft):
    folder = read_folder(TWO_STEP.parents[3] / "workflows" / "process_change")
    made = engine.execute(BeginDraft(files=folder.files), by=DESIGNER)
    page = designer.get(f"/studio/drafts/{made.draft_id}/scenarios")
    assert "diterbitkan.toml" in page.text
    path = f"/studio/drafts/{made.draft_id}/scenarios/take"
    assert post(designer, path, name="diterbitkan.toml").status_code == 303
    assert "scenarios/diterbitkan.toml" in engine.ask(process_drafts.files, made.draft_id)
    assert post(designer, path, name="../../pyproject.toml").status_code == 409


@ONE
def test_files_are_sent_and_an_office_is_named_as_scenarios_name_it(designer, engine, act):
    folder = TWO_STEP.parents[3] / "workflows" / "rank_promotion"
    story = (folder / "scenarios" / "berkas_kurang.toml").read_bytes()
    files = read_files(folder) | {"scenarios/a.toml": story}
    made = engine.execute(BeginDraft(files=files), by=DESIGNER).draft_id
    path = f"/studio/drafts/{made}/dry-run"
    post(designer, f"{path}/begin", source="scenarios/a.toml")
    post(designer, f"{path}/edit", do="forget", number="1", seen="1")
    # The form holds what the story says; a file more is sent with it.
    page = designer.get(f"{path}?at=0&task=upload_documents@EMP")
    kept = page.all("//input[@name='files']/@value")
    assert kept == ["1" * 64, "12" * 32]
    fields = {"verb": "complete", "task": "upload_documents@EMP", "as": "EMP", "at": "0"}
    fields |= {
        "included": ["RANK_DECREE", "EVALUATIONS"],
        "is_true": "true",
        "instead": "yes",
        "seen": "2",
    }
    fields |= {"files": kept[:1], "_upload.files": (BytesIO(b"%PDF-1.4\n%%EOF"), "SK.pdf")}
    fields["csrf_token"] = page.all("//input[@name='csrf_token']/@value")[0]
    told = designer.client.post(f"{path}/step", data=fields, content_type="multipart/form-data")
    assert told.status_code == 303, told.text
    story = scenarios.parse(run(engine, made).story.encode(), folder / "x", unfinished=True)
    (step,) = story.steps
    assert [one["name"] for one in step.given["answers"]["files"]] == ["SK pangkat.pdf", "SK.pdf"]
    assert step.given["expect"] == {"tasks": ["check_documents@HRO@/01/"]}
    assert waiting(designer.get(path)) == ["check_documents@HRO"]


@ONE
def test_a_model_far_too_large_is_not_even_looked_at(designer, draft, engine, act):
    act("begin", subject="EMP", period="2026Q2")
    many = b"<a/>" * 21_000
    change = FileChange("process.bpmn", b"<x>" + many + b"</x>")
    engine.execute(SaveDraftFiles(draft_id=draft, changes=(change,)), by=DESIGNER)
    assert "terlalu besar untuk dijalankan" in designer.get(f"/studio/drafts/{draft}/dry-run").text


@ONE
def test_a_dry_run_ends_in_its_time(designer, draft, act, monkeypatch):
    from web.studio import trying

    act("begin", source="scenarios/happy.toml")
    monkeypatch.setattr(trying, "_SECONDS", -1)
    page = designer.get(f"/studio/drafts/{draft}/dry-run")
    assert page.status == 422


@ONE
def test_only_some_are_played_at_once(designer, draft, act, monkeypatch):
    from web.scenarios import throwaway

    act("begin", source="scenarios/happy.toml")
    monkeypatch.setattr(throwaway, "_PATIENCE", 0)
    taken = [throwaway.throwaway() for _ in range(throwaway.AT_ONCE)]
    for each in taken:
        each.__enter__()
    try:
        assert designer.get(f"/studio/drafts/{draft}/dry-run").status == 503
        assert post(designer, f"/studio/drafts/{draft}/scenarios").status_code == 503
    finally:
        for each in taken:
            each.__exit__(None, None, None)
    assert designer.get(f"/studio/drafts/{draft}/dry-run").status == 200
