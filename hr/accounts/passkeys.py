"""What is asked of a passkey (WebAuthn), and whether its answer holds.  Pure.

The library takes six megabytes: it is imported when somebody has a passkey, never by a worker.
"""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

ASKED_FOR = timedelta(minutes=5)
AT_MOST = 10  # per account
_LONGEST = 20_000


class NotSigned(Exception):
    """Expected an answer that a passkey signed for this site, but it is none."""


@dataclass(frozen=True)
class Site:
    """For which site passkeys are: its host name, its origin (scheme, host, port), its name."""

    host: str
    origin: str
    name: str


@dataclass(frozen=True)
class Key:
    """What a new passkey gave: all base64url."""

    credential_id: str
    public_key: str
    sign_count: int


def new_challenge() -> str:
    """Make what is to be signed: 256 bits, base64url."""
    return _text(secrets.token_bytes(32))


def invitation(
    site: Site, *, account_id: int, username: str, name: str, known: Collection[str], challenge: str
) -> str:
    """Give what the browser needs to make a passkey, as JSON."""
    import webauthn
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=f"account-{account_id}".encode(),
        user_name=username,
        user_display_name=name,
        challenge=_bytes(challenge),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            # Device and finger, face or PIN at once: without the second half it is one factor.
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=_bytes(one)) for one in known],
    )
    return webauthn.options_to_json(options)


def question(site: Site, *, challenge: str) -> str:
    """Give what the browser needs to ask for a passkey, as JSON."""
    import webauthn
    from webauthn.helpers.structs import UserVerificationRequirement

    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=_bytes(challenge),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def challenge_in(answer: str) -> str:
    """Read which challenge an answer is to; whether it holds is for `registered` and `signed`."""
    try:
        client = _bytes(_parsed(answer)["response"]["clientDataJSON"])
        return str(json.loads(client)["challenge"])[:200]
    except (KeyError, TypeError, ValueError) as error:
        raise NotSigned from error


def credential_in(answer: str) -> str:
    """Read which passkey an answer is from."""
    try:
        return str(_parsed(answer)["id"])[:2000]
    except (KeyError, TypeError) as error:
        raise NotSigned from error


def registered(site: Site, answer: str, *, challenge: str) -> Key:
    """Check the answer of a new passkey, and give what to keep of it."""
    import webauthn

    try:
        found = webauthn.verify_registration_response(
            credential=_parsed(answer),
            expected_challenge=_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception as error:  # the library raises many kinds on bytes of a stranger's choice
        raise NotSigned from error
    return Key(
        _text(found.credential_id),
        _text(found.credential_public_key),
        found.sign_count,
    )


def signed(site: Site, answer: str, *, challenge: str, public_key: str, sign_count: int) -> int:
    """Check the answer of a known passkey, and give how often it says it has signed."""
    import webauthn

    try:
        found = webauthn.verify_authentication_response(
            credential=_parsed(answer),
            expected_challenge=_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=_bytes(public_key),
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except Exception as error:
        raise NotSigned from error
    return found.new_sign_count


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _parsed(answer: str) -> dict[str, Any]:
    if len(answer) > _LONGEST:
        raise NotSigned
    try:
        found = json.loads(answer)
    except ValueError as error:
        raise NotSigned from error
    if not isinstance(found, dict):
        raise NotSigned
    return found
