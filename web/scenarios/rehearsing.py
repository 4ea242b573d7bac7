"""Plays a story that is being written, and keeps the stage open to be looked at and played on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from engine.queries import history, trace
from engine.queries.trace import Happening
from hr.notices import queries as notices
from hr.notices.queries import Sent
from web.bootstrap import throwaway_ports
from web.scenarios.expecting import Found, differences, waiting
from web.scenarios.faults import Fault
from web.scenarios.playing import fault_of, furnish
from web.scenarios.stage import OutOfTime, Stage
from web.scenarios.story import Step, Story
from web.scenarios.throwaway import throwaway


@dataclass(frozen=True)
class Told:
    """A step that was played, or the start (`step` is None): what it brought, and what was wrong.

    at -- the story's time after it; tasks -- those open then, as element@who
    moved -- whether it was accepted: else nothing has changed
    """

    step: Step | None
    at: datetime
    happenings: tuple[Happening, ...]
    sent: tuple[Sent, ...]
    tasks: tuple[str, ...]
    faults: tuple[Fault, ...]
    moved: bool = True


@dataclass(frozen=True)
class Rehearsal:
    """A story as far as it was played; `rest` are the steps that still wait to be.

    stage -- open to questions while the rehearsal lasts; None where the case did not even begin
    found -- where the case stands; end_faults -- what is not as the story's end says, where all
    steps were played
    """

    story: Story
    stage: Stage | None
    told: tuple[Told, ...]
    rest: tuple[Step, ...]
    found: Found | None
    end_faults: tuple[Fault, ...] = ()

    @property
    def played(self) -> int:
        """Count the steps that were played, one that went wrong among them."""
        return len(self.told) - 1 if self.told else 0

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Give what went wrong last."""
        return self.told[-1].faults if self.told else ()

    @property
    def stands_at(self) -> int:
        """Count the steps that the case has behind it: one that was refused otherwise is not."""
        return self.played - (1 if self.faults and not self.told[-1].moved else 0)


@dataclass
class _Mark:
    """How far the story had come at a moment: in the case's history, and in what was sent."""

    seq: int
    sent: tuple[Sent, ...]
    at: datetime
    tasks: tuple[str, ...]
    faults: tuple[Fault, ...] = ()
    moved: bool = True


@contextmanager
def rehearse(
    story: Story,
    files: Mapping[str, bytes],
    *,
    upto: int | None = None,
    until: float | None = None,
    language: str = "id",
) -> Iterator[Rehearsal]:
    """Play the first `upto` steps, or all, up to the first that goes wrong.

    until -- as of `play`; what it raises goes to the caller
    """
    steps = story.steps if upto is None else story.steps[: max(0, upto)]
    with throwaway() as database:
        stage = Stage(story, database, throwaway_ports(), until, files)
        try:
            furnish(database, story.at)
            stage.begin()
        except OutOfTime:
            raise
        except Exception as error:
            told = Told(None, story.at, (), (), (), (fault_of(error),))
            yield Rehearsal(story, None, (told,), story.steps, None)
            return
        marks = [_mark(stage, None)]
        for step in steps:
            stage.require_time()
            faults = _performed(stage, step)
            marks.append(_mark(stage, marks[-1], tuple(faults)))
            if faults:
                break
        played = story.steps[: len(marks) - 1]
        rest = story.steps[len(played) :]
        found = stage.found()
        ended = not rest and not marks[-1].faults
        yield Rehearsal(
            story,
            stage,
            tuple(_told(stage, (None, *played), marks, language)),
            rest,
            found,
            tuple(differences(story.expect, found)) if ended else (),
        )


def _performed(stage: Stage, step: Step) -> list[Fault]:
    try:
        return stage.perform(step)
    except OutOfTime:
        raise
    except Exception as error:
        return [fault_of(error)]


def _mark(stage: Stage, last: _Mark | None, faults: tuple[Fault, ...] = ()) -> _Mark:
    seq = 0 if last is None else last.seq
    while rows := stage.engine.ask(
        history.case_events, stage.instance_id, after_seq=seq, limit=1000
    ):
        seq = rows[-1].seq
    known = last.sent[-1].notice.id if last is not None and last.sent else 0
    sent = stage.engine.ask(notices.sent_since, known)
    return _Mark(
        seq=seq,
        sent=sent or (last.sent[-1:] if last is not None else ()),
        at=stage.clock.now,
        tasks=waiting(stage.engine, stage.instance_id),
        faults=faults,
        moved=stage.moved,
    )


def _told(
    stage: Stage, steps: tuple[Step | None, ...], marks: list[_Mark], language: str
) -> Iterator[Told]:
    happenings = stage.engine.ask(trace.trace, stage.instance_id, language=language).happenings
    after, known = 0, 0
    for step, mark in zip(steps, marks, strict=True):
        yield Told(
            step=step,
            at=mark.at,
            happenings=tuple(one for one in happenings if after < one.seq <= mark.seq),
            sent=tuple(one for one in mark.sent if one.notice.id > known),
            tasks=mark.tasks,
            faults=mark.faults,
            moved=mark.moved,
        )
        after = mark.seq
        known = max([known, *(one.notice.id for one in mark.sent)])
