"""Taking running cases to another version: what would become of them, trying it, proposing it.

By default a case ends on the version it began on; nothing here happens by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response as AnyResponse

from engine import MigrateInstances, ProposeMigration, UndoMigrations
from engine.errors import EngineError, InvalidForm, NotFound
from engine.model import MigrationState
from engine.queries import definitions, migration, proposals
from engine.queries.definitions import DefinitionRow
from hr.notices.commands import ProposeAloud
from web import auth, nav
from web.language import gettext
from web.site import engine
from web.studio.screen import studio
from web.studio.versions import names, plan_url, rights

MOST_LOOKED = 2_000
"""How many cases a page looks at; a dry run, which is a job, looks at all of them."""
_PAGE = 50
_TIMED = frozenset({"due", "event"})
_NUMBERS = re.compile(r"[^\s,;]{1,40}")

WHY: dict[str, LazyString] = {
    "REMOVED": _("Langkah ini tidak ada lagi."),
    "MOVED": _("Langkah ini pindah ke bagian lain."),
    "KIND": _("Langkah ini menjadi jenis lain."),
    "LOOP": _("Langkah ini diulang dengan cara lain."),
    "ANONYMOUS": _("Langkah tanpa nama tidak boleh menjadi bernama, atau sebaliknya."),
    "ITEM": _("Nama butir perulangannya berbeda."),
    "SCOPE": _("Bagian yang memuatnya berbeda."),
    "JOIN": _("Pertemuan cabangnya berbeda."),
    "AGAIN": _("Ada langkah yang akan dikerjakan dua kali."),
    "NEVER": _("Pertemuan cabang akan menunggu selamanya."),
    "RESULT": _("Isiannya akan disimpan dengan nama lain."),
    "UNDO": _("Pembatalan yang menunggu tidak ada lagi."),
    "STATE": _("Keadaan perkara tidak terbaca."),
    "ENDED": _("Perkara sudah selesai."),
    "VERSION": _("Perkara sudah meninggalkan versi ini."),
}
STATES: dict[MigrationState, LazyString] = {
    MigrationState.WAITING: _("menunggu"),
    MigrationState.HANDED_OUT: _("dikerjakan"),
    MigrationState.FEASIBLE: _("dapat pindah"),
    MigrationState.MIGRATED: _("sudah pindah"),
    MigrationState.BLOCKED: _("terhalang"),
    MigrationState.UNDONE: _("sudah kembali"),
}


@studio.get("/processes/<key>/migrate")
def plan(key: str) -> str:
    """Show what becomes of each element and case; the mapping stands in the address."""
    return _page(key, request.args)


@studio.post("/processes/<key>/migrate")
def ask_migration(key: str) -> AnyResponse | tuple[str, int]:
    """Try it on every case, or propose it; both with the mapping that the page showed."""
    given = request.form
    old, new = _chosen(key, given)
    if old is None or new is None:
        raise NotFound("Expected two versions of the process, but there are not.")
    if given.get("do") == "try":
        tried = MigrateInstances(
            from_definition_id=old.id,
            to_definition_id=new.id,
            reason=gettext("Uji coba pemindahan"),
            request_key=given.get("request_key", "")[:80],
            rename=_rename(given),
            retime=_retime(given),
            dry_run=True,
        )
        batch_id = engine().execute(tried, by=auth.actor())
        return redirect(url_for("studio.batch", batch_id=batch_id), 303)
    wanted, problem = _cases(old, given)
    if not given.get("reason", "").strip():
        problem = problem or gettext("Tulis alasannya.")
    if problem:
        return _page(key, given, problem), 422
    command = ProposeMigration(
        from_definition_id=old.id,
        to_definition_id=new.id,
        reason=given["reason"].strip(),
        rename=_rename(given),
        retime=_retime(given),
        instances=wanted,
    )
    engine().execute(ProposeAloud(asked=command), by=auth.actor())
    return nav.say(redirect(url_for("studio.versions", key=key), 303), "version_proposed")


@studio.get("/migrations/<number:batch_id>")
def batch(batch_id: int) -> str:
    """Show how far a batch is, and what became of each case."""
    return _batch(batch_id)


@studio.post("/migrations/<number:batch_id>/undo")
def undo_batch(batch_id: int) -> AnyResponse | tuple[str, int]:
    """Let the cases of a batch go back that have not moved since."""
    reason = request.form.get("reason", "").strip()
    try:
        job = engine().execute(UndoMigrations(batch_id=batch_id, reason=reason), by=auth.actor())
    except InvalidForm:
        return _batch(batch_id, gettext("Tulis alasannya.")), 422
    answer = redirect(url_for("studio.batch", batch_id=batch_id), 303)
    return nav.say(answer, "migration_undone" if job is not None else "migration_stays")


def _chosen(
    key: str, given: Mapping[str, str]
) -> tuple[DefinitionRow | None, DefinitionRow | None]:
    rows = engine().ask(definitions.versions, key)
    if not rows:
        raise NotFound("Expected a process of that key, but there is none.")
    by_number = {str(row.version): row for row in rows}
    old = by_number.get(given.get("from", ""), rows[1] if len(rows) > 1 else None)
    new = by_number.get(given.get("to", ""), rows[0])
    return (old, new) if old and new and old.id != new.id else (None, None)


def _rename(given: Any) -> dict[str, str]:
    return {
        name.removeprefix("rename.")[:200]: becomes[:200]
        for name, becomes in given.items()
        if name.startswith("rename.") and becomes
    }


def _retime(given: Any) -> tuple[str, ...]:
    return tuple(sorted({each[:200] for each in given.getlist("retime") if each}))


def _cases(old: DefinitionRow, given: Mapping[str, str]) -> tuple[tuple[int, ...] | None, str]:
    """Give the cases named in the form, None for all of them, and what is wrong with the names."""
    if given.get("which") != "some":
        return None, ""
    named = _NUMBERS.findall(given.get("cases", ""))[:500]
    found = engine().ask(proposals.open_cases, old.id, named) if named else {}
    strange = [each for each in named if each not in found]
    if strange:
        said = gettext(
            "Bukan perkara yang berjalan pada versi ini: %(cases)s", cases=", ".join(strange[:5])
        )
        return None, said
    if not found:
        return None, gettext("Tulis nomor perkaranya.")
    return tuple(found.values()), ""


def _page(key: str, given: Any, problem: str = "") -> str:
    old, new = _chosen(key, given)
    rename, found, wrong = _rename(given), None, ""
    removed: tuple[migration.ElementChange, ...] = ()
    added: tuple[migration.ElementChange, ...] = ()
    if old is not None and new is not None:
        try:
            found = engine().ask(migration.plan_migration, old.id, new.id, rename, MOST_LOOKED)
        except InvalidForm as error:
            wrong = "; ".join(one.message for one in error.problems)
        except EngineError as error:
            wrong = error.message
        # What may be named by hand: as if nothing had been.
        plain = engine().ask(migration.plan_migration, old.id, new.id, {}, 0)
        removed = tuple(one for one in plain.changes if one.change == "REMOVED")
        added = tuple(one for one in plain.changes if one.change == "ADDED")
    changes = found.changes if found else ()
    return render_template(
        "studio/migrate.html",
        key=key,
        versions=engine().ask(definitions.versions, key),
        old=old,
        new=new,
        plan=found,
        named={one.element_id: one.name or one.element_id for one in changes},
        changes=[one for one in changes if one.change != "SAME" or one.differs],
        removed=removed,
        added=added,
        timed=[one for one in changes if one.becomes and _TIMED & set(one.differs)],
        rename=rename,
        retime=_retime(given),
        typed=given,
        problem=problem or wrong,
        why=WHY,
        request_key=uuid4().hex,
        **rights(),
    )


def _batch(batch_id: int, problem: str = "") -> str:
    found = engine().ask(migration.batch, batch_id)
    state = request.args.get("state", "")
    wanted = MigrationState(state) if state in MigrationState.__members__ else None
    after = request.args.get("after", "").replace("\0", "")[:80] or None
    page = engine().ask(migration.results, batch_id, state=wanted, after=after, limit=_PAGE)
    old, new = (
        engine().ask(definitions.by_id, each)
        for each in (found.from_definition_id, found.to_definition_id)
    )
    kept: dict[str, Any] = {"batch_id": batch_id, "state": state or None}
    return render_template(
        "studio/batch.html",
        batch=found,
        old=old,
        new=new,
        rows=page.rows,
        state=state,
        states=STATES,
        why=WHY,
        elements=engine().ask(definitions.version, old.key, old.version).elements,
        people=names([found.asked_by]),
        reads_cases=auth.belongs_to("HRC", "AUD"),
        problem=problem,
        plan_url=plan_url,
        next_url=url_for("studio.batch", after=page.next, **kept) if page.next else None,
        first_url=url_for("studio.batch", **kept) if after else None,
        **rights(),
    )
