"""Random sound processes: blocks with one way in and one way out, put inside each other.

A block draws itself and tells where it begins and ends, so whatever is put together is sound, and a
case that is answered long enough ends.
"""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from itertools import count, pairwise
from typing import Any

from hypothesis import strategies as st

from tests.conformance.bpmn.player import NO_ANSWERS, Driver, Player
from tests.engine.bpmn.drawing import (
    boundary,
    catch,
    chain,
    conditional,
    end,
    event,
    extension,
    flow,
    gateway,
    loop,
    model,
    node,
    properties,
    script,
    several,
    start,
    throw,
    timer,
    user,
)

MOST_ACTS = 400
FORM = {
    "type": "default",
    "id": "answer",
    "components": [
        {"type": "number", "id": "f_n", "key": "n", "label": "Angka", "decimalDigits": 0},
        {"type": "textarea", "id": "f_note", "key": "note", "label": "Catatan"},
    ],
}
NAMES = '<bpmn:message id="m1" name="paid" /><bpmn:signal id="s1" name="published" />'


@dataclass(frozen=True)
class Block:
    """A part of a process: what kind, what stands inside, and small numbers that vary it."""

    kind: str
    parts: tuple[Block, ...] = ()
    number: int = 0
    flag: bool = False


LEAVES = ("task", "script", "many", "again", "message", "signal", "timer", "events")
AROUND = ("sequence", "exclusive", "parallel", "inclusive", "loop", "scope", "each", "asked")
MORE_LEAVES = ("called", "watched", "choice")
MORE_AROUND = ("guarded", "undone", "quorum")


def blocks(*, more: bool = False) -> st.SearchStrategy[Block]:
    """Give blocks of any kind; those around others stand at most a few inside each other.

    more -- with kinds that the history alone does not tell enough of, or that need other processes
    """
    leaves = LEAVES + (MORE_LEAVES if more else ())
    around = AROUND + (MORE_AROUND if more else ())
    leaf = st.builds(Block, st.sampled_from(leaves), number=st.integers(1, 3), flag=st.booleans())
    return st.recursive(
        leaf,
        lambda inner: st.builds(
            Block,
            st.sampled_from(around),
            st.lists(inner, min_size=2, max_size=3).map(tuple),
            st.integers(1, 3),
            st.booleans(),
        ),
        max_leaves=8,
    )


def processes(*, more: bool = False) -> st.SearchStrategy[Block]:
    """Give blocks that are worth a process: two or three of any kind, one behind the other."""
    several_blocks = st.lists(blocks(more=more), min_size=2, max_size=3).map(tuple)
    return st.builds(Block, st.just("sequence"), several_blocks)


