"""The four modes: in memory; restored; restored in another process on a rebuilt spec; pruned.

Each is given one act after the other and says what can be seen then.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from engine.bpmn import CompiledDefinition, Run, state
from tests.conformance.bpmn.steps import (
    NOTHING_YET,
    Act,
    Counts,
    Files,
    Seen,
    Stored,
    begun,
    loaded,
    perform,
    rebuilt,
    seen_after,
    seen_in_memory,
)
from tests.engine.bpmn.stage import Stage, compiled

ROOT = Path(__file__).parents[3]


class Mode(Protocol):
    """An instance in one of the modes."""

    def do(self, act: Act) -> Seen:
        """Let something happen and describe what came of it."""

    def variables_of(self, token: int) -> dict[str, Any]:
        """Give what the form of an open task may show."""


@cache
def _checked(files: tuple[tuple[str, bytes], ...]) -> CompiledDefinition:
    return compiled(dict(files))


def checked(files: Files) -> CompiledDefinition:
    """Compile a folder that lint has no error for, once for all modes that keep it."""
    return _checked(tuple(sorted(files.items())))


class InMemory:
    """Nothing is ever stored: what the process means."""

    def __init__(self, files: Files, stage: Stage) -> None:
        self.definition = checked(files)
        self.stage = stage
        self.run: Run | None = None

    def do(self, act: Act) -> Seen:
        self.stage.now, self.stage.fail = act.at, act.fail
        told = Counts()
        if self.run is None:
            self.run = begun(self.definition, act, self.stage)
        else:
            told = Counts.of(self.run)
            self.run.step.env = self.stage.env
        perform(self.run, act)
        return seen_in_memory(self.run, self.stage, told)

    def variables_of(self, token: int) -> dict[str, Any]:
        assert self.run is not None
        return self.run.variables_of(token)


class Restored:
    """Stored with everything, and loaded for every step: the codec alone."""

    def __init__(self, files: Files, stage: Stage) -> None:
        self.definition = checked(files)
        self.stage = stage
        self.stored = Stored()
        self.seen = NOTHING_YET

    def do(self, act: Act) -> Seen:
        self.stored, self.seen = step(self.definition, self.stored, act, self.seen, self.stage)
        with self.keeping():
            again = loaded(self.definition, self.stored, self.stage)
            assert again.save().header == self.stored.header, "loading and saving changed the state"
        return self.seen

    def variables_of(self, token: int) -> dict[str, Any]:
        return loaded(self.definition, self.stored, self.stage).variables_of(token)

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Leave nothing out of what is stored."""
        pruned = state.kept
        state.kept = everything
        try:
            yield
        finally:
            state.kept = pruned


class Whole(Restored):
    def do(self, act: Act) -> Seen:
        with self.keeping():
            return super().do(act)


class Pruned(Restored):
    """The same, and finished tokens and their data are left out, as every release does."""

    @contextmanager
    def keeping(self) -> Iterator[None]:
        yield


class Elsewhere:
    """Each step is taken by another process, which compiles the definition anew for it."""

    def __init__(self, files: Files, stage: Stage) -> None:
        self.files = dict(files)
        self.stage = stage
        self.stored = Stored()
        self.seen = NOTHING_YET

    def do(self, act: Act) -> Seen:
        self.stored, self.seen = other_process().ask(
            (self.files, self.stored, act, self.seen, self.stage)
        )
        return self.seen

    def variables_of(self, token: int) -> dict[str, Any]:
        return loaded(checked(self.files), self.stored, self.stage).variables_of(token)


MODES: dict[str, type[InMemory | Restored | Elsewhere]] = {
    "in memory": InMemory,
    "restored": Whole,
    "in a fresh process": Elsewhere,
    "pruned": Pruned,
}


def everything(workflow: Any) -> dict[int, int]:
    """Keep every token of a scope, with its parent."""
    return {number: task._parent or 0 for number, task in workflow.tasks.items()}


def step(
    definition: CompiledDefinition, stored: Stored, act: Act, before: Seen, stage: Stage
) -> tuple[Stored, Seen]:
    """Take one step from what was stored to what is to be stored."""
    stage.now, stage.fail = act.at, act.fail
    run = loaded(definition, stored, stage) if act.name else begun(definition, act, stage)
    known = set(run.known)
    perform(run, act)
    seen = seen_after(run, stage, before)
    saved = run.save()
    assert not saved.values.keys() & known, "a known value was stored again"
    # The first saving writes what nobody touched as it was read, the second writes all anew.
    assert said(saved.header) == said(run.save().header), "what was read went back as another"
    values = {} if saved.alone else {**stored.values, **saved.values}
    return Stored(saved.header, values), seen


def said(header: bytes) -> list[Any]:
    """Give what a header says, whatever the order of its tables and the length of its rows."""
    plain = zlib.decompress(header[1:]) if header[:1] == b"z" else header
    number, last, arrival, parked, specs, names, values, scopes = json.loads(plain, parse_float=str)

    def context(flat: list[int]) -> dict[str, Any]:
        return {names[n]: values[v] for n, v in zip(flat[::2], flat[1::2], strict=True)}

    for scope in scopes:
        for row in scope[-1]:
            row += [0, [], {}, [], [], []][len(row) - 4 :]
            row[2] = specs[row[2]]
            row[5] = context(row[5])
            row[7:] = map(context, row[7:])
    used = {row[2] for scope in scopes for row in scope[-1]}
    assert used == set(specs), "a spec is named that no token stands on"
    return [number, last, arrival, parked, len(names), len(values), scopes]


class OtherProcess:
    """A Python of its own that is given a step as bytes and answers with bytes."""

    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-m", "tests.conformance.bpmn.modes", *options]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def ask(self, question: Any) -> Any:
        """Send a step and wait for what came of it; raises what it raised there."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        pickle.dump(question, self.process.stdin)
        self.process.stdin.flush()
        answer = pickle.load(self.process.stdout)  # noqa: S301 - our own child
        if isinstance(answer, Exception):
            raise answer
        return answer


@cache
def other_process() -> OtherProcess:
    """Give the one process that takes the steps of this session; it ends with its input."""
    return OtherProcess()


def serve(source: Any, sink: Any) -> None:
    """Take steps for somebody else until there are none."""
    while True:
        try:
            files, stored, act, before, stage = pickle.load(source)  # noqa: S301 - our own parent
        except EOFError:
            return
        try:
            answer: Any = step(rebuilt(files), stored, act, before, replace(stage))
        except Exception as error:
            answer = error
        pickle.dump(answer, sink)
        sink.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
