"""Sends letters by SMTP, each as a job: tried again when it fails, never while a page waits.

A crash between the sending and its mark sends once more, with the same Message-ID.
"""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from engine import Context, Scope
from engine.errors import ServiceTaskFailed
from engine.ports import JobKind, Recurring
from engine.queries import inbox, standing
from hr.accounts import queries as accounts
from hr.accounts.commands import LINK_MAIL
from hr.calendar.rules import ZONES
from hr.directory import queries as directory
from hr.notices import queries as notices
from web.notices.letters import Letter, access_link, digest, new_task
from web.settings import Settings

KIND = "mail_task"
DIGESTS, DIGEST = "mail_digests", "mail_digest"
DAILY = Recurring(DIGESTS, DIGESTS, "workday 06:30")
PER_MINUTE = 120
_MOST_TASKS = 30
SECONDS = 20.0
"""How long a mail server may take for any one answer."""


@dataclass(frozen=True)
class Post:
    """Who sends, through which server: smtp://, smtp+starttls:// or smtps://USER:PASSWORD@HOST."""

    url: str
    sender: str
    seconds: float = SECONDS

    def send(self, letter: Letter, key: str) -> None:
        """Hand a letter to the server; raise ServiceTaskFailed, which names no address."""
        try:
            with self._connected() as server:
                server.send_message(self._message(letter, key))
        except (OSError, smtplib.SMTPException) as error:
            raise ServiceTaskFailed(
                f"Expected the mail server to take a letter, but {type(error).__name__}."
            ) from error

    def _connected(self) -> smtplib.SMTP:
        where = urlsplit(self.url)
        host = where.hostname or "localhost"
        if where.scheme == "smtps":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, where.port or 465, timeout=self.seconds, context=context
            )
        else:
            server = smtplib.SMTP(host, where.port or 25, timeout=self.seconds)
        try:
            if where.scheme == "smtp+starttls":
                server.starttls(context=ssl.create_default_context())
            if where.username:
                server.login(unquote(where.username), unquote(where.password or ""))
        except BaseException:
            server.close()
            raise
        return server

    def _message(self, letter: Letter, key: str) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"] = self.sender, letter.to
        message["Subject"] = letter.subject
        domain = self.sender.rpartition("@")[2].strip(">") or "localhost"
        message["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        return message


def kind_of(used: Settings) -> JobKind:
    """Give the kind of job that writes to whoever a new task waits for."""
    post = Post(used.smtp_url, used.mail_from)

    def prepare(ctx: Context, payload: Mapping[str, Any]) -> Letter | None:
        task_id = int(payload["task_id"])
        waiting = standing.waiting_task(ctx.connection, task_id)
        if waiting is None or waiting.assignee_id is None:
            return None  # done already, or a group's
        if notices.mail_choice(ctx.connection, waiting.assignee_id) != notices.EACH:
            return None
        known = directory.persons(ctx.connection, [waiting.assignee_id], ctx.now)
        person = known.get(waiting.assignee_id)
        if person is None or not person.email:
            return None
        link = f"{used.public_url.rstrip('/')}/tasks/{task_id}" if used.public_url else ""
        return new_task(person.email, waiting.case_no, link, used.city)

    return JobKind(KIND, prepare, post.send, per_minute=PER_MINUTE)


def digest_kinds_of(used: Settings) -> tuple[JobKind, ...]:
    """Give the kinds of job that write one letter a day to whoever chose that."""
    post = Post(used.smtp_url, used.mail_from)

    def everybody(ctx: Context, _payload: Mapping[str, Any]) -> None:
        people = notices.who_chose(ctx.connection, notices.DAILY)
        ctx.enqueue_all(DIGEST, [{"person_id": person} for person in people])

    def prepare(ctx: Context, payload: Mapping[str, Any]) -> Letter | None:
        person_id = int(payload["person_id"])
        if notices.mail_choice(ctx.connection, person_id) != notices.DAILY:
            return None  # changed his mind
        person = directory.persons(ctx.connection, [person_id], ctx.now).get(person_id)
        own = Scope(person_id=person_id)
        waiting = inbox.open_tasks(ctx.connection, own, now=ctx.now, limit=_MOST_TASKS)
        if person is None or not person.email or not waiting.rows:
            return None
        zone = _zone(ctx, person.unit_path, used)
        lines = [(row.case_no, _day(row.due_at, zone)) for row in waiting.rows]
        link = f"{used.public_url.rstrip('/')}/" if used.public_url else ""
        return digest(person.email, lines, waiting.next is not None, link, used.city)

    return (JobKind(DIGESTS, everybody), JobKind(DIGEST, prepare, post.send, per_minute=PER_MINUTE))


def _zone(ctx: Context, unit_path: str, used: Settings) -> ZoneInfo:
    """Give the zone in which somebody reads: of his unit, else the city's, as on his pages."""
    named = directory.zone_of(ctx.connection, unit_path)
    return ZoneInfo(named) if named else used.time_zone


def _day(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%d-%m-%Y}" if at else ""


def link_kind_of(used: Settings) -> JobKind:
    """Give the kind of job that mails a link for a new password, while it still opens something."""
    post = Post(used.smtp_url, used.mail_from)

    def prepare(ctx: Context, payload: Mapping[str, Any]) -> Letter | None:
        token = ctx.ports.vault.unseal(str(payload["sealed"]))
        link = accounts.link(ctx.connection, token, ctx.now)
        account = accounts.account(ctx.connection, int(payload["account_id"]))
        if link is None or not account.email:
            return None
        person = account.person_id
        known = directory.persons(ctx.connection, [person], ctx.now) if person else {}
        zone = _zone(ctx, known[person].unit_path if person in known else "", used)
        until = f"{link.ends_at.astimezone(zone):%d-%m-%Y %H:%M} {ZONES.get(zone.key, zone.key)}"
        where = f"{used.public_url.rstrip('/')}/access/{token}"
        return access_link(account.email, link.kind, where, until, used.city)

    return JobKind(LINK_MAIL, prepare, post.send, per_minute=PER_MINUTE)
