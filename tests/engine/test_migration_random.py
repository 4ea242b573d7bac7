"""Random processes, random edits, a random moment: a case that went over can't be told from others.

Two cases are played side by side, one on the old version and one that was always on the new one;
after the first has gone over, both must stand alike, and go alike to the same end.  With edits that
tear a process apart, whatever is let through comes to an end.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest

from tests.engine.bpmn import drawing as d
from tests.engine.bpmn.stage import Case, Stage
from tests.engine.migrating import Stored, hindered, migrate

NEW = "new_"
# `alur drill migrations` plays more of them.
SIDE_BY_SIDE, TORN = range(14), range(30)


@dataclass(frozen=True)
class Part:
    """A block of a process: kind, its id, and the rows of parts inside it."""

    kind: str
    id: str
    rows: tuple[tuple[Part, ...], ...] = ()
    result: str = ""
    timer: str = ""


@dataclass
class Drawn:
    body: list[str] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)


class Maker:
    """Makes one random process, and an edited copy."""

    def __init__(self, seed: int) -> None:
        self.choose = random.Random(seed)
        self.last = 0
        self.rename: dict[str, str] = {}

    def name(self, start: str) -> str:
        self.last += 1
        return f"{start}{self.last}"

    def row(self, depth: int) -> tuple[Part, ...]:
        return tuple(self.part(depth) for _ in range(self.choose.randint(1, 3)))

    def part(self, depth: int) -> Part:
        kinds = ["task", "task", "several", "sequence", "wait"]
        if depth:
            kinds += ["fork", "fork", "either", "some", "inner", "loop"]
        kind = self.choose.choice(kinds)
        name = self.name(kind)
        if kind in ("fork", "some", "either"):
            return Part(kind, name, tuple(self.row(depth - 1) for _ in range(2)))
        if kind in ("inner", "loop"):
            return Part(kind, name, (self.row(depth - 1),))
        timer = self.name("timer") if kind != "wait" and self.choose.random() < 0.3 else ""
        return Part(kind, name, result=name, timer=timer)

    def edited(self, row: tuple[Part, ...]) -> tuple[Part, ...]:
        """Call some tasks otherwise, put new ones in, set and take away some timers."""
        found = []
        for part in row:
            if self.choose.random() < 0.3:
                added = self.name(NEW)
                found.append(Part("task", added, result=added))
            if part.rows:
                part = replace(part, rows=tuple(self.edited(inner) for inner in part.rows))
            elif part.kind != "wait":
                if self.choose.random() < 0.3:
                    self.rename[part.id] = self.name("other")
                    part = replace(part, id=self.rename[part.id])
                if self.choose.random() < 0.3:
                    part = replace(part, timer="" if part.timer else self.name(f"{NEW}timer"))
            found.append(part)
        return tuple(found)

    def torn(self, row: tuple[Part, ...]) -> tuple[Part, ...]:
        """Leave parts out, change places, put parts side by side, into a scope or out of one."""
        found: list[Part] = []
        for part in row:
            if part.rows:
                part = replace(part, rows=tuple(self.torn(inner) for inner in part.rows))
            act = self.choose.random()
            if act < 0.1:
                continue
            if act < 0.2 and found:
                found.insert(self.choose.randrange(len(found)), part)
                continue
            if act < 0.3 and found:
                part = Part("fork", self.name("fork"), ((found.pop(),), (part,)))
            elif act < 0.4 and part.rows:
                found += part.rows[0]
                continue
            elif act < 0.45:
                part = Part("inner", self.name("inner"), ((part,),))
            elif act < 0.5 and part.kind == "fork":
                added = self.name("task")
                part = replace(part, rows=(*part.rows, (Part("task", added, result=added),)))
            found.append(part)
        return tuple(found) or (Part("task", self.name("task")),)


def draw(row: tuple[Part, ...]) -> dict[str, bytes]:
    drawn = Drawn()
    first, last = _row(row, drawn)
    drawn.flows += [d.chain("begin", first), d.chain(last, "finish")]
    extra = '<bpmn:message id="m1" name="paid" />'
    return d.model(d.start(), *drawn.body, d.end(), *drawn.flows, extra=extra)


def _row(row: tuple[Part, ...], drawn: Drawn) -> tuple[str, str]:
    ends = [_part(part, drawn) for part in row]
    for (_, last), (first, _) in pairwise(ends):
        drawn.flows.append(d.chain(last, first))
    return ends[0][0], ends[-1][1]


def _part(part: Part, drawn: Drawn) -> tuple[str, str]:
    name = part.id
    if part.kind in ("fork", "some", "either"):
        kind = {"fork": "parallel", "some": "inclusive", "either": "exclusive"}[part.kind]
        split, join = f"{name}_a", f"{name}_z"
        for number, inner in enumerate(part.rows):
            first, last = _row(inner, drawn)
            odd = None if kind == "parallel" or not number else "modulo(seed, 2) = 1"
            drawn.flows += [d.flow(split, first, odd), d.flow(last, join)]
        default = "" if kind == "parallel" else f"{split}_to_{_row(part.rows[0], Drawn())[0]}"
        drawn.body += [d.gateway(kind, split, default), d.gateway(kind, join)]
        return split, join
    if part.kind == "inner":
        inside = Drawn()
        first, last = _row(part.rows[0], inside)
        begin, end = f"{name}_b", f"{name}_e"
        inside.flows.append(d.chain(begin, first) + d.chain(last, end))
        body = "".join((d.start(begin), *inside.body, d.end(end), *inside.flows))
        drawn.body.append(d.node("subProcess", name, body))
        return name, name
    if part.kind == "loop":
        top, ask, again = f"{name}_t", f"{name}_q", f"{name}_g"
        first, last = _row(part.rows[0], drawn)
        out = f"{name}_o"
        drawn.body += [
            d.gateway("exclusive", top),
            d.user(ask, result=name),
            d.gateway("exclusive", again, f"{again}_to_{out}"),
            d.gateway("exclusive", out),
        ]
        drawn.flows += [
            d.chain(top, first),
            d.chain(last, ask, again, out),
            d.flow(again, top, f"{name}.more"),
        ]
        return top, out
    return _activity(part, drawn)


def _activity(part: Part, drawn: Drawn) -> tuple[str, str]:
    name = part.id
    if part.kind == "wait":
        message = d.event("message", "m1")
        drawn.body.append(d.catch(name, message, correlation='"k"', result=part.result))
        return name, name
    repeat = {
        "several": d.several("[1, 2]", item="n"),
        "sequence": d.several("[1, 2]", item="n", sequential=True),
    }
    drawn.body.append(d.user(name, repeat.get(part.kind, ""), result=part.result))
    if part.timer:
        noted = f"{part.timer}_e"
        drawn.body += [
            d.boundary(part.timer, name, d.timer("P5D"), interrupting=False),
            d.user(f"{part.timer}_u", result=f"{part.timer}_u"),
            d.end(noted),
        ]
        drawn.flows.append(d.chain(part.timer, f"{part.timer}_u", noted))
    return name, name


Doable = tuple[str, str, int]


def doable(case: Case, rename: dict[str, str]) -> list[Doable]:
    def called(name: str) -> str:
        return rename.get(name, name)

    return sorted(
        [("task", called(t.element_id), t.item_index or 0) for t in case.tasks.values()]
        + [("timer", called(t.element_id), 0) for t in case.timers.values()]
        + [("catch", called(c.element_id), 0) for c in case.catches.values()]
    )


def do(case: Case, what: Doable, answer: dict[str, object], rename: dict[str, str]) -> None:
    kind, element, item = what
    name = {new: old for old, new in rename.items()}.get(element, element)
    if kind == "timer":
        case.fire(name)
    elif kind == "catch":
        case.deliver(name, answer)
    else:
        several = any(t.element_id == name and t.item_index for t in case.tasks.values())
        case.complete(name, answer, item=item if several else None)


@pytest.mark.parametrize("seed", SIDE_BY_SIDE)
def test_a_case_that_went_over_stands_and_goes_as_one_that_was_always_there(seed: int) -> None:
    goes_side_by_side(seed)


def goes_side_by_side(seed: int) -> None:
    """Play one case on the old version and then the new one, beside one that is always on that."""
    maker = Maker(seed)
    row = maker.row(2)
    edited = maker.edited(row)
    old, new, rename = draw(row), draw(edited), maker.rename
    choose = random.Random(seed + 1000)
    one = Stored(old, {"seed": seed}, mode="restored", stage=Stage())
    other = Stored(new, {"seed": seed}, mode="restored", stage=Stage())
    for _ in range(choose.randint(0, 8)):
        catch_up(other)
        both = [w for w in doable(one, rename) if w in doable(other, {})]
        assert [w for w in doable(one, rename) if w[0] != "timer"] == [
            w for w in doable(other, {}) if w[0] != "timer"
        ]
        if not both:
            break
        step(both, choose, (one, rename), (other, {}))
    catch_up(other)
    assert one.completed == other.completed
    if not one.completed:
        migrate(one, new, {old: new for old, new in rename.items() if old in old_ids(row)})
    since = len(one.done()), len(other.done())
    for _ in range(200):
        assert doable(one, {}) == doable(other, {})
        if other.completed or parked(other):
            break
        step(doable(one, {}), choose, (one, {}), (other, {}))
    assert one.completed == other.completed
    assert one.completed or parked(one) == parked(other)
    assert one.done()[since[0] :] == other.done()[since[1] :]
    assert known(one) == known(other)


@pytest.mark.parametrize("seed", TORN)
def test_whatever_is_let_through_comes_to_an_end(seed: int) -> None:
    comes_to_an_end(seed)


def comes_to_an_end(seed: int) -> bool:
    """Play a case, take it over where nothing is in the way, and on; False where something is."""
    maker = Maker(seed)
    row = maker.row(2)
    new = draw(maker.torn(row))
    choose = random.Random(seed + 2000)
    case = Stored(draw(row), {"seed": seed}, mode="restored", stage=Stage())
    for _ in range(choose.randint(0, 6)):
        if not case.completed:
            step(doable(case, {}), choose, (case, {}))
    if case.completed or hindered(case, new):
        return case.completed
    migrate(case, new)
    for _ in range(200):
        if case.completed:
            break
        assert doable(case, {}), "a case that went over waits for nothing, and is not done"
        step(doable(case, {}), choose, (case, {}))
    assert case.completed
    return True


def old_ids(row: tuple[Part, ...]) -> set[str]:
    return {part.id for part in row} | {i for p in row for inner in p.rows for i in old_ids(inner)}


def catch_up(case: Case) -> None:
    """Do at once what only the new version asks for."""
    while found := [t.element_id for t in case.tasks.values() if t.element_id.startswith(NEW)]:
        case.complete(found[0], {})


def step(among: list[Doable], choose: random.Random, *cases: tuple[Case, dict[str, str]]) -> None:
    what = choose.choice(among)
    answer: dict[str, object] = {"more": choose.random() < 0.3, "n": choose.randint(1, 9)}
    for case, rename in cases:
        do(case, what, answer, rename)


def parked(case: Case) -> list[str]:
    """Say where branches changed one variable differently, as a reminder in a loop may."""
    return [incident.message for incident in case.outcome.incidents if incident.kind == "CONFLICT"]


def known(case: Case) -> dict[str, object]:
    return {name: value for name, value in case.variables.items() if not name.startswith(NEW)}
