"""A year's tree of vision, missions, goals and indicators as rows of a file, and back.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hr.sheets import Fault
from hr.statements import Row

_OF_INDICATOR = (
    "code", "text", "measure", "formula", "source", "direction", "baseline", "target",
    "dimension", "level",
)  # fmt: skip


@dataclass
class Tree:
    """What a file says about a year: rows by code, each with its number in the file."""

    vision: str = ""
    goals: dict[str, tuple[int, Row]] = field(default_factory=dict)
    indicators: dict[str, tuple[int, Row]] = field(default_factory=dict)

    def take(self, number: int, row: Row) -> None:
        """Put a row where it belongs."""
        if row["kind"] == "VISION":
            self.vision = row["text"]
        elif row["kind"] == "IKU":
            self.indicators[row["code"]] = (number, row)
        else:
            self.goals[row["code"]] = (number, row)

    def faults(self) -> Iterator[Fault]:
        """Say what hangs on nothing; a year has its vision, missions, goals and indicators."""
        missions = {code for code, (_, row) in self.goals.items() if row["kind"] == "MISSION"}
        for number, row in self.goals.values():
            if row["kind"] == "GOAL" and row["parent"] not in missions:
                yield Fault(number, "parent", "option", row["parent"], ", ".join(sorted(missions)))
            elif row["kind"] == "MISSION" and row["parent"]:
                yield Fault(number, "parent", "option", row["parent"], "-")
        goals = self.goals.keys() - missions
        for number, row in self.indicators.values():
            if row["parent"] not in goals:
                yield Fault(number, "parent", "option", row["parent"], ", ".join(sorted(goals)))
        if not (self.vision and missions and self.indicators):
            yield Fault(1, "kind", "required")

    def rows(self, year: int) -> list[Row]:
        """Give the tree as the rows of a file, in their order."""
        top = {**_empty(year), "kind": "VISION", "text": self.vision}
        below = [row for _, (_, row) in sorted(self.goals.items())]
        return [top, *below, *(row for _, (_, row) in sorted(self.indicators.items()))]

    def as_tables(self, office: Callable[[str], str | None]) -> tuple[list[Row], list[Row]]:
        """Give the rows of the goals and of the indicators; `office`: a unit's path by its code."""
        goals = [
            {"code": code, "parent": row["parent"], "text": row["text"]}
            for code, (_, row) in sorted(self.goals.items())
        ]
        measured = [
            {
                **{name: row[name] for name in _OF_INDICATOR},
                "goal": row["parent"],
                "office_path": office(row["unit"]) or "",
            }
            for _, (_, row) in sorted(self.indicators.items())
        ]
        return goals, measured


def from_tables(
    year: int,
    vision: str,
    goals: Collection[Mapping[str, Any]],
    indicators: Collection[Mapping[str, Any]],
    unit: Callable[[str], str],
) -> Tree:
    """Read a version as a file would say it; `unit`: a unit's code by its path."""
    tree = Tree(vision)
    for one in goals:
        kind = "GOAL" if one["parent"] else "MISSION"
        row = {name: one[name] for name in ("code", "parent", "text")}
        tree.take(0, {**_empty(year), "kind": kind, **row})
    for one in indicators:
        row = {name: one[name] for name in _OF_INDICATOR}
        place = {"parent": one["goal"], "unit": unit(one["office_path"])}
        tree.take(0, {**_empty(year), "kind": "IKU", **row, **place})
    return tree


def differing(old: Sequence[Row], new: Sequence[Row]) -> Iterator[tuple[Row | None, Row]]:
    """Give each row that is new or another than before."""
    before = {(row["kind"], row["code"]): row for row in old}
    for row in new:
        known = before.get((row["kind"], row["code"]))
        if known != row:
            yield known, row


def _empty(year: int) -> Row:
    texts = (
        "kind", "code", "parent", "text", "unit", "measure", "formula", "source", "direction",
        "dimension", "level",
    )  # fmt: skip
    return {"year": year, **dict.fromkeys(texts, ""), "baseline": None, "target": None}
