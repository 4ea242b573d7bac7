"""Directory files: dry run, all or nothing, again and again, and the same files back."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from engine import Actor, Engine
from engine.errors import InvalidForm, NotAllowed
from engine.queries import history
from hr.demo.cast import CAST
from hr.directory import nip as nips
from hr.directory import queries as directory
from hr.directory.tables import Holding, Person, Post, Unit
from hr.intake import queries
from hr.intake.columns import COLUMNS, rank
from hr.intake.commands import ImportDirectory
from hr.sheets import Sheet

DAY = date(2026, 7, 1)
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def number(sequence: int, year: int = 1990) -> str:
    return nips.synthetic(date(year, 4, 12), date(2015, 3, 1), nips.MALE, sequence)


CHIEF, CLERK = number(950), number(951)
# As one agency's own system writes it (domain.md, K29), with what a new post needs besides.
HEAD = "NIP;Nama;PangkatGolongan;UnitKode;UnitNama;Jabatan;Email;NIP_Atasan;JenisJabatan;Kelas"
ROWS = (
    f"{CHIEF};Kepala Baru;Pembina (IV/a);90;Dinas Baru;Kepala Dinas Baru;;;JPT;14",
    f"{CLERK};Staf Baru;Penata Muda (III/a);90;Dinas Baru;Arsiparis;s@kota.go.id;{CHIEF};"
    "Fungsional Tertentu;8",
)


def sheet(*rows: str, head: str = HEAD) -> Sheet:
    return Sheet("baru.csv", data="\n".join((head, *rows)).encode())


def nip_of(engine: Engine, code: str) -> str:
    with engine.database.connect() as connection:
        return connection.execute(select(Person.nip).where(Person.id == CAST[code])).scalar_one()


def person_of(engine: Engine, nip: str) -> int:
    found = engine.ask(directory.person_of_nip, nip)
    assert found is not None
    return found


def written(engine: Engine) -> str:
    """Write the directory as a file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(engine.ask(lambda c: list(queries.directory_rows(c, engine.clock()))))
    return text.getvalue()


def everything(engine: Engine) -> list[Any]:
    with engine.database.connect() as connection:
        return [connection.execute(select(*t.__table__.c)).all() for t in (Unit, Post, Person)]


def test_a_file_brings_units_posts_people_and_who_rates_whom(engine: Engine) -> None:
    found = engine.execute(ImportDirectory(sheet=sheet(*ROWS), day=DAY))
    assert (found.added, found.units, found.posts, found.wrong) == (2, 1, 2, 0)
    clerk = person_of(engine, CLERK)
    view = engine.ask(directory.person, clerk, engine.clock())
    assert (view.name, view.rank, view.post, view.post_kind) == (
        "Staf Baru",
        "III/a",
        "Arsiparis",
        "JF",
    )
    assert view.unit_name == "Dinas Baru"
    assert view.email == "s@kota.go.id"
    assert engine.ask(directory.superior, clerk, engine.clock()) == person_of(engine, CHIEF)
    assert engine.ask(history.check_chains) == ()


def test_the_same_file_again_changes_nothing(engine: Engine) -> None:
    engine.execute(ImportDirectory(sheet=sheet(*ROWS), day=DAY))
    before = everything(engine)
    again = engine.execute(ImportDirectory(sheet=sheet(*ROWS), day=DAY))
    assert (again.idle, again.known) == (True, 2)
    assert everything(engine) == before


def test_what_is_written_out_is_taken_in_again_unchanged(engine: Engine) -> None:
    engine.execute(ImportDirectory(sheet=sheet(*ROWS), day=DAY))
    text = written(engine)
    again = engine.execute(ImportDirectory(sheet=Sheet("semua.csv", data=text.encode()), day=DAY))
    assert (again.idle, again.known) == (True, len(CAST) + 2)
    assert written(engine) == text


def test_a_dry_run_tells_and_changes_nothing(engine: Engine) -> None:
    before = everything(engine)
    found = engine.ask(queries.look, sheet(*ROWS), DAY)
    assert (found.added, found.changed, found.ended, found.sound) == (2, 0, 0, True)
    assert [change.name for change in found.shown] == ["Kepala Baru", "Staf Baru"]
    assert everything(engine) == before


