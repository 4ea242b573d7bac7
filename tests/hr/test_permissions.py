"""Who may act, and that lists show exactly what single acts allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection
from sqlalchemy import Engine as Database

from engine import Engine, NewCase, PublishMessage, StartInstance
from engine.errors import NotAllowed
from engine.folder import read_folder
from engine.model import Act, Actor, CaseFacts, Channel, TaskFacts
from engine.ports import Allowed, Holder, Refused
from hr.demo.cast import CAST, install_cast
from hr.directory import store
from hr.directory.commands import GrantRole
from hr.directory.queries import RoleGrant, persons
from hr.directory.tables import ActingOfficial, Person
from hr.evaluation.commands import SetPeerQuarters
from hr.permissions import matrix, queries, rules
from hr.permissions.rules import Standing
from hr.statements import add
from tests.conftest import WORKFLOWS

NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
EMP, RTR, SU2, HRO, HRC, AUD, ADM, STRANGER = (
    CAST[code] for code in ("EMP", "RTR", "SU2", "HRO", "HRC", "AUD", "ADM", "STRANGER")
)
PATH = "/01/01/01/"
TASK = TaskFacts(
    task_id=1,
    instance_id=1,
    process_key="quarterly_evaluation",
    element_id="final_rating",
    lane="RTR",
    subject_id=EMP,
    scope_path=PATH,
    assignee_id=RTR,
    candidate_group=None,
    anonymous=False,
)
CASE = CaseFacts(1, "quarterly_evaluation", EMP, PATH)
ROLES = ("HRO", "HRC", "PPK", "TRN", "TIM", "DSN", "AUD", "ADM")


@pytest.fixture
def cast(database: Database) -> Iterator[Connection]:
    with database.begin() as connection:
        install_cast(connection, NOW)
        yield connection


def _answer(
    connection: Connection, person: int | None, act: Act, on: TaskFacts | CaseFacts
) -> str | None:
    """Give the code of the refusal, or None where it is allowed."""
    answer = queries.may_act(connection, Actor(person_id=person), act, on, NOW)
    return answer.reason if isinstance(answer, Refused) else None


@pytest.mark.parametrize("channel", [Channel.WEB, Channel.API])
def test_nobody_at_a_page_is_not_the_platform(engine: Engine, channel: Channel) -> None:
    """Whoever has not logged in has no more right than a stranger, whatever a public page does."""
    engine.execute(read_folder(WORKFLOWS / "quarterly_evaluation"))
    nobody = Actor(channel=channel, address="127.0.0.1")
    case = NewCase(subject_id=CAST["EMP"], period="2026Q2")
    for command in (
        StartInstance(key="quarterly_evaluation", case=case),
        GrantRole(person_id=1, role="ADM", valid_from=date(2026, 7, 1), reason="sendiri"),
        SetPeerQuarters(
            unit_id=1, peer_quarters="24", valid_from=date(2026, 7, 1), reason="sendiri"
        ),
        PublishMessage(name="objection_raised", correlation="result/1"),
    ):
        with pytest.raises(NotAllowed):
            engine.execute(command, by=nobody)


def test_the_assignee_completes_and_nobody_else(cast: Connection) -> None:
    assert _answer(cast, RTR, Act.COMPLETE, TASK) is None
    for other in set(CAST.values()) - {RTR, EMP}:
        assert _answer(cast, other, Act.COMPLETE, TASK) == "NOT_YOURS"


@pytest.mark.parametrize("act", [Act.OFFER, Act.CLAIM, Act.ASSIGN, Act.COMPLETE, Act.READ])
def test_nobody_acts_on_a_task_about_himself(cast: Connection, act: Act) -> None:
    given_to_emp = replace(TASK, assignee_id=EMP)
    assert _answer(cast, EMP, act, given_to_emp) == "OWN_CASE"


def test_ones_own_self_assessment_is_the_exception(cast: Connection) -> None:
    own = replace(TASK, lane="EMP", assignee_id=EMP)
    for act in (Act.OFFER, Act.SAVE_DRAFT, Act.COMPLETE, Act.READ):
        assert _answer(cast, EMP, act, own) is None


@pytest.mark.parametrize("act", [Act.START, Act.CANCEL, Act.RETRY])
def test_the_agency_does_not_start_cancel_or_repair_its_own_case(
    cast: Connection, act: Act
) -> None:
    own = replace(CASE, subject_id=HRC, scope_path="/04/")
    assert _answer(cast, HRC, act, own) == "OWN_CASE"
    assert _answer(cast, CAST["HRC2"], act, own) is None


def test_an_acting_official_acts_on_behalf_of_the_holder(cast: Connection) -> None:
    span = {"valid_from": date(2026, 7, 1), "valid_to": date(2026, 7, 9)}
    add(cast, ActingOfficial, [{"person_id": STRANGER, "post_id": 4, "kind": "PLH", **span}])
    actor = Actor(person_id=STRANGER)
    answer = queries.may_act(cast, actor, Act.COMPLETE, TASK, NOW)
    assert answer == Allowed(on_behalf_of=RTR)
    own = replace(TASK, lane="EMP", subject_id=RTR)
    assert _answer(cast, STRANGER, Act.COMPLETE, own) == "NOT_YOURS"
    secret = replace(TASK, anonymous=True)
    assert _answer(cast, STRANGER, Act.COMPLETE, secret) == "NOT_YOURS"


def test_an_acting_official_still_does_not_act_on_his_own_case(cast: Connection) -> None:
    span = {"valid_from": date(2026, 7, 1), "valid_to": date(2026, 7, 9)}
    add(cast, ActingOfficial, [{"person_id": EMP, "post_id": 4, "kind": "PLH", **span}])
    assert _answer(cast, EMP, Act.COMPLETE, TASK) == "OWN_CASE"


def test_a_group_task_is_claimed_by_members_only(cast: Connection) -> None:
    offered = replace(TASK, lane="HRC", assignee_id=None, candidate_group="HRC")
    assert _answer(cast, HRC, Act.CLAIM, offered) is None
    assert _answer(cast, HRO, Act.CLAIM, offered) == "NOT_MEMBER"
    of_office = replace(offered, lane="HRO", candidate_group="HRO@/01/")
    assert _answer(cast, HRO, Act.CLAIM, of_office) is None
    assert _answer(cast, HRC, Act.CLAIM, of_office) == "NOT_MEMBER"


def test_a_case_is_read_by_those_above_and_those_in_charge(cast: Connection) -> None:
    readers = {p for p in CAST.values() if _answer(cast, p, Act.READ, CASE) is None}
    expected = ("EMP", "RTR", "SU2", "HRO", "HRC", "HRC2", "PPK", "AUD")
    assert readers == {CAST[code] for code in expected}


def test_an_administrator_reads_no_case_whatever_else_he_is() -> None:
    grants = [RoleGrant("ADM", ""), RoleGrant("HRC", "")]
    both = Standing(ADM, grants=grants)
    assert rules.may_act(both, Act.READ, CASE) == rules.NO_ROLE
    assert rules.may_act(both, Act.RETRY, CASE) == rules.NO_ROLE


def test_an_auditor_writes_nothing_whatever_else_he_is() -> None:
    both = Standing(AUD, grants=[RoleGrant("AUD", ""), RoleGrant("HRC", "")])
    assert rules.may_act(both, Act.READ, CASE) == Allowed()
    for act in (Act.START, Act.CANCEL, Act.RETRY, Act.PUBLISH, Act.DEPLOY):
        assert isinstance(rules.may_act(both, act, CASE), Refused)
    offered = replace(TASK, lane="AUD", assignee_id=None, candidate_group="AUD")
    assert rules.may_act(both, Act.CLAIM, offered) == rules.NOT_MEMBER


def test_whoever_has_left_may_nothing(cast: Connection) -> None:
    gone = Person.__table__.update().where(Person.id == RTR).values(left_on=date(2026, 6, 30))
    cast.execute(gone)
    assert _answer(cast, RTR, Act.COMPLETE, TASK) == "LEFT_SERVICE"
    assert queries.scope_of(cast, RTR, NOW).subjects == frozenset()


def test_a_stranger_at_the_door_may_nothing(cast: Connection) -> None:
    for act in Act:
        assert _answer(cast, None, act, CASE) is not None
        assert _answer(cast, 999, act, CASE) is not None


def test_a_persons_own_task_may_be_handed_back_after_it_escalated(cast: Connection) -> None:
    escalated = replace(TASK, lane="EMP", assignee_id=RTR)
    assert _answer(cast, RTR, Act.ASSIGN, escalated) is None
    assert _answer(cast, EMP, Act.OFFER, replace(escalated, assignee_id=EMP)) is None
    to_stranger = replace(escalated, assignee_id=STRANGER)
    assert _answer(cast, STRANGER, Act.OFFER, to_stranger) == "NOT_YOURS"


def test_lanes_are_resolved_for_the_subject(cast: Connection) -> None:
    def holder(role: str, subject: int | None = EMP, path: str = PATH) -> Holder:
        return queries.holder(cast, role, subject, path, NOW)

    assert holder("EMP") == Holder(person_id=EMP)
    assert holder("RTR") == Holder(person_id=RTR)
    assert holder("SU2") == Holder(person_id=SU2)
    assert holder("HRO") == Holder(group="HRO@/01/")
    assert holder("HRO", HRO, "/01/") == Holder(group="HRC")
    assert holder("HRC") == Holder(group="HRC")
    assert holder("PEER") == Holder()
    assert holder("RTR", CAST["PPK"], "/03/") == Holder(group="HRC")


def test_a_task_escalates_step_by_step_to_the_agency(cast: Connection) -> None:
    def upper(lane: str, assignee: int | None, group: str | None = None) -> Holder | None:
        task = replace(TASK, lane=lane, assignee_id=assignee, candidate_group=group)
        return queries.next_level(cast, task, NOW)

    assert upper("EMP", EMP) == Holder(person_id=RTR)
    assert upper("EMP", RTR) == Holder(group="HRC")
    assert upper("RTR", RTR) == Holder(person_id=SU2)
    assert upper("RTR", SU2) == Holder(group="HRC")
    assert upper("SU2", SU2) == Holder(group="HRC")
    assert upper("HRO", None, "HRO@/01/") == Holder(group="HRC")
    assert upper("RTR", None, "HRC") is None
    assert upper("PEER", CAST["PEER1"]) is None


def test_lanes_in_a_case_say_what_somebody_is_there(cast: Connection) -> None:
    def lanes(person: int) -> frozenset[str]:
        return queries.lanes_in(cast, person, CASE, NOW)

    assert lanes(EMP) == {"EMP"}
    assert lanes(RTR) == {"RTR"}
    assert lanes(SU2) == {"SU2"}
    assert lanes(HRO) == {"HRO"}
    assert lanes(STRANGER) == frozenset()
    own = replace(CASE, subject_id=HRC, scope_path="/04/")
    assert queries.lanes_in(cast, HRC, own, NOW) == {"EMP"}


def _listed(connection: Connection, person: int, subject: int | None, path: str) -> bool:
    """Say whether a list under the person's scope would show a case."""
    scope = queries.scope_of(connection, person, NOW)
    if subject in scope.subjects:
        return True
    return subject not in scope.exclude_subjects and path.startswith(tuple(scope.path_prefixes))


