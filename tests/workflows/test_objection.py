"""An objection from the evaluation that it is about to what follows from its decision."""

from __future__ import annotations

from typing import Any

import pytest

from engine import Engine, NewCase, StartInstance
from engine.errors import InvalidState
from engine.folder import read_folder
from engine.queries import standing
from hr.demo.cast import CAST
from hr.development.commands import StartReferral
from hr.evaluation import queries as evaluation
from hr.followup import queries as followup
from hr.notices.queries import unread
from hr.objection import queries as objections
from tests.conftest import WORKFLOWS
from tests.engine.stories import rows
from tests.workflows.test_quarterly_evaluation import PEERS, WHY, Evaluation

# The stories in scenarios/ run on both databases.
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

STATEMENT = "Realisasi verifikasi akta bulan Mei belum dihitung: 120 berkas tercatat di sistem."
REASON = "Data antrean menunjukkan 120 berkas selesai pada bulan Mei yang belum dihitung."


@pytest.fixture
def raised(engine: Engine) -> tuple[Evaluation, Evaluation]:
    """A poor result, and the objection that the employee raised to it by answering it."""
    for key in ("objection", "training_referral"):
        engine.execute(read_folder(WORKFLOWS / key))
    case = Evaluation(engine)
    case.drafted((3,), dict.fromkeys(PEERS, (3,)))
    case.settled((3,), "BELOW", "MEETS", result_reason=WHY)
    steps = [{"action": "Pendampingan laporan", "owner": "RTR", "until": "2026-08-31"}]
    feedback = "Ketepatan laporan perlu dijaga."
    case.do("dialogue", "RTR", held_on="2026-07-01", feedback=feedback, actions=steps)
    case.do("acknowledge_result", "EMP", dialogue_held="YES", response="OBJECTION", comment=REASON)
    objection = object.__new__(Evaluation)
    objection.engine = engine
    wanted = "SELECT id FROM instance WHERE process_key = 'objection'"
    (found,) = rows(engine, wanted)
    objection.id = found.id
    return case, objection


def result_of(engine: Engine, case: Evaluation) -> Any:
    return engine.ask(evaluation.result_of_case, case.id)


def kinds(engine: Engine, instance_id: int) -> dict[str, str]:
    return {row.kind: row.state for row in engine.ask(followup.of_case, instance_id)}


def file(objection: Evaluation) -> None:
    objection.do(
        "file_objection", "EMP", items=["RESULT"], grounds="FACT", statement=STATEMENT,
        requested="Hasil kerja dinilai sesuai ekspektasi.",
    )  # fmt: skip


def heard(objection: Evaluation) -> None:
    """Bring an objection to where it is decided."""
    file(objection)
    objection.do("check_objection", "PPK", decision="ADMIT")
    objection.do("explain", "RTR", explanation=STATEMENT)
    objection.do("state_case", "EMP", answer="ENOUGH")


@on_sqlite
def test_answering_with_an_objection_starts_one_whose_result_rests(engine, raised) -> None:
    case, objection = raised
    assert objection.waiting() == {"file_objection"}
    result = result_of(engine, case)
    assert result.frozen_for == objection.id
    (row,) = rows(engine, f"SELECT * FROM instance WHERE id = {objection.id}")
    assert (row.subject_id, row.period, row.root_id) == (CAST["EMP"], "2026Q2", case.id)
    (found,) = engine.ask(objections.of_result, result.id)
    assert (found.rater_id, found.on_time, found.predicate_before) == (CAST["RTR"], True, "BP")


@on_sqlite
def test_nothing_follows_from_a_result_that_rests(engine, raised) -> None:
    case, objection = raised
    referral = next(r for r in engine.ask(followup.of_case, case.id) if r.kind == "REFERRAL")
    with pytest.raises(InvalidState, match="objection to it is open"):
        engine.execute(StartReferral(followup_id=referral.id))
    heard(objection)
    objection.do("decide_objection", "PPK", decision="UPHOLD", reason=REASON)
    assert result_of(engine, case).frozen_for is None
    assert engine.execute(StartReferral(followup_id=referral.id)).instance_id


@on_sqlite
def test_a_changed_result_stands_beside_the_old_and_what_hung_on_it_ends(engine, raised) -> None:
    case, objection = raised
    heard(objection)
    objection.do(
        "decide_objection", "PPK", decision="CHANGE", result_rating="MEETS",
        behaviour_rating="MEETS", reason=REASON,
    )  # fmt: skip
    (new,) = engine.ask(evaluation.results_of, CAST["EMP"])
    old = result_of(engine, case)
    assert (old.predicate, new.predicate, old.replaced_by) == ("BP", "B", new.id)
    assert (old.result_score, old.behaviour_score) == (new.result_score, new.behaviour_score)
    assert engine.ask(evaluation.last_predicate, CAST["EMP"], "2026Q3") == "B"
    assert {kinds(engine, case.id)[kind] for kind in ("COACHING", "REFERRAL")} == {"DROPPED"}
    assert kinds(engine, objection.id) == {}
    referral = next(r for r in engine.ask(followup.of_case, case.id) if r.kind == "REFERRAL")
    with pytest.raises(InvalidState, match="DROPPED"):
        engine.execute(StartReferral(followup_id=referral.id))


@on_sqlite
def test_whoever_reviewed_the_rating_does_not_decide_on_it(engine, raised) -> None:
    """SU2 found the rating fair before it was disclosed: the next one upwards is asked."""
    case, objection = raised
    assert CAST["SU2"] in engine.ask(standing.doers, case.id, ("fairness_review",))
    file(objection)
    (task,) = objection.open()
    assert (task.element_id, task.assignee_id) == ("check_objection", CAST["PPK"])


@on_sqlite
def test_one_result_is_examined_once_and_a_second_objection_is_told_where_the_first_is(
    engine, raised
) -> None:
    case, objection = raised

    def second() -> tuple[str, str]:
        new = NewCase(subject_id=CAST["EMP"], period="2026Q2")
        started = engine.execute(StartInstance(key="objection", case=new))
        assert not engine.ask(standing.open_tasks, started.instance_id)
        (row,) = rows(engine, f"SELECT state FROM instance WHERE id = {started.instance_id}")
        told = engine.ask(unread, CAST["EMP"])
        return row.state, next(
            f"{one.notice} {dict(one.values)['other']}"
            for one in told
            if one.instance_id == started.instance_id
        )

    (first,) = rows(engine, f"SELECT case_no FROM instance WHERE id = {objection.id}")
    assert second() == ("COMPLETED", f"objection_runs {first.case_no}")
    heard(objection)
    objection.do(
        "decide_objection", "PPK", decision="CHANGE", result_rating="MEETS",
        behaviour_rating="MEETS", reason=REASON,
    )  # fmt: skip
    # The newest result is the decision's own: it is final too.
    assert second() == ("COMPLETED", f"objection_was_decided {first.case_no}")
    assert result_of(engine, case).replaced_by is not None
