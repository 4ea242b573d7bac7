"""A case's dossier as a PDF/A: data goes into the template as JSON, nothing is pasted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from engine.forms import Shown, file_of
from engine.queries.cases import CaseView
from engine.queries.trace import Trace
from engine.queries.tree import Anchored
from hr.typesetting import pdf
from web import language, words
from web.cases.trace import Said
from web.language import gettext, moment
from web.parts.fields import answer_words
from web.parts.values import is_many, plain_value

_CODE = 16  # hexadecimal digits of an event's hash: what the page that checks receipts asks for


def typeset(
    case: CaseView,
    told: Trace,
    lines: Sequence[Said],
    *,
    picture: str,
    reader: str,
    reason: str,
    anchored: Anchored | None,
    city: str,
    link: str,
    at: datetime,
) -> bytes:
    """Give a case's dossier as PDF/A-2b in the reader's language.

    picture -- SVG; reader, reason -- who opened it and what for; anchored -- the newest checkpoint;
    link -- of the page where anybody checks a number and a code
    """
    name = words.process_name(case.process_key, case.process_name)
    period = words.period_words(case.period) if case.period else "–"
    data = {
        "language": language.language(),
        "city": city,
        "title": gettext("Berkas perkara %(case_no)s", case_no=case.case_no),
        "rows": [
            [gettext("Tentang"), case.title],
            [gettext("Nama proses"), f"{name} · {period}"],
            [gettext("Keadaan"), words.state_words(case.state)],
            [gettext("Dimulai"), moment(case.started_at)],
            [gettext("Selesai pada"), moment(case.ended_at) or "–"],
            [gettext("Dibuka oleh"), f"{reader}, {moment(at)}"],
            [gettext("Untuk keperluan"), reason or "–"],
        ],
        "versions_title": gettext("Versi yang berlaku"),
        "versions": [
            [moment(one.since), _version(one.key, one.version), one.sha256] for one in told.versions
        ],
        "picture_title": gettext("Gambar proses"),
        "picture": picture,
        "told_title": gettext("Yang terjadi, berurutan"),
        "lines": [_line(one, case) for one in lines],
        "proof_title": gettext("Bukti"),
        "proof": gettext(
            "Nomor dan kode di samping setiap kejadian dapat diperiksa siapa pun di %(link)s. "
            "Kejadian terakhir: nomor %(number)s, sidik %(hash)s.",
            link=link,
            number=f"{case.stream_id}-{told.happenings[-1].seq}" if told.happenings else "–",
            hash=told.happenings[-1].hash if told.happenings else "–",
        ),
        "checkpoint_title": gettext("Titik periksa terbaru"),
        "checkpoint": anchored.note if anchored else gettext("Belum ada titik periksa."),
    }
    return pdf(_template(), data, at)


def _line(said: Said, case: CaseView) -> dict[str, Any]:
    one = said.one
    what = f"{said.what} · {said.step}" if said.step else said.what
    # Who gave a task out is not whose it is: the post would be the other's.
    post = "" if one.kind == "TASK_CREATED" else one.post
    who = " · ".join(filter(None, (said.who, post, *(f"{n} {v}" for n, v in said.spans))))
    return {
        "when": said.when,
        "what": what,
        "who": who,
        "late": gettext("terlambat") if one.late else "",
        "reason": one.reason,
        "decided": _decided(said),
        "rules": [_rule(*each) for each in said.rules],
        "values_head": [gettext("Nilai"), gettext("Sebelum"), gettext("Sesudah")],
        "values": [[name, _plain(old), _plain(new)] for name, old, new in said.values],
        "form": list(_form(said.fields)),
        "form_title": gettext("Formulir seperti yang dikirim"),
        "number": f"{case.stream_id}-{one.seq}",
        "code": one.hash[:_CODE],
    }


def _version(key: str, version: int) -> str:
    drawn = {each.key: each.name for each in words.latest()}
    name = words.process_name(key, drawn.get(key, key))
    return f"{name}, {gettext('versi %(version)s', version=version)}"


def _decided(said: Said) -> str:
    """Say what a decision read, what it said, and by which table."""
    decided = said.one.decided
    if decided is None:
        return ""
    given = "; ".join(f"{name}: {_plain(value)}" for name, value in said.given)
    by = ", ".join(filter(None, (decided.legal_basis, decided.decision_id, decided.sha256)))
    return f"{decided.name}: {_plain(said.result)} ← {given} ({by})"


def _rule(
    rule: Any, conditions: Sequence[tuple[str, str]], outputs: Sequence[tuple[str, str]]
) -> str:
    because = ", ".join(f"{name} {what}" for name, what in conditions)
    therefore = ", ".join(f"{name} {what}" for name, what in outputs)
    if because:
        return gettext(
            "%(table)s (%(rule)s): karena %(because)s; maka %(therefore)s",
            table=rule.table,
            rule=rule.id,
            because=because,
            therefore=therefore,
        )
    return f"{rule.table} ({rule.id}): {therefore}"


def _form(fields: Sequence[Shown]) -> Iterator[list[str]]:
    for item in fields:
        kind = str(item.field.kind)
        if kind in ("spacer", "separator", "text"):
            continue
        if item.parts:
            yield from _form(item.parts)
        elif item.rows:
            for row in item.rows:
                yield from _form(row)
        else:
            files = (
                [one["name"] for one in map(file_of, item.value or []) if one]
                if (kind == "filepicker")
                else []
            )
            yield [item.field.label or item.path, ", ".join(files) or str(answer_words(item))]


def _plain(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_plain(inner)}" for name, inner in value.items())
    if is_many(value):
        return " | ".join(_plain(inner) for inner in value)
    return str(plain_value(value))


@cache
def _template() -> bytes:
    return Path(__file__).with_name("dossier.typ").read_bytes()
