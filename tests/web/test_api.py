"""The JSON API as programs use it: lists, acts, keys, marks of states, files, problems."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from engine import NewCase, StartInstance
from engine.folder import read_folder
from engine.forms import MOST_BYTES
from engine.model import StreamKind
from engine.queries import history
from hr.demo.cast import CAST
from tests.conftest import WORKFLOWS

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PDF = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
ANSWERS = {"subject": "Cuti", "days": 2}


def task_of(program, **asked):
    """Give the first task of a list."""
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return program.get(f"/tasks?{query}").json["items"][0]


def test_a_task_is_listed_read_and_completed_and_goes_on(engine, program_as, start_two_step):
    start_two_step()
    emp, rtr = program_as("EMP"), program_as("RTR")
    row = task_of(emp)
    task = emp.get(f"/tasks/{row['id']}").json
    assert task["may_complete"]
    assert task["form"]["required"] == ["subject", "days"]
    assert [step["element_id"] for step in task["next_steps"]] == ["review"]
    done = emp.post(f"/tasks/{row['id']}/complete", {"answers": ANSWERS}, Idempotency_Key="one")
    assert (done.status_code, done.json["repeated"]) == (200, False)
    again = emp.post(f"/tasks/{row['id']}/complete", {"answers": ANSWERS}, Idempotency_Key="one")
    assert (again.status_code, again.json["repeated"]) == (200, True)
    other = emp.post(f"/tasks/{row['id']}/complete", {"answers": ANSWERS}, Idempotency_Key="two")
    assert other.status_code == 409
    assert [one["now_with"][0]["assignee_id"] for one in emp.get("/tasks/sent").json["items"]] == [
        CAST["RTR"]
    ]
    review = task_of(rtr)
    evidence = rtr.get(f"/tasks/{review['id']}").json["evidence"]
    assert {"subject": "Cuti", "days": 2}.items() <= evidence[0]["answers"].items()
    case = rtr.get(f"/instances/{row['instance_id']}").json
    assert [step["state"] for step in case["steps"]] == ["DONE", "CURRENT"]
    changes = rtr.get(f"/instances/{row['instance_id']}/changes").json
    assert changes[0]["new"]["subject"] == "Cuti"


def test_what_is_done_over_the_api_says_so_in_the_history(engine, program_as, start_two_step):
    started = start_two_step()
    emp = program_as("EMP")
    path = f"/tasks/{task_of(emp)['id']}/complete"
    emp.post(path, {"answers": ANSWERS}, Idempotency_Key="one")
    events = engine.ask(history.case_events, started.instance_id)
    (done,) = [event for event in events if event.kind == "TASK_COMPLETED"]
    assert (done.channel, done.person_id) == ("API", CAST["EMP"])


def test_wrong_answers_are_named_field_by_field_in_the_persons_language(program_as, start_two_step):
    start_two_step()
    emp = program_as("EMP")
    path = f"/tasks/{task_of(emp)['id']}/complete"
    body = {"answers": {"days": 99}}
    said = emp.post(path, body, Idempotency_Key="one")
    assert said.status_code == 422
    assert said.mimetype == "application/problem+json"
    assert {(e["path"], e["code"]) for e in said.json["errors"]} == {
        ("subject", "required"),
        ("days", "too_large"),
    }
    english = emp.post(path, body, Idempotency_Key="one", Accept_Language="en").json
    assert english["title"] != said.json["title"]
    assert english["errors"][0]["message"] != said.json["errors"][0]["message"]


def test_numbers_travel_exactly(program_as, start_two_step):
    start_two_step()
    emp = program_as("EMP")
    path = f"/tasks/{task_of(emp)['id']}"
    exact = b'{"answers": {"subject": "x", "days": 0.1000000000000000000000001}}'
    kept = emp.ask("PUT", f"{path}/draft", data=exact, content_type="application/json")
    assert kept.status_code == 204
    assert kept.data == b""
    task = json.loads(emp.get(path).data, parse_float=Decimal)
    assert task["draft"]["days"] == Decimal("0.1000000000000000000000001")


def test_an_act_on_a_state_that_has_moved_on_is_refused(program_as, start_two_step):
    start_two_step()
    emp = program_as("EMP")
    path = f"/tasks/{task_of(emp)['id']}"
    seen = emp.get(path).headers["ETag"]
    assert emp.get(path, If_None_Match=seen).status_code == 304
    mine = emp.put(f"{path}/draft", {"answers": {"subject": "a"}}, If_Match=seen)
    assert mine.status_code == 204
    late = emp.put(f"{path}/draft", {"answers": {"subject": "b"}}, If_Match=seen)
    assert late.status_code == 412
    now = emp.get(path)
    assert now.json["draft"] == {"subject": "a"}
    assert now.headers["ETag"] != seen
    done = emp.post(
        f"{path}/complete",
        {"answers": ANSWERS},
        If_Match=now.headers["ETag"],
        Idempotency_Key="one",
    )
    assert done.status_code == 200


def test_a_comment_sent_twice_is_there_once_and_a_key_stands_for_one_request(
    program_as, start_two_step
):
    start_two_step()
    emp = program_as("EMP")
    path = f"/tasks/{task_of(emp)['id']}/comments"
    for _ in range(2):
        assert emp.post(path, {"text": "Mohon dibantu"}, Idempotency_Key="k").status_code == 204
    assert [one["text"] for one in emp.get(path).json] == ["Mohon dibantu"]
    assert emp.post(path, {"text": "Lain"}, Idempotency_Key="k").status_code == 422
    without = emp.post(path, {"text": "Lain"})
    assert without.status_code == 400
    assert "Idempotency-Key" in without.json["errors"][0]["message"]
    # Another person's program may use the same word for a key.
    other = program_as("RTR").post(path, {"text": "x"}, Idempotency_Key="k")
    assert other.status_code == 403


def test_tasks_change_hands_as_on_their_page(engine, program_as, start_two_step):
    start_two_step()
    emp, rtr, su2 = program_as("EMP"), program_as("RTR"), program_as("SU2")
    first = task_of(emp)["id"]
    emp.post(f"/tasks/{first}/complete", {"answers": ANSWERS}, Idempotency_Key="one")
    review = task_of(rtr)["id"]
    unknown = rtr.post(f"/tasks/{review}/delegate", {"to": "Tak Ada", "question": "Bagaimana?"})
    assert unknown.status_code == 422
    lent = rtr.post(
        f"/tasks/{review}/delegate", {"to": "Ratna Puspitasari", "question": "Bagaimana?"}
    )
    assert lent.status_code == 204
    assert task_of(su2)["owner_id"] == CAST["RTR"]
    assert su2.post(f"/tasks/{review}/give-back", {"opinion": "Baik"}).status_code == 204
    asked = rtr.post(
        f"/tasks/{review}/extension",
        {"wanted_at": "2026-08-30T09:00:00Z", "reason": "Menunggu berkas"},
    )
    assert asked.status_code == 201
    steps = rtr.get(f"/tasks/{review}/earlier-steps").json
    assert [step["element_id"] for step in steps] == ["request"]
    back = rtr.post(
        f"/tasks/{review}/send-back", {"element_id": "request", "reason": "Kurang jelas"}
    )
    assert back.status_code == 204
    assert emp.get(f"/tasks/{task_of(emp)['id']}").json["draft"]["subject"] == "Cuti"


def test_a_case_is_started_once_and_found(engine, program_as, start_two_step):
    start_two_step()
    hrc = program_as("HRC")
    new = {"process_key": "two_step", "subject_id": CAST["PEER1"], "period": "2026Q3"}
    started = hrc.post("/instances", new, Idempotency_Key="s")
    assert started.status_code == 201
    assert hrc.post("/instances", new, Idempotency_Key="s").json == started.json
    number = started.json["instance_id"]
    assert started.headers["Location"] == f"/api/v1/instances/{number}"
    newest = hrc.get("/instances?limit=1").json
    assert newest["items"][0]["id"] == number
    older = hrc.get(f"/instances?limit=1&after={newest['next']}").json
    assert older["items"][0]["id"] < number
    assert older["next"] is None
    assert hrc.post("/instances", {**new, "period": "2026Q9"}, Idempotency_Key="t").status_code == (
        422
    )
    assert program_as("EMP").post("/instances", new, Idempotency_Key="s").status_code == 403


def test_reading_a_whole_history_is_recorded(engine, program_as, start_two_step):
    number = start_two_step().instance_id
    aud = program_as("AUD")
    path = f"/instances/{number}/history"
    assert aud.post(path, {}).status_code == 422
    told = aud.post(path, {"reason": "Pemeriksaan"}).json
    assert [event["kind"] for event in told][:1] == ["INSTANCE_STARTED"]
    rest = aud.post(path, {"reason": "Pemeriksaan", "after_seq": told[0]["seq"]}).json
    assert rest == told[1:]
    read = engine.ask(history.events, StreamKind.PERSON, str(CAST["AUD"]))
    assert [(one.kind, one.reason) for one in read] == [("DOSSIER_OPENED", "Pemeriksaan")] * 2
    assert program_as("EMP").post(path, {"reason": "x"}).status_code == 403


def test_processes_and_their_files_are_there_byte_for_byte(program_as, start_two_step):
    start_two_step()
    emp = program_as("EMP")
    assert [row["key"] for row in emp.get("/definitions").json] == ["two_step"]
    version = emp.get("/definitions/two_step/versions/1").json
    assert version["elements"]["review"] == "Periksa permohonan"
    path = "/definitions/two_step/versions/1/files/process.bpmn"
    assert len(emp.get(path).data) == version["files"]["process.bpmn"]
    assert emp.get("/definitions/two_step/versions/9").status_code == 404


def test_people_are_those_whom_one_may_see(program_as):
    emp, hrc = program_as("EMP"), program_as("HRC")
    assert emp.get("/people/me").json["id"] == CAST["EMP"]
    assert [row["id"] for row in emp.get("/people").json["items"]] == [CAST["EMP"]]
    assert emp.get(f"/people/{CAST['RTR']}").status_code == 403
    first = hrc.get("/people?limit=5").json
    second = hrc.get(f"/people?limit=5&after={first['next']}").json
    assert not {row["id"] for row in first["items"]} & {row["id"] for row in second["items"]}


@pytest.fixture
def documents(engine):
    """EMP's task that asks for documents."""
    engine.execute(read_folder(WORKFLOWS / "rank_promotion"))
    case = NewCase(subject_id=CAST["EMP"], period="2026-09")
    return engine.execute(StartInstance(key="rank_promotion", case=case)).instance_id