def test_lists_and_single_acts_agree_for_everybody_of_the_cast(
    cast: Connection,
) -> None:
    paths = {p.id: p.unit_path for p in persons(cast, CAST.values(), NOW).values()}
    subjects = [CAST[code] for code in ("EMP", "RTR", "SU2", "HRO", "HRC", "PPK", "AUD")]
    for person in CAST.values():
        for subject in subjects:
            case = CaseFacts(1, "p", subject, paths[subject])
            single = _answer(cast, person, Act.READ, case) is None
            assert single == _listed(cast, person, subject, paths[subject]), (person, subject)


grants = st.builds(
    RoleGrant, st.sampled_from(ROLES), st.sampled_from(("", "/01/", "/01/01/", "/02/"))
).map(lambda g: g if g.role == "HRO" else replace(g, unit_path=""))
standings = st.builds(
    Standing,
    person_id=st.integers(1, 4),
    in_service=st.sampled_from((True, True, True, False)),
    grants=st.lists(grants, max_size=3),
)
paths = st.sampled_from(("", "/01/", "/01/01/", "/01/01/01/", "/02/", "/010/"))


@given(standings, st.integers(1, 4), paths, st.sets(st.integers(1, 4)))
def test_a_case_is_listed_exactly_when_it_may_be_read(
    standing: Standing, subject: int, path: str, below: set[int]
) -> None:
    below -= {standing.person_id}
    known = replace(standing, above_subject=subject in below)
    scope = rules.scope(standing, below)
    listed = subject in scope.subjects or (
        subject not in scope.exclude_subjects and path.startswith(tuple(scope.path_prefixes))
    )
    may = rules.may_act(known, Act.READ, CaseFacts(1, "p", subject, path))
    assert listed == isinstance(may, Allowed)


