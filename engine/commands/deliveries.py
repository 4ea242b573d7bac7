"""Which command the engine's own kinds of jobs stand for; the host's kinds are its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.commands import migrating_back
from engine.commands.beginning import BEGIN, BeginByMessage
from engine.commands.calling import (
    CANCEL,
    RETURN,
    START,
    CancelCalled,
    ReturnCalled,
    StartCalled,
)
from engine.commands.context import Command
from engine.commands.messages import DeliverMessage
from engine.commands.migrating import MIGRATE_MANY, MIGRATE_ONE, HandOutCases, MigrateCase
from engine.commands.sending import FAN_OUT, FanOut
from engine.commands.signals import DeliverSignal
from engine.commands.timed_starts import BEGIN_IN_TIME, BeginByTimer


def command_for(kind: str, payload: Mapping[str, Any]) -> Command[Any] | None:
    """Give what a job of this kind does; None where the kind is not the engine's."""
    if kind in migrating_back.KINDS:
        return migrating_back.command_for(kind, payload)
    if kind == BEGIN_IN_TIME:
        return BeginByTimer(schedule=str(payload["schedule"]), at=str(payload["at"]))
    if kind == BEGIN:
        return BeginByMessage(message_id=int(payload["message_id"]), key=str(payload["key"]))
    given = {name: int(value) for name, value in payload.items()} if kind in KINDS else {}
    match kind:
        case "deliver_message":
            return DeliverMessage(message_id=given["message_id"], instance_id=given["instance_id"])
        case "deliver_signal":
            return DeliverSignal(
                signal_id=given["message_id"],
                instance_id=given["instance_id"],
                token=given["token"],
            )
        case "fan_out":
            return FanOut(message_id=given["message_id"])
        case "migrate_cases":
            return HandOutCases(batch_id=given["batch_id"])
        case "migrate_case":
            return MigrateCase(case_id=given["case_id"])
        case "start_called":
            return StartCalled(parent_id=given["parent_id"], token=given["token"])
        case "return_called":
            return ReturnCalled(child_id=given["child_id"])
        case "cancel_called":
            return CancelCalled(child_id=given["child_id"])
    return None


KINDS = migrating_back.KINDS | frozenset(
    {
        BEGIN,
        BEGIN_IN_TIME,
        START,
        RETURN,
        CANCEL,
        "deliver_message",
        "deliver_signal",
        FAN_OUT,
        MIGRATE_MANY,
        MIGRATE_ONE,
    }
)
