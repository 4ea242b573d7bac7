"""Item definitions as types: whether a value conforms, what it becomes where it is bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from engine.dmn import elements as e
from engine.dmn.cells import catches, read_cell
from engine.feel import FeelError, compile
from engine.feel.nodes import TypeName
from engine.feel.temporal import Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration
from engine.feel.values import Function, Range

MAX_TYPE_DEPTH = 5
MAX_TYPE_PARTS = 2_000
"""How far the types of a file, which may be recursive, are unfolded for `instance of`."""

MISFIT = object()
"""What `bind` gives for a value that neither conforms nor converts."""


class Type:
    """A FEEL type."""

    name: str

    def conforms(self, value: Any) -> bool:
        """Say whether a value that is not null belongs to the type."""
        return True

    @property
    def collection(self) -> bool:
        return False


class _Any(Type):
    name = "Any"


ANY: Type = _Any()


@dataclass(frozen=True)
class Simple(Type):
    name: str
    classes: tuple[type, ...]

    def conforms(self, value: Any) -> bool:
        return isinstance(value, self.classes)


class Number(Type):
    name = "number"

    def conforms(self, value: Any) -> bool:
        return isinstance(value, Decimal)


@dataclass(frozen=True)
class Collection(Type):
    item: Type
    name: str = "list"

    def conforms(self, value: Any) -> bool:
        return isinstance(value, list) and all(x is None or self.item.conforms(x) for x in value)

    @property
    def collection(self) -> bool:
        return True


@dataclass(frozen=True)
class Structure(Type):
    components: Mapping[str, Type]
    name: str = "context"

    def conforms(self, value: Any) -> bool:
        return isinstance(value, dict) and all(
            k in value and (value[k] is None or t.conforms(value[k]))
            for k, t in self.components.items()
        )


@dataclass(frozen=True)
class Callable_(Type):
    parameters: tuple[Type, ...]
    result: Type
    name: str = "function"

    def conforms(self, value: Any) -> bool:
        return isinstance(value, Function)


@dataclass(frozen=True)
class Constrained(Type):
    """A type of which only some values are allowed; `text` says which, as unary tests."""

    base: Type
    allows: Callable[[Any], bool]
    text: str
    name: str = ""

    def conforms(self, value: Any) -> bool:
        return self.base.conforms(value) and self.allows(value)

    @property
    def collection(self) -> bool:
        return self.base.collection


@dataclass(frozen=True)
class Named(Type):
    """A reference by name, followed when used, so that types may be recursive."""

    name: str
    table: Types

    @property
    def target(self) -> Type:
        return self.table.defined(self.name)

    def conforms(self, value: Any) -> bool:
        return self.target.conforms(value)

    @property
    def collection(self) -> bool:
        return self.target.collection


def feel_type(type_: Type) -> TypeName | None:
    """Give a type as FEEL knows it, None for any."""
    if isinstance(type_, Named):
        return type_.table.feel.get(type_.name)
    return TypeName(0, type_.name) if isinstance(type_, Simple | Number) else None


def bind(value: Any, type_: Type) -> Any:
    """Give the value as the type has it, or MISFIT.  Null fits every type."""
    if value is None or type_ is ANY or type_.conforms(value):
        return value
    if type_.collection:
        listed = [value]
        return listed if not isinstance(value, list) and type_.conforms(listed) else MISFIT
    if isinstance(value, list) and len(value) == 1 and type_.conforms(value[0]):
        return value[0]
    if isinstance(value, Date):
        moment = DateTime(value, Time(0, 0, 0, 0, 0))
        return moment if type_.conforms(moment) else MISFIT
    return MISFIT


class Types:
    """The types a file defines, by name, and those of the files it imports."""

    def __init__(
        self, items: tuple[e.ItemDefinition, ...], imported: Mapping[str, Types] | None = None
    ) -> None:
        self.definitions = {item.name: item for item in items}
        self.imported = dict(imported or {})
        self._made: dict[str, Type] = {}
        self._unfolded = 0

    def get(self, name: str) -> Type:
        """Give the type of a `typeRef`; one that nobody defines is Any (the checker reports it)."""
        name = plain(name)
        if not name or name == "Any":
            return ANY
        if name in self.definitions:
            return self._made.get(name) or Named(name, self)
        if name in BUILT_IN:
            return BUILT_IN[name]
        prefix, dot, rest = name.partition(".")
        while dot:
            if prefix in self.imported:
                return self.imported[prefix].get(rest)
            more, dot, rest = rest.partition(".")
            prefix = f"{prefix}.{more}"
        return ANY

    def known(self, name: str) -> bool:
        """Say whether a `typeRef` names something."""
        return plain(name) in ("", "Any") or self.get(name) is not ANY

    def defined(self, name: str) -> Type:
        """Give the type an item definition of this file makes."""
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = self._make(self.definitions[name])
        return made

    @cached_property
    def feel(self) -> dict[str, TypeName]:
        """Give the types by name as FEEL's `instance of` knows them, without their constraints."""
        made = {name: self._feel(item, 0) for name, item in self.definitions.items()}
        for prefix, types in self.imported.items():
            made |= {f"{prefix}.{name}": type_ for name, type_ in types.feel.items()}
        return made

    def _feel(self, item: e.ItemDefinition, level: int) -> TypeName:
        self._unfolded += 1
        if level > MAX_TYPE_DEPTH or self._unfolded > MAX_TYPE_PARTS:
            return TypeName(0, "Any")
        if item.components:
            parts = tuple((part.name, self._feel(part, level + 1)) for part in item.components)
            made = TypeName(0, "context", parts)
        elif item.function_output is not None:
            wanted = tuple(
                ("", self._feel_name(p.type_ref, level)) for p in item.function_parameters
            )
            made = TypeName(0, "function", wanted, self._feel_name(item.function_output, level))
        else:
            made = self._feel_name(item.type_ref, level)
        return TypeName(0, "list", (("", made),)) if item.collection else made

    def _feel_name(self, name: str, level: int) -> TypeName:
        name = plain(name)
        if name in self.definitions:
            return self._feel(self.definitions[name], level + 1)
        if name in BUILT_IN:
            return TypeName(0, _ALIASES.get(name, name))
        prefix, _, rest = name.rpartition(".")
        if prefix in self.imported:
            return self.imported[prefix].feel.get(rest, TypeName(0, "Any"))
        return TypeName(0, "Any")

    def allowed(self, name: str) -> str:
        """Give the text of the allowed values behind a `typeRef`, or an empty text."""
        seen = set()
        while name not in seen and (item := self.definitions.get(plain(name))) is not None:
            if item.allowed:
                return item.allowed
            seen.add(name)
            name = item.type_ref
        return ""

    def component(self, name: str, component: str) -> str:
        """Give the text of the allowed values of one component of a structure."""
        item = self.definitions.get(plain(name))
        for part in item.components if item else ():
            if part.name == component:
                return part.allowed or self.allowed(part.type_ref)
        return ""

    def base(self, name: str) -> str:
        """Give the name of the built-in type behind a `typeRef`, or an empty text."""
        seen = set()
        name = plain(name)
        while name not in seen and (item := self.definitions.get(name)) is not None:
            if item.collection or item.components:
                return ""
            seen.add(name)
            name = plain(item.type_ref)
        return _ALIASES.get(name, name) if name in BUILT_IN else ""

    def _make(self, item: e.ItemDefinition) -> Type:
        if item.components:
            made: Type = Structure(
                {part.name: self._make(part) for part in item.components}, item.name
            )
        elif item.function_output is not None:
            made = Callable_(
                tuple(self.get(p.type_ref) for p in item.function_parameters),
                self.get(item.function_output),
                item.name,
            )
        else:
            made = self.get(item.type_ref)
        if item.allowed:
            made = self._constrain(made, item.allowed, item.name)
        if item.collection:
            made = Collection(made, item.name)
        if item.constraint:
            made = Constrained(made, allowing(item.constraint), item.constraint, item.name)
        return made

    def _constrain(self, made: Type, text: str, name: str) -> Type:
        # Allowed values on a type that is already a collection speak of its items.
        test = allowing(text)
        if made.collection:
            all_of = f"a list of {text}"
            return Constrained(
                made, lambda value: all(x is None or test(x) for x in value), all_of, name
            )
        return Constrained(made, test, _one_of(text), name)


