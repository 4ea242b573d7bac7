"""What did not come out as a scenario says, in a designer's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from web.language import gettext

_ID = re.compile(r"[A-Za-z_]\w*")
_PLACE = re.compile(r"(?:step (\d+) \(.*?\)|(start|end)): (.*)", re.DOTALL)


def fault_words(fault: str, names: Mapping[str, str] | None = None) -> str:
    """Say a fault of a scenario; what is not known here reads as it is written.

    names -- what elements are called, by id
    """
    found = _PLACE.fullmatch(fault)
    number, edge, said = found.groups() if found else (None, None, fault)
    told = _told(said)
    if names:
        told = _ID.sub(lambda each: names.get(each[0]) or each[0], told)
    if number:
        return gettext("Langkah %(number)s: %(fault)s", number=number, fault=told)
    if edge == "start":
        return gettext("Di awal: %(fault)s", fault=told)
    return gettext("Di akhir: %(fault)s", fault=told) if edge else told


def _told(said: str) -> str:
    for pattern, words in _SAYINGS:
        found = pattern.fullmatch(said)
        if found:
            return words(*(each or "" for each in found.groups()))
    return said


def _list(text: str) -> str:
    return text.strip("[]").replace("'", "") or gettext("tidak ada")


def _tasks(a: str, b: str) -> str:
    return gettext(
        "tugas yang terbuka seharusnya %(wanted)s, ternyata %(found)s.",
        wanted=_list(a),
        found=_list(b),
    )


def _others(_what: str, a: str, b: str) -> str:
    return gettext(
        "gangguan atau tindak lanjut seharusnya %(wanted)s, ternyata %(found)s.",
        wanted=_list(a),
        found=_list(b),
    )


def _state(a: str, b: str) -> str:
    return gettext("keadaan seharusnya %(wanted)s, ternyata %(found)s.", wanted=a, found=b)


def _value(name: str, a: str, b: str) -> str:
    return gettext(
        "%(name)s seharusnya %(wanted)s, ternyata %(found)s.",
        name=name,
        wanted=a.strip("'"),
        found=b.strip("'"),
    )


def _not_passed(element: str, path: str) -> str:
    return gettext(
        "%(element)s seharusnya dilalui, tetapi jalannya: %(path)s.", element=element, path=path
    )


def _passed(element: str) -> str:
    return gettext("%(element)s seharusnya tidak dilalui, tetapi dilalui.", element=element)


def _accepted(_wanted: str) -> str:
    return gettext("seharusnya ditolak, tetapi diterima.")


def _refused(said: str) -> str:
    return gettext("seharusnya diterima, tetapi ditolak: %(said)s", said=said)


def _otherwise(wanted: str, said: str) -> str:
    return gettext(
        "seharusnya ditolak dengan %(wanted)s, tetapi: %(said)s", wanted=wanted, said=said
    )


def _no_task(element: str, found: str) -> str:
    return gettext(
        "tugas %(element)s seharusnya terbuka, tetapi yang terbuka: %(found)s.",
        element=element,
        found=gettext("tidak ada") if found == "none" else found,
    )


def _compiled(text: str) -> re.Pattern[str]:
    return re.compile(text, re.DOTALL)


_SAYINGS: tuple[tuple[re.Pattern[str], Callable[..., str]], ...] = (
    (_compiled(r"expected state (\w+), but it is (\w+)"), _state),
    (_compiled(r"expected open tasks (\[.*\]), but they are (\[.*\])"), _tasks),
    (_compiled(r"expected (incidents|followups) (\[.*\]), but they are (\[.*\])"), _others),
    (_compiled(r"expected (\S+) never to be completed, but it was"), _passed),
    (_compiled(r"expected (\S+) to be completed.*?, but the path is (.*)"), _not_passed),
    (_compiled(r"expected it to be accepted, but (.*)"), _refused),
    (_compiled(r"expected (\S+) to be (.*), but it is (.*)"), _value),
    (_compiled(r"expected (\w+), but it was accepted"), _accepted),
    (_compiled(r"expected an open task (\S+), but open are: (.*)"), _no_task),
    (_compiled(r"expected (\w+), but (\w+: .*)"), _otherwise),
)
