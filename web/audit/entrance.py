"""Who may come to the auditors' pages."""

from __future__ import annotations

from engine.errors import NotAllowed
from hr.permissions import queries as permissions
from web import auth
from web.site import engine, now


def require_auditor() -> None:
    """Refuse whoever does not audit the whole city."""
    if not engine().ask(permissions.may_audit, auth.me().person_id, now()):
        raise NotAllowed("Expected an auditor, but you are none.", reason="NO_ROLE")
