"""The public page that checks a decree: what it tells whom, and that nobody guesses for long."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hr.accounts import rules
from hr.career.tables import Promotion
from hr.demo.cast import CAST
from hr.statements import add_one

NUMBER, CODE = "800.1.3.2/2026-09-000001", "ABCD-EFGH-JKLM"


@pytest.fixture
def decreed(database, clock):
    row = {
        "person_id": CAST["EMP"],
        "instance_id": 1,
        "rank_old": "III/b",
        "rank_new": "III/c",
        "tmt": date(2026, 9, 1),
        "approval_no": "PT.0071/2026",
        "approval_date": date(2026, 7, 1),
        "decree_no": NUMBER,
        "decree_date": date(2026, 7, 2),
        "code": CODE,
        "sha256": "0" * 64,
        "size": 1,
        "signed_by": CAST["PPK"],
        "signed_at": clock(),
    }
    with database.begin() as connection:
        add_one(connection, Promotion, row)


def ask(visitor, number, code):
    return visitor.get("/periksa", query_string={"nomor": number, "kode": code})


def test_a_stranger_learns_what_is_printed_and_no_more(engine, decreed, visitor):
    for typed in (CODE, "abcd efgh jklm", "ABCDEFGHJKLM"):
        page = ask(visitor, NUMBER, typed)
        assert "Cocok" in page.text
        for printed in (NUMBER, "2 Juli 2026", "S. W.", "III/b", "Penata, III/c", "1 September"):
            assert printed in page.text
        for more in ("Sari", "Wulandari", "PT.0071", "P11"):
            assert more not in page.text
    visitor.client.set_cookie("alur_language", "en")
    assert "It matches" in ask(visitor, NUMBER, CODE).text


def test_what_does_not_belong_together_tells_nothing(engine, decreed, visitor):
    wrong = [(NUMBER, "ABCD-EFGH-JKLN"), (NUMBER, "%"), (f"{NUMBER}9", CODE), ("\0", "\0" * 90)]
    for number, code in [*wrong, ("A" * 3000, "😀")]:
        page = ask(visitor, number, code)
        assert page.status == 200
        assert "S. W." not in page.text
    assert "Tidak cocok" in ask(visitor, NUMBER, "AAAA-AAAA-AAAA").text


def test_who_guesses_on_has_to_wait_longer_and_longer(engine, decreed, visitor, clock):
    for _ in range(rules.FREE_GUESSES):
        assert ask(visitor, NUMBER, "AAAA-AAAA-AAAA").status == 200
    waits = ask(visitor, NUMBER, CODE)
    assert waits.status == 429
    assert "Coba lagi setelah" in waits.text
    assert "S. W." not in waits.text
    clock.move(timedelta(minutes=1))
    assert "Cocok" in ask(visitor, NUMBER, CODE).text
    assert visitor.get("/periksa").status == 200
