"""What a compiled definition offers to the rest of the engine; how it runs is elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from engine.bpmn.due import Due
from engine.bpmn.template import Template
from engine.feel import Expression

if TYPE_CHECKING:
    from engine.bpmn.specs import ProcessSpec
    from engine.dmn import Model


@dataclass(frozen=True)
class ServiceSignature:
    """A verb of the host that a service task may call; parameters map name to FEEL type name.

    errors -- the codes of the business errors that a boundary event may catch
    """

    name: str
    parameters: Mapping[str, str]
    result: str
    doc: str
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ElementModel:
    """One drawn flow node."""

    id: str
    kind: str
    name: str
    lane: str
    properties: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    attached_to: str = ""
    documentation: str = ""


@dataclass(frozen=True, kw_only=True)
class UserTaskModel:
    """What a user task says about who does it, with which form, until when."""

    element_id: str
    name: str
    lane: str
    form: str = ""
    result: str = ""
    assignee: Expression | None = None
    candidate_group: Expression | None = None
    due: Due | None = None
    escalation: str = "R"
    title: Template | None = None
    not_same_as: tuple[str, ...] = ()
    visible_to: tuple[str, ...] = ()
    anonymous: bool = False
    multi_instance: bool = False


@dataclass(frozen=True)
class CallModel:
    """A call of another process definition: its key, and `latest`, `deployment` or a number."""

    element_id: str
    key: str
    binding: str


@dataclass(frozen=True, kw_only=True)
class CompiledDefinition:
    """A process folder ready to run: immutable, shared by threads; `start` and `load` take it."""

    process_id: str
    name: str
    documentation: str
    elements: Mapping[str, ElementModel]
    user_tasks: Mapping[str, UserTaskModel]
    decisions: Mapping[str, Model]
    calls: tuple[CallModel, ...]
    lanes: tuple[str, ...]
    messages: tuple[str, ...]
    start_messages: tuple[str, ...]
    flows: Mapping[str, tuple[str, str]]
    picture_source: bytes
    sha256: str
    spec: ProcessSpec = field(repr=False)
    sub_specs: Mapping[str, ProcessSpec] = field(repr=False)
    flow_of: Mapping[tuple[str, str, str], str] = field(repr=False)
    """(scope, source spec, target spec) -> drawn sequence flow"""

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, CompiledDefinition) and other.sha256 == self.sha256