def test_a_move_closes_one_segment_and_opens_another_on_its_day(engine: Engine) -> None:
    emp, later = nip_of(engine, "EMP"), DAY + timedelta(days=45)
    row = f"{emp};Sari Wulandari;;02;BKPP;Analis SDM Aparatur;;;;;{later}"
    head = HEAD + ";tmt_jabatan"
    file = sheet(row.replace("BKPP", "Badan Kepegawaian, Pendidikan dan Pelatihan"), head=head)
    found = engine.execute(ImportDirectory(sheet=file, day=DAY))
    assert (found.changed, found.wrong) == (1, 0)
    at = engine.clock()
    assert engine.ask(directory.superior, CAST["EMP"], at) == CAST["RTR"]
    after = engine.ask(directory.person, CAST["EMP"], at + timedelta(days=45))
    assert after.post == "Analis SDM Aparatur"
    assert engine.execute(ImportDirectory(sheet=file, day=DAY)).idle
    with engine.database.connect() as connection:
        mine = select(Holding.valid_from, Holding.valid_to).where(Holding.person_id == CAST["EMP"])
        held = connection.execute(mine.order_by(Holding.valid_from)).all()
    assert held[0].valid_to + timedelta(days=1) == held[1].valid_from == later


def test_a_new_line_of_rating_leaves_the_past_as_it_was(engine: Engine) -> None:
    rows = list(csv.DictReader(io.StringIO(written(engine))))
    for row in rows:
        if row["kode_jabatan"] == "J-5":
            row["kode_jabatan_penilai"] = "J-3"
    body = io.StringIO()
    writer = csv.DictWriter(body, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    file = Sheet("baru.csv", data=body.getvalue().encode())
    found = engine.execute(ImportDirectory(sheet=file, day=DAY))
    assert (found.posts, found.changed) == (1, 0)
    at = engine.clock()
    assert engine.ask(directory.superior, CAST["EMP"], at) == CAST["SU2"]
    assert engine.ask(directory.superior, CAST["EMP"], at - timedelta(days=2)) == CAST["RTR"]
    team = engine.ask(directory.team, {CAST["SU2"]}, at)
    assert CAST["EMP"] in team
    assert CAST["EMP"] not in engine.ask(directory.team, {CAST["RTR"]}, at)
    assert engine.ask(directory.all_lines, at).superior(CAST["EMP"]) == CAST["SU2"]
    assert engine.execute(ImportDirectory(sheet=file, day=DAY)).idle


def test_who_is_missing_from_a_complete_file_has_left(engine: Engine) -> None:
    gone = nip_of(engine, "STRANGER")
    rest = "\n".join(line for line in written(engine).splitlines() if gone not in line)
    file = Sheet("semua.csv", data=rest.encode())
    assert engine.ask(queries.look, file, DAY).ended == 0
    assert engine.ask(queries.look, file, DAY, complete=True).ended == 1
    engine.execute(ImportDirectory(sheet=file, day=DAY, complete=True))
    view = engine.ask(directory.person, CAST["STRANGER"], engine.clock())
    assert (view.status, view.post) == (directory.LEFT, "")


FAULTS = {
    "a_nip_that_is_none": ("199013012015031901;A;III/a;90;Dinas Baru;;;;;", "nip", "nip"),
    "a_nip_that_a_spreadsheet_rounded": (
        "1,99004E+17;A;III/a;90;Dinas Baru;;;;;",
        "nip",
        "rounded",
    ),
    "no_name": (f"{number(960)};;III/a;90;Dinas Baru;;;;;", "nama", "required"),
    "no_rank_at_all": (f"{number(960)};A;Jendral;90;Dinas Baru;;;;;", "golongan", "option"),
    "a_unit_nobody_knows": (
        f"{number(960)};A;III/a;77;;Arsip;;;JF;8",
        "kode_unit",
        "unknown_unit",
    ),
    "a_superior_nobody_knows": (
        f"{number(960)};A;III/a;90;Dinas Baru;Arsip;;{number(961)};JF;8",
        "nip_atasan",
        "nobody",
    ),
    "a_new_post_without_a_class": (
        f"{number(960)};A;III/a;90;Dinas Baru;Arsip;;;JF;",
        "kelas",
        "new_post",
    ),
    "twice_the_same_person": (f"{CLERK};Staf Baru;III/a;90;Dinas Baru;;;;;", "nip", "twice"),
    "two_names_of_a_unit": (
        f"{number(960)};A;III/a;90;Dinas Lain;;;;;",
        "nama_unit",
        "contradiction",
    ),
    "an_address_that_is_none": (f"{number(960)};A;III/a;90;Dinas Baru;;kota;;;", "email", "mail"),
}


@on_sqlite
@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_is_named_by_row_and_column_and_nothing_happens(
    engine: Engine, name: str
) -> None:
    row, column, code = FAULTS[name]
    before = everything(engine)
    found = engine.ask(queries.look, sheet(*ROWS, row), DAY)
    assert (4, column, code) in {(f.number, f.column, f.code) for f in found.faults}
    with pytest.raises(InvalidForm):
        engine.execute(ImportDirectory(sheet=sheet(*ROWS, row), day=DAY))
    assert everything(engine) == before


@on_sqlite
def test_a_circle_of_raters_is_refused(engine: Engine) -> None:
    head = f"{CHIEF};Kepala Baru;IV/a;90;Dinas Baru;Kepala Dinas Baru;;{CLERK};JPT;14"
    found = engine.ask(queries.look, sheet(head, ROWS[1]), DAY)
    assert {fault.code for fault in found.faults} == {"circle"}


@on_sqlite
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"nama;unit\nA;B\n", "columns"),
        (b"NIP;Nama;UnitKode\n\xff\xfe;B;C\n", "encoding"),
        (b"PK\x03\x04 no workbook at all", "encoding"),
    ],
)
def test_what_is_no_such_file_is_said_to_be_none(engine: Engine, data: bytes, code: str) -> None:
    (fault,) = engine.ask(queries.look, Sheet("x", data=data), DAY).faults
    assert fault.code == code