def _one_of(text: str) -> str:
    """Say allowed values in words where they are a plain list of texts."""
    return f"one of {text}" if text.lstrip().startswith('"') and "," in text else text


def allowing(text: str) -> Callable[[Any], bool]:
    """Give a test of a value against unary tests; a text that is no FEEL allows nothing."""
    cell = read_cell(text)
    if cell is not None:
        known = cell
        return lambda value: catches(known, value) is True
    try:
        tests = compile(text, (), unary=True)
    except FeelError:
        return lambda value: False

    def allows(value: Any) -> bool:
        try:
            return tests.evaluate({}, input=value) is True
        except FeelError:
            return False

    return allows


def plain(name: str) -> str:
    """Drop the prefix that older files write before built-in types: `feel:string`."""
    return name[5:] if name.startswith("feel:") else name


_ALIASES = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "integer": "number",
    "long": "number",
    "double": "number",
}

BUILT_IN: dict[str, Type] = {
    "number": Number(),
    "string": Simple("string", (str,)),
    "boolean": Simple("boolean", (bool,)),
    "date": Simple("date", (Date,)),
    "time": Simple("time", (Time,)),
    "date and time": Simple("date and time", (DateTime,)),
    "days and time duration": Simple("days and time duration", (DaysTimeDuration,)),
    "years and months duration": Simple("years and months duration", (YearsMonthsDuration,)),
    "list": Simple("list", (list,)),
    "context": Simple("context", (dict,)),
    "range": Simple("range", (Range,)),
    "function": Simple("function", (Function,)),
}
BUILT_IN.update({alias: BUILT_IN[name] for alias, name in _ALIASES.items()})
