"""Golden states: written once per format of the stored state, read by every later engine.

    python -m tests.golden.states     writes tests/golden/state_format_N.json, if there is none yet

Each holds models of the conformance suite in the middle of their way: the files of the process,
what a database held, and what was done from there on, told by elements and not by tokens, since
another engine may number new tokens otherwise.  A file that was released is never written again.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.bpmn import Run, load
from engine.bpmn.header import FORMAT
from engine.feel.values import from_json, to_json
from tests.conformance.bpmn import models
from tests.conformance.bpmn.modes import Pruned
from tests.conformance.bpmn.player import MODELS, Model, Player
from tests.conformance.bpmn.steps import Act, Seen, Stored, rebuilt
from tests.engine.bpmn.stage import Stage

FOLDER = Path(__file__).parent
NAMES = (
    "a_closed_survey",
    "a_condition_fires_anew_only_after_it_was_false",
    "a_cycle_reminds_as_often_as_it_says",
    "a_deadline_moves_with_its_variable",
    "a_scope_for_each_item",
    "a_signal_beside_and_a_message_instead",
    "an_event_sub_process_that_interrupts",
    "call_activity",
    "crossing_forks_and_joins",
    "event_based_gateway",
    "everything_inside_every_item",
    "inclusive_gateway",
    "multi_instance_in_sequence",
    "people_choose_what_they_do",
    "two_of_three_are_enough",
    "what_was_done_is_undone_the_latest_first",
)
_WAITS = {"complete": "tasks", "fire": "timers", "deliver": "catches"}


class _Watched(Pruned):
    """Remembers what was stored before each act."""

    def __init__(self, files: Mapping[str, bytes], stage: Stage) -> None:
        super().__init__(files, stage)
        self.before: list[tuple[Stored, Seen, Act]] = []

    def do(self, act: Act) -> Seen:
        self.before.append((self.stored, self.seen, act))
        return super().do(act)


def written(model: Model) -> dict[str, Any]:
    """Give a model in the middle of its way, as JSON."""
    mode = _Watched(model.files, Stage())
    player = Player(mode)
    model.drive(player)
    middle = (len(mode.before) + 1) // 2
    stored = mode.before[middle][0]
    return {
        "model": model.name,
        "files": {name: content.decode() for name, content in model.files.items()},
        "header": base64.b64encode(stored.header).decode(),
        "values": {digest: text.decode() for digest, text in stored.values.items()},
        "acts": [_told(seen, act) for _, seen, act in mode.before[middle:]],
        "variables": player.seen.variables,
        "completed": player.seen.completed,
    }


def _told(seen: Seen, act: Act) -> list[Any]:
    rows: Mapping[int, Mapping[str, Any]] = getattr(seen, _WAITS[act.name])
    row = rows[act.arguments[0]]
    brought = [to_json(argument) for argument in act.arguments[1:]]
    return [act.name, row["element_id"], row.get("item_index"), brought, act.at.isoformat()]


def finished(golden: Mapping[str, Any]) -> Run:
    """Load a golden state and do what is left; gives the run after the last act."""
    files = {name: content.encode() for name, content in golden["files"].items()}
    values = {digest: text.encode() for digest, text in golden["values"].items()}
    header = base64.b64decode(golden["header"])
    definition = rebuilt(files)
    for name, element, item, brought, at in golden["acts"]:
        stage = Stage(now=datetime.fromisoformat(at))
        run = load(definition, header, values.__getitem__, stage.env)
        getattr(run, name)(_token(run, name, element, item), *map(from_json, brought))
        run.advance()
        saved = run.save()
        header, values = saved.header, {**values, **saved.values}
    return run


def _token(run: Run, name: str, element: str, item: int | None) -> int:
    tokens: Mapping[int, Any] = getattr(run._standing(), _WAITS[name])
    return min(
        token
        for token, task in tokens.items()
        if task.task_spec.bpmn_id == element and item in (None, task.internal_data.get("index"))
    )


def goldens() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give every golden state with its name."""
    for path in sorted(FOLDER.glob("state_format_*.json")):
        for golden in json.loads(path.read_text()):
            yield f"{path.stem}-{golden['model']}", golden


if __name__ == "__main__":
    assert models
    target = FOLDER / f"state_format_{FORMAT}.json"
    if target.exists():
        raise SystemExit(f"Expected no {target.name}, but a released state is never written again.")
    target.write_text(json.dumps([written(MODELS[n]) for n in NAMES], indent=1) + "\n")