@on_sqlite
def test_a_workbook_is_read_like_a_text(engine: Engine, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(HEAD.split(";"))
    for row in ROWS:
        book.active.append(row.split(";"))
    book.save(tmp_path / "baru.xlsx")
    file = Sheet("baru.xlsx", path=tmp_path / "baru.xlsx")
    assert engine.execute(ImportDirectory(sheet=file, day=DAY)).added == 2
    book.active.append([int(number(960)), "Angka", "III/a", "90", "Dinas Baru"])
    book.save(tmp_path / "baru.xlsx")
    (fault,) = engine.ask(queries.look, file, DAY).faults
    assert (fault.number, fault.column, fault.code) == (4, "nip", "rounded")


@on_sqlite
def test_the_agency_may_but_not_about_oneself(engine: Engine) -> None:
    command = ImportDirectory(sheet=sheet(*ROWS), day=DAY)
    for code in ("EMP", "HRO", "AUD", "ADM", "PPK"):
        with pytest.raises(NotAllowed):
            engine.execute(command, by=Actor(person_id=CAST[code]))
    own = f"{nip_of(engine, 'HRC')};Indra Wijaya;IV/e;;;;;;;"
    with pytest.raises(InvalidForm) as refused:
        engine.execute(
            ImportDirectory(sheet=sheet(*ROWS, own), day=DAY), by=Actor(person_id=CAST["HRC"])
        )
    assert [problem.code for problem in refused.value.problems] == ["own_row"]
    assert engine.execute(command, by=Actor(person_id=CAST["HRC"])).added == 2


@on_sqlite
def test_what_is_told_about_a_person_can_be_erased(engine: Engine) -> None:
    """No event's body names anybody: names are sealed beside it."""
    engine.execute(ImportDirectory(sheet=sheet(*ROWS), day=DAY))
    from engine.store.tables import History

    with engine.database.connect() as connection:
        bodies = connection.execute(select(History.body)).scalars().all()
        people = connection.execute(select(func.count()).select_from(Person)).scalar_one()
    assert people == len(CAST) + 2
    assert not [body for body in bodies if "Staf Baru" in body or CLERK in body]


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("Penata Muda Tk. I (III/b)", "PNS", "III/b"),
        ("IV/c", "PNS", "IV/c"),
        ("Golongan IX", "PPPK", "IX"),
        ("XVII", "PPPK", "XVII"),
        ("v", "PPPK", "V"),
    ],
)
def test_ranks_are_found_in_what_people_write(text: str, kind: str, said: str) -> None:
    assert rank(text, kind) == said
