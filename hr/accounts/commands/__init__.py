"""Getting in and out: log-in, log-out, language, password, one-time codes, new accounts."""

from hr.accounts.commands.first_run import BecomeFirstAdministrator, OfferFirstRun
from hr.accounts.commands.logging_in import (
    EndOtherSessions,
    EndSession,
    LogIn,
    LogOut,
    TouchSession,
)
from hr.accounts.commands.own import ChangePassword, CountGuess, CreateAccount, SetLanguage
from hr.accounts.commands.results import CodeWanted, LoggedIn, LoginRefused, RefusedLogin
from hr.accounts.commands.second_factor import (
    BeginSecondFactor,
    ConfirmSecondFactor,
    GiveCode,
    RemoveSecondFactor,
    ResetSecondFactor,
)

__all__ = [
    "BecomeFirstAdministrator",
    "BeginSecondFactor",
    "ChangePassword",
    "CodeWanted",
    "ConfirmSecondFactor",
    "CountGuess",
    "CreateAccount",
    "EndOtherSessions",
    "EndSession",
    "GiveCode",
    "LogIn",
    "LogOut",
    "LoggedIn",
    "LoginRefused",
    "OfferFirstRun",
    "RefusedLogin",
    "RemoveSecondFactor",
    "ResetSecondFactor",
    "SetLanguage",
    "TouchSession",
]
