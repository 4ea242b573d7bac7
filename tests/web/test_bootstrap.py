from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from web import bootstrap, keys
from web.clock import DemoClock, NotADemo, demo_clock, set_demo_clock
from web.migrations import schema
from web.settings import Settings

NOW = datetime(2026, 7, 6, tzinfo=UTC)


@pytest.fixture
def installation(tmp_path):
    """An installation on SQLite: keys made, schema made."""
    used = Settings(
        database_url=f"sqlite:///{tmp_path}/var/alur.db",
        keys_dir=tmp_path / "keys",
        attempts_dir=tmp_path / "attempts",
    )
    keys.create_without_unmasking(used.keys_dir)
    database = bootstrap.database_of(used.database_url)
    schema.upgrade(database, NOW)
    database.dispose()
    return used


def test_an_installation_that_is_ready_runs_by_the_real_clock(installation):
    platform = bootstrap.build(installation)
    assert not platform.is_demo
    assert abs(platform.engine.clock() - datetime.now(UTC)) < timedelta(minutes=1)
    platform.database.dispose()


def test_a_database_without_its_guards_is_refused(installation):
    database = bootstrap.database_of(installation.database_url)
    with database.begin() as connection:
        connection.execute(text("DROP TRIGGER history_keeps_update"))
    database.dispose()
    with pytest.raises(bootstrap.NotReady, match="history_keeps_update"):
        bootstrap.build(installation)


def test_a_database_of_another_revision_is_refused(installation):
    database = bootstrap.database_of(installation.database_url)
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    database.dispose()
    with pytest.raises(bootstrap.NotReady, match="alur db upgrade"):
        bootstrap.build(installation)


def test_an_installation_without_keys_is_refused(installation):
    (installation.keys_dir / "server.key").unlink()
    with pytest.raises(keys.KeyProblem, match="alur keys"):
        bootstrap.build(installation)


def test_a_demo_lives_at_its_own_time_and_its_time_goes_on(installation):
    database = bootstrap.database_of(installation.database_url)
    set_demo_clock(database, NOW)
    database.dispose()
    platform = bootstrap.build(installation)
    assert platform.is_demo
    first = platform.clock()
    assert NOW <= first < NOW + timedelta(minutes=5)
    assert platform.clock() > first
    platform.database.dispose()


def test_only_an_sqlite_file_may_live_at_another_time(database):
    if database.dialect.name == "sqlite":
        assert demo_clock(database) is None
        set_demo_clock(database, NOW)
        assert isinstance(demo_clock(database), DemoClock)
        return
    with pytest.raises(NotADemo):
        set_demo_clock(database, NOW)
    assert demo_clock(database) is None
