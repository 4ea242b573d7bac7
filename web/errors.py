"""The one place where errors become HTTP: number, words in both languages, page or problem."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex

from flask import Flask, Response, g, make_response, render_template, request, url_for
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from werkzeug.exceptions import HTTPException

from engine import errors as engine_errors
from engine.errors import EngineError, InvalidForm, InvalidProcess, NotAllowed
from web.language import gettext
from web.site import of_api

_log = logging.getLogger("alur.web")


class NotAsTyped(EngineError):
    """Expected what was typed to be possible, but it is not.

    Its message is in the language of the page, which shows it.
    """


_STATUS: dict[type[EngineError], int] = {
    engine_errors.NotFound: 404,
    engine_errors.NotAllowed: 403,
    engine_errors.InvalidForm: 422,
    engine_errors.InvalidProcess: 422,
    engine_errors.LimitExceeded: 422,
    NotAsTyped: 422,
    engine_errors.Moved: 412,
    engine_errors.InvalidState: 409,
    engine_errors.Conflict: 409,
    engine_errors.Busy: 503,
    engine_errors.TooNew: 503,  # while a city's machines are brought up to date one by one
    engine_errors.ServiceTaskFailed: 503,
}


@dataclass(frozen=True)
class _Words:
    """What a page says: what happened, and what to do now."""

    title: LazyString
    advice: LazyString


_WORDS: dict[int, _Words] = {
    400: _Words(
        lazy_gettext("Permintaan ini tidak dapat dibaca"),
        lazy_gettext("Kembali ke halaman sebelumnya dan coba sekali lagi."),
    ),
    401: _Words(
        lazy_gettext("Anda belum masuk"),
        lazy_gettext("Masuk dahulu, lalu ulangi."),
    ),
    403: _Words(
        lazy_gettext("Anda tidak berwenang untuk ini"),
        lazy_gettext(
            "Bila menurut Anda ini keliru, hubungi pengelola kepegawaian di unit Anda. "
            "Tidak ada yang berubah."
        ),
    ),
    404: _Words(
        lazy_gettext("Halaman ini tidak ada"),
        lazy_gettext(
            "Mungkin alamatnya keliru, atau tugasnya bukan milik Anda. Buka daftar tugas Anda."
        ),
    ),
    405: _Words(
        lazy_gettext("Halaman ini tidak dapat dibuka dengan cara itu"),
        lazy_gettext("Buka daftar tugas Anda dan mulai dari sana."),
    ),
    409: _Words(
        lazy_gettext("Keadaannya sudah berubah"),
        lazy_gettext(
            "Tugas atau perkara ini sudah dikerjakan lebih dahulu. "
            "Muat ulang untuk melihat keadaan terkini."
        ),
    ),
    412: _Words(
        lazy_gettext("Keadaannya sudah berubah"),
        lazy_gettext("Baca lagi keadaan terkini, lalu ulangi bila masih perlu."),
    ),
    413: _Words(
        lazy_gettext("Kiriman ini terlalu besar"),
        lazy_gettext("Perkecil isian atau berkas Anda, lalu kirim lagi."),
    ),
    415: _Words(
        lazy_gettext("Kiriman ini bukan JSON"),
        lazy_gettext("Kirim isian sebagai application/json."),
    ),
    422: _Words(
        lazy_gettext("Isian belum dapat diterima"),
        lazy_gettext("Periksa isian Anda. Tidak ada yang berubah."),
    ),
    429: _Words(
        lazy_gettext("Terlalu banyak percobaan"),
        lazy_gettext("Tunggu beberapa menit, lalu coba lagi."),
    ),
    500: _Words(
        lazy_gettext("Terjadi kesalahan pada sistem"),
        lazy_gettext(
            "Ini bukan kesalahan Anda. Coba lagi sebentar lagi; bila terulang, "
            "sampaikan kode di bawah kepada pengelola sistem."
        ),
    ),
    503: _Words(
        lazy_gettext("Sistem sedang sibuk"),
        lazy_gettext("Tunggu sebentar lalu ulangi; isian Anda belum hilang."),
    ),
}

_FORGED = _Words(
    lazy_gettext("Formulir ini sudah kedaluwarsa"),
    lazy_gettext("Muat ulang halamannya lalu kirim lagi. Tidak ada yang berubah."),
)
_NO_SESSION = _Words(
    lazy_gettext("Sesi Anda sudah berakhir"),
    lazy_gettext("Masuk lagi; draf yang sudah tersimpan menunggu Anda."),
)
_NO_SECOND_FACTOR = _Words(
    lazy_gettext("Siapkan kode sekali pakai dahulu"),
    lazy_gettext("Buka halaman mana saja; Anda dibawa ke tempat menyiapkannya."),
)
_NO_TOKEN = _Words(
    lazy_gettext("Token tidak ada atau tidak berlaku"),
    lazy_gettext("Buat token di halaman akun, lalu kirim sebagai Authorization: Bearer."),
)
_NO_SCOPE = _Words(
    lazy_gettext("Token ini tidak mencakup permintaan itu"),
    lazy_gettext("Buat token dengan cakupan yang disebut."),
)
_BY_REASON = {
    "NO_TOKEN": _NO_TOKEN,
    "NO_SCOPE": _NO_SCOPE,
    "FORGED": _FORGED,
    "NO_SESSION": _NO_SESSION,
    "NO_SECOND_FACTOR": _NO_SECOND_FACTOR,
}


def install(app: Flask) -> None:
    """Answer every error of ours, of HTTP and of nobody's expectation with words."""
    app.register_error_handler(EngineError, _engine_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def status_of(error: EngineError) -> int:
    """Give the HTTP number of an error."""
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 409)


