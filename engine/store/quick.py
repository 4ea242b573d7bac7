"""Sends statements of the step past SQLAlchemy's machinery: compiled once, types kept, errors too.

What a step costs is mostly what stands between a statement and the driver.  `run` gives the same
rows as `connection.execute`, for statements that are built once per process.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, bindparam
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import Delete, Insert, Select, Update

from engine.store.base import Utc

Convert = Callable[[Any], Any]
Values = Mapping[str, Any]


class _Bind(NamedTuple):
    """A parameter: whose value it takes, or which member of a list; `own` where none is given."""

    name: str
    key: str
    convert: Convert | None
    required: bool
    own: Any
    place: int | None


@dataclass
class _Plan:
    """A statement in the words of one driver."""

    sql: str
    positional: bool
    binds: list[_Bind]
    is_select: bool
    columns: Sequence[Any]
    make: Callable[[Sequence[Any]], Any] | None = None
    take: Callable[[Values], Sequence[Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.take = _taker(self.binds)

    @property
    def compiled(self) -> Any:
        """Stand in for SQLAlchemy's execution context where a listener asks what is sent."""
        return self

    @property
    def statement(self) -> Any:
        return self

    def parameters(self, values: Values) -> Any:
        found = self.take(values)
        if self.positional:
            return found
        return {bind.name: value for bind, value in zip(self.binds, found, strict=True)}


def _taker(binds: Sequence[_Bind]) -> Callable[[Values], Sequence[Any]]:
    """Give the quickest way to a statement's parameters, in order."""
    if len(binds) < 2 or any(bind.place is not None for bind in binds):
        return lambda values: [_bound(values, bind) for bind in binds]
    own = {bind.key: bind.own for bind in binds if not bind.required}
    pick = itemgetter(*[bind.key for bind in binds])
    converts = [(at, bind.convert) for at, bind in enumerate(binds) if bind.convert is not None]

    def take(values: Values) -> Sequence[Any]:
        found = list(pick({**own, **values} if own else values))
        for at, convert in converts:
            found[at] = convert(found[at])
        return found

    return take


def _bound(values: Values, bind: _Bind) -> Any:
    value = values[bind.key] if bind.required else values.get(bind.key, bind.own)
    if bind.place is not None:
        value = value[bind.place]
    return value if bind.convert is None else bind.convert(value)


# None: this statement needs what only SQLAlchemy does.
_plans: WeakKeyDictionary[Any, dict[Any, _Plan | None]] = WeakKeyDictionary()


def run(connection: Connection, statement: Any, values: Values | None = None) -> Sequence[Any]:
    """Send a statement and give its rows, none where it only writes.

    statement -- a SELECT, or an INSERT, UPDATE or DELETE without RETURNING; built once
    """
    plan = _plan_of(connection, statement, values or {})
    if plan is None:
        result = connection.execute(statement, dict(values or {}))
        return result.all() if result.returns_rows else ()
    return _send(connection, plan, plan.parameters(values or {}), many=False)


def first(connection: Connection, statement: Any, values: Values | None = None) -> Any:
    """Send a SELECT and give its first row, or None."""
    found = run(connection, statement, values)
    return found[0] if found else None


def run_many(connection: Connection, statement: Any, rows: Sequence[Values]) -> None:
    """Send a writing statement for each of these rows, which have the same keys."""
    if len(rows) == 1:
        run(connection, statement, rows[0])
        return
    if connection.dialect.name == "postgresql" and len(rows) <= _AT_ONCE:
        together = _plan_together(connection, statement, rows)
        if together is not None:
            _send(connection, together, together.parameters(_numbered(rows)), many=False)
            return
    plan = _plan_of(connection, statement, rows[0])
    if plan is None:
        connection.execute(statement, [dict(row) for row in rows])
    else:
        _send(connection, plan, [plan.parameters(row) for row in rows], many=True)


# So many rows go out as one statement where the driver takes longer for many small ones.
_AT_ONCE = 12


def _plan_together(connection: Connection, statement: Any, rows: Sequence[Values]) -> _Plan | None:
    """Give the plan that inserts so many rows at once; None for what is no INSERT."""
    if not isinstance(statement, Insert):
        return None
    plans = _plans.setdefault(statement, {})
    key = (connection.dialect, tuple(rows[0]), len(rows))
    if key not in plans:
        kinds = {name: statement.table.c[name].type for name in rows[0]}
        binds: list[Any] = [
            {name: bindparam(f"{name}__{n}", type_=kind) for name, kind in kinds.items()}
            for n in range(len(rows))
        ]
        plans[key] = _plan(connection, statement.values(binds), _numbered(rows), None)
    return plans[key]


def _numbered(rows: Sequence[Values]) -> Values:
    return {f"{name}__{n}": value for n, row in enumerate(rows) for name, value in row.items()}


def say(connection: Connection, words: str) -> None:
    """Send words that the database takes as they are, such as SAVEPOINT."""
    _send(connection, _Plan(words, True, [], False, ()), (), many=False)


