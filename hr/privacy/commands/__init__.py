"""Opening, correcting, holding, erasing, and learning together who wrote an anonymous answer."""

from hr.privacy.commands.keeping import (
    LONGEST_REASON,
    CorrectPerson,
    ErasePerson,
    LiftHold,
    OpenPerson,
    SetHold,
)
from hr.privacy.commands.unmasking import DecideUnmask, NoteUnmasked, ProposeUnmask

__all__ = [
    "LONGEST_REASON",
    "CorrectPerson",
    "DecideUnmask",
    "ErasePerson",
    "LiftHold",
    "NoteUnmasked",
    "OpenPerson",
    "ProposeUnmask",
    "SetHold",
]
