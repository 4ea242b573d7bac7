"""Doing a program's request once, however often it comes; making and ending webhooks."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

from engine import Command, Context, Noted
from engine.errors import Conflict, InvalidForm, NotAllowed, NotFound, Problem
from engine.model import StreamKind
from engine.ports import JobKind, Recurring
from hr.accounts import queries as accounts
from hr.programs import queries, rules, store

Result = TypeVar("Result")
KEPT = timedelta(days=7)
"""How long a request's key is known; whoever repeats one later asks anew."""


@dataclass(frozen=True, kw_only=True)
class Once(Command[Result], Generic[Result]):
    """Execute a command, unless this person's program has sent it under the same key before.

    What came of it is noted in the same transaction, so that it happens once or not at all; a
    number or None can come of it.
    """

    request_key: str
    command: Command[Result]

    @property
    def called(self) -> str:
        """Give the name of the command itself."""
        return self.command.called

    @property
    def task_id(self) -> int | None:
        """Name what the command is about, where that is a task."""
        return getattr(self.command, "task_id", None)

    def execute(self, ctx: Context) -> Result:
        digest = _sha256(f"{_person(ctx)}|{self.request_key}")
        asked = _sha256(repr(self.command))
        known = store.done_request(ctx.connection, digest)
        if known is not None:
            if known["asked"] != asked:
                message = "Expected a new key for another request, but this one was used."
                raise InvalidForm([Problem("Idempotency-Key", "used", message)])
            result: Any = json.loads(known["result"])
            return result  # type: ignore[no-any-return]
        done = ctx.run(self.command)
        store.note_request(ctx.connection, digest, asked, json.dumps(done), ctx.now)
        return done


@dataclass(frozen=True, kw_only=True)
class ForgetRequests(Command[int]):
    """Forget the keys of requests that nobody repeats any more; only the platform does so."""

    def execute(self, ctx: Context) -> int:
        if not ctx.actor.is_platform:
            raise NotAllowed("Expected the platform itself, but a person asked.")
        return store.forget_requests(ctx.connection, ctx.now - KEPT)


@dataclass(frozen=True)
class MadeWebhook:
    """A new webhook, and the secret that signs its deliveries: shown this once."""

    id: int
    secret: str


@dataclass(frozen=True, kw_only=True)
class MakeWebhook(Command[MadeWebhook]):
    """Let a program be told of events of the cases that its person may see.

    token_id -- whose scopes bound it, and with whose end it ends
    """

    url: str
    events: Collection[str]
    token_id: int

    def execute(self, ctx: Context) -> MadeWebhook:
        person = _person(ctx)
        self._refuse(ctx)
        if len(store.open_webhooks(ctx.connection, person)) >= rules.MOST_WEBHOOKS:
            raise Conflict(f"Expected at most {rules.MOST_WEBHOOKS} webhooks, but there are.")
        secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        row = {
            "person_id": person,
            "token_id": self.token_id,
            "url": self.url,
            "events": " ".join(sorted(set(self.events))),
            "secret_sealed": ctx.ports.vault.seal(secret),
            "made_at": ctx.now,
        }
        number = store.add_webhook(ctx.connection, row)
        self._note(ctx, person, f"{number} {self.url} {row['events']}")
        return MadeWebhook(number, secret)

    def _refuse(self, ctx: Context) -> None:
        found = []
        if wrong := rules.url_problem(self.url):
            found.append(Problem("url", "invalid", wrong))
        scopes = accounts.living_tokens(ctx.connection, [self.token_id], ctx.now)
        held = scopes.get(self.token_id, frozenset())
        for name in sorted(set(self.events)):
            if name not in rules.EVENTS:
                found.append(Problem("events", "option", f"Expected an event, but {name} is none."))
            elif (wanted := rules.EVENTS[name][1]) not in held:
                message = f"Expected a token with {wanted} for {name}, but it has not got it."
                found.append(Problem("events", "scope", message))
        if not self.events:
            found.append(Problem("events", "required", "Expected events, but there are none."))
        if found:
            raise InvalidForm(found)

    def _note(self, ctx: Context, person: int, what: str) -> None:
        ctx.record(
            Noted(what="WEBHOOK_MADE", about={"webhook": what}), (StreamKind.PERSON, str(person))
        )


@dataclass(frozen=True, kw_only=True)
class EndWebhook(Command[None]):
    """Tell a program of nothing any more."""

    webhook_id: int

    def execute(self, ctx: Context) -> None:
        person = _person(ctx)
        if not store.end_webhook(ctx.connection, self.webhook_id, person, ctx.now):
            raise NotFound("Expected a webhook of yours, but there is none.")
        what = str(self.webhook_id)
        ctx.record(
            Noted(what="WEBHOOK_ENDED", about={"webhook": what}), (StreamKind.PERSON, str(person))
        )


def _tell(ctx: Context, payload: Mapping[str, Any]) -> None:
    """Write a job for each webhook that is to be told of an event."""
    case, seq = int(payload["case_id"]), int(payload["seq"])
    hooks = queries.listening_for(ctx.connection, case, seq, ctx.now)
    told = [{"webhook_id": number, "case_id": case, "seq": seq} for number in hooks]
    if told:
        ctx.enqueue_all(DELIVER, told)


EVENT, DELIVER, FORGET = "webhook_event", "webhook_deliver", "forget_requests"
TELLING = JobKind(EVENT, _tell)
FORGETTING = JobKind(FORGET, lambda ctx, _: _forget(ctx))
FORGET_DAILY = Recurring(FORGET, FORGET, "daily 02:40")


def _forget(ctx: Context) -> None:
    ctx.run(ForgetRequests())


def _person(ctx: Context) -> int:
    if ctx.actor.person_id is None:
        raise NotAllowed("Expected a person for whom this is done, but nobody is named.")
    return ctx.actor.person_id


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
