"""Recognises the cells of decision tables that compare with constants, exactly.

The index and the checker build on it.  Every other cell is opaque and left to FEEL; no input is
evaluated here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from engine.feel import FeelError, evaluate
from engine.feel.temporal import Date, DaysTimeDuration, YearsMonthsDuration

Cut = tuple[Any, int]
"""A place between values: (k, 0) is just below, (k, 1) just above the value with the key k."""

Span = tuple[Cut | None, Cut | None]
"""From one cut to a later one; None is the end of the line."""

ORDERED = ("number", "date", "days and time duration", "years and months duration")
FINITE = ("string", "boolean")


@dataclass(frozen=True)
class Cell:
    """What a cell catches.

    kind -- the type of its constants, "" when there is none (`-`, `null`, `not(null)`)
    spans -- for ordered kinds: disjoint, ascending; for kind "": () or EVERYTHING
    values, negated -- for finite kinds: the values caught, or all but these
    null -- whether null is caught; None: only FEEL can say
    """

    kind: str = ""
    spans: tuple[Span, ...] = ()
    values: frozenset[Any] = frozenset()
    negated: bool = False
    null: bool | None = False

    @property
    def anything(self) -> bool:
        """Say whether every value that is not null is caught, whatever its type."""
        return self.kind == "" and self.spans == EVERYTHING


EVERYTHING: tuple[Span, ...] = ((None, None),)
ANYTHING = Cell(spans=EVERYTHING, null=True)


def kind_of(value: Any) -> str:
    """Name the kind of a FEEL value as cells know it, or give an empty text."""
    return _KINDS.get(type(value), "")


def key_of(value: Any) -> Any:
    """Give the number that orders a value of an ordered kind."""
    kind = type(value)
    if kind is Date:
        return value.number
    if kind is DaysTimeDuration:
        return value.nanos
    return value.months if kind is YearsMonthsDuration else value


def value_of(kind: str, key: Any) -> Any:
    """Give the value of an ordered kind that has a key."""
    if kind == "date":
        return Date.from_number(int(key))
    if kind == "days and time duration":
        return DaysTimeDuration(int(key))
    return YearsMonthsDuration(int(key)) if kind == "years and months duration" else key


@lru_cache(maxsize=20_000)
def read_cell(text: str) -> Cell | None:
    """Give what a unary test catches, or None where only FEEL can say."""
    text = text.strip()
    if text in ("-", ""):
        return ANYTHING
    tokens = _tokens(text)
    if tokens is None:
        return None
    negated = len(tokens) > 3 and tokens[0] == ("op", "not") and tokens[1] == ("op", "(")
    if negated:
        if tokens[-1] != ("op", ")"):
            return None
        tokens = tokens[2:-1]
    tests = _tests(tokens)
    if tests is None:
        return None
    return _cell(tests, negated)


@lru_cache(maxsize=20_000)
def read_constant(text: str) -> tuple[Any] | None:
    """Give the value of a single literal in a one-tuple, or None when the text is anything else."""
    tokens = _tokens(text.strip())
    if tokens is None or len(tokens) != 1 or tokens[0][0] != "atom":
        return None
    return (tokens[0][1],)


def catches(cell: Cell, value: Any) -> bool | None:
    """Say whether a cell catches a value; None where only FEEL can say (other types, nulls)."""
    if value is None:
        return cell.null
    if not cell.kind:
        return cell.spans == EVERYTHING
    if kind_of(value) != cell.kind:
        return None
    if cell.kind in FINITE:
        return (value in cell.values) is not cell.negated
    key = key_of(value)
    return any(
        (low is None or low <= (key, 0)) and (high is None or (key, 1) <= high)
        for low, high in cell.spans
    )


# -- cells that are written ----------------------------------------------------------------------

_KINDS: dict[type, str] = {
    str: "string",
    bool: "boolean",
    Decimal: "number",
    Date: "date",
    DaysTimeDuration: "days and time duration",
    YearsMonthsDuration: "years and months duration",
}

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<atom>"(?:[^"\\]|\\.)*"
        | @"[^"\\]*"
        | (?:date|duration)\s*\(\s*"[^"\\]*"\s*\)
        | -?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?
        | (?:true|false|null)\b)
      | (?P<op>not\b | \.\. | <= | >= | [<>=,()\[\]])
    )""",
    re.VERBOSE,
)