@dataclass
class Drawing:
    """Draws blocks; every element has a number of its own, and every task this form."""

    form: str = ""
    numbers: Any = field(default_factory=count)
    body: list[str] = field(default_factory=list)

    def draw(self, block: Block) -> tuple[str, str]:
        """Draw a block; give its first and its last element."""
        drawn: tuple[str, str] = getattr(self, block.kind)(block, next(self.numbers))
        return drawn

    def add(self, *texts: str) -> None:
        self.body += texts

    def ask(self, name: str, *inner: str) -> str:
        """Draw a task of somebody."""
        form = {"form": self.form} if self.form else {}
        return user(name, "".join(inner), assignee="4", **form)

    # ----- what stands alone

    def task(self, block: Block, n: int) -> tuple[str, str]:
        name = f"task{n}"
        self.add(self.ask(name))
        if block.flag:  # a reminder beside it, once or twice
            self.add(
                boundary(f"remind{n}", name, timer(f"R{block.number}/P1D", "Cycle"), interrupting=False),
                script(f"reminded{n}", "{ reminders: 1 }"), end(f"gone{n}"), chain(f"remind{n}", f"reminded{n}", f"gone{n}"),
            )  # fmt: skip
        return name, name

    def script(self, block: Block, n: int) -> tuple[str, str]:
        name = f"script{n}"
        self.add(script(name, f"{{ v{n}: d{block.number} + {n} }}"))
        return name, name

    def many(self, block: Block, n: int) -> tuple[str, str]:
        name = f"many{n}"
        until = f"items_done = {block.number}" if block.flag and block.number > 1 else ""
        items = several(count=str(block.number), sequential=block.number == 2, until=until)
        self.add(self.ask(name, items))
        return name, name

    def again(self, block: Block, n: int) -> tuple[str, str]:
        name = f"again{n}"
        self.add(self.ask(name, loop(f"{name}.n < 5", maximum=str(block.number))))
        return name, name

    def message(self, block: Block, n: int) -> tuple[str, str]:
        name = f"message{n}"
        self.add(catch(name, event("message", "m1"), correlation=f"[{n}, d1]", result=f"got{n}"))
        return name, name

    def signal(self, block: Block, n: int) -> tuple[str, str]:
        name = f"signal{n}"
        self.add(catch(name, event("signal", "s1"), result=f"news{n}" if block.flag else ""))
        return name, name

    def timer(self, block: Block, n: int) -> tuple[str, str]:
        name = f"timer{n}"
        self.add(catch(name, timer(f"P{block.number}D")))
        return name, name

    def events(self, block: Block, n: int) -> tuple[str, str]:
        """Draw an event gateway: a message, two timers, perhaps a condition."""
        fork, merge = f"either{n}", f"or{n}"
        ways = [f"paid{n}", f"soon{n}", f"late{n}"]
        self.add(
            gateway("eventBased", fork), gateway("exclusive", merge),
            catch(ways[0], event("message", "m1"), correlation=str(n), result=f"got{n}"),
            catch(ways[1], timer(f"P{block.number}D")), catch(ways[2], timer("P9D")),
        )  # fmt: skip
        if block.flag:
            ways.append(f"when{n}")
            self.add(catch(ways[-1], conditional("d1 > 5")))
        for way in ways:
            self.add(chain(fork, way, merge))
        return fork, merge

    def called(self, block: Block, n: int) -> tuple[str, str]:
        """Draw a call of another process definition."""
        name = f"called{n}"
        given = properties(binding="latest", payload=f"{{ n: {n} }}", result=f"back{n}")
        self.add(node("callActivity", name, extension(given), calledElement="other"))
        return name, name

    def watched(self, block: Block, n: int) -> tuple[str, str]:
        """Draw a task with a condition on it, about an answer that may come meanwhile."""
        name, after = f"watched{n}", f"unwatched{n}"
        seen = conditional(f"d{block.number} > 4 or task{n - 1}.n > 4 or ask{n - 2}.n > 4")
        self.add(
            self.ask(name), gateway("exclusive", after), flow(name, after),
            boundary(f"sees{n}", name, seen, interrupting=block.flag), self.ask(f"seen{n}"), flow(f"sees{n}", f"seen{n}"),
        )  # fmt: skip
        if block.flag:
            self.add(flow(f"seen{n}", after))
        else:
            self.add(end(f"unseen{n}"), flow(f"seen{n}", f"unseen{n}"))
        return name, after

    def choice(self, block: Block, n: int) -> tuple[str, str]:
        """Draw an ad-hoc sub-process: what is done, how often, until somebody says enough."""
        name = f"choice{n}"
        body = (
            self.ask(f"talk{n}") + self.ask(f"report{n}") + script(f"noted{n}", f"{{ noted{n}: true }}") + self.ask(f"check{n}")
            + chain(f"report{n}", f"noted{n}", f"check{n}") + self.ask(f"close{n}")
            + f"<bpmn:completionCondition>close{n}.n > 3</bpmn:completionCondition>"
        )  # fmt: skip
        said = {"ordering": "Sequential"} if block.flag else {}
        rest = {"cancelRemainingInstances": "false"} if block.number == 1 else {}
        self.add(node("adHocSubProcess", name, body, **said, **rest))
        return name, name

    # ----- what stands around others

    def sequence(self, block: Block, n: int) -> tuple[str, str]:
        drawn = [self.draw(part) for part in block.parts]
        for (_, before), (after, _) in pairwise(drawn):
            self.add(flow(before, after))
        return drawn[0][0], drawn[-1][1]

    def exclusive(self, block: Block, n: int) -> tuple[str, str]:
        return self.split("exclusive", block, n)

    def parallel(self, block: Block, n: int) -> tuple[str, str]:
        return self.split("parallel", block, n)

    def inclusive(self, block: Block, n: int) -> tuple[str, str]:
        return self.split("inclusive", block, n)

    def split(self, kind: str, block: Block, n: int) -> tuple[str, str]:
        fork, join = f"fork{n}", f"join{n}"
        drawn = [self.draw(part) for part in block.parts]
        default = "" if kind == "parallel" else f"{fork}_to_{drawn[-1][0]}"
        self.add(gateway(kind, fork, default), gateway(kind, join))
        for place, (first, last) in enumerate(drawn):
            condition = f"modulo(d{block.number} + {place}, 3) > 0"
            last_way = place == len(drawn) - 1
            self.add(flow(fork, first, None if kind == "parallel" or last_way else condition))
            self.add(flow(last, join))
        return fork, join

    def loop(self, block: Block, n: int) -> tuple[str, str]:
        top, step, check = f"top{n}", f"count{n}", f"check{n}"
        body = self.draw(Block("sequence", block.parts))
        leave = f"leave{n}"
        self.add(
            gateway("exclusive", top), script(step, f"{{ c{n}: if c{n} = null then 1 else c{n} + 1 }}"),
            gateway("exclusive", check, f"{check}_to_{leave}"), gateway("exclusive", leave),
            chain(top, body[0]), chain(body[1], step, check),
            flow(check, top, f"modulo(c{n}, {block.number + 1}) > 0"), flow(check, leave),
        )  # fmt: skip
        return top, leave

    def asked(self, block: Block, n: int) -> tuple[str, str]:
        """Draw a choice that a person makes."""
        ask = f"ask{n}"
        first, last = self.split("exclusive", block, n)
        self.add(self.ask(ask), gateway("exclusive", f"chosen{n}", f"chosen{n}_to_{first}"), gateway("exclusive", f"done{n}"),
                 flow(ask, f"chosen{n}"), flow(f"chosen{n}", f"done{n}", f"{ask}.n < 3"), flow(f"chosen{n}", first), flow(last, f"done{n}"))  # fmt: skip
        return ask, f"done{n}"

    def scope(self, block: Block, n: int) -> tuple[str, str]:
        """Draw a sub-process with a timer on it; one that interrupts meets the others behind it."""
        name, after = f"scope{n}", f"after{n}"
        self.add(self.inside(name, block, n), gateway("exclusive", after), flow(name, after))
        late, chase = f"late{n}", f"chase{n}"
        self.add(
            boundary(late, name, timer(f"P{block.number}D"), interrupting=block.flag),
            self.ask(chase),
        )
        if block.flag:
            self.add(chain(late, chase, after))
        else:
            self.add(end(f"chased{n}"), chain(late, chase, f"chased{n}"))
        return name, after

    def each(self, block: Block, n: int) -> tuple[str, str]:
        """Draw a sub-process for each of some items."""
        name = f"each{n}"
        repeat = several(
            count=str(block.number), sequential=block.flag, output=f"all{n}", output_item=f"one{n}"
        )
        tail = script(f"one{n}_is", f"{{ one{n}: d1 }}")
        self.add(self.inside(name, block, n, repeat, tail))
        return name, name

    def guarded(self, block: Block, n: int) -> tuple[str, str]:
        """Draw a sub-process with an event sub-process in it."""
        name, aside = f"guarded{n}", f"aside{n}"
        what = timer(f"P{block.number}D") if block.flag else event("message", "m1")
        given = {} if block.flag else {"correlation": str(n), "result": f"got{n}"}
        begins = node(
            "startEvent", f"{aside}_in", extension(properties(**given)) + what,
            isInterrupting="true" if block.number == 2 else "false",
        )  # fmt: skip
        inner = begins + self.ask(f"{aside}_ask") + script(f"{aside}_note", f"{{ noted{n}: true }}") + end(f"{aside}_out")  # fmt: skip
        inner += chain(f"{aside}_in", f"{aside}_ask", f"{aside}_note", f"{aside}_out")
        self.add(self.inside(name, block, n, beside=node("subProcess", aside, inner, triggeredByEvent="true")))  # fmt: skip
        return name, name

    def undone(self, block: Block, n: int) -> tuple[str, str]:
        """Draw a sub-process in which something is done, and undone again where somebody says so."""
        name = f"undone{n}"
        inner = Drawing(self.form, self.numbers)
        first, last = inner.draw(Block("sequence", block.parts))
        done, undo = (f"done{n}a", f"done{n}b"), (f"undo{n}a", f"undo{n}b")
        inner.add(
            start(f"in{n}"), inner.ask(done[0]), script(done[1], f"{{ did{n}: true }}"), inner.ask(f"back{n}"), gateway("exclusive", f"way{n}", f"way{n}_to_out{n}"),
            throw(f"undo{n}", event("compensate")), end(f"out{n}"), end(f"gone{n}"), chain(f"in{n}", done[0], first), chain(last, done[1], f"back{n}", f"way{n}"),
            flow(f"way{n}", f"undo{n}", f"back{n}.n > 4"), flow(f"way{n}", f"out{n}"), flow(f"undo{n}", f"gone{n}"),
            boundary(f"b{n}a", done[0], event("compensate")), self.ask(undo[0]).replace("<bpmn:userTask ", '<bpmn:userTask isForCompensation="true" ', 1), node("association", f"l{n}a", sourceRef=f"b{n}a", targetRef=undo[0]),
            boundary(f"b{n}b", done[1], event("compensate")), script(undo[1], f"{{ did{n}: false }}").replace("<bpmn:scriptTask ", '<bpmn:scriptTask isForCompensation="true" ', 1), node("association", f"l{n}b", sourceRef=f"b{n}b", targetRef=undo[1]),
        )  # fmt: skip
        self.add(node("subProcess", name, "".join(inner.body)))
        return name, name

    def quorum(self, block: Block, n: int) -> tuple[str, str]:
        """Draw a sub-process in which one branch is enough to go on."""
        name, fork, meet = f"quorum{n}", f"fork{n}", f"meet{n}"
        inner = Drawing(self.form, self.numbers)
        enough = "<bpmn:activationCondition>items_arrived >= 1</bpmn:activationCondition>"
        inner.add(start(f"in{n}"), gateway("parallel", fork), flow(f"in{n}", fork), node("complexGateway", meet, enough),
                  inner.ask(f"met{n}"), end(f"out{n}"), chain(meet, f"met{n}", f"out{n}"))  # fmt: skip
        for part in block.parts:
            first, last = inner.draw(part)
            inner.add(flow(fork, first), flow(last, meet))
        self.add(node("subProcess", name, "".join(inner.body)))
        return name, name

    def inside(self, name: str, block: Block, n: int, *more: str, beside: str = "") -> str:
        inner = Drawing(self.form, self.numbers)
        inner.add(beside)
        first, last = inner.draw(Block("sequence", block.parts))
        ids = [f"in{n}", first], [last, *((f"one{n}_is",) if more else ()), f"out{n}"]
        inner.add(start(f"in{n}"), end(f"out{n}"), chain(*ids[0]), chain(*ids[1]))
        return node("subProcess", name, "".join((*more, *inner.body)))


