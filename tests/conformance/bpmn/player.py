"""How a model's driver speaks: what waits, what is done to it, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from engine.feel.values import from_json, normalize
from tests.conformance.bpmn.modes import MODES, Mode
from tests.conformance.bpmn.steps import Act, Files, Seen
from tests.engine.bpmn.stage import NOW, Stage

Driver = Callable[["Player"], None]
NO_ANSWERS: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Model:
    """A drawing with its driver."""

    name: str
    files: Files
    drive: Driver


MODELS: dict[str, Model] = {}


def conforms(files: Files) -> Callable[[Driver], Driver]:
    """Register a driver, by its name, for a process folder."""

    def register(drive: Driver) -> Driver:
        assert drive.__name__ not in MODELS, drive.__name__
        MODELS[drive.__name__] = Model(drive.__name__, files, drive)
        return drive

    return register


@dataclass
class Player:
    """One instance in one mode; asserts what its driver expects, and remembers what was seen."""

    mode: Mode
    now: Any = NOW
    failing: bool = False
    record: list[Seen] = field(default_factory=list)

    # ----- what happens

    def starts(
        self,
        message: str = "",
        payload: Any = None,
        *,
        signal: str = "",
        timer: str = "",
        **variables: Any,
    ) -> None:
        """Begin, with variables, by itself or by a message, a signal or a start timer."""
        by = {"message": message, "signal": signal, "timer": timer}
        self._do("", variables, by, payload)

    def completes(self, element: str, answers: Any = NO_ANSWERS, item: int | None = None) -> None:
        """Let a person do a task; of several items the first, or that of an index."""
        self._do("complete", self._token("tasks", element, item), answers)

    def fires(self, element: str) -> None:
        """Let time pass until a timer is due."""
        token = self._token("timers", element)
        self.now = max(self.now, self.seen.timers[token]["due_at"])
        self._do("fire", token)

    def hears(self, element: str, payload: Any = None) -> None:
        """Let a message or signal arrive."""
        self._do("deliver", self._token("catches", element), payload)

    def returns(self, element: str, value: Any) -> None:
        """Let the case that an element has called come to its end, with its variables."""
        self._do("returned", self._token("calls_out", element), value)

    def gives_up(self, element: str) -> None:
        """Let the case that an element has called be cancelled."""
        self._do("give_up_call", self._token("calls_out", element), "CALLED", "Expected an end.")

    def retries(self, element: str) -> None:
        """Try a parked element again."""
        (token,) = [t for t, (at, _) in self.seen.incidents.items() if at == element]
        self._do("retry", token)

    def puts_off(self, element: str, until: datetime) -> None:
        """Let a waiting timer go off at another moment."""
        self._do("reschedule", self._token("timers", element), until)

    def cancels(self) -> None:
        """End the case before its time."""
        self._do("cancel")

    def waits_for(self, time: timedelta) -> None:
        """Let time pass without anything happening."""
        self.now += time

    # ----- what is expected

    @property
    def seen(self) -> Seen:
        return self.record[-1]

    def expects(self, *tasks: str, timers: str = "", catches: str = "", calls: str = "") -> None:
        """Say which elements wait, in any order: tasks, timers, catches, calls of other cases."""
        now = self.seen
        assert sorted(t["element_id"] for t in now.tasks.values()) == sorted(tasks)
        assert sorted(t["element_id"] for t in now.timers.values()) == sorted(timers.split())
        assert sorted(c["element_id"] for c in now.catches.values()) == sorted(catches.split())
        assert sorted(c["element_id"] for c in now.calls_out.values()) == sorted(calls.split())
        assert now.incidents == {}

    def parks(self, element: str, kind: str) -> None:
        """Say that one element could not go on, and why."""
        assert list(self.seen.incidents.values()) == [(element, kind)]

    def shows(self, element: str, **variables: Any) -> None:
        """Say which variables a task's form may show: exactly these."""
        found = self.mode.variables_of(self._token("tasks", element))
        assert found == normalize(variables)

    def due(self, element: str) -> str:
        """Tell when a task or timer is due, in UTC."""
        rows = [*self.seen.tasks.values(), *self.seen.timers.values()]
        (row,) = [row for row in rows if row["element_id"] == element]
        return str(row["due_at"])[:19]

    def ends(self, done: str | None = None, **variables: Any) -> None:
        """Say that the case is over, with these variables, and, if given, the order of elements."""
        assert self.seen.completed, (self.seen.tasks, self.seen.incidents)
        assert self.variables == normalize(variables)
        if done is not None:
            assert self.done == done.split()

    @property
    def variables(self) -> Any:
        return from_json(self.seen.variables)

    @property
    def done(self) -> list[str]:
        """List the drawn elements that were completed, in order."""
        return [row[1] for row in self._facts("ElementCompleted")]

    @property
    def flows(self) -> list[str]:
        return [row[1] for row in self._facts("FlowTaken")]

    @property
    def thrown(self) -> list[tuple[str, ...]]:
        return [row for seen in self.record for row in seen.thrown]

    @property
    def calls(self) -> list[tuple[str, ...]]:
        return [row for seen in self.record for row in seen.calls]

    @property
    def notes(self) -> list[str]:
        return [note for seen in self.record for note in seen.notes]

    def _facts(self, kind: str) -> list[tuple[str, ...]]:
        return [row for seen in self.record for row in seen.happened if row[0] == kind]

    def _token(self, what: str, element: str, item: int | None = None) -> int:
        rows: Mapping[int, Mapping[str, Any]] = getattr(self.seen, what)
        found = [
            token
            for token, row in sorted(rows.items())
            if row["element_id"] == element and item in (None, row.get("item_index"))
        ]
        assert found, f"{element} is not among {what}: {[r['element_id'] for r in rows.values()]}"
        return found[0]

    def _do(self, name: str, *arguments: Any) -> None:
        act = Act(name, arguments, self.now, self.failing)
        self.record.append(self.mode.do(act))


def play(files: Files, drive: Driver) -> dict[str, Player]:
    """Drive a folder in every mode; a failed expectation tells the mode."""
    played = {}
    for name, kind in MODES.items():
        player = Player(kind(files, Stage()))
        try:
            drive(player)
        except Exception as error:
            error.add_note(f"This was {name}.")
            raise
        played[name] = player
    return played


def assert_same(played: Mapping[str, Player]) -> None:
    """Say that every mode saw the same after every step."""
    names = list(played)
    for name in names[1:]:
        for number, (one, other) in enumerate(
            zip(played[names[0]].record, played[name].record, strict=True)
        ):
            assert one == other, f"step {number} {name} is not as {names[0]}"
