"""The history: one of every kind, chains that hold, and chains that do not."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from engine import PLATFORM, Command, Context, Engine, Event, StreamKind
from engine.history import canonical, pack_body, unpack
from engine.history import events as kinds
from engine.queries import history
from engine.queries.history import check_chains
from engine.store.base import table_of
from engine.store.tables import History
from tests.engine.stories import (
    REQUEST,
    begin,
    complete,
    deploy,
    open_task,
    person,
    request_made,
    rows,
)

EVERY_KIND = sorted(
    (k for k in vars(kinds).values() if isinstance(k, type) and issubclass(k, Event)),
    key=lambda k: k.__name__,
)
# What the audit anchors ask for beyond processes: each has an event of its own.
ASKED_FOR = {
    "DENIED", "DOSSIER_OPENED", "EXPORTED", "ROLE_CHANGED", "DEFINITION_DEPLOYED",
    "HISTORY_VERIFIED", "ACCOUNT", "ROW_CHANGED", "TASK_ASSIGNED", "INCIDENT_RETRIED",
    "INSTANCE_CANCELLED", "VARIABLE_CHANGED", "DECISION_MADE", "TASK_COMPLETED", "TIMER_FIRED",
}  # fmt: skip
MOMENT = datetime(2026, 7, 1, tzinfo=UTC)
SAMPLES: dict[str, Any] = {
    "int": 7,
    "bool": True,
    "str": "x",
    "Sequence[str]": ("a", "b"),
    "Mapping[str, str]": {"a": "b"},
    "Mapping[str, Any]": {"a": 1},
    "datetime": MOMENT,
}


@dataclass(frozen=True, kw_only=True)
class Tell(Command[None]):
    """Write events, as a host's command does."""

    events: tuple[Event, ...]
    stream: tuple[StreamKind, str] = (StreamKind.ACCOUNT, "1")

    def execute(self, ctx: Context) -> None:
        for event in self.events:
            ctx.record(event, self.stream)


def sample(kind: type[Event]) -> Event:
    """Fill every field that an event cannot do without, and what all events may have."""
    needed = {
        f.name: SAMPLES[str(f.type)]
        for f in fields(kind)
        if f.default is MISSING and f.default_factory is MISSING
    }
    return kind(**needed, element_id="e", task_id=3, reason="sebab", sealed={"old": 1, "new": "Ä"})


def test_every_kind_asked_for_has_its_event() -> None:
    assert {kind.kind for kind in EVERY_KIND} >= ASKED_FOR


def test_one_of_every_kind_can_be_written_and_read(host_engine: Engine) -> None:
    every = tuple(sample(kind) for kind in EVERY_KIND)
    host_engine.execute(Tell(events=every), by=person(2))
    told = host_engine.ask(history.events, StreamKind.ACCOUNT, "1", limit=1000)
    assert [row.kind for row in told] == [event.kind for event in every]
    assert {row.person_name for row in told} == {"Bima"}
    assert {row.reason for row in told} == {"sebab"}
    assert host_engine.ask(check_chains) == ()


@pytest.mark.parametrize("kind", list(StreamKind))
def test_every_kind_of_stream_takes_events(host_engine: Engine, kind: StreamKind) -> None:
    host_engine.execute(Tell(events=(kinds.Noted(what="w"),), stream=(kind, "k")))
    host_engine.execute(Tell(events=(kinds.Noted(what="w"),), stream=(kind, "k")))
    told = host_engine.ask(history.events, kind, "k")
    assert [row.seq for row in told] == [1, 2]


def test_an_event_names_post_unit_channel_and_session(host_engine: Engine) -> None:
    host_engine.execute(Tell(events=(kinds.Noted(what="w"),)), by=person(2))
    (row,) = rows(host_engine, "SELECT body FROM history")
    for word in ('"Kepala"', '"/01/02/"', '"WEB"', '"s1"', '"127.0.0.1"'):
        assert word in unpack(row.body)


def test_values_are_named_by_digest_only(host_engine: Engine) -> None:
    host_engine.execute(Tell(events=(kinds.Noted(what="w", sealed={"new": "rahasia"}),)))
    (row,) = rows(host_engine, "SELECT body FROM history")
    assert "rahasia" not in unpack(row.body)
    (value,) = rows(host_engine, "SELECT value FROM sealed_value")
    assert b"rahasia" in value.value


def test_who_stands_behind_a_command_is_told_once_and_known_of_every_event(
    host_engine: Engine,
) -> None:
    some = tuple(kinds.Noted(what=what) for what in "abc")
    hidden = kinds.Noted(what="d", pseudonym="R1", day=MOMENT)
    host_engine.execute(Tell(events=(hidden, *some)), by=person(2))
    host_engine.execute(Tell(events=some), by=person(3))
    told = host_engine.ask(history.events, StreamKind.ACCOUNT, "1")
    assert [row.person_name for row in told] == ["R1"] + ["Bima"] * 3 + ["Citra"] * 3
    bodies = [unpack(r.body) for r in rows(host_engine, "SELECT body FROM history ORDER BY seq")]
    assert [n for n, body in enumerate(bodies) if '"command"' in body] == [1, 4]
    assert "Bima" not in "".join(bodies[2:])
    later = host_engine.ask(history.events, StreamKind.ACCOUNT, "1", after_seq=3, limit=1)
    assert [row.person_name for row in later] == ["Bima"]


