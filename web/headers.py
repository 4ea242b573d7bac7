"""The security headers of every answer: nothing inline anywhere, but for what `allow` names."""

from __future__ import annotations

from collections.abc import Mapping

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
PREVIEWS = {"frame-src": "'self'"}
PREVIEWED = {"frame-ancestors": "'self'"}
_TWO_YEARS = 2 * 365 * 24 * 3600


def for_editor(nonce: str) -> dict[str, str]:
    """Give what bpmn.io's editors need: style attributes, and style sheets that bear the nonce."""
    return {"style-src": f"'self' 'nonce-{nonce}'", "style-src-attr": "'unsafe-inline'"}


def allow(response: Response, *exceptions: Mapping[str, str]) -> Response:
    """Loosen the policy for one answer by some of the named exceptions."""
    rules = dict(rule.split(" ", 1) for rule in CONTENT_SECURITY_POLICY.split("; "))
    for exception in exceptions:
        rules |= exception
    response.headers["Content-Security-Policy"] = "; ".join(f"{k} {v}" for k, v in rules.items())
    if PREVIEWED in exceptions:
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


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
