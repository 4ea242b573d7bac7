"""Cases that a release's database holds: stories of the workflows, each played up to some step.

A file `NAME.tar.xz` beside this module is what one release made (`python -m tests.releases.make`):
the database, its keys, the stories as they were, and `manifest.json`, which says how far each came.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine as Database

from engine import Actor, Channel, SaveDraft, open_database
from engine.ports import Ports
from engine.queries import standing
from hr.process_bindings import ports
from web.attempts import NoAttempts
from web.filing import FileFolder
from web.scenarios import Stage, Story, read
from web.vault import KeyVault

HERE = Path(__file__).parent
MANIFEST, DATABASE, KEYS, FILES, STORIES = "manifest.json", "alur.db", "keys", "files", "stories"

# Story, the verb and object of the step to stop at, and how many of them are played: None for all.
PLAN: tuple[tuple[str, str, int | None], ...] = (
    ("quarterly_evaluation/baik", "", None),
    ("rank_promotion/tidak_e05", "", None),
    ("training_referral/ditolak_pegawai", "", None),
    ("quarterly_evaluation/pimpinan", "complete self_assessment", 0),
    ("quarterly_evaluation/sangat_baik", "complete peer_feedback", 2),
    ("quarterly_evaluation/layanan_gagal", "retry fetch_facts", 0),
    ("training_referral/rencana_pelatihan", "complete prioritise", 0),
    ("rank_promotion/naik_pangkat", "advance P61D", 0),
)


@dataclass(frozen=True)
class Told:
    """How far a story was played: `steps` of it, until `now` (ISO text)."""

    story: str
    instance_id: int
    steps: int
    now: str


@dataclass(frozen=True)
class Release:
    """An unpacked database of a release, and the cases in it."""

    folder: Path
    cases: tuple[Told, ...]

    @property
    def ports(self) -> Ports:
        """Give hr's ports over the release's own keys and files."""
        vault = KeyVault.open(self.folder / KEYS)
        return ports(vault, NoAttempts(), FileFolder(self.folder / FILES))

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Open the database."""
        opened = open_database(f"sqlite:///{self.folder / DATABASE}")
        try:
            yield opened
        finally:
            opened.dispose()

    def story(self, told: Told) -> Story:
        """Read a story as it was when the release was made."""
        key, _, name = told.story.partition("/")
        return read(self.folder / STORIES / key / "scenarios" / f"{name}.toml")


def write_manifest(folder: Path, cases: list[Told]) -> None:
    """Say beside a database how far its cases came."""
    rows = [asdict(case) for case in cases]
    (folder / MANIFEST).write_text(json.dumps({"cases": rows}, indent=1))


def unpack(archive: Path, folder: Path) -> Release:
    """Unpack what a release made."""
    with tarfile.open(archive) as packed:
        for member in packed:
            _put(packed, member, folder)
    rows = json.loads((folder / MANIFEST).read_text())["cases"]
    return Release(folder, tuple(Told(**row) for row in rows))


def _put(packed: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    # `extractall(filter="data")` came with Python 3.11.4; Debian 12 has 3.11.2.
    target = (folder / member.name).resolve()
    content = packed.extractfile(member) if target.is_relative_to(folder.resolve()) else None
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
    elif content is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.read())
        target.chmod(member.mode)


def begin(stage: Stage, stop_at: str, count: int | None, now: datetime) -> int:
    """Start a story's case and play it up to a step; give how many steps were played."""
    stage.clock.now = now
    stage.begin()
    met = 0
    for number, step in enumerate(stage.story.steps):
        if count is not None and f"{step.verb} {step.what}" == stop_at:
            if met == count:
                return number
            met += 1
        _perform(stage, number)
    return len(stage.story.steps)


def go_on(stage: Stage, told: Told, now: datetime) -> list[str]:
    """Play the rest of a story on a case that stands where it was left; say what came out wrong."""
    stage.instance_id = told.instance_id
    stage.clock.now = now
    for step in stage.story.steps[: told.steps]:
        if step.verb == "fail_service":
            stage.broken.add(step.what)
        elif step.verb == "heal_service":
            stage.broken.discard(step.what)
    faults = []
    for step in stage.story.steps[told.steps :]:
        faults += [f"{step.title}: {fault}" for fault in stage.perform(step)]
    return faults


def leave_a_draft(stage: Stage, number: int) -> None:
    """Let somebody type what he will submit later, and not submit it."""
    open_now = stage.engine.ask(standing.open_tasks, stage.instance_id)
    whose = {task.element_id: task for task in open_now if task.assignee_id is not None}
    for step in stage.story.steps[number:]:
        if step.verb == "complete" and "refused" not in step.given and step.what in whose:
            task = whose[step.what]
            draft = SaveDraft(task_id=task.id, answers={"note": "belum selesai"})
            actor = Actor(person_id=task.assignee_id, channel=Channel.CLI)
            stage.engine.execute(draft, by=actor)
            return


def _perform(stage: Stage, number: int) -> None:
    step = stage.story.steps[number]
    if faults := stage.perform(step):
        raise AssertionError(f"{stage.story.name}, {step.title}: {faults}")


PAUSE = timedelta(minutes=5)
"""How long after one story is left the next one begins."""
