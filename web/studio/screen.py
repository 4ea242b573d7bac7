"""The studio's blueprint: who comes in, and how much may be sent.  Pages are in other modules."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.blueprints import BlueprintSetupState

from engine.contents import LARGEST_FOLDER
from engine.model import Act, CaseFacts
from web import auth

studio = Blueprint("studio", __name__, template_folder="templates", url_prefix="/studio")

_NO_CASE = CaseFacts(None, "", None, "")
_ROOM_FOR_THE_REST = 64 * 1024


@studio.record_once
def _take_larger_bodies(state: BlueprintSetupState) -> None:
    # Before anything reads the form: a folder is larger than any other page may be sent.
    first = state.app.before_request_funcs.setdefault(None, [])
    first.insert(0, _allow_files)


def _allow_files() -> None:
    if request.blueprint == "studio":
        request.max_content_length = LARGEST_FOLDER + _ROOM_FOR_THE_REST
        request.max_form_memory_size = LARGEST_FOLDER


@studio.before_request
def _readers_only() -> None:
    auth.require(Act.READ_DRAFT, _NO_CASE)


@studio.context_processor
def _rights() -> dict[str, Any]:
    known = auth.signed_in() is not None  # the page of an error is drawn for strangers, too
    return {"may_change": known and auth.may(Act.DRAFT, _NO_CASE)}
