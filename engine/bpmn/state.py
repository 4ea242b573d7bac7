"""The stored form of a running instance: a compact header, and big values by their hash.

User data never mix with the structure: a value is the exact JSON of `engine.feel.values`, and no
key inside it is ever looked at; most are carried through unread.  Data are kept only where a token
may still need them; times are not kept at all, since they would tell who answered when.

What a finished instance leaves is one compressed piece, unless it is large.  Rows that nobody
touched since they were read go back as they are; what is written how is in `header.py`.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

import msgspec

from engine.bpmn.header import (
    FORMAT,
    PACKED,
    TRIGGERED,
    WHOLE,
    Basis,
    Header,
    Scope,
    format_of,
    read,
)
from engine.bpmn.instance import Instance
from engine.bpmn.models import CompiledDefinition
from engine.bpmn.outcome import SavedState
from engine.bpmn.pruning import kept
from engine.bpmn.step import Step
from engine.bpmn.token import NOTHING, Token
from engine.errors import InvalidState, TooNew
from engine.feel.values import Kept

BIG = 512
MOST_ALONE = 32_000


class _Table(dict[Any, int]):
    """Gives each new key the next place."""

    def __missing__(self, key: Any) -> int:
        place = self[key] = len(self)
        return place


class _Values:
    """Gives every different value one place; with a basis, each value that was read keeps its."""

    def __init__(self, *, apart: bool = True, basis: Basis | None = None) -> None:
        self.largest = BIG if apart else MOST_ALONE
        self.names: _Table = _Table()
        self.all: list[msgspec.Raw] = []
        self.big: dict[str, Kept] = {}
        self.basis = basis
        self.again: set[int] = set()
        """the rows that go back as they were read, by their identity"""
        self._by_object: dict[int, int] = {}
        self._by_text: dict[Any, int] = {}
        if basis is not None:
            self.names.update(zip(basis.names, range(len(basis.names)), strict=True))
            self.all = basis.texts
            places = range(len(basis.values))
            self._by_object.update(zip(map(id, basis.values), places, strict=True))
            self._by_text.update(
                zip([value.digest or value.text for value in basis.values], places, strict=True)
            )

    def place(self, value: Kept) -> int:
        found = self._by_object.get(id(value))
        if found is not None:
            return found
        text = value.text if value.size <= self.largest else b""
        key = text or _digest(value)
        found = self._by_text.get(key)
        if found is None:
            found = self._by_text[key] = len(self.all)
            if text:
                self.all.append(msgspec.Raw(text))
            else:
                self.big[value.digest] = value
                self.all.append(msgspec.Raw(b'["%b",%d]' % (value.digest.encode(), value.size)))
        self._by_object[id(value)] = found
        return found

    def context(self, data: Mapping[str, Kept]) -> list[int]:
        flat: list[int] = []
        for name, value in data.items():
            place = self._by_object.get(id(value))
            flat += (self.names[name], self.place(value) if place is None else place)
        return flat

    def difference(self, data: Mapping[str, Kept], base: Mapping[str, Kept]) -> list[int] | None:
        """Give what to lay over the base; None where the base has more than the data."""
        changed: list[str] = []
        new = 0
        for name, value in data.items():
            below = base.get(name)
            if below is not value:
                if below is None:
                    new += 1
                elif _equal(below, value):
                    continue
                changed.append(name)
        if len(data) - new < len(base):
            return None
        if len(changed) == 1:
            return [self.names[changed[0]], self.place(data[changed[0]])]
        return self.context({name: data[name] for name in sorted(changed)})


def _digest(value: Kept) -> str:
    if value.size > BIG and not value.digest:
        value.digest = hashlib.sha256(value.text).hexdigest()
    return value.digest


def _equal(one: Kept, other: Kept) -> bool:
    if one.size != other.size or _digest(one) != _digest(other):
        return False
    return bool(one.digest) or one.text == other.text


def save(instance: Instance, parked: list[int], known: Collection[str]) -> SavedState:
    """Write an instance; `values` of the result leaves out what is known to be stored."""
    if instance.completed and _left(instance) <= MOST_ALONE:
        header = _header(instance, parked, _Values(apart=False))
        return SavedState(PACKED + zlib.compress(header, 6), {}, alone=True)
    # What was read is good for one saving: rows are written into, and places change.
    basis, instance.basis = instance.basis, None
    values = _Values(basis=basis)
    header = _header(instance, parked, values)
    new = {digest: value.text for digest, value in values.big.items() if digest not in known}
    return SavedState(header, new)


def _left(instance: Instance) -> int:
    """Weigh what a finished instance leaves."""
    last = instance.last_task
    return sum(value.size for value in last.data.values()) if last is not None else 0


def _header(instance: Instance, parked: list[int], values: _Values) -> bytes:
    specs = _Table()
    scopes = [_scope(0, instance, values, specs)]
    for token, inner in instance.subprocesses.items():
        scopes.append(_scope(token, inner, values, specs))
    names = list(values.names)
    if values.basis is not None:
        names = _without_gone(scopes, values, names)
    header = Header(
        FORMAT,
        instance.last_token,
        instance.last_arrival,
        parked,
        list(specs),
        names,
        values.all,
        scopes,
    )
    return msgspec.json.encode(header)


def _without_gone(scopes: list[Scope], values: _Values, names: list[str]) -> list[str]:
    """Leave out the values and names that only rows had which are gone or changed."""
    assert values.basis is not None
    again = values.again
    gone: set[int] = set()
    for row in values.basis.rows:
        if len(row) > 5 and id(row) not in again:
            gone |= _places(row)
    if not gone:
        return names
    rows = [row for scope in scopes for row in scope.rows]
    for row in rows:
        if len(row) > 5 and id(row) not in again:
            gone -= _places(row)
    for row in rows if gone else ():
        gone -= _places(row)
    if not gone:
        return names
    values_left, names_left = _Table(), _Table()
    for row in rows:
        for flat in _flats(row):
            flat[0::2] = [names_left[place] for place in flat[0::2]]
            flat[1::2] = [values_left[place] for place in flat[1::2]]
    values.all = [values.all[place] for place in values_left]
    return [names[place] for place in names_left]


def _places(row: list[Any]) -> set[int]:
    """Give the places of a row's names, and those of its values as negative numbers."""
    found: set[int] = set()
    for flat in _flats(row):
        if flat:
            found.update(flat[0::2])
            found.update([~place for place in flat[1::2]])
    return found


