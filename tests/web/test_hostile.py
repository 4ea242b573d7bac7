"""What hostile requests must not achieve: break a page, write the log, find a nameless task."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from hr.demo.cast import CAST
from tests.web.test_routes import PUBLIC, paths
from web.attempts import AttemptFiles

FIELDS = (
    "username",
    "password",
    "old",
    "new",
    "again",
    "language",
    "next",
    "subject",
    "days",
    "period",
    "nip",
    "reason",
    "request_key",
    "after_seq",
    "course",
    "begins",
    "ends",
    "starts_on",
    "seats",
    "value",
    "kind",
    "key",
    "process",
    "person_id",
)
HOSTILE = ("\0", "1\0", "A" * 3000, "9" * 30, "²", "😀", "<script>alert(1)</script>", "-1", "1e999")


def test_no_form_breaks_whatever_is_sent(app, client_as, visitor, start_two_step):
    """PostgreSQL refuses what SQLite keeps (a NUL, a long word, a huge number): never a failure."""
    start_two_step()
    broken = []
    for who in (visitor, client_as("HRC")):
        token = who.token()
        for rule, path in paths(app):
            if "POST" not in rule.methods or rule.endpoint in ("account.log_out",):
                continue
            # To who has not logged in, one guard answers for every page that is not public.
            guarded = who is visitor and rule.endpoint not in PUBLIC
            for word in HOSTILE[:1] if guarded else HOSTILE:
                fields = dict.fromkeys(FIELDS, word) | {"csrf_token": token}
                answer = who.client.post(path, data=fields)
                if answer.status_code >= 500 or b"<script>alert" in answer.data:
                    broken.append((path, word[:10], answer.status_code))
    assert broken == []


def test_no_address_breaks_whatever_stands_in_it(client_as, start_two_step, subtests):
    start_two_step()
    agency = client_as("HRC")
    for path in ("/start/", "/definitions/", "/tasks/1/files/", "/cases/1/files/"):
        for word in ("%00", "A" * 3000, "%F0%9F%98%80", "..%2f..%2fetc%2fpasswd"):
            with subtests.test(path=path, word=word[:10]):
                assert agency.get(path + word).status in (200, 403, 404)


@pytest.mark.parametrize(
    "body",
    [
        b"--x\r\n" * 5000,
        b'--x\r\nContent-Disposition: form-data; name="subject"; filename="../../x"\r\n\r\nyes',
        b"".join(
            b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % n
            for n in range(3000)
        )
        + b"--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="a\0b"\r\n\r\n\0\r\n--x--\r\n',
    ],
    ids=["only boundaries", "never ends", "thousands of parts", "nul"],
)
def test_a_hostile_multipart_body_is_answered(client_as, start_two_step, body):
    start_two_step()
    answer = client_as("EMP").client.post(
        "/tasks/1", data=body, content_type="multipart/form-data; boundary=x"
    )
    assert 400 <= answer.status_code < 500


def test_ten_thousand_keys_nobody_asked_for_are_dropped(client_as, start_two_step, engine):
    from engine import Scope
    from engine.history import unpack
    from engine.queries import inbox

    start_two_step()
    (task,) = engine.ask(inbox.open_tasks, Scope(person_id=CAST["EMP"]), now=engine.clock()).rows
    employee = client_as("EMP")
    extra = {f"rows.{n}.x": "1" for n in range(10_000)}
    assert employee.post(f"/tasks/{task.id}", extra).status == 422  # what is asked for is missing
    fields = {"subject": "Cuti besar", "days": "4", "request_key": "k"}
    assert employee.post(f"/tasks/{task.id}", extra | fields).status == 200
    with engine.database.connect() as connection:
        kept = connection.exec_driver_sql("SELECT value FROM sealed_value").scalars().all()
    assert kept
    assert not [value for value in kept if "rows" in unpack(value)]


def test_forged_proxy_headers_change_nothing(client_as, engine):
    from engine.model import StreamKind
    from engine.queries.history import events

    stranger = client_as("STRANGER")
    forged = {
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Host": "evil.example",
        "Host": "evil.example",
    }
    page = stranger.client.get("/cases", headers=forged)
    assert b"evil.example" not in page.data
    stranger.post("/start/two_step", {"subject": "1"}, headers={"X-Forwarded-For": "6.6.6.6"})
    told = engine.ask(events, StreamKind.PERSON, str(CAST["STRANGER"]))
    assert "6.6.6.6" not in repr(told)


def test_an_address_cannot_write_lines_into_the_log(app, client_as, monkeypatch, caplog):
    from engine import Engine

    visitor = client_as("EMP")

    def broken(*_args, **_kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr(Engine, "ask", broken)
    with caplog.at_level(logging.ERROR):
        visitor.client.get("/start/x%0aERROR%20forged")
    assert caplog.records
    assert not [r for r in caplog.records if "\nERROR forged" in r.getMessage()]


def test_one_key_sent_by_two_threads_is_forgotten_by_neither(tmp_path):
    """The second click may fail first; a crash of the first must still be found."""
    files = AttemptFiles(tmp_path)
    first_began, second_ended = Barrier(2), Barrier(2)

    def first() -> bool:
        files.begin("key")
        first_began.wait()
        second_ended.wait()
        kept = bool(list(tmp_path.iterdir()))
        files.finish("key")
        return kept

    def second() -> None:
        first_began.wait()
        assert files.begin("key") == 0
        files.finish("key")
        second_ended.wait()

    with ThreadPoolExecutor(2) as pool:
        kept, _ = pool.submit(first), pool.submit(second).result()
    assert kept.result()
    assert not list(tmp_path.iterdir())


def test_guesses_made_at_once_are_all_counted(engine, database):
    from hr.accounts.commands import LogIn
    from tests.engine.test_racing import at_once

    guess = LogIn(username="emp", password="a wrong one", address="10.0.0.9")
    at_once(*[lambda: engine.execute(guess)] * 4)
    with database.connect() as connection:
        failed = connection.exec_driver_sql("SELECT key, failures FROM login_failures").all()
    assert sorted(failed) == [("from:10.0.0.9", 4), ("name:emp", 4)]


def test_the_agency_cannot_watch_an_anonymous_task_by_trying_to_assign_it(
    client_as, engine, database
):
    from engine import CompleteTask, NewCase, StartInstance
    from engine.folder import read_folder
    from engine.model import Actor
    from tests.engine.stories import MODELS

    engine.execute(read_folder(MODELS / "anonymous_peers"))
    peers = [CAST["PEER1"], CAST["PEER2"]]
    case = NewCase(subject_id=CAST["EMP"], variables={"peers": peers})
    engine.execute(StartInstance(key="anonymous_peers", case=case))
    with database.connect() as connection:
        found = f"SELECT id FROM task WHERE assignee_id = {CAST['PEER1']}"
        task_id = connection.exec_driver_sql(found).scalar_one()
        nip = connection.exec_driver_sql("SELECT nip FROM person WHERE id = 1").scalar_one()
    agency = client_as("HRC")
    form = {"nip": nip, "reason": "mengintip"}
    tried = [agency.post(f"/agency/tasks/{n}/assign", form) for n in (task_id, 999_999)]
    answers = {"score": 3, "comment": "Baik"}
    command = CompleteTask(task_id=task_id, answers=answers, request_key="k")
    engine.execute(command, by=Actor(person_id=CAST["PEER1"]))
    tried.append(agency.post(f"/agency/tasks/{task_id}/assign", form))
    assert {(page.status, page.heading) for page in tried} == {(404, tried[0].heading)}
