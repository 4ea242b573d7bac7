"""Gateways where tokens meet, and the end of a scope; data merge in three ways against the fork.

A token that arrives waits with the data it brought.  The one that completes the set runs the join
and takes the others with it.  What belongs together is written down (`arrived`, `group`,
`taken_by`), since the shape of the task tree does not tell one round of a loop from the next.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.nodes import LIVE, Choosing, Element, Spec, follow, no_flow, step_of, withdraw
from engine.bpmn.shared import Branch, above, at_fork, met_at, met_by, upwards
from engine.feel.values import Kept


class Meeting(Spec):
    """What all joins share.  Subclasses say which of the waiting tokens make a set."""

    last_wins = False

    def complete_set(self, task: Any, waiting: list[Any]) -> list[Any]:
        """Choose the tokens that go on together with this one; empty while some are missing."""
        raise NotImplementedError

    def _update_hook(self, task: Any) -> bool:
        facts = task.internal_data
        if "arrived" not in facts:
            super()._update_hook(task)
            facts["arrived"] = task.workflow.top_workflow.take_arrival()
            task._set_state(TaskState.WAITING)
        if "taken_by" in facts or "group" in facts:
            return False
        group = self.complete_set(task, self.waiting(task.workflow))
        if not group:
            return False
        facts["group"] = [member.id for member in group]
        for member in group:
            if member is not task:
                member.internal_data["taken_by"] = task.id
        return True

    def waiting(self, workflow: Any) -> list[Any]:
        """List the tokens here that no set has taken yet, in the order of arrival."""
        found = [
            task
            for task in workflow.tasks.values()
            if task.task_spec is self
            and task._state == TaskState.WAITING
            and "arrived" in task.internal_data
            and "taken_by" not in task.internal_data
        ]
        return sorted(found, key=lambda task: int(task.internal_data["arrived"]))

    def bring_together(self, task: Any) -> None:
        """Merge the data of the set into this token."""
        members = self.members(task)
        if len(members) > 1:
            merged = brought_together(members, last_wins=self.last_wins)
            step_of(task).weigh(merged)
            met = _forks_of_others(task, members)
            if met:  # while branches of these forks go on elsewhere, and may come here later
                task.internal_data["met"] = met
            task.data = merged

    def members(self, task: Any) -> list[Any]:
        """List the tokens of this one's set, itself included."""
        tokens = task.workflow.tasks
        return [
            tokens[number] for number in task.internal_data.get("group", ()) if number in tokens
        ]

    def dismiss(self, task: Any) -> None:
        """Withdraw the other tokens of the set."""
        for member in self.members(task):
            if member is not task:
                withdraw(member)


class Parallel(Element, Meeting):
    """Waits for one token on every incoming flow; gives one to every outgoing flow."""

    def complete_set(self, task: Any, waiting: list[Any]) -> list[Any]:
        first = first_per_input(waiting)
        complete = task in first.values() and all(name in first for name in self._inputs)
        return sorted(first.values(), key=arrival) if complete else []

    def _update_hook(self, task: Any) -> bool:
        return Meeting._update_hook(self, task)

    def _run_hook(self, task: Any) -> bool:
        self.bring_together(task)
        self.dismiss(task)
        return True


class Inclusive(Choosing, Element, Meeting, MultiChoice):  # type: ignore[misc]
    """Waits for every token that can still come; goes on along each flow whose condition holds."""

    def __init__(self, spec: Any, name: str, node: Any, code: Any = None) -> None:
        super().__init__(spec, name, node, code)
        self.default_name = ""
        self.reach: Mapping[str, frozenset[str]] = {}
        """input -> the specs from which a token can come to it without passing here"""

    def complete_set(self, task: Any, waiting: list[Any]) -> list[Any]:
        first = first_per_input(waiting)
        if task not in first.values() or self.awaits(task.workflow, first):
            return []
        return sorted(first.values(), key=arrival)

    def awaits(self, workflow: Any, inputs: Collection[str]) -> bool:
        """Tell whether a token can still come to an input that is none of these.

        One that can come to these as well belongs to a later round.
        """
        empty = [name for name in self._inputs if name not in inputs]
        for token in moving(workflow):
            if token.task_spec is self:
                continue
            at = token.task_spec.name
            comes = any(at in self.reach[name] for name in empty)
            if comes and not any(at in self.reach[name] for name in inputs):
                return True
        return False

    def _update_hook(self, task: Any) -> bool:
        return Meeting._update_hook(self, task)

    def _run_hook(self, task: Any) -> bool | None:
        self.choose_together(task)
        return True

    def choose_together(self, task: Any) -> None:
        """Merge the set, dismiss the others in it and follow every flow that applies."""
        before = task.data
        try:
            self.bring_together(task)
            chosen = [
                name
                for condition, name in self.cond_task_specs
                if name != self.default_name
                and (condition is None or step_of(task).holds(condition, task.data, self.bpmn_id))
            ]
            if not chosen and self.default_name:
                chosen = [self.default_name]
            if not chosen:
                raise no_flow(self.bpmn_id)
        except Exception:
            task.data = before
            raise
        self.dismiss(task)
        follow(task, chosen)


