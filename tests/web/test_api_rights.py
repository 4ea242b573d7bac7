"""Who gets what over the API: every address, as every role, without a token, with too little."""

# ruff: noqa: F811 -- fixtures of another file

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from sqlalchemy import text

from hr.accounts.rules import SCOPES
from hr.demo.cast import CAST
from tests.web.program import PREFIX, Program
from tests.web.sweep import EVERYBODY, NOBODY, RELATED, ROLES, by, readers, world  # noqa: F401
from tests.web.test_anonymity import _answer as answer
from tests.web.test_anonymity import asked  # noqa: F401

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

# Operation -> who gets it whatever its id; where the id decides, `_allowed` says so.
OPEN = frozenset(
    {
        "tasks_api.index", "tasks_api.sent", "instances_api.index", "people_api.index",
        "people_api.myself", "definitions_api.index", "definitions_api.versions",
        "definitions_api.show", "definitions_api.download",
    }
)  # fmt: skip
OF_TASK = frozenset(
    {
        "tasks_api.complete", "tasks_api.save_draft", "tasks_api.upload", "handing_api.claim",
        "handing_api.unclaim", "handing_api.take_over", "handing_api.send_back",
        "handing_api.withdraw", "handing_api.delegate", "handing_api.give_back",
        "handing_api.recall", "handing_api.ask_extension", "handing_api.comment",
    }
)  # fmt: skip
ABOVE = frozenset({"handing_api.assign", "handing_api.remind"})
BODY = {
    "answers": {}, "reason": "x", "text": "x", "question": "x", "opinion": "x", "element_id": "x",
    "to": "Oki Firmansyah", "wanted_at": "2026-08-30T09:00:00Z", "name": "x", "correlation": "x",
    "process_key": "two_step", "subject_id": CAST["PEER2"], "url": "ftp://x/",
    "events": ["case.started"],
}  # fmt: skip
TABLES = ("instance", "task", "draft", "comment", "extension", "message", "done_request", "webhook")


def rules_of(app: Any) -> list[tuple[Any, str]]:
    """Give every operation there is: rule and method."""
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX) and rule.endpoint != "openapi"
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]


def path_of(app: Any, rule: Any, **values: Any) -> str:
    given = {name: values.get(name, 1 if "id" in name or name == "version" else "x")
             for name in rule.arguments}  # fmt: skip
    with app.test_request_context():
        from flask import url_for

        return url_for(rule.endpoint, **given).removeprefix(PREFIX)


def send(program: Program, method: str, path: str) -> Any:
    headers = {"Idempotency-Key": "sweep"}
    if method == "GET":
        return program.ask(method, path, headers=headers)
    body = {name: value for name, value in BODY.items() if name in _fields(program, method, path)}
    if path.startswith("/imports"):
        file = {"query_string": {"name": "x.csv"}, "data": b"nip\n"}
        return program.ask(method, path, headers=headers, **file)
    return program.ask(method, path, json=body, headers=headers)


def _fields(program: Program, method: str, path: str) -> frozenset[str]:
    app = program.client.application
    rule, _ = app.url_map.bind("localhost").match(PREFIX + path, method, return_rule=True)
    return _described(app, rule.rule, method)


@cache
def _described(app: Any, rule: str, method: str) -> frozenset[str]:
    spec = app.extensions["alur-api"].spec.to_dict()
    address = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)
    sent = spec["paths"][address][method.lower()].get("requestBody", {}).get("content", {})
    name = sent.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    return frozenset(spec["components"]["schemas"].get(name, {}).get("properties", {}))


def test_every_address_asks_for_a_token_and_none_takes_a_session(app, client_as):
    browser = client_as("HRC").client  # with its cookie
    for rule, method in rules_of(app):
        path = PREFIX + path_of(app, rule)
        for client in (app.test_client(), browser):
            refused = client.open(path, method=method, json={})
            assert refused.status_code == 401, (method, path)
            assert refused.headers["WWW-Authenticate"].lower().startswith("bearer")
            assert refused.mimetype == "application/problem+json"
        wrong = app.test_client().open(
            path, method=method, json={}, headers={"Authorization": "Bearer alur_x"}
        )
        assert "invalid_token" in wrong.headers["WWW-Authenticate"]
    assert browser.get("/api/v1/openapi.json").status_code == 200


