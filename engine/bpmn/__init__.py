"""The only door to SpiffWorkflow: check and compile process folders, run instances, draw them."""

from engine.bounds import Bounds
from engine.bpmn.compiling import (
    DrawnWords,
    check,
    compile_definition,
    compile_deployed,
    drawn_words,
    is_xml,
    key_of,
    notes,
    timers_in_past,
    variables_at,
)
from engine.bpmn.environment import Environment, ServiceRequest
from engine.bpmn.interpreter import Run
from engine.bpmn.layout import layout
from engine.bpmn.mending import mend, offers
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
from engine.bpmn.starting import event_starts, load, start, timed_starts
from engine.bpmn.state import emptied

__all__ = [
    "Bounds",
    "CallModel",
    "ClosedGroup",
    "CompiledDefinition",
    "DecisionMade",
    "DrawnWords",
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
    "drawn_words",
    "emptied",
    "event_starts",
    "flows_taken",
    "is_xml",
    "key_of",
    "layout",
    "load",
    "may_be_undone",
    "mend",
    "notes",
    "offers",
    "picture",
    "send_back",
    "start",
    "steps_back",
    "timed_starts",
    "timers_in_past",
    "variables_at",
]
