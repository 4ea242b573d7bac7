"""The sixteen attacks on the record by name; thirteen are tried in test_tree, three here."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import text

from engine import Engine, MakeCheckpoint
from engine.queries import receipts
from engine.queries.handing_out import history_lines
from tests.engine.stories import begin, complete, open_task, request_made
from tests.engine.test_tree import ATTACKS, NOTARY
from web import alur_verify
from web.migrations import guards

SIXTEEN = {
    # those of the first prototype
    "edit payload": "_edit_body",
    "delete middle row": "_delete_middle",
    "delete tail": "_take_out_the_last_leaves",
    "delete a whole instance": "_delete_case",
    "insert forged row": "_insert_forged",
    "recompute a whole chain": "_recompute_a_chain",
    # and ten more
    "reordered": "_reorder",
    "duplicated": "_duplicate",
    "future-dated": "_date_ahead",
    "swapped between cases": "_swap_cases",
    "truncated tail": "_truncate_tail",
    "forged checkpoint": "_forge_checkpoint",
    "replayed receipt": "test_a_receipt_replayed_for_another_case_is_named",
    "edited export": "test_an_edited_export_is_named",
    "deleted case": "_delete_case",
    "disabled trigger": "test_a_disabled_trigger_is_named_before_anything_is_served",
}


def test_all_sixteen_are_tried() -> None:
    tried = {attack.__name__ for attack in ATTACKS} | set(globals())
    assert set(SIXTEEN.values()) <= tried
    assert len(SIXTEEN) == 16


@pytest.fixture
def signing(host_engine: Engine) -> Engine:
    host_engine.ports = replace(host_engine.ports, notary=NOTARY)
    return host_engine


def test_a_receipt_replayed_for_another_case_is_named(signing: Engine) -> None:
    _, review = request_made(signing)
    complete(signing, review.id, 2, {"approved": True})
    other = begin(signing, "two_step", subject=3).instance_id
    task = open_task(signing, "request", other)
    complete(signing, task.id, 3, {"subject": "Cuti", "days": 2})
    signing.execute(MakeCheckpoint())
    mine = signing.ask(receipts.of_task, review.id)
    his = signing.ask(receipts.of_task, task.id)
    assert mine is not None
    assert his is not None
    alur_verify.check_receipt(mine.file, NOTARY.public_key)
    # The number and answers of one with the proof of the other.
    replayed = {**his.file, **{key: mine.file[key] for key in ("batch", "in_batch", "position")}}
    with pytest.raises(ValueError, match=r".+"):
        alur_verify.check_receipt(replayed, NOTARY.public_key)
    with pytest.raises(ValueError, match=r".+"):
        alur_verify.check_receipt({**mine.file, "event": his.file["event"]}, NOTARY.public_key)
    assert signing.ask(receipts.standing, his.number, mine.code) is None


def test_an_edited_export_is_named(signing: Engine) -> None:
    request_made(signing)
    signing.execute(MakeCheckpoint())

    def export(connection):  # type: ignore[no-untyped-def]
        return list(history_lines(connection, NOTARY.origin, NOTARY.public_key, values=True))

    lines = signing.ask(export)
    place = next(n for n, line in enumerate(lines) if '"TASK_COMPLETED"' in line)
    edited = json.loads(lines[place])
    edited["body"] = edited["body"].replace("request", "refused")
    lines[place] = json.dumps(edited, ensure_ascii=False, separators=(",", ":")) + "\n"
    found = list(alur_verify.History(NOTARY.public_key, {}).findings(x.encode() for x in lines))
    where = f"event {edited['event'][2]} of stream {edited['event'][1]}"
    assert any(where in str(place) for place, _ in found), found


def test_a_disabled_trigger_is_named_before_anything_is_served(signing: Engine) -> None:
    postgresql = signing.database.dialect.name == "postgresql"
    off = "ALTER TABLE history DISABLE TRIGGER USER" if postgresql else (
        "DROP TRIGGER history_keeps_update"
    )  # fmt: skip
    with signing.database.connect() as connection:
        assert guards.missing_guards(connection) == []
        connection.execute(text(off))
        assert any(name.startswith("history.") for name in guards.missing_guards(connection))
        connection.rollback()
