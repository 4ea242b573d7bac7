"""Activities that repeat: multi-instance (parallel, sequential, anonymous) and standard loops.

The outer token runs again whenever an item is done, so that whatever is computed can fail and be
retried there.  Items keep their variables to themselves; the output is a list in input order, null
for an item without answer.  An anonymous group's list is shuffled and leaves those out.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.diagram import Loop, Node
from engine.bpmn.nodes import LIVE, Code, Element, step_of, withdraw
from engine.bpmn.outcome import ClosedGroup
from engine.bpmn.step import ElementFailed
from engine.bpmn.token import NOTHING
from engine.feel.values import Kept


class Repeat(Element):
    """The outer token of a repeating activity; `item_name` is the spec of its items."""

    def __init__(self, spec: Any, name: str, node: Node, code: Code, item_name: str) -> None:
        super().__init__(spec, name, node, code)
        self.item_name = item_name
        assert node.loop is not None
        self.loop: Loop = node.loop

    def item_done(self, workflow: Any, item: Any) -> None:
        """Note what an item gave, and let the outer token look at it."""
        outer = item.parent
        item.internal_data["done"] = True
        if outer.has_state(TaskState.STARTED):
            outer._set_state(TaskState.READY)

    def items(self, task: Any) -> list[Any]:
        """List the tokens of the items, in input order."""
        return sorted(self.unsorted(task), key=lambda item: int(item.internal_data.get("index", 0)))

    def unsorted(self, task: Any) -> list[Any]:
        """List the tokens of the items, as they stand."""
        tokens = task.workflow.tasks
        spec = task.workflow.spec.task_specs[self.item_name]
        children = [tokens[number] for number in task._children]
        return [child for child in children if child.task_spec is spec]

    def add_item(self, task: Any, index: int, own: dict[str, Kept], **facts: Any) -> Any:
        """Start one item with variables of its own."""
        child = task._add_child(task.workflow.spec.task_specs[self.item_name], TaskState.FUTURE)
        child.triggered = True
        child.internal_data = {"index": index, **facts}
        child.own = own
        child.task_spec._update(child)
        return child

    def clear(self, task: Any) -> None:
        """Take the items out of the tree: what happened stands in the history."""
        for child in self.items(task):
            withdraw(child)
        for child in self.items(task):
            task.workflow._remove_task(child.id)
        for name in ("count", "rounds"):
            task.internal_data.pop(name, None)
        task.given = NOTHING


class StandardLoop(Repeat):
    """Does the activity again while the condition holds; its variables stay."""

    def _run_hook(self, task: Any) -> bool | None:
        facts = task.internal_data
        if "rounds" not in facts:
            if self.loop.test_before and not self._again(task, 0):
                return True
            facts["rounds"] = 0
            self.add_item(task, 0, {})
            return None
        done = [item for item in self.items(task) if "done" in item.internal_data]
        if not done:
            return None
        data = done[-1].data
        rounds = int(facts["rounds"]) + 1
        task.data, before = data, task.data
        try:
            again = self._again(task, rounds)
        except Exception:
            task.data = before
            raise
        self.clear(task)
        # The variables of the rounds stand in the token itself, not in its parent.
        task.own = changed(data, task.parent.data)
        if not again:
            return True
        facts["rounds"] = rounds
        self.add_item(task, rounds, {})
        return None

    def _again(self, task: Any, rounds: int) -> bool:
        if self.loop.maximum and rounds >= int(self.loop.maximum):
            return False
        if self.code.loop_condition is None:
            return True
        return step_of(task).holds(self.code.loop_condition, task.data, self.bpmn_id)


class MultiInstance(Repeat):
    """Does the activity once per item, all at a time or one after the other."""

    @property
    def output(self) -> str:
        """Name the variable of the list; empty for none."""
        return self.loop.output or (self.node.result if self.answer_name else "")

    @property
    def answer_name(self) -> str:
        """Name the variable of an item that goes into the list; empty for none."""
        return self.loop.output_item or self.node.result

    def _run_hook(self, task: Any) -> bool | None:
        facts = task.internal_data
        if "count" not in facts:
            self.begin(task)
        elif not self.enough(task):
            self.go_on(task)
        if self.unfinished(task):
            return None
        output = self.collect(task)
        self.clear(task)
        self.publish(task, output)
        return True

    def begin(self, task: Any) -> None:
        """Start all items, or the first of a sequence."""
        values = self.input(task)
        if self.loop.kind == "sequential":
            task.given = {"queue": Kept.of(values)}
            task.internal_data["count"] = len(values)
            self.go_on(task)
            return
        owned = [self.own(value) for value in values]
        step_of(task).grow(task, sum(kept.size for own in owned for kept in own.values()))
        task.internal_data["count"] = len(values)
        for index, own in enumerate(owned):
            self.add_item(task, index, own)

    def go_on(self, task: Any) -> None:
        """Start the next item of a sequence."""
        queue = task.given.get("queue")
        if queue is None or any(item.has_state(LIVE) for item in self.items(task)):
            return
        index = len(self.items(task))
        if index < len(queue.value):
            self.add_item(task, index, self.own(queue.value[index]))

    def own(self, value: Any) -> dict[str, Kept]:
        """Give the variables that one item has for itself."""
        return {self.loop.item: Kept.of(value)} if self.loop.item else {}

    def input(self, task: Any) -> list[Any]:
        """Compute what to repeat over."""
        step = step_of(task)
        if self.code.collection is not None:
            values = step.evaluate(self.code.collection, task.data)
            if not isinstance(values, list):
                raise ElementFailed(
                    "EXPRESSION",
                    f"Expected {self.code.collection.text} to give a list, but it did not.",
                )
            values = list(values)
        else:
            assert self.code.cardinality is not None
            number = step.evaluate(self.code.cardinality, task.data)
            if not isinstance(number, Decimal) or number != int(number) or number < 0:
                raise ElementFailed(
                    "EXPRESSION",
                    f"Expected {self.code.cardinality.text} to give a count, but it did not.",
                )
            self._within(int(number), step)
            values = [Decimal(index + 1) for index in range(int(number))]
        self._within(len(values), step)
        return values

    def _within(self, count: int, step: Any) -> None:
        if count > step.env.bounds.items:
            raise step.env.bounds.exceeded("items", count)

    def unfinished(self, task: Any) -> bool:
        """Tell whether an item is still to come and the completion condition does not hold."""
        if self.enough(task):
            return False
        done = ["done" in item.internal_data for item in self.unsorted(task)].count(True)
        return done < int(task.internal_data["count"])

    def enough(self, task: Any) -> bool:
        """Tell whether the completion condition holds; it is asked once an item is done."""
        if self.code.loop_condition is None:
            return False
        done = [item for item in self.items(task) if "done" in item.internal_data]
        if not done:
            return False
        total = Decimal(int(task.internal_data["count"]))
        context = {
            **self.seen(task, done[-1]),
            "items_total": total,
            "items_done": Decimal(len(done)),
            "items_open": total - len(done),
        }
        return step_of(task).holds(self.code.loop_condition, context, self.bpmn_id)

    def seen(self, task: Any, item: Any) -> dict[str, Any]:
        """Give what the completion condition may look at."""
        return {**task.data, **item.data}

    def collect(self, task: Any) -> list[Kept | None]:
        """Give the output list: in input order, None where there is no answer."""
        answers: list[Kept | None] = [None] * int(task.internal_data.get("count", 0))
        for item in self.items(task):
            if "done" in item.internal_data and self.answer_name:
                answers[int(item.internal_data["index"])] = item.data.get(self.answer_name)
        return answers

    def publish(self, task: Any, output: list[Kept | None]) -> None:
        """Write the list where the process finds it."""
        if self.output:
            step_of(task).write(task, self.bpmn_id, self.output, Kept.row(output))


class AnonymousGroup(MultiInstance):
    """A closed survey: who was asked is known, who answered what is not.

    Items are shuffled and named R1..Rn; the real item leaves with the Outcome and is not kept.  An
    answer is sealed until the group ends; then all are shuffled again and numbered anew.
    """

    def begin(self, task: Any) -> None:
        step = step_of(task)
        values = self.input(task)
        step.env.shuffle(values)
        task.internal_data["count"] = len(values)
        for index, value in enumerate(values):
            pseudonym = f"R{index + 1}"
            child = self.add_item(
                task, index, self.own({"pseudonym": pseudonym}), pseudonym=pseudonym
            )
            step.real_items[child.id] = {self.loop.item: value} if self.loop.item else {"": value}

    def seen(self, task: Any, item: Any) -> dict[str, Any]:
        return dict(task.data)

    def collect(self, task: Any) -> list[Kept | None]:
        step = step_of(task)
        answers: list[Kept | None] = [
            Kept(step.env.unseal(item.internal_data["sealed"]).encode())
            for item in self.items(task)
            if "sealed" in item.internal_data
        ]
        step.env.shuffle(answers)
        return answers

    def publish(self, task: Any, output: list[Kept | None]) -> None:
        given = [answer for answer in output if answer is not None]
        numbered = tuple((f"R{number}", answer) for number, answer in enumerate(given, start=1))
        super().publish(task, output)
        step_of(task).groups_closed.append(ClosedGroup(self.bpmn_id, numbered))


def changed(data: dict[str, Kept], base: dict[str, Kept]) -> dict[str, Kept]:
    """Give the variables that differ from the base."""
    return {
        name: value for name, value in data.items() if name not in base or base[name] is not value
    }


def make_repeat(spec: Any, name: str, node: Node, code: Code, item_name: str) -> Repeat:
    """Choose the class of the outer token."""
    assert node.loop is not None
    kind: type[Repeat] = MultiInstance
    if node.loop.kind == "standard":
        kind = StandardLoop
    elif node.kind == "userTask" and is_anonymous(node):
        kind = AnonymousGroup
    return kind(spec, name, node, code, item_name)


def is_anonymous(node: Node) -> bool:
    """Tell whether the model asks for a closed survey."""
    return node.properties.get("anonymous", "").lower() == "true"
