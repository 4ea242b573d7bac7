"""Which passwords are refused, without asking anybody outside."""

from __future__ import annotations

import pytest

from engine import Actor
from engine.errors import InvalidForm
from engine.model import Channel
from hr.accounts import passwords
from hr.accounts.commands import ChangePassword
from hr.demo.cast import CAST, DEMO_PASSWORD

COMMON = "password123 1234567890 qwertyuiop iloveyou123 administrator letmein1234 basketball1"
COMMON += " superman123 abcd123456 welcome2024 indonesia45 bismillah123 sayangku123 katasandi1"
COMMON += " merdeka1945 rahasia123 admin12345 jakarta2026 selamat123 pancasila45"


@pytest.mark.parametrize("password", COMMON.split())
def test_what_many_people_choose_is_guessed(password):
    assert passwords.weaknesses(password) == ["GUESSABLE"]


@pytest.mark.parametrize(
    "password",
    ["kereta pagi ke Bogor", "vqhzkmtwlrxa", "tiga belalang makan es", "x" * 5 + "q7R!vT2m"],
)
def test_no_kind_of_sign_is_asked_for(password):
    assert passwords.weaknesses(password) == []


def test_length_is_bounded_on_both_sides():
    assert "TOO_SHORT" in passwords.weaknesses("aB3!xY7?k")
    long = "kuda terbang di atas gunung " * 4
    assert passwords.weaknesses(long[:100]) == []
    assert passwords.weaknesses(long * 2) == ["TOO_LONG"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_others_know_of_somebody_is_no_password_of_his(engine):
    by = Actor(CAST["EMP"], Channel.WEB)
    for own in ("Sariwulandari1990", "wulandari12041990"):
        with pytest.raises(InvalidForm) as refused:
            engine.execute(ChangePassword(old=DEMO_PASSWORD, new=own), by=by)
        assert [one.code for one in refused.value.problems] == ["guessable"]


def test_an_account_without_a_password_is_opened_by_none():
    for guess in ("", "nobody has this password"):
        assert not passwords.fits(guess, "")
        assert not passwords.fits(guess, None)
