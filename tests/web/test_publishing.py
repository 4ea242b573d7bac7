"""Publishing a draft: sent, approved by two who had no part in it, in force at its time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import (
    Actor,
    BeginDraft,
    CancelInstance,
    ClaimTask,
    CompleteTask,
    FileChange,
    NewCase,
    NoteStories,
    RetryIncident,
    SaveDraftFiles,
    StartInstance,
    SubmitDraft,
)
from engine.errors import InvalidState, NotAllowed
from engine.folder import read_files, read_folder
from engine.model import StreamKind
from engine.queries import cases, definitions, history, process_drafts, publications, standing
from engine.worker import Worker
from hr.demo.cast import CAST
from hr.notices import queries as notices
from tests.conftest import WORKFLOWS
from tests.web.conftest import TWO_STEP
from tests.web.test_scenarios import HAPPY
from tests.web.test_studio import post

FILES = read_files(TWO_STEP)
CHANGED = FILES | {
    "process.bpmn": FILES["process.bpmn"].replace(b'name="Permohonan dua', b'name="Permintaan dua'),
    "scenarios/happy.toml": HAPPY.encode(),
}
REASON = "Nama proses disesuaikan dengan peraturan baru."
GOOD = {"decision": "APPROVE", "reason": "Sudah diperiksa terhadap aturannya."}
BACK = {"decision": "RETURN", "reason": "Nama lamanya masih dipakai peraturan."}
ONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def by(code):
    return Actor(person_id=CAST[code])


@pytest.fixture
def draft(engine):
    """A draft of the two-step model by the designer; the model runs, and so does P20."""
    version = engine.execute(read_folder(TWO_STEP))
    engine.execute(read_folder(WORKFLOWS / "process_change"))
    made = engine.execute(
        BeginDraft(definition_id=version.definition_id, files=CHANGED), by=by("DSN")
    )
    return made.draft_id


def sent(designer, draft, **fields):
    return post(designer, f"/studio/drafts/{draft}/submit", **({"reason": REASON} | fields))


def decide(engine, draft, code, answers):
    case = engine.ask(publications.of_draft, draft).instance_id
    (task,) = engine.ask(standing.open_tasks, case)
    engine.execute(ClaimTask(task_id=task.id), by=by(code))
    command = CompleteTask(task_id=task.id, answers=answers, request_key=f"{code}{task.id}")
    engine.execute(command, by=by(code))


def state(engine, draft):
    return engine.ask(process_drafts.draft, draft).row.state


def test_the_whole_way(client_as, engine, draft, start_two_step):
    old = start_two_step("EMP")
    designer, officer, administrator = (client_as(code) for code in ("DSN", "HRC", "ADM"))
    answer = sent(designer, draft)
    assert answer.status_code == 303, answer.text
    assert state(engine, draft) == "SUBMITTED"
    frozen = SaveDraftFiles(draft_id=draft, changes=(FileChange("README.md", b"x"),))
    with pytest.raises(InvalidState):
        engine.execute(frozen, by=by("DSN"))
    publication = engine.ask(publications.of_draft, draft)
    assert publication.stories == 1
    for visitor, code in ((officer, "HRC"), (administrator, "ADM")):
        waits = visitor.get("/?tab=groups").text
        assert "perubahan proses: Permohonan dua langkah" in waits
        (task,) = engine.ask(standing.open_tasks, publication.instance_id)
        engine.execute(ClaimTask(task_id=task.id), by=by(code))
        page = visitor.get(f"/tasks/{task.id}")
        assert REASON.rstrip(".") in page.text
        assert page.link("Lihat yang berubah") == f"/studio/drafts/{draft}/compare"
        assert visitor.get(f"/studio/drafts/{draft}/compare").status == 200
        engine.execute(CompleteTask(task_id=task.id, answers=GOOD, request_key=code), by=by(code))
    assert state(engine, draft) == "PUBLISHED"
    for code in ("DSN", "HRC", "HRO", "ADM", "AUD"):
        (notice,) = engine.ask(notices.unread, CAST[code])
        assert (notice.notice, notice.values["reason"]) == ("draft_published", REASON), code
    assert not engine.ask(notices.unread, CAST["EMP"])
    found = engine.ask(definitions.version, "two_step", 2)
    assert found.row.name == "Permintaan dua langkah"
    new = start_two_step("EMP", "2026Q3")
    events = engine.ask(history.events, StreamKind.DEFINITION, "two_step")
    (told,) = [e for e in events if e.kind == "DRAFT_PUBLISHED"]
    assert told.detail["approvers"] == [CAST["HRC"], CAST["ADM"]]
    assert told.detail["authors"] == [CAST["DSN"]]
    assert told.detail["sha256"] == found.row.sha256
    page = designer.get("/processes/two_step/2")
    assert REASON in page.text
    assert engine.ask(publications.running, "two_step") == {1: 1, 2: 1}
    assert page.text.count("1 berkas berjalan") == 2
    assert old.instance_id != new.instance_id


def test_at_its_time_and_not_before(client_as, engine, draft, clock):
    day = (clock.now + timedelta(days=5)).date().isoformat()
    assert sent(client_as("DSN"), draft, day=day).status_code == 303
    decide(engine, draft, "HRC", GOOD)
    decide(engine, draft, "ADM", GOOD)
    worker = Worker(engine)
    while worker.run_due():
        pass
    assert (state(engine, draft), len(engine.ask(definitions.versions, "two_step"))) == (
        "SUBMITTED",
        1,
    )
    clock.now += timedelta(days=6)
    while worker.run_due():
        pass
    assert (state(engine, draft), len(engine.ask(definitions.versions, "two_step"))) == (
        "PUBLISHED",
        2,
    )


@ONE
@pytest.mark.parametrize("code", ["HRC", "ADM"])
def test_who_worked_on_it_does_not_decide(client_as, engine, draft, code, database):
    # He was a designer when he changed it; since then he has the other role.
    with database.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE process_draft_revision SET person_id = ? WHERE draft_id = ?",
            (CAST[code], draft),
        )
    assert sent(client_as("DSN"), draft).status_code == 303
    if code == "ADM":
        decide(engine, draft, "HRC", GOOD)
    title = "perubahan proses: Permohonan dua langkah"
    assert title not in client_as(code).get("/?tab=groups").text, "he could not claim it"
    with pytest.raises(NotAllowed) as refused:
        decide(engine, draft, code, GOOD)
    assert refused.value.reason == "OWN_DRAFT"
    assert state(engine, draft) == "SUBMITTED"


@ONE
def test_the_publishing_itself_refuses_who_worked_on_it(client_as, engine, draft, clock, database):
    day = (clock.now + timedelta(days=5)).date().isoformat()
    assert sent(client_as("DSN"), draft, day=day).status_code == 303
    decide(engine, draft, "HRC", GOOD)
    decide(engine, draft, "ADM", GOOD)
    with database.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE process_draft_revision SET person_id = ? WHERE draft_id = ?",
            (CAST["HRC"], draft),
        )
    clock.now += timedelta(days=6)
    worker = Worker(engine)
    while worker.run_due():
        pass
    assert state(engine, draft) == "SUBMITTED"
    assert len(engine.ask(definitions.versions, "two_step")) == 1
    case = engine.ask(cases.case, engine.ask(publications.of_draft, draft).instance_id)
    assert [i.element_id for i in case.incidents] == ["publish"]


@ONE
def test_where_its_case_is_cancelled_a_draft_can_be_opened_again(client_as, engine, draft):
    designer = client_as("DSN")
    assert sent(designer, draft).status_code == 303
    refused = post(designer, f"/studio/drafts/{draft}/reopen")
    assert (refused.status_code, state(engine, draft)) == (409, "SUBMITTED")
    case = engine.ask(publications.of_draft, draft).instance_id
    engine.execute(CancelInstance(instance_id=case, reason="Salah kirim."), by=by("HRC"))
    assert "Buka lagi draf ini" in designer.get(f"/studio/drafts/{draft}").text
    assert post(designer, f"/studio/drafts/{draft}/reopen").status_code == 303
    assert state(engine, draft) == "OPEN"


@ONE
@pytest.mark.parametrize("last", ["HRC", "ADM"])
def test_a_draft_that_is_returned_is_open_and_says_why(client_as, engine, draft, last):
    designer = client_as("DSN")
    assert sent(designer, draft).status_code == 303
    if last == "ADM":
        decide(engine, draft, "HRC", GOOD)
    decide(engine, draft, last, BACK)
    assert state(engine, draft) == "OPEN"
    assert BACK["reason"] in designer.get(f"/studio/drafts/{draft}").text
    assert len(engine.ask(definitions.versions, "two_step")) == 1
    assert sent(designer, draft).status_code == 303  # and may be sent again


@ONE
@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("process.bpmn", CHANGED["process.bpmn"].replace(b"default=", b"x="), "belum bersyarat"),
        (
            "scenarios/happy.toml",
            HAPPY.replace("COMPLETED", "ACTIVE").encode(),
            "Di akhir: keadaan seharusnya ACTIVE, ternyata COMPLETED.",
        ),
        ("scenarios/happy.toml", b"x =", "happy.toml"),
        ("scenarios/happy.toml", None, "sedikitnya satu skenario"),
    ],
)
def test_what_is_wrong_keeps_it_open(client_as, engine, draft, path, content, said):
    change = FileChange(path, content)
    engine.execute(SaveDraftFiles(draft_id=draft, changes=(change,)), by=by("DSN"))
    answer = sent(client_as("DSN"), draft)
    assert answer.status_code == 422
    assert said in answer.text
    assert state(engine, draft) == "OPEN"


@ONE
@pytest.mark.parametrize("fields", [{"reason": "pendek"}, {"day": "x"}, {"day": "2020-01-01"}])
def test_without_a_reason_or_with_a_day_gone_by_it_stays_open(client_as, engine, draft, fields):
    assert sent(client_as("DSN"), draft, **fields).status_code == 422
    assert state(engine, draft) == "OPEN"


@ONE
def test_scenarios_have_their_time_and_are_not_played_again(app, draft, engine, monkeypatch):
    from web.studio import stories

    view, files = engine.ask(process_drafts.draft, draft), engine.ask(process_drafts.files, draft)
    with app.test_request_context("/studio"):
        monkeypatch.setattr(stories, "_SECONDS", -1)
        assert (stories.play(view, files).passed, stories.play(view, files).left) == (0, 1)
        monkeypatch.setattr(stories, "_SECONDS", 60)
        assert stories.play(view, files).passed == 1
        monkeypatch.setattr(stories, "_SECONDS", -1)
        assert (stories.play(view, files).passed, stories.play(view, files).left) == (1, 0)


@ONE
def test_the_command_itself_demands_scenarios_that_came_out_on_this_very_content(engine, draft):
    def send():
        row = engine.ask(process_drafts.draft, draft).row
        engine.execute(SubmitDraft(draft_id=draft, sha256=row.sha256, reason=REASON), by=by("DSN"))

    def note(sha256, passed=1, failed=0, left=0, person=None):
        told = NoteStories(
            draft_id=draft, sha256=sha256, passed=passed, failed=failed, left=left, result={}
        )
        engine.execute(told, by=Actor(person_id=person))

    sha256 = engine.ask(process_drafts.draft, draft).row.sha256
    for said, noted in (
        ("some were not", None),
        ("some were not", {"left": 1}),
        ("1 did not", {"failed": 1}),
        ("there is none", {"passed": 0}),
    ):
        if noted is not None:
            note(sha256, **noted)
        with pytest.raises(InvalidState, match=said):
            send()
    with pytest.raises(NotAllowed):  # nobody claims it himself
        note(sha256, person=CAST["DSN"])
    note("0" * 64)  # of a content that is not there any more: not kept
    note(sha256)
    change = FileChange("README.md", b"lain")
    engine.execute(SaveDraftFiles(draft_id=draft, changes=(change,)), by=by("DSN"))
    with pytest.raises(InvalidState, match="some were not"):
        send()
    note(engine.ask(process_drafts.draft, draft).row.sha256)
    send()
    assert engine.ask(publications.of_draft, draft).stories == 1


@ONE
def test_a_draft_of_a_published_version_has_its_scenarios(client_as, engine, draft):
    assert sent(client_as("DSN"), draft).status_code == 303
    decide(engine, draft, "HRC", GOOD)
    decide(engine, draft, "ADM", GOOD)
    version = engine.ask(publications.of_draft, draft).definition_id
    again = engine.execute(BeginDraft(definition_id=version), by=by("DSN"))
    assert engine.ask(process_drafts.files, again.draft_id) == CHANGED


@ONE
def test_its_case_begins_in_no_other_way(client_as, engine, draft):
    officer = client_as("HRC")
    assert "Perubahan proses" not in officer.get("/start").text
    assert officer.get("/start/process_change").status == 404
    command = StartInstance(key="process_change", case=NewCase(variables={"draft_id": draft}))
    with pytest.raises(NotAllowed) as refused:
        engine.execute(command, by=by("HRC"))
    assert refused.value.reason == "FROM_STUDIO"


@ONE
def test_nobody_else_sends_a_draft(client_as, draft):
    for code in ("HRC", "ADM", "AUD", "EMP"):
        assert client_as(code).get(f"/studio/drafts/{draft}/submit").status == 403


@ONE
def test_where_publishing_fails_its_history_says_nothing_of_it(
    client_as, engine, draft, monkeypatch
):
    from engine.commands import publishing

    def broken(*given, **also):
        raise RuntimeError

    assert sent(client_as("DSN"), draft).status_code == 303
    decide(engine, draft, "HRC", GOOD)
    monkeypatch.setattr(publishing, "_end", broken)  # after the version was written and recorded
    decide(engine, draft, "ADM", GOOD)
    told = [e.kind for e in engine.ask(history.events, StreamKind.DEFINITION, "two_step")]
    assert told.count("DEFINITION_DEPLOYED") == 1
    assert len(engine.ask(definitions.versions, "two_step")) == 1
    assert state(engine, draft) == "SUBMITTED"
    monkeypatch.undo()
    case = engine.ask(cases.case, engine.ask(publications.of_draft, draft).instance_id)
    (incident,) = case.incidents
    engine.execute(RetryIncident(incident_id=incident.id, reason="Sudah pulih."), by=by("HRC2"))
    assert state(engine, draft) == "PUBLISHED"
    assert engine.ask(publications.of_draft, draft).approvers == (CAST["HRC"], CAST["ADM"])