@given(
    standings,
    st.none() | st.integers(1, 4),
    st.sampled_from(("HRC", "HRO@/01/", "HRO@/02/", "TRN", "AUD", "ADM", "")),
)
def test_a_group_task_is_listed_exactly_when_it_may_be_claimed(
    standing: Standing, subject: int | None, group: str
) -> None:
    task = replace(TASK, lane="HRC", subject_id=subject, assignee_id=None, candidate_group=group)
    scope = rules.scope(standing, ())
    listed = group in scope.groups and subject not in scope.exclude_subjects
    assert listed == isinstance(rules.may_act(standing, Act.CLAIM, task), Allowed)


@given(standings, st.sampled_from(list(Act)), paths)
def test_no_act_on_ones_own_case_but_reading(standing: Standing, act: Act, path: str) -> None:
    if act in (Act.DRAFT, Act.READ_DRAFT, Act.PROPOSE_VERSION, Act.DECIDE_VERSION):
        return  # about a process, not about a person
    own = CaseFacts(1, "p", standing.person_id, path)
    allowed = isinstance(rules.may_act(standing, act, own), Allowed)
    assert allowed == (act is Act.READ and standing.in_service)


@given(standings, st.booleans(), paths)
def test_who_is_listed_is_whom_one_may_see(standing: Standing, above: bool, path: str) -> None:
    standing, other = replace(standing, above_subject=above), 20
    for person in (other, standing.person_id):
        below = {person} if standing.above_subject and person == other else set()
        listed = rules.scope(standing, below)
        inside = any(path.startswith(prefix) for prefix in listed.path_prefixes)
        seen = rules.may_about(standing, "R", "person", person, path)
        assert seen == (person in listed.subjects or inside)


