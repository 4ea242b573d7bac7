"""Plays a story step by step on a stage of its own, and says how it came out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine as Database

from engine.errors import EngineError
from engine.ports import Ports
from engine.queries import coverage
from engine.queries.coverage import Walked
from hr.demo.cast import install_cast
from web.bootstrap import throwaway_ports
from web.scenarios.expecting import differences
from web.scenarios.faults import BadStory, Fault
from web.scenarios.stage import Stage
from web.scenarios.story import Story, parse
from web.scenarios.throwaway import throwaway

Install = Callable[[Database, datetime], None]


@dataclass(frozen=True)
class Outcome:
    """How a story came out: what did not, and where.

    place -- `start`, `end`, a step's title, or empty where the file could not be read
    step -- the number of that step, else 0; walked -- what its cases did, as far as they came
    """

    faults: tuple[Fault, ...]
    place: str = ""
    step: int = 0
    walked: Walked = field(default_factory=Walked)

    @property
    def sentences(self) -> list[str]:
        """Say in English what did not come out, and where."""
        return [": ".join(filter(None, (self.place, str(fault)))) for fault in self.faults]


def play(
    story: Story,
    database: Database,
    ports: Ports,
    install: Install | None = None,
    *,
    until: float | None = None,
) -> list[str]:
    """Play a story on an empty database with all tables; say what did not come out as written.

    `install` brings the cast into it, as of the story's first moment; `until` -- when to raise
    OutOfTime, as `time.monotonic` tells it.
    After the first step that goes wrong the rest is not played: it would repeat the fault.
    """
    return perform(Stage(story, database, ports, until), install).sentences


def perform(stage: Stage, install: Install | None = None) -> Outcome:
    """Play a stage's story as `play` does, and say how it came out."""
    came_out = _played(stage, install or furnish)
    return replace(came_out, walked=stage.engine.ask(coverage.walked))


def _played(stage: Stage, install: Install) -> Outcome:
    story = stage.story
    try:
        install(stage.engine.database, story.at)
        stage.begin()
        for step in story.steps:
            stage.require_time()
            faults = stage.perform(step)
            if faults:
                return Outcome(tuple(faults), step.title, step.number)
    except (EngineError, BadStory) as error:
        return Outcome((fault_of(error),), "start")
    return Outcome(tuple(differences(story.expect, stage.found())), "end")


def fault_of(error: Exception) -> Fault:
    """Say what stopped a story; it may hold anything, and whoever shows it is not to break."""
    if isinstance(error, BadStory):
        return error.fault
    if isinstance(error, EngineError):
        return Fault("failed", {"error": type(error).__name__, "said": error.message})
    return Fault("broken", {"error": type(error).__name__})


def furnish(database: Database, now: datetime) -> None:
    """Bring the fixture cast into an empty database with all tables."""
    with database.begin() as connection:
        install_cast(connection, now)


def play_file(path: Path, *, until: float | None = None) -> list[str]:
    """Play one scenario file on a database in memory of its own; say what did not come out.

    until -- as of `play`
    """
    return outcome_of(path, path.read_bytes(), until=until).sentences


def outcome_of(
    path: Path,
    content: bytes,
    files: Mapping[str, bytes] | None = None,
    *,
    until: float | None = None,
) -> Outcome:
    """Play one scenario on a database in memory of its own.

    files -- of the process folder; without them those beside the path; until -- as of `play`
    """
    try:
        story = parse(content, path)
    except BadStory as error:
        return Outcome((error.fault,))
    with throwaway() as database:
        return perform(Stage(story, database, throwaway_ports(), until, files))
