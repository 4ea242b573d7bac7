"""Attacks on anonymous answers through pages, ids, counts, exports: nobody learns of one alone."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from engine import CompleteTask, NewCase, StartInstance
from engine.folder import read_folder
from engine.model import Actor
from engine.queries import handing_out, history, mining, trace
from engine.queries.event_log import LogFilter, event_log
from hr.demo.cast import CAST
from hr.privacy.queries import given

MODEL = Path(__file__).parents[1] / "engine" / "models" / "anonymous_peers"
PEERS = [CAST[f"PEER{number}"] for number in (1, 2, 3)]
CURIOUS = ("EMP", "RTR", "SU2", "HRO", "HRC", "AUD", "ADM", "PEER2")
PAGES = (
    "/",
    "/?tab=groups",
    "/?tab=taken",
    "/?tab=waiting",
    "/?tab=done",
    "/cases",
    "/cases/{case}",
    "/processes",
    "/processes/anonymous_peers/1",
    "/agency/followups",
    "/agency/incidents",
    "/agency/campaigns",
    "/operations/jobs?state=DUE",
    "/operations/jobs?state=DONE",
    "/operations/incidents",
    "/operations/cases?q={number}",
    "/start",
    "/training",
    "/me",
    "/team",
    "/team/{person}",
    "/team/{person}/results",
    "/people/{person}",
    "/people/me",
    "/activities/review",
    "/boards?period=2026Q2",
    "/indicators",
    "/kinerja",
    "/kinerja/kalibrasi?tahun=2026",
    "/agency/fairness?year=2026",
    "/campaigns",
    "/cases/{case}/trace",
    "/audit?what=cases&process=anonymous_peers",
    "/audit?what=submitted&process=anonymous_peers",
    "/audit?what=refused",
    "/audit/population",
    "/audit/map?process=anonymous_peers",
    "/audit/map?process=anonymous_peers&step=answer",
    "/audit/rules",
    "/audit/exports",
    "/accounts/sessions",
    "/api/v1/openapi.json",
    "/people",
    "/people/checks",
    "/people/corrections",
    "/people/unmask",
    "/agency/siasn",
    "/me/plans",
    "/notices",
    "/tasks/sent",
    "/done",
)
# What is about the reader's own account, or holds no case: nothing there could tell.
NO_CASE = {
    "/login", "/login/code", "/login/provider", "/login/provider/back", "/login/provider/end",
    "/first-run", "/forgot", "/password", "/second-factor", "/passkeys", "/tokens", "/sessions",
    "/notices/mail", "/absence", "/activities", "/accounts", "/accounts/roles",
    "/accounts/settings", "/accounts/calendar", "/agency/facts", "/agency/candidates",
    "/agency/approvals", "/campaigns/cadence", "/campaigns/peers", "/me/conflicts",
    "/people/units", "/people/files", "/periksa",
    "/studio", "/verify", "/verify/alur_verify.py", "/verify/checkpoint", "/healthz", "/readyz",
    "/operations",  # it tells how full the disk is
}  # fmt: skip
ON_A_TASK = (
    "", "claim", "release", "hand-back", "withdraw", "send-back", "take-over", "delegate",
    "give-back", "recall", "assign", "remind", "extension", "comment",
)  # fmt: skip
BODY = {
    "reason": "x", "text": "x", "question": "x", "opinion": "x", "wanted": "2026-07-30",
    "person": "Oki Firmansyah", "to": "answer", "score": "2", "comment": "x",
}  # fmt: skip


_CHANGING = r"nonce=\"[^\"]*\"|Jejak: \S+"


@dataclass(frozen=True)
class Asked:
    """A case about EMP in which three peers are asked, and the tasks by peer."""

    case: int
    number: str
    tasks: dict[int, int]


@pytest.fixture
def asked(engine: Any, database: Any) -> Asked:
    engine.execute(read_folder(MODEL))
    subject = engine.ask(engine.ports.people.subject, CAST["EMP"], engine.clock())
    case = NewCase(
        subject_id=CAST["EMP"],
        scope_path=subject.scope_path,
        period="2026Q2",
        title=subject.title,
        variables={"peers": PEERS},
    )
    started = engine.execute(StartInstance(key="anonymous_peers", case=case))
    with database.connect() as connection:
        found = connection.execute(text("SELECT assignee_id, id FROM task WHERE anonymous"))
        tasks = {row.assignee_id: row.id for row in found}
    return Asked(started.instance_id, started.case_no, tasks)


def _answer(engine: Any, asked: Asked, peer: int) -> None:
    command = CompleteTask(
        task_id=asked.tasks[peer],
        answers={"score": 2, "comment": "Selalu siap membantu."},
        request_key=f"k{peer}",
        spent=(60, 30),
    )
    engine.execute(command, by=Actor(person_id=peer))


def _seen(
    visitors: dict[str, Any], asked: Asked, known: dict[tuple[str, str], tuple[Any, ...]] | None
) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Give everything that can be read, and every address, on every page of the curious."""
    found = {}
    for code, visitor in visitors.items():
        for path in PAGES:
            if known is not None and known[code, path][0] in (403, 404):
                found[code, path] = known[code, path]  # whoever gets it, gets it both times
                continue
            page = visitor.get(
                path.format(case=asked.case, person=CAST["EMP"], number=asked.number)
            )
            words = re.sub(_CHANGING, "", page.text)
            found[code, path] = (page.status, words, tuple(page.links()))
    return found


