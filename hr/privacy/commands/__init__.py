"""Opening, correcting, holding, erasing, and learning together who wrote an anonymous answer."""

from hr.privacy.commands.correcting import AskCorrection, CorrectPerson, DecideCorrection
from hr.privacy.commands.keeping import (
    LONGEST_REASON,
    ErasePerson,
    LiftHold,
    OpenPerson,
    SetHold,
)
from hr.privacy.commands.unmasking import DecideUnmask, NoteUnmasked, ProposeUnmask

__all__ = [
    "LONGEST_REASON",
    "AskCorrection",
    "CorrectPerson",
    "DecideCorrection",
    "DecideUnmask",
    "ErasePerson",
    "LiftHold",
    "NoteUnmasked",
    "OpenPerson",
    "ProposeUnmask",
    "SetHold",
]