def test_a_file_is_kept_for_a_field_and_only_by_whoever_uploaded_it(engine, program_as, documents):
    emp = program_as("EMP")
    task = task_of(emp)["id"]

    def upload(data, name="../SK pangkat.pdf\r\nX: y"):
        return emp.ask(
            "POST",
            f"/tasks/{task}/files/files",
            query_string={"name": name},
            data=data,
            content_type="application/octet-stream",
        )

    kept = upload(PDF)
    assert kept.status_code == 201, kept.json
    assert set(kept.json) == {"name", "sha256", "mime", "size"}
    assert not {"/", "\r", "\n"} & set(kept.json["name"])
    assert upload(b"<script>alert(1)</script>").status_code == 422
    assert upload(bytes(MOST_BYTES + 2)).status_code == 413
    assert emp.get(f"/tasks/{task}/files/{kept.json['sha256']}").data == PDF
    answers = {"included": ["RANK_DECREE", "EVALUATIONS"], "is_true": True}
    stranger = {**kept.json, "sha256": "0" * 64}
    refused = emp.post(
        f"/tasks/{task}/complete",
        {"answers": {**answers, "files": [stranger]}},
        Idempotency_Key="f",
    )
    assert [error["code"] for error in refused.json["errors"]] == ["not_a_file"]
    assert emp.put(f"/tasks/{task}/draft", {"answers": {"files": [stranger]}}).status_code == 422
    done = emp.post(
        f"/tasks/{task}/complete",
        {"answers": {**answers, "files": [kept.json]}},
        Idempotency_Key="g",
    )
    assert done.status_code == 200, done.json
    path = f"/instances/{documents}/files/{kept.json['sha256']}"
    assert emp.get(path).data == PDF
    assert "attachment" in emp.get(path).headers["Content-Disposition"]
    assert program_as("PEER1").get(path).status_code == 403


