"""What machines that watch this server are told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Column, MetaData, String, Table, insert

from engine import NewCase, StartInstance
from engine.folder import read_folder
from engine.store.tables import Timer
from tests.web.conftest import TWO_STEP
from web.migrations import schema

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def up_to_date(engine, database):
    """The revision mark that `alur db upgrade` leaves and a test's database is made without."""
    mark = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
    with database.begin() as connection:
        mark.create(connection, checkfirst=True)
        connection.execute(mark.insert().values(version_num=schema.head()))
    yield
    with database.begin() as connection:
        mark.drop(connection)


def test_the_process_answers(visitor):
    assert visitor.get("/healthz").response.get_json() == {"status": "ok"}


def test_a_site_that_can_work_is_ready(visitor):
    assert visitor.get("/readyz").response.get_json() == {"status": "ok"}


def test_a_site_without_its_database_is_not(app, visitor, monkeypatch):
    def gone(*_args, **_kwargs):
        raise OSError("no such host: db.internal")

    monkeypatch.setattr(app.extensions["alur"].engine, "ask", gone)
    page = visitor.get("/readyz")
    assert page.status == 503
    assert "db.internal" not in page.response.text
    assert visitor.get("/healthz").status == 200


def test_a_site_on_which_nobody_works_is_not(visitor, clock, engine, database):
    engine.execute(read_folder(TWO_STEP))
    started = engine.execute(StartInstance(key="two_step", case=NewCase(subject_id=1)))
    row = {
        "instance_id": started.instance_id,
        "token": 99,
        "element_id": "request",
        "due_at": clock(),
    }
    with database.begin() as connection:
        connection.execute(insert(Timer), [row])
    clock.move(timedelta(minutes=5))
    assert visitor.get("/readyz").status == 200
    clock.move(timedelta(hours=1))
    page = visitor.get("/readyz")
    assert page.status == 503
    assert page.response.get_json() == {"status": "standstill"}