def test_a_token_reaches_no_further_than_its_scopes(app, program_as):
    programs = {scope: program_as("HRC", (scope,)) for scope in SCOPES}
    for rule, method in rules_of(app):
        wanted = getattr(app.view_functions[rule.endpoint], "scope", None)
        assert wanted in SCOPES, rule.endpoint
        # Reading that is recorded with a reason is no GET.
        noted = rule.endpoint in ("instances_api.events", "people_api.records")
        assert method == "GET" or not wanted.endswith(":read") or noted
        path = path_of(app, rule)
        for scope, program in programs.items():
            if scope != wanted:
                refused = program.ask(method, path, json={} if method != "GET" else None)
                assert (refused.status_code, refused.json["reason"]) == (403, "NO_SCOPE"), path


def test_an_ended_or_expired_token_opens_nothing(engine, clock, program_as):
    from datetime import timedelta

    from engine.model import Actor
    from hr.accounts import queries as accounts
    from hr.accounts.commands import EndToken

    first, second = program_as("EMP"), program_as("EMP")
    (newest, _) = engine.ask(accounts.tokens_of, CAST["EMP"])
    engine.execute(EndToken(token_id=newest.id), by=Actor(person_id=CAST["EMP"]))
    assert second.get("/people/me").status_code == 401
    assert first.get("/people/me").status_code == 200
    clock.move(timedelta(days=31))
    assert first.get("/people/me").status_code == 401


def test_every_role_gets_what_is_its_own_and_changes_nothing_else(
    app,
    program_as,
    world,
    database,
):
    before = _everything(database)
    wrong = []
    for code in ROLES:
        program = program_as(code)
        for rule, method in rules_of(app):
            for values, allowed in _allowed(rule, method, world):
                if method != "GET" and code in allowed:
                    continue
                path = path_of(app, rule, **values)
                status = send(program, method, path).status_code
                if method == "GET":
                    fits = (status not in (403, 404)) == (code in allowed) and status < 500
                else:
                    fits = status in (403, 404, 409, 422)
                if not fits:
                    wrong.append((code, method, path, status))
    assert wrong == []
    assert _everything(database) == before


def _allowed(rule: Any, method: str, known: Any) -> Any:
    name = rule.endpoint
    if name in OPEN:
        if not rule.arguments:
            yield {}, EVERYBODY
        elif "path" in rule.arguments:
            yield {"key": "two_step", "version": 1, "path": "process.bpmn"}, EVERYBODY
        else:
            yield {"key": "two_step", "version": 1}, EVERYBODY
    elif name == "people_api.show":
        yield {"person_id": CAST["PEER2"]}, by("R", "rating") - {"PPK"} | {"RTR", "SU2", "PPK"}
    elif "instance_id" in rule.arguments:
        for subject, number in known.cases.items():
            allowed = readers(subject) if method == "GET" else NOBODY
            if name == "instances_api.events":
                allowed = by("R", "audit_log") & {"AUD", "HRC"} - {subject}
            yield (
                {"instance_id": number, "sha256": "0" * 64},
                (NOBODY if "sha256" in rule.arguments else allowed),
            )
    elif "task_id" in rule.arguments:
        for subject, number in known.tasks.items():
            mine = frozenset({subject})
            if name in ABOVE:
                mine = frozenset({"HRC", "HRO", *RELATED[subject]})
            values = {"task_id": number, "sha256": "0" * 64, "field": "files"}
            yield values, NOBODY if "sha256" in rule.arguments else mine
    elif name == "instances_api.start":
        yield {}, by("C", "promotion")
    elif name == "messages_api.publish":
        yield {}, by("A", "repair")
    elif name == "people_api.records":
        yield {"person_id": CAST["PEER2"]}, by("R", "person") | {"RTR", "SU2"}
    elif name == "imports_api.bring_in":
        yield {"what": "directory"}, by("C", "person")
    elif name.startswith("drafts_api"):
        able = by("R", "process_draft") if method == "GET" else by("CU", "process_draft")
        named = {"draft_id": 1, "path": "process.bpmn"} if "draft_id" in rule.arguments else {}
        yield named, able
    elif name.startswith("webhooks_api"):
        everybody = method == "GET" and "webhook_id" not in rule.arguments
        yield {}, EVERYBODY if everybody else NOBODY
    else:
        raise AssertionError(f"Expected to know whose {name} is.")