def test_a_message_is_published_once_by_who_may(program_as):
    hrc = program_as("HRC")
    body = {"name": "reply", "correlation": "x", "payload": {"days": 2}}
    sent = hrc.post("/messages", body, Idempotency_Key="m")
    assert sent.status_code == 201
    assert hrc.post("/messages", body, Idempotency_Key="m").json == sent.json
    assert program_as("EMP").post("/messages", body, Idempotency_Key="m").status_code == 403


def test_a_designer_changes_a_draft_file_by_file_and_nobody_overwrites_silently(
    program_as, start_two_step
):
    start_two_step()
    dsn = program_as("DSN")
    begun = dsn.post("/drafts", {"key": "two_step", "version": 1})
    assert begun.status_code == 201, begun.json
    path = f"/drafts/{begun.json['draft_id']}"
    file = dsn.get(f"{path}/files/messages.toml")
    mine = file.headers["ETag"]

    def save(data, tag):
        return dsn.ask(
            "PUT",
            f"{path}/files/messages.toml",
            data=data,
            content_type="application/octet-stream",
            headers={"If-Match": tag},
        )

    saved = save(file.data + b"\n", mine)
    assert (saved.status_code, saved.json["revision"]) == (200, 2)
    assert save(b"x", mine).status_code == 409
    assert dsn.get(f"{path}/files/messages.toml").data == file.data + b"\n"
    assert dsn.get(path).json["authors"] == [CAST["DSN"]]
    assert dsn.post("/drafts", {"files": {"process.bpmn": "no base64"}}).status_code == 422
    assert program_as("HRC").post("/drafts", {"key": "two_step"}).status_code == 403
    assert program_as("EMP").get("/drafts").status_code == 403