def _kept(engine: Any, asked: Asked) -> dict[str, Any]:
    """Give what the chain, the dossier, the map and the exports say of the case: to anybody."""
    with engine.database.connect() as connection:
        lines = list(handing_out.history_lines(connection, "o", b"k", values=True))
    stream = engine.ask(_stream, asked.case)
    of_case, inside = [], False
    for line in map(json.loads, lines):
        inside = line["stream"] == stream if "stream" in line else inside
        if inside and not {"checkpoint", "end"} & line.keys():
            of_case.append(line)
    return {
        "log": _log(engine),
        "trace": engine.ask(trace.trace, asked.case),
        "values": engine.ask(history.values, asked.case, readers=("PEER",), everything=True),
        "events": engine.ask(history.case_events, asked.case),
        "lines": of_case,
        "map": engine.ask(mining.process_map, mining.MapFilter(process_key="anonymous_peers")),
        "given": [engine.ask(given, person) for person in (CAST["EMP"], PEERS[1])],
    }


def _stream(connection: Any, case: int) -> int:
    found = text("SELECT stream_id FROM instance WHERE id = :case")
    return int(connection.execute(found, {"case": case}).scalar_one())


def test_nothing_that_others_see_tells_that_one_of_a_group_has_answered(client_as, engine, asked):
    curious = CURIOUS if engine.database.dialect.name == "sqlite" else ("HRC", "AUD")
    visitors = {code: client_as(code) for code in curious}
    before = _seen(visitors, asked, None)
    kept = _kept(engine, asked)
    _answer(engine, asked, PEERS[0])
    assert _kept(engine, asked) == kept
    after = _seen(visitors, asked, before)
    assert [
        (where, before[where], after[where]) for where in before if after[where] != before[where]
    ] == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_page_that_may_hold_a_case_is_among_those_that_are_looked_at(app):
    """The API's are asked in test_api_rights; what has an id in its address, by that id above."""
    plain = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.arguments and not rule.rule.startswith("/api/v1/")
    }
    looked_at = {path.partition("?")[0] for path in PAGES}
    assert plain - looked_at == NO_CASE


def _log(engine: Any) -> list[tuple[Any, ...]]:
    """Give the exported log, as `alur export` writes it."""

    def read(connection: Any) -> list[tuple[Any, ...]]:
        return [
            (case.case_no, one.kind, one.at, one.person, one.detail)
            for case, events in event_log(connection, LogFilter())
            for one in events
        ]

    return engine.ask(read)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_others_cannot_tell_an_answered_task_from_an_open_one_or_from_none(
    client_as, engine, asked
):
    _answer(engine, asked, PEERS[0])
    done, open_now, none = asked.tasks[PEERS[0]], asked.tasks[PEERS[1]], 999_999
    told = []
    for code in ("EMP", "RTR", "HRC", "HRO", "AUD", "ADM", "PEER3", "PEER1"):
        visitor = client_as(code)
        body = {**BODY, "csrf_token": visitor.token(), "request_key": "other"}
        for way in ON_A_TASK:
            answers = [
                visitor.client.post(f"/tasks/{task}/{way}".rstrip("/"), data=body).status_code
                for task in (done, open_now, none)
            ]
            if len(set(answers)) > 1:
                told.append((code, way, answers))
        for act in ("claim", "remind", "assign"):
            words = {
                visitor.client.post("/bulk", data={**body, "act": act, "task": str(task)}).text
                for task in (done, open_now, none)
            }
            if len({re.sub(_CHANGING, "", page) for page in words}) > 1:
                told.append((code, "bulk", act))
        for path in ("/tasks/{}", "/tasks/{}/sent", "/receipts/{}", "/receipts/{}.json"):
            seen = [visitor.client.get(path.format(task)).status_code for task in (done, open_now)]
            if set(seen) != {404}:
                told.append((code, path, seen))
    assert told == []
