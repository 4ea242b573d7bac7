"""The cookies that Alur gives a browser: script cannot read them, other sites cannot send them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request
from werkzeug.wrappers import Response

from hr.accounts.codes import HALFWAY
from web.site import site

_MONTH = 31 * 24 * 3600


@dataclass(frozen=True)
class Cookie:
    """One cookie; longest -- characters that are read; seconds -- until the browser ends if None.

    SameSite is Lax, since people come by links: from letters, and back from the identity provider.
    """

    plain_name: str
    longest: int
    seconds: int | None = None

    @property
    def name(self) -> str:
        """Give its name; over HTTPS only this very host can set it."""
        return f"__Host-{self.plain_name}" if site().settings.secure else self.plain_name

    def read(self) -> str:
        """Give what this browser has of it; empty without one."""
        return request.cookies.get(self.name, "")[: self.longest]

    def give(self, response: Response, value: str, seconds: int | None = None) -> None:
        """Hand it to the browser; seconds -- as of the cookie, where it depends."""
        response.set_cookie(
            self.name,
            value,
            max_age=seconds or self.seconds,
            httponly=True,
            samesite="Lax",
            secure=site().settings.secure,
            path="/",
        )

    def drop(self, response: Response) -> None:
        """Make the browser forget it."""
        response.delete_cookie(self.name, secure=site().settings.secure, path="/")


SESSION = Cookie("alur", 200)
BROWSER = Cookie("alur_form", 200, _MONTH)
"""What a stranger's forms carry."""
HALF = Cookie("alur_code", 200, int(HALFWAY.total_seconds()))
"""A log-in that wants a code."""
OUTSIDE = Cookie("alur_outside", 4000)
"""A log-in that is at the identity provider's; it counts once."""
PROVIDER = Cookie("alur_provider", 4000)
"""With what somebody who came in by the identity provider leaves it."""


def set_session_cookie(response: Response, token: str) -> None:
    """Hand the browser a new session."""
    SESSION.give(response, token)
    BROWSER.drop(response)
    g.keep_browser_token = False
