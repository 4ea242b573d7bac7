"""Personal data: who looked, what is given, corrected, held and erased."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text, update

from engine import Actor, Engine, NewCase, StartInstance
from engine.errors import InvalidForm, InvalidState, NotAllowed
from engine.folder import read_folder
from engine.queries import history
from hr.activity.commands import LogActivity
from hr.activity.rules import Draft, Photo
from hr.demo.cast import CAST
from hr.directory import queries as directory
from hr.directory.tables import Person
from hr.dossier.kinds import KINDS
from hr.notices import queries as notices
from hr.privacy import queries
from hr.privacy.commands import (
    AskCorrection,
    CorrectPerson,
    DecideCorrection,
    ErasePerson,
    LiftHold,
    OpenPerson,
    SetHold,
)
from hr.privacy.rules import SERIES, WITHHELD
from tests.conftest import ROOT, MovableClock
from web.migrations import schema

EMP, HRC = CAST["EMP"], CAST["HRC"]
AGENCY = Actor(person_id=HRC)
TWO_STEP = ROOT / "tests" / "engine" / "models" / "two_step"
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def case(engine: Engine) -> int:
    """A case of EMP with an answer in it, and reviewed."""
    from engine import CompleteTask
    from engine.model import Scope
    from engine.queries import inbox

    engine.execute(read_folder(TWO_STEP))
    subject = engine.ask(engine.ports.people.subject, EMP, engine.clock())
    new = NewCase(
        subject_id=EMP,
        scope_path=subject.scope_path,
        title=subject.title,
        search_text=subject.search_text,
    )
    started = engine.execute(StartInstance(key="two_step", case=new))
    scope = Scope(person_id=EMP)
    (row,) = engine.ask(inbox.open_tasks, scope, now=engine.clock()).rows
    answers = {"subject": "Rahasia sekali", "days": 2}
    command = CompleteTask(task_id=row.id, answers=answers, request_key="k")
    engine.execute(command, by=Actor(person_id=EMP))
    return started.instance_id


def gone(engine: Engine, clock: MovableClock, years: int = 11) -> None:
    """Let EMP leave, and the time of his records pass."""
    with engine.database.begin() as connection:
        mine = update(Person).where(Person.id == EMP)
        connection.execute(mine.values(left_on=date(2026, 7, 31)))
    clock.set(datetime(2026 + years, 8, 5, tzinfo=UTC))


def _close(engine: Engine, instance_id: int) -> None:
    from engine import CancelInstance

    engine.execute(CancelInstance(instance_id=instance_id, reason="selesai"))


def test_every_table_about_a_person_is_given_or_withheld_for_a_reason() -> None:
    tables = schema.metadata().tables
    about = {
        name
        for name, table in tables.items()
        if {"person_id", "subject_id", "rater_id"} & set(table.c.keys())
    }
    given = {name for series in SERIES.values() for name in series.tables}
    assert given & WITHHELD.keys() == set()
    assert about - given - WITHHELD.keys() == set()
    for series in SERIES.values():
        for name, kept in series.tables.items():
            assert kept.person in tables[name].c, name
            assert kept.dated is None or kept.dated in tables[name].c, name
    assert {kind.series for kind in KINDS.values()} <= SERIES.keys()


@on_sqlite
def test_what_a_person_is_given_is_his_and_names_no_peer(engine: Engine, case: int) -> None:
    engine.execute(OpenPerson(person_id=EMP, reason="usul"), by=AGENCY)
    found = engine.ask(queries.given, EMP)
    assert found["person"]["name"] == "Sari Wulandari"
    assert found["records"]["attendance"]["attendance_month"]
    assert [one["reason"] for one in found["looked"]] == ["usul"]
    (row,) = found["cases"]
    assert "Rahasia sekali" in str(row["values"])
    assert not set(WITHHELD) & {name for tables in found["records"].values() for name in tables}


@on_sqlite
def test_opening_wants_a_right_and_a_reason(engine: Engine) -> None:
    for code in ("STRANGER", "ADM", "DSN", "PEER1"):
        with pytest.raises(NotAllowed):
            engine.execute(
                OpenPerson(person_id=EMP, reason="ingin tahu"), by=Actor(person_id=CAST[code])
            )
    with pytest.raises(InvalidForm):
        engine.execute(OpenPerson(person_id=EMP, reason=" "), by=AGENCY)
    assert engine.ask(queries.openings, EMP) == ()


@on_sqlite
def test_what_is_wrong_is_put_right_by_the_agency_and_not_about_itself(engine: Engine) -> None:
    command = CorrectPerson(person_id=EMP, values={"name": "Sari W."}, reason="akta")
    for code in ("EMP", "RTR", "HRO", "AUD", "ADM"):
        with pytest.raises(NotAllowed):
            engine.execute(command, by=Actor(person_id=CAST[code]))
    engine.execute(command, by=AGENCY)
    assert engine.ask(directory.person, EMP, engine.clock()).name == "Sari W."
    own = CorrectPerson(person_id=HRC, values={"name": "Lain"}, reason="akta")
    with pytest.raises(NotAllowed):
        engine.execute(own, by=AGENCY)
    with pytest.raises(InvalidForm):
        engine.execute(CorrectPerson(person_id=EMP, values={"nip": "1"}, reason="akta"), by=AGENCY)


def test_erasing_takes_what_is_personal_and_the_chain_still_holds(
    engine: Engine, case: int, clock: MovableClock
) -> None:
    engine.execute(CorrectPerson(person_id=EMP, values={"phone": "0811"}, reason="ganti"))
    photo = Photo("Sari Wulandari.jpg", "0" * 64, "image/jpeg", 1)
    draft = Draft(
        day=engine.clock().date(),
        starts=480,
        ends=600,
        text="Melayani di loket.....",
        photos=(photo,),
    )
    engine.execute(LogActivity(draft=draft, request_key="k"), by=Actor(person_id=EMP))
    with pytest.raises(InvalidState):
        engine.execute(ErasePerson(person_id=EMP, reason="permintaan"), by=AGENCY)
    gone(engine, clock)
    with pytest.raises(InvalidState, match="open"):
        engine.execute(ErasePerson(person_id=EMP, reason="permintaan"))
    _close(engine, case)
    done = engine.execute(ErasePerson(person_id=EMP, reason="permintaan"))
    assert done["cases"] == 1
    assert done["values"] > 0
    assert (done["attendance_month"], done["activity_photo"], done["activity_entry"]) == (3, 1, 1)
    assert engine.ask(history.check_chains) == ()
    view = engine.ask(directory.person, EMP, engine.clock())
    assert (view.name, view.email, view.nip[0]) == (f"Pegawai {EMP}", "", "X")
    with engine.database.connect() as connection:
        for table in (
            "activity_photo",
            "instance",
            "task",
            "value",
            "sealed_value",
            "person",
            "account",
        ):
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()
            words = " ".join(map(str, rows))
            assert "Sari Wulandari" not in words, table
            assert "Rahasia" not in words, table
    with pytest.raises(InvalidState):
        engine.execute(ErasePerson(person_id=EMP, reason="lagi"))


def test_what_is_emptied_can_still_be_looked_at(
    engine: Engine, case: int, clock: MovableClock
) -> None:
    from engine.queries import cases

    gone(engine, clock)
    _close(engine, case)
    engine.execute(ErasePerson(person_id=EMP, reason="permintaan"))
    view = engine.ask(cases.case, case)
    assert view.title == f"Pegawai {EMP}"
    assert view.steps
    assert engine.ask(history.values, case, readers={"EMP"}, everything=True) == ()


@on_sqlite
def test_a_hold_keeps_what_its_time_would_let_go(engine: Engine, clock: MovableClock) -> None:
    gone(engine, clock)
    day = engine.clock().date()
    before = {due.series.name: due for due in engine.ask(queries.due, day)}
    assert before["attendance"].rows > before["attendance"].held == 0
    number = engine.execute(
        SetHold(series="attendance", person_id=EMP, reason="perkara di PTUN"), by=AGENCY
    )
    held = {due.series.name: due for due in engine.ask(queries.due, day)}
    assert held["attendance"].held == 3
    assert held["attendance"].rows == before["attendance"].rows - 3
    with pytest.raises(InvalidState, match="attendance"):
        engine.execute(ErasePerson(person_id=EMP, reason="permintaan"))
    engine.execute(LiftHold(hold_id=number, reason="putusan tetap"), by=AGENCY)
    engine.execute(ErasePerson(person_id=EMP, reason="permintaan"))
    everybody = engine.execute(SetHold(series="*", reason="pemeriksaan BPK"), by=AGENCY)
    assert all(due.rows == 0 for due in engine.ask(queries.due, day))
    with pytest.raises(NotAllowed):
        engine.execute(LiftHold(hold_id=everybody, reason="x"), by=Actor(person_id=CAST["ADM"]))


@on_sqlite
def test_nobody_is_erased_before_his_time_but_by_the_command_line(
    engine: Engine, clock: MovableClock
) -> None:
    gone(engine, clock, years=1)
    with pytest.raises(InvalidState, match="2036-07-31"):
        engine.execute(ErasePerson(person_id=EMP, reason="minta", early=True), by=AGENCY)
    engine.execute(ErasePerson(person_id=EMP, reason="putusan", early=True))
    assert engine.ask(directory.person, EMP, engine.clock()).name == f"Pegawai {EMP}"


@on_sqlite
def test_only_the_host_erases_a_subject(engine: Engine, case: int) -> None:
    from engine import EraseSubject

    with pytest.raises(NotAllowed):
        engine.execute(EraseSubject(subject_id=EMP, title="x", reason="y"), by=AGENCY)
    with engine.database.connect() as connection:
        assert connection.execute(select(Person.erased_on).where(Person.id == EMP)).scalar() is None


def test_somebody_asks_and_the_agency_corrects_or_says_why_not(engine: Engine) -> None:
    def ask(about: str, value: str) -> int:
        command = AskCorrection(about=about, value=value, reason="lihat akta")
        return int(engine.execute(command, by=Actor(person_id=EMP)))

    def told(person: int) -> list[str]:
        return [one.notice for one in engine.ask(notices.unread, person)]

    name, mail, other = ask("name", " Sari  W. "), ask("email", "s@kota.test"), ask("other", "")
    assert told(HRC) == ["CORRECTION_ASKED"] * 3
    for code in ("EMP", "RTR", "HRO", "AUD", "ADM"):
        with pytest.raises(NotAllowed):
            engine.execute(
                DecideCorrection(request_id=name, approve=True, answer="x"),
                by=Actor(person_id=CAST[code]),
            )
    for number, approve in ((name, True), (mail, False), (other, True)):
        command = DecideCorrection(request_id=number, approve=approve, answer="sudah dilihat")
        engine.execute(command, by=AGENCY)
    with pytest.raises(InvalidState):
        engine.execute(command, by=AGENCY)
    view = engine.ask(directory.person, EMP, engine.clock())
    assert (view.name, view.email != "s@kota.test") == ("Sari W.", True)
    assert told(EMP) == ["CORRECTION_MADE", "CORRECTION_REFUSED", "CORRECTION_MADE"]
    states = [one.state for one in engine.ask(queries.corrections, EMP)]
    assert states == ["DONE", "REFUSED", "DONE"]
    assert engine.ask(queries.corrections) == ()
    given = engine.ask(queries.given, EMP)["records"]["correction"]["correction_request"]
    assert [row["value"] for row in given] == ["Sari W.", "s@kota.test", ""]


@on_sqlite
def test_what_cannot_stand_there_is_refused_before_anybody_is_bothered(engine: Engine) -> None:
    me = Actor(person_id=EMP)
    for about, value in (("nip", "1"), ("name", " "), ("email", "x"), ("education", "PROF")):
        with pytest.raises(InvalidForm):
            engine.execute(AskCorrection(about=about, value=value, reason="x"), by=me)
    with pytest.raises(InvalidForm):
        engine.execute(AskCorrection(about="phone", value="0811", reason=" "), by=me)
    for _ in range(10):
        engine.execute(AskCorrection(about="phone", value="0811", reason="x"), by=me)
    with pytest.raises(InvalidState):
        engine.execute(AskCorrection(about="phone", value="0811", reason="x"), by=me)
    number = engine.execute(AskCorrection(about="phone", value="0811", reason="x"), by=AGENCY)
    with pytest.raises(NotAllowed):  # an officer's own data is another officer's
        engine.execute(DecideCorrection(request_id=number, approve=True, answer="x"), by=AGENCY)
