"""Functions as values: what an expression can call; the built-in ones are in builtins/."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.feel.nodes import TypeName
    from engine.feel.run import Run


HOST_STEPS = 10  # what a call of the host's costs, whatever it does


class Function:
    """A function value made by the host: `call` gets the arguments in the order of `parameters`.

    check -- may turn one argument into another or refuse it (types of a business knowledge model)
    """

    __slots__ = ("_call", "name", "parameters")

    def __init__(self, name: str, parameters: Sequence[str], call: Callable[..., Any]) -> None:
        self.name = name
        self.parameters = tuple(parameters)
        self._call = call

    def invoke(self, run: Run, arguments: Sequence[Any], at: int) -> Any:
        """Call by position; null with a note where the number of arguments is wrong."""
        if len(arguments) != len(self.parameters):
            return wrong_count(run, self.name, len(self.parameters), len(arguments), at)
        run.budget.spend(HOST_STEPS)
        run.budget.enter()
        try:
            return self._call(*arguments)
        finally:
            run.budget.leave()

    def invoke_named(self, run: Run, arguments: Mapping[str, Any], at: int) -> Any:
        """Call by name; null with a note where the names are not those of the parameters."""
        ordered = in_order(run, self.name, self.parameters, arguments, at)
        return None if ordered is None else self.invoke(run, ordered, at)

    def signature_types(self) -> list[list[TypeName | None]]:
        """Give, for each way to call it, the types of the parameters; None where any will do."""
        return [[None for _ in self.parameters]]

    def result_type(self) -> TypeName | None:
        """Give the type of the result, None where it is not known."""
        return None

    def __repr__(self) -> str:
        return f"function {self.name}({', '.join(self.parameters)})"


def in_order(
    run: Run, name: str, parameters: Sequence[str], arguments: Mapping[str, Any], at: int
) -> list[Any] | None:
    """Put named arguments in the order of the parameters; None with a note where they don't fit."""
    if set(arguments) != set(parameters):
        wanted, given = ", ".join(parameters), ", ".join(arguments)
        run.note(at, "arguments", f"Expected {name}({wanted}), but got the arguments {given}.")
        return None
    return [arguments[p] for p in parameters]


def wrong_count(run: Run, name: str, wanted: int, given: int, at: int) -> None:
    """Note that a function got the wrong number of arguments."""
    run.note(at, "arguments", f"Expected {name} to get {wanted} arguments, but it got {given}.")
