"""The drill `processes`: random sound processes on random ways, in four modes that must agree.

    alur drill processes --seconds 120
    alur drill processes --without-patches      all models of the conformance suite, on the library

Each process is drawn from blocks, answered by chance, and played in memory, restored after each
step, restored in another process on a rebuilt spec, and pruned.  What differs is made as small as
it gets, printed, and kept under var/drill/processes/.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from random import SystemRandom

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from bench.drills import ROOT
from tests.conformance.bpmn import models
from tests.conformance.bpmn.generating import Block, drawn, processes, wandering
from tests.conformance.bpmn.player import MODELS, assert_same, play
from tests.conformance.bpmn.unpatched import played, record_elsewhere

KEPT = ROOT / "var" / "drill" / "processes"
AT_ONCE = 50


def search(until: float, first_seed: int) -> tuple[int, int]:
    """Play processes until a time; give how many, and how many steps they took."""
    count = steps = 0

    @settings(max_examples=AT_ONCE, deadline=None, database=None, print_blob=False,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(processes(more=True), st.integers(0, 1_000_000))
    def one(block: Block, way: int) -> None:
        nonlocal count, steps
        files = drawn(block)
        try:
            players = play(files, wandering(way))
            assert_same(players)
        except Exception:
            KEPT.mkdir(parents=True, exist_ok=True)
            (KEPT / "last.bpmn").write_bytes(files["process.bpmn"])
            (KEPT / "last.txt").write_text(f"{block!r}\n{way}\n{traceback.format_exc()}")
            raise
        count += 1
        steps += sum(len(player.record) for player in players.values())

    number = first_seed
    while time.monotonic() < until:
        seed(number)(one)()
        number += 1
    return count, steps


def without_patches() -> list[str]:
    """Play every model on the library alone; name those that went another way."""
    assert models
    alone = record_elsewhere()
    return [name for name, model in MODELS.items() if alone[name] != played(model)]


def main() -> int:
    """Read the options and run; gives the exit status."""
    parser = argparse.ArgumentParser(prog="alur drill processes")
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--seed", type=int, default=None, help="to repeat a run")
    parser.add_argument("--without-patches", action="store_true")
    options = parser.parse_args()
    if options.without_patches:
        others = without_patches()
        print(f"{len(MODELS)} models without the patches for speed; other than with: {others}")
        return 1 if others else 0
    first = SystemRandom().randrange(10**6) if options.seed is None else options.seed
    print(f"seed {first}")
    try:
        count, steps = search(time.monotonic() + options.seconds, first)
    except Exception:
        traceback.print_exc()
        print(f"Kept in {KEPT.relative_to(ROOT)}/.", file=sys.stderr)
        return 1
    print(f"{count} processes, {steps} steps in four modes; no difference")
    return 0


if __name__ == "__main__":
    sys.exit(main())
