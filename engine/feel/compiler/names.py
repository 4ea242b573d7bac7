"""Where a name's value is found at run time: local levels, filtered elements, the context."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.feel.builtins import BUILTINS
from engine.feel.run import Code, Env

MISSING: Any = object()


class Frame:
    """One level of names known when compiling; `item` marks the level of a filter."""

    __slots__ = ("item", "names")

    def __init__(self, names: Iterable[str] = (), *, item: bool = False) -> None:
        self.names = set(names)
        self.item = item


class ItemEnv(Env):
    """The level of a filter: the element, and its entries if it is a context."""

    __slots__ = ("item",)

    def __init__(self, item: Any, outer: Env) -> None:
        self.run = outer.run
        self.vars = item if type(item) is dict else {}
        self.outer = outer
        self.item = item


class Names:
    """The levels at one place of the tree, and which free names were met."""

    def __init__(self, declared: Iterable[str], functions: Iterable[str]) -> None:
        self.declared = frozenset(declared)
        self.functions = frozenset(functions)
        self.frames: list[Frame] = []
        self.reads: set[str] = set()
        self.maybe: set[str] = set()
        self.calls: set[str] = set()
        self.unknown: set[str] = set()

    def enter(self, frame: Frame) -> None:
        """Go one level in."""
        self.frames.append(frame)

    def leave(self) -> None:
        """Come back out."""
        self.frames.pop()

    def is_local(self, name: str) -> bool:
        """Tell whether a level inside the expression declares a name for certain."""
        return any(name in frame.names or (frame.item and name == "item") for frame in self.frames)

    def variable(self, name: str, at: int) -> Code:
        """Give the closure that reads a variable."""
        items: list[int] = []
        for hops, frame in enumerate(reversed(self.frames)):
            if frame.item:
                items.append(hops)
                if name == "item":
                    return _probing(name, items, _item_at(hops))
            if name in frame.names:
                return _probing(name, items, _local(name, hops))
        self._free(name, bool(items))
        return _probing(name, items, _outermost(name, at))

    def _free(self, name: str, dynamic: bool) -> None:
        if dynamic and name not in self.declared:
            self.maybe.add(name)
        elif name in self.declared or name not in BUILTINS:
            self.reads.add(name)
            if name not in self.declared:
                self.unknown.add(name)


def _probing(name: str, items: list[int], otherwise: Code) -> Code:
    """Look into the elements of the filters around first, the innermost before the others."""
    if not items:
        return otherwise
    if items == [0]:

        def read_item(env: Env) -> Any:
            found = env.vars.get(name, MISSING)
            return otherwise(env) if found is MISSING else found

        return read_item
    hops = tuple(items)

    def read_items(env: Env) -> Any:
        for hop in hops:
            found = _up(env, hop).vars.get(name, MISSING)
            if found is not MISSING:
                return found
        return otherwise(env)

    return read_items


def _up(env: Env, hops: int) -> Env:
    for _ in range(hops):
        assert env.outer is not None
        env = env.outer
    return env


def _item_at(hops: int) -> Code:
    def item(env: Env) -> Any:
        level = _up(env, hops)
        assert isinstance(level, ItemEnv)
        return level.item

    return item


def _local(name: str, hops: int) -> Code:
    if hops == 0:
        return lambda env: env.vars[name]
    if hops == 1:
        return lambda env: env.outer.vars[name]  # type: ignore[union-attr]
    return lambda env: _up(env, hops).vars[name]


def _outermost(name: str, at: int) -> Code:
    builtin = BUILTINS.get(name)

    def read(env: Env) -> Any:
        found = env.run.context.get(name, MISSING)
        if found is not MISSING:
            return found
        if builtin is None:
            env.run.note(at, "unknown-name", f"Expected a known name, but there is no `{name}`.")
        return builtin

    return read
