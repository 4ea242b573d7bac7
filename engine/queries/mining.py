"""How a process was really lived: what followed what, how often, how long it took, and where.

Made of the history (flows taken, elements run) and of the tasks' times; of anonymous tasks only
numbers are told.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Select, func, select

from engine.bpmn.heat import WARMTH, heat_map
from engine.errors import NotFound
from engine.library import Readied, library_of
from engine.queries.event_log import LogFilter, narrowed
from engine.store import Store
from engine.store.base import table_of
from engine.store.tables import Definition, History, Instance, Task

_history = table_of(History)
_instance = table_of(Instance)
_task = table_of(Task)
_definition = table_of(Definition)

MOST_CASES = 2000
"""So many of the newest cases are looked at; a page says when there were more."""
MOST_VARIANTS = 20
_AT_ONCE = 500
_LEFT = ("INSTANCE_MIGRATED", "MIGRATION_UNDONE", "RESOLUTION_APPROVED")
_BACK = ("TASK_SENT_BACK", "TASK_WITHDRAWN")


@dataclass(frozen=True, kw_only=True)
class MapFilter(LogFilter):
    """Which cases of a process, and of which version of it."""

    version: int | None = None


@dataclass(frozen=True)
class Times:
    """Median and 90th percentile of how long something took; None where nothing is known."""

    number: int
    median: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True)
class Lived:
    """An element: how often it ran, in how many cases, again in how many, and its times.

    waiting -- from when a task was there until somebody took it; working -- until it was done.
    A task of one person has no taking: its whole time is waiting.
    """

    element_id: str
    name: str
    kind: str
    lane: str
    runs: int
    cases: int
    again: int
    waiting: Times
    working: Times
    open_now: int
    by_unit: Mapping[str, Times]


@dataclass(frozen=True)
class Way:
    """A step after a step, as people took them: how often, and how long it was between them.

    backward -- mostly to what the case had done before, and had to do again
    """

    source: str
    target: str
    number: int
    between: Times
    backward: bool


@dataclass(frozen=True)
class Variant:
    """A sequence of people's steps that cases took."""

    steps: tuple[str, ...]
    cases: int
    example: int


@dataclass(frozen=True)
class Deviation:
    """A case that left the model: repaired, moved to another version, or sent back."""

    instance_id: int
    case_no: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Map:
    """What was found; `total` cases fit the filter, `cases` of them were looked at.

    strange_flows -- taken in the history, but not drawn in this version
    """

    version: int
    definition_id: int
    total: int
    cases: int
    elements: tuple[Lived, ...]
    flows: Mapping[str, int]
    ways: tuple[Way, ...]
    variants: tuple[Variant, ...]
    variant_count: int
    deviations: tuple[Deviation, ...]
    strange_flows: int
    duration: Times

    def slowest(self) -> tuple[Lived, ...]:
        """Give the elements where most time goes, by median wait plus work, slowest first."""
        known = [one for one in self.elements if _whole(one)]
        return tuple(sorted(known, key=_whole, reverse=True)[:5])


def process_map(connection: Connection, wanted: MapFilter) -> Map:
    """Look at the cases of a process and say how they went."""
    definition = _definition_of(connection, wanted)
    cases = connection.execute(_cases(wanted)).all()
    looked = cases[:MOST_CASES]
    found = _Found(definition, connection)
    for begun in range(0, len(looked), _AT_ONCE):
        found.take(looked[begun : begun + _AT_ONCE])
    more = _count(connection, wanted) if len(cases) > MOST_CASES else len(cases)
    return found.told(more, looked)


def drawn(
    connection: Connection,
    found: Map,
    *,
    titles: Mapping[str, str],
    names: Mapping[str, str] | None = None,
) -> str:
    """Draw a map over the process's own diagram, warmest where most time goes."""
    definition = library_of(connection).get(Store(connection), found.definition_id)
    longest = max((_whole(one) for one in found.elements), default=0.0)
    warmth = {one.element_id: _place(_whole(one), longest) for one in found.elements if _whole(one)}
    return heat_map(
        definition.compiled.picture_source,
        warmth=warmth,
        counts={one.element_id: one.runs for one in found.elements if one.runs},
        flows=found.flows,
        titles=titles,
        names=names,
    )


