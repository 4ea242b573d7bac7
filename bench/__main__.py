"""`alur bench` and `python -m bench`: print every figure, or the named one."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any


def figures(name: str = "") -> Iterator[dict[str, Any]]:
    """Give the figures of a harness, or of all, as plain rows."""
    from bench import (
        backtest,
        bringing_in,
        campaign,
        contention,
        editors,
        evidence,
        exports,
        feel,
        http,
        inbox,
        phone,
        steps,
        timers,
    )
    from bench import bytes as sizes

    harnesses: dict[str, Any] = {
        "steps": steps,
        "feel": feel,
        "http": http,
        "contention": contention,
        "campaign": campaign,
        "timers": timers,
        "inbox": inbox,
        "phone": phone,
        "editors": editors,
        "bytes": sizes,
        "evidence": evidence,
        "exports": exports,
        "import": bringing_in,
        "backtest": backtest,
    }
    if name in ("", "fairness"):  # needs the extra `stats`
        from bench import fairness

        harnesses["fairness"] = fairness
    if name and name not in harnesses:
        raise ValueError(f"Expected one of {', '.join(harnesses)}, but got {name!r}.")
    for key in [name] if name else harnesses:
        for figure in harnesses[key].figures():
            ratios = {
                ratio: round(getattr(figure, ratio), 3)
                for ratio in ("times_cheaper", "share", "times_as_dear")
                if hasattr(figure, ratio)
            }
            yield {"figure": key, **asdict(figure), **ratios}


def main(arguments: list[str]) -> None:
    """Print a JSON object per figure."""
    names = [argument for argument in arguments if not argument.startswith("-")]
    for row in figures(*names[:1]):
        print(json.dumps(row))


if __name__ == "__main__":
    main(sys.argv[1:])
