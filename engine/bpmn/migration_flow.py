"""Where tokens can go from where they stand, in the old version and in the new: pure graphs.

What is drawn elsewhere may make a token pass twice, or wait at a join for one that never comes;
no single element shows that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any
from weakref import WeakKeyDictionary

from engine.bpmn.joins import Inclusive, Meeting, Parallel


@dataclass(frozen=True)
class Place:
    """Where a live token stands, in both versions.

    group -- shared by tokens of which only one goes on; came -- the way into a join that it took
    and waits at, in both versions
    """

    old: str
    new: str
    group: int
    came: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Trap:
    """What would go wrong at an element of the new version: AGAIN or NEVER (a join waits)."""

    code: str
    at: str
    place: Place


def traps(
    old: Any, new: Any, places: Collection[Place], called: Callable[[str], str]
) -> Iterator[Trap]:
    """Give what tokens at these places of one scope would run into, and did not before.

    called -- the name that an old spec has in the new version
    """
    yield from _again(old, new, places)
    yield from _never(old, new, places, called)


def _again(old: Any, new: Any, places: Collection[Place]) -> Iterator[Trap]:
    """Find a token that would come to where another one of the same case is already."""
    for one, other in permutations(places, 2):
        if one.group == other.group or one.new == other.new:
            continue
        for straight in (True, False):
            comes = other.new in ahead(new, one.new, straight)
            came = other.old in ahead(old, one.old, straight)
            if comes and not came:
                yield Trap("AGAIN", other.new, one)
                break


def _never(
    old: Any, new: Any, places: Collection[Place], called: Callable[[str], str]
) -> Iterator[Trap]:
    """Find a join that would wait for a token that no longer comes."""
    before = set(map(called, _stuck(old, [(place.old, place.came[0]) for place in places])))
    after = _stuck(new, [(place.new, place.came[1]) for place in places])
    for name in sorted(after - before):  # what waits in vain today too is not to blame
        on_the_way = [p for p in places if p.new == name or name in ahead(new, p.new)]
        yield from (Trap("NEVER", name, place) for place in on_the_way[:1])


def _stuck(spec: Any, places: Collection[tuple[str, str]]) -> set[str]:
    """Name the joins that a token may come to, and not one on each way in, whatever is chosen.

    places -- (spec, the way into it that was taken, where it is a join that a token waits at)
    """
    waits_for = {join.name: set(join._inputs) for join in joins(spec)}
    reached: set[str] = set()
    todo: list[tuple[str, str]] = list(places)
    came: set[str] = set()
    while todo:
        at, way = todo.pop()
        if way and at in waits_for:
            came.add(at)
            waits_for[at].discard(way)
            if waits_for[at]:
                continue
        if at not in reached and at in spec.task_specs:
            reached.add(at)
            todo += [(output, at) for output in _next(spec, at)]
    return {name for name in came if waits_for[name]}


def joins(spec: Any) -> list[Any]:
    """List the gateways of a scope that wait for a token on every way in."""
    return [s for s in spec.task_specs.values() if isinstance(s, Parallel) and len(s._inputs) > 1]


def ahead(spec: Any, start: str, straight: bool = False) -> frozenset[str]:
    """Name the specs that a token can come to from one; `straight`: without passing a join."""
    return _ahead(spec, start, straight, "")


def without(spec: Any, start: str, barred: str) -> frozenset[str]:
    """Name the specs that a token can come to without passing one, its own place included."""
    found = _ahead(spec, start, False, barred)
    return found if start == barred else found | {start}


_AHEAD: WeakKeyDictionary[Any, dict[tuple[str, bool, str], frozenset[str]]] = WeakKeyDictionary()
"""What was found before, for as long as somebody keeps the definition: cases stand alike."""


def _ahead(spec: Any, start: str, straight: bool, barred: str) -> frozenset[str]:
    known = _AHEAD.setdefault(spec, {})
    found = known.get((start, straight, barred))
    if found is None:
        found = known[start, straight, barred] = _look_ahead(spec, start, straight, barred)
    return found


def _look_ahead(spec: Any, start: str, straight: bool, barred: str) -> frozenset[str]:
    seen: set[str] = set()
    todo = [] if start == barred else _next(spec, start)
    while todo:
        at = todo.pop()
        if at in seen or at == barred or at not in spec.task_specs:
            continue
        seen.add(at)
        if not (straight and _is_join(spec.task_specs[at])):
            todo += _next(spec, at)
    return frozenset(seen)


def _next(spec: Any, name: str) -> list[str]:
    found = spec.task_specs.get(name)
    return [] if found is None else [output.name for output in found.outputs]


def _is_join(spec: Any) -> bool:
    return isinstance(spec, Meeting) and len(spec._inputs) > 1


def inputs_ahead(spec: Any, start: str, join: Any) -> list[str]:
    """Name the ways into a join that a token behind a spec can take, before any passes it."""
    reach = without(spec, start, join.name)
    return [name for name in join._inputs if name in reach]


def is_gateway_join(spec: Any) -> bool:
    """Tell whether tokens at a spec are told apart by the way they came."""
    return isinstance(spec, Parallel | Inclusive)