def _send(connection: Connection, plan: _Plan, parameters: Any, *, many: bool) -> Sequence[Any]:
    if not connection.in_transaction():
        connection.begin()
    cursor = _cursor(connection)
    try:
        for tell in connection.engine.dispatch.before_cursor_execute:
            tell(connection, cursor, plan.sql, parameters, plan, many)
        (cursor.executemany if many else cursor.execute)(plan.sql, parameters)
        if not plan.is_select:
            return ()
        make = plan.make or _prepare(connection, plan, cursor.description)
        return [make(row) for row in cursor.fetchall()]
    except _errors(connection) as error:
        raise _wrapped(connection, plan, error, cursor) from error
    finally:
        if connection.dialect.name != "postgresql":
            cursor.close()


_KEPT = "alur_cursor"


def _cursor(connection: Connection) -> Any:
    """Give a cursor; PostgreSQL's driver has one for each connection, which learns its types."""
    opened = connection.connection
    if connection.dialect.name != "postgresql":
        return opened.cursor()
    if _KEPT not in opened.info:
        opened.info[_KEPT] = opened.cursor()
    return opened.info[_KEPT]


def _errors(connection: Connection) -> type[Exception]:
    errors: type[Exception] = connection.dialect.dbapi.Error  # type: ignore[union-attr]
    return errors


def _wrapped(connection: Connection, plan: _Plan, error: Exception, cursor: Any) -> BaseException:
    """Give the error as SQLAlchemy would raise it, without values in its text."""
    dialect = connection.dialect
    gone = dialect.is_disconnect(error, connection.connection.driver_connection, cursor)  # type: ignore[arg-type]
    wrapped: BaseException = DBAPIError.instance(
        plan.sql,
        None,
        error,
        _errors(connection),
        hide_parameters=True,
        connection_invalidated=gone,
        dialect=dialect,
    )
    if gone:
        connection.invalidate(error)
    return wrapped


def _plan_of(connection: Connection, statement: Any, values: Values) -> _Plan | None:
    plans = _plans.setdefault(statement, {})
    writes = isinstance(statement, (Insert, Update))
    # A list of another length is another text, and so are other columns.
    lengths = tuple([len(value) for value in values.values() if type(value) is list])
    key = (connection.dialect, tuple(values) if writes else (), lengths)
    if key not in plans:
        plans[key] = _plan(connection, statement, values, list(values) if writes else None)
    return plans[key]


def _plan(
    connection: Connection, statement: Any, values: Values, keys: list[str] | None
) -> _Plan | None:
    dialect = connection.dialect
    is_select = isinstance(statement, Select)
    compiled: Any = statement.compile(dialect=dialect, column_keys=keys)
    unfit = (
        not (is_select or isinstance(statement, (Insert, Update, Delete)))
        or compiled.literal_execute_params
        or compiled.escaped_bind_names
        or (not is_select and (compiled.effective_returning or _fills_in(compiled)))
        or any(type(value) in (tuple, set, frozenset) or value == [] for value in values.values())
    )
    if unfit:
        return None
    sql, names, lists = compiled.string, compiled.positiontup, {}
    if compiled.post_compile_params:
        expanded = compiled.construct_expanded_state(dict(values))
        sql, names = expanded.statement, expanded.positiontup
        lists = {
            name: (key, place)
            for key, members in expanded.parameter_expansion.items()
            for place, name in enumerate(members)
        }
    known = [name for name in compiled.binds if not any(key == name for key, _ in lists.values())]
    binds = [
        _bind(compiled, dialect, name, *lists.get(name, (name, None)))
        for name in (names if compiled.positional else [*known, *lists])
    ]
    columns = list(statement.selected_columns) if is_select else []
    return _Plan(sql, bool(compiled.positional), binds, is_select, columns)


def _bind(compiled: Any, dialect: Any, name: str, known: str, place: int | None) -> _Bind:
    bind = compiled.binds[known]
    convert = _kept(bind.type, bind.type.dialect_impl(dialect).bind_processor(dialect))
    own = None if bind.required else bind.effective_value
    return _Bind(name, bind.key, convert, bind.required, own, place)


def _kept(kind: Any, convert: Convert | None) -> Convert | None:
    """Keep what moments become: the rows of a step have few different ones."""
    return lru_cache(256)(convert) if convert is not None and isinstance(kind, Utc) else convert


def _fills_in(compiled: Any) -> bool:
    """Tell whether SQLAlchemy would compute columns of its own (defaults in Python)."""
    return bool(
        getattr(compiled, "insert_prefetch", ()) or getattr(compiled, "update_prefetch", ())
    )


def _prepare(connection: Connection, plan: _Plan, description: Any) -> Callable[[Any], Any]:
    dialect = connection.dialect
    readers = []
    for place, column in enumerate(plan.columns):
        told = description[place][1]
        read = _kept(column.type, column.type.dialect_impl(dialect).result_processor(dialect, told))
        if read is not None:
            readers.append((place, read))
    row = _row_class([column.key for column in plan.columns])

    def make(values: Sequence[Any]) -> Any:
        read_values = list(values)
        for place, read in readers:
            read_values[place] = read(read_values[place])
        return row._make(read_values)

    plan.make = make
    return make


def _row_class(names: list[str]) -> Any:
    plain = namedtuple("Row", names)  # type: ignore[misc]  # named by the statement

    class Row(plain):
        """A row as SQLAlchemy gives it: attributes by column, `_mapping` by name."""

        __slots__ = ()
        _mapping = property(plain._asdict)

    return Row
