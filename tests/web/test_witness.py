"""Checkpoints leave the database: each is written once at the end of a file that only grows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from engine import Command, Context, Engine
from engine.queries.tree import check_tree, newest
from engine.worker import Worker
from tests.engine.stories import begin, request_made
from tests.web.test_mail import Inbox, inbox  # noqa: F401 -- a fixture
from web import witness
from web.alur_verify import kept_roots
from web.notary import KeyNotary
from web.notices.mail import Post

NOTARY = KeyNotary.in_memory()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "outside" / "checkpoints.txt"


@pytest.fixture
def watched(host_engine: Engine, file: Path) -> Engine:
    """The neutral host with a notary and the jobs that lay checkpoints down."""
    kinds = {kind.name: kind for kind in witness.jobs(file)}
    host_engine.ports = replace(
        host_engine.ports, notary=NOTARY, job_kinds={**host_engine.ports.job_kinds, **kinds}
    )
    return host_engine


@dataclass(frozen=True, kw_only=True)
class Enqueue(Command[None]):
    """Write a job, as the schedule does."""

    job: str

    def execute(self, ctx: Context) -> None:
        ctx.enqueue(self.job, {})


def run(engine: Engine, kind: str) -> None:
    engine.execute(Enqueue(job=kind))
    Worker(engine).run_due()


def test_every_checkpoint_is_laid_down_outside(watched: Engine, file: Path) -> None:
    request_made(watched)
    run(watched, witness.MAKE)
    begin(watched, "two_step", subject=2)
    run(watched, witness.SWEEP)
    kept = kept_roots(file.read_text())
    assert sorted(kept) == sorted({*kept, watched.ask(newest).size})
    assert len(kept) == 2
    assert watched.ask(check_tree, NOTARY.open_note, kept) == ()


def test_nothing_new_is_no_checkpoint(watched: Engine, file: Path) -> None:
    request_made(watched)
    run(watched, witness.MAKE)
    before = file.read_text()
    run(watched, witness.MAKE)
    assert file.read_text() == before


def test_the_newest_checkpoint_is_mailed_to_the_inspectorate(
    watched: Engine,
    inbox: tuple[Inbox, str],  # noqa: F811
) -> None:
    taken, url = inbox
    kind = witness.mailing(Post(url, "alur@kota.test"), "inspektorat@kota.test", "Kota Contoh")
    watched.ports = replace(watched.ports, job_kinds={**watched.ports.job_kinds, kind.name: kind})
    run(watched, witness.MAIL)
    assert taken.letters == []  # nothing has happened yet
    request_made(watched)
    run(watched, witness.MAKE)
    run(watched, witness.MAIL)
    (letter,) = taken.letters
    assert letter["To"] == "inspektorat@kota.test"
    text = letter.get_body(("plain",)).get_content().replace("\r\n", "\n")
    point = watched.ask(newest)
    assert point.note in text


def test_a_note_that_is_the_last_is_not_written_again(file: Path) -> None:
    witness.append(file, "first\n")
    witness.append(file, "second\n")
    witness.append(file, "second\n")
    assert file.read_text() == "first\nsecond\n"
