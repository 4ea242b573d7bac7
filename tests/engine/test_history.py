"""The history: one of every kind, chains that hold, and chains that do not."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime
from typing import Any

import pytest

from engine import PLATFORM, Command, Context, Engine, Event, StreamKind
from engine.history import events as kinds
from engine.queries import history
from engine.queries.history import check_chains
from tests.engine.stories import person, request_made, rows

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
        assert word in row.body


def test_values_are_named_by_digest_only(host_engine: Engine) -> None:
    host_engine.execute(Tell(events=(kinds.Noted(what="w", sealed={"new": "rahasia"}),)))
    (row,) = rows(host_engine, "SELECT body FROM history")
    assert "rahasia" not in row.body
    (value,) = rows(host_engine, "SELECT value FROM sealed_value")
    assert "rahasia" in value.value


def unguarded(engine: Engine, sql: str) -> None:
    """Alter a table as somebody could who owns the database."""
    with engine.database.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        else:
            for (name,) in connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).all():
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.exec_driver_sql(sql)


BODY_OF_SECOND = "seq = 2 AND stream_id = (SELECT stream_id FROM instance)"


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        (f"UPDATE history SET body = replace(body, '2', '3') WHERE {BODY_OF_SECOND}", "altered"),
        (f"DELETE FROM history WHERE {BODY_OF_SECOND}", "expected event 2"),
        (
            "DELETE FROM history WHERE seq = (SELECT max(seq) FROM history h WHERE h.stream_id ="
            " history.stream_id) AND stream_id = (SELECT stream_id FROM instance)",
            "expected the chain to end",
        ),
        ("UPDATE sealed_value SET value = replace(value, 'besar', 'kecil')", "was altered"),
        (f"UPDATE history SET previous = 'x' WHERE {BODY_OF_SECOND}", "does not follow"),
    ],
)
def test_tampering_is_found(host_engine: Engine, sql: str, reason: str) -> None:
    request_made(host_engine)
    assert host_engine.ask(check_chains) == ()
    unguarded(host_engine, sql)
    broken = host_engine.ask(check_chains)
    assert reason in broken[0].reason


def test_an_erased_value_leaves_the_chain_whole(host_engine: Engine) -> None:
    request_made(host_engine)
    unguarded(host_engine, "DELETE FROM sealed_value")
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
