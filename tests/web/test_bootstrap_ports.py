import os
import subprocess
import sys
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from hr.calendar import rules as calendar
from web import keys
from web.attempts import AttemptFiles
from web.bootstrap import ports_of
from web.settings import Settings
from web.vault import KeyVault, unmask


def test_the_server_reads_what_it_sealed_and_never_what_it_masked(tmp_path):
    keys.create(tmp_path / "keys", tmp_path / "carry-away.pem")
    vault = KeyVault.open(tmp_path / "keys")
    assert vault.unseal(vault.seal("nilai 4")) == "nilai 4"
    masked = vault.mask("1207")
    assert b"1207" not in masked
    private = keys.unmask_private_key(tmp_path / "carry-away.pem")
    assert unmask(masked, private) == "1207"


def test_equal_and_unequal_people_look_alike_when_masked():
    vault = KeyVault.in_memory()
    first, again, other = vault.mask("7"), vault.mask("7"), vault.mask("15000")
    assert first != again
    assert len(first) == len(other)


def test_the_unmask_private_key_is_in_no_file_of_the_keys_folder(tmp_path):
    keys.create(tmp_path / "keys", tmp_path / "carry-away.pem")
    assert sorted(p.name for p in (tmp_path / "keys").iterdir()) == ["server.key", "unmask.pub"]
    assert all(b"PRIVATE" not in p.read_bytes() for p in (tmp_path / "keys").iterdir())
    assert (tmp_path / "carry-away.pem").stat().st_mode & 0o077 == 0


def test_keys_are_never_overwritten(tmp_path):
    keys.create(tmp_path / "keys", tmp_path / "a.pem")
    before = (tmp_path / "keys" / "server.key").read_bytes()
    with pytest.raises(keys.KeyProblem, match="never overwritten"):
        keys.create(tmp_path / "keys", tmp_path / "b.pem")
    assert (tmp_path / "keys" / "server.key").read_bytes() == before
    assert not (tmp_path / "b.pem").exists()


def test_a_server_key_that_others_can_read_is_refused(tmp_path):
    keys.create_without_unmasking(tmp_path)
    (tmp_path / "server.key").chmod(0o644)
    with pytest.raises(keys.KeyProblem, match="0600"):
        KeyVault.open(tmp_path)


def test_work_that_ended_counts_as_no_crash(tmp_path):
    attempts = AttemptFiles(tmp_path)
    assert attempts.begin("task 1") == 0
    attempts.finish("task 1")
    assert attempts.begin("task 1") == 0
    assert attempts.begin("task 2") == 0


def test_a_killed_process_is_noticed_and_a_running_one_is_not_taken_for_dead(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from web.attempts import AttemptFiles\n"
        "AttemptFiles(Path(sys.argv[1])).begin('task 1'); print('begun', flush=True)\n"
        "time.sleep(60)"
    )
    for crashes in (1, 2):
        worker = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, env=os.environ
        )
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"begun\n"
        assert AttemptFiles(tmp_path).begin("task 1") == 0, "its holder is alive"
        worker.kill()
        worker.communicate()
        if crashes == 2:
            assert AttemptFiles(tmp_path).begin("task 1") == 2


@pytest.fixture
def _back_in_jakarta():
    yield
    calendar.use_zone(calendar.ZONE)


@pytest.mark.usefixtures("_back_in_jakarta")
def test_days_and_due_dates_are_those_of_the_citys_zone(tmp_path):
    keys.create_without_unmasking(tmp_path / "keys")
    here = ZoneInfo("Asia/Makassar")
    used = Settings(
        keys_dir=tmp_path / "keys",
        attempts_dir=tmp_path / "attempts",
        files_dir=tmp_path / "files",
        time_zone=here,
    )
    assert ports_of(used).zone == here
    late = datetime(2026, 7, 6, 16, 30, tzinfo=UTC)  # 00:30 of the 7th in Makassar
    assert calendar.local_day(late) == date(2026, 7, 7)
    assert calendar.end_of_day(date(2026, 7, 7)) == datetime(2026, 7, 7, 8, 0, tzinfo=UTC)
