"""Webhooks to a real receiver: signed, tried again, never inwards, only what somebody may see."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from threading import Thread
from typing import Any

import pytest
from standardwebhooks import Webhook

from engine.errors import ServiceTaskFailed
from engine.model import Actor
from engine.ports import Ports
from engine.worker import Worker
from hr.accounts import queries as accounts
from hr.accounts.commands import EndToken
from hr.demo.cast import CAST
from hr.programs import commands as programs
from hr.programs import queries
from hr.programs.queries import Delivery
from tests.engine.stories import rows
from web.notices import hooks

sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
LOOPBACK = ip_network("127.0.0.0/8")
SECRET = "whsec_" + "QUJD" * 8


@dataclass
class Receiver:
    """A program that is told; it answers as `says` wants, the last of them from then on."""

    says: list[int] = field(default_factory=lambda: [204])
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.taken.append(({name.lower(): said for name, said in self.headers.items()}, body))
            status = told.says.pop(0) if len(told.says) > 1 else told.says[0]
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}/hook?x=1"
    yield told
    server.shutdown()
    server.server_close()


@pytest.fixture
def ports(ports: Ports) -> Ports:
    """As bootstrap puts them together, with the loopback as a network of the city's."""
    kinds = (programs.TELLING, hooks.kind_of([LOOPBACK]))
    return replace(
        ports,
        job_kinds={**ports.job_kinds, **{kind.name: kind for kind in kinds}},
        event_job=programs.EVENT,
        listening=queries.kinds,
    )


def listen(program: Any, receiver: Receiver, *events: str) -> Any:
    made = program.post("/webhooks", {"url": receiver.url, "events": list(events)})
    assert made.status_code == 201, made.json
    return made.json


@sqlite
def test_a_program_is_told_of_what_its_person_may_see(engine, program_as, start_two_step, receiver):
    rtr = program_as("RTR")
    made = listen(rtr, receiver, "case.started", "task.created")
    listen(program_as("STRANGER"), receiver, "case.started", "task.created")
    assert [hook["id"] for hook in rtr.get("/webhooks").json] == [made["id"]]
    started = start_two_step()
    Worker(engine).run_due()
    told = []
    for headers, body in receiver.taken:
        Webhook(made["secret"]).verify(body.decode(), headers)  # or raises
        told.append(json.loads(body))
    assert sorted(one["type"] for one in told) == ["case.started", "task.created"]
    assert {one["data"]["instance_id"] for one in told} == {started.instance_id}
    assert not any("Sari" in str(one) for one in told)
    (task,) = [one["data"]["task_id"] for one in told if one["type"] == "task.created"]
    assert rtr.get(f"/instances/{started.instance_id}").json["steps"][0]["task_id"] == task
    assert rtr.ask("DELETE", f"/webhooks/{made['id']}").status_code == 204
    assert rtr.get("/webhooks").json == []
    start_two_step(period="2026Q3")
    Worker(engine).run_due()
    assert len(receiver.taken) == 2


@sqlite
def test_what_was_not_taken_is_sent_again_under_the_same_id(
    engine, clock, program_as, start_two_step, receiver
):
    receiver.says = [500, 302, 204]
    listen(program_as("RTR"), receiver, "case.started")
    start_two_step()
    for _ in range(4):
        Worker(engine).run_due()
        clock.move(timedelta(hours=1))
    assert len(receiver.taken) == 3  # a redirect is not followed
    assert len({headers["webhook-id"] for headers, _ in receiver.taken}) == 1
    jobs = rows(engine, "SELECT state FROM job WHERE kind = 'webhook_deliver'")
    assert [job.state for job in jobs] == ["DONE"]


@sqlite
def test_a_webhook_ends_with_its_token_and_sees_no_more_than_it(
    engine, program_as, start_two_step, receiver
):
    narrow = program_as("RTR", ("webhooks:write", "cases:read"))
    body = {"url": receiver.url, "events": ["task.created"]}
    refused = narrow.post("/webhooks", body)
    assert refused.status_code == 422
    assert "tasks:read" in refused.json["errors"][0]["message"]
    listen(narrow, receiver, "case.started")
    (token,) = engine.ask(accounts.tokens_of, CAST["RTR"])
    engine.execute(EndToken(token_id=token.id), by=Actor(person_id=CAST["RTR"]))
    start_two_step()
    Worker(engine).run_due()
    assert receiver.taken == []


@sqlite
def test_nobody_is_told_where_nobody_listens(engine, start_two_step):
    start_two_step()
    assert rows(engine, "SELECT id FROM job WHERE kind = 'webhook_event'") == []


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://localhost/", "https://10.0.0.1/", "https://[::1]/",
        "https://169.254.169.254/latest", "https://[::ffff:10.0.0.1]/", "https://0.0.0.0/",
        "https://2130706433/", "https://0x7f.1/", "https://[fd00::1]/", "https://224.0.0.1/",
        "https://100.64.0.1/", "https://no.such.host.invalid/", "http://8.8.8.8/",
        "https://[64:ff9b::a00:1]/", "https://[2002:7f00:1::]/", "https://[::127.0.0.1]/",
        "https://[64:ff9b:1::a9fe:a9fe]/",
    ],
)  # fmt: skip
def test_nothing_is_sent_inwards_or_in_the_open(url):
    with pytest.raises(ServiceTaskFailed, match=r"public address|host that is known|https for"):
        hooks.Carrier().send(Delivery(url, SECRET, "{}"), "key")


@sqlite
@pytest.mark.parametrize(
    "url", ["ftp://x/", "https://", "https://u:p@x/", "https://x/#y", "https://x:0/", "https://[x/",
            "https://x/\r\nX: y", "https://" + "x" * 600]
)  # fmt: skip
def test_an_address_that_is_none_is_refused(program_as, url):
    body = {"url": url, "events": ["case.started"]}
    assert program_as("RTR").post("/webhooks", body).status_code == 422


def test_a_receiver_on_a_network_of_the_city_may_speak_http(receiver):
    hooks.Carrier([LOOPBACK]).send(Delivery(receiver.url, SECRET, "{}"), "key")
    ((headers, body),) = receiver.taken
    assert Webhook(SECRET).verify(body.decode(), headers) == {}
    assert headers["host"] == receiver.url.split("/")[2]
