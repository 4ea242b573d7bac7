"""A changed table is asked about a past period: how many come out otherwise, and who may see it."""

from __future__ import annotations

import pytest

from engine import Actor, BeginDraft, CancelInstance, Deploy, EraseSubject, NewCase, StartInstance
from engine.model import StreamKind
from engine.queries import history
from engine.worker import Worker
from hr.backtest import queries as backtests
from hr.backtest.rules import Group, guarded, guarded_moves
from hr.demo.cast import CAST
from tests.engine.bpmn import drawing as d
from tests.web.test_studio import post

# `grade` reads what `score` makes of the points: the last table alone does not show what went in.
TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="m">
  <inputData id="in" name="points"><variable name="points" typeRef="number" /></inputData>
  <decision id="score" name="score"><variable name="score" typeRef="number" />
    <informationRequirement id="r1"><requiredInput href="#in" /></informationRequirement>
    <literalExpression id="l"><text>points * {weight}</text></literalExpression></decision>
  <decision id="grade" name="grade"><variable name="grade" typeRef="string" />
    <informationRequirement id="r2"><requiredDecision href="#score" /></informationRequirement>
    <decisionTable id="t" hitPolicy="FIRST">
      <input id="i"><inputExpression id="e"><text>score</text></inputExpression></input>
      <output id="o" typeRef="string" />
      <rule id="high"><inputEntry id="i1"><text>&gt;= 20</text></inputEntry>
        <outputEntry id="o1"><text>"B"</text></outputEntry></rule>
      <rule id="low"><inputEntry id="i2"><text>-</text></inputEntry>
        <outputEntry id="o2"><text>"C"</text></outputEntry></rule>
    </decisionTable></decision>
</definitions>"""
DRAWN = d.model(
    d.start(),
    d.rule("decide", "grade", result="given_grade"),
    d.user("ask", candidateGroup='"TIM"'),
    d.end(),
    d.chain("begin", "decide", "ask", "finish"),
)


def table(weight):
    return {**DRAWN, "grades.dmn": TABLE.format(weight=weight).encode()}


def recorded(engine):
    """Grade everybody of the cast with the weight 2; give a draft whose 1 lowers some."""
    engine.execute(Deploy(files=table(2), reason="uji"))
    started = {}
    for number, person in enumerate(sorted(CAST.values()), start=1):
        subject = engine.ask(engine.ports.people.subject, person, engine.clock())
        points = 15 if number % 2 else 30
        case = NewCase(
            subject_id=person, scope_path=subject.scope_path, variables={"points": points}
        )
        started[person] = engine.execute(StartInstance(key="test", case=case)).instance_id
    by = Actor(person_id=CAST["DSN"])
    return engine.execute(BeginDraft(files=table(1)), by=by).draft_id, started


@pytest.fixture
def graded(engine):
    return recorded(engine)


@pytest.fixture
def draft(graded):
    return graded[0]


def asked(visitor, engine, draft, **fields):
    fields = {"table": "grades.dmn#grade", "since": "2020-01-01", "until": "2022-12-31"} | fields
    today = engine.clock().date()
    fields |= {"since": today.replace(day=1).isoformat(), "until": today.isoformat()}
    answer = post(visitor, f"/studio/drafts/{draft}/backtest", **fields)
    assert answer.status_code == 303, answer.text
    worker = Worker(engine)
    while worker.run_due():
        pass
    return answer.location


def number_of(path):
    return int(path.rpartition("/")[2])


def test_figures_for_designers_and_a_list_for_the_agency(client_as, engine, draft):
    designer, officer = client_as("DSN"), client_as("HRC")
    before = {key: engine.ask(history.events, StreamKind.DEFINITION, key) for key in ("test",)}
    page = designer.get(designer.get(f"/studio/drafts/{draft}").link("Uji ke belakang"))
    assert "grade (grades.dmn) · diubah" in page.text
    path = asked(designer, engine, draft)
    people = len(CAST)
    lowered = (people + 1) // 2
    found = engine.ask(backtests.outcome, number_of(path), whole=True)
    assert found.decisions == {
        "SAME": people - lowered, "CHANGED": lowered, "FAILED": 0, "UNREADABLE": 0
    }  # fmt: skip
    assert (found.whole.people, found.whole.changed) == (people, lowered)
    assert found.moves == {"B → C": lowered}
    assert sum(one.changed for one in found.offices) == lowered
    page = designer.get(path)
    assert f"{lowered} dari {people} orang hasilnya akan berbeda" in page.text
    assert "Tampilkan daftarnya" not in page.text
    assert post(designer, f"{path}/list").status_code == 403
    assert "Tampilkan daftarnya" in officer.get(path).text
    listed = post(officer, f"{path}/list")
    assert listed.status_code == 200
    assert "Sari Wulandari" in listed.text
    told = engine.ask(history.events, StreamKind.DEFINITION, "test")[len(before["test"]) :]
    what = [one.detail.get("what") for one in told if one.kind == "NOTED"]
    assert what == ["BACKTEST_ASKED", "BACKTEST_LIST_READ"]
    assert client_as("EMP").get(path).status == 403


def test_what_was_erased_is_not_asked_again(client_as, engine, graded):
    draft, started = graded
    path = asked(client_as("DSN"), engine, draft)
    case = started[CAST["EMP"]]
    engine.execute(CancelInstance(instance_id=case, reason="Pegawai pindah kota."))
    engine.execute(EraseSubject(subject_id=CAST["EMP"], title="x", reason="UU 27/2022"))
    officer = client_as("HRC")
    listed = post(officer, f"{path}/list").text
    assert listed.count("Nilainya sudah dihapus.") == 1
    again = asked(client_as("DSN"), engine, draft)
    found = engine.ask(backtests.outcome, number_of(again), whole=True)
    assert found.decisions["UNREADABLE"] == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_table_that_asks_for_more_says_what_was_never_recorded(client_as, engine, draft):
    text = TABLE.format(weight=1).replace("points", "minutes").encode()
    by = Actor(person_id=CAST["DSN"])
    other = engine.execute(BeginDraft(files={**DRAWN, "grades.dmn": text}), by=by).draft_id
    designer = client_as("DSN")
    path = asked(designer, engine, other)
    page = designer.get(path)
    assert "masukan minutes belum pernah dicatat" in page.text
    for fields in ({"table": "grades.dmn#nothing"}, {"table": "x"}, {"since": "x"}, {}):
        wrong = {"table": "grades.dmn#grade", "since": "2026-06-02", "until": "2026-06-01"} | fields
        answer = post(designer, f"/studio/drafts/{draft}/backtest", **wrong)
        assert answer.status_code in (404, 422), fields
    assert designer.get("/studio/backtests/99").status == 404
    assert post(client_as("HRC"), "/studio/backtests/99/list").status_code == 404


def test_no_figure_tells_of_fewer_than_five():
    groups = [Group("a", 40, 10), Group("b", 30, 3), Group("c", 60, 20), Group("d", 9, 0)]
    shown = {one.name: (one.people, one.changed) for one in guarded(groups)}
    assert shown == {"a": (40, None), "b": (30, None), "c": (60, 20), "d": (9, 0)}
    assert guarded([Group("x", 3, 0)])[0].people is None
    assert guarded([Group("x", 8, 8)])[0].changed is None, "all of them: each is told"
    assert guarded([Group("x", 8, 5)])[0].changed is None, "three stay"
    assert guarded_moves({"B → C": 9, "A → B": 2, "C → B": 7}) == {"B → C": 9}
    assert guarded_moves({"B → C": 9}) == {"B → C": 9}
