"""Requirement graphs: how a decision comes from inputs, decisions, functions and imports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.dmn import elements as e
from engine.dmn.boxed import Compiler
from engine.dmn.functions import fit, function_value
from engine.dmn.tables import Run, Scope
from engine.dmn.trace import Session
from engine.dmn.types import ANY, Callable_, Type
from engine.feel import FeelError
from engine.feel.values import Function, normalize

if TYPE_CHECKING:
    from engine.dmn.model import Model

_COMPUTING = object()

Key = tuple[int, str]
"""A node: the identity of its model, and its id."""


class World:
    """The inputs of one run of a graph, and what has been computed from them."""

    def __init__(
        self,
        inputs: Mapping[str, Any],
        given: Mapping[Key, Any] | None = None,
        prefix: str = "",
        parent: World | None = None,
    ) -> None:
        self.inputs = inputs
        self.prefix = prefix
        self.values: dict[Key, Any] = parent.values if parent else dict(given or {})
        self._parent = parent
        self._inside: dict[str, World] = {}

    def raw(self, name: str) -> Any:
        """Give what was passed under a name, in the import it belongs to or plainly."""
        if self.prefix and self._parent is not None:
            inner = self._parent.inputs.get(self.prefix)
            if isinstance(inner, Mapping) and name in inner:
                return inner[name]
            dotted = f"{self.prefix}.{name}"
            if dotted in self._parent.inputs:
                return self._parent.inputs[dotted]
        return self.inputs.get(name)

    def imported(self, prefix: str) -> World:
        """Give the view of these inputs that an imported model has; values are shared."""
        if not prefix:
            return self
        if prefix not in self._inside:
            inner = self.inputs.get(prefix)
            inputs = {**self.inputs, **inner} if isinstance(inner, Mapping) else self.inputs
            self._inside[prefix] = World(inputs, prefix=prefix, parent=self)
        return self._inside[prefix]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A node that another one needs, and the name of the import it comes through."""

    model: Model
    node: e.Node
    prefix: str

    def value(self, world: World, session: Session) -> Any:
        return self.model.graph.value(self.node, world.imported(self.prefix), session)


