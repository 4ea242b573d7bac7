"""The city's identity provider, asked by OpenID Connect: code flow with PKCE, state and nonce.

Here is what is said to the provider and what of its answers is believed; whose account it is, and
which roles come of it, hr decides.
"""

from __future__ import annotations

import json
import secrets
import stat
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from web.settings import Settings

BEGUN_FOR = 600
"""Seconds that somebody may take at the provider's."""
LONGEST_TOKEN = 2_400
"""Signs of an ID token that a cookie holds, sealed."""
_SECONDS = 10
_KNOWN_FOR = 3600
_ASK_AGAIN = 30  # for keys that are not known, at most so often
_LONGEST = 64 * 1024
# Asymmetric ones only: a shared secret would let anybody who knows it write tokens.
_ALGORITHMS = ["RS256", "PS256", "ES256"]
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_LEEWAY = 60


class IdentityProblem(Exception):
    """Expected an answer of the identity provider that can be believed, but it cannot."""


@dataclass(frozen=True)
class Begun:
    """A login on its way; it stays in the browser, sealed."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    target: str
    at: float

    def written(self) -> str:
        """Give it as text, to be sealed."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> Begun | None:
        """Read what `written` gave; None where that is too long ago."""
        begun = cls(**json.loads(text))
        return begun if 0 <= time.time() - begun.at <= BEGUN_FOR else None


@dataclass(frozen=True)
class Claims:
    """Who somebody is, in the provider's words."""

    issuer: str
    subject: str
    name: str
    groups: tuple[str, ...]
    token: str = field(default="", repr=False)


