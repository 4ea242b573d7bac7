"""Passkeys without a browser: a device in software signs, rightly and wrongly.

A real browser's device does it in tests/browser/test_passkeys.py.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

from hr.accounts import passkeys as rules
from hr.demo.cast import DEMO_PASSWORD
from tests.web.visitor import Visitor
from web.settings import Settings

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Device:
    """Signs with a key that never leaves it, for one site."""

    host: str = "localhost"
    origin: str = "http://localhost"
    verified: bool = True
    count: int = 1
    credential: bytes = b"\x07" * 32
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, options: dict) -> str:
        """Answer an invitation with a new key."""
        numbers = self.key.public_key().public_numbers()
        public = encode_cbor(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        )
        attested = bytes(16) + len(self.credential).to_bytes(2) + self.credential + public
        data = self._data(ATTESTED) + attested
        held = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        response = {"attestationObject": bytes_to_base64url(held)}
        return self._answer({**response, "clientDataJSON": bytes_to_base64url(client)})

    def sign(self, options: dict) -> str:
        """Answer a question."""
        self.count += 1
        data = self._data(0)
        client = self._client("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "authenticatorData": bytes_to_base64url(data),
                "clientDataJSON": bytes_to_base64url(client),
                "signature": bytes_to_base64url(signature),
            }
        )

    def _data(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verified else 0)
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + self.count.to_bytes(4)

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, response: dict[str, str]) -> str:
        name = bytes_to_base64url(self.credential)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def add(visitor, device, **more):
    options = visitor.post("/passkeys/begin").response.json
    return visitor.post("/passkeys", {"answer": device.make(options), "name": "Ponsel", **more})


def ask(visitor):
    visitor.get("/login")
    return visitor.post("/login/passkey/begin").response.json


def log_in(app, device):
    visitor = Visitor(app.test_client())
    answer = device.sign(ask(visitor))
    return visitor, visitor.post("/login/passkey", {"answer": answer, "next": "/cases"})


def test_a_passkey_opens_a_session_and_is_a_second_factor(app, platform, client_as, clock):
    app.extensions["alur"] = replace(platform, settings=Settings())
    adm, elsewhere = client_as("ADM"), client_as("ADM")
    assert adm.get("/cases").path == "/second-factor"
    device = Device()
    made = add(adm, device)
    assert len(made.all("//li/code/text()")) == 10
    assert adm.get("/cases").path == "/cases"
    assert elsewhere.get("/", follow=False).status == 302  # was opened without it
    assert log_in(app, device)[1].path == "/cases"
    # The password alone opens nothing any more; paper still does.
    paper = made.all("//li/code/text()")[0]
    somebody = Visitor(app.test_client())
    asked = somebody.log_in("adm", DEMO_PASSWORD)
    assert asked.path.startswith("/login/code")
    assert somebody.submit(asked, "/login/code", code=paper).heading == "Tugas"
    (action,) = adm.get("/passkeys").all("//form[contains(@action, '/remove')]/@action")
    assert client_as("EMP").post(action).status == 404
    adm.post(action)
    assert log_in(app, device)[1].status == 401


def test_each_question_is_answered_once_in_time_and_by_whom_it_was_put(app, client_as, clock):
    emp, rtr = client_as("EMP"), client_as("RTR")
    device = Device()
    options = emp.post("/passkeys/begin").response.json
    answer = {"answer": device.make(options), "name": "Ponsel"}
    assert rtr.post("/passkeys", answer).status == 422  # put to somebody else
    assert emp.post("/passkeys", answer).status == 200
    assert emp.post("/passkeys", answer).status == 422  # once
    visitor = Visitor(app.test_client())
    first = device.sign(ask(visitor))
    assert visitor.post("/login/passkey", {"answer": first}).path == "/"
    assert Visitor(app.test_client()).get("/login").status == 200
    replayed = Visitor(app.test_client())
    replayed.get("/login")
    assert replayed.post("/login/passkey", {"answer": first}).status == 401
    late = ask(replayed)
    clock.move(rules.ASKED_FOR + timedelta(seconds=1))
    assert replayed.post("/login/passkey", {"answer": device.sign(late)}).status == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://alur.penipu.test"},
        {"host": "penipu.test"},
        {"verified": False},
        {"key": ec.generate_private_key(ec.SECP256R1())},
        {"credential": b"\x08" * 32},
        {"count": -1},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_the_right_device_did_not_sign_for_this_site_opens_nothing(app, client_as, wrong):
    device = Device(count=7)
    add(client_as("EMP"), device)
    _, page = log_in(app, replace(device, **wrong))
    assert (page.status, "tidak dikenal" in page.text) == (401, True)
    assert log_in(app, device)[1].path == "/cases"


@pytest.mark.parametrize("wrong", [{"origin": "https://a.test"}, {"verified": False}])
def test_a_passkey_for_another_site_or_without_a_person_is_not_kept(client_as, wrong):
    assert add(client_as("EMP"), Device(**wrong)).status == 422


def test_nonsense_is_refused_with_words(client_as, app):
    emp = client_as("EMP")
    visitor = Visitor(app.test_client())
    client = bytes_to_base64url(b'{"challenge": 7}')
    for answer in ("", "{", "[]", "null", "x" * 30_000, json.dumps({"response": []}),
                   json.dumps({"id": 1, "response": {"clientDataJSON": client}})):  # fmt: skip
        assert emp.post("/passkeys", {"answer": answer, "name": "x"}).status == 422
        visitor.get("/login")
        assert visitor.post("/login/passkey", {"answer": answer}).status == 401
    assert base64url_to_bytes(rules.new_challenge()) != base64url_to_bytes(rules.new_challenge())
