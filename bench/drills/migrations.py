"""The drill `migrations`: random processes, random edits, a case that goes over at a random moment.

    alur drill migrations --seconds 120
    alur drill migrations --seed 4711 --seconds 1      to repeat one

Small edits: the case must stand and go on as one that was always on the new version.  Edits that
tear a process apart: whatever is let through must come to its end.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from random import SystemRandom

from tests.engine.test_migration_random import comes_to_an_end, goes_side_by_side


def search(until: float, seed: int) -> tuple[int, int]:
    """Play until a time; give how many cases were played, and how many the edits held back."""
    played = held = 0
    while time.monotonic() < until or not played:
        try:
            goes_side_by_side(seed)
            held += not comes_to_an_end(seed)
        except Exception:
            print(f"seed {seed}", file=sys.stderr)
            raise
        played += 2
        seed += 1
    return played, held


def main() -> int:
    """Read the options and run; gives the exit status."""
    parser = argparse.ArgumentParser(prog="alur drill migrations")
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--seed", type=int, default=None, help="to repeat a run")
    options = parser.parse_args()
    first = SystemRandom().randrange(10**6) if options.seed is None else options.seed
    print(f"seed {first}")
    try:
        played, held = search(time.monotonic() + options.seconds, first)
    except Exception:
        traceback.print_exc()
        return 1
    print(f"{played} cases; {held} could not go over; every other one came to its end")
    return 0


if __name__ == "__main__":
    sys.exit(main())
