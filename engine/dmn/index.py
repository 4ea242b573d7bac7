"""One column of a decision table: the rules that catch a value, found by search, not by trying."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from typing import Any

from engine.dmn.cells import ORDERED, Cell, key_of, kind_of, read_cell

MAX_INDEX_BITS = 200_000_000
"""Beyond this (25 MB a column) the masks of an ordered column cost more than they save."""

Ask = Callable[[str, Any], bool]
"""Asks FEEL whether a cell's text catches the value."""


class Column:
    """The cells of one input, rule by rule; bit i of a mask stands for rule i."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.any = 0
        self.kind = ""
        self._texts: dict[str, int] = {}
        for i, text in enumerate(texts):
            self._texts[text] = self._texts.get(text, 0) | 1 << i
        known: list[tuple[Cell, int]] = []
        self._opaque: list[tuple[str, int]] = []
        self._nulls = 0
        self._null_unknown: list[tuple[str, int]] = []
        self._tried: list[tuple[str, int]] = []
        cells = {text: read_cell(text) for text in self._texts}
        self.kind = _majority(cells.values())
        for text, mask in self._texts.items():
            cell = cells[text]
            if cell is not None and cell.anything and cell.null:
                self.any |= mask
                continue
            self._tried.append((text, mask))
            self._sort_null(cell, text, mask)
            if cell is not None and cell.kind in ("", self.kind):
                known.append((cell, mask))
            else:
                self._opaque.append((text, mask))
        self._values: list[Any] = []
        self._at: list[int] = []
        self._between: list[int] = []
        self._finite: dict[Any, int] = {}
        self._otherwise = self.any
        self._build(known)

    @property
    def opaque(self) -> list[str]:
        """Give the texts that only FEEL understands."""
        return [text for text, _ in self._opaque]

    def match(self, value: Any, candidates: int, ask: Ask) -> int:
        """Give the mask of the rules among `candidates` whose cell catches the value."""
        mask, rest = self._find(value)
        for text, rules in rest:
            if rules & candidates and ask(text, value):
                mask |= rules
        return mask & candidates

    def masks(self, value: Any) -> tuple[int, int]:
        """Give the rules that catch a value for certain, and those of which only FEEL can say."""
        mask, rest = self._find(value)
        return mask, reduce(or_, (rules for _, rules in rest), 0)

    def _find(self, value: Any) -> tuple[int, list[tuple[str, int]]]:
        if value is None:
            return self.any | self._nulls, self._null_unknown
        if self.kind and kind_of(value) == self.kind:
            return self._look_up(value), self._opaque
        return self.any, self._tried

    def _look_up(self, value: Any) -> int:
        if self.kind not in ORDERED:
            return self._finite.get(value, self._otherwise)
        key = key_of(value)
        i = bisect_left(self._values, key)
        if i < len(self._values) and self._values[i] == key:
            return self._at[i]
        return self._between[i]

    def _sort_null(self, cell: Cell | None, text: str, mask: int) -> None:
        if cell is None or cell.null is None:
            self._null_unknown.append((text, mask))
        elif cell.null:
            self._nulls |= mask

    def _build(self, known: list[tuple[Cell, int]]) -> None:
        if self.kind in ORDERED:
            self._build_ordered(known)
            return
        for cell, mask in known:
            if cell.anything or cell.negated:
                self._otherwise |= mask
        mentioned = {v for cell, _ in known for v in cell.values}
        for value in mentioned:
            bits = self.any
            for cell, mask in known:
                if cell.anything or ((value in cell.values) is not cell.negated and cell.kind):
                    bits |= mask
            self._finite[value] = bits

    def _build_ordered(self, known: list[tuple[Cell, int]]) -> None:
        values = sorted({cut[0] for c, _ in known for span in c.spans for cut in span if cut})
        if (2 * len(values) + 1) * sum(
            m.bit_count() for m in self._texts.values()
        ) > MAX_INDEX_BITS:
            self.kind = ""
            return
        place = {value: i for i, value in enumerate(values)}
        # Difference arrays over the segments (-inf, v0) {v0} (v0, v1) {v1} ...: segment 2i is the
        # open stretch below value i, 2i + 1 the value itself.  A rule's spans are disjoint, so
        # adding and taking away its bit never carries.
        opened = [0] * (2 * len(values) + 2)
        closed = [0] * (2 * len(values) + 2)
        for cell, mask in known:
            for low, high in cell.spans:
                first = 0 if low is None else 2 * place[low[0]] + 1 + low[1]
                last = 2 * len(values) + 1 if high is None else 2 * place[high[0]] + 1 + high[1]
                opened[first] |= mask
                closed[last] |= mask
        bits = self.any
        segments = []
        for i in range(2 * len(values) + 1):
            bits = (bits & ~closed[i]) | opened[i]
            segments.append(bits)
        self._values = values
        self._between = segments[0::2]
        self._at = segments[1::2]


def _majority(cells: Any) -> str:
    counts: dict[str, int] = {}
    for cell in cells:
        if cell is not None and cell.kind:
            counts[cell.kind] = counts.get(cell.kind, 0) + 1
    return max(counts, key=lambda k: counts[k]) if counts else ""
