"""Commands on passkeys: made, asked for at log-in, forgotten."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine import AccountEvent, Command, Context
from engine.errors import Conflict, InvalidForm, NotFound
from engine.model import StreamKind
from hr.accounts import codes, passkeys, rules, store
from hr.accounts.commands.results import LoggedIn, LoginRefused, RefusedLogin
from hr.accounts.commands.shared import (
    end_other_sessions,
    note,
    open_session,
    own,
    problem,
    wait_until,
)
from hr.accounts.passkeys import NotSigned, Site
from hr.accounts.store import passkeys as kept
from hr.accounts.tables import Passkey
from hr.statements import Row, add_one


@dataclass(frozen=True, kw_only=True)
class BeginPasskey(Command[str]):
    """Ask the actor's device for a new passkey; give what the browser needs, as JSON."""

    site: Site

    def execute(self, ctx: Context) -> str:
        account = own(ctx)
        known = kept.of_account(ctx.connection, account["id"])
        if len(known) >= passkeys.AT_MOST:
            raise Conflict(f"Expected at most {passkeys.AT_MOST} passkeys, but there are as many.")
        challenge = _ask(ctx, account["id"])
        return passkeys.invitation(
            self.site,
            account_id=account["id"],
            username=account["username"],
            name=account["username"],
            known=[row["credential_id"] for row in known],
            challenge=challenge,
        )


@dataclass(frozen=True, kw_only=True)
class AddPasskey(Command[list[str]]):
    """Keep a new passkey of the actor; give recovery codes where he has none yet.

    With the first second factor all his other sessions end, as they were opened without one.
    """

    site: Site
    answer: str = field(repr=False)
    name: str

    def execute(self, ctx: Context) -> list[str]:
        account = own(ctx)
        if not self.name.strip() or len(self.name.strip()) > 80:
            raise InvalidForm([problem("name", "required")])
        try:
            challenge = _answered(ctx, self.answer, account["id"])
            key = passkeys.registered(self.site, self.answer, challenge=challenge)
        except NotSigned as error:
            raise InvalidForm([problem("answer", "wrong")]) from error
        digest = rules.digest(key.credential_id)
        if kept.by_credential(ctx.connection, digest) is not None:
            raise Conflict("Expected a new passkey, but it is known.")
        row = {
            "account_id": account["id"],
            "credential_sha256": digest,
            "credential_id": key.credential_id,
            "public_key": key.public_key,
            "sign_count": key.sign_count,
            "name": self.name.strip(),
            "created_at": ctx.now,
        }
        number = add_one(ctx.connection, Passkey, row)
        note(ctx, account["id"], "PASSKEY_ADDED", str(number))
        if store.recovery_codes_left(ctx.connection, account["id"]):
            return []
        end_other_sessions(ctx, account["id"])
        made = codes.new_recovery_codes()
        digests = [codes.digest(account["id"], code) for code in made]
        store.replace_recovery_codes(ctx.connection, account["id"], digests)
        return made


@dataclass(frozen=True, kw_only=True)
class RemovePasskey(Command[None]):
    """Forget a passkey of the actor; all his other sessions end."""

    passkey_id: int

    def execute(self, ctx: Context) -> None:
        account = own(ctx)
        known = {row["id"] for row in kept.of_account(ctx.connection, account["id"])}
        if self.passkey_id not in known:
            raise NotFound("Expected a passkey of your own, but it is none.")
        kept.drop(ctx.connection, account["id"], self.passkey_id)
        end_other_sessions(ctx, account["id"])
        note(ctx, account["id"], "PASSKEY_REMOVED", str(self.passkey_id))


@dataclass(frozen=True, kw_only=True)
class AskForPasskey(Command[str]):
    """Ask whoever is there for his passkey; give what the browser needs, as JSON."""

    site: Site

    def execute(self, ctx: Context) -> str:
        return passkeys.question(self.site, challenge=_ask(ctx, None))


@dataclass(frozen=True, kw_only=True)
class LogInByPasskey(Command[LoggedIn | LoginRefused]):
    """Open a session for a passkey's owner; a refusal is a result, so that it counts.

    A passkey is something one has and something one is or knows: no code is asked for.
    """

    site: Site
    answer: str = field(repr=False)
    address: str

    def execute(self, ctx: Context) -> LoggedIn | LoginRefused:
        key = f"from:{self.address}"
        store.begin_counting(ctx.connection, [key], ctx.now)
        failures = store.failures(ctx.connection, [key], lock=True)
        wait = wait_until(failures, {key: rules.FREE_FAILURES_OF_ADDRESS}, ctx.now)
        if wait is not None:
            return LoginRefused(RefusedLogin.THROTTLED, wait)
        try:
            row = self._signed_by(ctx)
        except NotSigned:
            before = rules.counted(failures[key]["failures"], failures[key]["last_at"], ctx.now)
            store.count_failure(ctx.connection, key, before + 1, ctx.now)
            stream = (StreamKind.NETWORK, f"{ctx.now:%Y-%m-%d}")
            ctx.record(AccountEvent(what="PASSKEY_REFUSED", detail_text=self.address), stream)
            return LoginRefused(RefusedLogin.WRONG)
        if row["disabled"]:
            note(ctx, row["account_id"], "LOGIN_REFUSED", "DISABLED")
            return LoginRefused(RefusedLogin.DISABLED)
        return open_session(ctx, {**row, "id": row["account_id"]}, self.address)

    def _signed_by(self, ctx: Context) -> Row:
        challenge = _answered(ctx, self.answer, None)
        digest = rules.digest(passkeys.credential_in(self.answer))
        row = kept.by_credential(ctx.connection, digest)
        if row is None:
            raise NotSigned
        count = passkeys.signed(
            self.site,
            self.answer,
            challenge=challenge,
            public_key=row["public_key"],
            sign_count=row["sign_count"],
        )
        kept.use(ctx.connection, row["id"], count, ctx.now)
        return row


def _ask(ctx: Context, account_id: int | None) -> str:
    challenge = passkeys.new_challenge()
    row = {
        "challenge_sha256": rules.digest(challenge),
        "account_id": account_id,
        "made_at": ctx.now,
    }
    kept.ask(ctx.connection, row, ctx.now - passkeys.ASKED_FOR)
    return challenge


def _answered(ctx: Context, answer: str, account_id: int | None) -> str:
    challenge = passkeys.challenge_in(answer)
    since = ctx.now - passkeys.ASKED_FOR
    if not kept.answered(ctx.connection, rules.digest(challenge), account_id, since):
        raise NotSigned
    return challenge
