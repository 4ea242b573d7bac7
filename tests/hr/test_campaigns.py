"""Launching one process for many people, and a demo that plays it forward."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Actor, Channel, Engine, Scope
from engine.errors import Conflict, InvalidForm, NotAllowed
from engine.folder import read_folder
from engine.queries import cases, inbox
from engine.worker import Worker
from hr.campaigns import queries, rules
from hr.campaigns.commands import LaunchCampaign, StartChunk
from hr.campaigns.rules import Member, in_chunks
from hr.demo import play
from hr.demo.cast import CAST
from hr.followup import queries as followup
from tests.conftest import WORKFLOWS, MovableClock
from tests.killing import killed_at

KEY, PERIOD = "quarterly_evaluation", "2026Q2"
FIRST, LAST = date(2026, 4, 1), date(2026, 6, 30)
EVERYWHERE = Scope(path_prefixes=frozenset({""}))
AGENCY = Actor(person_id=CAST["HRC"], channel=Channel.WEB)
LAUNCH = LaunchCampaign(key=KEY, period=PERIOD)


@pytest.fixture
def ready(engine: Engine) -> Engine:
    engine.execute(read_folder(WORKFLOWS / KEY))
    return engine


@pytest.mark.parametrize(
    ("joined", "left", "reason"),
    [
        (date(2020, 1, 1), date(9999, 12, 31), ""),
        (date(2026, 6, 1), date(9999, 12, 31), ""),  # 30 days
        (date(2026, 6, 2), date(9999, 12, 31), rules.TOO_SHORT),
        (date(2020, 1, 1), date(2026, 4, 29), rules.TOO_SHORT),
        (date(2020, 1, 1), date(2025, 1, 1), rules.TOO_SHORT),
    ],
)
def test_thirty_days_of_service_make_a_case(joined: date, left: date, reason: str) -> None:
    assert rules.left_out(Member(1, joined, left, "/01/"), {1}, FIRST, LAST) == reason


def test_who_has_no_post_or_no_rater_is_left_out() -> None:
    always = (date(2020, 1, 1), date(9999, 12, 31))
    assert rules.left_out(Member(1, *always, ""), {1}, FIRST, LAST) == rules.NO_POST
    assert rules.left_out(Member(1, *always, "/01/"), {2}, FIRST, LAST) == rules.NO_RATER


@given(st.sets(st.integers(1, 5000), max_size=300))
def test_chunks_hold_everybody_once_and_fifty_at_most(persons: set[int]) -> None:
    chunks = rules.in_chunks(sorted(persons))
    assert set(chunks) == persons
    sizes = [list(chunks.values()).count(chunk) for chunk in set(chunks.values())]
    assert all(size <= rules.CHUNK for size in sizes)


def test_a_campaign_starts_a_case_for_everybody_who_can_be_rated(ready: Engine) -> None:
    number = ready.execute(LAUNCH, by=AGENCY)
    Worker(ready).run_due()
    found = ready.ask(cases.cases, EVERYWHERE, limit=50).rows
    assert {row.subject_id for row in found} == set(CAST.values()) - {CAST["PPK"]}
    assert len({row.case_no for row in found}) == len(found)
    view = ready.ask(queries.campaign, number)
    assert view is not None
    assert (view.persons, view.left_out) == (len(found), {rules.NO_RATER: 1})
    assert ready.ask(queries.left_out, number) == {CAST["PPK"]: rules.NO_RATER}


def test_a_chunk_that_runs_twice_starts_nobody_twice(ready: Engine) -> None:
    number = ready.execute(LAUNCH, by=AGENCY)
    assert len(ready.execute(StartChunk(campaign_id=number, chunk=0))) == len(CAST) - 1
    assert ready.execute(StartChunk(campaign_id=number, chunk=0)) == ()
    Worker(ready).run_due()
    assert len(ready.ask(cases.cases, EVERYWHERE, limit=50).rows) == len(CAST) - 1


def test_a_launch_that_is_killed_goes_on_where_it_was_and_reaches_nobody_twice(
    ready: Engine, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "in_chunks", lambda persons: in_chunks(persons, 5))
    ready.execute(LAUNCH, by=AGENCY)
    (seen,) = ready.ask(queries.campaigns)
    killed_at(ready, "UPDATE campaign", 3, lambda engine: Worker(engine).run_due())
    (half,) = ready.ask(queries.campaigns)
    assert (half.started, half.persons) == (10, seen.persons)
    Worker(ready).run_due()
    clock.move(timedelta(minutes=3))  # the lease of the chunk in hand, and of those taken with it
    while Worker(ready).run_due():
        pass
    (done,) = ready.ask(queries.campaigns)
    assert done.started == done.persons
    rows = ready.ask(cases.cases, EVERYWHERE, limit=100).rows
    assert len({row.subject_id for row in rows}) == len(rows) == done.persons
    assert sorted(row.case_no for row in rows) == [
        f"P04-{PERIOD}-{n:06d}" for n in range(1, done.persons + 1)
    ]


def test_a_second_campaign_of_the_same_quarter_is_a_conflict(ready: Engine) -> None:
    ready.execute(LAUNCH, by=AGENCY)
    with pytest.raises(Conflict):
        ready.execute(LAUNCH, by=AGENCY)


@pytest.mark.parametrize("code", ["EMP", "RTR", "HRO", "AUD", "ADM", "STRANGER"])
def test_only_the_agency_launches(ready: Engine, code: str) -> None:
    with pytest.raises(NotAllowed):
        ready.execute(LAUNCH, by=Actor(person_id=CAST[code], channel=Channel.WEB))


def test_a_period_that_is_no_quarter_is_refused(ready: Engine) -> None:
    with pytest.raises(InvalidForm):
        ready.execute(LaunchCampaign(key=KEY, period="June"), by=AGENCY)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_played_campaign_leaves_work_for_every_role(ready: Engine, clock: MovableClock) -> None:
    worker = Worker(ready)
    play.launch(ready, PERIOD)
    until = clock.now + timedelta(days=5)
    done = play.play_forward(ready, clock.set, worker.run_due, until=until)
    assert done >= 40
    assert clock.now == until

    def waiting(code: str, at: datetime = until) -> set[str]:
        mine = Scope(person_id=CAST[code])
        page = ready.ask(inbox.open_tasks, mine, now=at, limit=100)
        return {row.element_id for row in page.rows}

    assert "self_assessment" in waiting("EMP")
    assert "peer_feedback" in waiting("PEER1")
    assert {"draft_rating", "final_rating"} <= waiting("RTR")
    assert "fairness_review" in waiting("SU2")
    assert "acknowledge_result" in waiting("PEER5")
    kinds = {row.kind for row in ready.ask(followup.open_followups, EVERYWHERE).rows}
    assert {"COACHING", "REFERRAL"} <= kinds