def _everything(database: Any) -> dict[str, Any]:
    with database.connect() as connection:
        return {
            name: connection.execute(text(f'SELECT * FROM "{name}" ORDER BY 1')).all()
            for name in TABLES
        }


def test_nothing_tells_of_an_anonymous_answer(app, engine, program_as, asked):
    programs = {code: program_as(code) for code in ("EMP", "RTR", "HRO", "HRC", "AUD", "PEER2")}
    looked = [
        "/tasks", "/tasks?list=groups", "/tasks?list=taken", "/tasks?list=done", "/tasks/sent",
        "/instances", f"/instances/{asked.case}", f"/instances/{asked.case}/changes",
    ]  # fmt: skip

    def seen() -> Any:
        return {
            (code, path): program.get(path).data
            for code, program in programs.items()
            for path in looked
        }

    before = seen()
    peers = sorted(asked.tasks)
    answer(engine, asked, peers[0])
    assert seen() == before
    done, open_now = asked.tasks[peers[0]], asked.tasks[peers[2]]
    told = []
    for code, program in programs.items():
        for rule, method in rules_of(app):
            if "task_id" in rule.arguments:
                paths = [
                    path_of(app, rule, task_id=task, field="files")
                    for task in (done, open_now, 999_999)
                ]
                statuses = {send(program, method, path).status_code for path in paths}
                if len(statuses) > 1:
                    told.append((code, method, rule.rule, statuses))
    assert told == []


def test_hostile_requests_are_answered_with_words(app, program_as, start_two_step):
    start_two_step()
    emp = program_as("EMP")
    task = emp.get("/tasks").json["items"][0]["id"]
    path = f"/tasks/{task}/complete"

    def ask(data: bytes, kind: str = "application/json") -> int:
        sent = emp.ask("POST", path, data=data, content_type=kind, headers={"Idempotency-Key": "h"})
        assert sent.mimetype == "application/problem+json", data[:40]
        assert sent.json["title"]
        return int(sent.status_code)

    assert ask(b"{") == 400
    assert ask(b'{"answers": {"days": NaN}}') == 400
    assert ask(b'{"answers": {"days": ' + b"9" * 5000 + b"}}") == 400
    assert ask(b'{"answers": {"subject": "a\\u0000"}}') == 400
    assert ask(b'{"answers": {"subject": "\\ud800"}}') == 400
    assert ask(b'{"answers": ' + b"[" * 100_000 + b"]" * 100_000 + b"}") == 400
    assert ask(b'{"answers": {"a": ' + b"[" * 80 + b"]" * 80 + b"}}") == 400
    assert ask(b'{"answers": {"days": 1e999999999}}') == 422
    assert ask(b'{"answers": [], "more": 1}') == 422
    assert ask(b"a=1", "application/x-www-form-urlencoded") == 415
    assert ask(b"x" * (5 * 1024 * 1024)) == 413
    for query in (
        "after=x",
        "limit=0",
        "limit=x",
        "q=%00",
        "list=all",
        "nothing=1",
        "after=" + "A" * 500,
    ):
        assert emp.get(f"/tasks?{query}").status_code in (400, 404, 422), query
    assert emp.get("/tasks/99999999999999999999").status_code == 404
    assert emp.get("/nothing").status_code == 404
    assert emp.ask("DELETE", f"/tasks/{task}").status_code == 405
    assert emp.ask("POST", path, json={}, headers={"Idempotency-Key": "x" * 81}).status_code == 400
    assert emp.put(f"/tasks/{task}/draft", {"answers": {}}, If_Match="broken").status_code == 412
    key = {"Idempotency-Key": "l"}
    late = {"wanted_at": "9999-12-31T23:59:59-12:00", "reason": "x"}
    assert emp.ask("POST", f"/tasks/{task}/extension", json=late, headers=key).status_code == 422
