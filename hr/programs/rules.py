"""Which events a program may listen for, and where it may be told of them: pure."""

from __future__ import annotations

from urllib.parse import urlsplit

# Name outside -> the kind in the history, and the scope that its token must have.
EVENTS = {
    "case.started": ("INSTANCE_STARTED", "cases:read"),
    "case.completed": ("INSTANCE_COMPLETED", "cases:read"),
    "case.cancelled": ("INSTANCE_CANCELLED", "cases:read"),
    "task.created": ("TASK_CREATED", "tasks:read"),
    "task.claimed": ("TASK_CLAIMED", "tasks:read"),
    "task.completed": ("TASK_COMPLETED", "tasks:read"),
    "task.cancelled": ("TASK_CANCELLED", "tasks:read"),
}
NAMES = {kind: name for name, (kind, _) in EVENTS.items()}
MOST_WEBHOOKS = 10
LONGEST_URL = 500


def url_problem(url: str) -> str:
    """Say what is wrong with an address that is to be told; empty where nothing is."""
    if len(url) > LONGEST_URL or any(not "!" <= sign <= "~" for sign in url):
        return f"Expected an address of at most {LONGEST_URL} ASCII signs."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "Expected an address that can be read."
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        return "Expected https://HOST/PATH."
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "Expected an address without a login and without #."
    return ""
