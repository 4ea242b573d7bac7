"""The stored form of a running instance: a compact header, and big values by their hash.

User data never mix with the structure: a value is the exact JSON of `engine.feel.values`, and no
key inside it is ever looked at; most are carried through unread.  Data are kept only where a token
may still need them; times are not kept at all, since they would tell who answered when.

What a finished instance leaves is one compressed piece, unless it is large.

The header is one JSON list (`Header`); what repeats stands in a table and is named by its place.
A row is `[token, parent, spec, state, flags, data, facts, own, given, caught]`, what is empty at
its end left out.  Variables are `[name, value, name, ...]`, and `data` holds only those that differ
from what a token inherits: its parent's and its own.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

import msgspec
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.instance import Instance
from engine.bpmn.models import CompiledDefinition
from engine.bpmn.nodes import LIVE
from engine.bpmn.outcome import SavedState
from engine.bpmn.step import Step
from engine.bpmn.token import NOTHING, Token
from engine.errors import InvalidState, TooNew
from engine.feel.values import Kept

FORMAT = 2
BIG = 512
MOST_ALONE = 32_000

_TRIGGERED = 1
_WHOLE = 2  # the data do not build on those of the parent


class Scope(msgspec.Struct, array_like=True):
    """One scope: the token that runs it (0 for the process) and its tokens."""

    outer: int
    spec: str
    root: int
    last: int
    completed: bool
    rows: list[list[Any]]


class Header(msgspec.Struct, array_like=True):
    """An instance; `values` holds texts of small values and `[hash, size]` of big ones."""

    format: int
    last_token: int
    last_arrival: int
    parked: list[int]
    specs: list[str]
    names: list[str]
    values: list[msgspec.Raw]
    scopes: list[Scope]


class _Table(dict[Any, int]):
    """Gives each new key the next place."""

    def __missing__(self, key: Any) -> int:
        place = self[key] = len(self)
        return place


class _Values:
    """Gives every different value one place."""

    def __init__(self, *, apart: bool = True) -> None:
        self.largest = BIG if apart else MOST_ALONE
        self.names: _Table = _Table()
        self.all: list[msgspec.Raw] = []
        self.big: dict[str, Kept] = {}
        self._by_object: dict[int, int] = {}
        self._by_text: dict[Any, int] = {}

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
        return SavedState(_PACKED + zlib.compress(header, 6), {}, alone=True)
    values = _Values()
    header = _header(instance, parked, values)
    new = {digest: value.text for digest, value in values.big.items() if digest not in known}
    return SavedState(header, new)


_PACKED = b"z"


def _left(instance: Instance) -> int:
    """Weigh what a finished instance leaves."""
    last = instance.last_task
    return sum(value.size for value in last.data.values()) if last is not None else 0


def _header(instance: Instance, parked: list[int], values: _Values) -> bytes:
    specs = _Table()
    scopes = [_scope(0, instance, values, specs)]
    for token, inner in instance.subprocesses.items():
        scopes.append(_scope(token, inner, values, specs))
    header = Header(
        FORMAT,
        instance.last_token,
        instance.last_arrival,
        parked,
        list(specs),
        list(values.names),
        values.all,
        scopes,
    )
    return msgspec.json.encode(header)


def _scope(token: int, workflow: Any, values: _Values, specs: _Table) -> Scope:
    tokens = workflow.tasks
    rows = [
        _row(tokens[number], tokens.get(parent), values, specs)
        for number, parent in _kept(workflow).items()
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
    flags = _TRIGGERED if task.triggered else 0
    own = task.own
    inherited = NOTHING if parent is None else parent.data
    if own:
        inherited = {**inherited, **own}
    data: list[int] | None = []
    if task.data is not inherited and task.data != inherited:
        data = values.difference(task.data, inherited)
        if data is None:
            flags |= _WHOLE
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


def _kept(workflow: Any) -> dict[int, int]:
    """Choose the tokens that may still matter, each with the nearest of them above it.

    Live ones and their parents; items that are done while their loop is not; the forks above live
    branches, which joins merge against; the root, and the last one of a finished scope.  What lies
    between is history, which is kept elsewhere: a case of many rounds stays small.
    """
    tokens = workflow.tasks
    wanted = {workflow.task_tree.id}
    if workflow.last_task is not None:
        wanted.add(workflow.last_task.id)
    for number, task in tokens.items():
        if task._state & _MATTERS or "done" in task.internal_data:
            wanted.add(number)
            wanted.add(task._parent or number)
    branches: dict[int, int] = {}
    for number in reversed(tokens):
        count = branches.get(number, 0)
        parent = tokens[number]._parent
        if count > 1:
            wanted.add(number)
        elif count and tokens[number].task_spec.beside:  # what it began with is still asked for
            wanted |= {number, parent}
        if parent and (count or number in wanted):
            branches[parent] = branches.get(parent, 0) + 1
    # Forks whose branches met others: what they knew is asked for when those come there, too.
    met: dict[int, list[int]] = {}
    for number, task in tokens.items():
        if number in branches or number in wanted:
            for fork in task.internal_data.get("met", ()):
                met.setdefault(fork, []).append(number)
    for fork, those in met.items():
        if fork in tokens and len(those) + (fork in branches) > 1:
            wanted |= {fork, *those}
    above: dict[int, int] = {}
    kept: dict[int, int] = {}
    for number, task in tokens.items():
        parent = above[task._parent] if task._parent else 0
        if number in wanted:
            above[number] = number
            kept[number] = parent
        else:
            above[number] = parent
    return kept


_MATTERS = LIVE | TaskState.FUTURE


def restore(
    compiled: CompiledDefinition, header: bytes, get_value: Callable[[str], bytes], step: Step
) -> tuple[Instance, list[int], set[str]]:
    """Bring an instance back: itself, its parked tokens, the hashes of its big values.

    A big value is fetched when somebody reads it; InvalidState is raised then for another's text.
    """
    try:
        state = _read(header)
    except (msgspec.DecodeError, msgspec.ValidationError, zlib.error) as problem:
        if _format(header) > FORMAT:
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
        if flags & _WHOLE or above is None:
            data = NOTHING
        else:
            data = {**above.data, **own} if own else above.data
        if length > 5 and row[5]:
            data = {**data, **_context(row[5], names, values)}
        if specs[spec] is None:
            raise KeyError(state.specs[spec])
        task = make(Token)
        task.__dict__ = {
            "id": number,
            "workflow": workflow,
            "_parent": parent or None,
            "_children": [],
            "_state": row[3],
            "triggered": bool(flags & _TRIGGERED),
            "task_spec": specs[spec],
            "thread_id": 0,
            "data": data,
            "internal_data": row[6] if length > 6 else {},
            "last_state_change": 0.0,
            "own": own,
            "given": _context(row[8], names, values) if length > 8 else NOTHING,
            "caught": _context(row[9], names, values) if length > 8 else NOTHING,
        }
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


def _read(header: bytes) -> Header:
    return msgspec.json.decode(_unpacked(header), type=Header)


def _unpacked(header: bytes) -> bytes:
    return zlib.decompress(header[1:]) if header[:1] == _PACKED else header


def _format(header: bytes) -> int:
    """Give the format of a header that can't be read; every format is a list that begins with it.

    0 where it is none.
    """
    try:
        found: Any = msgspec.json.decode(_unpacked(header))
    except (msgspec.DecodeError, zlib.error):
        return 0
    first = found[0] if isinstance(found, list) and found else 0
    return first if type(first) is int else 0


def tokens_in(header: bytes) -> list[int]:
    """List the token numbers of a stored instance."""
    state = _read(header)
    return [row[0] for scope in state.scopes for row in scope.rows]


def emptied(header: bytes) -> bytes:
    """Give a stored instance whose every value is null; where it stands is as before."""
    if not header:
        return header
    state = _read(header)
    state.values = [msgspec.Raw(b"null") for _ in state.values]
    plain = msgspec.json.encode(state)
    return _PACKED + zlib.compress(plain, 6) if header[:1] == _PACKED else plain
