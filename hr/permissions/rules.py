"""Who may do what: pure rules over a person's standing and the matrix of roles.

The same functions answer single acts (`may_act`) and build lists (`scope`); a property test holds
them together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from engine.model import Act, CaseFacts, Scope, StandIn, TaskFacts
from engine.ports import Allowed, Refused
from hr.directory.queries import RoleGrant
from hr.permissions import matrix

EMP, RTR, SU2, PEER = "EMP", "RTR", "SU2", "PEER"
HRO, HRC, PPK, TRN, TIM, DSN, AUD, ADM = "HRO", "HRC", "PPK", "TRN", "TIM", "DSN", "AUD", "ADM"
CITY_GROUPS = frozenset({HRC, PPK, TRN, TIM, DSN, AUD, ADM})
READERS = matrix.roles("R", "rating")  # of cases, each within the unit of his grant
DOSSIER_READERS = frozenset({AUD, HRC})  # of a case's whole history; that they read it is noted
POST_LANES = frozenset({RTR, SU2})  # what a post has to do, so that its acting official may
EVERYWHERE = ""  # the prefix of every scope path

_PERSONAL = (
    Act.SAVE_DRAFT,
    Act.COMPLETE,
    Act.SEND_BACK,
    Act.DELEGATE,
    Act.ASK_EXTENSION,
)
_BY_AGENCY = (Act.CANCEL, Act.RETRY, Act.RESOLVE, Act.PUBLISH)
_BY_EITHER = (Act.SUSPEND, Act.RESUME)  # by the agency, or for technical reasons

OWN_CASE = Refused("OWN_CASE", "Expected somebody else's case, but this one is about you.")
NOT_YOURS = Refused("NOT_YOURS", "Expected a task of yours, but this one is somebody else's.")
NOT_MEMBER = Refused("NOT_MEMBER", "Expected a member of the group, but you are none.")
NO_ROLE = Refused("NO_ROLE", "Expected a role that may do this, but you have none.")
LEFT_SERVICE = Refused("LEFT_SERVICE", "Expected somebody in service, but this person has left.")
BY_STUDIO = "process_change"  # a case of it begins when a draft is sent, and never otherwise
FROM_STUDIO = Refused(
    "FROM_STUDIO", "Expected a draft that is sent from the studio, but a case was asked for alone."
)
OWN_DRAFT = Refused("OWN_DRAFT", "Expected a change by others, but you worked on this one.")
NEEDS_APPROVAL = Refused(
    "NEEDS_APPROVAL",
    "Expected a version approved by the agency and the administrator, but it is not.",
)


@dataclass(frozen=True)
class Standing:
    """What a person is on a day.

    covers -- the holders for whose posts he acts (Plh)
    stands_in -- for whom he stands in while they are away, in which processes (none: all)
    above_subject -- whether he is the rater, or the rater's superior, of the case's subject
    proxied -- whether the subject's forms are filled in for him by his office's personnel officer
    """

    person_id: int
    in_service: bool = True
    grants: Collection[RoleGrant] = frozenset()
    covers: Collection[int] = frozenset()
    stands_in: Mapping[int, frozenset[str]] = field(default_factory=dict)
    above_subject: bool = False
    proxied: bool = False


def group_key(grant: RoleGrant) -> str:
    """Name the candidate group that a grant makes one a member of: `HRC`, `HRO@/01/`."""
    return f"{grant.role}@{grant.unit_path}" if grant.unit_path else grant.role


def effective(grants: Iterable[RoleGrant]) -> tuple[RoleGrant, ...]:
    """Leave out what a role rules out: an auditor never writes, an administrator reads no case."""
    grants = tuple(grants)
    held = {grant.role for grant in grants}
    if AUD in held:
        return tuple(grant for grant in grants if grant.role == AUD)
    if ADM in held:
        return tuple(grant for grant in grants if grant.role == ADM)
    return grants


def groups(standing: Standing) -> frozenset[str]:
    """Name the candidate groups whose tasks may be offered to a person."""
    return frozenset(group_key(grant) for grant in effective(standing.grants) if grant.role != AUD)


def readable(standing: Standing) -> frozenset[str]:
    """Give the path prefixes whose cases a person may read by role."""
    held = (grant for grant in effective(standing.grants) if grant.role in READERS)
    return frozenset(grant.unit_path or EVERYWHERE for grant in held)


def scope(standing: Standing, below: Collection[int]) -> Scope:
    """Say what a person may see in lists; `below` are those he rates and those whom they rate."""
    if not standing.in_service:
        return Scope(person_id=standing.person_id)
    return Scope(
        person_id=standing.person_id,
        subjects=frozenset({standing.person_id, *below}),
        path_prefixes=readable(standing),
        groups=groups(standing),
        exclude_subjects=frozenset({standing.person_id}),
        stands_in=_stands_in(standing),
    )


def _stands_in(standing: Standing) -> dict[int, StandIn]:
    found = {holder: StandIn(lanes=POST_LANES) for holder in standing.covers}
    return found | {one: StandIn(keys) for one, keys in standing.stands_in.items()}


def may_act(standing: Standing, act: Act, on: TaskFacts | CaseFacts) -> Allowed | Refused:
    """Decide one act of one person."""
    if not standing.in_service:
        return LEFT_SERVICE
    if isinstance(on, TaskFacts):
        return _on_task(standing, act, on)
    return _on_case(standing, act, on)


def may_start(standing: Standing) -> bool:
    """Tell whether somebody may start cases at all."""
    return standing.in_service and _may(standing, "C", "promotion")


def may_audit(standing: Standing) -> bool:
    """Tell whether somebody audits the whole city."""
    able = matrix.roles("C", "working_paper")
    held = (grant for grant in effective(standing.grants) if grant.role in able)
    return standing.in_service and any(grant.unit_path == EVERYWHERE for grant in held)


def may_about(
    standing: Standing, action: str, noun: str, person_id: int | None, unit_path: str
) -> bool:
    """Tell whether somebody may do this to an object about a person of a unit.

    About himself he is nothing but an employee; above him he is his rater, whatever he was granted.
    """
    if not standing.in_service:
        return False
    if person_id == standing.person_id:
        return matrix.can(EMP, action, noun, frozenset({matrix.OWN}))
    if standing.above_subject and matrix.can(RTR, action, noun, frozenset({matrix.TEAM})):
        return True
    return any(
        matrix.can(grant.role, action, noun)
        for grant in effective(standing.grants)
        if unit_path.startswith(grant.unit_path)
    )


def may_unmask(standing: Standing) -> bool:
    """Tell whether somebody is one of the two who together learn who wrote an anonymous answer."""
    together = frozenset({matrix.UNMASKED})
    return standing.in_service and any(
        matrix.can(grant.role, "R", "peer_answer", together)
        for grant in effective(standing.grants)
        if grant.unit_path == EVERYWHERE
    )


def _on_task(standing: Standing, act: Act, task: TaskFacts) -> Allowed | Refused:
    if task.subject_id == standing.person_id and task.lane != EMP:
        return OWN_CASE
    match act:
        case Act.OFFER:
            return _may_be_offered(standing, task)
        case Act.CLAIM:
            return Allowed() if _is_member(standing, task) else NOT_MEMBER
        case Act.UNCLAIM:
            return Allowed() if task.assignee_id == standing.person_id else NOT_YOURS
        case Act.ASSIGN:
            return _may_assign(standing, task)
        case Act.TAKE_OVER:
            return Allowed() if _is_of_group(standing, task) else NOT_MEMBER
        case Act.REMIND:
            above = standing.above_subject or _covers_path(standing, task.scope_path)
            return Allowed() if above else NO_ROLE
        case Act.EXTEND:
            others = task.assignee_id != standing.person_id
            return Allowed() if others and _held(standing, HRC) else NO_ROLE
        case Act.READ | Act.COMMENT:
            own = _personally(standing, task)
            return Allowed() if isinstance(own, Refused) and _is_of_group(standing, task) else own
        case _ if act in _PERSONAL:
            return _personally(standing, task)
        case _:
            return NO_ROLE


def _on_case(standing: Standing, act: Act, case: CaseFacts) -> Allowed | Refused:
    if act is Act.READ:
        return Allowed() if _may_read(standing, case) else NO_ROLE
    if act is Act.DEPLOY:
        return NEEDS_APPROVAL
    if act in (Act.PROPOSE_VERSION, Act.DECIDE_VERSION):
        may = _may(standing, "C" if act is Act.PROPOSE_VERSION else "A", "deployment")
        return Allowed() if may else NO_ROLE
    if act in (Act.DRAFT, Act.READ_DRAFT):
        may = _may(standing, "CU" if act is Act.DRAFT else "R", "process_draft")
        return Allowed() if may else NO_ROLE
    if case.subject_id == standing.person_id:
        return OWN_CASE
    if act is Act.START and case.process_key == BY_STUDIO:
        return FROM_STUDIO
    if act is Act.START:
        return Allowed() if _covers_path(standing, case.scope_path) else NO_ROLE
    machine = act is Act.RETRY and case.instance_id is None and not case.process_key
    if act in _BY_EITHER or machine:
        return Allowed() if _may(standing, "CA", "repair") else NO_ROLE
    if act is Act.PROPOSE:
        return Allowed() if _may(standing, "C", "repair") else NO_ROLE
    if act in _BY_AGENCY:
        return Allowed() if _may(standing, "A", "repair") else NO_ROLE
    return NO_ROLE


def _may_be_offered(standing: Standing, task: TaskFacts) -> Allowed | Refused:
    if task.candidate_group in groups(standing) or _held(standing, HRC):
        return Allowed()
    if task.lane == EMP:
        own = standing.person_id == task.subject_id or standing.above_subject
        return Allowed() if own else NOT_YOURS
    if task.lane in POST_LANES and standing.above_subject:
        return Allowed()
    return Allowed() if task.candidate_group is None else NOT_MEMBER


def _may_assign(standing: Standing, task: TaskFacts) -> Allowed | Refused:
    if task.subject_id == standing.person_id:
        return OWN_CASE
    # Escalation gives somebody's own task to his superior, who acts or hands it back.
    escalated = task.lane == EMP and task.assignee_id == standing.person_id
    return Allowed() if escalated or _covers_path(standing, task.scope_path) else NO_ROLE


def _personally(standing: Standing, task: TaskFacts) -> Allowed | Refused:
    if task.assignee_id == standing.person_id:
        return Allowed()
    absent = task.assignee_id
    if _fills_in_for(standing, task):
        return Allowed(on_behalf_of=absent)
    if absent is None or task.anonymous or task.subject_id in (absent, standing.person_id):
        return NOT_YOURS  # what is somebody's own business waits for him
    acts_for_post = task.lane in POST_LANES and absent in standing.covers
    keys = standing.stands_in.get(absent)
    stands_in = keys is not None and (not keys or task.process_key in keys)
    return Allowed(on_behalf_of=absent) if acts_for_post or stands_in else NOT_YOURS


def _fills_in_for(standing: Standing, task: TaskFacts) -> bool:
    """Tell whether an officer fills in the own form of somebody who cannot do it himself."""
    own = task.lane == EMP and task.assignee_id == task.subject_id != standing.person_id
    able = standing.proxied and own and task.subject_id is not None and not task.anonymous
    return able and _covers_path(standing, task.scope_path)


def _is_member(standing: Standing, task: TaskFacts) -> bool:
    free = task.assignee_id in (None, standing.person_id)
    return free and _is_of_group(standing, task)


def _is_of_group(standing: Standing, task: TaskFacts) -> bool:
    mine = task.candidate_group is not None and task.candidate_group in groups(standing)
    return mine and task.subject_id != standing.person_id


def _may_read(standing: Standing, case: CaseFacts) -> bool:
    if case.subject_id == standing.person_id or standing.above_subject:
        return True
    return any(case.scope_path.startswith(prefix) for prefix in readable(standing))


def _may(standing: Standing, actions: str, noun: str) -> bool:
    """Tell whether what a person was granted lets him do one of these to an object."""
    able = frozenset[str]().union(*(matrix.roles(action, noun) for action in actions))
    return any(grant.role in able for grant in effective(standing.grants))


def may_everywhere(standing: Standing, actions: str, noun: str) -> bool:
    """Tell whether a role granted for the whole city lets a person do one of these to an object."""
    city = frozenset({matrix.CITY})
    held = [grant.role for grant in effective(standing.grants) if not grant.unit_path]
    return any(matrix.can(role, each, noun, city) for role in held for each in actions)


def _held(standing: Standing, role: str) -> list[RoleGrant]:
    return [grant for grant in effective(standing.grants) if grant.role == role]


def _covers_path(standing: Standing, scope_path: str) -> bool:
    if _held(standing, HRC):
        return True
    return any(scope_path.startswith(grant.unit_path) for grant in _held(standing, HRO))