class EndOfScope(Meeting):
    """Takes every token that ended; the scope is over when none is left."""

    def __init__(self, spec: Any, name: str, last_wins: bool) -> None:
        super().__init__(spec, name)
        self.last_wins = last_wins

    def complete_set(self, task: Any, waiting: list[Any]) -> list[Any]:
        for token in moving(task.workflow):
            if token.task_spec is not self and not token.task_spec.idles(token):
                return []
        return waiting if task in waiting else []

    def _run_hook(self, task: Any) -> bool:
        self.bring_together(task)
        self.dismiss(task)
        close(task.workflow)
        return True

    def offer_no_more(self, workflow: Any) -> None:
        """Do nothing: only an ad-hoc sub-process offers what may be begun."""

    def at_rest(self, workflow: Any) -> None:
        """Look at a scope in which nothing moves; here there is nothing to do."""


def close(workflow: Any) -> None:
    """Take away what only waited in case something happens; what was done stays to be undone."""
    inside = workflow is not workflow.top_workflow
    for token in list(workflow.tasks.values()):
        stays = inside and token.task_spec.remembers
        if token._state & LIVE and token.task_spec.idles(token) and not stays:
            withdraw(token)


def moving(workflow: Any) -> Iterator[Any]:
    """Give the tokens of a scope that are anywhere: live, or handed over this very moment."""
    tokens = workflow.tasks
    for task in tokens.values():
        if task._state & LIVE:
            yield task
        elif task._state == TaskState.FUTURE:
            parent = tokens.get(task._parent)
            if parent is not None and parent._state == TaskState.COMPLETED:
                yield task


def first_per_input(waiting: list[Any]) -> dict[str, Any]:
    """Choose the earliest token of each incoming flow."""
    first: dict[str, Any] = {}
    for task in waiting:
        first.setdefault(task.parent.task_spec.name, task)
    return first


def brought_together(members: list[Any], *, last_wins: bool) -> dict[str, Kept]:
    """Merge the data of tokens: each two against the fork where they parted, the inner one first.

    Against the outermost, what was written between two forks would count as changed by every
    branch behind the inner one.  Raises MergeConflict, or takes the later one.
    """
    tokens = members[0].workflow.tasks
    met = met_by(tokens, [member.id for member in members])
    # From the latest token up, which is never above an earlier one.
    open_ = {one.id: [Branch(arrival(one), one.data, met=met_at(one, met))] for one in members}
    while True:
        number = max(open_)
        task = tokens[number]
        branch = at_fork(task, open_.pop(number), met, last_wins=last_wins)
        if not open_:
            return dict(branch.data)
        open_.setdefault(task._parent, []).append(above(task, branch))


def _forks_of_others(task: Any, members: list[Any]) -> list[int]:
    """Name the forks of the others of a set that are not above this one, while they count.

    They do while something else is under way that stands below them, or has met them, too.
    """
    tokens = task.workflow.tasks
    others = [token.id for token in moving(task.workflow) if token not in members]
    if not others:
        return []
    mine = set(upwards(tokens, task.id))
    forks = set(met_by(tokens, [member.id for member in members]))
    for member in members:
        forks.update(upwards(tokens, member.id))
    forks -= mine
    known = set(met_by(tokens, others)).union(*(upwards(tokens, other) for other in others))
    return sorted(forks & known)


def arrival(task: Any) -> int:
    """Give the place of a token in the order of arrivals."""
    return int(task.internal_data["arrived"])
