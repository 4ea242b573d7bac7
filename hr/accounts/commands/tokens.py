"""Commands on API tokens: made, used, ended."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import Command, Context
from engine.errors import Conflict, InvalidForm, NotFound
from hr.accounts import rules, store
from hr.accounts.commands.shared import note, own, problem
from hr.accounts.tables import ApiToken
from hr.statements import add_one


@dataclass(frozen=True, kw_only=True)
class MakeToken(Command[str]):
    """Make an API token and give it, this once: it is stored nowhere.

    person_id -- for whom; only the platform (the console) makes one for somebody else
    """

    name: str
    scopes: Collection[str]
    expires_at: datetime
    person_id: int | None = None

    def execute(self, ctx: Context) -> str:
        account = self._account(ctx)
        self._refuse(ctx)
        open_ones = store.api_tokens(ctx.connection, account["id"])
        if sum(row["expires_at"] > ctx.now for row in open_ones) >= rules.TOKENS_AT_MOST:
            raise Conflict(
                f"Expected at most {rules.TOKENS_AT_MOST} tokens, but there are as many; end some."
            )
        token = rules.TOKEN_PREFIX + secrets.token_urlsafe(32)
        row = {
            "account_id": account["id"],
            "name": self.name.strip(),
            "token_sha256": rules.digest(token),
            "scopes": " ".join(sorted(set(self.scopes))),
            "created_at": ctx.now,
            "expires_at": self.expires_at,
        }
        number = add_one(ctx.connection, ApiToken, row)
        what = f"{number} {row['scopes']} until {self.expires_at:%Y-%m-%d}"
        note(ctx, account["id"], "TOKEN_MADE", what)
        return token

    def _account(self, ctx: Context) -> Any:
        if not ctx.actor.is_platform:
            return own(ctx)
        account = store.by_person(ctx.connection, self.person_id or 0)
        if account is None:
            raise NotFound("Expected somebody with an account, but there is none.")
        return account

    def _refuse(self, ctx: Context) -> None:
        found = []
        if not self.name.strip() or len(self.name.strip()) > 80:
            found.append(problem("name", "required"))
        if not self.scopes or not set(self.scopes) <= set(rules.SCOPES):
            found.append(problem("scopes", "option"))
        if not ctx.now < self.expires_at <= ctx.now + rules.LONGEST_TOKEN:
            found.append(problem("expires_at", "range"))
        if found:
            raise InvalidForm(found)


@dataclass(frozen=True, kw_only=True)
class EndToken(Command[None]):
    """End one of the actor's own API tokens for good."""

    token_id: int

    def execute(self, ctx: Context) -> None:
        account = own(ctx)
        known = {row["id"] for row in store.api_tokens(ctx.connection, account["id"])}
        if self.token_id not in known:
            raise NotFound("Expected one of your own tokens, but it is none.")
        store.end_api_token(ctx.connection, self.token_id, ctx.now)
        note(ctx, account["id"], "TOKEN_ENDED", str(self.token_id))


@dataclass(frozen=True, kw_only=True)
class UseToken(Command[None]):
    """Note that an API token is used, so that its owner sees when it was last."""

    token_id: int

    def execute(self, ctx: Context) -> None:
        store.use_api_token(ctx.connection, self.token_id, ctx.now)
