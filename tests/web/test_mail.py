"""Mails about new tasks, to a real SMTP server: each once, in both languages, naming nobody."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from typing import Any, cast

import pytest
from sqlalchemy import update

pytest.importorskip("aiosmtpd")

from aiosmtpd.controller import Controller

from engine import Actor, Command, Context, Engine, InstallSchedules
from engine.model import Channel
from engine.ports import Ports
from engine.store.tables import Task
from engine.worker import Worker
from hr.accounts import queries as accounts
from hr.accounts import rules
from hr.accounts.commands import MakeLink
from hr.demo.cast import CAST
from hr.directory.commands import SetUnitZone
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
    made = (mail.kind_of(used), mail.link_kind_of(used), *mail.digest_kinds_of(used))
    kinds = {kind.name: kind for kind in made}
    return replace(ports, job_kinds={**ports.job_kinds, **kinds}, task_job=mail.KIND)


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


def eastwards(engine: Engine) -> None:
    """Let the office of EMP work two hours east of the city's clock."""
    by = Actor(person_id=CAST["HRC"], channel=Channel.WEB)
    engine.execute(SetUnitZone(path="/01/", zone="Asia/Jayapura", reason="Perwakilan"), by=by)


def test_a_link_for_a_password_goes_by_mail_and_passes_through_nobody_s_hands(
    engine: Engine, inbox: tuple[Inbox, str], clock: MovableClock
) -> None:
    number = engine.ask(accounts.account_of, CAST["EMP"]).id
    by = Actor(person_id=CAST["ADM"], channel=Channel.WEB)
    made = engine.execute(MakeLink(account_id=number), by=by)
    assert made.token == ""
    (job,) = rows(engine, "SELECT payload FROM job WHERE kind = 'mail_access_link'")
    Worker(engine).run_due()
    (letter,) = inbox[0].letters
    said = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    (token,) = {line.rpartition("/")[2] for line in said.splitlines() if CITY in line}
    assert token not in job.payload
    assert " WIB" in said
    assert engine.ask(accounts.link, token, clock.now).kind == "RESET"
    # A link that was replaced before its letter went out is not sent.
    engine.execute(MakeLink(account_id=number), by=by)
    engine.execute(MakeLink(account_id=number), by=by)
    eastwards(engine)
    Worker(engine).run_due()
    _, again = inbox[0].letters
    assert " WIT" in again.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_who_forgot_his_password_asks_himself_and_nobody_learns_who_is_known(
    engine: Engine, inbox: tuple[Inbox, str], clock: MovableClock, visitor: Any
) -> None:
    page = visitor.get(visitor.get("/login").link("Lupa kata sandi"))
    (row,) = rows(engine, f"SELECT username FROM account WHERE person_id = {CAST['EMP']}")
    said = {
        visitor.submit(page, "/forgot", username=name).text
        for name in (row.username, "199001012015031001", "emp", "' OR 1=1 --")
    }
    assert len(said) == 1
    for _ in range(5):
        visitor.submit(page, "/forgot", username=row.username)
    Worker(engine).run_due()
    assert len(inbox[0].letters) == rules.FREE_RESETS
    text = inbox[0].letters[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    (path,) = {line.removeprefix(CITY) for line in text.splitlines() if CITY in line}
    fields = {"password": "kereta pagi ke Bogor", "again": "kereta pagi ke Bogor"}
    assert "tersimpan" in visitor.submit(visitor.get(path), path, **fields).text
    (others,) = rows(engine, "SELECT count(*) AS open FROM access_link WHERE ended_at IS NULL")
    assert others.open == 0


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


def test_whoever_chose_one_letter_a_day_gets_it_with_numbers_and_dates_alone(
    engine: Engine,
    inbox: tuple[Inbox, str],
    client_as: Any,
    start_two_step: Any,
    clock: MovableClock,
) -> None:
    visitor = client_as("EMP")
    page = visitor.get("/notices/mail")
    assert page.all("//input[@checked]/@value") == ["EACH"]
    said = visitor.submit(page, "/notices/mail", mail="DAILY")
    assert "Pilihan surel tersimpan" in said.text
    started = [start_two_step(), start_two_step(period="2026Q3")]
    Worker(engine).run_due()
    assert inbox[0].letters == []
    for _ in range(2):  # nobody else's, and once for each time it is asked for
        engine.execute(Enqueue(mail.DIGESTS))
    Worker(engine).run_due()
    first, _ = inbox[0].letters
    text = first.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    for case in started:
        assert f"- {case.case_no}  08-07-2026" in text
    assert "Sari" not in text
    assert "Permohonan" not in text
    # Half past eleven in the evening of the city is tomorrow where he works.
    eastwards(engine)
    with engine.database.begin() as connection:
        connection.execute(update(Task).values(due_at=datetime(2026, 7, 8, 16, 30, tzinfo=UTC)))
    engine.execute(Enqueue(mail.DIGESTS))
    Worker(engine).run_due()
    assert "09-07-2026" in inbox[0].letters.pop().get_body(("plain",)).get_content()  # type: ignore[union-attr]
    visitor.post("/notices/mail", {"mail": "NONE"})
    engine.execute(Enqueue(mail.DIGESTS))
    start_two_step(period="2026Q4")
    Worker(engine).run_due()
    assert len(inbox[0].letters) == 2
    assert visitor.post("/notices/mail", {"mail": "x"}).status == 422


@dataclass(frozen=True)
class Enqueue(Command[None]):
    """Write a job, as its schedule would."""

    kind: str

    def execute(self, ctx: Context) -> None:
        ctx.enqueue(self.kind, {})
