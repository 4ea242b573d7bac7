"""Events of a case's history in words."""

from __future__ import annotations

from web.language import gettext


def event_words(kind: str) -> str:
    """Say what happened; a kind that no case has reads as it is stored."""
    return {
        "INSTANCE_STARTED": gettext("Perkara dimulai"),
        "INSTANCE_SUSPENDED": gettext("Perkara ditangguhkan"),
        "INSTANCE_RESUMED": gettext("Perkara dilanjutkan"),
        "INSTANCE_COMPLETED": gettext("Perkara selesai"),
        "INSTANCE_CANCELLED": gettext("Perkara dibatalkan"),
        "INSTANCE_MIGRATED": gettext("Perkara pindah ke versi proses yang lain"),
        "MIGRATION_UNDONE": gettext("Perkara kembali ke versi proses semula"),
        "TOKENS_MOVED": gettext("Perkara berlanjut ke langkah berikut"),
        "VARIABLE_CHANGED": gettext("Nilai ditulis"),
        "DECISION_MADE": gettext("Tabel keputusan dibaca"),
        "SERVICE_CALLED": gettext("Langkah otomatis dijalankan"),
        "TASK_CREATED": gettext("Tugas diberikan"),
        "ANONYMOUS_TASKS_CREATED": gettext("Tugas tanpa nama diberikan"),
        "TASK_CLAIMED": gettext("Tugas diambil"),
        "TASK_UNCLAIMED": gettext("Tugas dikembalikan ke kelompok"),
        "TASK_ASSIGNED": gettext("Tugas diserahkan"),
        "TASK_TAKEN_OVER": gettext("Tugas diambil alih"),
        "TASK_LENT": gettext("Pendapat orang lain diminta"),
        "TASK_GIVEN_BACK": gettext("Tugas kembali kepada yang memutuskan"),
        "TASK_SENT_BACK": gettext("Dikembalikan ke langkah sebelumnya"),
        "TASK_WITHDRAWN": gettext("Kiriman ditarik kembali"),
        "EXTENSION_ASKED": gettext("Perpanjangan tenggat diminta"),
        "EXTENSION_DECIDED": gettext("Perpanjangan tenggat diputuskan"),
        "COMMENT_ADDED": gettext("Catatan ditulis"),
        "HOLDER_REMINDED": gettext("Pemegang tugas diingatkan"),
        "TASK_REMINDED": gettext("Pengingat dikirim"),
        "TASK_ESCALATED": gettext("Tugas dialihkan karena terlambat"),
        "TASK_COMPLETED": gettext("Tugas selesai"),
        "TASK_CANCELLED": gettext("Tugas tidak diperlukan lagi"),
        "INCIDENT_OPENED": gettext("Gangguan tercatat"),
        "INCIDENT_RETRIED": gettext("Gangguan dicoba ulang"),
        "INCIDENT_RESOLVED": gettext("Gangguan teratasi"),
        "RESOLUTION_PROPOSED": gettext("Penyelesaian gangguan diusulkan"),
        "RESOLUTION_APPROVED": gettext("Penyelesaian gangguan disetujui"),
        "RESOLUTION_REFUSED": gettext("Penyelesaian gangguan ditolak"),
        "TIMER_FIRED": gettext("Batas waktu tercapai"),
        "MESSAGE_PUBLISHED": gettext("Pesan dikirim"),
        "MESSAGE_CAUGHT": gettext("Pesan diterima"),
        "SIGNAL_THROWN": gettext("Isyarat disampaikan ke perkara lain"),
        "SIGNAL_CAUGHT": gettext("Isyarat diterima"),
        "TIMER_MOVED": gettext("Batas waktu berubah"),
        "DUE_MOVED": gettext("Tenggat tugas berubah"),
        "CALL_STARTED": gettext("Perkara lain dimulai untuk perkara ini"),
        "CALL_RETURNED": gettext("Perkara yang dipanggil selesai"),
        "DENIED": gettext("Ditolak"),
        "NOTED": gettext("Catatan"),
    }.get(kind, kind)
