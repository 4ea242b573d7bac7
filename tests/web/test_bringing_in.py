"""`alur import`, `export`, `check people` and `person`, as a script would use them."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import CliRunner

from hr.demo.cast import CAST
from web.cli import main


@dataclass(frozen=True)
class Done:
    status: int
    stdout: str
    stderr: str


@pytest.fixture
def alur(tmp_path, monkeypatch):
    """Runs `alur` on an SQLite database that holds the cast."""
    from engine import open_database
    from hr.demo.cast import install_cast
    from web import keys
    from web.clock import real_clock
    from web.migrations import schema

    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("ALUR_")]:
        monkeypatch.delenv(name)
    url = f"sqlite:///{tmp_path}/alur.db"
    monkeypatch.setenv("ALUR_DATABASE_URL", url)
    database = open_database(url)
    schema.upgrade(database, real_clock())
    with database.begin() as connection:
        install_cast(connection, real_clock())
    database.dispose()
    keys.create(tmp_path / "keys", tmp_path / "carry-away.pem")
    monkeypatch.setenv("ALUR_KEYS_DIR", str(tmp_path / "keys"))

    def run(*arguments: Any) -> Done:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    return run


def test_the_directory_goes_out_and_comes_in_as_the_same_file(alur, tmp_path):
    assert alur("export", "directory", "all.csv").status == 0
    dry = alur("import", "directory", "all.csv", "--dry-run")
    assert dry.status == 0
    assert "Nothing was changed" in dry.stderr
    done = alur("import", "directory", "all.csv")
    assert f"0 new, 0 changed, 0 ended, {len(CAST)} as they were" in done.stderr
    assert alur("export", "directory", "all.xlsx").status == 0
    assert "0 new, 0 changed" in alur("import", "directory", "all.xlsx").stderr
    text = (tmp_path / "all.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "bad.csv").write_text(text.replace("Sari Wulandari", ""), encoding="utf-8")
    bad = alur("import", "directory", "bad.csv")
    assert bad.status == 1
    assert "nama: Expected something here" in bad.stdout


def test_records_go_out_and_come_in_as_the_same_file(alur, tmp_path):
    assert alur("export", "records", "attendance_month", "a.csv").status == 0
    rows = list(csv.DictReader((tmp_path / "a.csv").open(encoding="utf-8-sig")))
    assert len(rows) == 3 * len(CAST)
    done = alur("import", "records", "attendance_month", "a.csv")
    assert f"0 new, 0 replaced, {len(rows)} known already." in done.stderr
    assert alur("export", "records", "course", "c.xlsx").status == 0
    assert "0 new, 0 replaced" in alur("import", "records", "course", "c.xlsx", "--dry-run").stderr
    assert alur("import", "records", "horoscope", "a.csv").status == 2
    wrong = alur("import", "records", "education", "a.csv")
    assert (wrong.status, "Expected the columns level" in wrong.stdout) == (1, True)


def test_the_directory_is_checked_and_a_person_is_given_what_is_his(alur, tmp_path):
    checked = alur("check", "people", "--json")
    codes = [json.loads(line)["code"] for line in checked.stdout.splitlines()]
    assert checked.status == int(bool(codes))
    alur("export", "directory", "all.csv")
    rows = csv.DictReader((tmp_path / "all.csv").open(encoding="utf-8-sig"))
    nip = next(row["nip"] for row in rows if row["nama"] == "Sari Wulandari")
    given = json.loads(alur("person", "export", nip).stdout)
    assert given["person"]["nip"] == nip
    assert alur("person", "export", nip, "--output", "me.json").status == 0
    assert (tmp_path / "me.json").stat().st_mode & 0o077 == 0
    assert alur("person", "export", "1").status == 2
    assert alur("person", "erase", nip, "--reason", "x").status == 1
    assert alur("person", "hold", "attendance", "--nip", nip, "--reason", "PTUN").status == 0
    table = alur("person", "retention", "--json")
    assert {json.loads(line)["series"] for line in table.stdout.splitlines()} >= {"attendance"}
    assert "PTUN" in table.stderr
    assert alur("person", "release", "1", "--reason", "putusan").status == 0
    assert alur("check", "nowhere").status == 2
