"""The stored form: exact, without times or strangers, and safe against whatever people type."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

import json
import zlib
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn import Bounds, load
from engine.bpmn.header import FORMAT, tokens_in
from engine.bpmn.state import BIG, MOST_ALONE
from engine.errors import InvalidState, TooNew
from tests.engine.bpmn.drawing import (
    chain,
    end,
    flow,
    gateway,
    model,
    script,
    start,
    user,
)
from tests.engine.bpmn.stage import Case, Stage, compiled

TWO = model(start(), user("one"), user("two"), end(), chain("begin", "one", "two", "finish"))

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.text(max_size=8)
    | st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-1000000, max_value=1000000, places=3
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["typename", "t", "v", "__class__", "", "/", "~1", "module", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=40, deadline=None)
@given(JSON)
def test_any_answer_comes_back_as_it_was_given(answer: object) -> None:
    case = Case(TWO, mode="restored")
    case.complete("one", answer)
    kept = case.run.variables_of(case.task("two").token)["one"]
    assert kept == answer
    case.complete("two", {})
    assert case.completed


def test_poison_keys_are_only_text() -> None:
    case = Case(TWO, mode="restored")
    answer = {"typename": "SignalEventDefinition", "t": {"/v": "date"}, "v": "2026-01-01"}
    case.complete("one", answer)
    assert case.run.variables_of(case.task("two").token)["one"] == answer


def test_numbers_and_dates_stay_exact() -> None:
    files = model(
        start(), script("s", '{ day: date("2026-07-01"), span: duration("P1D"), n: 0.10 }'),
        user("u"), script("later", "{ next: day + span }"), end(),
        chain("begin", "s", "u", "later", "finish"),
    )  # fmt: skip
    case = Case(files, mode="restored")
    case.complete("u")
    assert str(case.variables["next"]) == "2026-07-02"
    assert str(case.variables["n"]) == "0.10"


def test_big_values_are_stored_once_under_their_hash() -> None:
    text = "x" * (BIG + 1)
    case = Case(TWO, {"small": 1, "big": text}, mode="restored")
    assert len(case.values) == 1
    assert text.encode() not in case.header
    case.complete("one", {"copy": text})
    # `reload` refuses a known value that is stored again.
    assert len(case.values) == 2
    assert case.run.variables_of(case.task("two").token)["big"] == text


def test_a_value_that_was_tampered_with_is_not_taken() -> None:
    case = Case(TWO, {"big": "x" * (BIG + 1)}, mode="restored")
    changed = json.dumps({"v": "y" * (BIG + 1)}).encode()
    run = load(compiled(TWO), case.header, lambda _: changed, Stage().env)
    with pytest.raises(InvalidState, match="is another"):
        run.variables_of(case.task("one").token)


@pytest.mark.parametrize(
    "header",
    [b"", b"{}", b"[]", b"\xff\xfe", b"[2,0,0,[],[],{},{},[]]", b'[1,1,0,[],["e.gone"],{},{},[]]'],
)
def test_a_header_that_is_none_of_ours_is_refused(header: bytes) -> None:
    with pytest.raises(InvalidState):
        load(compiled(TWO), header, lambda _: b"", Stage().env)


@pytest.mark.parametrize(
    "header",
    [
        b'[%d,9,0,[],["e.one"],[],[],[[0,"test",1,0,false,[[1,0,0,16]]]]]' % (FORMAT + 1),
        b'[%d,{"whatever": "a later release writes"}]' % (FORMAT + 7),
        b"z" + zlib.compress(b"[%d]" % (FORMAT + 1)),
    ],
)
def test_a_state_of_a_later_release_is_told_apart_from_a_damaged_one(header: bytes) -> None:
    with pytest.raises(TooNew):
        load(compiled(TWO), header, lambda _: b"", Stage().env)


def test_a_state_of_another_process_is_refused() -> None:
    case = Case(TWO, mode="restored")
    other = model(start(), user("else"), end(), chain("begin", "else", "finish"))
    with pytest.raises(InvalidState):
        load(compiled(other), case.header, case.values.__getitem__, Stage().env)


def test_tokens_are_small_numbers_and_never_used_twice() -> None:
    files = model(
        start(), gateway("parallel", "fork"), user("a"), user("b"), gateway("parallel", "join"),
        user("c"), end(), chain("begin", "fork", "a", "join", "c", "finish"), chain("fork", "b", "join"),
    )  # fmt: skip
    case = Case(files, mode="restored")
    tokens = {case.task("a").token, case.task("b").token}
    case.complete("a")
    case.complete("b")
    assert case.task("c").token not in tokens
    assert max(tokens_in(case.header)) < 40


def test_the_state_holds_no_times() -> None:
    case = Case(TWO, mode="restored")
    later = Case(TWO, mode="restored", stage=Stage(now=Stage().now.replace(year=2030)))
    assert case.header == later.header


def rounds() -> dict[str, bytes]:
    return model(
        start(), gateway("exclusive", "top"), user("ask"),
        gateway("exclusive", "again", "again_to_finish"), end(),
        chain("begin", "top", "ask", "again"), flow("again", "top", "ask.more"), flow("again", "finish"),
    )  # fmt: skip


def test_a_case_of_many_rounds_stays_small() -> None:
    case = Case(rounds(), mode="restored")
    case.complete("ask", {"more": True})
    small = len(case.header)
    for _ in range(30):
        case.complete("ask", {"more": True})
    assert len(case.header) < small + 30
    case.complete("ask", {"more": False, "n": Decimal(1)})
    assert case.completed


def test_a_loop_of_thousands_of_rounds_never_grows() -> None:
    case = Case(rounds(), mode="restored")
    run, token = case.run, case.task("ask").token
    sizes = set()
    for number in range(1_200):
        run.complete(token, {"more": number < 1_199})
        run.advance()
        (token, *_) = [task.token for task in run.outcome().opened] or [0]
        header = run.save().header
        sizes.add(len(header))
        run = load(case.definition, header, case.values.__getitem__, case.stage.env)
    assert run.outcome().completed
    assert max(sizes) < 250


def test_two_thousand_elements_in_a_row_run_in_one_step() -> None:
    ids = [f"s{number}" for number in range(1_990)]
    files = model(
        start(), *(script(key, "{ n: n + 1 }") for key in ids), user("u"), end(), chain("begin", *ids, "u", "finish")
    )  # fmt: skip
    stage = Stage(bounds=Bounds(seconds=600, wall_seconds=600))
    case = Case(files, {"n": 0}, mode="memory", stage=stage)
    assert case.run.variables_of(case.task("u").token) == {"n": 1_990}
    assert len(case.run.save().header) < 250
    case.complete("u")
    assert case.completed


def test_hundreds_of_rounds_in_one_step_can_be_saved_and_loaded() -> None:
    case = Case(rounds(), mode="memory")
    for _ in range(150):
        case.complete("ask", {"more": True})
    case.mode = "restored"
    case.complete("ask", {"more": False})
    assert case.completed


def test_many_forks_one_after_the_other_do_not_multiply() -> None:
    parts = []
    for number in range(15):
        fork, join = f"f{number}", f"j{number}"
        parts += [
            gateway("parallel", fork), script(f"a{number}", "{ a: 1 }"), script(f"b{number}", "{ b: 1 }"),
            gateway("parallel", join), chain(fork, f"a{number}", join), chain(fork, f"b{number}", join),
        ]  # fmt: skip
    order = [name for number in range(15) for name in (f"f{number}", f"j{number}")]
    links = chain("begin", order[0]) + "".join(
        chain(order[at], order[at + 1]) for at in range(1, len(order) - 1, 2)
    )
    files = model(start(), *parts, user("u"), end(), links, chain(order[-1], "u", "finish"))
    case = Case(files, mode="restored")
    assert case.waiting() == ["u"]
    assert max(tokens_in(case.header)) < 120
    assert len(tokens_in(case.header)) < 8


def test_variables_given_out_are_copies() -> None:
    case = Case(TWO, {"list": [1]}, mode="memory")
    token = case.task("one").token
    case.run.variables_of(token)["list"].append(2)
    assert case.run.variables_of(token)["list"] == [1]


def test_a_finished_case_is_one_compressed_piece() -> None:
    text = "kata " * 600
    case = Case(TWO, {"big": text}, mode="restored")
    case.complete("one", {"copy": text})
    assert len(case.values) == 2
    case.complete("two", {})
    assert case.completed
    assert len(case.header) < 500
    run = load(case.definition, case.header, lambda _: b"", Stage().env)
    assert run.variables()["big"] == text
    assert run.save().alone


def test_what_a_large_finished_case_holds_stays_apart() -> None:
    case = Case(TWO, {"big": "x" * (MOST_ALONE + 1)}, mode="restored")
    case.complete("one", {})
    case.complete("two", {})
    assert case.completed
    assert not case.run.save().alone