def test_rights_are_read_in_one_statement(cast: Connection) -> None:
    assert store.rights(cast, HRO, date(2026, 7, 1))[0]["role"] == "HRO"
    assert store.rights(cast, EMP, date(2026, 7, 1))[0]["role"] is None


def test_an_administrator_suspends_and_proposes_and_the_agency_decides() -> None:
    technical = Standing(901, grants={RoleGrant("ADM", "")})
    agency = Standing(902, grants={RoleGrant("HRC", "")})
    may = {
        who: {act for act in Act if rules.may_act(who_is, act, CASE) == Allowed()}
        for who, who_is in (("ADM", technical), ("HRC", agency))
    }
    versions = {Act.READ_DRAFT, Act.DECIDE_VERSION}
    assert may["ADM"] == {Act.SUSPEND, Act.RESUME, Act.PROPOSE, *versions}
    assert {Act.SUSPEND, Act.RESUME, Act.RETRY, Act.RESOLVE, Act.CANCEL} <= may["HRC"]
    assert Act.PROPOSE not in may["HRC"]
    machine = CaseFacts(None, "", None, "")
    assert rules.may_act(technical, Act.RETRY, machine) == Allowed()
    assert rules.may_act(Standing(903), Act.RETRY, machine) == rules.NO_ROLE


@given(standings, paths)
def test_what_a_person_may_do_to_a_case_is_what_the_matrix_gives_his_roles(
    standing: Standing, path: str
) -> None:
    held = {grant.role for grant in rules.effective(standing.grants)}
    case = CaseFacts(1, "p", 9, path)

    def may(act: Act) -> bool:
        return isinstance(rules.may_act(standing, act, case), Allowed)

    def given_by(actions: str, noun: str) -> bool:
        able = (matrix.can(role, action, noun) for role in held for action in actions)
        return standing.in_service and any(able)

    assert may(Act.PROPOSE) == given_by("C", "repair")
    assert may(Act.RESOLVE) == may(Act.CANCEL) == may(Act.RETRY) == given_by("A", "repair")
    assert may(Act.SUSPEND) == may(Act.RESUME) == given_by("CA", "repair")
    assert rules.may_start(standing) == given_by("C", "promotion")
    if may(Act.READ):
        assert given_by("R", "rating")


def test_the_hard_rules_stand_in_the_matrix() -> None:
    ratings = ("self_assessment", "peer_answer", "peer_aggregate", "rating", "coaching")
    assert [noun for noun in ratings if matrix.MATRIX[noun].keys() & {"ADM", "DSN", "PUB"}] == []
    anywhere = frozenset(matrix.SCOPES)
    for noun, row in matrix.MATRIX.items():
        assert set(row) <= set(matrix.ROLES)
        writes = [act for act in "CUAS" if matrix.can("AUD", act, noun, anywhere)]
        assert not writes or noun == "working_paper", noun
    readers = [role for role in matrix.ROLES if matrix.can(role, "R", "peer_answer", anywhere)]
    assert readers == ["PEER", "AUD"]
    assert not matrix.can("AUD", "R", "peer_answer", anywhere - {matrix.UNMASKED})
    # Neither who draws a process nor whoever looks after the machine puts it to work alone.
    assert matrix.roles("A", "deployment") == {"HRC", "ADM"}
    assert matrix.roles("C", "deployment") == {"DSN"}


def test_a_right_reaches_as_far_as_its_cell_says() -> None:
    own, team = frozenset({matrix.OWN}), frozenset({matrix.TEAM})
    assert matrix.can("EMP", "U", "plan", own)
    assert not matrix.can("EMP", "U", "plan", team)
    assert matrix.can("RTR", "A", "plan", team)
    assert not matrix.can("SU2", "A", "plan", team)
    assert matrix.can("HRO", "R", "plan")
    assert not matrix.can("HRO", "U", "plan")
    assert not matrix.can("HRO", "R", "plan", frozenset({matrix.CITY}))
    assert matrix.can("HRC", "A", "referral", frozenset({matrix.UNIT}))
    assert matrix.can("PPK", "R", "rating")  # whoever signs reads