def _engine_error(error: EngineError) -> Response:
    reason = error.reason if isinstance(error, NotAllowed) else ""
    if reason == "ANONYMOUS":  # to anyone but its assignee there is no such task
        return _answer(404)
    return _answer(status_of(error), error=error, reason=reason)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    reason = "NO_TOKEN" if status == 401 and of_api() else ""
    response = _answer(status, reason=reason, wrong=_wrong(error))
    if status == 405 and (allowed := getattr(error, "valid_methods", None)):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    for challenge in getattr(error, "www_authenticate", None) or ():
        response.headers.add("WWW-Authenticate", challenge.to_header())
    return response


def _wrong(error: HTTPException) -> list[dict[str, str]]:
    """Name what a program sent wrongly, place by place, as the reader of its request found it."""
    found: list[dict[str, str]] = []
    todo = [("", getattr(error, "data", {}).get("messages", {}))]
    while todo:
        path, said = todo.pop(0)
        if isinstance(said, dict):
            todo += [(f"{path}.{name}".strip("."), inner) for name, inner in said.items()]
        elif isinstance(said, list):
            found += [{"path": path, "code": "invalid", "message": str(one)} for one in said]
    return found


def _unexpected(error: Exception) -> Response:
    # The person reads a reference; what went wrong stands in the log under it, never on the page.
    g.reference = token_hex(4).upper()
    _log.error(
        "Expected to answer %s %a, but it failed (%s).",  # %a: no line breaks out of an address
        request.method,
        request.path,
        g.reference,
        exc_info=error,
    )
    return _answer(500)


def _answer(
    status: int,
    *,
    error: EngineError | None = None,
    reason: str = "",
    wrong: Sequence[Mapping[str, str]] = (),
) -> Response:
    if status >= 500:
        g.broken = True  # the frame of the page then asks the database nothing
    words = _BY_REASON.get(reason) or _WORDS.get(status) or _WORDS[500 if status >= 500 else 400]
    if _wants_json():
        return _problem(status, words, error, reason, wrong)
    details = _details(error)
    page = render_template(
        "error.html",
        status=status,
        words=words,
        details=details,
        reference=g.get("reference", ""),
        way_on=_way_on(reason),
    )
    response = make_response(page, status)
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _way_on(reason: str) -> tuple[str, str]:
    """Give the address and the words of the one button of an error page."""
    if reason == "NO_SESSION":
        return url_for("account.log_in"), gettext("Masuk")
    return url_for("inbox.index"), gettext("Buka daftar tugas")


def _wants_json() -> bool:
    if of_api():
        return True
    kinds = ["text/html", "application/problem+json", "application/json"]
    return request.accept_mimetypes.best_match(kinds, default="text/html") != "text/html"


def _problem(
    status: int,
    words: _Words,
    error: EngineError | None,
    reason: str,
    wrong: Sequence[Mapping[str, str]],
) -> Response:
    """Write an RFC 9457 problem; `detail` is the engine's own sentence, for those who script."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": str(words.title),
        "status": status,
        "detail": error.message if error else str(words.advice),
    }
    if reason:
        body["reason"] = reason
    if reference := g.get("reference"):
        body["reference"] = reference
    if wrong:
        body["errors"] = list(wrong)
    if isinstance(error, InvalidForm):
        body["errors"] = [
            {"path": p.path, "code": p.code, "message": p.message} for p in error.problems
        ]
    if isinstance(error, InvalidProcess):
        body["errors"] = [
            {"path": f.element_id, "code": f.rule, "message": f.message} for f in error.findings
        ]
    text = json.dumps(body, ensure_ascii=False)
    response = Response(text, status, mimetype="application/problem+json")
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _details(error: EngineError | None) -> list[str]:
    if isinstance(error, InvalidForm):
        return [f"{problem.path}: {problem.message}" for problem in error.problems]
    if isinstance(error, InvalidProcess):
        return [f"{finding.element_id}: {finding.message}" for finding in error.findings]
    if isinstance(error, NotAllowed) and error.reason in _REASONS:
        return [str(_REASONS[error.reason])]
    return [error.message] if isinstance(error, NotAsTyped) else []


_REASONS: dict[str, LazyString] = {
    "OWN_CASE": lazy_gettext("Ini perkara tentang diri Anda sendiri."),
    "NOT_YOURS": lazy_gettext("Tugas ini ditujukan kepada orang lain."),
    "NOT_MEMBER": lazy_gettext("Tugas atau halaman ini milik kelompok lain."),
    "NO_ROLE": lazy_gettext("Peran Anda tidak mencakup hal ini."),
    "LEFT_SERVICE": lazy_gettext("Masa dinas Anda sudah berakhir."),
    "FROM_STUDIO": lazy_gettext("Perkara ini dimulai dengan mengajukan draf di studio."),
    "OWN_DRAFT": lazy_gettext("Anda ikut menyusun perubahan ini; yang lain yang memutuskan."),
    "SAME_PERSON": lazy_gettext("Langkah ini harus dikerjakan oleh orang yang berbeda."),
    "NEEDS_APPROVAL": lazy_gettext(
        "Versi ini belum disetujui badan kepegawaian dan administrator."
    ),
}
