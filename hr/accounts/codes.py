"""One-time codes: those that a phone computes (RFC 6238), and those kept on paper.  Pure."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

from pyotp import TOTP, random_base32

HALFWAY = timedelta(minutes=5)  # between the right password and the code
FREE_WRONG = 5
RECOVERY_CODES = 10
FIRST_RUN = timedelta(hours=24)  # from the start of the server to the first administrator
_SECONDS = 30
_DRIFT = 1  # steps that a phone's clock may be early or late
# Without what can be taken for something else on paper; 12 of 30 signs are 58 bits.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_secret() -> str:
    """Make what a phone and this server both know: 160 bits, base 32."""
    return random_base32()


def address(secret: str, *, username: str, issuer: str) -> str:
    """Give what the QR code says (otpauth://)."""
    return TOTP(secret).provisioning_uri(name=username, issuer_name=issuer)


def step_of(secret: str, code: str, at: datetime, *, after: int) -> int | None:
    """Find the time step that a code belongs to, later than `after`; None where it fits none.

    Whoever notes the step and asks for a later one the next time hears each code once.
    """
    now = int(at.timestamp()) // _SECONDS
    generator = TOTP(secret)
    for step in range(max(now - _DRIFT, after + 1), now + _DRIFT + 1):
        if compare_digest(generator.generate_otp(step), cleaned(code)):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Make the codes for whoever loses his phone, in groups that can be copied by hand."""
    return ["-".join(_group() for _ in range(3)) for _ in range(RECOVERY_CODES)]


def new_first_run_code() -> str:
    """Make the code for whoever sets a new installation up."""
    return "-".join(_group() for _ in range(4))


def first_run_digest(code: str) -> str:
    """Give the form in which the code for the first administrator is stored."""
    return sha256(f"first run:{cleaned(code)}".encode()).hexdigest()


def digest(account_id: int, code: str) -> str:
    """Give the form in which a recovery code is stored."""
    return sha256(f"recovery:{account_id}:{cleaned(code)}".encode()).hexdigest()


def cleaned(code: str) -> str:
    """Drop what people type between the signs; what is no ASCII is no code."""
    kept = "".join(code.split()).replace("-", "").upper()[:40]
    return kept if kept.isascii() else ""


def _group() -> str:
    return "".join(secrets.choice(_SIGNS) for _ in range(4))
