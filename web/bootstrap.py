"""Puts the platform together from its settings, where all parts meet.  No Flask here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine as Database
from sqlalchemy import make_url

from engine import Engine, open_database
from engine.ports import Clock, Ports
from hr.calendar.rules import use_zone
from hr.process_bindings import ports
from hr.programs import commands as programs
from hr.programs.queries import Listeners
from web import keys, logs, metrics, witness
from web.attempts import AttemptFiles, NoAttempts
from web.bucket import FileBucket
from web.clock import DemoClock, demo_clock, real_clock
from web.exporting import jobs
from web.filing import FileFolder, FilesInMemory
from web.migrations import schema
from web.notary import KeyNotary, origin_of
from web.notices import hooks, mail
from web.settings import Settings
from web.vault import KeyVault

if TYPE_CHECKING:
    from collections.abc import Sequence


class NotReady(Exception):
    """Expected a database that the platform can run on, but it is not ready."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Platform:
    """Everything that runs, put together."""

    settings: Settings
    database: Database
    engine: Engine
    clock: Clock

    @property
    def is_demo(self) -> bool:
        """Tell whether this is a demo, whose clock runs at an offset."""
        return isinstance(self.clock, DemoClock)


def build(settings: Settings, clock: Clock | None = None) -> Platform:
    """Open the database, refuse one that is not ready, and plug hr and the key files in.

    clock -- overrides the database's own; for tests and for the making of a demo.
    """
    database = database_of(settings.database_url)
    problems = problems_of(database)
    if problems:
        database.dispose()
        raise NotReady(problems)
    used = clock or demo_clock(database) or real_clock
    return Platform(settings, database, Engine(database, ports_of(settings), used), used)


def ports_of(settings: Settings) -> Ports:
    """Give the engine's ports with the keys and the crash journal of this installation."""
    use_zone(settings.time_zone)
    given = ports(
        KeyVault.open(settings.keys_dir),
        AttemptFiles(settings.attempts_dir),
        FileBucket(settings.files_url) if settings.files_url else FileFolder(settings.files_dir),
        city=settings.city,
    )
    export = jobs.kind(settings.files_dir / "exports", lambda: keys.server_key(settings.keys_dir))
    given = replace(given, job_kinds={**given.job_kinds, export.name: export})
    given = replace(given, bounds=settings.bounds, watch=logs.watch(metrics.meter().executed))
    given = _heard_by_programs(given, settings)
    if settings.smtp_url:
        kind = mail.kind_of(settings)
        digests = mail.digest_kinds_of(settings)
        kinds = {**given.job_kinds, **{one.name: one for one in (kind, *digests)}}
        given = replace(given, schedules=(*given.schedules, mail.DAILY))
        if settings.public_url:  # a link in a letter has to lead somewhere
            link = mail.link_kind_of(settings)
            kinds[link.name] = link
        given = replace(given, job_kinds=kinds, task_job=kind.name)
    notary = notary_of(settings)
    return given if notary is None else _witnessed(given, notary, settings)


def _heard_by_programs(given: Ports, used: Settings) -> Ports:
    kinds = (
        programs.TELLING,
        programs.FORGETTING,
        hooks.kind_of(used.private_networks),
    )
    return replace(
        given,
        job_kinds={**given.job_kinds, **{kind.name: kind for kind in kinds}},
        schedules=(*given.schedules, programs.FORGET_DAILY),
        event_job=programs.EVENT,
        listening=Listeners(),
    )


def _witnessed(given: Ports, notary: KeyNotary, used: Settings) -> Ports:
    kinds, schedules = [*witness.jobs(used.checkpoints_file)], [*witness.SCHEDULES]
    if used.smtp_url and used.checkpoints_email:
        post = mail.Post(used.smtp_url, used.mail_from)
        kinds.append(witness.mailing(post, used.checkpoints_email, used.city))
        schedules.append(witness.MAILED)
    return replace(
        given,
        notary=notary,
        job_kinds={**given.job_kinds, **{kind.name: kind for kind in kinds}},
        schedules=(*given.schedules, *schedules),
    )


def notary_of(settings: Settings) -> KeyNotary | None:
    """Give who signs checkpoints; None where this machine has no key for it."""
    if not settings.signing_key_file.exists():
        return None
    return KeyNotary.open(settings.signing_key_file, origin_of(settings.city))


def workflows_root() -> Path:
    """Give the processes of the working folder, or else those that came with the package."""
    here = Path("workflows")
    return here if here.is_dir() else Path(__file__).parents[1] / "workflows"


def throwaway_ports() -> Ports:
    """Give ports whose keys die with them, for scenarios and checks."""
    return ports(KeyVault.in_memory(), NoAttempts(), FilesInMemory())


def database_of(url: str) -> Database:
    """Open a database by its URL; make the folder of a new SQLite file."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    return open_database(url)


def problems_of(database: Database) -> list[str]:
    """Say what keeps the platform from running on this database: revision, guards, stray events."""
    with database.connect() as connection:
        return schema.problems(connection)
