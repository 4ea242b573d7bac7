"""What a designer may choose from for monthly reports, with types and a description."""

from __future__ import annotations

from engine.ports import HostFunction, ServiceTask
from hr.process_bindings import reporting

FUNCTIONS = (
    HostFunction(
        "report_basis",
        reporting.report_basis,
        {},
        "list<context<programme: string, unit: string, days: number, hours: number, real: number>>",
        "Isi awal laporan bulanan: aktivitas yang sesuai, dijumlahkan per rencana hasil kerja.",
    ),
)
SERVICES = (
    ServiceTask(
        "publish_report",
        reporting.publish_report,
        {
            "services_given": "number",
            "beneficiaries": "number",
            "impact": "string",
            "conformity": "string",
            "report_factor": "number",
        },
        "context<month: date, services_given: number, beneficiaries: number>",
        "Menyimpan laporan bulanan yang sudah dinilai; umum hanya melihat jumlah per kantor bila "
        "paling sedikit lima orang melapor.",
    ),
)
