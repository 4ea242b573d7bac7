import shutil
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from engine import open_database
from engine.history import unpack
from tests import databases
from tests.conftest import POSTGRESQL_URL
from web import upkeep
from web.migrations import guards, partitions, schema

NOW = datetime(2026, 7, 6, tzinfo=UTC)
EVENT = text(
    "INSERT INTO history (stream_id, seq, at, kind, outcome, body, hash)"
    " VALUES (1, :seq, :at, 'NOTED', 'OK', '{}', '')"
)
STREAM = text("INSERT INTO stream (id, kind, key, head_seq, head_hash) VALUES (1, 'x', 'y', 0, '')")


@pytest.fixture
def postgresql_url(postgresql_server):
    """A new, empty PostgreSQL database."""
    name = f"alur_test_{uuid4().hex[:12]}"
    _create(postgresql_server, name)
    yield make_url(POSTGRESQL_URL).set(database=name)
    _drop(postgresql_server, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """A database without a single table, of both kinds."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/new.db"
    else:
        url = request.getfixturevalue("postgresql_url").render_as_string(hide_password=False)
    database = open_database(url)
    yield database
    database.dispose()


def _create(server, name, template="template1"):
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    return make_url(POSTGRESQL_URL).set(database=name).render_as_string(hide_password=False)


def _drop(server, name):
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="module")
def _upgraded_file(tmp_path_factory):
    """An SQLite database after `db upgrade`, of which tests get a copy."""
    path = tmp_path_factory.mktemp("upgraded") / "new.db"
    database = open_database(f"sqlite:///{path}")
    schema.upgrade(database, NOW)
    databases.close_log(database)
    return path


@pytest.fixture(scope="module")
def _upgraded_name(postgresql_server):
    """A PostgreSQL database after `db upgrade`, of which tests get a copy."""
    name = f"alur_test_{uuid4().hex[:12]}"
    database = open_database(_create(postgresql_server, name))
    schema.upgrade(database, NOW)
    database.dispose()
    yield name
    _drop(postgresql_server, name)


@pytest.fixture
def upgraded_sqlite(_upgraded_file, tmp_path):
    path = shutil.copy(_upgraded_file, tmp_path / "new.db")
    database = open_database(f"sqlite:///{path}")
    yield database
    database.dispose()


@pytest.fixture
def upgraded_postgresql(_upgraded_name, postgresql_server):
    name = f"alur_test_{uuid4().hex[:12]}"
    database = open_database(_create(postgresql_server, name, template=_upgraded_name))
    yield database
    database.dispose()
    _drop(postgresql_server, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def upgraded(request):
    """A database of either kind as `db upgrade` leaves it."""
    return request.getfixturevalue(f"upgraded_{request.param}")


def _ours(item, name, kind, _reflected, _other):
    # Partitions are made by db upgrade, not by a revision.
    return not (kind == "table" and name.startswith("history_"))


def test_the_revisions_make_exactly_the_tables_that_the_code_declares(empty):
    schema.upgrade(empty, NOW)
    with empty.connect() as connection:
        options = {"compare_type": True, "include_object": _ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, schema.metadata()) == []
        assert schema.problems(connection) == []


def test_the_revisions_make_tables_that_are_kept_as_the_code_declares(upgraded):
    """Alembic compares neither which tables are their own index nor how full pages may be."""
    declared = schema.metadata().tables.values()
    with upgraded.connect() as connection:
        if connection.dialect.name == "sqlite":
            asked = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND wr"
            wanted = {
                table.name
                for table in declared
                if not table.dialect_options["sqlite"]["with_rowid"]
            }
        else:
            asked = (
                "SELECT relname || '.' || array_to_string(reloptions, ',') FROM pg_class"
                " WHERE relkind IN ('r', 'p') AND reloptions IS NOT NULL"
                " AND relnamespace = current_schema()::regnamespace"
            )
            wanted = {
                f"{table.name}.{name}={value}"
                for table in declared
                for name, value in (table.dialect_options["postgresql"]["with"] or {}).items()
            }
        assert set(connection.scalars(text(asked))) == wanted
    assert wanted


def test_the_newest_revision_is_the_one_that_alembic_means():
    config = Config()
    config.set_main_option("script_location", "web:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [schema.head()]


def test_upgrading_again_changes_nothing(upgraded):
    with upgraded.begin() as connection:
        connection.execute(STREAM)
    schema.upgrade(upgraded, NOW)
    with upgraded.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM stream")).scalar_one() == 1
        assert schema.problems(connection) == []


def test_an_empty_database_says_what_to_do(empty):
    with empty.connect() as connection:
        assert "alur db upgrade" in " ".join(schema.problems(connection))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE history SET body = 'forged'",
        "DELETE FROM history",
        "UPDATE history SET at = '2026-07-07 00:00:00'",
    ],
)
def test_history_cannot_be_changed_or_removed(upgraded, change):
    with upgraded.begin() as connection:
        connection.execute(EVENT, {"seq": 1, "at": "2026-07-06 00:00:00"})
    with pytest.raises(DBAPIError, match="append-only"), upgraded.begin() as connection:
        connection.execute(text(change))


def test_history_cannot_be_replaced_on_sqlite(upgraded_sqlite):
    database = upgraded_sqlite
    replace = text(EVENT.text.replace("INSERT", "INSERT OR REPLACE"))
    with database.begin() as connection:
        connection.execute(EVENT, {"seq": 1, "at": "2026-07-06 00:00:00"})
    with pytest.raises(DBAPIError, match="append-only"), database.begin() as connection:
        connection.execute(replace, {"seq": 1, "at": "2026-07-06 00:00:00"})


def test_history_cannot_be_truncated_on_postgresql(upgraded_postgresql):
    database = upgraded_postgresql
    for table in ("history", "history_2026_07", "history_rest"):
        with pytest.raises(DBAPIError, match="append-only"), database.begin() as connection:
            connection.execute(text(f"TRUNCATE {table}"))


def test_a_removed_guard_is_noticed_and_the_next_upgrade_makes_it_again(upgraded):
    postgresql = upgraded.dialect.name == "postgresql"
    drop = (
        "DROP TRIGGER history_keeps_rows ON history"
        if postgresql
        else "DROP TRIGGER history_keeps_delete"
    )
    with upgraded.begin() as connection:
        connection.execute(text(drop))
        assert len(guards.missing_guards(connection)) == 1
        assert "guard" in schema.problems(connection)[0]
    schema.upgrade(upgraded, NOW)
    with upgraded.connect() as connection:
        assert guards.missing_guards(connection) == []


def test_months_stand_ready_from_the_oldest_event_to_two_years_ahead(postgresql_url):
    database = open_database(postgresql_url.render_as_string(hide_password=False))
    schema.upgrade(database, NOW, oldest=date(2026, 4, 1))
    with database.connect() as connection:
        months = partitions.partitions_of(connection, "history")
    assert months[0] == "history_2026_04"
    assert "history_2028_07" in months
    assert "history_2028_08" not in months
    database.dispose()


def test_a_stray_event_turns_the_platform_unready_until_it_has_a_month(upgraded_postgresql):
    database = upgraded_postgresql
    with database.begin() as connection:
        connection.execute(EVENT, {"seq": 1, "at": "2019-03-05 00:00:00+00"})
        connection.execute(EVENT, {"seq": 2, "at": "2026-07-05 00:00:00+00"})
        assert "history_rest" in schema.problems(connection)[0]
    assert schema.upgrade(database, NOW) == 1
    with database.connect() as connection:
        assert schema.problems(connection) == []
        count = connection.execute(text("SELECT count(*) FROM history_2019_03")).scalar_one()
        assert count == 1
        assert connection.execute(text("SELECT count(*) FROM history")).scalar_one() == 2


def test_an_upgrade_writes_into_the_history_what_it_moved_and_fills_the_calendar(postgresql_url):
    database = open_database(postgresql_url.render_as_string(hide_password=False))
    first = upkeep.upgrade(database, app=postgresql_url)
    assert first.rehomed == 0
    assert first.holidays > 30
    with database.begin() as connection:
        connection.execute(EVENT, {"seq": 999, "at": "2019-03-05 00:00:00+00"})
    again = upkeep.upgrade(database, app=postgresql_url)
    assert (again.rehomed, again.holidays) == (1, 0)
    with database.connect() as connection:
        bodies = connection.execute(text("SELECT body FROM history WHERE kind = 'NOTED'")).scalars()
        assert any("HISTORY_REHOMED" in unpack(body) for body in bodies)
    database.dispose()


def test_the_app_login_may_add_to_history_and_no_more(postgresql_url, postgresql_server):
    role = f"alur_app_{uuid4().hex[:8]}"
    owner = open_database(postgresql_url.render_as_string(hide_password=False))
    app_url = postgresql_url.set(username=role, password="it's 100% hush")
    schema.upgrade(owner, NOW, app=app_url)
    with owner.begin() as connection:
        connection.execute(STREAM)
        connection.execute(text(f"SET LOCAL ROLE {role}"))
        connection.execute(EVENT, {"seq": 1, "at": "2026-07-06 00:00:00+00"})
        connection.execute(text("UPDATE stream SET head_seq = 1"))
        assert schema.problems(connection) == []
    for forbidden in (
        "UPDATE history SET body = 'forged'",
        "DELETE FROM history",
        "TRUNCATE history",
        "ALTER TABLE history DISABLE TRIGGER ALL",
        "SET LOCAL session_replication_role = replica",
        "DELETE FROM resource",
        "DROP TABLE draft",
        "DELETE FROM history_2026_07",
    ):
        with owner.connect() as connection:
            connection.execute(text(f"SET LOCAL ROLE {role}"))
            with pytest.raises(DBAPIError, match=r"denied|must be owner"):
                connection.execute(text(forbidden))
    with owner.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {role}"))
        connection.execute(text(f"DROP ROLE {role}"))
    owner.dispose()
