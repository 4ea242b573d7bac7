"""What whoever asks may do and see: hr and the engine decide, this module asks them."""

from __future__ import annotations

from typing import cast

from flask import g

from engine.errors import NotAllowed, NotFound
from engine.model import Act, CaseFacts, TaskFacts
from engine.ports import Allowed
from engine.queries.tasks import TaskView
from hr.directory import queries as directory
from hr.permissions import queries as permissions
from hr.permissions.rules import EVERYWHERE
from web.auth.asking import actor, me, scope, signed_in
from web.site import engine, now, site


def may(act: Act, on: TaskFacts | CaseFacts) -> bool:
    """Tell whether the signed-in person may do this one act."""
    answer = engine().ask(engine().ports.people.may_act, actor(), act, on, now())
    return isinstance(answer, Allowed)


def require(act: Act, on: TaskFacts | CaseFacts) -> None:
    """Refuse a page about something this person may not do or see."""
    answer = engine().ask(engine().ports.people.may_act, actor(), act, on, now())
    if not isinstance(answer, Allowed):
        raise NotAllowed(answer.message, reason=answer.reason)


def require_sight(task: TaskView) -> None:
    """Refuse who may not see a task; an anonymous one exists for its assignee only."""
    mine = me().person_id
    if task.anonymous and task.assignee_id != mine:
        raise NotFound
    if task.owner_id == mine:
        return  # he asked somebody to look, and decides
    require(Act.READ, task.facts)


def belongs_to(*groups: str) -> bool:
    """Tell whether the signed-in person is in one of these groups of the city, such as HRC."""
    return bool(scope().groups & set(groups))


def audits() -> bool:
    """Tell whether the signed-in person reads every case of the city and works on none (AUD)."""
    return not scope().groups and EVERYWHERE in scope().path_prefixes


def may_start() -> bool:
    """Tell whether the signed-in person may start cases at all, asked once per request."""
    if "may_start" not in g:
        g.may_start = engine().ask(permissions.may_start, me().person_id, now())
    return cast(bool, g.may_start)


def require_group(*groups: str) -> None:
    """Refuse a page that belongs to groups of the city."""
    if not belongs_to(*groups):
        wanted = " or ".join(groups)
        raise NotAllowed(
            f"Expected a member of {wanted}, but you are not one.", reason="NOT_MEMBER"
        )


def needs_second_factor() -> bool:
    """Tell whether somebody's roles oblige him to a second factor that he does not have yet.

    Whoever has one gave a code at log-in: sessions from before it ended when it was confirmed.
    """
    obliged = set(site().settings.second_factor_roles.split(",")) - {"none", ""}
    person = signed_in()
    if not obliged or person is None or person.session.has_second_factor:
        return False
    granted = engine().ask(directory.roles_of, person.person_id, now())
    return any(grant.role in obliged for grant in granted)
