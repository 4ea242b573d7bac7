"""What the scenarios of process folders leave untried, for `alur test --coverage`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.folder import read_files
from engine.queries import coverage
from web.scenarios import Outcome


@dataclass(frozen=True)
class Share:
    """How many of a kind were used, of how many, and which were not."""

    used: int
    all: int
    untried: tuple[str, ...]


@dataclass(frozen=True)
class Covered:
    """What the scenarios of one folder that came out have passed; rules -- by table file."""

    process: str
    elements: Share
    flows: Share
    rules: Mapping[str, Share]


def covered(results: Iterable[tuple[Path, Outcome]]) -> tuple[Covered, ...]:
    """Add up, for each folder, what its scenarios have passed."""
    by_folder: dict[Path, list[Outcome]] = {}
    for file, told in results:
        by_folder.setdefault(file.parent.parent, []).append(told)
    return tuple(_of(folder, told) for folder, told in sorted(by_folder.items()))


def lines(found: Iterable[Covered]) -> Iterator[str]:
    """Write what was passed, and below it what was not."""
    for one in found:
        yield ""
        yield one.process
        shares = [("steps", one.elements), ("flows", one.flows), *sorted(one.rules.items())]
        for what, share in shares:
            yield f"  {what:30} {share.used:4} of {share.all:4}  {_percent(share)}"
            yield from (f"      untried: {each}" for each in share.untried)


def _of(folder: Path, told: Sequence[Outcome]) -> Covered:
    ways = coverage.ways(read_files(folder))
    walked = coverage.together(one.walked for one in told if not one.faults)
    return Covered(
        process=folder.name,
        elements=_share(walked.elements, {part.id: part.id for part in ways.elements}),
        flows=_share(
            walked.flows, {part.id: f"{part.source} > {part.target}" for part in ways.flows}
        ),
        rules={
            path: _share(walked.rules, {rule.id: rule.id for rule in rules})
            for path, rules in ways.rules.items()
            if rules
        },
    )


def _share(used: Mapping[str, int], all_: Mapping[str, str]) -> Share:
    untried = tuple(words for key, words in all_.items() if key not in used)
    return Share(len(all_) - len(untried), len(all_), untried)


def _percent(share: Share) -> str:
    return f"{100 * share.used // share.all:3} %" if share.all else ""
