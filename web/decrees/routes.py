"""`/periksa`: whether a decree is genuine, for anybody who holds it; nobody is searched by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, make_response, render_template, request

from hr.accounts import queries as accounts
from hr.accounts.commands import CountGuess
from hr.career import decree
from hr.career import queries as career
from hr.directory import queries as directory
from web import auth
from web.auth import public
from web.site import engine, now

decrees = Blueprint("decrees", __name__, template_folder="templates")

_LONGEST = 80
_NO_CODE_LETTER = re.compile(r"[^A-Z0-9]")


@dataclass(frozen=True)
class Printed:
    """What the page repeats of a decree, to be compared with the paper: nothing beyond it."""

    number: str
    day: date
    initials: str
    rank_old: str
    rank_new: str
    tmt: date


@decrees.get("/periksa")
@public
def check() -> Response:
    """Say whether number and code belong together, and what the decree says then."""
    number = _asked("nomor")
    code = _asked("kode")
    asked = bool(number and code)
    key = f"decree:{auth.client_address()}"
    wait = engine().ask(accounts.guess_again_at, key, now()) if asked else None
    found = None
    if asked and wait is None:
        found = _printed(number, _as_printed(code))
        if found is None:
            engine().execute(CountGuess(key=key))
    page = render_template(
        "decrees/check.html", number=number, code=code, asked=asked, wait=wait, found=found
    )
    return make_response(page, 429 if wait else 200)


def _asked(name: str) -> str:
    return request.args.get(name, "").replace("\0", "").strip()[:_LONGEST]


def _as_printed(code: str) -> str:
    """Write a code as the paper does, however it was typed: `ABCD-EFGH-JKLM`."""
    letters = _NO_CODE_LETTER.sub("", code.upper())
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def _printed(number: str, code: str) -> Printed | None:
    found = engine().ask(career.decreed, number, code)
    if found is None:
        return None
    name = engine().ask(directory.names, [found.person_id])[found.person_id]
    return Printed(
        number=found.decree_no,
        day=found.decree_date,
        initials=" ".join(f"{word[0].upper()}." for word in name.split()),
        rank_old=decree.rank_words(found.rank_old),
        rank_new=decree.rank_words(found.rank_new),
        tmt=found.tmt,
    )