def drawn(block: Block, key: str = "test", *, with_form: bool = False) -> dict[str, bytes]:
    """Give the process folder of a block; with a form, its tasks ask for `n` and `note`."""
    drawing = Drawing("answer" if with_form else "")
    first, last = drawing.draw(block)
    files = model(
        start(), end(), flow("begin", first), flow(last, "finish"), *drawing.body,
        extra=NAMES, key=key,
    )  # fmt: skip
    return files | ({"forms/answer.json": json.dumps(FORM).encode()} if with_form else {})


def given(seed: int) -> dict[str, int]:
    """Give the variables a generated process starts with."""
    choose = random.Random(seed)
    return {f"d{number}": choose.randint(0, 9) for number in (1, 2, 3)}


def wandering(seed: int) -> Driver:
    """Give a driver that does whatever can be done, by chance, until the case is over."""

    def drive(p: Player) -> None:
        choose = random.Random(seed)
        p.starts(**given(seed))
        for _ in range(MOST_ACTS):
            now = p.seen
            open_now = [("task", t["element_id"], t["item_index"]) for t in now.tasks.values()]
            open_now += [("timer", t["element_id"], None) for t in now.timers.values()]
            open_now += [("catch", c["element_id"], None) for c in now.catches.values()]
            open_now += [("call", c["element_id"], None) for c in now.calls_out.values()]
            if not open_now:
                break
            kind, element, item = choose.choice(sorted(open_now, key=str))
            answers = {"n": choose.randint(0, 9), "note": "x" * choose.choice((0, 3, 900))}
            if kind == "task":
                p.completes(element, answers, item)
            elif kind == "timer":
                p.fires(element)
            elif kind == "call":
                p.returns(element, answers)
            else:
                p.hears(element, choose.choice((None, NO_ANSWERS, answers)))
        assert p.seen.completed, (p.seen.incidents, p.seen.tasks, p.seen.timers, p.seen.catches)

    return drive
