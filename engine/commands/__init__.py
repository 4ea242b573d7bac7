"""Everything that changes anything: frozen dataclasses that say what is wanted, and do it."""

from engine.commands.checkpoints import MakeCheckpoint
from engine.commands.context import Command, Context
from engine.commands.deployments import Deploy, Deployed
from engine.commands.incidents import RetryIncident
from engine.commands.instances import CancelInstance, OpenDossier, StartInstance, StartMany
from engine.commands.jobs import PutOffJob, RunJob
from engine.commands.messages import DeliverMessage, FireTimers, PublishMessage, ServeDueTask
from engine.commands.sending import ForgetMessages
from engine.commands.signals import BroadcastSignal
from engine.commands.tasks import AssignTask, ClaimTask, CompleteTask, SaveDraft, UnclaimTask

__all__ = [
    "AssignTask",
    "BroadcastSignal",
    "CancelInstance",
    "ClaimTask",
    "Command",
    "CompleteTask",
    "Context",
    "DeliverMessage",
    "Deploy",
    "Deployed",
    "FireTimers",
    "ForgetMessages",
    "MakeCheckpoint",
    "OpenDossier",
    "PublishMessage",
    "PutOffJob",
    "RetryIncident",
    "RunJob",
    "SaveDraft",
    "ServeDueTask",
    "StartInstance",
    "StartMany",
    "UnclaimTask",
]
