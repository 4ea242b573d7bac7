"""What a designer may choose from for planning, with types and an Indonesian description."""

from __future__ import annotations

from engine.ports import HostFunction, ServiceTask
from hr.process_bindings import planning

_ROW = (
    "context<type: string, superior_row: string, plan: string, measured: string, "
    "direction: string, indicator: string, target: number, target_max: number, unit: string, "
    "weight: number, iku_code: string, perspective: string>"
)
FUNCTIONS = (
    HostFunction(
        "planning_basis",
        planning.planning_basis,
        {},
        "context<version: number, source: string, is_jpt: boolean, "
        f"superior_rows: list<context<value: string, label: string>>, rows: list<{_ROW}>, "
        "resources: string, accountability: string, consequences: string>",
        "Bahan awal SKP: baris rencana atasan sebagai pilihan, dan baris dari SKP sendiri yang "
        "terakhir (OWN), dari rekan sejabatan (POST), atau kosong (NONE).",
    ),
    HostFunction(
        "plan_links",
        planning.plan_links,
        {"rows": "list<context>"},
        "list<context<value: string, label: string>>",
        "Baris rencana atasan yang berlaku sekarang sebagai pilihan kaitan, ditambah baris SKP "
        "lama atasan yang sudah dikaitkan pada rancangan.",
    ),
    HostFunction(
        "plan_findings",
        planning.plan_findings,
        {"rows": "list<context>"},
        "list<string>",
        "Kode kekurangan rancangan SKP: bobot, target, kaitan dengan rencana atasan, baris ganda. "
        "Daftar kosong berarti dapat ditandatangani.",
    ),
    HostFunction(
        "plan_changes",
        planning.plan_changes,
        {"rows": "list<context>"},
        "list<context<change: string, plan: string, before: string, after: string>>",
        "Perbedaan rancangan dengan SKP yang berlaku: ADDED, CHANGED, REMOVED.",
    ),
    HostFunction(
        "rater_leads_office",
        planning.rater_leads_office,
        {},
        "boolean",
        "Apakah pejabat penilai memimpin perangkat daerah: kantor menyimpan salinan SKP.",
    ),
)
SERVICES = (
    ServiceTask(
        "settle_plan",
        planning.settle_plan,
        {
            "rows": "list<context>",
            "approach": "string",
            "resources": "string",
            "accountability": "string",
            "consequences": "string",
            "behaviour": "context",
        },
        "context<plan: number, version: number, valid_from: date>",
        "Menetapkan SKP yang sudah ditandatangani sebagai versi baru; versi lama tetap tersimpan.",
    ),
)
