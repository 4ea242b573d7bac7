"""Commands by which a new installation gets its first administrator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine import PLATFORM, Actor, Command, Context
from engine.errors import InvalidForm, InvalidState
from hr.accounts import codes, passwords, store
from hr.accounts.commands.shared import note, problem, refuse_weak
from hr.accounts.tables import Account
from hr.calendar.rules import local_day
from hr.directory import queries as directory
from hr.directory.commands import GrantRole, RegisterPerson
from hr.statements import add_one


@dataclass(frozen=True, kw_only=True)
class OfferFirstRun(Command[str]):
    """Make the code with which somebody becomes the first administrator; it is stored nowhere.

    No account comes with Alur: whoever starts it reads the code on the console.  Only the newest
    code counts, once, for a day, and only while nobody has an account.
    """

    def execute(self, ctx: Context) -> str:
        if store.has_accounts(ctx.connection):
            raise InvalidState("Expected an installation without accounts, but there are some.")
        code = codes.new_first_run_code()
        store.offer_first_run(ctx.connection, codes.first_run_digest(code), ctx.now)
        return code


@dataclass(frozen=True, kw_only=True)
class BecomeFirstAdministrator(Command[int]):
    """Give whoever holds the code of the first run an account and the role ADM."""

    code: str = field(repr=False)
    nip: str
    name: str
    password: str = field(repr=False)
    hashed: str = field(default="", repr=False)

    def prepared(
        self, ask: Callable[..., Any], by: Actor, now: datetime
    ) -> BecomeFirstAdministrator:
        """Do the hashing, which is slow."""
        weak = passwords.weaknesses(self.password, username=self.nip, words=[self.name])
        if weak or ask(store.has_accounts):
            return self
        return replace(self, hashed=passwords.hash_password(self.password))

    def execute(self, ctx: Context) -> int:
        if store.has_accounts(ctx.connection):
            raise InvalidState("Expected an installation without accounts, but there are some.")
        digest = codes.first_run_digest(self.code)
        if not store.use_first_run(ctx.connection, digest, ctx.now - codes.FIRST_RUN, ctx.now):
            raise InvalidForm([problem("code", "wrong")])
        refuse_weak(self.password, self.nip, "password", [self.name])
        why = "first run"
        # The code stands for whoever runs the server; the history keeps who typed it, and where.
        own = replace(ctx, actor=PLATFORM)
        person_id = directory.person_of_nip(ctx.connection, self.nip)
        if person_id is None:
            known = RegisterPerson(nip=self.nip, name=self.name, reason=why)
            person_id = known.execute(own)
        today = local_day(ctx.now)
        GrantRole(person_id=person_id, role="ADM", valid_from=today, reason=why).execute(own)
        row = {
            "person_id": person_id,
            "username": self.nip,
            "short_name": None,
            "password_hash": self.hashed,
            "language": "id",
            "created_at": ctx.now,
        }
        account_id = add_one(ctx.connection, Account, row)
        note(ctx, account_id, "CREATED", why)
        return account_id
