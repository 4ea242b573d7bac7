"""Tables, and one module of statements per noun, all on one open connection."""

from __future__ import annotations

from sqlalchemy import Connection

from engine.store.calls import CallStore
from engine.store.definitions import DefinitionStore
from engine.store.desk import DeskStore
from engine.store.dry_runs import DryRunStore
from engine.store.erasure import ErasureStore
from engine.store.history import HistoryStore
from engine.store.instances import InstanceStore
from engine.store.jobs import JobStore
from engine.store.leases import LeaseStore
from engine.store.messages import MessageStore
from engine.store.migrations import MigrationStore
from engine.store.process_drafts import ProcessDraftStore
from engine.store.proposals import ProposalStore
from engine.store.publications import PublicationStore
from engine.store.resolutions import ResolutionStore
from engine.store.schedules import ScheduleStore
from engine.store.suspensions import SuspensionStore
from engine.store.tasks import TaskStore
from engine.store.tree import TreeStore

__all__ = ["Store"]


class Store:
    """The statements of every noun, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.definitions = DefinitionStore(connection)
        self.instances = InstanceStore(connection)
        self.tasks = TaskStore(connection)
        self.desk = DeskStore(connection)
        self.erasure = ErasureStore(connection)
        self.jobs = JobStore(connection)
        self.leases = LeaseStore(connection)
        self.schedules = ScheduleStore(connection)
        self.messages = MessageStore(connection)
        self.calls = CallStore(connection)
        self.migrations = MigrationStore(connection)
        self.process_drafts = ProcessDraftStore(connection)
        self.dry_runs = DryRunStore(connection)
        self.proposals = ProposalStore(connection)
        self.publications = PublicationStore(connection)
        self.resolutions = ResolutionStore(connection)
        self.suspensions = SuspensionStore(connection)
        self.history = HistoryStore(connection)
        self.tree = TreeStore(connection)
