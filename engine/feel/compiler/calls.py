"""Function literals and calls: built-in, host and user functions, by position and by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from engine.feel import nodes as n
from engine.feel.builtins import BUILTINS
from engine.feel.compiler.folding import MAKERS, fold
from engine.feel.compiler.names import Frame
from engine.feel.compiler.result_types import result_type
from engine.feel.errors import FeelError
from engine.feel.functions import HOST_STEPS, Function, wrong_count
from engine.feel.run import Code, Env, Run
from engine.feel.types import MISFIT, coerce, type_of
from engine.feel.values import normalize

if TYPE_CHECKING:
    from engine.feel.compiler.core import Compiler


class UserFunction(Function):
    """A function written in FEEL, with the variables of the place where it stands."""

    __slots__ = ("body", "env", "result", "types", "weight")

    def __init__(
        self,
        parameters: Sequence[str],
        types: Sequence[n.TypeName | None],
        body: Code,
        weight: int,
        env: Env,
        result: n.TypeName | None,
    ) -> None:
        super().__init__("function", parameters, body)
        self.types = tuple(types)
        self.body = body
        self.weight = weight
        self.env = env
        self.result = result

    def signature_types(self) -> list[list[n.TypeName | None]]:
        """Give the declared types of the parameters."""
        return [list(self.types)]

    def result_type(self) -> n.TypeName | None:
        """Give the type of the body as far as its form shows it."""
        return self.result

    def invoke(self, run: Run, arguments: Sequence[Any], at: int) -> Any:
        """Call by position, the arguments coerced to the declared types."""
        if len(arguments) != len(self.parameters):
            return wrong_count(run, self.name, len(self.parameters), len(arguments), at)
        variables: dict[str, Any] = {}
        for name, type_, value in zip(self.parameters, self.types, arguments, strict=True):
            taken = value if type_ is None else coerce(value, type_, run.budget)
            if taken is MISFIT:
                wanted = type_.name if type_ else ""
                run.note(
                    at, "type", f"Expected {name} to be a {wanted}, but got a {type_of(value)}."
                )
                return None
            variables[name] = taken
        own = self.env.run
        budget = run.budget
        budget.spend(self.weight)
        budget.enter()
        try:
            return self.body(Env(own if own is run else own.on_behalf_of(run), variables, self.env))
        finally:
            budget.leave()


def function_literal(c: Compiler, node: n.FunctionLiteral) -> Code:
    parameters = [name for name, _ in node.parameters]
    types = [type_ for _, type_ in node.parameters]
    if node.body is None:
        at = node.at

        def refuse(env: Env) -> Any:
            env.run.note(
                at, "external", "Expected a function in FEEL; external ones are never run."
            )
            return None

        return refuse
    c.names.enter(Frame(parameters))
    body, weight = c.weighed(node.body)
    c.names.leave()
    result = result_type(node.body, dict(node.parameters))
    return lambda env: UserFunction(parameters, types, body, weight, env, result)


def call(c: Compiler, node: n.Call) -> Code:
    arguments = [c.code(argument) for argument in node.arguments]
    names = node.names
    at = node.at
    if names is not None and len(set(names)) != len(names):
        names = (*names[:-1], names[-1] + " (twice)")
    if not isinstance(node.function, n.Name):
        return _calling(c.code(node.function), arguments, names, at)
    name = node.function.name
    if not c.names.is_local(name):
        if name in c.names.functions:
            c.names.calls.add(name)
            return _host(name, arguments, names, at)
        if name in BUILTINS and name not in c.names.declared:
            code = _direct(BUILTINS[name], arguments, names, at)
            return fold(code, *node.arguments) if name in MAKERS else code
    return _calling(_callee(c, name, at), arguments, names, at)


def _direct(
    function: Function, arguments: list[Code], names: tuple[str, ...] | None, at: int
) -> Code:
    if names is not None:
        return lambda env: function.invoke_named(
            env.run, {k: a(env) for k, a in zip(names, arguments, strict=True)}, at
        )
    invoke = function.invoke
    if len(arguments) == 1:
        argument = arguments[0]
        return lambda env: invoke(env.run, (argument(env),), at)
    return lambda env: invoke(env.run, [a(env) for a in arguments], at)


def _calling(callee: Code, arguments: list[Code], names: tuple[str, ...] | None, at: int) -> Code:
    def invoke(env: Env) -> Any:
        function = callee(env)
        if not isinstance(function, Function):
            if function is not None:
                kind = type_of(function)
                env.run.note(
                    at, "not-a-function", f"Expected a function to call, but got a {kind}."
                )
            return None
        if names is not None:
            named = {k: a(env) for k, a in zip(names, arguments, strict=True)}
            return function.invoke_named(env.run, named, at)
        return function.invoke(env.run, [a(env) for a in arguments], at)

    return invoke


def _callee(c: Compiler, name: str, at: int) -> Code:
    """Find a function by name: a variable that holds one, then the host's, then the built-in."""
    local = c.names.is_local(name)
    variable = c.names.variable(name, at)
    if not local and name not in c.names.declared:
        c.names.reads.discard(name)
        c.names.maybe.add(name)
        c.names.unknown.add(name)
    builtin = BUILTINS.get(name)

    def find(env: Env) -> Any:
        run = env.run
        if local or name in run.context:
            found = variable(env)
            if isinstance(found, Function) or builtin is None:
                return found
        elif name in run.functions:
            return HostFunction(name, run.functions[name])
        if builtin is None:
            run.note(
                at, "unknown-function", f"Expected a known function, but there is no `{name}`."
            )
        return builtin

    return find


class HostFunction(Function):
    """A function of the host that was not declared when compiling."""

    __slots__ = ("_host",)

    def __init__(self, name: str, host: Callable[..., Any]) -> None:
        super().__init__(name, (), host)
        self._host = host

    def invoke(self, run: Run, arguments: Sequence[Any], at: int) -> Any:
        """Call by position, whatever the host makes of the number of arguments."""
        return _ask_host(self.name, self._host, arguments, {}, run)

    def invoke_named(self, run: Run, arguments: Any, at: int) -> Any:
        """Call by name."""
        return _ask_host(self.name, self._host, (), arguments, run)


def _host(name: str, arguments: list[Code], names: tuple[str, ...] | None, at: int) -> Code:
    def ask(env: Env) -> Any:
        run = env.run
        host = run.functions.get(name)
        if host is None:
            run.note(
                at, "unknown-function", f"Expected the function `{name}`, but it was not given."
            )
            return None
        values = [a(env) for a in arguments]
        if names is not None:
            return _ask_host(name, host, (), dict(zip(names, values, strict=True)), run)
        return _ask_host(name, host, values, {}, run)

    return ask


def _ask_host(
    name: str, host: Callable[..., Any], arguments: Sequence[Any], named: Any, run: Run
) -> Any:
    run.budget.spend(HOST_STEPS)
    try:
        return normalize(host(*arguments, **named), f"/{name}()")
    except FeelError:
        raise
    except Exception as error:
        raise FeelError(f"Expected {name}(...) to answer, but it failed: {error}") from error


BUILDERS = {n.FunctionLiteral: function_literal, n.Call: call}
