"""Who is asking, what he may, and the rule that every page needs a session.

What a person may do is decided in hr and the engine; this package only asks them.
"""

from web.auth.asking import actor, card, client_address, me, scope, signed_in, token_id
from web.auth.cookies import HALF, OUTSIDE, PROVIDER, SESSION, set_session_cookie
from web.auth.guarding import csrf_field, csrf_token, install, local_path, needs, public
from web.auth.rights import (
    audits,
    belongs_to,
    may,
    may_start,
    needs_second_factor,
    require,
    require_group,
    require_sight,
)

__all__ = [
    "HALF",
    "OUTSIDE",
    "PROVIDER",
    "SESSION",
    "actor",
    "audits",
    "belongs_to",
    "card",
    "client_address",
    "csrf_field",
    "csrf_token",
    "install",
    "local_path",
    "may",
    "may_start",
    "me",
    "needs",
    "needs_second_factor",
    "public",
    "require",
    "require_group",
    "require_sight",
    "scope",
    "set_session_cookie",
    "signed_in",
    "token_id",
]
