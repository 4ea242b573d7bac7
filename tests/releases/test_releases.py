"""What every release left in the field opens, is brought up to date, and comes to its end."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from engine import Engine
from engine.queries.history import check_chains
from tests.conftest import ROOT
from tests.releases.cases import HERE, Release, Told, go_on, unpack
from web.migrations import schema
from web.scenarios import Stage

# What was left open on purpose: each waits in another way.
OPEN = (
    "draft",
    "timer",
    "incident WHERE state = 'OPEN'",
    "task WHERE anonymous AND state = 'CREATED'",
    "task WHERE anonymous AND state = 'COMPLETED'",
)
RELEASES = sorted(HERE.glob("*.tar.xz"))


def comes_to_its_end(release: Release) -> None:
    """Bring a release's database up to date and finish every case that it holds."""
    now = max(datetime.fromisoformat(told.now) for told in release.cases)
    with release.database() as database:
        with database.connect() as connection:
            sealed = _sealed(connection)
        schema.upgrade(database, now)
        with database.connect() as connection:
            assert _sealed(connection) == sealed
            assert schema.problems(connection) == []
            for what in OPEN:
                assert connection.execute(text(f"SELECT count(*) FROM {what}")).scalar_one(), what
        for told in release.cases:
            stage = Stage(release.story(told), database, release.ports)
            assert go_on(stage, told, now) == []
            now = stage.clock.now
        states = {}
        with database.connect() as connection:
            for row in connection.execute(text("SELECT id, state FROM instance")):
                states[row.id] = row.state
        assert states.keys() == {told.instance_id for told in release.cases}
        ended = {t.instance_id for t in release.cases if _ends(release, t)}
        assert {id_ for id_, state in states.items() if state == "COMPLETED"} >= ended
        assert len(ended) > len(release.cases) / 2
        engine = Engine(database, release.ports, lambda: now)
        assert engine.ask(check_chains) == ()


def _sealed(connection: Connection) -> set[tuple[object, ...]]:
    """Give the sealed values, whose table a revision rebuilds."""
    return {tuple(row) for row in connection.execute(text("SELECT * FROM sealed_value"))}


def _ends(release: Release, told: Told) -> bool:
    return release.story(told).expect.get("state") == "COMPLETED"


# Without a single release yet, this is told as skipped.
@pytest.mark.parametrize("archive", RELEASES, ids=lambda path: path.name.removesuffix(".tar.xz"))
def test_the_database_of_a_release_opens_migrates_and_finishes(
    archive: Path, tmp_path: Path
) -> None:
    comes_to_its_end(unpack(archive, tmp_path))


# Revisions that a release carried out into the world: databases have them behind them.
FROZEN = {"0001_founding.py": "37389ceb9a0ef901fc22a29f830bfd1aba9f449c6d58bb7485c8cd170f974b2a"}


@pytest.mark.parametrize("name", FROZEN)
def test_a_released_revision_is_never_edited(name: str) -> None:
    content = (ROOT / "web" / "migrations" / "versions" / name).read_bytes()
    assert sha256(content).hexdigest() == FROZEN[name], "write a new revision instead"
