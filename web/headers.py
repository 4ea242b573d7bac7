"""The security headers of every answer.  No page needs an exception: nothing inline anywhere."""

from __future__ import annotations

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
_TWO_YEARS = 2 * 365 * 24 * 3600


def install(app: Flask, *, https: bool) -> None:
    """Add the headers to every answer; with `https`, browsers are told to stay there."""

    @app.after_request
    def harden(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if request.endpoint != "static":
            # Pages are personal; a shared machine at the counter must not keep them.
            headers["Cache-Control"] = "no-store"
        if https:
            headers.setdefault(
                "Strict-Transport-Security", f"max-age={_TWO_YEARS}; includeSubDomains"
            )
        return response