def times_of(spans: Iterable[timedelta]) -> Times:
    """Give median and 90th percentile, by the nearest rank."""
    ordered = sorted(spans)
    if not ordered:
        return Times(0, None, None)
    return Times(len(ordered), _rank(ordered, 0.5), _rank(ordered, 0.9))


def _rank(ordered: Sequence[timedelta], share: float) -> timedelta:
    return ordered[max(0, -(-int(share * 100 * len(ordered)) // 100) - 1)]


def _whole(one: Lived) -> float:
    spans = (one.waiting.median, one.working.median)
    return sum(span.total_seconds() for span in spans if span is not None)


def _place(seconds: float, longest: float) -> int:
    return 1 + min(len(WARMTH) - 2, int((len(WARMTH) - 1) * seconds / longest)) if longest else 0


def _definition_of(connection: Connection, wanted: MapFilter) -> Readied:
    statement = select(_definition.c.id).where(_definition.c.key == wanted.process_key)
    if wanted.version is not None:
        statement = statement.where(_definition.c.version == wanted.version)
    found = connection.scalars(statement.order_by(_definition.c.version.desc()).limit(1)).first()
    if found is None:
        raise NotFound("Expected a process and a version of it, but there is none.")
    return library_of(connection).get(Store(connection), found)


def _cases(wanted: MapFilter) -> Select[Any]:
    statement = narrowed(select(_instance), wanted)
    if wanted.version is not None:
        statement = statement.join(_definition, _definition.c.id == _instance.c.definition_id)
        statement = statement.where(_definition.c.version == wanted.version)
    return statement.order_by(_instance.c.id.desc()).limit(MOST_CASES + 1)


def _count(connection: Connection, wanted: MapFilter) -> int:
    counted = _cases(wanted).with_only_columns(func.count()).order_by(None).limit(None)
    return connection.scalar(counted) or 0


class _Found:
    """What is gathered, chunk by chunk."""

    def __init__(self, definition: Readied, connection: Connection) -> None:
        self.definition = definition
        self.connection = connection
        self.runs: Counter[str] = Counter()
        self.in_cases: Counter[str] = Counter()
        self.again: Counter[str] = Counter()
        self.flows: Counter[str] = Counter()
        self.open_now: Counter[str] = Counter()
        self.waits: dict[str, list[timedelta]] = defaultdict(list)
        self.works: dict[str, list[timedelta]] = defaultdict(list)
        self.units: dict[str, dict[str, list[timedelta]]] = defaultdict(lambda: defaultdict(list))
        self.ways: dict[tuple[str, str], list[timedelta]] = defaultdict(list)
        self.back: Counter[tuple[str, str]] = Counter()
        self.variants: Counter[tuple[str, ...]] = Counter()
        self.example: dict[tuple[str, ...], int] = {}
        self.left: dict[int, set[str]] = defaultdict(set)
        self.strange = 0

    def take(self, cases: Sequence[Any]) -> None:
        """Look at some cases."""
        of_stream = {case.stream_id: case for case in cases}
        ran: dict[int, Counter[str]] = defaultdict(Counter)
        known = self.definition.compiled.flows
        rows = self.connection.execute(
            select(_history.c.stream_id, _history.c.kind, _history.c.body).where(
                _history.c.stream_id.in_(sorted(of_stream)),
                _history.c.kind.in_(("TOKENS_MOVED", *_LEFT, *_BACK)),
            )
        )
        for row in rows:
            if row.kind != "TOKENS_MOVED":
                self.left[of_stream[row.stream_id].id].add(row.kind)
                continue
            detail = json.loads(row.body)["detail"]
            ran[row.stream_id].update(detail.get("elements", ()))
            self.flows.update(detail.get("flows", ()))
            self.strange += sum(1 for flow in detail.get("flows", ()) if flow not in known)
        for counted in ran.values():
            self.runs.update(counted)
            self.in_cases.update(counted.keys())
        self._tasks({case.id: case for case in cases})

    def _tasks(self, cases: Mapping[int, Any]) -> None:
        rows = self.connection.execute(
            select(_task)
            .where(_task.c.instance_id.in_(sorted(cases)))
            .order_by(_task.c.instance_id, _task.c.ended_at, _task.c.id)
        )
        steps: dict[int, list[Any]] = defaultdict(list)
        grouped: set[tuple[int, str]] = set()
        for row in rows:
            if row.state == "CREATED":
                # Of an anonymous group only that it is open: how many are left tells of answers.
                group = (row.instance_id, row.element_id)
                self.open_now[row.element_id] += not (row.anonymous and group in grouped)
                grouped.add(group)
            if row.state != "COMPLETED":
                continue
            steps[row.instance_id].append(row)
            if not row.anonymous:
                self._time(row)
        for instance_id, case in cases.items():
            self._variant(case, steps.get(instance_id, []))

    def _time(self, row: Any) -> None:
        taken = row.claimed_at or row.ended_at
        self.waits[row.element_id].append(taken - row.created_at)
        if row.claimed_at is not None:
            self.works[row.element_id].append(row.ended_at - row.claimed_at)
        office = "/".join(row.scope_path.split("/")[:2]) + "/"
        self.units[row.element_id][office].append(row.ended_at - row.created_at)

    def _variant(self, case: Any, done: Sequence[Any]) -> None:
        many = self.definition.anonymous_elements
        order = [row for row in done if row.element_id not in many]
        again = given_again(order)
        self.again.update({row.element_id for row in order if row.id in again})
        for first, second in pairwise(order):
            way = first.element_id, second.element_id
            self.ways[way].append(second.ended_at - first.ended_at)
            self.back[way] += second.id in again
        if case.state == "COMPLETED":
            steps = tuple(row.element_id for row in order)
            self.variants[steps] += 1
            self.example.setdefault(steps, case.id)

    def told(self, total: int, cases: Sequence[Any]) -> Map:
        """Give what was found."""
        variants = [
            Variant(steps, number, self.example[steps])
            for steps, number in self.variants.most_common(MOST_VARIANTS)
        ]
        numbers = {case.id: case.case_no for case in cases}
        deviations = [
            Deviation(instance_id, numbers[instance_id], tuple(sorted(kinds)))
            for instance_id, kinds in sorted(self.left.items(), reverse=True)
        ]
        return Map(
            version=self.definition.version,
            definition_id=self.definition.id,
            total=total,
            cases=len(cases),
            elements=tuple(self._elements()),
            flows=dict(self.flows),
            ways=tuple(self._ways()),
            variants=tuple(variants),
            variant_count=len(self.variants),
            deviations=tuple(deviations),
            strange_flows=self.strange,
            duration=times_of(case.ended_at - case.started_at for case in cases if case.ended_at),
        )

    def _elements(self) -> Iterator[Lived]:
        for element in self.definition.compiled.elements.values():
            one = element.id
            if not (self.runs[one] or self.open_now[one]):
                continue
            units = {path: times_of(spans) for path, spans in self.units[one].items()}
            yield Lived(
                element_id=one,
                name=element.name or one,
                kind=element.kind,
                lane=element.lane or "",
                runs=self.runs[one],
                cases=self.in_cases[one],
                again=self.again[one],
                waiting=times_of(self.waits[one]),
                working=times_of(self.works[one]),
                open_now=self.open_now[one],
                by_unit=units,
            )

    def _ways(self) -> Iterator[Way]:
        for (source, target), spans in sorted(self.ways.items(), key=lambda way: -len(way[1])):
            backward = 2 * self.back[source, target] >= len(spans)
            yield Way(source, target, len(spans), times_of(spans), backward)


def given_again(order: Sequence[Any]) -> set[int]:
    """Give the ids of tasks that were given out again after the same step had been done.

    Tasks of one step for several people are given out at once, and are none of these.
    """
    again: set[int] = set()
    first: dict[str, Any] = {}
    for row in order:
        known = first.setdefault(row.element_id, row)
        if known.created_at < row.created_at and known.ended_at <= row.created_at:
            again.add(row.id)
    return again
