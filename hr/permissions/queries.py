"""What a person may see and do, read from the directory and decided by the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from engine.model import Act, Actor, CaseFacts, Scope, TaskFacts
from engine.ports import Allowed, Holder, Refused
from engine.queries import publications
from hr.absence import queries as absence
from hr.directory import queries as directory
from hr.permissions import rules
from hr.permissions.rules import Standing


def scope_of(connection: Connection, person_id: int, at: datetime) -> Scope:
    """Say what a person may see in lists on the day of a moment."""
    posts = directory.posts_of(connection, person_id, at)
    below = directory.team(connection, {person_id}, at, posts)
    further = directory.team(connection, below, at) if below else frozenset()
    known = replace(
        _rights(connection, person_id, at),
        covers=directory.covered_by(connection, person_id, at, posts),
        stands_in=absence.stands_in(connection, person_id, at),
    )
    return rules.scope(known, below | further)


def standing(
    connection: Connection, person_id: int, subject_id: int | None, at: datetime
) -> Standing:
    """Describe what a person is on the day of a moment, with regard to a case's subject."""
    known = _rights(connection, person_id, at)
    return Standing(
        person_id,
        known.in_service,
        known.grants,
        directory.covered_by(connection, person_id, at),
        absence.stands_in(connection, person_id, at),
        _is_above(connection, person_id, subject_id, at),
        _is_proxied(connection, known, subject_id, at),
    )


def may_act(
    connection: Connection, actor: Actor, act: Act, on: TaskFacts | CaseFacts, at: datetime
) -> Allowed | Refused:
    """Decide one act; reads only what this act depends on."""
    if actor.person_id is None:
        return rules.NO_ROLE
    return _decided(connection, _rights(connection, actor.person_id, at), act, on, at)


def _decided(
    connection: Connection, known: Standing, act: Act, on: TaskFacts | CaseFacts, at: datetime
) -> Allowed | Refused:
    if _is_own_change(connection, known.person_id, on):
        return rules.OWN_DRAFT
    answer = rules.may_act(known, act, on)
    if isinstance(answer, Allowed) or answer.reason in ("OWN_CASE", "LEFT_SERVICE"):
        return answer
    wider = isinstance(on, TaskFacts) or act is Act.READ
    if not wider:
        return answer
    return rules.may_act(standing(connection, known.person_id, on.subject_id, at), act, on)


def _is_own_change(connection: Connection, person_id: int, on: TaskFacts | CaseFacts) -> bool:
    """Tell whether somebody would decide about a draft of a process that he worked on."""
    if not isinstance(on, TaskFacts) or on.process_key != publications.PROCESS_CHANGE:
        return False
    return person_id in publications.authors_of_case(connection, on.instance_id)


def may_be_offered(
    connection: Connection, tasks: Sequence[TaskFacts], at: datetime
) -> list[Allowed | Refused]:
    """Decide for each task whether its assignee may be offered it; all rights are read at once."""
    persons = {task.assignee_id for task in tasks if task.assignee_id is not None}
    known = {
        one: Standing(one, in_service, grants)
        for one, (in_service, grants) in directory.rights_of_all(connection, persons, at).items()
    }
    return [
        rules.NO_ROLE
        if task.assignee_id is None
        else _decided(connection, known[task.assignee_id], Act.OFFER, task, at)
        for task in tasks
    ]


def may_start(connection: Connection, person_id: int, at: datetime) -> bool:
    """Tell whether somebody may start cases at all."""
    return rules.may_start(_rights(connection, person_id, at))


def may_audit(connection: Connection, person_id: int, at: datetime) -> bool:
    """Tell whether somebody audits the whole city: searches, samples, working papers, exports."""
    return rules.may_audit(_rights(connection, person_id, at))


def may_by_role(
    connection: Connection, person_id: int | None, actions: str, noun: str, at: datetime
) -> bool:
    """Tell whether somebody in service may do one of these to an object in the whole city."""
    if person_id is None:
        return False
    known = _rights(connection, person_id, at)
    return known.in_service and rules.may_everywhere(known, actions, noun)


def is_agency(connection: Connection, actor: Actor, at: datetime) -> bool:
    """Tell whether somebody is an officer of the agency in service, or the platform itself."""
    if actor.is_platform:
        return True
    known = _rights(connection, actor.person_id or 0, at)
    return known.in_service and rules.HRC in {grant.role for grant in known.grants}


def may_about(
    connection: Connection, actor: Actor, action: str, noun: str, person_id: int, at: datetime
) -> bool:
    """Tell whether somebody may do this to an object about a person; see `rules.may_about`.

    Of whoever has left, or has no post, only those have the records who have them for the city.
    """
    if actor.is_platform:
        return True
    path = directory.person(connection, person_id, at).unit_path
    return may_within(connection, actor, action, noun, person_id, path, at)


def may_within(
    connection: Connection,
    actor: Actor,
    action: str,
    noun: str,
    person_id: int | None,
    path: str,
    at: datetime,
) -> bool:
    """Tell whether somebody may do this in a unit, to an object about a person of anywhere.

    person_id -- None where it is not yet known whom it is about
    """
    if actor.is_platform:
        return True
    if actor.person_id is None:
        return False
    known = standing(connection, actor.person_id, person_id, at)
    return rules.may_about(known, action, noun, person_id, path)


