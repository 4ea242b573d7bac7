"""A passkey in a real browser, by Chromium's virtual authenticator: made, then logged in with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tests.browser.conftest import PHONE, Site, Visits


@contextmanager
def authenticator(page: Any) -> Iterator[None]:
    """Plug in a device that verifies its person and keeps passkeys."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    session.send(
        "WebAuthn.removeVirtualAuthenticator", {"authenticatorId": made["authenticatorId"]}
    )
    session.detach()


def test_a_passkey_is_made_and_opens_the_next_session(site: Site, visits: Visits) -> None:
    here = replace(site, address=site.address.replace("127.0.0.1", "localhost"))  # no IP has keys
    visit = visits(here, "EMP", width=PHONE)
    page = visit.go("/passkeys")
    with authenticator(page):
        page.fill("#name", "Ponsel Sari")
        visit.press("Buat kunci sandi")
        assert page.locator("li code").count() == 10  # recovery codes, this once
        visit.go("/passkeys")
        assert "Ponsel Sari" in page.locator("main").inner_text()
        visit.picture("passkeys")
        assert visit.check_page() == []
        page.context.clear_cookies()
        visit.go("/login?next=/cases")
        visit.picture("login_passkey")
        visit.press("Masuk dengan kunci sandi")
        assert page.url == f"{here.address}/cases"
    # Without the device the same page only says so, and the password is still there.
    page.context.clear_cookies()
    visit.go("/login")
    with authenticator(page):
        page.get_by_role("button", name="Masuk dengan kunci sandi").click()
        page.wait_for_selector("[data-trouble]:visible, #problem:visible")
    assert page.locator("#password").is_visible()