def test_records_are_read_with_a_reason_that_their_person_sees(engine, program_as):
    emp, hrc = program_as("EMP"), program_as("HRC")
    path = f"/people/{CAST['EMP']}/records"
    assert hrc.post(path, {}).status_code == 422
    read = hrc.post(path, {"reason": "Verifikasi"})
    assert {"kind", "total", "rows"} == set(read.json[0])
    told = engine.ask(history.events, StreamKind.PERSON, str(CAST["EMP"]))
    assert [one.reason for one in told if one.person_id == CAST["HRC"]] == ["Verifikasi"]
    assert emp.post(path, {"reason": "Sendiri"}).status_code == 200
    assert program_as("PEER1").post(path, {"reason": "x"}).status_code == 403


def test_a_file_of_records_is_looked_at_before_it_is_taken_in(engine, program_as):
    hrc = program_as("HRC")
    (row,) = [one for one in hrc.get("/people?q=Sari").json["items"] if one["id"] == CAST["EMP"]]
    head = "nip,level,institution,graduated_on\n"
    good = f"{head}{row['nip']},S2,Universitas Contoh,2020-08-01\n"

    def send(program, text, dry_run, what="education"):
        return program.ask(
            "POST",
            f"/imports/{what}",
            query_string={"name": "ijazah.csv", "dry_run": dry_run},
            data=text.encode(),
            content_type="application/octet-stream",
        )

    wrong = send(hrc, good + "1,S9,,\n", "true").json
    assert (wrong["added"], wrong["done"]) == (1, False) or wrong["wrong"] > 0
    assert wrong["faults"][0]["number"] == 3
    assert send(hrc, good + "1,S9,,\n", "false").status_code == 422
    assert send(hrc, good, "true").json["added"] == 1
    done = send(hrc, good, "false")
    assert (done.status_code, done.json["added"], done.json["done"]) == (200, 1, True)
    assert send(hrc, good, "false").json["known"] == 1
    assert send(hrc, "\xff\xfe", "true").json["wrong"] == 1
    assert send(program_as("EMP"), good, "true").status_code == 403
    assert send(hrc, good, "true", "nothing").status_code == 404
