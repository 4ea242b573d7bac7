"""Plays models on the library alone, without what stands in for it for speed: a process of its own.

    python -m tests.conformance.bpmn.unpatched NAME...    (all models without a name)

Writes, pickled, what was seen of each.  The other modes need not be played: they agree with these.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence

from engine.bpmn import patches
from engine.bpmn.nodes import Spec
from engine.bpmn.token import Token
from tests.conformance.bpmn import models
from tests.conformance.bpmn.modes import ROOT, InMemory, Pruned
from tests.conformance.bpmn.player import MODELS, Model, Player
from tests.conformance.bpmn.steps import Seen
from tests.engine.bpmn.stage import Stage

Record = dict[str, tuple[list[Seen], list[Seen]]]
OWNERS: dict[str, type] = {"Token": Token, "Spec": Spec}


def remove_patches() -> None:
    """Take out of our classes what is there for speed alone, for the rest of this process."""
    for owner, names in patches.FOR_SPEED.items():
        for name in names:
            delattr(OWNERS[owner], name)


def played(model: Model) -> tuple[list[Seen], list[Seen]]:
    """Play a model in memory and pruned."""
    memory = Player(InMemory(model.files, Stage()))
    pruned = Player(Pruned(model.files, Stage()))
    for player in (memory, pruned):
        model.drive(player)
    return memory.record, pruned.record


def record_elsewhere(names: Sequence[str] = ()) -> Record:
    """Let a new process play models without the patches."""
    command = [sys.executable, "-m", "tests.conformance.bpmn.unpatched", *names]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True)
    found: Record = pickle.loads(ran.stdout)  # noqa: S301 - our own child
    return found


if __name__ == "__main__":
    assert models
    remove_patches()
    chosen = sys.argv[1:] or list(MODELS)
    sys.stdout.buffer.write(pickle.dumps({name: played(MODELS[name]) for name in chosen}))