def may_unmask(connection: Connection, actor: Actor, at: datetime) -> bool:
    """Tell whether somebody is one of the two who together unmask; the platform never is."""
    person = actor.person_id
    return person is not None and rules.may_unmask(_rights(connection, person, at))


def lanes_in(
    connection: Connection, person_id: int, case: CaseFacts, at: datetime
) -> frozenset[str]:
    """Name the roles somebody has in a case: EMP, RTR, SU2 and what he was granted there."""
    grants = rules.effective(directory.roles_of(connection, person_id, at))
    lanes = {grant.role for grant in grants if case.scope_path.startswith(grant.unit_path)}
    if case.subject_id is None:
        return frozenset(lanes)
    if case.subject_id == person_id:
        return frozenset({rules.EMP})  # whoever a case is about is nothing else in it
    rater = directory.superior(connection, case.subject_id, at)
    if rater is not None:
        lanes |= {rules.RTR} if rater == person_id else set()
        lanes |= {rules.SU2} if directory.superior(connection, rater, at) == person_id else set()
    return frozenset(lanes)


def holder(
    connection: Connection, role: str, subject_id: int | None, scope_path: str, at: datetime
) -> Holder:
    """Resolve a lane's role, or a candidate group, for a case's subject.

    Where nobody is above somebody (the top of the structure), the agency takes the rater's place.
    """
    if role == rules.EMP:
        return Holder(person_id=subject_id)
    if role in rules.POST_LANES:
        return _superior(connection, role, subject_id, at)
    if role == rules.HRO:
        return Holder(group=_officer_group(connection, subject_id, scope_path, at))
    if role in rules.CITY_GROUPS or role.startswith(f"{rules.HRO}@"):
        return Holder(group=role)
    return Holder()


def holders(
    connection: Connection, role: str, cases: Sequence[tuple[int | None, str]], at: datetime
) -> list[Holder]:
    """Resolve a lane's role, or a candidate group, for the subjects of many cases."""
    if role in rules.POST_LANES:
        found = _superiors(connection, role, [s for s, _ in cases if s is not None], at)
        agency = Holder(group=rules.HRC)
        return [Holder(person_id=found[s]) if s in found else agency for s, _ in cases]
    return [holder(connection, role, subject, path, at) for subject, path in cases]


def next_level(connection: Connection, task: TaskFacts, at: datetime) -> Holder | None:
    """Say who comes next when a task escalates: EMP to RTR, RTR to SU2, everybody then to HRC."""
    agency = Holder(group=rules.HRC)
    # Feedback is one person's; a signature, or a technical approval, is nobody else's ever.
    if task.candidate_group == rules.HRC or task.lane in (rules.PEER, rules.PPK, rules.ADM):
        return None
    first = task.assignee_id == task.subject_id
    if task.lane == rules.EMP:
        if not first:
            return agency
        return _superior(connection, rules.RTR, task.subject_id, at)
    if task.lane == rules.RTR:
        upper = _superior(connection, rules.SU2, task.subject_id, at)
        return agency if upper.person_id in (None, task.assignee_id) else upper
    return agency


def _superior(connection: Connection, role: str, subject_id: int | None, at: datetime) -> Holder:
    if subject_id is None:
        return Holder(group=rules.HRC)
    found = _superiors(connection, role, [subject_id], at).get(subject_id)
    return Holder(group=rules.HRC) if found is None else Holder(person_id=found)


def _superiors(
    connection: Connection, role: str, subjects: Sequence[int], at: datetime
) -> dict[int, int]:
    """Give who has a lane of posts for each of these subjects; who has nobody is left out."""
    found = directory.superiors(connection, subjects, at)
    if role == rules.SU2:
        upper = directory.superiors(connection, set(found.values()), at)
        found = {one: upper[above] for one, above in found.items() if above in upper}
    return found


def _officer_group(
    connection: Connection, subject_id: int | None, scope_path: str, at: datetime
) -> str:
    paths = directory.ancestors(scope_path)
    staffed = directory.granted_paths(connection, rules.HRO, paths, at, besides=subject_id)
    nearest = next((path for path in paths if path in staffed), None)
    return rules.HRC if nearest is None else f"{rules.HRO}@{nearest}"


def _is_above(connection: Connection, person_id: int, subject_id: int | None, at: datetime) -> bool:
    if subject_id is None:
        return False
    rater = directory.superior(connection, subject_id, at)
    if rater is None or rater == person_id:
        return rater is not None
    return directory.superior(connection, rater, at) == person_id


def _is_proxied(
    connection: Connection, known: Standing, subject_id: int | None, at: datetime
) -> bool:
    officer = {grant.role for grant in known.grants} & {rules.HRO, rules.HRC}
    return (
        bool(officer and subject_id)
        and directory.proxy(connection, subject_id or 0, at) is not None
    )


def _rights(connection: Connection, person_id: int, at: datetime) -> Standing:
    in_service, grants = directory.rights(connection, person_id, at)
    return Standing(person_id, in_service, grants)
