"""What did not come out as a scenario says, in a designer's words: a sentence for each code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from web.language import gettext
from web.scenarios import Fault

WORDS: Mapping[str, LazyString] = {
    "state": _("keadaan seharusnya %(wanted)s, ternyata %(found)s."),
    "tasks": _("tugas yang terbuka seharusnya %(wanted)s, ternyata %(found)s."),
    "incidents": _("gangguan seharusnya %(wanted)s, ternyata %(found)s."),
    "followups": _("tindak lanjut seharusnya %(wanted)s, ternyata %(found)s."),
    "value": _("%(name)s seharusnya %(wanted)s, ternyata %(found)s."),
    "path": _("%(element)s seharusnya dilalui, tetapi jalannya: %(path)s."),
    "path_after": _(
        "%(element)s seharusnya dilalui sesudah %(before)s, tetapi jalannya: %(path)s."
    ),
    "never": _("%(element)s seharusnya tidak dilalui, tetapi dilalui."),
    "accepted": _("seharusnya ditolak (%(wanted)s), tetapi diterima."),
    "refused": _("seharusnya diterima, tetapi ditolak: %(error)s: %(said)s"),
    "refused_otherwise": _("seharusnya ditolak dengan %(wanted)s, tetapi: %(error)s: %(said)s"),
    "reason": _("alasan penolakan seharusnya %(wanted)s, ternyata %(found)s."),
    "problems": _("yang keliru seharusnya %(wanted)s, ternyata %(found)s."),
    "no_task": _("tugas %(element)s seharusnya terbuka, tetapi yang terbuka: %(open)s."),
    "no_incident": _("seharusnya ada gangguan pada %(element)s, tetapi tidak ada."),
    "no_service": _("layanan %(name)s tidak dikenal."),
    "no_person": _("pemeran %(name)s tidak ada; yang ada: %(known)s."),
    "no_span": _("jangka waktu %(name)s tidak dikenal; tulis misalnya P5D atau 5 hari kerja."),
    "beyond": _("waktu %(name)s melampaui kalender."),
    "too_large": _("model ini terlalu besar untuk dijalankan."),
    "failed": _("tidak dapat dilanjutkan: %(error)s: %(said)s"),
    "broken": _("langkah ini tidak dapat diputar: %(error)s."),
    "unreadable": _("bukan TOML yang dapat dibaca: %(said)s"),
    "otherwise": _("isi skenario ini tidak seperti seharusnya."),
    "moment": _("“at” di [start] harus berupa saat dengan zona waktunya."),
    "no_description": _("keterangannya (description) belum ada."),
    "no_expectation": _("belum ada yang diharapkan; cerita yang tidak dapat gagal tidak menguji."),
    "verbs": _("langkah %(number)s harus punya tepat satu kata kerja, ternyata: %(found)s."),
    "unknown": _("%(found)s tidak dikenal di %(place)s; yang dikenal: %(known)s."),
    "no_step": _("langkah %(number)s tidak ada; jumlahnya %(count)s."),
    "no_blocks": _(
        "skenario ini tidak ditulis dengan [[step]] dan sesudahnya [expect]; ubah sebagai teks."
    ),
}
_WITHOUT_ELEMENTS = frozenset({"followups", "problems", "unknown", "verbs", "no_person"})


def fault_words(fault: Fault, names: Mapping[str, str] | None = None) -> str:
    """Say a fault of a scenario; names -- what elements are called, by id."""
    known = names if names and fault.code not in _WITHOUT_ELEMENTS else {}
    said = {key: _said(key, value, known) for key, value in fault.values.items()}
    return str(WORDS[fault.code]) % said


def at_words(place: str, step: int, fault: str) -> str:
    """Say a fault together with where it is; place, step -- as of an outcome."""
    if step:
        return gettext("Langkah %(number)s: %(fault)s", number=step, fault=fault)
    if place == "start":
        return gettext("Di awal: %(fault)s", fault=fault)
    return gettext("Di akhir: %(fault)s", fault=fault) if place else fault


def sentence(words: str) -> str:
    """Let words that stand alone begin as a sentence does."""
    return words[:1].upper() + words[1:]


def _said(key: str, value: Any, names: Mapping[str, str]) -> str:
    if isinstance(value, list):
        said = [_named(each, names) for each in value]
        return (" > " if key == "path" else ", ").join(said) or gettext("tidak ada")
    if value is None:
        return gettext("tidak ada")
    return _named(value, names) if key in ("element", "before") else str(value)


def _named(text: str, names: Mapping[str, str]) -> str:
    """Call an element, or a task as element@who, by its name."""
    element, at, who = text.partition("@")
    return f"{names.get(element, element)}{at}{who}"
