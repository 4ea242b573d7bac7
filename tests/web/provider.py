"""An identity provider on this machine, spoken to by HTTP; a test says who sits at its page.

It is a public test server of OpenID Connect, which checks everything but PKCE: that stands here.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
import requests
from flask import Flask, Response, abort, g, request
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

SECRET = "secret-of-alur-at-the-provider"
BACK = "http://localhost/login/provider/back"


@dataclass
class IdentityServer:
    """The provider, its key, and the challenges of the codes that it gave."""

    address: str
    key: RSAKey | None = None
    challenges: dict[str, str] = field(default_factory=dict)
    exchanged: int = 0

    def knows(self, subject: str, name: str, *groups: str) -> None:
        """Make somebody known there, under a number of his own, with a user name and groups."""
        claims = {"preferred_username": name, "groups": list(groups)}
        answer = requests.put(f"{self.address}/users/{subject}", json=claims, timeout=10)
        assert answer.status_code == 204

    def sign_in(self, subject: str, address: str, **form: str) -> str:
        """Let somebody agree on the provider's page; give where it sends him back to."""
        form = {"sub": subject, **form}
        answer = requests.post(address, data=form, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]


@contextmanager
def running() -> Iterator[IdentityServer]:
    """Run a provider on a free port."""
    app = oidc_provider_mock.app(require_nonce=True)
    httpd = make_server("localhost", 0, app, threaded=True)
    server = IdentityServer(f"http://localhost:{httpd.server_port}")
    _watch(app, server)
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    requests.get(f"{server.address}/jwks", timeout=10).raise_for_status()
    yield server
    httpd.shutdown()
    thread.join(timeout=10)


def _watch(app: Flask, server: IdentityServer) -> None:
    @app.before_request
    def check() -> None:
        if server.key is None:
            private = g.oidc_provider_mock_storage.jwk.as_dict(is_private=True)
            server.key = RSAKey.import_key(private)
        if request.path != "/oauth2/token":
            return
        assert request.authorization is not None
        if request.authorization.password != SECRET:
            abort(401)
        sent = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(sent).rstrip(b"=").decode()
        if server.challenges.get(request.form["code"]) != challenge:
            abort(400)
        server.exchanged += 1

    @app.after_request
    def note(response: Response) -> Response:
        codes = parse_qs(urlsplit(response.headers.get("Location", "")).query).get("code", [])
        if codes and request.args.get("code_challenge_method") == "S256":
            server.challenges[codes[0]] = request.args["code_challenge"]
        return response
