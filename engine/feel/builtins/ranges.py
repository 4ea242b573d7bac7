"""Built-in functions on ranges and points (DMN 1.5 table 81): before, during and their kin."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from engine.feel.builtins.conversion import number_from_text
from engine.feel.builtins.registry import NoResult, builtin
from engine.feel.compare import order, sort_key
from engine.feel.iso import parse_temporal
from engine.feel.ranges import Range
from engine.feel.run import Run

_LOW: Any = object()  # before everything
_HIGH: Any = object()  # after everything


def _compare(left: Any, right: Any) -> int:
    if left is right and left in (_LOW, _HIGH):
        return 0
    if left is _LOW or right is _HIGH:
        return -1
    if left is _HIGH or right is _LOW:
        return 1
    found = order(left, right)
    if found is None:
        raise NoResult("Expected points that can be compared, but they are of different types.")
    return found


class _Bounds:
    """A range, or a point as the range that holds only it, with its ends made comparable."""

    __slots__ = ("end", "end_in", "start", "start_in")

    def __init__(self, value: Any) -> None:
        if isinstance(value, Range):
            if value.form == "!=" or (
                not value.form and (value.start is None or value.end is None)
            ):
                raise NoResult("Expected a range between two points, but it is open.")
            self.start = _LOW if value.start is None else value.start
            self.end = _HIGH if value.end is None else value.end
            self.start_in, self.end_in = value.start_included, value.end_included
        else:
            self.start = self.end = value
            self.start_in = self.end_in = True


_Relation = Callable[[_Bounds, _Bounds], bool]


def _before(a: _Bounds, b: _Bounds) -> bool:
    found = _compare(a.end, b.start)
    return found < 0 or (found == 0 and not (a.end_in and b.start_in))


def _meets(a: _Bounds, b: _Bounds) -> bool:
    return a.end_in and b.start_in and _compare(a.end, b.start) == 0


def _overlaps(a: _Bounds, b: _Bounds) -> bool:
    return not _before(a, b) and not _before(b, a)


def _starts_earlier(a: _Bounds, b: _Bounds) -> bool:
    found = _compare(a.start, b.start)
    return found < 0 or (found == 0 and a.start_in and not b.start_in)


def _starts_not_later(a: _Bounds, b: _Bounds) -> bool:
    found = _compare(a.start, b.start)
    return found < 0 or (found == 0 and (a.start_in or not b.start_in))


def _ends_not_earlier(a: _Bounds, b: _Bounds) -> bool:
    found = _compare(a.end, b.end)
    return found > 0 or (found == 0 and (a.end_in or not b.end_in))


def _overlaps_before(a: _Bounds, b: _Bounds) -> bool:
    return _starts_earlier(a, b) and not _before(a, b) and _ends_not_earlier(b, a)


def _overlaps_after(a: _Bounds, b: _Bounds) -> bool:
    return _starts_earlier(b, a) and not _before(b, a) and _ends_later(a, b)


def _ends_later(a: _Bounds, b: _Bounds) -> bool:
    found = _compare(a.end, b.end)
    return found > 0 or (found == 0 and a.end_in and not b.end_in)


def _includes(a: _Bounds, b: _Bounds) -> bool:
    return _starts_not_later(a, b) and _ends_not_earlier(a, b)


def _finishes(a: _Bounds, b: _Bounds) -> bool:
    return a.end_in == b.end_in and _compare(a.end, b.end) == 0 and _starts_not_later(b, a)


def _starts(a: _Bounds, b: _Bounds) -> bool:
    return a.start_in == b.start_in and _compare(a.start, b.start) == 0 and _ends_not_earlier(b, a)


def _coincides(a: _Bounds, b: _Bounds) -> bool:
    return (
        (a.start_in, a.end_in) == (b.start_in, b.end_in)
        and _compare(a.start, b.start) == 0
        and _compare(a.end, b.end) == 0
    )


def _turned(relation: _Relation) -> _Relation:
    return lambda a, b: relation(b, a)


def _relate(name: str, relation: _Relation, *shapes: str) -> None:
    def related(run: Run, one: Any, other: Any) -> bool:
        return relation(_Bounds(one), _Bounds(other))

    for shape in shapes:
        builtin(f"{name}({shape})", steps=8)(related)


_POINTS = "point1: point, point2: point"
_POINT_RANGE = "point: point, range: range"
_RANGE_POINT = "range: range, point: point"
_RANGES = "range1: range, range2: range"

for _name, _relation, _shapes in (
    ("before", _before, (_POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES)),
    ("after", _turned(_before), (_POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES)),
    ("meets", _meets, (_RANGES,)),
    ("met by", _turned(_meets), (_RANGES,)),
    ("overlaps", _overlaps, (_RANGES,)),
    ("overlaps before", _overlaps_before, (_RANGES,)),
    ("overlaps after", _overlaps_after, (_RANGES,)),
    ("finishes", _finishes, (_POINT_RANGE, _RANGES)),
    ("finished by", _turned(_finishes), (_RANGE_POINT, _RANGES)),
    ("includes", _includes, (_RANGE_POINT, _RANGES)),
    ("during", _turned(_includes), (_POINT_RANGE, _RANGES)),
    ("starts", _starts, (_POINT_RANGE, _RANGES)),
    ("started by", _turned(_starts), (_RANGE_POINT, _RANGES)),
    ("coincides", _coincides, (_POINTS, _RANGES)),
):
    _relate(_name, _relation, *_shapes)


_RANGE = re.compile(r"\s*([\[(\]])(.*?)\.\.(.*?)([\])\[])\s*", re.DOTALL)
_CALL = re.compile(r'(?:date|time|date and time|duration)\s*\(\s*"([^"]*)"\s*\)')


@builtin("range(from: string)", steps=15)
def range_from_text(run: Run, text: str) -> Range:
    """Read a range of literals such as `[1..10)`; nothing in the text is evaluated."""
    match = _RANGE.fullmatch(text)
    if match is None:
        raise NoResult(f'Expected a range such as "[1..10]", but got "{text:.40}".')
    opening, first, last, closing = match.groups()
    start, end = _point(run, first.strip()), _point(run, last.strip())
    if start is None or end is None:
        if (start is None and (end is None or opening == "[")) or (end is None and closing == "]"):
            raise NoResult(f'Expected a range with an end that is open, but got "{text:.40}".')
    elif (order(start, end) or 0) > 0:
        raise NoResult(f'Expected a range that ends after its start, but got "{text:.40}".')
    if start is not None and end is not None and order(start, end) is None:
        raise NoResult("Expected bounds of one type, but they differ.")
    if end is None:
        return Range.comparing(">=" if opening == "[" else ">", start)
    if start is None:
        return Range.comparing("<=" if closing == "]" else "<", end)
    return Range(start, end, opening == "[", closing == "]")


def _point(run: Run, text: str) -> Any:
    if text in ("", "null"):
        return None
    call = _CALL.fullmatch(text)
    if call or (text.startswith('@"') and text.endswith('"')):
        found = parse_temporal(call.group(1) if call else text[2:-1])
        if found is None or sort_key(found) is None:
            raise NoResult(f'Expected a point of a range, but got "{text:.40}".')
        return found
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1]
    return number_from_text(run, text)
