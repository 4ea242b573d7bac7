"""A new installation has no account until whoever started it makes the first one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.errors import InvalidForm, InvalidState
from hr.accounts import codes
from hr.accounts.commands import BecomeFirstAdministrator, OfferFirstRun
from hr.accounts.tables import Account
from hr.directory import nip
from hr.directory import queries as directory
from web.cli.running import _first_run

NIP = nip.synthetic(date(1985, 2, 3), date(2010, 3, 1), "F", 987)
PASSWORD = "kereta pagi ke Bogor"


@pytest.fixture
def nobody(engine):
    """The cast is in the directory, as after an import, but nobody can log in."""
    with engine.database.begin() as connection:
        connection.execute(Account.__table__.delete())


def become(code, password=PASSWORD):
    return BecomeFirstAdministrator(code=code, nip=NIP, name="Rina Marlina", password=password)


def test_the_code_counts_once_and_for_a_day_and_only_the_newest(engine, clock, nobody):
    older, newer = engine.execute(OfferFirstRun()), engine.execute(OfferFirstRun())
    for wrong in (older, "", "AAAA-AAAA-AAAA-AAAA"):
        with pytest.raises(InvalidForm):
            engine.execute(become(wrong))
    with pytest.raises(InvalidForm) as weak:
        engine.execute(become(newer, "pendek"))
    assert {problem.path for problem in weak.value.problems} == {"password"}
    started = clock.now
    clock.move(codes.FIRST_RUN + timedelta(seconds=1))
    with pytest.raises(InvalidForm):
        engine.execute(become(newer))
    clock.set(started)
    engine.execute(become(newer.lower().replace("-", " ")))
    person_id = engine.ask(directory.person_of_nip, NIP)
    roles = engine.ask(directory.roles_of, person_id, clock.now)
    assert [grant.role for grant in roles] == ["ADM"]
    for late in (become(newer), OfferFirstRun()):
        with pytest.raises(InvalidState):
            engine.execute(late)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_whoever_started_the_server_makes_the_first_account(platform, visitor, nobody):
    code = _first_run(platform)
    page = visitor.get("/first-run")
    fields = {"nip": NIP, "name": "Rina Marlina", "password": PASSWORD, "again": PASSWORD}
    refused = visitor.submit(page, "/first-run", **fields, code="X")
    assert (refused.status, refused.all("//input[@aria-invalid]/@id")) == (422, ["code"])
    assert PASSWORD not in refused.response.text
    done = visitor.submit(refused, "/first-run", **fields, code=code)
    assert "sudah dibuat" in done.text
    assert visitor.log_in(NIP, PASSWORD).heading == "Tugas"
    assert "Operasional" in visitor.get("/").text
    assert visitor.get("/first-run").status == 404
    assert visitor.post("/first-run", {**fields, "code": code}).status == 404
    assert _first_run(platform) == ""
