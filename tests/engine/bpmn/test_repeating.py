"""Multi-instances: input order, isolation, early ends; groups that hide who wrote what."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.engine.bpmn.drawing import (
    boundary,
    chain,
    end,
    event,
    gateway,
    model,
    node,
    script,
    service,
    several,
    start,
    timer,
    user,
)
from tests.engine.bpmn.stage import Case, Stage

PEERS = ["person-4711", "person-4712", "person-4713"]


def around(*body: str, ids: tuple[str, ...] = ("many",), extra: str = "") -> dict[str, bytes]:
    return model(
        start(), *body, user("after"), end(), chain("begin", *ids, "after", "finish"), extra=extra
    )


def after(case: Case) -> dict[str, object]:
    return case.run.variables_of(case.task("after").token)


def test_answers_come_in_input_order_whatever_the_order_of_completion(mode: str) -> None:
    files = around(user("many", several("people", item="who"), assignee="who"))
    case = Case(files, {"people": ["a", "b", "c"]}, mode=mode)
    assert [case.task("many", i).assignee for i in range(3)] == ["a", "b", "c"]
    for index in (2, 0, 1):
        case.complete("many", {"n": index}, item=index)
    assert after(case)["many"] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert "who" not in after(case)


def test_items_do_not_see_each_others_variables(mode: str) -> None:
    files = around(user("many", several("people", item="who")))
    case = Case(files, {"people": ["a", "b"], "shared": 1}, mode=mode)
    case.complete("many", {"n": 1}, item=0)
    other = case.run.variables_of(case.task("many", 1).token)
    assert other == {"people": ["a", "b"], "shared": 1, "who": "b"}


def test_an_expression_may_give_the_items(mode: str) -> None:
    files = around(user("many", several(item="who"), collection="people[item > 1]"))
    case = Case(files, {"people": [1, 2, 3]}, mode=mode)
    assert len(case.tasks) == 2


def test_a_sequence_asks_one_after_the_other_even_for_null(mode: str) -> None:
    files = around(user("many", several("people", item="who", sequential=True)))
    case = Case(files, {"people": ["a", None, "c"]}, mode=mode)
    for index in range(3):
        assert case.waiting() == ["many"]
        case.complete("many", {"n": index}, item=index)
    assert after(case)["many"] == [{"n": 0}, {"n": 1}, {"n": 2}]


@pytest.mark.parametrize("sequential", [False, True])
def test_nobody_to_ask_gives_an_empty_list(mode: str, sequential: bool) -> None:
    files = around(user("many", several("people", item="who", sequential=sequential)))
    assert after(Case(files, {"people": []}, mode=mode))["many"] == []


def test_a_count_repeats_so_often(mode: str) -> None:
    files = around(service("many", "echo", "told", several(count="1 + 1", item="n"), n="n"))
    stage = Stage()
    case = Case(files, mode=mode, stage=stage)
    assert after(case)["told"] == [{"n": 1}, {"n": 2}]
    assert [call.arguments for call in stage.calls] == [{"n": 1}, {"n": 2}]


def test_what_is_no_list_parks_the_element(mode: str) -> None:
    case = Case(around(user("many", several("people", item="who"))), {"people": 3}, mode=mode)
    assert [(i.element_id, i.kind) for i in case.outcome.incidents] == [("many", "EXPRESSION")]


def test_enough_answers_end_it_and_the_others_count_as_null(mode: str) -> None:
    files = around(user("many", several("people", item="who", until="items_done >= 2")))
    case = Case(files, {"people": ["a", "b", "c"]}, mode=mode)
    case.complete("many", {"n": 2}, item=2)
    assert len(case.tasks) == 2
    case.complete("many", {"n": 0}, item=0)
    assert case.waiting() == ["after"]
    assert after(case)["many"] == [{"n": 0}, None, {"n": 2}]


def test_a_sequence_may_end_early(mode: str) -> None:
    files = around(
        user("many", several("people", item="who", sequential=True, until="many.veto = true"))
    )
    case = Case(files, {"people": ["a", "b", "c"]}, mode=mode)
    case.complete("many", {"veto": False}, item=0)
    case.complete("many", {"veto": True}, item=1)
    assert after(case)["many"] == [{"veto": False}, {"veto": True}, None]


def test_a_deadline_keeps_the_answers_that_came(mode: str) -> None:
    files = around(
        user("many", several("people", item="who")),
        boundary("closed", "many", timer("P5D")),
        chain("closed", "after"),
    )
    case = Case(files, {"people": ["a", "b", "c"]}, mode=mode)
    case.complete("many", {"n": 1}, item=1)
    case.fire("closed")
    assert case.waiting() == ["after"]
    assert after(case)["many"] == [None, {"n": 1}, None]


def test_a_sub_process_per_item_gives_one_of_its_variables(mode: str) -> None:
    part = node(
        "subProcess",
        "many",
        several("people", item="who", output="marks", output_item="mark")
        + start("b2")
        + user("ask")
        + script("s", "{ mark: ask.n + 1 }")
        + end("e2")
        + chain("b2", "ask", "s", "e2"),
    )
    case = Case(around(part), {"people": ["a", "b"]}, mode=mode)
    assert case.waiting() == ["ask", "ask"]
    first, second = sorted(case.tasks)
    for token, number in ((second, 20), (first, 10)):
        case.tasks = dict(sorted(case.tasks.items(), key=lambda row: row[0] != token))
        case.complete("ask", {"n": number})
    assert after(case) == {"people": ["a", "b"], "marks": [11, 21]}


def test_an_error_in_one_item_ends_all_of_them(mode: str) -> None:
    part = node(
        "subProcess",
        "many",
        several("people", item="who")
        + start("b2")
        + user("ask")
        + end("broken", event("error", "e1"))
        + chain("b2", "ask", "broken"),
    )
    files = around(
        part,
        boundary("on_error", "many", event("error", "e1")),
        chain("on_error", "after"),
        extra='<bpmn:error id="e1" errorCode="BROKEN" />',
    )
    case = Case(files, {"people": ["a", "b"]}, mode=mode)
    case.complete("ask")
    assert case.waiting() == ["after"]


def anonymous(**given: str) -> dict[str, bytes]:
    return around(
        user(
            "many",
            several(item="rater"),
            collection="invited()",
            anonymous="true",
            assignee="rater",
            title="Umpan balik {rater.pseudonym}",
            **given,
        ),
        boundary("closed", "many", timer("P5D")),
        chain("closed", "after"),
    )


@pytest.mark.parametrize("seed", range(5))
def test_an_anonymous_group_tells_the_person_only_when_the_task_opens(mode: str, seed: int) -> None:
    stage = Stage(invited=list(PEERS), seed=seed)
    case = Case(anonymous(), {"case": "K1"}, mode=mode, stage=stage)
    opened = sorted(case.tasks.values(), key=lambda task: task.token)
    assert sorted(task.assignee for task in opened) == PEERS
    assert [task.pseudonym for task in opened] == ["R1", "R2", "R3"]
    assert [task.title for task in opened] == [f"Umpan balik R{n}" for n in (1, 2, 3)]
    for task in opened:
        assert case.run.variables_of(task.token) == {
            "case": "K1",
            "rater": {"pseudonym": task.pseudonym},
        }


def everything_stored(case: Case) -> bytes:
    saved = case.run.save()
    return saved.header + b"".join(saved.values.values()) + b"".join(case.values.values())


def test_no_person_and_no_open_answer_stands_in_the_state_or_in_a_fact(mode: str) -> None:
    case = Case(anonymous(), mode=mode, stage=Stage(invited=list(PEERS)))
    assert b"person-47" not in everything_stored(case)
    for number in range(2):
        outcome = case.complete(
            "many", {"score": 3, "comment": "typical words of mine"}, item=number
        )
        assert b"person-47" not in everything_stored(case)
        assert b"typical words" not in everything_stored(case)
        assert "typical words" not in repr(outcome.facts)
        assert "person-47" not in repr(outcome.facts)
        # Not even that this very task was done is a fact before the group has closed.
        assert "many" not in case.done()
        assert outcome.groups_closed == ()
    case.complete("many", {"score": 4}, item=2)
    assert case.done()[-1] == "many"
    assert b"person-47" not in everything_stored(case)


def test_a_closed_group_gives_shuffled_answers_under_new_numbers(mode: str) -> None:
    orders = set()
    for seed in range(12):
        case = Case(anonymous(), mode=mode, stage=Stage(invited=list(PEERS), seed=seed))
        written = {}
        for task in list(case.tasks.values()):
            written[task.pseudonym] = task.assignee
            case.complete("many", {"by": task.assignee}, item=task.item_index)
        (group,) = case.outcome.groups_closed
        assert [pseudonym for pseudonym, _ in group.answers] == ["R1", "R2", "R3"]
        answers = [answer.value for _, answer in group.answers]
        assert after(case)["many"] == answers
        assert sorted(answer["by"] for answer in answers) == PEERS
        orders.add(tuple(kept.value["by"] == written[name] for name, kept in group.answers))
    assert len(orders) > 1, "the numbers after closing are the ones from before"


def test_whoever_did_not_answer_in_time_is_left_out(mode: str) -> None:
    case = Case(anonymous(), mode=mode, stage=Stage(invited=list(PEERS)))
    case.complete("many", {"score": Decimal("3.50")}, item=1)
    outcome = case.fire("closed")
    assert after(case)["many"] == [{"score": Decimal("3.50")}]
    assert [(name, kept.value) for name, kept in outcome.groups_closed[0].answers] == [
        ("R1", {"score": Decimal("3.50")})
    ]
    # No sealed answer stays under the number of whoever gave it.
    assert b"sealed" not in case.run.save().header


@pytest.mark.parametrize("inside", [True, False])
def test_a_group_that_is_ended_from_beside_leaves_no_sealed_answer(mode: str, inside: bool) -> None:
    survey = user("many", several(item="rater"), collection="invited()", anonymous="true")
    body = (
        start("b2") + gateway("parallel", "fork") + survey + user("enough") + end("stop", event("terminate")) + end("e2")
        + chain("b2", "fork", "many", "e2") + chain("fork", "enough", "stop")
    )  # fmt: skip
    part = node("subProcess", "part", body)
    files = model(start(), part, user("after"), end(), chain("begin", "part", "after", "finish"))
    if not inside:
        files = model(body)
    case = Case(files, mode=mode, stage=Stage(invited=list(PEERS)))
    case.complete("many", {"score": 1}, item=1)
    assert b"sealed" in case.run.save().header
    case.complete("enough")
    assert b"sealed" not in everything_stored(case)


def test_a_group_in_which_nobody_answered_gives_an_empty_list(mode: str) -> None:
    case = Case(anonymous(), mode=mode, stage=Stage(invited=list(PEERS)))
    case.fire("closed")
    assert after(case)["many"] == []


def test_a_group_without_assignee_goes_to_the_item_itself(mode: str) -> None:
    files = around(user("many", several(item="rater"), collection="invited()", anonymous="true"))
    case = Case(files, mode=mode, stage=Stage(invited=[4, 5]))
    assert sorted(task.assignee for task in case.tasks.values()) == [4, 5]
