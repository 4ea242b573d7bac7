"""Everything that changes anything: frozen dataclasses that say what is wanted, and do it."""

from engine.commands.auditing import NoteExport, NoteVerification
from engine.commands.checkpoints import MakeCheckpoint
from engine.commands.commenting import CommentTask
from engine.commands.context import Command, Context
from engine.commands.delegating import DelegateTask, GiveBackTask, RecallTask
from engine.commands.deployments import Deploy, Deployed
from engine.commands.extending import AskExtension, DecideExtension
from engine.commands.incidents import RetryIncident
from engine.commands.instances import CancelInstance, OpenDossier, StartInstance, StartMany
from engine.commands.jobs import FinishJob, PrepareJob, PutOffJob, RunJob
from engine.commands.leasing import CancelJob, ClaimJobs, ReleaseJobs, SetJobLimit, Skills
from engine.commands.messages import DeliverMessage, FireTimers, PublishMessage, ServeDueTask
from engine.commands.migrating import MigrateInstance, MigrateInstances, UndoMigration
from engine.commands.migrating_back import UndoMigrations
from engine.commands.reminding import RemindHolder
from engine.commands.resolving import ProposeResolution, ResolveIncident
from engine.commands.schedules import ChangeSchedule, InstallSchedules, RunSchedule
from engine.commands.sending import ForgetMessages
from engine.commands.sending_back import SendBack
from engine.commands.signals import BroadcastSignal
from engine.commands.suspending import ResumeInstance, SuspendInstance
from engine.commands.taking_over import TakeOverTask
from engine.commands.tasks import AssignTask, ClaimTask, CompleteTask, SaveDraft, UnclaimTask
from engine.commands.upkeep import HoldBack, RetryIncidents
from engine.commands.withdrawing import Withdraw
from engine.commands.workers import Heartbeat, HoldRelay

__all__ = [
    "AskExtension",
    "AssignTask",
    "BroadcastSignal",
    "CancelInstance",
    "CancelJob",
    "ChangeSchedule",
    "ClaimJobs",
    "ClaimTask",
    "Command",
    "CommentTask",
    "CompleteTask",
    "Context",
    "DecideExtension",
    "DelegateTask",
    "DeliverMessage",
    "Deploy",
    "Deployed",
    "FinishJob",
    "FireTimers",
    "ForgetMessages",
    "GiveBackTask",
    "Heartbeat",
    "HoldBack",
    "HoldRelay",
    "InstallSchedules",
    "MakeCheckpoint",
    "MigrateInstance",
    "MigrateInstances",
    "NoteExport",
    "NoteVerification",
    "OpenDossier",
    "PrepareJob",
    "ProposeResolution",
    "PublishMessage",
    "PutOffJob",
    "RecallTask",
    "ReleaseJobs",
    "RemindHolder",
    "ResolveIncident",
    "ResumeInstance",
    "RetryIncident",
    "RetryIncidents",
    "RunJob",
    "RunSchedule",
    "SaveDraft",
    "SendBack",
    "ServeDueTask",
    "SetJobLimit",
    "Skills",
    "StartInstance",
    "StartMany",
    "SuspendInstance",
    "TakeOverTask",
    "UnclaimTask",
    "UndoMigration",
    "UndoMigrations",
    "Withdraw",
]
