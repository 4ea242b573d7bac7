"""What a DMN file says, as frozen dataclasses; `source.py` reads them, nothing evaluates here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Boxed:
    """One boxed expression; `type_ref` is the name of a type or empty."""

    id: str = ""
    type_ref: str = ""
    label: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Literal(Boxed):
    """Text in FEEL; `language` is empty for FEEL, else the URI or name of what it claims to be."""

    text: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row of a boxed context; the entry without a name is its result."""

    name: str | None
    type_ref: str
    value: Boxed | None


@dataclass(frozen=True, kw_only=True)
class Context(Boxed):
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Relation(Boxed):
    columns: tuple[tuple[str, str], ...] = ()
    """(name, type)"""
    rows: tuple[tuple[Boxed | None, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class ListOf(Boxed):
    items: tuple[Boxed | None, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Parameter:
    name: str
    type_ref: str = ""


@dataclass(frozen=True, kw_only=True)
class Invocation(Boxed):
    function: Boxed | None = None
    bindings: tuple[tuple[Parameter, Boxed | None], ...] = ()


@dataclass(frozen=True, kw_only=True)
class FunctionOf(Boxed):
    """A boxed function; only kind FEEL can run here."""

    kind: str = "FEEL"
    parameters: tuple[Parameter, ...] = ()
    body: Boxed | None = None


@dataclass(frozen=True, kw_only=True)
class Conditional(Boxed):
    condition: Boxed | None = None
    then: Boxed | None = None
    otherwise: Boxed | None = None


@dataclass(frozen=True, kw_only=True)
class Filter(Boxed):
    collection: Boxed | None = None
    match: Boxed | None = None


@dataclass(frozen=True, kw_only=True)
class Iterator(Boxed):
    """`kind` is for, some or every."""

    kind: str = "for"
    variable: str = "item"
    collection: Boxed | None = None
    body: Boxed | None = None


@dataclass(frozen=True, kw_only=True)
class InputClause:
    id: str
    label: str
    expression: str
    type_ref: str
    allowed: str
    """The text of the allowed values, or empty."""
    language: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class OutputClause:
    id: str
    label: str
    name: str
    type_ref: str
    allowed: str
    default: str | None
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Rule:
    id: str
    tests: tuple[str, ...]
    outputs: tuple[str, ...]
    annotations: tuple[str, ...] = ()
    description: str = ""
    test_ids: tuple[str, ...] = ()
    output_ids: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Table(Boxed):
    hit_policy: str = "UNIQUE"
    aggregation: str = ""
    inputs: tuple[InputClause, ...] = ()
    outputs: tuple[OutputClause, ...] = ()
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ItemDefinition:
    """A named type; `constraint` holds for the whole value, `allowed` for each item of a list."""

    name: str
    type_ref: str = ""
    collection: bool = False
    components: tuple[ItemDefinition, ...] = ()
    allowed: str = ""
    constraint: str = ""
    function_output: str | None = None
    function_parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Node:
    """Something in the requirement graph; `variable` is the name by which others see its value."""

    id: str
    name: str
    variable: str
    type_ref: str = ""
    label: str = ""
    line: int = 0
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class InputData(Node):
    pass


@dataclass(frozen=True, kw_only=True)
class Decision(Node):
    required_inputs: tuple[str, ...] = ()
    required_decisions: tuple[str, ...] = ()
    required_knowledge: tuple[str, ...] = ()
    logic: Boxed | None = None


@dataclass(frozen=True, kw_only=True)
class Knowledge(Node):
    """A business knowledge model; its logic is a function."""

    required_knowledge: tuple[str, ...] = ()
    logic: FunctionOf | None = None


@dataclass(frozen=True, kw_only=True)
class Service(Node):
    """A decision service; all its references are hrefs."""

    output_decisions: tuple[str, ...] = ()
    encapsulated_decisions: tuple[str, ...] = ()
    input_decisions: tuple[str, ...] = ()
    input_data: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Import:
    name: str
    namespace: str
    location: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Definitions:
    """One file.  `properties` are the extension properties of the file, such as `legal_basis`."""

    name: str
    namespace: str
    file: str
    imports: tuple[Import, ...]
    items: tuple[ItemDefinition, ...]
    inputs: tuple[InputData, ...]
    decisions: tuple[Decision, ...]
    knowledge: tuple[Knowledge, ...]
    services: tuple[Service, ...]
    properties: Mapping[str, str] = field(default_factory=dict)
