"""Who somebody is by the city's identity provider: known by subject, linked once by his NIP."""

from __future__ import annotations

from typing import Any

from engine import Context
from hr.accounts import store
from hr.accounts.commands.results import CodeWanted, LoggedIn
from hr.accounts.commands.second_factor import ask_for_code, has_second_factor
from hr.accounts.commands.shared import note, open_session


def account_behind(ctx: Context, *, issuer: str, subject: str, name: str) -> Any | None:
    """Give the account of a subject; one that no subject has yet is linked by its user name."""
    known = store.identity(ctx.connection, issuer, subject)
    if known is not None:
        return store.by_id(ctx.connection, known["account_id"])
    account = store.by_username(ctx.connection, name.strip().lower()[:40])
    if account is None or store.identities_of(ctx.connection, account["id"], issuer):
        return None  # nobody, or somebody whom the provider knows as another
    row = {
        "account_id": account["id"],
        "issuer": issuer,
        "subject": subject,
        "linked_at": ctx.now,
    }
    store.add_identity(ctx.connection, row)
    note(ctx, account["id"], "IDENTITY_LINKED", issuer)
    return account


def is_closed(ctx: Context, account: Any) -> bool:
    """Tell whether an account lets nobody in, and note that somebody tried."""
    if account["disabled"]:
        note(ctx, account["id"], "LOGIN_REFUSED", "DISABLED")
    return bool(account["disabled"])


def let_in(ctx: Context, account: Any, address: str) -> LoggedIn | CodeWanted:
    """Open a session; whoever has a second factor here gives it, whichever way he came."""
    if has_second_factor(ctx, account["id"]):
        return ask_for_code(ctx, account["id"])
    return open_session(ctx, account, address)
