"""States of machines, kinds of incidents and stretches of time, in words."""

from __future__ import annotations

from datetime import timedelta

from web.language import gettext, ngettext

INCIDENT_KINDS = (
    "LIMIT",
    "SERVICE",
    "EXPRESSION",
    "DECISION",
    "CONFLICT",
    "NO_FLOW",
    "UNCAUGHT",
    "CALLED",
    "CRASHED",
    "FAILED",
    "NOBODY",
    "JOB",
)


def incident_words(kind: str) -> str:
    """Say what kind of incident it is."""
    return {
        "LIMIT": gettext("Batas terlampaui"),
        "SERVICE": gettext("Layanan gagal"),
        "EXPRESSION": gettext("Rumus tidak dapat dihitung"),
        "DECISION": gettext("Tabel keputusan tanpa hasil"),
        "CONFLICT": gettext("Dua cabang memberi nilai berbeda"),
        "NO_FLOW": gettext("Tidak ada arah yang berlaku"),
        "CALLED": gettext("Perkara yang dipanggil tidak berjalan"),
        "UNCAUGHT": gettext("Kesalahan tidak ditangani model"),
        "CRASHED": gettext("Mesin terhenti dua kali"),
        "FAILED": gettext("Langkah gagal"),
        "NOBODY": gettext("Tidak ada orang untuk tugas ini"),
        "JOB": gettext("Pekerjaan mesin gagal"),
    }.get(kind, kind)


def job_words(state: str) -> str:
    """Say the state of a job."""
    return {
        "DUE": gettext("Menunggu giliran"),
        "WAITING": gettext("Menunggu perkara dilanjutkan"),
        "FAILED": gettext("Gagal"),
        "CANCELLED": gettext("Dibatalkan"),
        "DONE": gettext("Selesai"),
    }.get(state, state)


def span_words(span: timedelta | None) -> str:
    """Say how long something takes or is late, in its largest unit."""
    if span is None:
        return gettext("tidak ada")
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return ngettext("%(num)d detik", "%(num)d detik", seconds)
    if seconds < 3600:
        return ngettext("%(num)d menit", "%(num)d menit", seconds // 60)
    if seconds < 48 * 3600:
        return ngettext("%(num)d jam", "%(num)d jam", seconds // 3600)
    return ngettext("%(num)d hari", "%(num)d hari", seconds // 86400)


def size_words(count: int) -> str:
    """Say a number of bytes in the largest unit that leaves at least one."""
    size = float(count)
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
