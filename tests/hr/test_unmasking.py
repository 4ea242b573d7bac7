"""Who wrote an anonymous answer: only two auditors together, once, with a key kept elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from engine import Actor, CompleteTask, Engine, NewCase, StartInstance
from engine.errors import InvalidForm, InvalidState, NotAllowed, NotFound
from engine.feel.values import from_json
from engine.folder import read_folder
from engine.model import PLATFORM, Scope, StreamKind
from engine.ports import Ports
from engine.queries import history, inbox
from engine.queries.unmasking import masked_answers
from hr.demo.cast import CAST
from hr.directory.commands import GrantRole
from hr.privacy import queries
from hr.privacy.commands import DecideUnmask, NoteUnmasked, ProposeUnmask
from tests.conftest import ROOT
from web.attempts import NoAttempts
from web.filing import FilesInMemory
from web.vault import KeyVault, unmask

PEERS = [CAST[f"PEER{number}"] for number in (1, 2, 3)]
FIRST, SECOND = Actor(person_id=CAST["AUD"]), Actor(person_id=CAST["STRANGER"])


@pytest.fixture(scope="module")
def private() -> X25519PrivateKey:
    return X25519PrivateKey.generate()


@pytest.fixture
def ports(private: X25519PrivateKey) -> Ports:
    from hr.process_bindings import ports as hr_ports

    vault = KeyVault(Fernet.generate_key(), private.public_key())
    return hr_ports(vault, NoAttempts(), FilesInMemory())


@pytest.fixture
def answered(engine: Engine) -> Callable[[], int]:
    """A case whose three peers answered; gives the task of one of them."""
    engine.execute(read_folder(ROOT / "tests/engine/models/anonymous_peers"))
    case = NewCase(subject_id=CAST["EMP"], scope_path="/01/", variables={"peers": PEERS})
    engine.execute(StartInstance(key="anonymous_peers", case=case))
    for peer in PEERS:
        (row,) = engine.ask(inbox.open_tasks, Scope(person_id=peer), now=engine.clock()).rows
        answers = {"score": 4, "remark": "baik"}
        command = CompleteTask(task_id=row.id, answers=answers, request_key=f"k{peer}")
        engine.execute(command, by=Actor(person_id=peer))
    grant = GrantRole(
        person_id=CAST["STRANGER"], role="AUD", valid_from=engine.clock().date(), reason="tim"
    )
    engine.execute(grant)

    def one() -> int:
        with engine.database.connect() as connection:
            from sqlalchemy import text

            found = connection.execute(text("SELECT min(id) FROM task WHERE anonymous"))
            return int(found.scalar_one())

    return one


def test_two_auditors_open_one_answer_once_and_every_step_is_noted(
    engine: Engine, answered: Callable[[], int], private: X25519PrivateKey
) -> None:
    task = answered()
    request = engine.execute(ProposeUnmask(task_id=task, reason="dugaan fitnah"), by=FIRST)
    with pytest.raises(InvalidState):
        engine.execute(NoteUnmasked(request_id=request))
    yes = DecideUnmask(request_id=request, approve=True, reason="setuju")
    with pytest.raises(NotAllowed) as refused:
        engine.execute(yes, by=FIRST)
    assert refused.value.reason == "SAME_PERSON"
    engine.execute(yes, by=SECOND)
    with pytest.raises(NotAllowed):
        engine.execute(NoteUnmasked(request_id=request), by=SECOND)
    answer = engine.execute(NoteUnmasked(request_id=request), by=PLATFORM)
    found = from_json(unmask(answer.masked, private))
    assert found["task"] == task
    assert found["person"] in PEERS
    with pytest.raises(InvalidState):
        engine.execute(NoteUnmasked(request_id=request))
    day = f"unmask/{engine.clock():%Y-%m-%d}"
    told = engine.ask(history.events, StreamKind.NETWORK, day)
    assert [event.detail["what"] for event in told] == [
        "UNMASK_PROPOSED",
        "UNMASK_APPROVED",
        "UNMASKED",
    ]
    names = {str(peer) for peer in PEERS}
    assert not names & {str(value) for event in told for value in event.detail["about"].values()}
    (row,) = engine.ask(queries.unmask_requests)
    assert (row.approved, row.opened_at is not None) == (True, True)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nobody_else_asks_or_agrees_and_no_is_no(
    engine: Engine, answered: Callable[[], int]
) -> None:
    task = answered()
    for code in ("EMP", "RTR", "PEER1", "HRO", "HRC", "PPK", "ADM", "DSN"):
        with pytest.raises(NotAllowed):
            engine.execute(ProposeUnmask(task_id=task, reason="x"), by=Actor(person_id=CAST[code]))
    with pytest.raises(NotAllowed):
        engine.execute(ProposeUnmask(task_id=task, reason="x"))  # the machine is no auditor
    with pytest.raises(InvalidForm):
        engine.execute(ProposeUnmask(task_id=task, reason=" "), by=FIRST)
    with pytest.raises(NotFound):
        engine.execute(ProposeUnmask(task_id=task + 100, reason="x"), by=FIRST)
    request = engine.execute(ProposeUnmask(task_id=task, reason="x"), by=FIRST)
    engine.execute(DecideUnmask(request_id=request, approve=False, reason="tidak"), by=SECOND)
    with pytest.raises(InvalidState):
        engine.execute(NoteUnmasked(request_id=request))
    with pytest.raises(InvalidState):
        engine.execute(DecideUnmask(request_id=request, approve=True, reason="ya"), by=SECOND)
    assert len(engine.ask(masked_answers, engine.ask(queries.unmask_requests)[0].case_no)) == 3
