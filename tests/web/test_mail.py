"""Mails about new tasks, to a real SMTP server: each once, in both languages, naming nobody."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from typing import Any, cast

import pytest

pytest.importorskip("aiosmtpd")

from aiosmtpd.controller import Controller

from engine import Engine, InstallSchedules
from engine.ports import Ports
from engine.worker import Worker
from tests.conftest import MovableClock
from tests.engine.stories import rows
from web.notices import letters, mail
from web.settings import Settings

CITY = "https://alur.kota.test"


@dataclass
class Inbox:
    """What a mail server took; it may refuse as often as `refusing` says."""

    refusing: int = 0
    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Take a letter, or not."""
        if self.refusing:
            self.refusing -= 1
            return "451 try again later"
        parsed = email.message_from_bytes(envelope.content, policy=policy.default)
        self.letters.append(cast(EmailMessage, parsed))
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, str]]:
    taken = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(taken, hostname="127.0.0.1", port=port)
    server.start()
    yield taken, f"smtp://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def ports(ports: Ports, inbox: tuple[Inbox, str]) -> Ports:
    """hr's ports with a mail server, as bootstrap plugs one in."""
    used = Settings(smtp_url=inbox[1], public_url=CITY, mail_from="alur@kota.test")
    kind = mail.kind_of(used)
    return replace(ports, job_kinds={**ports.job_kinds, kind.name: kind}, task_job=kind.name)


def test_a_new_task_is_written_about_once_and_nobody_is_named(
    engine: Engine, inbox: tuple[Inbox, str], start_two_step: Any, clock: MovableClock
) -> None:
    taken, _ = inbox
    taken.refusing = 1
    engine.execute(InstallSchedules())
    started = start_two_step()
    worker = Worker(engine)
    for _ in range(3):
        worker.run_due()
        clock.move(timedelta(minutes=2))
    (letter,) = taken.letters
    assert letter["To"].endswith("@example.test")
    assert started.case_no in letter["Subject"]
    assert letter["Message-ID"].endswith("@kota.test>")
    (task,) = rows(engine, "SELECT id, title, case_title FROM task")
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    html = letter.get_body(("html",)).get_content()  # type: ignore[union-attr]
    for said in (text, html):
        assert "Ada tugas baru" in said
        assert "There is a new task" in said
        assert f"{CITY}/tasks/{task.id}" in said
        assert task.case_title not in said
    assert {
        row.state for row in rows(engine, "SELECT state FROM job WHERE kind = 'mail_task'")
    } == {"DONE"}
    (limit,) = rows(engine, "SELECT per_minute FROM job_limit WHERE kind = 'mail_task'")
    assert limit.per_minute == mail.PER_MINUTE


def test_a_task_done_meanwhile_is_not_written_about(
    engine: Engine, inbox: tuple[Inbox, str], start_two_step: Any
) -> None:
    from engine import CancelInstance

    started = start_two_step()
    engine.execute(CancelInstance(instance_id=started.instance_id, reason="keliru"))
    Worker(engine).run_due()
    assert inbox[0].letters == []
    assert {
        row.state for row in rows(engine, "SELECT state FROM job WHERE kind = 'mail_task'")
    } == {"DONE"}


def test_a_mail_server_that_hangs_costs_a_try_and_holds_no_transaction() -> None:
    from engine.errors import ServiceTaskFailed

    with socket.create_server(("127.0.0.1", 0)) as silent:
        post = mail.Post(f"smtp://127.0.0.1:{silent.getsockname()[1]}", "a@kota.test", seconds=0.2)
        with pytest.raises(ServiceTaskFailed, match="SMTPServerDisconnected"):
            post.send(letters.new_task("b@kota.test", "P04-1", "", "Kota"), "1")


def test_no_case_number_begins_a_header_of_its_own() -> None:
    letter = letters.new_task("a@b.test", "P04\r\nBcc: all@kota.test", "", "Kota <Contoh>")
    assert "\n" not in letter.subject
    assert "<Contoh>" not in letter.html