class Provider:
    """One identity provider; what it says of itself is asked once an hour."""

    def __init__(self, used: Settings) -> None:
        self._used = used
        self._lock = Lock()
        self._metadata: dict[str, Any] = {}
        self._asked_at = 0.0
        self._keys: KeySet | None = None
        self._keys_at = 0.0

    def begin(self, redirect_uri: str, target: str) -> tuple[str, Begun]:
        """Give the address to send somebody to, and what must be remembered until he is back."""
        begun = Begun(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            target=target,
            at=time.time(),
        )
        where = self._endpoint("authorization_endpoint")
        address, _ = self._session(redirect_uri).create_authorization_url(
            where, state=begun.state, nonce=begun.nonce, code_verifier=begun.verifier
        )
        return str(address), begun

    def claims(self, redirect_uri: str, answer: Mapping[str, str], begun: Begun) -> Claims:
        """Change the code that came back for a token, and give what its claims say."""
        if not secrets.compare_digest(answer.get("state", "").encode(), begun.state.encode()):
            raise IdentityProblem("Expected the state that was sent, but another one came back.")
        if answer.get("iss", self._used.oidc_issuer) != self._used.oidc_issuer:
            raise IdentityProblem("Expected an answer of the provider asked, but it is another's.")
        if answer.get("error") or not answer.get("code"):
            raise IdentityProblem("Expected a code, but the provider refused.")
        try:
            token = self._session(redirect_uri).fetch_token(
                self._endpoint("token_endpoint"),
                code=answer["code"],
                code_verifier=begun.verifier,
                timeout=_SECONDS,
            )
        except (AuthlibBaseError, requests.RequestException, ValueError) as error:
            raise IdentityProblem(
                f"Expected a token for the code, but {type(error).__name__}."
            ) from error
        claims = self._checked(str(token.get("id_token", "")), begun.nonce)
        wanted = {self._used.oidc_name_claim, self._used.oidc_groups_claim}
        if not wanted <= claims.keys() and self._metadata.get("userinfo_endpoint"):
            # Many providers put no more than the subject into the token.
            told = self._fetched(
                self._endpoint("userinfo_endpoint"), str(token.get("access_token", ""))
            )
            if told.get("sub") != claims["sub"]:
                raise IdentityProblem("Expected to be told of who logged in, but it is another.")
            claims = {**{name: told[name] for name in wanted & told.keys()}, **claims}
        return self._person(claims, str(token.get("id_token", "")))

    def leaving(self, token: str, back: str) -> str | None:
        """Give the address at which somebody leaves the provider, too; None where it has none.

        token -- the ID token of his log-in, so that the provider knows who leaves without asking
        (OpenID Connect RP-Initiated Logout 1.0); empty where it was too long to be kept
        """
        try:
            where = self._endpoint("end_session_endpoint")
        except IdentityProblem:
            return None
        said = {"post_logout_redirect_uri": back, "client_id": self._used.oidc_client_id}
        if token:
            said["id_token_hint"] = token
        return f"{where}{'&' if urlsplit(where).query else '?'}{urlencode(said)}"

    def _person(self, claims: Mapping[str, Any], token: str) -> Claims:
        groups = claims.get(self._used.oidc_groups_claim, ())
        return Claims(
            issuer=self._used.oidc_issuer,
            subject=str(claims["sub"])[:255],
            name=str(claims.get(self._used.oidc_name_claim, ""))[:40],
            groups=tuple(map(str, groups)) if isinstance(groups, list) else (),
            token=token if len(token) <= LONGEST_TOKEN else "",
        )

    def _checked(self, text: str, nonce: str) -> dict[str, Any]:
        rules = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY,
            iss={"essential": True, "value": self._used.oidc_issuer},
            aud={"essential": True, "value": self._used.oidc_client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            claims = self._decoded(text)
            rules.validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise IdentityProblem(
                f"Expected an ID token that holds, but {type(error).__name__}."
            ) from error
        many = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (many or "azp" in claims) and claims.get("azp") != self._used.oidc_client_id:
            raise IdentityProblem("Expected a token for Alur, but it is for another party.")
        return claims

    def _decoded(self, text: str) -> dict[str, Any]:
        try:
            return dict(jwt.decode(text, self._key_set(), algorithms=_ALGORITHMS).claims)
        except (JoseError, ValueError):
            if time.monotonic() - self._keys_at < _ASK_AGAIN:
                raise
            # The provider may have a new key since it was asked.
            return dict(jwt.decode(text, self._key_set(anew=True), algorithms=_ALGORITHMS).claims)

    def _key_set(self, *, anew: bool = False) -> KeySet:
        with self._lock:
            old = time.monotonic() - self._keys_at > _KNOWN_FOR
            if self._keys is None or old or anew:
                self._keys = KeySet.import_key_set(self._fetched(self._endpoint("jwks_uri")))  # type: ignore[arg-type]
                self._keys_at = time.monotonic()
            return self._keys

    def _endpoint(self, name: str) -> str:
        if not self._metadata or time.monotonic() - self._asked_at > _KNOWN_FOR:
            where = f"{self._used.oidc_issuer.rstrip('/')}/.well-known/openid-configuration"
            metadata = self._fetched(where)
            if metadata.get("issuer") != self._used.oidc_issuer:
                raise IdentityProblem(
                    "Expected the provider to call itself as ALUR_OIDC_ISSUER does,"
                    f" but it says {str(metadata.get('issuer'))[:200]!r}."
                )
            self._metadata, self._asked_at = metadata, time.monotonic()
        return _safe(str(self._metadata.get(name, "")))

    def _fetched(self, address: str, bearer: str = "") -> dict[str, Any]:
        head = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        try:
            answer = requests.get(
                _safe(address), headers=head, timeout=_SECONDS, allow_redirects=False
            )
            answer.raise_for_status()
            if len(answer.content) > _LONGEST:
                raise ValueError("too long")
            return dict(answer.json())
        except (requests.RequestException, ValueError, TypeError) as error:
            raise IdentityProblem(
                f"Expected the identity provider to answer, but {type(error).__name__}."
            ) from error

    def _session(self, redirect_uri: str) -> OAuth2Session:
        return OAuth2Session(
            client_id=self._used.oidc_client_id,
            client_secret=self._secret(),
            scope=f"openid profile {self._scope_of_groups()}".strip(),
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            default_timeout=_SECONDS,
        )

    def _scope_of_groups(self) -> str:
        known = self._metadata.get("scopes_supported", ())
        return "groups" if "groups" in known else ""

    def _secret(self) -> str:
        path = self._used.oidc_secret_file
        if not path.exists():
            raise IdentityProblem(f"Expected the provider's secret in {path}, but there is none.")
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise IdentityProblem(f"Expected {path} to be readable by its owner alone (0600).")
        return path.read_text().strip()


def _safe(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
        raise IdentityProblem("Expected an https address of the provider, but it is none.")
    return address
