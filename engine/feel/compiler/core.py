"""The compiler itself: which closure a node becomes, and what it learns about names on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.feel import nodes as n
from engine.feel.compiler.names import Names
from engine.feel.compiler.shortcuts import Shortcut, shortcut
from engine.feel.run import Code

_PASS_STEPS = 3  # what a pass or a call costs beside its nodes
_Builder = Callable[["Compiler", Any], Code]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A closure and what it needs.

    reads -- free names that are variables; `wants` adds those that may be keys of list elements
    calls -- host functions
    unknown -- free names that nobody declared, functions among them
    shortcut -- decides simple conditions without a run
    """

    code: Code
    reads: frozenset[str]
    wants: frozenset[str]
    calls: frozenset[str]
    unknown: frozenset[str]
    shortcut: Shortcut | None


class Compiler:
    """One tree's compilation; `weight` counts the nodes, which is what a pass over them costs."""

    def __init__(self, names: Iterable[str], functions: Iterable[str]) -> None:
        self.names = Names(names, functions)
        self.weight = 0

    def code(self, node: n.Node) -> Code:
        """Give the closure of a node."""
        self.weight += 1
        return _BUILDERS[type(node)](self, node)

    def weighed(self, node: n.Node) -> tuple[Code, int]:
        """Give the closure of a node that runs repeatedly, and the steps that one run costs."""
        before = self.weight
        code = self.code(node)
        return code, self.weight - before + _PASS_STEPS


def compile_tree(tree: n.Node, names: Iterable[str], functions: Iterable[str]) -> Compiled:
    """Compile a whole tree."""
    compiler = Compiler(names, functions)
    code = compiler.code(tree)
    found = compiler.names
    return Compiled(
        code,
        frozenset(found.reads),
        frozenset(found.reads | found.maybe),
        frozenset(found.calls),
        frozenset(found.unknown),
        shortcut(tree),
    )


def _register() -> Mapping[type[n.Node], _Builder]:
    from engine.feel.compiler import calls, loops, operators, paths, primaries, tests

    builders: dict[type[n.Node], _Builder] = {}
    for module in (calls, loops, operators, paths, primaries, tests):
        builders.update(module.BUILDERS)
    return builders


_BUILDERS: Mapping[type[n.Node], _Builder] = _register()