class Graph:
    """The nodes of one model, compiled when first used."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._runs: dict[str, Callable[[World, Session], Any]] = {}
        self._compilers: dict[str, Compiler] = {}

    # -- values ----------------------------------------------------------------------------------

    def value(self, node: e.Node, world: World, session: Session) -> Any:
        """Give the value of an input or decision, the function of a knowledge model or service."""
        key = (id(self.model), node.id or node.name)
        found = world.values.get(key, _NOTHING)
        if found is _COMPUTING:
            session.note("cycle", f"Expected {node.name} not to require itself, but it does.")
            return None
        if found is not _NOTHING:
            return found
        world.values[key] = _COMPUTING
        try:
            value = self._run(node)(world, session)
        except BaseException:
            del world.values[key]
            raise
        world.values[key] = value
        return value

    def compiler(self, node: e.Node) -> Compiler:
        """Give the compiler that has compiled a node, with its findings and the names it reads."""
        self._run(node)
        return self._compilers[node.id or node.name]

    def _run(self, node: e.Node) -> Callable[[World, Session], Any]:
        key = node.id or node.name
        run = self._runs.get(key)
        if run is None:
            self._compilers[key] = Compiler(
                self.model.types, self.model.members, self.model.definitions.file
            )
            run = self._runs[key] = self._compile(node)
        return run

    def _compile(self, node: e.Node) -> Callable[[World, Session], Any]:
        if isinstance(node, e.InputData):
            return self._input(node)
        if isinstance(node, e.Decision):
            return self._decision(node)
        if isinstance(node, e.Knowledge):
            return self._knowledge(node)
        assert isinstance(node, e.Service)
        return self._service(node)

    # -- inputs ----------------------------------------------------------------------------------

    def _input(self, node: e.InputData) -> Callable[[World, Session], Any]:
        type_ = self.model.types.get(node.type_ref)

        def run(world: World, session: Session) -> Any:
            value = world.raw(node.variable)
            if value is None and node.name != node.variable:
                value = world.raw(node.name)
            return fit(feel_value(value, node.variable, session), type_, node.variable, session)

        return run

    # -- decisions -------------------------------------------------------------------------------

    def _decision(self, node: e.Decision) -> Callable[[World, Session], Any]:
        requirements = [
            *self.model.required(node.required_inputs),
            *self.model.required(node.required_decisions),
            *self.model.required(node.required_knowledge),
        ]
        compiler = self._compilers[node.id or node.name]
        names = names_of(requirements) | self.model.loose_names(node)
        result = result_type(self.model, node)
        logic: Run = compiler.compile(node.logic, names, node.type_ref)
        free = sorted(
            name
            for name in (compiler.reads | self.model.loose_names(node)) - self.model.declared
            if name not in names or name in self.model.loose_names(node)
        )
        if node.logic is None:
            logic = _undecided(node.name)

        def run(world: World, session: Session) -> Any:
            inputs: dict[str, Any] = {}

            def compute() -> Any:
                scope = scope_of(requirements, world, session, inputs)
                for name in free:
                    if name in world.inputs:
                        value = feel_value(world.inputs[name], name, session)
                        scope[name] = inputs[name] = value
                return fit(logic(scope, session), result, node.name, session)

            with session.deeper():
                return session.record(node, "decision", inputs, compute)

        return run

    # -- knowledge models ------------------------------------------------------------------------

    def _knowledge(self, node: e.Knowledge) -> Callable[[World, Session], Any]:
        requirements = self.model.required(node.required_knowledge)
        compiler = self._compilers[node.id or node.name]
        names = names_of(requirements) | {node.variable}
        if node.logic is None:
            return lambda world, session: None
        make = compiler.function(node.logic, names, result_type(self.model, node), node)

        def run(world: World, session: Session) -> Any:
            scope = Scope()
            function = make(node.name, scope, session)
            # The function sees itself, so that it may recurse, and what it requires, made on use.
            world.values[(id(self.model), node.id or node.name)] = function
            scope.update(scope_of(requirements, world, session, {}))
            scope[node.variable] = function
            return function

        return run

    # -- services --------------------------------------------------------------------------------

    def _service(self, node: e.Service) -> Callable[[World, Session], Any]:
        inputs = self.model.required(node.input_data)
        decisions = self.model.required(node.input_decisions)
        parameters = tuple(r.node.variable for r in [*inputs, *decisions])
        types = tuple(r.model.types.get(r.node.type_ref) for r in [*inputs, *decisions])

        def run(world: World, session: Session) -> Any:
            def call(*arguments: Any) -> Any:
                given = dict(zip(parameters, arguments, strict=True))
                return self.serve(node, given, {}, session)

            return function_value(node.name, parameters, types, call, session)

        return run

    def serve(
        self,
        node: e.Service,
        given: Mapping[str, Any],
        others: Mapping[str, Any],
        session: Session,
    ) -> Any:
        """Run a decision service on its parameters by name; `others` are further inputs."""
        outputs = self.model.required(node.output_decisions)
        fixed: dict[Key, Any] = {}
        for r in self.model.required(node.input_decisions):
            value = feel_value(given.get(r.node.variable), r.node.variable, session)
            fitted = fit(value, r.model.types.get(r.node.type_ref), r.node.variable, session)
            fixed[(id(r.model), r.node.id or r.node.name)] = fitted
        world = World({**others, **given}, fixed)

        def compute() -> Any:
            values = {r.node.variable: r.value(world, session) for r in outputs}
            value = next(iter(values.values())) if len(outputs) == 1 else values
            return fit(value, result_type(self.model, node), node.name, session)

        with session.deeper():
            return session.record(node, "service", dict(given), compute)


_NOTHING = object()


def names_of(requirements: list[Requirement]) -> frozenset[str]:
    """Give the names that requirements bring into scope."""
    return frozenset(r.prefix or r.node.variable for r in requirements)


def scope_of(
    requirements: list[Requirement], world: World, session: Session, inputs: dict[str, Any]
) -> Scope:
    """Give the scope that requirements make; its values (no functions) are added to `inputs`."""
    scope = Scope()
    for r in requirements:
        value = r.value(world, session)
        if r.prefix:
            inside = scope.setdefault(r.prefix, {})
            inside[r.node.variable] = value
        else:
            scope[r.node.variable] = value
        if not isinstance(value, Function):
            inputs[f"{r.prefix}.{r.node.variable}" if r.prefix else r.node.variable] = value
    return scope


def result_type(model: Model, node: e.Node) -> Type:
    """Give the type of a node's value; of a function, that of its result."""
    if not node.type_ref:
        return ANY
    type_ = model.types.get(node.type_ref)
    target = getattr(type_, "target", type_)
    if isinstance(node, (e.Knowledge, e.Service)) and isinstance(target, Callable_):
        return target.result
    return type_


def feel_value(value: Any, name: str, session: Session) -> Any:
    """Turn what a caller passed into a FEEL value, or note why it is none and give null."""
    if value is None or value is True or value is False or type(value) is str:
        return value
    try:
        return normalize(value)
    except (ValueError, FeelError) as problem:
        session.note("not-a-value", f"Expected {name} to be a FEEL value, but {problem}")
        return None


def _undecided(name: str) -> Run:
    def run(scope: Scope, session: Session) -> Any:
        session.note("no-logic", f"Expected {name} to say how it is decided, but it has no logic.")
        return None

    return run
