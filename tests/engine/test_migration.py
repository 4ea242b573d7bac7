"""A case goes to another version: what follows it, what is set anew, what stands in the way."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.bpmn.mapping import compare
from engine.errors import InvalidForm
from tests.engine.bpmn.drawing import (
    boundary,
    catch,
    chain,
    end,
    event,
    flow,
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
from tests.engine.bpmn.stage import Case, Stage, compiled
from tests.engine.migrating import hindered, migrate

ONE = model(start(), user("ask"), user("check"), end(), chain("begin", "ask", "check", "finish"))


def restored(files: dict[str, bytes], **variables: object) -> Case:
    return Case(files, variables, mode="restored")


def test_what_becomes_of_every_element_is_said() -> None:
    new = model(
        start(), user("asked", form="f"), node("subProcess", "part", start("b2") + user("check") + end("e2") + chain("b2", "check", "e2")),
        user("more"), end(), chain("begin", "asked", "part", "more", "finish"),
    )  # fmt: skip
    found = compare(compiled(ONE), compiled({**new, "forms/f.json": b"{}"}), {"ask": "asked"})
    assert [(c.element_id, c.change, c.differs) for c in found.changes] == [
        ("begin", "SAME", ()), ("ask", "RENAMED", ("result", "form")), ("check", "MOVED", ()), ("finish", "SAME", ()),
        ("part", "ADDED", ()), ("more", "ADDED", ()), ("b2", "ADDED", ()), ("e2", "ADDED", ()),
    ]  # fmt: skip
    assert [c.becomes for c in found.changes][:3] == ["begin", "asked", "check"]


@pytest.mark.parametrize(
    "rename", [{"gone": "ask"}, {"ask": "gone"}, {"ask": "check", "begin": "check"}]
)
def test_a_rename_that_cannot_be_is_refused(rename: dict[str, str]) -> None:
    with pytest.raises(InvalidForm):
        compare(compiled(ONE), compiled(ONE), rename)


def test_an_open_task_stays_and_a_new_one_comes_after_it() -> None:
    new = model(
        start(),
        user("ask"),
        user("extra"),
        user("check"),
        end(),
        chain("begin", "ask", "extra", "check", "finish"),
    )
    case = restored(ONE, n=1)
    token = case.task("ask").token
    migrate(case, new)
    assert case.task("ask").token == token
    for element in ("ask", "extra", "check"):
        case.complete(element, {"of": element})
    assert case.completed
    assert case.variables == {"n": 1, **{e: {"of": e} for e in ("ask", "extra", "check")}}


def test_a_task_that_is_called_otherwise_keeps_its_token() -> None:
    new = model(
        start(), user("asked"), user("check"), end(), chain("begin", "asked", "check", "finish")
    )
    case = restored(ONE)
    assert hindered(case, new) == [("REMOVED", "ask")]
    token = case.task("ask").token
    migrate(case, new, {"ask": "asked"})
    assert case.task("asked").token == token
    case.complete("asked", {"x": 1})
    assert case.waiting() == ["check"]
    assert case.variables["asked"] == {"x": 1}


def test_a_new_boundary_timer_waits_with_an_open_task_and_a_removed_one_goes() -> None:
    def drawn(*events: str) -> dict[str, bytes]:
        return model(
            start(), user("ask"), user("check"), end(), chain("begin", "ask", "check", "finish"),
            *(boundary(e, "ask", timer("P5D"), interrupting=False) + end(f"e_{e}") + chain(e, f"e_{e}") for e in events),
        )  # fmt: skip

    case = restored(drawn())
    migrate(case, drawn("one"))
    assert [t.element_id for t in case.timers.values()] == ["one"]
    one = next(iter(case.timers.values()))
    case.stage.now += timedelta(days=1)
    migrate(case, drawn("one", "two"))
    assert {t.element_id: t.due_at - one.due_at for t in case.timers.values()} == {
        "one": timedelta(), "two": timedelta(days=1),
    }  # fmt: skip
    case.fire("one")
    migrate(case, drawn("one"))  # what went off does not wait again
    assert case.timers == {}
    migrate(case, drawn())
    case.complete("ask")
    case.complete("check")
    assert case.completed


def test_an_event_that_interrupts_does_so_after_the_case_went_over() -> None:
    new = model(
        start(), user("ask"), user("check"), boundary("late", "ask", timer("P5D")), user("chief"), end(), end("e2"),
        chain("begin", "ask", "check", "finish"), chain("late", "chief", "e2"),
    )  # fmt: skip
    case = restored(ONE)
    migrate(case, new)
    case.fire("late")
    assert case.waiting() == ["chief"]
    case.complete("chief")
    assert case.completed


def test_a_timer_keeps_its_due_date_unless_it_is_to_count_anew() -> None:
    def drawn(text: str) -> dict[str, bytes]:
        return model(start(), catch("wait", timer(text)), end(), chain("begin", "wait", "finish"))

    case = restored(drawn("P5D"))
    due = next(iter(case.timers.values())).due_at
    case.stage.now += timedelta(days=1)
    migrate(case, drawn("P9D"))
    assert due.isoformat() in str(case.header)
    migrate(case, drawn("P9D"), retime=["wait"])
    assert due.isoformat() not in str(case.header)
    case.stage.now += timedelta(days=9)
    case.fire("wait")
    assert case.completed


def test_items_keep_their_place_their_data_and_their_answers() -> None:
    def drawn(*more: str) -> dict[str, bytes]:
        return model(
            start(), user("peer", several("peers", item="who")), *(user(m) for m in more), end(), chain("begin", "peer", *more, "finish"),
            boundary("late", "peer", timer("P3D")), chain("late", "finish"),
        )  # fmt: skip

    case = restored(drawn(), peers=["a", "b", "c"])
    case.complete("peer", {"n": 2}, item=1)
    tokens = {t.item_index: t.token for t in case.tasks.values()}
    migrate(case, drawn("chief"))
    assert {t.item_index: t.token for t in case.tasks.values()} == tokens
    assert case.run.variables_of(tokens[2])["who"] == "c"
    case.complete("peer", {"n": 3}, item=2)
    case.complete("peer", {"n": 1}, item=0)
    assert case.variables["peer"] == [{"n": 1}, {"n": 2}, {"n": 3}]
    case.complete("chief")
    assert case.completed


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"item": "whom"}, "ITEM"), ({"sequential": True, "item": "who"}, "LOOP"), (None, "LOOP"),
        ({"item": "who", "output": "all"}, "RESULT"),
    ],
)  # fmt: skip
def test_items_under_way_hold_their_activity_as_it_is(
    given: dict[str, object] | None, code: str
) -> None:
    def drawn(given: dict[str, object] | None) -> dict[str, bytes]:
        loop = several("peers", **given) if given is not None else ""  # type: ignore[arg-type]
        return model(start(), user("peer", loop), end(), chain("begin", "peer", "finish"))

    case = restored(drawn({"item": "who"}), peers=["a", "b"])
    case.complete("peer", {"n": 1}, item=0)
    assert (code, "peer") in hindered(case, drawn(given))


def test_sealed_answers_of_an_open_anonymous_group_go_with_it() -> None:
    def drawn(title: str, anonymous: str = "true") -> dict[str, bytes]:
        return model(
            start(), user("peer", several("peers", item="who"), anonymous=anonymous, title=title), end(), chain("begin", "peer", "finish"),
        )  # fmt: skip

    case = Case(drawn("Satu"), {"peers": ["a", "b", "c"]}, mode="restored", stage=Stage(seed=3))
    case.complete("peer", {"n": 1}, item=1)
    sealed = str(case.header).count("sealed:")
    assert hindered(case, drawn("Dua", "false")) == [("ANONYMOUS", "peer")]
    migrate(case, drawn("Dua"))
    assert str(case.header).count("sealed:") == sealed == 1
    case.complete("peer", {"n": 2}, item=0)
    case.complete("peer", {"n": 3}, item=2)
    assert case.completed
    assert sorted(answer["n"] for answer in case.variables["peer"]) == [1, 2, 3]


def forked(*branches: str, after: str = "", before: str = "") -> dict[str, bytes]:
    parts = "".join(user(b, result=b[0]) + chain("fork", b, "join") for b in branches)
    order = ["begin", *([before] if before else []), "fork"]
    rest = ["join", *([after] if after else []), "finish"]
    more = "".join(user(u) for u in (before, after) if u)
    return model(
        start(),
        gateway("parallel", "fork"),
        parts,
        more,
        gateway("parallel", "join"),
        end(),
        chain(*order),
        chain(*rest),
    )


def test_tokens_that_wait_at_a_join_meet_there_still() -> None:
    case = restored(forked("a", "b"))
    case.complete("a", {"n": 1})
    migrate(case, forked("a2", "b2", after="c"), {"a": "a2", "b": "b2"})
    case.complete("b2")
    assert case.waiting() == ["c"]
    case.complete("c")
    assert case.completed


def test_a_branch_that_got_longer_behind_a_token_still_leads_to_its_join() -> None:
    longer = model(
        start(), gateway("parallel", "fork"), user("a"), user("extra"), user("b"), gateway("parallel", "join"), end(),
        chain("begin", "fork", "a", "extra", "join", "finish"), chain("fork", "b", "join"),
    )  # fmt: skip
    case = restored(forked("a", "b"))
    case.complete("a", {"n": 1})
    migrate(case, longer)
    case.complete("b")
    assert case.completed
    fresh = migrate(restored(forked("a", "b")), longer)
    for element in ("a", "b", "extra"):
        fresh.complete(element)
    assert fresh.completed


def test_branches_that_would_wait_for_each_other_for_ever_are_named() -> None:
    case = restored(forked("a", "b"))
    assert hindered(case, forked("a", "b", "c")) == [("NEVER", "a")]
    case.complete("a")
    assert ("NEVER", "a") not in hindered(case, forked("a", "b", "c"))
    assert [code for code, _ in hindered(case, forked("a", "b", "c"))] == ["NEVER"]
    assert hindered(case, forked("b")) == [("JOIN", "join")]
    row = model(start(), user("a"), user("b"), end(), chain("begin", "a", "b", "finish"))
    assert [code for code, _ in hindered(restored(row), forked("a", "b"))] == ["NEVER"]
    assert hindered(restored(forked("a", "b")), row) == [("AGAIN", "a")]


def test_a_case_before_a_fork_may_get_more_branches() -> None:
    case = migrate(
        restored(forked("a", "b", before="first")), forked("a", "b", "c", before="first")
    )
    for element in ("first", "a", "b", "c"):
        case.complete(element)
    assert case.completed


def test_an_element_moved_before_the_fork_would_be_passed_twice() -> None:
    case = restored(forked("a", "b"))
    moved = model(
        start(), user("a"), gateway("parallel", "fork"), user("b"), user("c"), gateway("parallel", "join"), end(),
        chain("begin", "a", "fork", "b", "join", "finish"), chain("fork", "c", "join"),
    )  # fmt: skip
    assert ("AGAIN", "a") in hindered(case, moved)


def test_a_removed_or_moved_place_and_another_kind_are_named() -> None:
    inside = node(
        "subProcess", "part", start("b2") + user("ask") + end("e2") + chain("b2", "ask", "e2")
    )
    other = model(start(), inside, user("check"), end(), chain("begin", "part", "check", "finish"))
    case = restored(ONE)
    assert hindered(case, other) == [("MOVED", "ask")]
    assert hindered(
        case, model(start(), user("check"), end(), chain("begin", "check", "finish"))
    ) == [("REMOVED", "ask")]
    scripted = model(
        start(),
        script("ask", "{ a: 1 }"),
        user("check"),
        end(),
        chain("begin", "ask", "check", "finish"),
    )
    assert hindered(case, scripted) == [("KIND", "ask")]
    back = restored(other)
    assert [code for code, _ in hindered(back, ONE)] == ["REMOVED", "MOVED"]


def test_answers_that_would_be_looked_for_under_another_name_are_named() -> None:
    new = model(
        start(),
        user("ask", result="asked"),
        user("check"),
        end(),
        chain("begin", "ask", "check", "finish"),
    )
    assert hindered(restored(ONE), new) == []
    case = restored(ONE)
    case.complete("ask", {"n": 1})
    assert hindered(case, new) == [("RESULT", "ask")]


def test_a_sub_process_goes_with_what_is_inside() -> None:
    def drawn(part: str, *inner: str) -> dict[str, bytes]:
        tasks = "".join(user(i) for i in inner)
        scope = node(
            "subProcess", part, start("b2") + tasks + end("e2") + chain("b2", *inner, "e2")
        )
        return model(
            start(),
            scope,
            boundary("late", part, timer("P1D")),
            end(),
            chain("begin", part, "finish"),
            chain("late", "finish"),
        )

    case = restored(drawn("part", "a"))
    migrate(case, drawn("piece", "a", "b"), {"part": "piece"})
    case.complete("a")
    case.complete("b")
    assert case.completed
    late = migrate(restored(drawn("part", "a")), drawn("piece", "a", "b"), {"part": "piece"})
    late.fire("late")
    assert late.completed


def test_a_called_process_may_be_called_otherwise() -> None:
    def drawn(called: str, *inner: str) -> dict[str, bytes]:
        from tests.engine.bpmn.drawing import document, process

        main = process(
            start(),
            node("callActivity", "call", calledElement=called),
            end(),
            chain("begin", "call", "finish"),
        )
        body = process(
            start("b2"), *(user(i) for i in inner), end("e2"), chain("b2", *inner, "e2"), key=called
        )
        return {"process.bpmn": document(main, body)}

    case = restored(drawn("help", "a"))
    assert ("SCOPE", "call") in hindered(case, drawn("aid", "a"))
    migrate(case, drawn("aid", "a", "b"), {"help": "aid"})
    case.complete("a")
    case.complete("b")
    assert case.completed


def waiting_for(*events: str, gate: bool = True) -> dict[str, bytes]:
    catches = "".join(
        catch(
            e,
            timer("P2D") if e == "soon" else event("message", "m1"),
            **({} if e == "soon" else {"correlation": '"k"'}),
        )
        for e in events
    )
    ways = "".join(chain("gate" if gate else "begin", e, "finish") for e in events)
    first = gateway("eventBased", "gate") + chain("begin", "gate") if gate else ""
    return model(start(), first, catches, end(), ways, extra='<bpmn:message id="m1" name="paid" />')


def test_what_waits_behind_an_event_gateway_follows_the_new_drawing() -> None:
    case = migrate(restored(waiting_for("soon", "paid")), waiting_for("soon", "paid", "also"))
    assert sorted(c.element_id for c in case.catches.values()) == ["also", "paid"]
    migrate(case, waiting_for("soon", "also"))
    assert sorted(c.element_id for c in case.catches.values()) == ["also"]
    case.fire("soon")
    assert case.completed
    assert case.catches == {}
    alone = migrate(restored(waiting_for("paid", gate=False)), waiting_for("soon", "paid"))
    assert len(alone.timers) == 1
    alone.deliver("paid", {})
    assert alone.completed
    assert alone.timers == {}


def test_a_step_that_failed_is_tried_again_as_the_new_version_says_it() -> None:
    def drawn(name: str) -> dict[str, bytes]:
        work = service("work", name, "n", question="1")
        return model(start(), user("ask"), work, end(), chain("begin", "ask", "work", "finish"))

    case = Case(drawn("broken"), mode="restored", stage=Stage(fail=True))
    case.complete("ask", 1)
    (incident,) = case.outcome.incidents
    migrate(case, drawn("echo"))
    assert not case.completed
    case.retry(incident.token)
    assert case.completed
    assert case.variables["n"] == {"question": 1}


def test_a_loop_goes_on_with_the_new_version() -> None:
    def drawn(*more: str) -> dict[str, bytes]:
        return model(
            start(), gateway("exclusive", "top"), user("ask"), *(user(m) for m in more), gateway("exclusive", "again", "again_to_finish"), end(),
            chain("begin", "top", "ask", *more, "again"), flow("again", "top", "ask.more"), flow("again", "finish"),
        )  # fmt: skip

    case = restored(drawn())
    case.complete("ask", {"more": True})
    migrate(case, drawn("second"))
    case.complete("ask", {"more": True})
    case.complete("second")
    case.complete("ask", {"more": False})
    case.complete("second")
    assert case.completed


def test_event_sub_processes_of_a_living_scope_follow_the_new_drawing() -> None:
    def drawn(*handlers: str) -> dict[str, bytes]:
        parts = "".join(
            node(
                "subProcess",
                h,
                node("startEvent", f"on_{h}", timer("P2D"), isInterrupting="false")
                + user(f"do_{h}")
                + end(f"end_{h}")
                + chain(f"on_{h}", f"do_{h}", f"end_{h}"),
                triggeredByEvent="true",
            )
            for h in handlers
        )
        return model(start(), user("ask"), parts, end(), chain("begin", "ask", "finish"))

    case = migrate(restored(drawn("one")), drawn("one", "two"))
    assert sorted(t.element_id for t in case.timers.values()) == ["on_one", "on_two"]
    migrate(case, drawn("two"))
    assert [t.element_id for t in case.timers.values()] == ["on_two"]
    case.fire("on_two")
    migrate(case, drawn("two", "three"))
    assert case.waiting() == ["ask", "do_two"]
    case.complete("do_two")
    case.complete("ask")
    assert case.completed
