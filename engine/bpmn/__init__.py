"""The only door to SpiffWorkflow: check and compile process folders, run instances, draw them."""

from engine.bounds import Bounds
from engine.bpmn.compiling import check, compile_definition, compile_deployed
from engine.bpmn.environment import Environment, ServiceRequest
from engine.bpmn.interpreter import Run
from engine.bpmn.layout import layout
from engine.bpmn.models import (
    CallModel,
    CompiledDefinition,
    ElementModel,
    ServiceSignature,
    UserTaskModel,
)
from engine.bpmn.outcome import (
    ClosedGroup,
    DecisionMade,
    ElementCompleted,
    Fact,
    FlowTaken,
    Moved,
    Outcome,
    Parked,
    SavedState,
    ServiceCalled,
    ThrownMessage,
    ThrownSignal,
    VariableChanged,
    WaitingCall,
    WaitingMessage,
    WaitingTask,
    WaitingTimer,
)
from engine.bpmn.picture import picture
from engine.bpmn.returning import difference, flows_taken, may_be_undone, send_back, steps_back
from engine.bpmn.starting import event_starts, load, start

__all__ = [
    "Bounds",
    "CallModel",
    "ClosedGroup",
    "CompiledDefinition",
    "DecisionMade",
    "ElementCompleted",
    "ElementModel",
    "Environment",
    "Fact",
    "FlowTaken",
    "Moved",
    "Outcome",
    "Parked",
    "Run",
    "SavedState",
    "ServiceCalled",
    "ServiceRequest",
    "ServiceSignature",
    "ThrownMessage",
    "ThrownSignal",
    "UserTaskModel",
    "VariableChanged",
    "WaitingCall",
    "WaitingMessage",
    "WaitingTask",
    "WaitingTimer",
    "check",
    "compile_definition",
    "compile_deployed",
    "difference",
    "event_starts",
    "flows_taken",
    "layout",
    "load",
    "may_be_undone",
    "picture",
    "send_back",
    "start",
    "steps_back",
]
