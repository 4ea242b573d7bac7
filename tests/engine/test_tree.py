"""Checkpoints over all streams, and what somebody who owns the database cannot do unnoticed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select, update

from engine import Engine, MakeCheckpoint
from engine.errors import NotFound
from engine.history import Broken, event_hash
from engine.history.checkpoint import Checkpoint, batch_leaf, signed
from engine.history.merkle import Frontier, root_by_inclusion, root_of
from engine.queries.history import check_chains
from engine.queries.tree import check_tree, event_proof, newest
from engine.store.base import table_of
from engine.store.tables import History, Instance, Stream, TreeBatch, TreeCheckpoint
from tests.conftest import MovableClock
from tests.engine.stories import REQUEST, begin, complete, counted, open_task, request_made, rows
from tests.engine.test_history import alter
from web.notary import KeyNotary

NOTARY = KeyNotary.in_memory()
history, stream = table_of(History), table_of(Stream)
batch, checkpoint = table_of(TreeBatch), table_of(TreeCheckpoint)


@pytest.fixture
def signing(host_engine: Engine) -> Engine:
    """The neutral host, with a key to sign checkpoints with."""
    host_engine.ports = replace(host_engine.ports, notary=NOTARY)
    return host_engine


@pytest.fixture
def told(signing: Engine, clock: MovableClock) -> Engine:
    """Two cases, a checkpoint in their middle and one at their end, and an event after it."""
    _, review = request_made(signing)
    signing.execute(MakeCheckpoint())
    clock.move(timedelta(minutes=5))
    begin(signing, "two_step", subject=2)
    complete(signing, review.id, 2, {"approved": True})
    signing.execute(MakeCheckpoint())
    clock.move(timedelta(minutes=5))
    begin(signing, "two_step", subject=3)
    return signing


def audit(connection: Connection, kept=None) -> list[Broken]:
    return [*check_chains(connection), *check_tree(connection, NOTARY.open_note, kept)]


def test_a_history_that_nobody_touched_holds(told: Engine) -> None:
    assert told.ask(audit) == []
    assert [row.size for row in rows(told, "SELECT size FROM tree_checkpoint")] == sorted(
        {row.size for row in rows(told, "SELECT size FROM tree_checkpoint")}
    )


def test_a_checkpoint_takes_each_stream_s_news_once(told: Engine) -> None:
    before = told.ask(newest)
    assert before is not None
    result = told.execute(MakeCheckpoint())
    assert (result.batches, result.size, result.more) == (1, before.size + 1, False)
    assert told.execute(MakeCheckpoint()).batches == 0
    assert told.execute(MakeCheckpoint(whole=True)).batches == 0
    assert told.ask(newest).size == result.size
    assert told.ask(audit) == []


def test_an_event_that_came_late_is_taken_by_the_whole_look(
    told: Engine, clock: MovableClock
) -> None:
    told.execute(MakeCheckpoint())
    clock.move(timedelta(days=-3))  # as if its transaction had begun long before it ended
    begin(told, "two_step", subject=4)
    clock.move(timedelta(days=3))
    assert told.execute(MakeCheckpoint()).batches == 0
    assert told.execute(MakeCheckpoint(whole=True)).batches == 1
    assert told.ask(audit) == []


def test_events_of_another_moment_enter_with_what_else_happened_in_their_case(
    told: Engine, clock: MovableClock
) -> None:
    case = begin(told, "two_step", subject=1).instance_id
    told.execute(MakeCheckpoint())
    clock.move(timedelta(hours=1))
    begin(told, "two_step", subject=2)
    told.execute(MakeCheckpoint())
    clock.move(timedelta(days=-3))  # as what was written without a time of day, or took for ever
    complete(told, open_task(told, "request", case).id, 1, REQUEST)
    clock.move(timedelta(days=3))
    assert told.execute(MakeCheckpoint()).batches == 0
    complete(told, open_task(told, "review", case).id, 2, {"approved": True})
    assert told.execute(MakeCheckpoint()).batches == 1
    assert told.execute(MakeCheckpoint(whole=True)).batches == 0
    assert told.ask(audit) == []


def test_a_checkpoint_takes_four_statements(told: Engine) -> None:
    with counted(told.database) as said:
        told.execute(MakeCheckpoint())
    assert [words.split()[0] for words in said] == ["SELECT", "WITH", "INSERT", "INSERT", "COMMIT"]


def test_without_a_key_there_are_no_checkpoints(host_engine: Engine) -> None:
    with pytest.raises(NotFound, match="key to sign"):
        host_engine.execute(MakeCheckpoint())


def test_every_event_under_a_checkpoint_can_be_proved_without_its_content(told: Engine) -> None:
    last = told.ask(newest)
    proved = 0
    for row in rows(told, "SELECT stream_id, seq, hash FROM history"):
        proof = told.ask(event_proof, row.stream_id, row.seq)
        if proof is None:
            continue
        assert proof.event_hash == bytes(row.hash)
        count = proof.last_seq - proof.first_seq + 1
        root = root_by_inclusion(row.hash, row.seq - proof.first_seq, count, proof.in_batch)
        leaf = batch_leaf(row.stream_id, proof.first_seq, proof.last_seq, root)
        point = NOTARY.open_note(proof.note)
        assert root_by_inclusion(leaf, proof.position, point.size, proof.in_tree) == point.root
        assert point.size <= last.size
        proved += 1
    (total,) = rows(told, "SELECT sum(last_seq - first_seq + 1) AS events FROM tree_batch")
    assert proved == total.events > 10


def test_an_event_after_the_last_checkpoint_has_no_proof_yet(told: Engine) -> None:
    (newest_stream,) = rows(told, "SELECT max(stream_id) AS id FROM instance")
    assert told.ask(event_proof, newest_stream.id, 1) is None


# ---- what somebody may try who owns the database, triggers and all


def case(connection: Connection, number: int) -> int:
    """Give the stream of the n-th case."""
    found = select(table_of(Instance).c.stream_id).order_by(table_of(Instance).c.id)
    return connection.scalars(found).all()[number]


def rewrite(connection: Connection, stream_id: int, change: Callable[[list[dict]], None]) -> None:
    """Write a stream anew with every hash computed again, as a thorough forger would."""
    events = [
        dict(row)
        for row in connection.execute(
            select(history).where(history.c.stream_id == stream_id).order_by(history.c.seq)
        ).mappings()
    ]
    change(events)
    alter(connection, f"DELETE FROM history WHERE stream_id = {stream_id}")
    previous = b""
    for seq, event in enumerate(events, start=1):
        event |= {"stream_id": stream_id, "seq": seq}
        event["hash"] = previous = event_hash(previous, event)
    connection.execute(insert(history), events)
    connection.execute(
        update(stream)
        .where(stream.c.id == stream_id)
        .values(head_seq=len(events), head_hash=previous)
    )


def sign_anew(connection: Connection, notary: KeyNotary) -> None:
    """Make all leaves and checkpoints again over whatever the history is now."""
    edge, points = Frontier(), []
    sizes = set(connection.scalars(select(checkpoint.c.size)))
    leaves = []
    for row in connection.execute(select(batch).order_by(batch.c.position)).all():
        wanted = history.c.seq.between(row.first_seq, row.last_seq)
        hashes = connection.scalars(
            select(history.c.hash)
            .where(history.c.stream_id == row.stream_id, wanted)
            .order_by(history.c.seq)
        )
        leaf = batch_leaf(row.stream_id, row.first_seq, row.last_seq, root_of(hashes))
        leaves.append({**row._mapping, "hash": leaf})
        edge = edge.add([leaf])
        if edge.size in sizes:
            point = Checkpoint(notary.origin, edge.size, edge.root())
            note = signed(point, notary.public_key, notary.sign)
            peaks = b"".join(edge.peaks)
            points.append({"size": edge.size, "peaks": peaks, "note": note})
    ats = dict(connection.execute(select(checkpoint.c.size, checkpoint.c.at)).all())
    alter(connection, "DELETE FROM tree_batch")
    alter(connection, "DELETE FROM tree_checkpoint")
    connection.execute(insert(batch), leaves)
    connection.execute(insert(checkpoint), [{**p, "at": ats[p["size"]]} for p in points])


def _edit_body(connection: Connection) -> None:
    alter(connection, f"UPDATE history SET body = '{{}}' WHERE stream_id = {case(connection, 0)}")


def _delete_middle(connection: Connection) -> None:
    alter(connection, f"DELETE FROM history WHERE seq = 3 AND stream_id = {case(connection, 0)}")


def _truncate_tail(connection: Connection) -> None:
    rewrite(connection, case(connection, 0), lambda events: events.pop())


def _delete_case(connection: Connection) -> None:
    gone = case(connection, 1)
    if connection.dialect.name == "sqlite":  # nor do foreign keys hold whoever owns the file
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    alter(connection, f"DELETE FROM history WHERE stream_id = {gone}")
    alter(connection, f"DELETE FROM stream WHERE id = {gone}")


def _insert_forged(connection: Connection) -> None:
    forged = lambda events: events.insert(2, {**events[1], "kind": "NOTED"})  # noqa: E731
    rewrite(connection, case(connection, 0), forged)


def _recompute_a_chain(connection: Connection) -> None:
    rewrite(connection, case(connection, 0), lambda events: events[3].update(outcome="DENIED"))


def _reorder(connection: Connection) -> None:
    def swap(events: list[dict]) -> None:
        events[2], events[3] = events[3], events[2]

    rewrite(connection, case(connection, 0), swap)


def _duplicate(connection: Connection) -> None:
    rewrite(connection, case(connection, 0), lambda events: events.append(dict(events[-1])))
    # ... behind the last checkpoint a duplicate is a new event; before it, it is not:
    rewrite(connection, case(connection, 0), lambda events: events.insert(4, dict(events[3])))


def _date_ahead(connection: Connection) -> None:
    later = lambda events: events[0].update(at=events[0]["at"] + timedelta(days=1))  # noqa: E731
    rewrite(connection, case(connection, 0), later)


def _swap_cases(connection: Connection) -> None:
    first, second = case(connection, 0), case(connection, 1)
    held: dict[int, list[dict]] = {}
    rewrite(connection, first, lambda events: held.update({first: [dict(e) for e in events]}))
    rewrite(connection, second, lambda events: held.update({second: [dict(e) for e in events]}))
    rewrite(connection, first, lambda events: events.__setitem__(slice(None), held[second]))
    rewrite(connection, second, lambda events: events.__setitem__(slice(None), held[first]))


def _forge_checkpoint(connection: Connection) -> None:
    _recompute_a_chain(connection)
    sign_anew(connection, KeyNotary.in_memory(NOTARY.origin))


def _take_out_a_leaf(connection: Connection) -> None:
    alter(connection, "DELETE FROM tree_batch WHERE position = 1")


def _take_out_the_last_leaves(connection: Connection) -> None:
    last = "SELECT max(position) FROM tree_batch"
    alter(connection, f"DELETE FROM tree_batch WHERE position = ({last})")


def _swap_checkpoints(connection: Connection) -> None:
    notes = connection.scalars(select(checkpoint.c.note).order_by(checkpoint.c.size)).all()
    sizes = connection.scalars(select(checkpoint.c.size).order_by(checkpoint.c.size)).all()
    alter(connection, f"UPDATE tree_checkpoint SET note = '{notes[0]}' WHERE size = {sizes[1]}")


ATTACKS = {
    _edit_body: "altered",
    _delete_middle: "expected event 3",
    _truncate_tail: "is gone",
    _delete_case: "is gone",
    _insert_forged: "not the one that was in the tree",
    _recompute_a_chain: "not the one that was in the tree",
    _reorder: "not the one that was in the tree",
    _duplicate: "not the one that was in the tree",
    _date_ahead: "not the one that was in the tree",
    _swap_cases: "not the one that was in the tree",
    _forge_checkpoint: "forged|no signature|signature",
    _take_out_a_leaf: "a leaf of the tree is missing",
    _take_out_the_last_leaves: "shorter than its checkpoint",
    _swap_checkpoints: "another history",
}


def test_whatever_the_owner_of_the_database_does_is_found_and_named(told: Engine) -> None:
    for attack, reason in ATTACKS.items():
        with told.database.connect() as connection:
            attack(connection)
            found = audit(connection)
            connection.rollback()
        assert found, attack.__name__
        assert any(re.search(reason, broken.reason) for broken in found), (attack.__name__, found)
    assert told.ask(audit) == []


def test_whoever_has_the_signing_key_too_is_found_by_a_root_kept_elsewhere(told: Engine) -> None:
    kept = {
        NOTARY.open_note(row.note).size: NOTARY.open_note(row.note).root
        for row in rows(told, "SELECT note FROM tree_checkpoint")
    }
    assert told.ask(audit, kept) == []
    with told.database.connect() as connection:
        _recompute_a_chain(connection)
        sign_anew(connection, NOTARY)
        assert audit(connection) == []  # nothing inside the database can tell
        found = audit(connection, kept)
        connection.rollback()
    assert {broken.reason for broken in found} == {"the history is not the one whose root was kept"}


def test_a_step_after_the_last_checkpoint_is_found_as_soon_as_there_is_one(told: Engine) -> None:
    complete(told, open_task(told, "request", _third(told)).id, 3, REQUEST)
    told.execute(MakeCheckpoint())
    with told.database.connect() as connection:
        rewrite(connection, case(connection, 2), lambda events: events.pop())
        assert audit(connection)
        connection.rollback()


def _third(engine: Engine) -> int:
    return rows(engine, "SELECT max(id) AS id FROM instance")[0].id