def _flats(row: list[Any]) -> list[list[int]]:
    """Give the variables of a row: its data, what is its own, given and caught."""
    length = len(row)
    if length < 6:
        return []
    return [row[5]] if length < 8 else [row[5], *row[7:]]


def _scope(token: int, workflow: Any, values: _Values, specs: _Table) -> Scope:
    tokens = workflow.tasks
    rows = [
        _row(tokens[number], tokens.get(parent), values, specs)
        for number, parent in kept(workflow).items()
    ]
    last = workflow.last_task
    return Scope(
        token,
        workflow.spec.name,
        workflow.task_tree.id,
        last.id if last is not None and last.id in tokens else 0,
        bool(workflow.completed),
        rows,
    )


def _row(task: Any, parent: Any, values: _Values, specs: _Table) -> list[Any]:
    flags = TRIGGERED if task.triggered else 0
    if task.stored is not None and values.basis is not None:
        row, data_read, own_read, below = task.stored
        if (
            task.data is data_read
            and task.own is own_read
            and (not row[1] if parent is None else row[1] == parent.id and parent.data is below)
            and flags == (row[4] & TRIGGERED if len(row) > 4 else 0)
            and (task.internal_data is row[6] if len(row) > 6 else not task.internal_data)
            and not (task.given or task.caught)
        ):
            values.again.add(id(row))
            row[2] = specs[task.task_spec.name]
            row[3] = task._state
            return row  # type: ignore[no-any-return]
    own = task.own
    inherited = NOTHING if parent is None else parent.data
    if own:
        inherited = {**inherited, **own}
    data: list[int] | None = []
    if task.data is not inherited and task.data != inherited:
        data = values.difference(task.data, inherited)
        if data is None:
            flags |= WHOLE
            data = values.context(dict(sorted(task.data.items())))
    facts = task.internal_data
    row = [
        task.id,
        0 if parent is None else parent.id,
        specs[task.task_spec.name],
        task._state,
        flags,
        data,
        facts,
        values.context(own) if own else [],
    ]
    if task.given or task.caught:
        row += (values.context(task.given), values.context(task.caught))
    elif not own:
        del row[7 if facts else 6 if data else 5 if flags else 4 :]
    return row


