"""Makes the database that a release leaves for later ones: `python -m tests.releases.make NAME`.

Run once, when a release is made, and never again for it: what a later program finds in the field
was written by the program of that day.
"""

from __future__ import annotations

import shutil
import sys
import tarfile
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine as Database

from engine import open_database
from hr.demo.cast import install_cast
from tests.releases.cases import (
    DATABASE,
    FILES,
    HERE,
    KEYS,
    PAUSE,
    PLAN,
    STORIES,
    Release,
    Told,
    begin,
    leave_a_draft,
    write_manifest,
)
from web import keys
from web.migrations import schema
from web.scenarios import Stage, read

WORKFLOWS = Path(__file__).parents[2] / "workflows"


def make(name: str) -> Path:
    """Play the stories and pack the database; refuses to make one anew."""
    archive = HERE / f"{name}.tar.xz"
    if archive.exists():
        raise SystemExit(f"Expected a new release, but {archive.name} is there.")
    with TemporaryDirectory() as made:
        folder = Path(made)
        fill(folder)
        with tarfile.open(archive, "w:xz", preset=9) as packed:
            for path in sorted(folder.iterdir()):
                packed.add(path, path.name)
    return archive


def fill(folder: Path) -> Release:
    """Put a release's database and what belongs to it into a folder."""
    keys.create_without_unmasking(folder / KEYS)
    (folder / FILES).mkdir()
    release = Release(folder, ())
    database = open_database("sqlite://")
    try:
        cases = _play(release, database)
        raw = database.raw_connection()
        raw.cursor().execute("VACUUM INTO ?", (str(folder / DATABASE),))
        raw.close()
    finally:
        database.dispose()
    write_manifest(folder, cases)
    return Release(folder, tuple(cases))


def _play(release: Release, database: Database) -> list[Told]:
    cases: list[Told] = []
    now: datetime | None = None
    given = release.ports
    for name, stop_at, count in PLAN:
        key, _, file = name.partition("/")
        source = WORKFLOWS / key / "scenarios" / f"{file}.toml"
        stage = Stage(read(source), database, given)
        if now is None:
            now = stage.story.at
            schema.upgrade(database, now)
            with database.begin() as connection:
                install_cast(connection, now)
        now = max(now + PAUSE, stage.story.at)
        steps = begin(stage, stop_at, count, now)
        if count is not None:
            leave_a_draft(stage, steps)
        now = stage.clock.now
        cases.append(Told(name, stage.instance_id, steps, now.isoformat()))
        target = release.folder / STORIES / key / "scenarios"
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    return cases


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m tests.releases.make NAME")
    made = make(sys.argv[1])
    print(f"{made} ({made.stat().st_size:,} bytes)")
