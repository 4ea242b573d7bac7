"""Getting in and out: log-in, log-out, language, password, one-time codes, tokens, new accounts."""

from hr.accounts.commands.administering import (
    CloseAccount,
    EndAnySession,
    EndAnyToken,
    EndSessionsOf,
    OpenAccount,
    ReopenAccount,
    UnlinkIdentity,
)
from hr.accounts.commands.first_run import BecomeFirstAdministrator, OfferFirstRun
from hr.accounts.commands.links import MAIL as LINK_MAIL
from hr.accounts.commands.links import AskForLink, LinkMade, MakeLink, UseLink
from hr.accounts.commands.logging_in import (
    EndOtherSessions,
    EndSession,
    LogIn,
    LogOut,
    TouchSession,
)
from hr.accounts.commands.own import ChangePassword, CountGuess, CreateAccount, SetLanguage
from hr.accounts.commands.passkeys import (
    AddPasskey,
    AskForPasskey,
    BeginPasskey,
    LogInByPasskey,
    RemovePasskey,
)
from hr.accounts.commands.results import CodeWanted, LoggedIn, LoginRefused, RefusedLogin
from hr.accounts.commands.second_factor import (
    BeginSecondFactor,
    ConfirmSecondFactor,
    GiveCode,
    RemoveSecondFactor,
    ResetSecondFactor,
)
from hr.accounts.commands.tokens import EndToken, MakeToken, UseToken

__all__ = [
    "LINK_MAIL",
    "AddPasskey",
    "AskForLink",
    "AskForPasskey",
    "BecomeFirstAdministrator",
    "BeginPasskey",
    "BeginSecondFactor",
    "ChangePassword",
    "CloseAccount",
    "CodeWanted",
    "ConfirmSecondFactor",
    "CountGuess",
    "CreateAccount",
    "EndAnySession",
    "EndAnyToken",
    "EndOtherSessions",
    "EndSession",
    "EndSessionsOf",
    "EndToken",
    "GiveCode",
    "LinkMade",
    "LogIn",
    "LogInByPasskey",
    "LogOut",
    "LoggedIn",
    "LoginRefused",
    "MakeLink",
    "MakeToken",
    "OfferFirstRun",
    "OpenAccount",
    "RefusedLogin",
    "RemovePasskey",
    "RemoveSecondFactor",
    "ReopenAccount",
    "ResetSecondFactor",
    "SetLanguage",
    "TouchSession",
    "UnlinkIdentity",
    "UseLink",
    "UseToken",
]
