"""What a designer may choose from for a change of a process, with types and a description."""

from __future__ import annotations

from engine.ports import ServiceTask
from hr.process_bindings import publishing

SERVICES = (
    ServiceTask(
        "take_up_draft",
        publishing.take_up_draft,
        {"draft": "number"},
        "context<draft: number, name: string, key: string, version: number, "
        "authors: list<number>, author_names: string, reason: string, stories: number, "
        "later: boolean, effective_at: date and time, sha256: string>",
        "Mengambil draf yang diajukan; hasilnya nama, penyusun, alasan, dan waktu berlakunya.",
    ),
    ServiceTask(
        "publish_draft",
        publishing.publish_draft,
        {},
        "context<key: string, version: number, sha256: string, concerned: list<number>>",
        "Menerbitkan draf yang disetujui dua orang yang tidak menyusunnya; concerned ialah yang "
        "perlu diberi tahu: penyusun, penyetuju, perancang, kepegawaian, administrator, pemeriksa.",
    ),
    ServiceTask(
        "return_draft",
        publishing.return_draft,
        {"reason": "string"},
        "boolean",
        "Membuka draf lagi dengan alasan pengembaliannya.",
    ),
)
