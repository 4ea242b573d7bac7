"""Everything that changes anything: frozen dataclasses that say what is wanted, and do it."""

from engine.commands.auditing import NoteExport, NoteVerification
from engine.commands.checkpoints import MakeCheckpoint
from engine.commands.commenting import CommentTask
from engine.commands.context import Command, Context
from engine.commands.delegating import DelegateTask, GiveBackTask, RecallTask
from engine.commands.deployments import Deploy, Deployed
from engine.commands.dry_runs import DropDryRun, NoteStories, SaveDryRun
from engine.commands.erasing import Erased, EraseSubject
from engine.commands.extending import AskExtension, DecideExtension, ExtendTask
from engine.commands.incidents import RetryIncident
from engine.commands.instances import CancelInstance, OpenDossier, StartInstance, StartMany
from engine.commands.jobs import FinishJob, PrepareJob, PutOffJob, RunJob
from engine.commands.leasing import CancelJob, ClaimJobs, ReleaseJobs, SetJobLimit, Skills
from engine.commands.matching import Unmoved
from engine.commands.messages import DeliverMessage, FireTimers, PublishMessage, ServeDueTask
from engine.commands.migrating import MigrateInstance, MigrateInstances, UndoMigration
from engine.commands.migrating_back import UndoMigrations
from engine.commands.process_drafts import (
    ANY,
    BeginDraft,
    DiscardDraft,
    DraftSaved,
    FileChange,
    FileMoved,
    RenameDraft,
    RestoreDraft,
    SaveDraftFiles,
)
from engine.commands.proposals import (
    DecideProposal,
    ProposeMigration,
    ProposeRetirement,
    VersionDecision,
)
from engine.commands.publishing import (
    PublishDraft,
    ReopenDraft,
    ReturnDraft,
    SubmitDraft,
    TakeUpDraft,
)
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
    "ANY",
    "AskExtension",
    "AssignTask",
    "BeginDraft",
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
    "DecideProposal",
    "DelegateTask",
    "DeliverMessage",
    "Deploy",
    "Deployed",
    "DiscardDraft",
    "DraftSaved",
    "DropDryRun",
    "EraseSubject",
    "Erased",
    "ExtendTask",
    "FileChange",
    "FileMoved",
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
    "NoteStories",
    "NoteVerification",
    "OpenDossier",
    "PrepareJob",
    "ProposeMigration",
    "ProposeResolution",
    "ProposeRetirement",
    "PublishDraft",
    "PublishMessage",
    "PutOffJob",
    "RecallTask",
    "ReleaseJobs",
    "RemindHolder",
    "RenameDraft",
    "ReopenDraft",
    "ResolveIncident",
    "RestoreDraft",
    "ResumeInstance",
    "RetryIncident",
    "RetryIncidents",
    "ReturnDraft",
    "RunJob",
    "RunSchedule",
    "SaveDraft",
    "SaveDraftFiles",
    "SaveDryRun",
    "SendBack",
    "ServeDueTask",
    "SetJobLimit",
    "Skills",
    "StartInstance",
    "StartMany",
    "SubmitDraft",
    "SuspendInstance",
    "TakeOverTask",
    "TakeUpDraft",
    "UnclaimTask",
    "UndoMigration",
    "UndoMigrations",
    "Unmoved",
    "VersionDecision",
    "Withdraw",
]
