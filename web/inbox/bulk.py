"""The same act on several tasks at once: each on its own, with a result per row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response

from engine import AssignTask, ClaimTask, RemindHolder
from engine.errors import EngineError, InvalidForm, InvalidState, NotAllowed
from hr.directory import queries as directory
from web import auth
from web.language import gettext
from web.site import engine, now

MOST = 100
_LONGEST = 500


@dataclass(frozen=True)
class Outcome:
    """What became of one row."""

    label: str
    done: bool
    words: str


def run() -> str | Response:
    """Do what the pressed button says with every ticked row, and say what became of each."""
    act = request.form.get("act", "")
    ticked = [value for value in request.form.getlist("task") if value.isdecimal()][:MOST]
    chosen = list(dict.fromkeys(int(value) for value in ticked if len(value) < 16))
    labels = {task: request.form.get(f"label.{task}", "")[:_LONGEST] for task in chosen}
    to, problem = _to() if act == "assign" else (None, "")
    outcomes = [] if problem else [_one(act, task, labels[task], to) for task in chosen]
    return render_template(
        "inbox/bulk.html",
        outcomes=outcomes,
        problem=problem or ("" if chosen else gettext("Belum ada tugas yang dipilih.")),
        back=auth.local_path(request.form.get("back")),
    )


def _to() -> tuple[int | None, str]:
    """Find whom tasks are to be given to, by NIP or by a name that only one person has."""
    said = request.form.get("person", "").strip()[:_LONGEST]
    if not said:
        return None, gettext("Tulis kepada siapa tugas diserahkan.")
    found = engine().ask(directory.one_person, said, now())
    return (
        (found, "")
        if found
        else (
            None,
            gettext(
                "Nama atau NIP itu tidak dikenal, atau dipakai beberapa pegawai. Tulis NIP-nya."
            ),
        )
    )


def _one(act: str, task_id: int, label: str, to: int | None) -> Outcome:
    reason = request.form.get("reason", "").strip()[:_LONGEST]
    commands: dict[str, Any] = {
        "claim": ClaimTask(task_id=task_id),
        "remind": RemindHolder(task_id=task_id),
        "assign": AssignTask(task_id=task_id, to_person_id=to or 0, reason=reason),
    }
    if act not in commands:
        return Outcome(label, False, gettext("Tidak dikenal."))
    try:
        engine().execute(commands[act], by=auth.actor())
    except EngineError as refused:
        return Outcome(label, False, _why(act, refused))
    done = {
        "claim": gettext("Sekarang Anda kerjakan."),
        "remind": gettext("Sudah diingatkan."),
        "assign": gettext("Sudah diserahkan."),
    }
    return Outcome(label, True, done[act])


def _why(act: str, refused: EngineError) -> str:
    if isinstance(refused, InvalidForm):
        return gettext("Tulis alasannya.")
    if isinstance(refused, InvalidState) and act == "remind":
        return gettext("Hari ini sudah diingatkan, atau tidak ada yang memegangnya.")
    if isinstance(refused, InvalidState):
        return gettext("Sudah dipegang orang lain atau sudah selesai.")
    if isinstance(refused, NotAllowed) and refused.reason == "SAME_PERSON":
        return gettext("Langkah ini harus dikerjakan orang lain.")
    hidden = isinstance(refused, NotAllowed) and refused.reason == "ANONYMOUS"
    if isinstance(refused, NotAllowed) and not hidden:  # what is anonymous reads as if not there
        return gettext("Anda tidak berhak melakukan ini pada tugas ini.")
    return gettext("Tidak berhasil; coba lagi.")
