"""Runs one instance: completes, fires, delivers, and advances until everything waits.

The failure boundary is here: an automatic element that fails is set back to READY with its data
copied anew from its parent and parked; the other tokens run on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bounds import BoundExceeded, Stopwatch
from engine.bpmn import resolving
from engine.bpmn.deadlines import moved
from engine.bpmn.events import CalledCase, Catch, all_tokens, refuse, trigger
from engine.bpmn.failing import raise_busy, told
from engine.bpmn.instance import Instance
from engine.bpmn.joins import Meeting
from engine.bpmn.looking import holds_now
from engine.bpmn.models import CompiledDefinition
from engine.bpmn.nodes import LIVE, UserTask, end_scope, follow_all
from engine.bpmn.outcome import (
    ElementCompleted,
    FlowTaken,
    Moved,
    Outcome,
    Parked,
    SavedState,
    VariableChanged,
    WaitingCall,
    WaitingTask,
    WaitingTimer,
)
from engine.bpmn.shared import seen_in
from engine.bpmn.standing import Tokens
from engine.bpmn.state import save
from engine.bpmn.step import ElementFailed
from engine.bpmn.undoing import is_kept
from engine.bpmn.waiting import arm, call_out, next_cycle, open_task, waiting_message, waiting_timer
from engine.errors import BusinessError, InvalidState
from engine.feel.values import Kept, normalize

_log = logging.getLogger(__name__)


class Run(Tokens):
    """One step of one instance, from `start` or `load` to `outcome` and `save`."""

    def __init__(
        self, compiled: CompiledDefinition, instance: Instance, parked: Collection[int]
    ) -> None:
        self.compiled = compiled
        self.instance = instance
        self.step = instance.step
        self.known: set[str] = set()
        self._parked: dict[int, Parked | None] = dict.fromkeys(parked)
        self._before_parked = frozenset(parked)
        self._opened: dict[int, WaitingTask] = {}
        self._completed: set[int] = set()
        self._stopwatch = Stopwatch()
        self._why = ("CRASHED", "Expected the step to end, but it broke off twice.")
        before = self._standing()
        self._tasks = before.tasks.keys()
        self._timers = before.timers.keys()
        self._due = {token: task.internal_data["due"] for token, task in before.timers.items()}
        self._dues_moved: dict[int, Moved] = {}
        self._catches = before.catches.keys()
        self._calls = before.calls.keys()
        self._called: dict[int, WaitingCall] = {}

    def __del__(self) -> None:
        # Scopes and tokens point at each other; apart, they go now, not when the collector comes.
        for workflow in (self.instance, *self.instance.subprocesses.values()):
            workflow.__dict__.clear()

    # ----- what may happen to an instance

    def complete(self, token: int, answers: Any) -> None:
        """Finish a user task; its answers go under the element's `result`.

        Raises InvalidState for a token that is no open task, LimitExceeded for too large answers.
        """
        task = self._token(token)
        if task is None or not self._is_open(task):
            raise InvalidState(f"Expected token {token} to be an open task, but it is not.")
        spec = task.task_spec
        try:
            # What follows a group stands below it as well, but has no pseudonym.
            if "pseudonym" in task.internal_data:
                kept = Kept.of(answers)
                self.step.weigh({"answers": kept})
                # Nothing but the sealed text stays: neither in the data nor in a fact.
                task.internal_data["sealed"] = self.step.env.seal(kept.text.decode())
            elif spec.node.result:
                self.step.write(task, spec.bpmn_id, spec.node.result, answers, accepted=True)
        except ElementFailed as problem:
            raise InvalidState(str(problem)) from problem
        except ValueError as problem:
            raise InvalidState(f"Expected answers that can be kept, but {problem}") from problem
        self._completed.add(token)
        self._finish(task)

    def deliver(self, token: int, payload: Any) -> None:
        """Hand a message or signal to a catch; the payload goes under its `result`."""
        task = self._catch(token, "message", "signal")
        try:
            trigger(task, Kept.of(payload))
        except ValueError as problem:
            raise InvalidState(f"Expected a payload that can be kept, but {problem}") from problem

    def returned(self, token: int, value: Any) -> None:
        """Hand a called case's variables to the call that waits for it.  Raises InvalidState."""
        trigger(self._call(token), Kept.of(value))

    def give_up_call(self, token: int, kind: str, message: str) -> None:
        """Park a call whose case did not come to be, or to its end; a retry calls anew."""
        task = self._call(token)
        del task.internal_data["armed"]
        self._park(task, kind, message)

    def fire(self, token: int) -> None:
        """Let a due timer go off; a cycle sets its next round.  Raises InvalidState."""
        task = self._catch(token, "timer")
        next_cycle(task, self.step.env)
        trigger(task)

    def retry(self, token: int) -> None:
        """Let the next advance try a parked token again; a timer goes off.  Raises InvalidState."""
        task = self._unpark(token)
        node = task.task_spec.node
        waits = task._state == TaskState.WAITING and task.internal_data.get("armed")
        if waits and node is not None and node.event_kind == "timer":
            self.fire(token)

    def change(self, token: int, values: Mapping[str, Any]) -> resolving.Changes:
        """Give a parked token other variables; tell old and new of each.  Raises InvalidState."""
        task = self._token(token)
        if task is None or token not in self._parked:
            raise InvalidState(f"Expected token {token} to be parked, but it is not.")
        try:
            return resolving.change(task, values)
        except ValueError as problem:
            raise InvalidState(f"Expected values that can be kept, but {problem}") from problem

    def skip(self, token: int) -> None:
        """Let a parked token leave its element undone.  Raises InvalidState at a gateway."""
        task = self._token(token)
        if task is not None:
            resolving.require_skippable(task)
        if resolving.let_go(self._unpark(token)):
            self._finish(task)

    def park(self, token: int, beyond: BoundExceeded) -> None:
        """Keep a due timer from going off until it is retried.  Raises InvalidState."""
        self._park(self._catch(token, "timer"), "LIMIT", beyond.message)

    def reschedule(self, token: int, due_at: datetime) -> None:
        """Let a waiting timer go off at another moment, whatever its model says.

        A cycle goes on from there.  Raises InvalidState.
        """
        self._catch(token, "timer").internal_data["due"] = due_at.astimezone(UTC).isoformat()

    def cancel(self) -> None:
        """End everything; the outcome lists what closed."""
        end_scope(self.instance)
        self.instance.subprocesses.clear()
        self._parked.clear()

    def advance(self, hold: bool = False, beyond: BoundExceeded | None = None) -> None:
        """Run until every token waits.  With `hold`, what is ready is parked as CRASHED instead.

        beyond -- the bound for which it is parked as LIMIT instead
        """
        if beyond is not None:
            hold, self._why = True, ("LIMIT", beyond.message)
        steps = 0
        while True:
            ready, waiting, conditional = self._moving()
            if ready:
                for task in ready:
                    if task._state != TaskState.READY or task.id not in task.workflow.tasks:
                        continue
                    if hold:
                        self._park(task, *self._why)
                        continue
                    steps += 1
                    if self._within_limits(task, steps):
                        self._run(task)
            elif not (
                self._return_from_scopes() or self._settle(waiting) or self._ask(conditional, hold)
            ):
                break
        if not hold:
            for workflow in (self.instance, *self.instance.subprocesses.values()):
                workflow.spec.end.at_rest(workflow)
        self._prepare(hold)
        self._forget_gone()
        self._move_deadlines()

    # ----- what it says afterwards

    def variables_of(self, token: int) -> dict[str, Any]:
        """Copy the variables that a task's form may show.  Raises InvalidState."""
        return {name: normalize(kept.value) for name, kept in self.context_of(token).items()}

    def context_of(self, token: int) -> dict[str, Kept]:
        """Give the same for expressions, which read what they name.  Raises InvalidState."""
        task = self._token(token)
        if task is None:
            raise InvalidState(f"Expected token {token} to exist, but it does not.")
        return dict(task.data)

    def variables(self) -> Mapping[str, Any]:
        """Copy the final data, or what the live tokens see now, the later change last."""
        return {name: normalize(Kept.of(value).value) for name, value in self._variables().items()}

    def outcome(self) -> Outcome:
        """Give the difference since `start` or `load`."""
        now = self._standing()
        tasks, timers, catches, calls = now.tasks, now.timers, now.catches, now.calls
        timers_opened: list[WaitingTimer] = []
        timers_moved: list[Moved] = []
        for token, task in timers.items():
            if token not in self._timers:
                timers_opened.append(waiting_timer(task))
            elif task.internal_data["due"] != (due := self._due[token]):
                timer, before = waiting_timer(task), datetime.fromisoformat(due)
                if timer.due_at != before:
                    timers_moved.append(Moved(token, timer.element_id, timer.due_at, before))
        catches_opened = [waiting_message(catches[t]) for t in catches if t not in self._catches]
        incidents = [incident for incident in self._parked.values() if incident is not None]
        step = self.step
        return Outcome(
            opened=tuple([self._opened[token] for token in sorted(self._opened) if token in tasks]),
            closed=tuple(sorted(self._tasks - tasks.keys() - self._completed)),
            timers_opened=tuple(timers_opened),
            timers_closed=tuple(sorted(self._timers - timers.keys())),
            timers_moved=tuple(timers_moved),
            dues_moved=tuple([m for token, m in self._dues_moved.items() if token in tasks]),
            catches_opened=tuple(catches_opened),
            catches_closed=tuple(sorted(self._catches - catches.keys())),
            calls_opened=tuple([call for token, call in self._called.items() if token in calls]),
            calls_closed=tuple(sorted(self._calls - calls.keys())),
            thrown=tuple(step.thrown),
            signals=tuple(step.signals),
            facts=tuple(step.facts),
            incidents=tuple(incidents),
            resumed=tuple(sorted(self._before_parked - self._parked.keys())),
            groups_closed=tuple(step.groups_closed),
            notes=tuple(step.notes),
            completed=bool(self.instance.completed),
        )

    def save(self) -> SavedState:
        """Give the state as a header and those big values that were not known before."""
        saved = save(self.instance, sorted(self._parked), self.known)
        self.known.update(saved.values)
        return saved

    # ----- tokens

    def _unpark(self, number: int) -> Any:
        """Take a token out of those that are parked.  Raises InvalidState."""
        task = self._token(number)
        if number not in self._parked or task is None:
            raise InvalidState(f"Expected token {number} to be parked, but it is not.")
        del self._parked[number]
        return task

    def _moving(self) -> tuple[list[Any], list[Any], list[Any]]:
        """Give the tokens that can run by themselves, in order, those at joins and conditions."""
        ready, waiting, conditional = [], [], []
        for task in all_tokens(self.instance):
            if task._state == TaskState.READY:
                if task.task_spec.automatic and task.id not in self._parked:
                    ready.append(task)
            elif task._state == TaskState.WAITING:
                spec = task.task_spec
                if isinstance(spec, Meeting):
                    waiting.append(task)
                elif isinstance(spec, Catch) and spec.node.event_kind == "conditional":
                    conditional.append(task)
        ready.sort(key=_number)
        return ready, waiting, conditional

    # ----- running

    def _run(self, task: Any) -> None:
        facts = len(self.step.facts)
        try:
            result = task.task_spec._run_hook(task)
        except Exception as problem:
            if isinstance(problem, BusinessError) and refuse(task, problem):
                return
            # The failure boundary: whatever fails is parked.
            raise_busy(problem)
            del self.step.facts[facts:]
            self._set_back(task)
            self._park(task, *told(problem))
            return
        if result is None:
            if task._state == TaskState.READY:
                task._set_state(TaskState.STARTED)
        elif task._state != TaskState.READY:
            # It threw something that ended its own scope.
            self._report(task)
        else:
            self._finish(task)

    def _set_back(self, task: Any) -> None:
        # A join keeps what its token brought, a finished scope what it gave back.
        keeps = isinstance(task.task_spec, Meeting) or "returned" in task.internal_data
        if task._state == TaskState.READY and task.parent is not None and not keeps:
            task._inherit_data()

    def _finish(self, task: Any) -> None:
        follow_all(task)
        task.complete()
        self._report(task)
        if task.workflow is self.instance and self.instance.completed:
            self._parked.clear()

    def _report(self, task: Any) -> None:
        """Note that a drawn element is done, and which drawn flows its token took."""
        spec = task.task_spec
        node = getattr(spec, "node", None)
        if node is None or "sealed" in task.internal_data or "late" in task.internal_data:
            return
        if node.drawn:
            self.step.facts.append(ElementCompleted(node.id, task.id))
        scope = task.workflow.spec.name
        for child in task.children:
            flow = self.compiled.flow_of.get((scope, spec.name, child.task_spec.name))
            if flow is not None and not child.triggered:
                self.step.facts.append(FlowTaken(flow))

    def _return_from_scopes(self) -> bool:
        """Hand the data of finished scopes back to the tokens that ran them."""
        returned = False
        for number, inner in list(self.instance.subprocesses.items()):
            if not inner.completed:
                continue
            outer = self._token(number)
            if is_kept(outer):
                continue
            del self.instance.subprocesses[number]
            if outer is not None and outer._state == TaskState.STARTED:
                outer.task_spec.leave(outer, inner)
                outer.data = inner.last_task.data
                outer.internal_data["returned"] = True
                outer._set_state(TaskState.READY)
                returned = True
        return returned

    def _settle(self, waiting: list[Any]) -> bool:
        """Ask every waiting join again: what it waited for may never come now."""
        fired = False
        for task in waiting:
            if task._state == TaskState.WAITING:
                task.task_spec._update(task)
                fired = fired or task._state == TaskState.READY
        return fired

    def _ask(self, conditional: list[Any], hold: bool) -> bool:
        """Ask the conditions that are waited for; one at a time, since it may end the others."""
        for task in conditional:
            if hold or task.id in self._parked:
                continue
            try:
                found = holds_now(task)
            except Exception as problem:
                # The failure boundary, as above.
                raise_busy(problem)
                self._park(task, *told(problem))
                continue
            if found:
                trigger(task)
                return True
        return False

    def _move_deadlines(self) -> None:
        """Compute timers and due dates again whose variables have changed in this step."""
        dependent = ["basis" in task.internal_data for task in all_tokens(self.instance)]
        if not any(dependent):  # nearly all depend on no variable
            return
        changed = {f.name for f in self.step.facts if isinstance(f, VariableChanged)}
        if not changed:
            return
        now = self._standing()
        for token, task in (now.timers | now.tasks).items():
            before = task.internal_data.get("basis")
            if before is None:
                continue
            code = task.task_spec.code
            is_timer = token in now.timers
            found = moved(task, code.timer if is_timer else code.due, changed, self.step)
            if found is None:
                continue
            if is_timer:
                task.internal_data["due"] = found.isoformat()
            else:
                old = datetime.fromisoformat(before)
                self._dues_moved[token] = Moved(token, task.task_spec.bpmn_id, found, old)

    def _within_limits(self, task: Any, steps: int) -> bool:
        problem = self._beyond(steps)
        if problem is not None:
            self._park(task, "LIMIT", problem.message)
        return problem is None

    def _beyond(self, steps: int) -> BoundExceeded | None:
        """Say which bound of the whole step is exceeded before its next element."""
        bounds = self.step.env.bounds
        if steps > bounds.steps:
            return bounds.exceeded("steps", "more")
        if (late := self._stopwatch.beyond(bounds)) is not None:
            return late
        if steps % 50 == 0:
            live = sum(1 for token in all_tokens(self.instance) if token._state & LIVE)
            if live > bounds.tokens:
                return bounds.exceeded("tokens", live)
        return None

    def _park(self, task: Any, kind: str, message: str) -> None:
        node = getattr(task.task_spec, "node", None)
        element_id = node.id if node is not None else self.compiled.process_id
        self._parked[task.id] = Parked(task.id, element_id, kind, message)

    def _forget_gone(self) -> None:
        """Drop parked tokens that were withdrawn meanwhile, with the activity they belonged to."""
        for number in list(self._parked):
            task = self._token(number)
            if task is None or not task._state & LIVE:
                del self._parked[number]

    # ----- waiting

    def _prepare(self, hold: bool) -> None:
        """Open the user tasks and set the timers and catches that are new."""
        unset = []
        for task in all_tokens(self.instance):
            if task._state == TaskState.READY:
                if isinstance(task.task_spec, UserTask) and not task.internal_data.get("opened"):
                    self._try(task, hold, self._open)
            elif (
                task._state == TaskState.WAITING
                and isinstance(task.task_spec, Catch)
                and not task.internal_data.get("armed")
            ):
                unset.append(task)
        for task in unset:
            self._try(task, hold, self._arm)

    def _try(self, task: Any, hold: bool, act: Callable[[Any], None]) -> None:
        if task.id in self._parked:
            return
        if hold:
            self._park(task, *self._why)
            return
        try:
            act(task)
        except Exception as problem:
            # The failure boundary, as above.
            raise_busy(problem)
            self._park(task, *told(problem))

    def _open(self, task: Any) -> None:
        env, element_id = self.step.env, task.task_spec.bpmn_id
        if len(self._opened) >= env.bounds.tasks:
            raise env.bounds.exceeded("tasks", "more")
        if (begun := env.rounds(element_id)) >= env.bounds.rounds:
            raise env.bounds.exceeded("rounds", begun + 1)
        self._opened[task.id] = open_task(task, self.step)
        task.internal_data["opened"] = True

    def _arm(self, task: Any) -> None:
        arm(task, self.step)
        if isinstance(task.task_spec, CalledCase):
            self._called[task.id] = call_out(task, self.step)
        task.internal_data["armed"] = True

    def _variables(self) -> Mapping[str, Any]:
        if self.instance.completed:
            last = self.instance.last_task
            return last.data if last is not None else {}
        return seen_in(self.instance)


def _number(task: Any) -> int:
    return int(task.id)