def restore(
    compiled: CompiledDefinition, header: bytes, get_value: Callable[[str], bytes], step: Step
) -> tuple[Instance, list[int], set[str]]:
    """Bring an instance back: itself, its parked tokens, the hashes of its big values.

    A big value is fetched when somebody reads it; InvalidState is raised then for another's text.
    """
    try:
        state = read(header)
    except (msgspec.DecodeError, msgspec.ValidationError, zlib.error) as problem:
        if format_of(header) > FORMAT:
            raise TooNew from problem
        raise InvalidState(f"Expected a stored instance, but {problem}") from problem
    if state.format > FORMAT:
        raise TooNew
    if state.format != FORMAT:
        raise InvalidState(
            f"Expected a stored instance of format {FORMAT}, but it is {state.format}."
        )
    if not state.scopes or state.scopes[0].outer:
        raise InvalidState("Expected a stored instance, but it holds no process.")
    known: set[str] = set()
    try:
        values = [
            _apart(text, get_value, known) if text[:1] == b"[" else Kept(text)
            for text in map(bytes, state.values)
        ]
        step.held = len(header) + sum([value.size for value in values if value.digest])
        instance = Instance(compiled.spec, compiled.sub_specs, step)
        instance.last_token = state.last_token
        instance.last_arrival = state.last_arrival
        for scope in state.scopes:
            workflow = instance.add_scope(scope.outer, scope.spec) if scope.outer else instance
            _fill(workflow, scope, state, values)
        if header[:1] != PACKED:
            rows = [row for scope in state.scopes for row in scope.rows]
            instance.basis = Basis(state.names, state.values, values, rows)
    except KeyError as problem:
        raise InvalidState(
            f"Expected the definition that this instance runs on, but {problem} is missing in it."
        ) from problem
    except (IndexError, TypeError, ValueError) as problem:
        raise InvalidState(f"Expected a stored instance, but {problem}.") from problem
    return instance, state.parked, known


def _apart(text: bytes, get_value: Callable[[str], bytes], known: set[str]) -> Kept:
    digest, size = msgspec.json.decode(text)
    known.add(digest)
    return Kept.elsewhere(digest, size, partial(_fetch, digest, get_value))


def _fetch(digest: str, get_value: Callable[[str], bytes]) -> bytes:
    text = get_value(digest)
    if hashlib.sha256(text).hexdigest() != digest:
        raise InvalidState(f"Expected the value {digest}, but what is stored under it is another.")
    return text


def _fill(workflow: Any, scope: Scope, state: Header, values: list[Kept]) -> None:
    tokens = workflow.tasks
    all_specs = workflow.spec.task_specs
    specs = [all_specs.get(name) for name in state.specs]
    names = state.names
    make = Token.__new__
    for row in scope.rows:
        length = len(row)
        number, parent, spec = row[0], row[1], row[2]
        flags = row[4] if length > 4 else 0
        above = tokens[parent] if parent else None
        own = _context(row[7], names, values) if length > 7 else NOTHING
        if flags & WHOLE or above is None:
            data = NOTHING
        else:
            data = {**above.data, **own} if own else above.data
        if length > 5 and row[5]:
            data = {**data, **_context(row[5], names, values)}
        if specs[spec] is None:
            raise KeyError(state.specs[spec])
        task = make(Token)
        task.id = number
        task.workflow = workflow
        task._parent = parent or None
        task._children = []
        task._state = row[3]
        task.triggered = bool(flags & TRIGGERED)
        task.task_spec = specs[spec]
        task.data = data
        task.internal_data = row[6] if length > 6 else {}
        task.own = own
        if length > 8:
            task.given = _context(row[8], names, values)
            task.caught = _context(row[9], names, values)
            task.stored = None
        else:
            task.given = NOTHING
            task.caught = NOTHING
            task.stored = (row, data, own, NOTHING if above is None else above.data)
        tokens[number] = task
        if above is not None:
            above._children.append(number)
    workflow.task_tree = tokens[scope.root]
    workflow.last_task = tokens.get(scope.last)
    workflow.completed = scope.completed


def _context(flat: list[int], names: list[str], values: list[Kept]) -> dict[str, Kept]:
    if len(flat) == 2:  # the usual case, without a loop
        return {names[flat[0]]: values[flat[1]]}
    return {names[name]: values[value] for name, value in zip(flat[::2], flat[1::2], strict=True)}