Token = tuple[str, Any]
Test = tuple[str, Any]
"""("null", None) or ("set", (kind, spans, values))"""


def _tokens(text: str) -> list[Token] | None:
    found: list[Token] = []
    place = 0
    while place < len(text):
        hit = _TOKEN.match(text, place)
        if hit is None:
            return found if not text[place:].strip() else None
        if hit["atom"] is not None:
            try:
                value = evaluate(hit["atom"], {})
            except FeelError:
                return None
            if value is None and hit["atom"] != "null":
                return None
            found.append(("atom", value))
        else:
            found.append(("op", hit["op"]))
        place = hit.end()
    return found


def _tests(tokens: list[Token]) -> list[Test] | None:
    tests: list[Test] = []
    part: list[Token] = []
    for token in [*tokens, ("op", ",")]:
        if token == ("op", ","):
            test = _test(part)
            if test is None:
                return None
            tests.append(test)
            part = []
        else:
            part.append(token)
    return tests


def _test(tokens: list[Token]) -> Test | None:
    if len(tokens) == 1 and tokens[0][0] == "atom":
        return _comparison("=", tokens[0][1])
    if len(tokens) == 2 and tokens[0][0] == "op" and tokens[1][0] == "atom":
        return _comparison(tokens[0][1], tokens[1][1])
    if len(tokens) == 5:
        return _range(tokens)
    return None


def _comparison(operator: str, value: Any) -> Test | None:
    if value is None:
        return ("null", None) if operator == "=" else None
    kind = kind_of(value)
    if kind in FINITE:
        return ("set", (kind, (), frozenset({value}))) if operator == "=" else None
    if kind not in ORDERED or operator not in _SPANS:
        return None
    return ("set", (kind, _SPANS[operator](key_of(value)), frozenset()))


_SPANS: dict[str, Any] = {
    "=": lambda v: (((v, 0), (v, 1)),),
    "<": lambda v: ((None, (v, 0)),),
    "<=": lambda v: ((None, (v, 1)),),
    ">": lambda v: (((v, 1), None),),
    ">=": lambda v: (((v, 0), None),),
}


def _range(tokens: list[Token]) -> Test | None:
    (left, start), (a, low), (dots, word), (b, high), (right, end) = tokens
    if (left, a, dots, b, right) != ("op", "atom", "op", "atom", "op") or word != "..":
        return None
    if start not in ("[", "(", "]") or end not in ("]", ")", "["):
        return None
    kind = kind_of(low)
    if kind not in ORDERED or kind != kind_of(high):
        return None
    cuts = (
        (key_of(low), 0 if start == "[" else 1),
        (key_of(high), 1 if end == "]" else 0),
    )
    return ("set", (kind, (cuts,) if cuts[0] < cuts[1] else (), frozenset()))


def _cell(tests: list[Test], negated: bool) -> Cell | None:
    kinds = {body[0] for name, body in tests if name == "set"}
    null = any(name == "null" for name, _ in tests)
    if len(kinds) > 1:
        return None
    if not kinds:
        return Cell(spans=EVERYTHING, null=False) if negated else Cell(null=True)
    kind = kinds.pop()
    spans = union(s for name, body in tests if name == "set" for s in body[1])
    values = frozenset(v for name, body in tests if name == "set" for v in body[2])
    if negated:
        return Cell(
            kind=kind,
            spans=complement(spans) if kind in ORDERED else (),
            values=values,
            negated=kind in FINITE,
            null=False if null else None,
        )
    return Cell(kind=kind, spans=spans, values=values, null=null)


# -- spans ---------------------------------------------------------------------------------------


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Join spans of one kind into disjoint ascending ones."""
    ordered = sorted(spans, key=lambda s: (0,) if s[0] is None else (1, *s[0]))
    joined: list[Span] = []
    for low, high in ordered:
        if joined and (joined[-1][1] is None or (low is None or low <= joined[-1][1])):
            last = joined[-1]
            top = None if last[1] is None or high is None else max(last[1], high)
            joined[-1] = (last[0], top)
        else:
            joined.append((low, high))
    return tuple(joined)


def complement(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Give what disjoint ascending spans leave out."""
    left: list[Span] = []
    low: Cut | None = None
    start = True
    for a, b in spans:
        if a is not None:
            left.append((None if start else low, a))
        start = False
        if b is None:
            return tuple(left)
        low = b
    left.append((None if start else low, None))
    return tuple(left)
