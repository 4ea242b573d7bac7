"""The input space of a decision table, cut into pieces that no cell divides, and its search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, reduce
from itertools import pairwise
from operator import or_
from typing import Any

from engine.dmn.cells import (
    ANYTHING,
    EVERYTHING,
    FINITE,
    ORDERED,
    Cell,
    Cut,
    Span,
    catches,
    read_cell,
    value_of,
)
from engine.dmn.index import Column

MAX_PIECES = 300_000
"""Pieces looked at per table before the checker gives up and says so."""


class OtherText:
    """Stands in examples for a text that no cell mentions."""

    def __str__(self) -> str:
        return "(another text)"


OTHER = OtherText()


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of one column: an example value, the rules that catch it, and those that perhaps do.

    declared -- whether the value is known to be possible: an allowed value, a boolean
    """

    example: Any
    certain: int
    perhaps: int
    declared: bool


def pieces(texts: Sequence[str], kind: str, allowed: str) -> list[Piece]:
    """Cut one column; `texts` are its cells rule by rule, `allowed` its allowed values or empty."""
    cells = [read_cell(text) for text in texts]
    domain = read_cell(allowed) if allowed else ANYTHING
    known = domain is not None
    if domain is None or domain.kind not in ("", kind):
        domain = ANYTHING
    found = _ordered(cells, kind, domain) if kind in ORDERED else _finite(cells, kind, domain)
    if allowed and known and domain.null is True:
        found.append(None)
    column = Column(texts)
    declared = kind == "boolean" or bool(allowed and known)
    return [
        _other(cells) if value is OTHER else Piece(value, *column.masks(value), declared)
        for value in found
    ]


def _other(cells: Sequence[Cell | None]) -> Piece:
    certain = perhaps = 0
    for i, cell in enumerate(cells):
        caught = None if cell is None else _catches_other(cell)
        if caught is None:
            perhaps |= 1 << i
        elif caught:
            certain |= 1 << i
    return Piece(OTHER, certain, perhaps, False)


def _catches_other(cell: Cell) -> bool | None:
    if not cell.kind:
        return cell.spans == EVERYTHING
    return cell.negated if cell.kind in FINITE else None


def _finite(cells: Sequence[Cell | None], kind: str, domain: Cell) -> list[Any]:
    if kind == "boolean":
        return [v for v in (True, False) if catches(domain, v)]
    if domain.kind == "string" and not domain.negated:
        return sorted(domain.values)
    mentioned = sorted({v for c in cells if c and c.kind == "string" for v in c.values})
    return [*mentioned, OTHER]


def _ordered(cells: Sequence[Cell | None], kind: str, domain: Cell) -> list[Any]:
    spans = domain.spans if domain.kind == kind else EVERYTHING
    cuts = {
        _whole(cut, kind)
        for cell in cells
        if cell is not None and cell.kind == kind
        for span in cell.spans
        for cut in span
        if cut is not None
    }
    found = []
    for low, high in spans:
        start, end = _whole_or_none(low, kind), _whole_or_none(high, kind)
        inner = sorted(c for c in cuts if (start is None or c > start) and (end is None or c < end))
        edges = [start, *inner, end]
        for a, b in pairwise(edges):
            if a is None or b is None or a < b:
                found.append(_example((a, b), kind))
    return found


def _whole(cut: Cut, kind: str) -> Cut:
    # Dates and durations are counted: above one is the same place as below the next.
    return cut if kind == "number" or cut[1] == 0 else (cut[0] + 1, 0)


def _whole_or_none(cut: Cut | None, kind: str) -> Cut | None:
    return None if cut is None else _whole(cut, kind)


def _example(span: Span, kind: str) -> Any:
    low, high = span
    if kind != "number":
        return value_of(kind, low[0] if low else (high[0] - 1 if high else 0))
    if low is None:
        return Decimal(0) if high is None else high[0] - 1 + high[1]
    if low[1] == 0:
        return low[0]
    if high is None:
        return low[0] + 1
    whole = low[0].to_integral_value() + 1
    return whole if low[0] < whole < high[0] else (low[0] + high[0]) / 2


class TooLarge(Exception):
    """Expected a table small enough to be searched, but it is not."""


class Space:
    """All columns of a table, cut into pieces; rules are bits."""

    def __init__(self, columns: Sequence[Sequence[Piece]], rules: int) -> None:
        self.columns = columns
        self.rules = rules
        self.all = (1 << rules) - 1
        # anything_from[i]: rules that catch every piece of column i and all after it
        self._anything_from = [self.all] * (len(columns) + 1)
        for i in range(len(columns) - 1, -1, -1):
            mask = self._anything_from[i + 1]
            for piece in columns[i]:
                mask &= piece.certain | piece.perhaps
            self._anything_from[i] = mask

    def uncovered(self, by: int, inside: int | None = None) -> tuple[Piece, ...] | None:
        """Find a place that none of the rules `by` can catch, within a rule if one is given."""
        self._looked = 0
        self._covered: set[tuple[int, int]] = set()
        return self._search(0, by, inside)

    def _search(self, i: int, rules: int, inside: int | None) -> tuple[Piece, ...] | None:
        if not rules:
            rest = [self._any_piece(column, inside) for column in self.columns[i:]]
            return None if any(p is None for p in rest) else tuple(p for p in rest if p)
        if rules & self._anything_from[i] or (i, rules) in self._covered:
            return None
        tried: set[int] = set()
        for piece in self.columns[i]:
            if inside is not None and not piece.certain & inside:
                continue
            left = rules & (piece.certain | piece.perhaps)
            if left in tried:
                continue
            tried.add(left)
            self._looked += 1
            if self._looked > MAX_PIECES:
                raise TooLarge
            found = self._search(i + 1, left, inside)
            if found is not None:
                return (piece, *found)
        self._covered.add((i, rules))
        return None

    def _any_piece(self, column: Sequence[Piece], inside: int | None) -> Piece | None:
        fitting = [p for p in column if inside is None or p.certain & inside]
        return next((p for p in fitting if p.declared), fitting[0] if fitting else None)

    def overlapping(self, rule: int) -> int:
        """Give the mask of the rules that certainly share a place with a rule."""
        mask = self.all
        for together in self._together:
            mask &= together[rule]
        return mask & ~(1 << rule)

    @cached_property
    def _together(self) -> list[list[int]]:
        """Per column and rule: the rules that share a piece with it."""
        columns = []
        for column in self.columns:
            together = [0] * self.rules
            for certain in {piece.certain for piece in column}:
                left = certain
                while left:
                    low = left & -left
                    together[low.bit_length() - 1] |= certain
                    left ^= low
            columns.append(together)
        return columns

    def shared(self, one: int, other: int) -> tuple[Piece, ...]:
        """Give a place that two overlapping rules share."""
        both = 1 << one | 1 << other
        return tuple(
            next(piece for piece in column if piece.certain & both == both)
            for column in self.columns
        )

    @cached_property
    def possible(self) -> int:
        """Give the mask of the rules that catch anything at all, as far as can be known."""
        mask = self.all
        for column in self.columns:
            mask &= reduce(or_, (piece.certain | piece.perhaps for piece in column), 0)
        return mask

    @cached_property
    def opaque(self) -> int:
        """Give the mask of the rules of which a cell is left to FEEL."""
        pieces_ = (piece.perhaps for column in self.columns for piece in column)
        return reduce(or_, pieces_, 0)