@pytest.mark.parametrize("length", [0, 1, 19, 20, 21, 59, 60, 61, 5_000])
def test_a_body_of_any_length_rests_packed_where_that_is_shorter(length: int) -> None:
    for letters in ("a", "é", '{"detail":{"name":"'):
        text = (letters * length)[:length]
        assert unpack(pack_body(text)) == text
        assert len(pack_body(text)) <= len(text.encode())


def test_a_change_of_a_variable_is_little_more_than_its_name() -> None:
    text = canonical({"detail": {"name": "subordinate_view"}, "sealed": ["new"]})
    assert unpack(pack_body(text)) == text
    assert len(pack_body(text)) < len("subordinate_view") + 12


def test_a_long_value_is_kept_packed_and_read_as_it_was(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    instance_id = begin(host_engine, "two_step").instance_id
    subject = " ".join(["Cuti besar"] * 9)
    complete(host_engine, open_task(host_engine, "request").id, 1, {**REQUEST, "subject": subject})
    (value,) = rows(host_engine, "SELECT value FROM sealed_value WHERE name = 'answers'")
    assert len(value.value) < len(subject)
    changes = host_engine.ask(history.values, instance_id, readers=(), everything=True)
    assert [c.new["subject"] for c in changes if c.element_id == "request"] == [subject]
    assert host_engine.ask(check_chains) == ()


def alter(connection: Connection, sql: str) -> None:
    """Alter a table as somebody could who owns the database."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    else:
        for (name,) in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).all():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    connection.exec_driver_sql(sql)


SECOND = "seq = 2 AND stream_id = (SELECT stream_id FROM instance)"
OTHERS = {  # what somebody may want an event to say instead; none of it goes unnoticed
    "body": "hash",
    "kind": "'NOTED'",
    "at": "'2026-07-02 00:00:00.000000'",
    "person_id": "4",
    "on_behalf_of": "4",
    "definition_id": "4",
    "element_id": "'other'",
    "task_id": "4711",
    "outcome": "'DENIED'",
    "envelope_seq": "4",
    "digests": "(SELECT o.hash FROM history o WHERE o.seq = 1 LIMIT 1)",
    "hash": "(SELECT o.hash FROM history o WHERE o.seq = 1 LIMIT 1)",
}


LAST = (
    "seq = (SELECT max(seq) FROM history h WHERE h.stream_id = history.stream_id)"
    " AND stream_id = (SELECT stream_id FROM instance)"
)
TAMPERING = {
    **{f"UPDATE history SET {c} = {x} WHERE {SECOND}": "altered" for c, x in OTHERS.items()},
    f"DELETE FROM history WHERE {SECOND}": "expected event 2",
    f"DELETE FROM history WHERE {LAST}": "expected the chain to end",
    "UPDATE sealed_value SET value = salt": "value 'answers' was altered",
    "UPDATE sealed_value SET salt = value": "value 'answers' was altered",
}


def test_tampering_is_found(host_engine: Engine) -> None:
    request_made(host_engine)
    assert set(OTHERS) == {c.name for c in table_of(History).columns} - {"stream_id", "seq"}
    assert host_engine.ask(check_chains) == ()
    for sql, reason in TAMPERING.items():
        with host_engine.database.connect() as connection:
            alter(connection, sql)
            broken = check_chains(connection)
            connection.rollback()
        assert broken, sql
        assert reason in broken[0].reason, sql
    assert host_engine.ask(check_chains) == ()


def test_an_erased_value_leaves_the_chain_whole(host_engine: Engine) -> None:
    request_made(host_engine)
    with host_engine.database.begin() as connection:
        alter(connection, "DELETE FROM sealed_value")
    assert host_engine.ask(check_chains) == ()


@pytest.mark.parametrize("sql", ["UPDATE history SET kind = 'X'", "DELETE FROM history"])
def test_the_history_refuses_to_be_changed(host_engine: Engine, sql: str) -> None:
    request_made(host_engine)
    with pytest.raises(Exception, match="history"), host_engine.database.begin() as connection:
        connection.exec_driver_sql(sql)


def test_the_platform_acts_without_a_name(host_engine: Engine) -> None:
    host_engine.execute(Tell(events=(kinds.Noted(what="w"),)), by=PLATFORM)
    (row,) = rows(host_engine, "SELECT person_id FROM history")
    assert row.person_id is None
